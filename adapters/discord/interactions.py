"""Button presses and form submissions: acknowledge first, then call the core; every one gets an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import discord

from adapters.discord import forms
from adapters.discord.answers import Ack, Answers, AnyInteraction, bug
from adapters.discord.callers import caller
from adapters.discord.handles import Handle, Home
from adapters.discord.moderators import Clicks
from adapters.kit.callers import YES
from adapters.kit.dedup import Deduplicator
from adapters.kit.interaction_ids import parsed, question
from bot.chat.actions import Gives, effect_of
from bot.chat.localize import localize
from bot.chat.views import ActionName, Form, Reply
from bot.core import Core
from bot.texts import speaking, text

FORM_WITHIN = 2.0
"""Seconds for the core to fill in a form, which must be the first answer and is due after three."""
CLAIM_WITHIN = 2.5
"""Seconds for the new request's message to take over the placeholder."""
INVALID_FORM = 50035


@dataclass(slots=True)
class Interactions:
    core: Core
    answers: Answers
    clicks: Clicks
    welcome: Callable[[AnyInteraction], Awaitable[str | None]]
    """Returns the refusal for people who may not use the bot here; None for everyone else."""
    _taken: Deduplicator = field(default_factory=Deduplicator)

    def taken(self, interaction: AnyInteraction) -> None:
        """The library matched this press, so the fallback can ignore it."""
        self._taken.first(interaction.id)

    async def component(self, interaction: AnyInteraction) -> None:
        """Fallback: answer presses that the library couldn't match to a button."""
        if self._taken.first(interaction.id):
            await self.pressed(interaction, custom_id_of(interaction))

    async def pressed(self, interaction: AnyInteraction, identity: str) -> None:
        await self.answered(interaction, lambda: self._pressed(interaction, identity))

    async def submitted(self, interaction: AnyInteraction) -> None:
        await self.answered(interaction, lambda: self._submitted(interaction))

    async def answered(self, interaction: AnyInteraction, work: Callable[[], Awaitable[None]]) -> None:
        """Run the work of an admitted press or form; if it fails, the person gets an answer."""
        with self.clicks.of(interaction):
            try:
                refusal = await self.welcome(interaction)
                if refusal is not None:
                    await self.answers.say(interaction, refusal)
                    return
                await work()
            except Exception as error:
                said = bug(error, interaction)
                if interaction.response.is_done():
                    await self.answers.whisper(self.answers.handle(interaction, Home.NONE), said)
                else:
                    await self.answers.say(interaction, said)

    async def _pressed(self, interaction: AnyInteraction, identity: str) -> None:
        found = parsed(identity)
        if found is None:
            await self.answers.say(interaction, text("discord.old_button"))
        elif found.effect.confirm and not found.sure:
            await self.answers.say(interaction, question(found), sure=True)
        elif found.opens_form:
            await self.open_form(interaction, self.core.form(caller(interaction).act(found.action, found.row, {}, {})))
        else:
            await self._act(interaction, found.action, found.row, {})

    async def _submitted(self, interaction: AnyInteraction) -> None:
        found = parsed(custom_id_of(interaction))
        if found is None:
            await self.answers.say(interaction, text("discord.old_form"))
            return
        await self._act(interaction, found.action, found.row, forms.values(data_of(interaction)))

    async def open_form(self, interaction: AnyInteraction, making: Awaitable[Form | Reply]) -> None:
        """Show a form if the core makes it in time; it must be the first answer."""
        try:
            async with asyncio.timeout(FORM_WITHIN):
                found = await making
        except TimeoutError:
            await self.answers.say(interaction, text("discord.too_busy_for_form"))
            return
        await self.show_form(interaction, found)

    async def show_form(self, interaction: AnyInteraction, found: Form | Reply, identity: str = "") -> None:
        """Show a form, or the sentence why there is none. For `identity` see `forms.modal`."""
        if isinstance(found, Reply):
            await self.answers.say(interaction, found.view or found.text)
            return
        try:
            await self._send_form(interaction, found, identity, plain=False)
        except discord.HTTPException as error:
            if error.code != INVALID_FORM:
                raise
            # A list can't preselect a deleted channel or role; the same form with plain fields can.
            await self._send_form(interaction, found, identity, plain=True)

    async def _send_form(self, interaction: AnyInteraction, found: Form, identity: str, *, plain: bool) -> None:
        with speaking(language := caller(interaction).language):
            modal = forms.modal(localize(found, language), plain=plain, identity=identity)
        try:
            await interaction.response.send_modal(modal)
        finally:
            self.answers.tries.of(interaction)
            modal.stop()  # submissions are parsed raw, so the library doesn't have to keep it

    async def _act(self, interaction: AnyInteraction, action: ActionName, row: str, values: dict[str, str]) -> None:
        """Acknowledge, then call the core, so that a press the person saw fail changes nothing."""
        home = await self.batch_home(interaction) if action is ActionName.BATCH_NEW else _home(interaction, action, values)

        async def work(handle: Handle) -> Reply:
            return await self.core.act(caller(interaction).act(action, row, values, handle.reply()))

        await self.made(interaction, action, home, work)

    async def made(self, interaction: AnyInteraction, action: ActionName, home: Home, work: Callable[[Handle], Awaitable[Reply]]) -> None:
        """Acknowledge, do the work, and answer."""
        handle = self.answers.handle(interaction, home)
        if home is not Home.NONE:
            self.answers.placeholders.open(handle)
        ack = await self.answers.acknowledge(interaction, home)
        if ack is Ack.REFUSED or (ack is Ack.LOST and not await self.answers.was_taken(handle)):
            self.answers.placeholders.close(interaction.id)
            return
        try:
            reply = await work(handle)
        except Exception as error:
            reply = Reply(bug(error, interaction), changed=False)
        await self._reply(handle, action, reply)

    async def batch_home(self, interaction: AnyInteraction) -> Home:
        """Who sees a new batch: everybody in the channel, or its owner alone where results begin like that."""
        return Home.EPHEMERAL if await self.core.keeps_private(caller(interaction).place({})) else Home.PUBLIC

    async def _reply(self, handle: Handle, action: ActionName, reply: Reply) -> None:
        said = reply.view or reply.text
        if handle.home is Home.NONE:
            if said:
                await self.answers.whisper(handle, said, reply.document)
        elif effect_of(action).gives.is_view:
            await self.answers.fill(handle, said or text("discord.done"))
        elif reply.changed and await self.answers.placeholders.claimed(handle.interaction, CLAIM_WITHIN):
            return  # the placeholder has become the new message
        else:
            await self.answers.withdraw(handle, said or text("discord.done"))


