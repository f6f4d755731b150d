"""Installation by OAuth: `/slack/install` sends a browser to Slack with a state and a cookie, `/slack/oauth_redirect` takes the code back.

bolt's own flow does the work; here are its stores, its pages, and who may install.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth import OAuthStateUtils
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.web.async_client import AsyncWebClient

from adapters.kit.asgi import NO_STORE, AsgiMessage, Receive, Send, respond
from adapters.kit.errors import NETWORK
from adapters.slack import install_pages
from adapters.slack.errors import BackOff
from adapters.slack.installations import STATE_LIFE, Installations, States
from adapters.slack.manifest import SCOPES
from adapters.slack.pacing import CallLog, Limit
from adapters.slack.settings import INSTALL_PATH, REDIRECT_PATH, SLACK_API, InstallSettings, hidden_environment
from bot.ports import Ports
from bot.texts import text
from bot.vault import VaultProblem

log = structlog.get_logger()

BEGUN = Limit(60, 60.0)
"""Installations begun a minute: each one is stored for a while, and the page is open to anybody."""
AUTHORIZE = "/oauth/v2/authorize"


class Flow(AsyncOAuthFlow):
    def __init__(
        self,
        client: AsyncWebClient,
        settings: AsyncOAuthSettings,
        allowed: frozenset[str],
        saved: Callable[[Installation], Awaitable[None]],
    ) -> None:
        super().__init__(client=client, settings=settings)
        self._allowed, self._saved = allowed, saved

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        if self._allowed and not {installation.team_id, installation.enterprise_id} & self._allowed:
            log.warning("slack_installation_refused", workspace=installation.team_id, organisation=installation.enterprise_id)
            try:
                await self.client.auth_revoke(token=installation.bot_token)
            except (SlackClientError, *NETWORK) as error:
                log.info("slack_token_not_revoked", error=type(error).__name__)
            raise install_pages.NotAllowed
        await super().store_installation(request, installation)
        await self._saved(installation)


def flow(
    client: AsyncWebClient,
    settings: InstallSettings,
    api_url: str,
    allowed: frozenset[str],
    installations: Installations,
    states: States,
    saved: Callable[[Installation], Awaitable[None]],
) -> Flow:
    """The flow for an app; `client` has no token."""
    cookie = OAuthStateUtils(expiration_seconds=int(STATE_LIFE))
    with hidden_environment():
        oauth = AsyncOAuthSettings(
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            scopes=list(SCOPES),
            redirect_uri=f"{settings.address}{REDIRECT_PATH}",
            install_path=INSTALL_PATH,
            install_page_rendering_enabled=False,
            redirect_uri_path=REDIRECT_PATH,
            callback_options=install_pages.options(cookie.build_set_cookie_for_deletion()),
            authorization_url=authorize_url(api_url),
            installation_store=installations,
            state_store=states,
            state_expiration_seconds=int(STATE_LIFE),
        )
    return Flow(client, oauth, allowed, saved)


def authorize_url(api_url: str) -> str:
    """Where people agree to the installation: at the API's host, as at Slack and GovSlack."""
    url = urlsplit(api_url if api_url else SLACK_API)
    return f"{url.scheme}://{url.netloc}{AUTHORIZE}"


class InstallSite:
    """Both addresses, for browsers. Whatever goes wrong is a page with a sentence."""

    paths = frozenset({INSTALL_PATH, REDIRECT_PATH})

    def __init__(self, flow: Flow, ports: Ports) -> None:
        self._flow, self._ports, self._begun = flow, ports, CallLog(BEGUN)

    async def __call__(self, scope: AsgiMessage, receive: Receive, send: Send) -> None:
        request = _request(scope)
        try:
            answer = await self._answer(scope["path"], request)
        except (SlackClientError, *NETWORK, VaultProblem) as error:
            log.warning("slack_installation_failed", error=type(error).__name__)
            answer = self._page(request, 502, "failed")
        except Exception as error:
            log.exception("slack_installation_failed", error=type(error).__name__)
            answer = self._page(request, 500, "failed")
        await _send(send, answer)

    async def _answer(self, path: str, request: AsyncBoltRequest) -> BoltResponse:
        if path == REDIRECT_PATH:
            return await self._flow.handle_callback(request)
        try:
            self._begun.turn(self._ports.monotonic())
        except BackOff:
            return self._page(request, 429, "busy")
        return await self._flow.handle_installation(request)

    @staticmethod
    def _page(request: AsyncBoltRequest, status: int, key: str) -> BoltResponse:
        return install_pages.page(request, status, text(f"slack.install.{key}_title"), text(f"slack.install.{key}"))


def _request(scope: AsgiMessage) -> AsyncBoltRequest:
    """Only what the flow reads: the query, the cookie and the language."""
    headers: dict[str, Any] = {}
    for name, value in scope["headers"]:
        if name.lower() in (b"cookie", b"accept-language"):
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return AsyncBoltRequest(body="", query=scope["query_string"].decode("latin-1"), headers=headers)


async def _send(send: Send, answer: BoltResponse) -> None:
    headers = [NO_STORE, (b"referrer-policy", b"no-referrer")]
    headers += [
        (name.lower().encode(), str(value).encode("latin-1", "replace"))
        for name, values in answer.headers.items()
        for value in (values if isinstance(values, list) else [values])
        if name.lower() not in ("cache-control", "referrer-policy", "content-length")
    ]
    await respond(send, answer.status, headers, (answer.body or "").encode())
