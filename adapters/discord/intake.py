"""Execution of the commands: receive, acknowledge and accept for /imagine and for a message's pictures; a private view for all others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.discord import attachments, forms
from adapters.discord.answers import Ack, Answers, AnyInteraction, bug
from adapters.discord.callers import caller
from adapters.discord.handles import Handle, Home
from adapters.discord.interactions import Interactions, custom_id_of, data_of
from adapters.discord.picture_forms import PREFIX, PictureForms
from adapters.kit.callers import YES
from adapters.kit.commands import Fetch, from_file
from adapters.kit.submissions import Submissions
from bot.chat.views import ActionName, Form, FormField, Reply, View
from bot.core import Core, Duplicate, Visitor
from bot.domain.attachments import Attachment
from bot.domain.requests import Submission
from bot.texts import text
from bot.texts.phrases import listed

PICTURE_FIELDS = ("prompt", "size", "count", "private")
"""Fields of the form about a message's pictures: Discord's forms have room for five parts, and one names the pictures."""
LIMITS = ("max_pictures", "budget")
"""Fields of the form for a new batch that are always shown, after the topics."""
MOST_BESIDE = forms.MOST_FIELDS - 1 - len(LIMITS)
"""Other fields of it that there's room for."""
VIEW_WITHIN = 1.2
"""Seconds after which a slow view gets a placeholder."""


@dataclass(slots=True)
class Intake:
    core: Core
    answers: Answers
    interactions: Interactions
    submissions: Submissions
    picture_forms: PictureForms
    fetch: Fetch
    """Downloads attached files."""

    async def imagine(self, interaction: AnyInteraction, given: Mapping[str, Any]) -> None:
        """/imagine. With `price`, only its member reads what it would cost, and nothing is sent."""
        if given.get("price"):
            pictures = sum(name in given for name in attachments.PICTURES)
            await self.view(interaction, lambda visitor: self.core.price(visitor, given["prompt"], given, pictures))
            return
        await self._received(interaction, caller(interaction).submission(given, {}, attachments.of_options(given)))

    # ---- a message's pictures ------------------------------------------------------------------------------------------------

    async def with_pictures(self, interaction: AnyInteraction) -> None:
        """The entry of a message's menu: open the form for its pictures."""
        message = _target(interaction)
        found = attachments.of_message(message, str(interaction.client.user.id))
        if not found:
            await self.answers.say(interaction, text("discord.no_picture_there"))
            return
        identity = self.picture_forms.keep(str(interaction.id), str(interaction.user.id), found, self.answers.ports.now())
        form = await self.core.imagine_form(caller(interaction).visitor)
        await self.interactions.show_form(interaction, _about(form, found, private=attachments.is_ephemeral(message)), identity)

    def is_own(self, interaction: AnyInteraction) -> bool:
        """Whether a submission is of a form that `with_pictures` opened."""
        return custom_id_of(interaction).startswith(PREFIX)

    async def submitted(self, interaction: AnyInteraction) -> None:
        await self.interactions.answered(interaction, lambda: self._submitted(interaction))

    async def _submitted(self, interaction: AnyInteraction) -> None:
        identity = custom_id_of(interaction)
        found = self.picture_forms.pictures(identity, str(interaction.user.id), self.answers.ports.now())
        if not found:
            await self.answers.say(interaction, text("discord.pictures_lost"))
            return
        submission = caller(interaction).submission(forms.values(data_of(interaction)), {}, found)
        if await self._received(interaction, submission):
            self.picture_forms.close(identity, self.answers.ports.now())

    async def _received(self, interaction: AnyInteraction, submission: Submission) -> bool:
        """Store, acknowledge and accept. Returns whether the member saw it being taken."""
        with self.interactions.clicks.of(interaction):
            return await self._received_here(interaction, submission)

    async def _received_here(self, interaction: AnyInteraction, submission: Submission) -> bool:
        submission = replace(submission, private=submission.private or await self.core.keeps_private(submission.place))
        handle = self.answers.handle(interaction, Home.EPHEMERAL if submission.private else Home.PUBLIC)
        submission = replace(submission, place=replace(submission.place, reply=handle.reply()))
        received = await self.submissions.stored(caller(interaction).key, submission, lambda said: self.answers.say(interaction, said))
        if received is None or isinstance(received, Duplicate):
            return False
        ack = await self.answers.acknowledge(interaction, handle.home)
        if ack is Ack.LOST:
            self.submissions.tasks.start(self._settle(handle, received.request_id), "settle")
        elif ack is Ack.REFUSED:
            await self.core.abandon(received.request_id)
        else:
            await self._accept(handle, received.request_id)
        return ack is Ack.TAKEN

    async def _settle(self, handle: Handle, request_id: str) -> None:
        """The acknowledgement's answer was lost: proceed according to what the person sees."""
        if await self.answers.was_taken(handle):
            await self._accept(handle, request_id)
        else:
            await self.core.abandon(request_id)

    async def _accept(self, handle: Handle, request_id: str) -> None:
        await self.submissions.accept(request_id, lambda said: self.answers.fill(handle, said))

    # ---- private views -------------------------------------------------------------------------------------------------------

    async def show(self, interaction: AnyInteraction, given: Mapping[str, Any]) -> None:
        values = {name: value for name, value in given.items() if name != "id"}
        await self.view(interaction, lambda visitor: self.core.show(visitor, given.get("id"), values))

    async def help(self, interaction: AnyInteraction, given: Mapping[str, Any]) -> None:
        async def make(visitor: Visitor) -> View:
            view = await self.core.help(visitor)
            more = (text("discord.help"),) if self.core.options().max_references else ()
            return replace(view, text=(*view.text, *more))

        await self.view(interaction, make)

    async def settings(self, interaction: AnyInteraction, given: Mapping[str, Any]) -> None:
        """/imagine-settings. A form must be the first answer."""
        if interaction.guild_id is None:
            await self.answers.say(interaction, text("discord.settings_in_server"))
            return
        with self.interactions.clicks.of(interaction):
            await self.interactions.open_form(interaction, self.core.settings(caller(interaction).visitor))

    async def guide(self, interaction: AnyInteraction, given: Mapping[str, Any]) -> None:
        """/imagine-guide: the form, or the templates to start from."""
        await self.interactions.open_form(
            interaction, self.core.guide(caller(interaction).visitor, given.get("template", ""), given.get("use", ""))
        )

    async def batch(self, interaction: AnyInteraction, given: Mapping[str, Any]) -> None:
        """/imagine-batch: a file of topics, the form for them, or a look at a batch by its number."""
        if "batch" in given:
            await self.view(interaction, lambda visitor: self.core.batch(visitor, int(given["batch"])))
            return
        values = {name: str(value) for name, value in given.items() if name != "topics"}
        file = given.get("topics")
        if file is None and len([one for one in values if one not in LIMITS]) > MOST_BESIDE:
            await self.answers.say(interaction, text("discord.batch_needs_file", most=MOST_BESIDE))
            return
        if file is None:
            await self.interactions.show_form(interaction, _with_room(self.core.batch_form(values)))
            return

        async def work(handle: Handle) -> Reply:
            attached = Attachment(file.filename, size=file.size, handle={"url": file.url})
            return await from_file(self.core, self.fetch, caller(interaction), handle.reply(), values, attached)

        await self.interactions.made(interaction, ActionName.BATCH_NEW, await self.interactions.batch_home(interaction), work)

    async def view(self, interaction: AnyInteraction, make: Callable[[Visitor], Awaitable[View]]) -> None:
        """Send a private view, immediately if it's ready and small, otherwise through a placeholder."""
        making = asyncio.ensure_future(make(caller(interaction).visitor))
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


