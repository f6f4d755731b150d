"""The slack_bolt app: a few catch-all listeners, so that everything a person does gets an answer. The workspace's `intake` and
`interactions` do the work."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.callers import of_press
from adapters.slack.errors import ThreadUnread
from adapters.slack.intake import Ack
from adapters.slack.manifest import SHORTCUT
from adapters.slack.settings import hidden_environment
from adapters.slack.workspace import Listeners
from bot.texts import text

log = structlog.get_logger()

ANYTHING = re.compile(r"[\s\S]*")
Find = Callable[[dict[str, Any], AsyncBoltContext], Awaitable[Listeners | None]]
"""The workspace that an event is for; None if the bot isn't installed there."""
Removed = Callable[[dict[str, Any]], Awaitable[None]]
REMOVED = ("app_uninstalled", "tokens_revoked", "team_access_revoked")
HERE, BODY = "imagine_workspace", "imagine_body"
"""Names in bolt's context."""


def build(client: AsyncWebClient, signing_secret: str, find: Find, removed: Removed | None = None) -> AsyncApp:
    """Build the app for Socket Mode and HTTP. `removed` gets the events that take the bot's access away.

    `client` has no token: the app passes it with each request without an auth.test call, which the library would make within the first
    command's three seconds.
    """
    app = _bolt(client, signing_secret, find)

    app.command(ANYTHING)(_listener(lambda here: here.intake.command))
    app.view(ANYTHING)(_listener(lambda here: here.interactions.submitted))
    app.action({"type": "block_actions", "action_id": ANYTHING})(_listener(lambda here: here.interactions.pressed))
    app.shortcut({"type": "message_action", "callback_id": SHORTCUT})(_listener(lambda here: here.intake.with_pictures))

    @app.event("app_mention")
    async def mentioned(body: dict[str, Any], context: AsyncBoltContext) -> None:
        await _here(context).intake.mentioned(body)

    if removed is not None:
        _watch(app, removed)
    _the_rest(app)
    return app


def _listener(of: Callable[[Listeners], Callable[[dict[str, Any], Ack], Awaitable[None]]]) -> Callable[..., Awaitable[None]]:
    async def listener(body: dict[str, Any], ack: Ack, context: AsyncBoltContext) -> None:
        await of(_here(context))(body, ack)

    return listener


def _watch(app: AsyncApp, removed: Removed) -> None:
    async def gone(body: dict[str, Any]) -> None:
        await removed(body)

    for event in REMOVED:
        app.event(event)(gone)


def _here(context: AsyncBoltContext) -> Listeners:
    found: Listeners = context[HERE]
    return found


def _bolt(client: AsyncWebClient, signing_secret: str, find: Find) -> AsyncApp:
    async def remember(body: dict[str, Any], context: AsyncBoltContext, next: Callable[[], Awaitable[None]]) -> None:
        context[BODY] = body
        await next()

    async def authorize(context: AsyncBoltContext) -> Any:
        found = await find(context[BODY], context)
        if found is None:
            return None
        context[HERE] = found
        who = found.identity
        return AuthorizeResult(
            enterprise_id=context.enterprise_id, team_id=who.team, bot_user_id=who.user, bot_id=who.bot_id, bot_token=found.token
        )

    logger = logging.getLogger("slack_bolt.imagine")
    logger.setLevel(logging.ERROR)  # its warnings are about intentional settings
    with hidden_environment():
        return AsyncApp(
            name="imagine-bot",
            logger=logger,
            client=client,
            signing_secret=signing_secret or "socket mode has none",
            before_authorize=remember,
            authorize=authorize,
            user_facing_authorize_error_message=text("slack.not_installed"),
            # Listeners are short and acknowledge themselves, so the library doesn't have to poll for their answer.
            process_before_response=True,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )


def _the_rest(app: AsyncApp) -> None:
    """Leftovers in Slack from an older version or another app's manifest: acknowledged, and answered if a person is waiting."""

    async def quiet(ack: Ack) -> None:
        await ack()

    async def old(body: dict[str, Any], ack: Ack, context: AsyncBoltContext) -> None:
        await ack()
        intake = _here(context).intake
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
        """Nothing is stored, because of a bug or an unread thread: return an error, so that Slack delivers events again."""
        if isinstance(error, ThreadUnread):
            log.info("slack_thread_unread")
            return BoltResponse(status=500, body="")
        log.exception("slack_listener_failed", error=type(error).__name__, exc_info=error)
        return BoltResponse(status=500, body="")
