"""Installing the app: consent, codes that work once, tokens that rotate, and removal."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

import aiohttp
from aiohttp import web

from tests.slack.standin.api import method
from tests.slack.standin.rules import Refusal
from tests.slack.standin.world import Event, User, Workspace

if TYPE_CHECKING:
    from tests.slack.standin.server import StandIn

LIFE = 43_200


@dataclass
class Page:
    """What a browser was shown."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def title(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.text)
        return found[1] if found else ""


class Browser:
    """A person's browser: cookies, and redirects followed one by one."""

    def __init__(self, language: str = "en-US,en;q=0.8") -> None:
        self.cookies: dict[str, str] = {}
        self._language = language

    async def open(self, url: str) -> Page:
        headers = {"Accept-Language": self._language, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(url, headers=headers, allow_redirects=False) as answer,
        ):
            for written in answer.headers.getall("Set-Cookie", []):
                for name, morsel in SimpleCookie(written).items():
                    self.cookies[name] = morsel.value
                    if morsel["expires"].startswith("Thu, 01 Jan 1970"):
                        del self.cookies[name]
            return Page(answer.status, await answer.text(), dict(answer.headers))


class OAuth:
    """Slack's side of the installation."""

    def __init__(self, standin: StandIn) -> None:
        self.standin, self.world = standin, standin.world
        self.client_id, self.client_secret = "111.222", "c1" * 16
        self.rotates = False
        """Tokens expire, and come with a refresh token."""
        self.consents: Workspace | None = None
        """Where the next person agrees to the installation; None: they cancel."""
        self.whole_org = False
        """They agree for their whole organisation."""
        self._codes: dict[str, tuple[Workspace, bool, str]] = {}
        self.refresh: dict[str, Workspace] = {}
        """Refresh tokens that still work."""
        self.org_tokens: dict[str, str] = {}

    # ---- what people do ------------------------------------------------------------------------------------------------------

    async def install(self, workspace: Workspace, address: str, *, whole_org: bool = False, browser: Browser | None = None) -> Page:
        """Open the link, agree, and see the page at the end."""
        browser = browser or Browser()
        self.consents, self.whole_org = workspace, whole_org
        begun = await browser.open(f"{address}/slack/install")
        assert begun.status == 302, begun
        agreed = await browser.open(begun.headers["Location"])
        assert agreed.status == 302, agreed
        return await browser.open(agreed.headers["Location"])

    async def uninstall(self, workspace: Workspace, person: User) -> Event:
        """Remove the app; Slack tells it with both events."""
        revoked = {"oauth": [], "bot": [workspace.bot.id]}
        workspace.installed = False
        await self.standin.people.event("tokens_revoked", person, tokens=revoked)
        return await self.standin.people.event("app_uninstalled", person)

    # ---- what Slack answers --------------------------------------------------------------------------------------------------

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        asked = parse_qs(request.query_string)
        target, state = asked["redirect_uri"][0], asked.get("state", [""])[0]
        if asked["client_id"][0] != self.client_id or not state or "chat:write" not in asked["scope"][0]:
            self.world.violation(f"oauth.authorize: {asked}")
        if self.consents is None:
            raise web.HTTPFound(f"{target}?{urlencode({'error': 'access_denied', 'state': state})}")
        code = secrets.token_hex(12)
        self._codes[code] = (self.consents, self.whole_org, target)
        raise web.HTTPFound(f"{target}?{urlencode({'code': code, 'state': state})}")

    def access(self, args: Mapping[str, Any]) -> dict[str, Any]:
        if (args.get("client_id"), args.get("client_secret")) != (self.client_id, self.client_secret):
            raise Refusal("bad_client_secret" if args.get("client_id") == self.client_id else "invalid_client_id")
        if args.get("grant_type") == "refresh_token":
            workspace = self.refresh.pop(str(args.get("refresh_token")), None)
            if workspace is None:
                raise Refusal("invalid_refresh_token")
            return self._token(workspace, whole_org=self.org_wide(workspace))
        code = self._codes.pop(str(args.get("code")), None)
        if code is None:
            raise Refusal("invalid_code")
        workspace, whole_org, target = code
        if args.get("redirect_uri") != target:
            raise Refusal("bad_redirect_uri")
        for one in self._concerned(workspace, whole_org):
            one.installed = True
        grid = {"id": workspace.enterprise, "name": "Org"} if workspace.enterprise else None
        return {
            "app_id": "A0STANDIN1",
            "authed_user": {"id": next(one.id for one in self.world.users.values() if one.workspace is workspace and not one.is_bot)},
            "scope": ",".join(sorted(self.world.scopes)),
            "bot_user_id": workspace.bot.id,
            "team": None if whole_org else {"id": workspace.id, "name": workspace.name},
            "enterprise": grid,
            "is_enterprise_install": whole_org,
            **self._token(workspace, whole_org=whole_org),
        }

    def _concerned(self, workspace: Workspace, whole_org: bool) -> list[Workspace]:
        return [one for one in self.world.workspaces.values() if one is workspace or (whole_org and one.enterprise == workspace.enterprise)]

    def _token(self, workspace: Workspace, *, whole_org: bool) -> dict[str, Any]:
        token = f"{'xoxe.' if self.rotates else ''}xoxb-{secrets.randbelow(10**12)}-{secrets.token_hex(12)}"
        for one in self._concerned(workspace, whole_org):
            one.token = token
        if whole_org:
            self.org_tokens[token] = workspace.enterprise
        found: dict[str, Any] = {"access_token": token, "token_type": "bot"}
        if self.rotates:
            refresh = f"xoxe-1-{secrets.token_hex(16)}"
            self.refresh[refresh] = workspace
            found |= {"refresh_token": refresh, "expires_in": LIFE}
        return found

    def org_wide(self, workspace: Workspace) -> bool:
        """Whether the app is installed in the workspace's whole organisation."""
        return workspace.token in self.org_tokens

    def workspace_of(self, token: str, args: Mapping[str, Any]) -> Workspace | None:
        """Whose token it is. An organisation's works in each of its workspaces: the one that the call is about."""
        world = self.world
        having = [one for one in world.workspaces.values() if one.token == token]
        if len(having) < 2:
            return having[0] if having else None
        channel = world.channels.get(str(args.get("channel") or args.get("channel_id") or ""))
        event = world.triggers.get(str(args.get("trigger_id") or ""))
        people = [world.users.get(str(args.get(name) or "")) for name in ("user", "users", "channel")]
        about = [channel and channel.workspace, event and event.user.workspace, *(one and one.workspace for one in people)]
        return next((one for one in about if one is not None), having[0])


@method("oauth.v2.access")
def oauth_access(standin: StandIn, workspace: Workspace, args: Mapping[str, Any]) -> dict[str, Any]:
    return standin.oauth.access(args)


@method("auth.revoke")
def auth_revoke(standin: StandIn, workspace: Workspace, args: Mapping[str, Any]) -> dict[str, Any]:
    workspace.installed = False
    return {"revoked": True}
