"""slack_sdk calls that show messages and forms. They raise slack_sdk's exceptions; `errors` and `chat` decide what those mean.

Nothing is retried here: only the caller knows whether a call may be repeated.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
import yarl
from cachetools import FIFOCache
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.kit.payload import part, parts, word, words
from adapters.slack.errors import CODES, NotConnected, RespondFailed, Unreadable, code_of, known, retry_after
from adapters.slack.lost_posts import LostPosts, mark
from adapters.slack.render import Body
from bot.egress import Egress

log = structlog.get_logger()

EVENT_TYPE = "imagine_bot_message"
PAGES, PER_PAGE = 5, 100
"""How far back to look for a lost post."""
MEMBER_PAGES, MEMBERS_PER_PAGE = 50, 200
CLOCKS_APART = 60.0
"""Seconds by which this machine's clock may be ahead of Slack's."""
CACHE_SIZE = 10_000
RESPOND_WITHIN = aiohttp.ClientTimeout(total=10.0)
NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}
NO_OPENING = ("missing_scope", "unknown_method")
"""Errors of conversations.open after which a post to the person may still arrive."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,30}")


def web_client(token: str | None, api_url: str, egress: Egress, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
    """A client without the library's own retries, because a repeated post is a second message; certificates and proxy from the egress
    rule."""
    client = AsyncWebClient(token=token, base_url=api_url, ssl=egress.context(), session=session, retry_handlers=[])
    # Without a proxy, the library would read one from the environment and ignore NO_PROXY.
    client.proxy = egress.proxy(api_url)
    return client


@dataclass(frozen=True, slots=True)
class Who:
    """A person, as far as the bot needs to know."""

    name: str
    team: str
    """The person's workspace, which in a shared channel may not be the bot's. Empty if Slack names none."""
    administers: bool
    """A current admin or owner of their workspace."""
    teams: frozenset[str] = frozenset()
    """All of their workspaces in an organisation; empty outside Enterprise Grid."""
    enterprise: str = ""
    """Their organisation's id."""
    guest: bool = False
    """Only in some channels of the workspace."""
    stranger: bool = False
    """From another organisation, according to Slack."""
    locale: str = ""
    """The language that they chose in Slack, such as `pt-BR`."""
    zone: str = ""
    """Their time zone, such as `Europe/London`."""


@dataclass(slots=True)
class SlackWire:
    client: AsyncWebClient
    """With `retry_handlers=[]`: a repeated post would be posted twice."""
    session: aiohttp.ClientSession | None
    """None while disconnected."""
    online: bool = True
    """False while nothing can be sent."""
    proxy_for: Callable[[str], str | None] = lambda url: None
    """Returns the proxy for an address that Slack returned."""
    lost_posts: LostPosts = field(default_factory=LostPosts)
    _direct: FIFOCache[str, str] = field(default_factory=lambda: FIFOCache(CACHE_SIZE))
    """Person -> direct channel."""
    _ours: frozenset[str] = frozenset()
    """The bot's own bot and user ids."""

    # ---- messages ------------------------------------------------------------------------------------------------------------

    async def post(self, channel: str, thread: str | None, body: Body, identity: str) -> str:
        found = await read(self.client.chat_postMessage(channel=channel, thread_ts=thread, **_marked(body, identity)))
        if _PERSON.fullmatch(channel) and (direct := word(found, "channel")):
            self._direct[channel] = direct
        return _text(found, "ts")

    async def update(self, channel: str, ts: str, body: Body, identity: str) -> None:
        try:
            await read(self.client.chat_update(channel=channel, ts=ts, **_marked(body, identity)))
        except SlackApiError:
            self.lost_posts.gone(channel, ts)
            raise

    async def find(self, channel: str, thread: str | None, identity: str, since: float | None) -> str | None:
        """The ts of the latest message with this identity, for a post whose answer was lost; None if not found."""
        ours = await self._ids()
        oldest = None if since is None else f"{max(0.0, since - CLOCKS_APART):.6f}"

        def page(cursor: str | None) -> Awaitable[AsyncSlackResponse]:
            asked: dict[str, Any] = {"oldest": oldest, "limit": PER_PAGE, "cursor": cursor, "include_all_metadata": True}
            self.lost_posts.turn("history" if thread is None else "replies")
            if thread is None:
                return self.client.conversations_history(channel=channel, **asked)
            return self.client.conversations_replies(channel=channel, ts=thread, **asked)

        found = self.lost_posts.known(channel, thread, identity)
        if found is not None:
            return found
        async for one in _pages(page, PAGES):
            for message in parts(one.get("messages")):
                self.lost_posts.saw(channel, thread, message, ours)
            found = self.lost_posts.known(channel, thread, identity)
            if found is not None:
                return found
        return None

    async def delete(self, channel: str, ts: str) -> None:
        await read(self.client.chat_delete(channel=channel, ts=ts))

    async def direct_channel(self, person: str) -> str:
        """The channel for posting to one person. Without permission to open direct messages, the person's id: Slack finds the channel."""
        if person not in self._direct:
            try:
                found = await read(self.client.conversations_open(users=person))
            except SlackApiError as error:
                if not known(error).detail.startswith(NO_OPENING):
                    raise
                return person
            self._direct[person] = _text(part(found, "channel"), "id")
        return self._direct[person]

    def where(self, channel: str) -> str:
        """The channel where a post arrived."""
        return self._direct.get(channel, channel)

    async def respond(self, url: str, body: Body, *, public: bool, replace: bool = False) -> None:
        """Answer over a response_url. Raises RespondFailed if it isn't accepted."""
        if not self.trusts(url):
            raise RespondFailed(0, "invalid_url")
        payload = {
            **_message(body),
            **NO_PREVIEWS,
            "response_type": "in_channel" if public else "ephemeral",
            "replace_original": replace,
        }
        async with self.to_address(url, RESPOND_WITHIN, json=payload) as answer:
            said = (await answer.content.read(4096)).decode("utf-8", "replace").strip()
        taken, code = _taken(said)
        if not taken or not 200 <= answer.status < 300:
            raise RespondFailed(answer.status, code, retry_after(answer.headers))

    async def post_ephemeral(self, channel: str, person: str, body: Body, thread: str | None = None) -> None:
        """Send an ephemeral message, which only this person sees, and not for long."""
        await read(self.client.chat_postEphemeral(channel=channel, user=person, thread_ts=thread, **_message(body)))

    # ---- forms ---------------------------------------------------------------------------------------------------------------

    async def open_view(self, trigger: str, view: Mapping[str, Any]) -> tuple[str, str]:
        """Open a view. Returns its id and hash, as far as Slack states them."""
        found = part(await read(self.client.views_open(trigger_id=trigger, view=dict(view))), "view")
        return word(found, "id"), word(found, "hash")

    async def push_view(self, trigger: str, view: Mapping[str, Any]) -> None:
        """Open a view above the one in which the trigger arose."""
        await read(self.client.views_push(trigger_id=trigger, view=dict(view)))

    async def update_view(self, view_id: str, hash: str, view: Mapping[str, Any]) -> None:
        await read(self.client.views_update(view_id=view_id, hash=hash or None, view=dict(view)))

    # ---- people --------------------------------------------------------------------------------------------------------------

    async def members(self, channel: str) -> frozenset[str]:
        found: set[str] = set()
        async for page in _pages(
            lambda cursor: self.client.conversations_members(channel=channel, limit=MEMBERS_PER_PAGE, cursor=cursor), MEMBER_PAGES
        ):
            found.update(words(page.get("members")))
        return frozenset(found)

    async def group(self, group: str) -> frozenset[str]:
        return frozenset(words((await read(self.client.usergroups_users_list(usergroup=group))).get("users")))

    async def is_public(self, channel: str) -> bool:
        """Whether anyone in the workspace can join a channel. Only an explicit answer counts; membership is checked separately."""
        found = part(await read(self.client.conversations_info(channel=channel)), "channel")
        return found.get("is_private") is False and not found.get("is_group")

    async def channel_name(self, channel: str) -> str:
        """A channel's name; empty if the bot may not see it."""
        return word(part(await read(self.client.conversations_info(channel=channel)), "channel"), "name")

    async def channel_locale(self, channel: str) -> str:
        """The locale that Slack states for a channel, such as `pt-BR`; empty if it states none."""
        return word(part(await read(self.client.conversations_info(channel=channel, include_locale=True)), "channel"), "locale")

    async def who(self, person: str) -> Who:
        """A person's name, language and workspace, and whether they're an admin or owner of it."""
        user = (await read(self.client.users_info(user=person, include_locale=True))).get("user")
        if not isinstance(user, Mapping):
            raise Unreadable
        profile, grid = part(user, "profile"), part(user, "enterprise_user")
        names = [word(profile, "display_name"), word(profile, "real_name"), word(user, "name")]
        here = not user.get("deleted") and not user.get("is_bot") and not user.get("is_stranger")
        return Who(
            name=next((one for one in names if one.strip()), ""),
            team=word(user, "team_id") or word(profile, "team"),
            administers=here and (user.get("is_admin") is True or user.get("is_owner") is True),
            teams=frozenset(words(grid.get("teams"))),
            enterprise=str(grid.get("enterprise_id") or user.get("enterprise_id") or ""),
            guest=user.get("is_restricted") is True or user.get("is_ultra_restricted") is True,
            stranger=user.get("is_stranger") is True,
            locale=word(user, "locale"),
            zone=word(user, "tz"),
        )

    # ---- files ---------------------------------------------------------------------------------------------------------------

    async def file(self, file: str) -> Mapping[str, Any]:
        found = (await read(self.client.files_info(file=file))).get("file")
        if not isinstance(found, Mapping):
            raise Unreadable
        return found

    async def thread(self, channel: str, thread: str, before: str) -> Sequence[Any]:
        """The message that started a thread, and its first replies before `before`, oldest first."""
        asked: dict[str, Any] = {"channel": channel, "ts": thread, "latest": before, "limit": PER_PAGE}
        return parts((await read(self.client.conversations_replies(**asked))).get("messages"))

    # ---- addresses -----------------------------------------------------------------------------------------------------------

    def trusts(self, url: str) -> bool:
        """Whether an address returned by Slack may be called: https, or plain http if Slack's own address is plain http on that host."""
        try:
            wanted, base = yarl.URL(url), yarl.URL(self.client.base_url)
        except ValueError:
            return False
        if not wanted.host or wanted.user is not None or wanted.password is not None:
            return False
        if wanted.scheme == "https":
            return True
        same = wanted.host == base.host or (base.host in LOOPBACK and wanted.host in LOOPBACK)
        return wanted.scheme == base.scheme == "http" and same

    def to_address(self, url: str, within: aiohttp.ClientTimeout, **body: Any) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """POST to an address that Slack returned and `trusts` allows; without the token and without following redirects."""
        if self.session is None:
            raise NotConnected
        ssl = True if self.client.ssl is None else self.client.ssl
        return self.session.post(url, proxy=self.proxy_for(url), ssl=ssl, allow_redirects=False, timeout=within, **body)

    def know(self, *ours: str) -> None:
        self._ours = frozenset(one for one in ours if one)

    async def _ids(self) -> frozenset[str]:
        if not self._ours:
            found = await read(self.client.auth_test())
            self.know(word(found, "user_id"), word(found, "bot_id"))
        return self._ours


# ---- what goes out ---------------------------------------------------------------------------------------------------------------


def _message(body: Body) -> dict[str, Any]:
    return {"text": body.text, "blocks": [dict(one) for one in body.blocks]}


def _marked(body: Body, identity: str) -> dict[str, Any]:
    """A message that can be found by its identity: in its metadata, and in its first block's id if metadata isn't shown."""
    found = _message(body)
    if identity and found["blocks"]:
        found["blocks"][0]["block_id"] = mark(identity)
    return {**found, **NO_PREVIEWS, "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": identity}}}


