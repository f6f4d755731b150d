"""Intake of commands, the /imagine form and mentions: one durable insert, the acknowledgement, and everything else in a background task."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.kit.dedup import Deduplicator
from adapters.kit.replies import words_of
from adapters.kit.submissions import Submissions
from adapters.kit.tasks import BackgroundTasks
from adapters.slack import forms
from adapters.slack.admission import Admission
from adapters.slack.answers import Answers, Window
from adapters.slack.callers import PLATFORM, Caller, Payload, as_typed, metadata, of_command, of_form, of_mention
from adapters.slack.escape import unescape_event
from bot.chat.localize import localize
from bot.chat.views import Form, Reply, View
from bot.core import Core, Visitor
from bot.domain.requests import Submission
from bot.texts import say, text

Ack = Callable[..., Awaitable[Any]]

ACK_WITHIN, LEAST = 2.5, 0.7
"""Seconds from an event's arrival to its acknowledgement (Slack waits three), shared by the admission check and the work before it; the
work always gets the second value."""
NAME_WITHIN = 0.8
"""Seconds for Slack to look up the name behind a mention; otherwise the id is shown."""
FORM_READY = 0.6
"""Seconds for the core to fill in a form before a loading view is shown."""
MOST_NAMES = 5
"""Maximum names to look up for one mention; other people in it keep their ids."""
_NAMELESS = re.compile(r"<([@#])([UWCG][A-Z0-9]{2,30})\|?>")
"""A person or channel without a name, as Slack writes them in events."""
IMAGINE_FORM = "v1:imagine:new"
"""callback_id of the empty /imagine form."""


@dataclass(slots=True)
class Intake:
    """Slack events on their way to the core."""

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
    dedup: Deduplicator = field(default_factory=Deduplicator)
    submissions: Submissions = field(init=False)

    def __post_init__(self) -> None:
        self.submissions = Submissions(self.core, self.tasks)

    def at_home(self, caller: Caller) -> Caller:
        """The event with the bot's own workspace, which pays for everyone admitted; an event in a shared channel may name another one."""
        return replace(caller, team=self.home)

    # ---- commands ------------------------------------------------------------------------------------------------------------

    async def command(self, body: Payload, ack: Ack) -> None:
        """Handle any slash command of the app."""
        caller = self.at_home(of_command(body))
        name, typed = str(body.get("command") or ""), as_typed(str(body.get("text") or ""))
        if name == "/imagine" and typed.strip().lower() not in ("", "help", "?"):
            until = until_ack()
            refusal = await self.admission.refusal(caller)
            if refusal is not None:
                await ack(refusal)
                return
            await self._imagine(caller, Submission(caller.who(), caller.place(self._reply(caller)), typed, inline=True), ack, until)
            return
        await ack()
        if self.dedup.first(caller.key):
            self.tasks.start(self.admitted(caller, lambda: self._answer(caller, name, typed.strip())), "command")

    async def admitted(self, caller: Caller, work: Callable[[], Awaitable[object]]) -> None:
        """Run work after an acknowledgement for people who may use the bot; if it fails, they get an answer."""
        try:
            refusal = await self.admission.refusal(caller, acknowledged=True)
            await (work() if refusal is None else self.answers.say(caller, refusal))
        except Exception as error:
            await self.answers.say(caller, words_of(error, PLATFORM))

    async def _answer(self, caller: Caller, name: str, typed: str) -> None:
        if name == "/imagine" and not typed:
            await self._empty_form(caller)
        elif name == "/imagine-settings":
            await self._settings(caller)
        elif name in ("/imagine", *VIEWS):
            make = VIEWS[name] if name in VIEWS else VIEWS["/imagine-help"]
            await self.answers.say(caller, await make(self.core, caller.visitor, typed))
        else:
            await self.answers.say(caller, text("slack.old_command"))

    async def _empty_form(self, caller: Caller) -> None:
        form = await self.core.imagine_form(caller.visitor)
        await self.answers.open(caller, [{**forms.modal(localize(form, caller.language), metadata(caller)), "callback_id": IMAGINE_FORM}])

    async def _settings(self, caller: Caller) -> None:
        async def make() -> Sequence[Window]:
            return await self.windows(caller, await self.core.settings(caller.visitor))

        await self.answers.open_later(caller, make(), FORM_READY)

    async def windows(self, caller: Caller, found: Form | Reply) -> Sequence[Window]:
        """A form as modal views, best first; none if there's a sentence instead, which is sent."""
        if isinstance(found, Reply):
            await self.answers.say(caller, found.view or found.text)
            return ()
        found, where = localize(found, caller.language), metadata(caller)
        views = [forms.modal(found, where), forms.modal(found, where, plain=True)]
        return views[:1] if views[0] == views[1] else views

    # ---- the form ------------------------------------------------------------------------------------------------------------

    async def submitted(self, body: Payload, ack: Ack) -> None:
        """Handle the /imagine form. It keeps the typed text until it's stored."""
        until = until_ack()
        caller, view = self.at_home(of_form(body)), body["view"]
        values = forms.values(view)
        refusal = await self.admission.refusal(caller)
        if refusal is not None:
            await ack(forms.errors(view, refusal))
            return
        submission = Submission(
            person=caller.who(),
            place=caller.place(self._reply(caller)),
            prompt=values.get("prompt", ""),
            size=values.get("size") or None,
            quality=values.get("quality") or None,
            model=values.get("model") or None,
            count=values.get("count") or None,
            private=values.get("private") == "true",
        )
        await self._imagine(caller, submission, ack, until, lambda said: forms.errors(view, said))

    # ---- mentions ------------------------------------------------------------------------------------------------------------

    async def mentioned(self, body: Payload) -> None:
        """Handle a mention, which does in threads what the command can't. Raises if it couldn't be stored, so that Slack delivers it
        again."""
        event = body["event"]
        caller = self.at_home(of_mention(body))
        if event.get("bot_id") or event.get("edited") or event.get("subtype") == "bot_message" or not caller.person:
            return
        refusal = await self.admission.refusal(caller)
        prompt = unescape_event(await self._named(str(event.get("text") or "")), self.bot_user).strip()
        if refusal is not None or not prompt or prompt.lower() == "help":
            if self.dedup.first(caller.key):
                self.tasks.start(self._help(caller) if refusal is None else self.answers.say(caller, refusal), "mention")
        else:
            caller = replace(caller, name=await self.name_of(caller.person, NAME_WITHIN))
            stored = await self.core.receive(caller.key, Submission(caller.who(), caller.place(self._reply(caller)), prompt, inline=True))
            self.tasks.start(self._accept(caller, stored.request_id), "accept")

    async def _named(self, typed: str) -> str:
        """The text with the names of mentioned people and channels, as its author saw them."""
        found = [one for one in dict.fromkeys(_NAMELESS.findall(typed)) if one[1] != self.bot_user][:MOST_NAMES]
        names = await asyncio.gather(*((self.name_of if mark == "@" else self.channel_name)(one, NAME_WITHIN) for mark, one in found))
        known = {one: name for (_, one), name in zip(found, names, strict=True) if name and not set("<>|&") & set(name)}
        return _NAMELESS.sub(lambda one: f"<{one[1]}{one[2]}|{known[one[2]]}>" if one[2] in known else one[0], typed)

    async def _help(self, caller: Caller) -> bool:
        return await self.answers.say(caller, await _help(self.core, caller.visitor, ""))

    # ---- the way of a request ------------------------------------------------------------------------------------------------

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


def until_ack() -> float:
    """Loop time by which an event arriving now must be acknowledged."""
    return asyncio.get_running_loop().time() + ACK_WITHIN


def left(until: float) -> float:
    """Seconds left for the work before an acknowledgement."""
    return max(LEAST, until - asyncio.get_running_loop().time())


async def _show(core: Core, visitor: Visitor, typed: str) -> View:
    return await core.show(visitor, typed or None)


async def _status(core: Core, visitor: Visitor, typed: str) -> View:
    return await core.status(visitor, typed)


async def _help(core: Core, visitor: Visitor, typed: str) -> View:
    view = await core.help(visitor)
    return replace(view, text=(*view.text, text("slack.help")))


async def _privacy(core: Core, visitor: Visitor, typed: str) -> View:
    return await core.privacy(visitor)


VIEWS: dict[str, Callable[[Core, Visitor, str], Awaitable[View]]] = {
    "/imagine-show": _show,
    "/imagine-status": _status,
    "/imagine-help": _help,
    "/imagine-privacy": _privacy,
}
"""Commands answered with a private view."""