def data_of(interaction: AnyInteraction) -> Mapping[str, Any]:
    """What Discord sent about a press, form or command."""
    return cast("Mapping[str, Any]", interaction.data or {})


def custom_id_of(interaction: AnyInteraction) -> str:
    """Id of the pressed button or submitted form; empty for others."""
    return str(data_of(interaction).get("custom_id", ""))


def _home(interaction: AnyInteraction, action: ActionName, values: Mapping[str, str]) -> Home:
    """What the acknowledgement shows: nothing, or a placeholder visible to exactly the readers of the answer."""
    if effect_of(action).gives.is_view:
        return Home.EPHEMERAL
    if interaction.message is None:
        return Home.EPHEMERAL  # a form opened by a command has no message to update
    if effect_of(action).gives is not Gives.MESSAGE:
        return Home.NONE
    if action is ActionName.GUIDE_SEND_PRIVATE and interaction.guild_id is not None:
        return Home.EPHEMERAL
    if interaction.guild_id is None or action in (ActionName.PUBLISH, ActionName.GUIDE_SEND):
        return Home.PUBLIC
    if "private" in values:
        return Home.EPHEMERAL if values["private"] == YES else Home.PUBLIC
    return Home.EPHEMERAL if interaction.message.flags.ephemeral else Home.PUBLIC
