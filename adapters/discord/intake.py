"""Execution of the slash commands: receive, acknowledge and accept for /imagine; a private view for all others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.discord import places
from adapters.discord.answers import Ack, Answers, Event, bug
from adapters.discord.interactions import FORM_WITHIN, Interactions
from adapters.discord.routes import Handle, Home
from adapters.kit.submissions import Submissions
from bot.chat.views import View
from bot.core import Core, Duplicate, Visitor
from bot.domain.requests import Submission
from bot.texts import text

VIEW_WITHIN = 1.2
"""Seconds after which a slow view gets a placeholder."""


@dataclass(slots=True)
class Intake:
    """Commands on their way to the core."""

    core: Core
    answers: Answers
    interactions: Interactions
    submissions: Submissions

    async def imagine(
        self,
        interaction: Event,
        prompt: str,
        size: str | None,
        quality: str | None,
        count: int | None,
        private: bool,
        model: str | None = None,
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
            model=model or None,
        )
        received = await self.submissions.stored(
            places.event_key(interaction), submission, lambda said: self.answers.say(interaction, said)
        )
        if received is None or isinstance(received, Duplicate):
            return
        ack = await self.answers.acknowledge(interaction, handle.home)
        if ack is Ack.LOST:
            self.submissions.tasks.start(self._settle(handle, received.request_id), "settle")
        elif ack is Ack.REFUSED:
            await self.core.abandon(received.request_id)
        else:
            await self._accept(handle, received.request_id)

    async def _settle(self, handle: Handle, request_id: str) -> None:
        """The acknowledgement's answer was lost: proceed according to what the person sees."""
        if await self.answers.was_taken(handle):
            await self._accept(handle, request_id)
        else:
            await self.core.abandon(request_id)

    async def _accept(self, handle: Handle, request_id: str) -> None:
        await self.submissions.accept(request_id, lambda said: self.answers.fill(handle, said))

    async def show(self, interaction: Event, identity: str | None) -> None:
        await self._view(interaction, lambda visitor: self.core.show(visitor, identity))

    async def status(self, interaction: Event) -> None:
        await self._view(interaction, self.core.status)

    async def help(self, interaction: Event) -> None:
        await self._view(interaction, self.core.help)

    async def privacy(self, interaction: Event) -> None:
        await self._view(interaction, self.core.privacy)

    async def settings(self, interaction: Event) -> None:
        """/imagine-settings. A form must be the first answer."""
        if interaction.guild_id is None:
            await self.answers.say(interaction, text("discord.settings_in_server"))
            return
        with self.interactions.clicks.of(interaction):
            try:
                async with asyncio.timeout(FORM_WITHIN):
                    found = await self.core.settings(places.visitor(interaction))
            except TimeoutError:
                await self.answers.say(interaction, text("discord.too_busy_for_form"))
                return
        await self.interactions.show_form(interaction, found)

    async def _view(self, interaction: Event, make: Callable[[Visitor], Awaitable[View]]) -> None:
        """Send a private view, immediately if it's ready and small, otherwise through a placeholder."""
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
            said = bug(error, interaction)
        await self.answers.fill(handle, said)
