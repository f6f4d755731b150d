"""Intake of commands, forms, shortcuts and mentions: one durable insert, the acknowledgement, everything else in a background task."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.kit.commands import FORMS, VIEWS, Fetch, from_file, number_of
from adapters.kit.dedup import Deduplicator
from adapters.kit.errors import ErrorClass
from adapters.kit.payload import Payload, parsed_words
from adapters.kit.replies import words_of
from adapters.kit.submissions import Submissions
from adapters.kit.tasks import BackgroundTasks
from adapters.slack import attachments, forms
from adapters.slack.admission import Admission
from adapters.slack.answers import Answers, Modal
from adapters.slack.callers import PLATFORM, Caller, as_typed, metadata, of_command, of_form, of_mention, of_press
from adapters.slack.errors import ThreadUnread, known
from adapters.slack.escape import typed as shown
from adapters.slack.escape import unescape_event
from adapters.slack.render import Block, section, sheet
from bot.chat.localize import localize
from bot.chat.views import Form, FormField, Reply
from bot.core import Core, Options
from bot.domain.attachments import Attachment, AttachmentRole
from bot.domain.requests import Submission
from bot.texts import say, speaking, text
from bot.texts.phrases import listed

Ack = Callable[..., Awaitable[Any]]

ACK_WITHIN, LEAST = 2.5, 0.7
"""Seconds from an event's arrival to its acknowledgement (Slack waits three), shared by the admission check and the work before it; the
work always gets the second value."""
NAME_WITHIN = 0.8
"""Seconds for Slack to look up the name behind a mention; otherwise the id is shown."""
FORM_READY = 0.6
"""Seconds for the core to fill in a form before a loading view is shown."""
THREAD_AGAIN = (2.0, 15.0, 45.0)
"""Seconds before each further try; Slack lets some apps read a thread once a minute."""
THREAD_WITHIN = 1.2
"""Seconds for Slack to say which pictures a thread has."""
MOST_NAMES = 5
"""Maximum names to look up for one mention; other people in it keep their ids."""
_NAMELESS = re.compile(r"<([@#])([UWCG][A-Z0-9]{2,30})\|?>")
"""A person or channel without a name, as Slack writes them in events."""
IMAGINE_FORM = "v1:imagine:new"
"""callback_id of the empty /imagine form."""
TOPICS = "topics_file"
"""Field for a file in the form for a new batch."""
PRICE = "v1:price:new"
"""action_id of the button in that form that asks what it would cost."""


@dataclass(slots=True)
class Intake:
    core: Core
    answers: Answers
    tasks: BackgroundTasks
    admission: Admission
    home: str
    """The token's workspace, which payloads don't always name."""
    bot_user: str
    name_of: Callable[[str, float], Awaitable[str]]
    """Looks up a person's name within this many seconds; mentions only contain ids."""
    channel_name: Callable[[str, float], Awaitable[str]]
    """The same for a channel."""
    fetch: Fetch
    """Downloads attached files."""
    reads_files: bool = True
    """Whether the token has the scope files:read; without it, pictures can't be attached."""
    dedup: Deduplicator = field(default_factory=Deduplicator)
    _unread: set[str] = field(default_factory=set)
    """Keys of mentions whose thread isn't read yet."""

    @property
    def submissions(self) -> Submissions:
        return Submissions(self.core, self.tasks)

    def at_home(self, caller: Caller) -> Caller:
        """The event with the bot's own workspace, which pays for everyone admitted; an event in a shared channel may name another one."""
        return replace(caller, community=self.home)

    # ---- commands ------------------------------------------------------------------------------------------------------------

    async def command(self, body: Payload, ack: Ack) -> None:
        caller = self.at_home(of_command(body))
        name, typed = str(body.get("command") or ""), as_typed(str(body.get("text") or ""))
        if name == "/imagine" and typed.strip().lower() not in ("", "help", "?"):
            until = until_ack()
            caller, refusal = await self.admission.check(caller)
            if refusal is not None:
                await ack(refusal)
                return
            await self._imagine(caller, caller.submission({"prompt": typed}, self._reply(caller), inline=True), ack, until)
            return
        await ack()
        if self.dedup.first(caller.key):
            self.tasks.start(self.admitted(caller, lambda known: self._answer(known, name, typed.strip())), "command")

    async def admitted(self, caller: Caller, work: Callable[[Caller], Awaitable[object]]) -> None:
        """Run work after an acknowledgement for people who may use the bot; if it fails, they get an answer."""
        try:
            caller, refusal = await self.admission.check(caller, acknowledged=True)
            await (work(caller) if refusal is None else self.answers.say(caller, refusal))
        except Exception as error:
            await self.answers.say(caller, words_of(error, PLATFORM))

    async def _answer(self, caller: Caller, name: str, typed: str) -> None:
        if name == "/imagine" and not typed:
            await self._empty_form(caller)
        elif name == "/imagine-batch":
            await self._batch(caller, typed)
        elif name in FORMS:
            await self.form(caller, FORMS[name](self.core, caller.visitor, typed))
        elif name in ("/imagine", "/imagine-help"):
            await self._help(caller)
        elif name in VIEWS:
            await self.answers.say(caller, await VIEWS[name](self.core, caller.visitor, typed))
        else:
            await self.answers.say(caller, text("slack.old_command"))

    async def _empty_form(self, caller: Caller) -> None:
        form = await self.core.imagine_form(caller.visitor)
        plain = _imagine_modal(form, caller)
        options = self.core.options(PLATFORM, caller.community)
        if not options.max_references:
            views = [plain]
        elif not self.reads_files:
            views = [forms.with_files(plain, section(shown(say(text("slack.no_files_scope"), caller.language))))]
        else:
            views = [forms.with_files(plain, *_file_fields(options, caller.language)), plain]
        await self.answers.open(caller, views)

    # ---- a batch -------------------------------------------------------------------------------------------------------------

    async def _batch(self, caller: Caller, typed: str) -> None:
        """/imagine-batch: a look at a batch by its number, or the form for topics."""
        if (number := number_of(typed)) is not None:
            await self.answers.say(caller, await self.core.batch(caller.visitor, number))
            return
        form = localize(self.core.batch_form({"topics": typed}), caller.language)
        # A file may hold the topics, so that the field isn't required.
        first = replace(form.fields[0], required=not self.reads_files)
        with speaking(caller.language):
            plain = forms.modal(replace(form, fields=(first, *form.fields[1:])), metadata(caller))
            label, hint = say(text("slack.form.topics_label"), caller.language), say(text("slack.form.topics_hint"), caller.language)
        views = [forms.with_files(plain, forms.file_field(TOPICS, label, hint, 1)), plain] if self.reads_files else [plain]
        await self.answers.open(caller, views)

    async def new_batch(self, view: Payload, caller: Caller, ack: Ack) -> bool:
        """Handle the form of a new batch with a file, whose download takes longer than an acknowledgement may. Returns whether it has
        one."""
        files = attachments.of_files(forms.files(view, TOPICS))
        if files:
            await ack()
            self.tasks.start(self.admitted(caller, lambda known: self._from_file(known, forms.values(view), files[0])), "batch")
        return bool(files)

    async def _from_file(self, caller: Caller, values: Mapping[str, str], file: Attachment) -> None:
        reply = await from_file(self.core, self.fetch, caller, self._reply(caller), values, file)
        if not reply.changed:
            await self.answers.say(caller, reply.text)

    # ---- a message's shortcut ------------------------------------------------------------------------------------------------

    async def with_pictures(self, body: Payload, ack: Ack) -> None:
        """Handle the shortcut in a message's menu: open the form for its pictures."""
        await ack()
        caller = self.at_home(of_press(body))
        if self.dedup.first(caller.key):
            self.tasks.start(self.admitted(caller, lambda known: self._picture_form(known, body.get("message"))), "shortcut")

    async def _picture_form(self, caller: Caller, message: object) -> None:
        found = attachments.of_message(message, self.bot_user) if isinstance(message, Mapping) else ()
        if not self.core.options(PLATFORM, caller.community).max_references:
            await self.answers.say(caller, text("refusal.pictures_not_taken"))
        elif not self.reads_files:
            await self.answers.say(caller, text("slack.no_files_scope"))
        elif not found:
            gone = isinstance(message, Mapping) and attachments.was_deleted(message)
            await self.answers.say(caller, text("slack.picture_deleted" if gone else "slack.no_picture_there"))
        else:
            form = await self.core.imagine_form(caller.visitor)
            named = replace(
                form,
                title=text("slack.form.pictures_title"),
                text=text("slack.form.pictures", names=listed([one.name for one in found[: attachments.MOST_IN_FORM]])),
            )
            await self.answers.open(caller, [_imagine_modal(named, caller, attachments.packed(found))])

    async def form(self, caller: Caller, making: Awaitable[Form | Reply]) -> None:
        async def make() -> Sequence[Modal]:
            return await self._windows(caller, await making)

        await self.answers.open_later(caller, make(), FORM_READY)

    async def _windows(self, caller: Caller, found: Form | Reply) -> Sequence[Modal]:
        """A form as modal views, best first; none if there's a sentence instead, which is sent."""
        if isinstance(found, Reply):
            await self.answers.say(caller, found.view or found.text)
            return ()
        found, where = localize(found, caller.language), metadata(caller)
        with speaking(caller.language):
            views = [forms.modal(found, where), forms.modal(found, where, plain=True)]
        return views[:1] if views[0] == views[1] else views

    # ---- the form ------------------------------------------------------------------------------------------------------------

    async def submitted(self, view: Payload, caller: Caller, ack: Ack, until: float) -> None:
        """Handle the /imagine form of an admitted person. The form keeps the typed text until it's stored."""
        pictures = attachments.of_workspace(_attached(view), caller.community)
        submission = caller.submission(forms.values(view), self._reply(caller), pictures)
        await self._imagine(caller, submission, ack, until, lambda said: forms.errors(view, said))

    async def priced(self, body: Payload) -> None:
        """Show what the /imagine form would cost as it's filled in, above it; nothing is sent, and nothing typed is lost."""
        await self.admitted(self.at_home(of_form(body)), lambda caller: self._price(caller, body["view"]))

    async def _price(self, caller: Caller, view: Payload) -> None:
        values = forms.values(view)
        pictures = sum(one.role is AttachmentRole.PICTURE for one in _attached(view))
        said = localize(await self.core.price(caller.visitor, values.get("prompt", ""), values, pictures), caller.language)
        with speaking(caller.language):
            await self.answers.push(caller, sheet(said, text("slack.form.price_title")), said)

    # ---- mentions ------------------------------------------------------------------------------------------------------------

    async def mentioned(self, body: Payload) -> None:
        """Handle a mention, which does in threads what the command can't. Raises if it couldn't be stored (ThreadUnread while its thread
        isn't read), so that Slack delivers it again: also after a kill."""
        event = body["event"]
        caller = self.at_home(of_mention(body))
        if event.get("bot_id") or event.get("edited") or event.get("subtype") == "bot_message" or not caller.person:
            return
        caller, refusal = await self.admission.check(caller)
        prompt = unescape_event(await self._named(str(event.get("text") or "")), self.bot_user).strip()
        if refusal is not None or not prompt or prompt.lower() == "help":
            if self.dedup.first(caller.key):
                self.tasks.start(self._help(caller) if refusal is None else self.answers.say(caller, refusal), "mention")
        else:
            own = attachments.of_files(event.get("files"))
            name, found = await asyncio.gather(self.name_of(caller.person, NAME_WITHIN), self._in_thread(caller, enough=bool(own)))
            pictures = own or found
            caller = replace(caller, name=name)
            if pictures is not None:
                await self._mentioned(caller, prompt, pictures)
                return
            if self.dedup.first(caller.key):
                self._unread.add(caller.key)
                self.tasks.start(self._mentioned_later(caller, prompt), "mention")
            if caller.key in self._unread:
                raise ThreadUnread

    async def _mentioned(self, caller: Caller, prompt: str, pictures: tuple[Attachment, ...]) -> None:
        found = attachments.of_workspace(pictures, caller.community)
        submission = caller.submission({"prompt": prompt}, self._reply(caller), found, inline=True)
        stored = await self.core.receive(caller.key, submission)
        self.dedup.first(caller.key)
        self.tasks.start(self._accept(caller, stored.request_id), "accept")

    async def _mentioned_later(self, caller: Caller, prompt: str) -> None:
        """Retry reading a thread's pictures, because a mention waits no longer than its acknowledgement. Without an answer nothing is
        drawn, because the words may only make sense with the pictures."""
        try:
            for pause in THREAD_AGAIN:
                await asyncio.sleep(pause)
                pictures = await self._in_thread(caller)
                if pictures is not None:
                    await self._mentioned(caller, prompt, pictures)
                    return
            await self.answers.say(caller, text("slack.thread_unread"))
        except Exception as error:
            await self.answers.say(caller, words_of(error, PLATFORM))
        finally:
            self._unread.discard(caller.key)

    async def _in_thread(self, caller: Caller, *, enough: bool = False) -> tuple[Attachment, ...] | None:
        """The pictures of the thread that a mention is in; None if Slack didn't say in time. There are none where the bot may not look, nor
        if the mention has `enough` of its own."""
        thread = caller.thread
        if enough or thread in (None, caller.message) or not self.reads_files or not self.core.options().max_references:
            return ()
        try:
            async with asyncio.timeout(THREAD_WITHIN):
                messages = await self.answers.wire.thread(caller.channel, thread or "", caller.message)
        except Exception as error:
            return None if known(error).error_class in (ErrorClass.WAIT, ErrorClass.LOST) else ()
        return attachments.of_thread(messages, thread or "", caller.person)

    async def _named(self, typed: str) -> str:
        """The text with the names of mentioned people and channels, as its author saw them."""
        found = [one for one in dict.fromkeys(_NAMELESS.findall(typed)) if one[1] != self.bot_user][:MOST_NAMES]
        names = await asyncio.gather(*((self.name_of if mark == "@" else self.channel_name)(one, NAME_WITHIN) for mark, one in found))
        known = {one: name for (_, one), name in zip(found, names, strict=True) if name and not set("<>|&") & set(name)}
        return _NAMELESS.sub(lambda one: f"<{one[1]}{one[2]}|{known[one[2]]}>" if one[2] in known else one[0], typed)

    async def _help(self, caller: Caller) -> bool:
        view = await self.core.help(caller.visitor)
        return await self.answers.say(caller, replace(view, text=(*view.text, text("slack.help"))))

    async def _imagine(
        self, caller: Caller, submission: Submission, ack: Ack, until: float, refuse: Callable[[str], Any] = lambda said: said
    ) -> None:
        """Store, acknowledge by the loop time `until`, and accept. `refuse` builds an acknowledgement from the sentence that says why it
        failed."""
        stored = await self.submissions.stored(caller.key, submission, lambda said: ack(refuse(say(said, caller.language))), left(until))
        if stored is None:
            return
        await ack()
        # Also for a stored duplicate: its first acknowledgement may have failed before it was accepted.
        self.tasks.start(self._accept(caller, stored.request_id), "accept")

    async def _accept(self, caller: Caller, request_id: str) -> None:
        await self.submissions.accept(request_id, lambda said: self.answers.say(caller, said))

    def _reply(self, caller: Caller) -> dict[str, str]:
        return self.answers.handle(caller).reply()


