"""Calls from the page to the core (lines, button presses, submitted forms), and its replies to the person who acted.

Draws nothing itself; it talks to the page through `ActionPage`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from adapters.kit.callers import NO
from adapters.kit.commands import FORMS, VIEWS, number_of
from adapters.kit.replies import words_of
from adapters.kit.submissions import Submissions
from adapters.kit.tasks import BackgroundTasks
from adapters.web.line import Misread, Typed, read
from adapters.web.people import COMMUNITY, PLATFORM, Caller, Persona
from adapters.web.room import Entry, Room
from adapters.web.sheet import Submit
from adapters.web.uploads import Uploads
from bot.chat.actions import Effect, Gives, effect_of
from bot.chat.views import ActionName, Button, Choice, Document, Form, FormField, Reply, View
from bot.core import Core, Options
from bot.ports import Ports
from bot.texts import text

_KEY = re.compile(r"[0-9a-z]{16,40}")


class ActionPage(Protocol):
    who: Persona
    channel: str

    def notice(self, sentence: str, problem: bool = False) -> None: ...

    def sheet(self, form: Form, submit: Submit) -> None: ...

    def sent(self, key: str) -> None: ...

    def download(self, document: Document) -> None: ...


@dataclass(frozen=True, slots=True)
class TypedLine:
    line: str
    key: str
    """Created by the browser, one per text, so that pressing Enter twice is one event."""
    options: Mapping[str, str] = field(default_factory=dict)
    """As the form's values; a switch that is off is missing."""
    attached: tuple[str, ...] = ()
    """Hashes of the uploads beside the text box."""


