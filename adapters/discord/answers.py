"""Answers to an interaction: acknowledge in time, and reply to one person. Independent of requests.

Open "thinking…" placeholders are kept in a small file, so that they can be answered after a restart. The ledger knows the placeholders of
/imagine; these are the others (presses, /imagine-show).
"""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import aiohttp
import discord
import structlog
from cachetools import FIFOCache

from adapters.discord import callers
from adapters.discord.errors import classify_error
from adapters.discord.handles import Draft, Handle, Home, of_interaction, of_reply
from adapters.discord.image_fitting import ImageFitting
from adapters.discord.render import layout
from adapters.discord.wire import NOBODY, DiscordWire, count_errors
from adapters.kit.errors import NETWORK, ErrorClass
from adapters.kit.files import AppendLog
from adapters.kit.replies import as_view, words_of
from bot.chat.views import Document, View
from bot.ports import Ports
from bot.texts import speaking, text

log = structlog.get_logger()

AnyInteraction = discord.Interaction[Any]

ACK_WITHIN = 2.5
"""Seconds for the first answer; Discord waits three."""
ASK_AGAIN = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds before each check whether an acknowledgement was taken, after its answer was lost."""


ALREADY_ACKNOWLEDGED = 40060
SAY_AGAIN = 600.0
"""Seconds between two log lines about another process that answers with this token."""


class Ack(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"
    """The person saw the command fail."""
    LOST = "lost"
    """The answer was lost, so it may have been taken."""


class CallbackAttempts:
    """Counts HTTP requests per callback: discord.py retries on its own, so a 40060 after a retry may be caused by our own first try."""

    def __init__(self) -> None:
        self._count: FIFOCache[str, int] = FIFOCache(10_000)  # autocomplete callbacks are counted but never looked up

    def trace(self) -> aiohttp.TraceConfig:
        config = aiohttp.TraceConfig()

        async def started(session: aiohttp.ClientSession, context: object, params: aiohttp.TraceRequestStartParams) -> None:
            parts = params.url.path.rsplit("/interactions/", 1)
            if len(parts) == 2:
                key = parts[1].split("/", 1)[0]
                self._count[key] = self._count.get(key, 0) + 1

        config.on_request_start.append(started)
        config.on_request_end.append(count_errors)
        return config

    def of(self, interaction: AnyInteraction) -> int:
        """Number of tries of a callback; removes the entry."""
        return self._count.pop(str(interaction.id), 0)


@dataclass(slots=True)
class Answers:
    wire: DiscordWire
    ports: Ports
    placeholders: Placeholders
    fitting: ImageFitting
    tries: CallbackAttempts = field(default_factory=CallbackAttempts)
    _said_elsewhere: float = float("-inf")

    # ---- acknowledging -------------------------------------------------------------------------------------------------------

    async def acknowledge(self, interaction: AnyInteraction, home: Home) -> Ack:
        """Tell Discord that an answer will follow: a placeholder, or nothing visible for button presses."""
        thinking = home is not Home.NONE
        try:
            async with asyncio.timeout(ACK_WITHIN):
                await interaction.response.defer(thinking=thinking, ephemeral=home is Home.EPHEMERAL)
            self.tries.of(interaction)
            return Ack.TAKEN
        except discord.InteractionResponded:
            return Ack.TAKEN
        except (discord.HTTPException, *NETWORK) as error:
            tried = self.tries.of(interaction)
            found = self._failed_ack(error, tried)
            if found is Ack.REFUSED and getattr(error, "code", 0) == ALREADY_ACKNOWLEDGED:
                self._answered_elsewhere()
            log.warning("discord_ack_failed", interaction=str(interaction.id), detail=_detail(error), tried=tried, verdict=found.value)
            return found

    def _answered_elsewhere(self) -> None:
        """Say now and then that another process answers with this token: a second copy of the bot, or overlapping shards."""
        now = self.ports.monotonic()
        if now - self._said_elsewhere >= SAY_AGAIN:
            self._said_elsewhere = now
            log.error("discord_answered_elsewhere", what_to_do=text("discord.setup.answered_elsewhere"))

    @staticmethod
    def _failed_ack(error: BaseException, tried: int) -> Ack:
        classified = classify_error(error)
        if isinstance(error, discord.HTTPException) and error.code == ALREADY_ACKNOWLEDGED:
            # Answered before, by another copy of the bot or by an earlier try whose answer was lost.
            return Ack.LOST if tried > 1 else Ack.REFUSED
        if classified is not None and classified.error_class in (ErrorClass.LOST, ErrorClass.WAIT):
            return Ack.LOST
        return Ack.REFUSED

    async def was_taken(self, handle: Handle) -> bool:
        """Ask Discord whether an acknowledgement was taken, until it answers or the token expires."""
        for pause in itertools.chain(ASK_AGAIN, itertools.repeat(ASK_AGAIN[-1])):
            await asyncio.sleep(pause)
            if not handle.alive(self.ports.now()):
                return False
            try:
                async with asyncio.timeout(10.0):
                    if await self.wire.online():
                        return await self.wire.has_answer(handle)
            except (discord.HTTPException, *NETWORK) as error:
                log.info("discord_ack_still_unknown", interaction=str(handle.interaction), detail=_detail(error))
        return False

    # ---- saying something to one person --------------------------------------------------------------------------------------

    async def say(self, interaction: AnyInteraction, said: str | View, *, sure: bool = False) -> bool:
        """Send the first answer to an interaction, to that person only. Returns False if it wasn't taken. For `sure` see `layout`."""
        language = callers.language(interaction)
        with speaking(language):
            shown = layout(as_view(said, language), sure=sure)
        try:
            async with asyncio.timeout(ACK_WITHIN):
                await interaction.response.send_message(view=shown, ephemeral=True, allowed_mentions=NOBODY)
            return True
        except (discord.HTTPException, discord.InteractionResponded, *NETWORK) as error:
            log.warning("discord_answer_failed", interaction=str(interaction.id), detail=_detail(error))
            return False
        finally:
            self.tries.of(interaction)

    async def whisper(self, handle: Handle, said: str | View, document: Document | None = None) -> None:
        """Send a further answer, to that person only, perhaps with a file."""
        draft = await self._draft(said, handle)
        if document is not None and len(document.content) <= handle.limit:
            draft = replace(draft, documents=(document,))
        await self._quietly(self.wire.follow_up(handle, draft, ephemeral=True), handle)

    async def fill(self, handle: Handle, said: str | View) -> None:
        """Replace "thinking…"."""
        draft = await self._draft(said, handle)
        await self._quietly(self.wire.edit_answer(handle, "@original", draft), handle)
        self.placeholders.close(handle.interaction)

    async def withdraw(self, handle: Handle, said: str | View) -> None:
        """Remove a public "thinking…" and answer the person privately instead."""
        if handle.home is Home.PUBLIC and await self._quietly(self.wire.delete_answer(handle), handle):
            self.placeholders.close(handle.interaction)
            await self.whisper(handle, said)
        else:
            await self.fill(handle, said)

    async def _draft(self, said: str | View, handle: Handle) -> Draft:
        view = as_view(said, handle.language)
        pictures, notes = await self.fitting.load(view.pictures)
        return Draft(view, await self.fitting.fit(pictures, handle.limit), tuple(notes))

    async def _quietly(self, call: Any, handle: Handle) -> bool:
        """Run a call and return whether it worked. A failure here only affects one person, so it's logged and not retried."""
        try:
            with speaking(handle.language):
                async with asyncio.timeout(max(1.0, min(40.0, handle.expires - self.ports.now()))):
                    await call
            return True
        except (discord.HTTPException, *NETWORK) as error:
            log.warning("discord_answer_failed", interaction=str(handle.interaction), detail=_detail(error))
            return False

    def handle(self, interaction: AnyInteraction, home: Home) -> Handle:
        return of_interaction(interaction, home, self.ports.now())