def _attached(view: Payload) -> tuple[Attachment, ...]:
    """The pictures of a submitted /imagine form: those that it's about, then those that were attached in it."""
    about = attachments.unpacked(parsed_words(str(view.get("private_metadata") or "")).get("pictures", ""))
    added = attachments.of_files(forms.files(view, "pictures"))
    return (*about, *added, *attachments.of_files(forms.files(view, "mask"), AttachmentRole.MASK))


def _imagine_modal(form: Form, caller: Caller, pictures: str = "") -> Block:
    """The /imagine form, perhaps about pictures."""
    tag = FormField("tag", text("form.tag"), required=False, max_length=60, hint=text("form.tag_hint"))
    with speaking(caller.language):
        made = forms.modal(localize(replace(form, fields=(*form.fields, tag)), caller.language), metadata(caller, pictures))
        return {**made, "callback_id": IMAGINE_FORM, "blocks": [*made["blocks"], forms.button(text("slack.form.price"), PRICE)]}


def _file_fields(options: Options, language: str) -> Sequence[Block]:
    """Fields for pictures, and for a mask where the model changes parts of a picture."""
    most = min(options.max_references, attachments.MOST_IN_FORM)
    limits = [("pictures", "slack.form.hint_pictures_one" if most == 1 else "slack.form.hint_pictures", most)]
    if options.masks:
        limits.append(("mask", "slack.form.hint_mask", 1))
    labels = {"pictures": text("slack.form.pictures_label"), "mask": text("slack.form.mask_label")}
    return [
        forms.file_field(name, say(labels[name], language), say(text(hint, most=number), language), number) for name, hint, number in limits
    ]


def until_ack() -> float:
    """Loop time by which an event arriving now must be acknowledged."""
    return asyncio.get_running_loop().time() + ACK_WITHIN


def left(until: float) -> float:
    return max(LEAST, until - asyncio.get_running_loop().time())
