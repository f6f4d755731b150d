"""discord.py calls that show messages. They raise discord.py's exceptions; `errors` and `chat` decide what those mean."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import discord
from cachetools import FIFOCache

from adapters.discord.errors import StillFailing
from adapters.discord.handles import Draft, Handle
from adapters.discord.render import layout

LOGIN_WITHIN = 2.0
"""Seconds that a send waits for a session that is being established."""
NOBODY = discord.AllowedMentions.none()
SERVER_ERRORS = frozenset({500, 502, 504, 524})
"""Statuses for which discord.py retries on its own, five times within about half a minute."""
MOST_ERRORS = 2
"""Number of such answers to one call before the adapter takes over: another route may reach the same people, and each retry uploads the
files again."""
_errors: ContextVar[list[int] | None] = ContextVar("errors", default=None)


@contextlib.contextmanager
def few_repeats() -> Iterator[None]:
    """Within this block, a call raises StillFailing instead of being retried many times."""
    token = _errors.set([])
    try:
        yield
    finally:
        _errors.reset(token)


async def count_errors(session: aiohttp.ClientSession, context: object, params: aiohttp.TraceRequestEndParams) -> None:
    """aiohttp trace hook: counts one call's server errors and stops the library's retries after MOST_ERRORS."""
    errors = _errors.get()
    if errors is None or params.response.status not in SERVER_ERRORS:
        return
    errors.append(params.response.status)
    if len(errors) >= MOST_ERRORS:
        params.response.close()
        raise StillFailing(params.response.status)


@dataclass(slots=True)
class Session:
    """The current client; replaced after a fatal close."""

    client: discord.Client | None = None
    _up: asyncio.Event = field(default_factory=asyncio.Event)

    def opened(self, client: discord.Client) -> None:
        self.client = client
        self._up.set()

    def closed(self) -> None:
        self.client = None
        self._up.clear()

    async def get(self, within: float) -> discord.Client | None:
        """The logged-in client; None if there is none within this many seconds."""
        try:
            async with asyncio.timeout(within):
                await self._up.wait()
        except TimeoutError:
            return None
        return self.client

    @property
    def now(self) -> discord.Client:
        if self.client is None:
            raise ConnectionError("not logged in to Discord")
        return self.client


@dataclass(slots=True)
class DiscordWire:
    """All calls that show a draft. They return the id of the edited or created message."""

    session: Session
    _direct: FIFOCache[int, int] = field(default_factory=lambda: FIFOCache(10_000))
    """Person -> direct channel."""

    async def online(self) -> bool:
        """Whether there is a session; waits a moment for one."""
        return await self.session.get(LOGIN_WITHIN) is not None

    def server_locale(self, server: int) -> str:
        """The locale that Discord states for a server, such as `pt-BR`, from the gateway's cache; empty while the server isn't known."""
        client = self.session.client
        guild = None if client is None else client.get_guild(server)
        return "" if guild is None else str(guild.preferred_locale)

    async def edit_answer(self, handle: Handle, message: str, draft: Draft) -> str:
        """Edit `@original` or a follow-up with the interaction's token."""
        hook = self.hook(handle)
        found = await hook.edit_message(
            message if message == "@original" else int(message),  # type: ignore[arg-type]  # discord.py passes it on as it is
            view=_layout(draft),
            attachments=_files(draft),
            allowed_mentions=NOBODY,
        )
        return str(found.id)

    async def edit_as_bot(self, channel: int, message: int, draft: Draft) -> str:
        place = self.session.now.get_partial_messageable(channel)
        found = await place.get_partial_message(message).edit(view=_layout(draft), attachments=_files(draft), allowed_mentions=NOBODY)
        return str(found.id)

    async def post(self, channel: int, draft: Draft, nonce: str, *, silent: bool = False) -> str:
        allowed = discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=_mentioned(draft))
        place = self.session.now.get_partial_messageable(channel)
        found = await place.send(view=_layout(draft), files=_files(draft), nonce=nonce, allowed_mentions=allowed, silent=silent)
        return str(found.id)

    async def follow_up(self, handle: Handle, draft: Draft, *, ephemeral: bool) -> str:
        found = await self.hook(handle).send(
            view=_layout(draft), files=_files(draft), ephemeral=ephemeral, wait=True, allowed_mentions=NOBODY
        )
        return str(found.id)

    async def direct_channel(self, person: int) -> int:
        if person not in self._direct:
            # As a string, as in Discord's description; the library's own call would send a number.
            found = await self.session.now.http.start_private_message(str(person))
            self._direct[person] = int(found["id"])
        return self._direct[person]

    def hook(self, handle: Handle) -> discord.Webhook:
        """The interaction's webhook; also works with the token of a previous process."""
        hook = discord.Webhook.partial(handle.application, handle.token, client=self.session.now)
        hook.type = discord.WebhookType.application  # without it, the library refuses ephemeral answers
        return hook

    async def has_answer(self, handle: Handle) -> bool:
        """Whether Discord took the acknowledgement. Raises errors that don't answer that question."""
        try:
            await self.hook(handle).fetch_message("@original")  # type: ignore[arg-type]
        except discord.HTTPException as error:
            if error.status in (401, 403, 404):
                return False
            raise
        return True

    async def delete_as_bot(self, channel: int, message: int) -> None:
        await self.session.now.get_partial_messageable(channel).get_partial_message(message).delete()

    async def delete_answer(self, handle: Handle, message: str = "@original") -> None:
        await self.hook(handle).delete_message(message if message == "@original" else int(message))  # type: ignore[arg-type]


def _layout(draft: Draft) -> discord.ui.LayoutView:
    return layout(draft.view, pictures=draft.pictures, notes=draft.notes, mention=draft.mention, documents=draft.documents)


def _files(draft: Draft) -> list[Any]:
    pictures = [discord.File(io.BytesIO(one.content), filename=one.name, description=one.alt[:1024] or None) for one in draft.pictures[:10]]
    return [*pictures, *(discord.File(io.BytesIO(one.content), filename=one.name) for one in draft.documents)]


@dataclass(frozen=True, slots=True)
class Named:
    """A person to notify. Ids are strings in Discord's description; the library's own objects would send numbers."""

    id: str


def _mentioned(draft: Draft) -> Any:
    mention = draft.mention
    return [Named(mention)] if mention is not None and mention.isascii() and mention.isdigit() else []