def _with_room(form: Form) -> Form:
    """The form for a new batch with the fields that Discord has room for: topics, limits, then those given with the command."""
    first, *rest = form.fields
    others = sorted((one for one in rest if one.name not in LIMITS), key=lambda one: (not one.value, one.spare))
    kept = {one.name for one in others[:MOST_BESIDE]}
    fields = [replace(one, spare=False) for one in rest if one.name in LIMITS or one.name in kept]
    return replace(form, fields=(first, *fields))


def _target(interaction: AnyInteraction) -> Mapping[str, Any]:
    """The message whose menu was used, as Discord sent it. The library has found and read it before."""
    data = data_of(interaction)
    message: Mapping[str, Any] = data["resolved"]["messages"][str(data["target_id"])]
    return message


def _about(form: Form, pictures: Sequence[Attachment], *, private: bool) -> Form:

    def field(one: FormField) -> FormField:
        return replace(one, value=YES) if one.name == "private" and private else one

    names = listed([one.name for one in pictures[: attachments.MOST_IN_MESSAGE]], attachments.MOST_IN_MESSAGE)
    many = "one" if len(pictures) == 1 else "many"
    return replace(
        form,
        title=text(f"discord.form.pictures_title_{many}", count=len(pictures)),
        text=text(f"discord.form.pictures_{many}", names=names),
        fields=tuple(field(one) for one in form.fields if one.name in PICTURE_FIELDS),
    )