def _detail(error: BaseException) -> str:
    classified = classify_error(error)
    return type(error).__name__ if classified is None else classified.detail


def bug(error: BaseException, interaction: AnyInteraction) -> str:
    """The sentence for the person; bugs are logged."""
    return words_of(error, "discord", interaction=str(interaction.id))


@dataclass(slots=True)
class Placeholders:
    """Open placeholders by interaction id. No decisions about requests are based on them."""

    file: AppendLog
    _open: dict[int, Handle] = field(default_factory=dict)
    _claimed: FIFOCache[int, str] = field(default_factory=lambda: FIFOCache(5000))
    """Interaction id -> id of the message shown in its `@original`."""
    _claims: dict[int, asyncio.Event] = field(default_factory=dict)

    def load(self, now: float) -> list[Handle]:
        """Load the previous process's file. Returns placeholders that are open and can still be answered."""
        if not (lines := self.file.lines()):
            return []
        for line in lines:
            self._replay(line)
        self._open = {key: one for key, one in self._open.items() if one.alive(now)}
        entries = [json.dumps({"open": one.reply()}) for one in self._open.values()]
        entries += [json.dumps({"claimed": str(key), "by": by}) for key, by in self._claimed.items()]
        self.file.rewrite(entries[-1000:])
        return list(self._open.values())

    def _replay(self, line: str) -> None:
        try:
            entry = json.loads(line)
            if "open" in entry and (handle := of_reply(entry["open"])) is not None:
                self._open[handle.interaction] = handle
            elif "claimed" in entry:
                self._claimed[int(entry["claimed"])] = str(entry["by"])
                self._open.pop(int(entry["claimed"]), None)
            elif "closed" in entry:
                self._open.pop(int(entry["closed"]), None)
        except (ValueError, TypeError, AttributeError):
            return  # the last line of a killed process may be incomplete

    def open(self, handle: Handle) -> None:
        """Record a placeholder before it's shown."""
        self._open[handle.interaction] = handle
        self._write({"open": handle.reply()})

    def close(self, interaction: int) -> None:
        """Record that it was answered, or never shown."""
        if self._open.pop(interaction, None) is not None:
            self._write({"closed": str(interaction)})

    def claim(self, interaction: int, message: str) -> bool:
        """Let a message take over the placeholder. Returns False if another one already has."""
        owner = self._claimed.get(interaction)
        if owner is None:
            self._claimed[interaction] = message
            if interaction in self._open:
                self._open.pop(interaction)
                self._write({"claimed": str(interaction), "by": message})
        event = self._claims.get(interaction)
        if event is not None:
            event.set()
        return owner in (None, message)

    async def claimed(self, interaction: int, within: float) -> bool:
        """Whether a message takes it over within this many seconds."""
        if interaction in self._claimed:
            return True
        event = self._claims.setdefault(interaction, asyncio.Event())
        try:
            async with asyncio.timeout(within):
                await event.wait()
            return True
        except TimeoutError:
            return False
        finally:
            self._claims.pop(interaction, None)

    def _write(self, entry: dict[str, object]) -> None:
        self.file.append(json.dumps(entry))
