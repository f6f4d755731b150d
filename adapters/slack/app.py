"""The slack_bolt app: a few catch-all listeners, so that everything a person does gets an answer. `intake` and `interactions` do the
work."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.callers import of_press
from adapters.slack.checks import Identity
from adapters.slack.intake import Ack, Intake
from adapters.slack.interactions import Interactions
from adapters.slack.manifest import SHORTCUT
from adapters.slack.settings import hidden_environment
from bot.texts import text

log = structlog.get_logger()

ANYTHING = re.compile(r"[\s\S]*")


def build(
    client: AsyncWebClient, token: str, signing_secret: str, identity: Identity, intake: Intake, interactions: Interactions
) -> AsyncApp:
    """Build the app for Socket Mode and HTTP.

    `client` has no token: the app passes it with each request without an auth.test call, which the library would make within the first
    command's three seconds.
    """
    app = _bolt(client, token, signing_secret, identity)

    @app.command(ANYTHING)
    async def command(body: dict[str, Any], ack: Ack) -> None:
        await intake.command(body, ack)

    @app.view(ANYTHING)
    async def submitted(body: dict[str, Any], ack: Ack) -> None:
        await interactions.submitted(body, ack)

    @app.event("app_mention")
    async def mentioned(body: dict[str, Any]) -> None:
        await intake.mentioned(body)

    @app.action({"type": "block_actions", "action_id": ANYTHING})
    async def pressed(body: dict[str, Any], ack: Ack) -> None:
        await interactions.pressed(body, ack)

    async def with_pictures(body: dict[str, Any], ack: Ack) -> None:
        await intake.with_pictures(body, ack)

    app.shortcut({"type": "message_action", "callback_id": SHORTCUT})(with_pictures)
    _the_rest(app, intake)
    return app


def _bolt(client: AsyncWebClient, token: str, signing_secret: str, identity: Identity) -> AsyncApp:
    known = AuthorizeResult(
        enterprise_id=None,
        team_id=identity.team,
        bot_user_id=identity.user,
        bot_id=identity.bot_id,
        bot_token=token,
    )

    async def authorize() -> AuthorizeResult:
        return known

    logger = logging.getLogger("slack_bolt.imagine")
    logger.setLevel(logging.ERROR)  # its warnings are about intentional settings
    with hidden_environment():
        return AsyncApp(
            name="imagine-bot",
            logger=logger,
            client=client,
            signing_secret=signing_secret or "socket mode has none",
            authorize=authorize,
            # Listeners are short and acknowledge themselves, so the library doesn't have to poll for their answer.
            process_before_response=True,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )


def _the_rest(app: AsyncApp, intake: Intake) -> None:
    """Leftovers in Slack from an older version or another app's manifest: acknowledged, and answered if a person is waiting."""

    async def quiet(ack: Ack) -> None:
        await ack()

    async def old(body: dict[str, Any], ack: Ack) -> None:
        await ack()
        intake.tasks.start(intake.admitted(of_press(body), lambda caller: intake.answers.say(caller, text("slack.old_button"))), "old")

    async def nothing(ack: Ack) -> None:
        await ack(options=[])

    async def ignore() -> None:
        return

    rest: list[tuple[Callable[[Callable[..., Awaitable[None]]], Any], Callable[..., Awaitable[None]]]] = [
        (app.view_closed(ANYTHING), quiet),
        (app.options(ANYTHING), nothing),
        (app.shortcut(ANYTHING), old),
        (app.attachment_action(ANYTHING), old),
        (app.event(ANYTHING), ignore),
    ]
    for listen, listener in rest:
        listen(listener)

    @app.error
    async def failed(error: Exception) -> BoltResponse:
        """A bug before anything was stored: return an error, so that Slack delivers events again."""
        log.exception("slack_listener_failed", error=type(error).__name__, exc_info=error)
        return BoltResponse(status=500, body="")