class WebActions:
    def __init__(self, core: Core, room: Room, ports: Ports, counter: ActionPage, uploads: Uploads) -> None:
        self._core, self._room, self._ports, self._counter, self._uploads = core, room, ports, counter, uploads

    def options(self) -> Options:
        return self._core.options(PLATFORM, COMMUNITY)

    async def send(self, draft: TypedLine) -> None:
        typed = read(draft.line)
        if isinstance(typed, Misread):
            self._counter.notice(typed.sentence)
            return
        key = draft.key if _KEY.fullmatch(draft.key) else self._ports.new_id()
        if await self._guarded(self._command(typed, draft, key)):
            self._counter.sent(draft.key)

    async def price(self, draft: TypedLine) -> None:
        """Say what the line in the text box would cost, with or without its command. Nothing is sent."""
        typed = read(draft.line if draft.line.lstrip().startswith("/") else f"/imagine {draft.line}")
        if isinstance(typed, Misread):
            self._counter.notice(typed.sentence)
            return
        await self._guarded(self._priced(typed, draft))

    async def ask(self, command: str) -> None:
        """Do what a command without words does."""
        await self._guarded(self._command(Typed(command), TypedLine("", ""), ""))

    def press(self, entry: Entry, button: Button) -> Awaitable[bool]:
        return self._guarded(self._pressed(entry, button))

    async def choose(self, action: ActionName, row: str, *, opens_form: bool = False) -> bool:
        """Do something with a result away from any message. Returns whether it's done or its form is open."""
        done = False

        async def chosen() -> None:
            nonlocal done
            act = self._caller().act(action, row, {}, self._reply_handle())
            given = await self._core.form(act) if opens_form else await self._core.act(act)
            done = isinstance(given, Form) or given.changed
            self._answer(given)

        return await self._guarded(chosen()) and done

    # ---- commands

    async def _command(self, typed: Typed, draft: TypedLine, key: str) -> None:
        visitor = self._caller().visitor
        if typed.command == "/imagine":
            await self._imagine(typed, draft, key)
        elif typed.command in FORMS:
            self._answer(await FORMS[typed.command](self._core, visitor, typed.rest))
        elif typed.command != "/imagine-batch":
            self._whisper(await VIEWS[typed.command](self._core, visitor, typed.rest))
        elif (number := number_of(typed.rest)) is not None:
            self._whisper(await self._core.batch(visitor, number))
        else:
            self._answer(self._core.batch_form({"topics": typed.rest}))

    async def _priced(self, typed: Typed, draft: TypedLine) -> None:
        options = {**self._wanted(typed, draft), "inline": True}
        self._whisper(await self._core.price(self._caller().visitor, typed.rest, options, len(draft.attached)))

    def _wanted(self, typed: Typed, draft: TypedLine) -> dict[str, str]:
        """Prompt and options of a line. Options typed in the text win over the lists beside it, whose defaults are nobody's choice."""
        options = self.options()
        usual = {"size": options.default_size, "quality": options.default_quality, "count": "1", "model": options.model}
        beside = {name: value for name, value in draft.options.items() if value and value != usual.get(name)}
        return {"prompt": typed.rest, "private": NO, **beside, **typed.options}

    async def _imagine(self, typed: Typed, draft: TypedLine, key: str) -> None:
        wanted = self._wanted(typed, draft)
        if typed.rest:
            await self._submit(key, wanted, draft)
            return
        form = await self._core.imagine_form(self._caller().visitor)
        free = self.options().free_sizes
        fields = tuple(_filled(one, wanted.get(one.name, ""), free=free and one.name == "size") for one in form.fields)

        async def submitted(values: dict[str, str]) -> str | None:
            return None if await self._guarded(self._submit(key, wanted | values, draft)) else text("web.our_fault")

        self._counter.sheet(replace(form, fields=fields), submitted)

    async def _submit(self, key: str, wanted: Mapping[str, str], draft: TypedLine) -> None:
        caller = self._caller(key)
        attached = tuple(one for sha256 in draft.attached if (one := self._uploads.attached(caller.person, sha256)) is not None)
        received = await self._core.receive(caller.key, caller.submission(wanted, self._reply_handle(), attached, inline=True))
        # Also one that was stored before: it may not have been accepted then.
        await Submissions(self._core, BackgroundTasks(PLATFORM)).accept(received.request_id, self._say)

    async def _say(self, sentence: str) -> None:
        self._counter.notice(sentence)

    # ---- buttons and forms

    async def _pressed(self, entry: Entry, button: Button) -> None:
        act = self._caller(entry=entry).act(button.action, button.row, {}, self._reply_handle())
        given = await self._core.form(act) if button.opens_form else await self._core.act(act)
        effect = effect_of(button.action)
        done = isinstance(given, Reply) and (given.changed or (effect.gives is Gives.PAGE and given.view is not None))
        if done and (effect.outdates or effect.gives is Gives.PAGE or _is_draft(entry, effect)):
            self._room.dismiss(entry.id, self._counter.who)
        self._answer(given, entry)

    def _answer(self, given: Form | Reply, entry: Entry | None = None) -> None:
        if isinstance(given, Reply):
            self._reply(given)
            return
        form = given

        async def submitted(values: dict[str, str]) -> str | None:
            replies: list[Reply] = []

            mask = values.get("mask", "")
            if mask and self._uploads.attached(self._counter.who.id, mask) is None:
                return text("web.mask_gone")

            async def ask() -> None:
                replies.append(await self._core.act(self._caller(entry=entry).act(form.action, form.row, values, self._reply_handle())))

            if not await self._guarded(ask()):
                return text("web.our_fault")
            reply = replies[0]
            if not reply.changed and reply.view is None and reply.text:
                return reply.text
            if entry is not None and _is_draft(entry, effect_of(form.action)):
                self._room.dismiss(entry.id, self._counter.who)
            self._reply(reply)
            return None

        self._counter.sheet(form, submitted)

    def _reply(self, reply: Reply) -> None:
        if reply.view is not None:
            self._whisper(reply.view)
        if reply.document is not None:
            self._counter.download(reply.document)
        repeated = reply.view is not None and reply.text == reply.view.title
        self._counter.notice("" if repeated else reply.text, problem=not reply.changed and reply.view is None and reply.document is None)

    def _caller(self, key: str = "", entry: Entry | None = None) -> Caller:
        """The page's person, where they are or where the pressed message is. `key`: of the event; a new one if it's empty."""
        who, channel = self._counter.who, self._counter.channel if entry is None else entry.channel
        community = COMMUNITY if entry is None else entry.community
        return Caller(f"{PLATFORM}:{key or self._ports.new_id()}", community, channel, who.id, who.name)

    def _reply_handle(self) -> dict[str, str]:
        """Who typed and when, to restore after a restart."""
        return {"by": self._counter.who.id, "at": f"{self._ports.now():.3f}"}

    def _whisper(self, view: View) -> None:
        self._room.whisper(self._ports.new_id(), self._counter.who, self._counter.channel, COMMUNITY, view)

    async def _guarded(self, work: Awaitable[None]) -> bool:
        """Run an action. The core answers in words; if it raises anyway, show a general sentence and log the details. Returns whether it
        worked."""
        self._counter.notice("")
        try:
            await work
        except Exception as error:
            self._counter.notice(words_of(error, PLATFORM), problem=True)
            return False
        return True


def _is_draft(entry: Entry, effect: Effect) -> bool:
    """Whether a draft's whisper (a changed picture, the question about it, a wording) is replaced by what the press made."""
    return entry.whisper and effect.gives is Gives.DRAFT and any(effect_of(one.action).gives is Gives.DROPPED for one in entry.view.buttons)


def _filled(field: FormField, value: str, *, free: bool) -> FormField:
    """The field of an empty form with the value chosen next to the text box or typed with the command. `free`: other values than the
    listed ones are possible, too."""
    listed = not field.choices or value in {one.value for one in field.choices}
    if not value or not (listed or free):
        return field
    return replace(field, value=value, choices=field.choices if listed else (Choice(value, value), *field.choices))
