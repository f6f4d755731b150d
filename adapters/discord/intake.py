"""The slash commands' work: receive, acknowledge, accept for /imagine; a view for the presser alone for all others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from adapters.discord import places
from adapters.discord.answers import Ack, Answers, Event, log_bug
from adapters.discord.handles import Handle, Home
from adapters.discord.interactions import FORM_WITHIN, Interactions
from bot.chat.views import View
from bot.core import Core, Duplicate, Received, Visitor
from bot.domain.requests import Submission
from bot.texts import text

log = structlog.get_logger()

STORE_WITHIN = 1.8
"""Seconds for the ledger to store a command; it takes a few thousandths."""
VIEW_WITHIN = 1.2
"""Seconds after which a view that is still being made gets a placeholder."""


@dataclass(slots=True)
class Intake:
    """From commands to the core."""

    core: Core
    answers: Answers
    presses: Interactions
    _background: set[asyncio.Task[None]] = field(default_factory=set)

    async def imagine(
        self, interaction: Event, prompt: str, size: str | None, quality: str | None, count: int | None, private: bool
    ) -> None:
        """/imagine."""
        handle = self.answers.handle(interaction, Home.EPHEMERAL if private else Home.PUBLIC)
        submission = Submission(
            person=places.person(interaction),
            place=places.place(interaction, handle.reply()),
            prompt=prompt,
            size=size or None,
            quality=quality or None,
            count=count,
            private=private,
        )
        received = await self._stored(interaction, submission)
        if received is None or isinstance(received, Duplicate):
            return
        ack = await self.answers.acknowledge(interaction, handle.home)
        if ack is Ack.LOST:
            self._in_background(self._settle(handle, received.request_id))
        elif ack is Ack.REFUSED:
            await self.core.abandon(received.request_id)
        else:
            await self._accept(handle, received.request_id)

    async def _stored(self, interaction: Event, submission: Submission) -> Received | Duplicate | None:
        """The durable insert; a sentence when it cannot be made in time."""
        storing = asyncio.ensure_future(self.core.receive(places.event_key(interaction), submission))
        try:
            async with asyncio.timeout(STORE_WITHIN):
                return await asyncio.shield(storing)
        except TimeoutError:
            # It may still be stored: it must not be drawn then, because the person is told now that it was not taken.
            self._in_background(self._drop_when_stored(storing))
            await self.answers.say(interaction, self.core.storage.late())
        except Exception as error:
            await self.answers.say(interaction, log_bug(error, interaction))
        return None

    async def _drop_when_stored(self, storing: asyncio.Future[Received | Duplicate]) -> None:
        try:
            stored = await storing
        except Exception as error:
            log.warning("discord_late_store_failed", error=type(error).__name__)
            return
        if isinstance(stored, Received):
            await self.core.abandon(stored.request_id)

    async def _settle(self, handle: Handle, request_id: str) -> None:
        """The acknowledgement's answer was lost: what the person sees decides."""
        if await self.answers.was_taken(handle):
            await self._accept(handle, request_id)
        else:
            await self.core.abandon(request_id)

    async def _accept(self, handle: Handle, request_id: str) -> None:
        try:
            await self.core.accept(request_id)
        except Exception as error:
            # It stays received: the next start accepts it. Until then the person knows where they stand.
            log.exception("discord_accept_failed", request=request_id, error=type(error).__name__)
            await self.answers.fill(handle, text("discord.accept_later"))

    async def show(self, interaction: Event, identity: str | None) -> None:
        await self._view(interaction, lambda visitor: self.core.show(visitor, identity))

    async def status(self, interaction: Event) -> None:
        await self._view(interaction, self.core.status)

    async def help(self, interaction: Event) -> None:
        await self._view(interaction, self.core.help)

    async def privacy(self, interaction: Event) -> None:
        await self._view(interaction, self.core.privacy)

    async def settings(self, interaction: Event) -> None:
        """/imagine-settings: a form can only be the first answer."""
        if interaction.guild_id is None:
            await self.answers.say(interaction, text("discord.settings_in_server"))
            return
        with self.presses.clicks.of(interaction):
            try:
                async with asyncio.timeout(FORM_WITHIN):
                    found = await self.core.settings(places.visitor(interaction))
            except TimeoutError:
                await self.answers.say(interaction, text("discord.too_busy_for_form"))
                return
        await self.presses.show_form(interaction, found)

    async def _view(self, interaction: Event, make: Callable[[Visitor], Awaitable[View]]) -> None:
        """A view at once when it is ready and small, otherwise behind a placeholder. For the person alone."""
        making = asyncio.ensure_future(make(places.visitor(interaction)))
        done, _ = await asyncio.wait([making], timeout=VIEW_WITHIN)
        if done and not making.result().pictures:
            await self.answers.say(interaction, making.result())
            return
        handle = self.answers.handle(interaction, Home.EPHEMERAL)
        self.answers.placeholders.open(handle)
        if await self.answers.acknowledge(interaction, handle.home) is Ack.REFUSED:
            self.answers.placeholders.close(interaction.id)
            making.cancel()
            return
        try:
            said: str | View = await making
        except Exception as error:
            said = log_bug(error, interaction)
        await self.answers.fill(handle, said)

    def _in_background(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