# ---- what comes back -------------------------------------------------------------------------------------------------------------


async def read(call: Awaitable[AsyncSlackResponse]) -> Mapping[str, Any]:
    """The answer as a mapping. Some bodies crash the SDK itself (plain text, a list, invalid UTF-8); those raise Unreadable."""
    try:
        answer = await call
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        if isinstance(error, aiohttp.ClientError):
            raise
        raise Unreadable from error
    if not isinstance(answer.data, Mapping):
        raise Unreadable
    return answer.data


async def _pages(page: Callable[[str | None], Awaitable[AsyncSlackResponse]], most: int) -> AsyncIterator[Mapping[str, Any]]:
    cursor: str | None = None
    for _ in range(most):
        found = await read(page(cursor))
        yield found
        following = word(part(found, "response_metadata"), "next_cursor")
        if following in ("", cursor):
            return
        cursor = following


def _text(found: Mapping[str, Any], name: str) -> str:
    if value := word(found, name):
        return value
    raise Unreadable


def _taken(said: str) -> tuple[bool, str]:
    """Whether a response_url accepted an answer, and otherwise the error code. It answers `ok`, JSON, or the bare code."""
    try:
        answer = json.loads(said)
    except ValueError:
        return said not in CODES, code_of(said)
    if not isinstance(answer, Mapping):
        return True, ""
    return answer.get("ok") is not False, code_of(answer.get("error"))
