"""Button presses and form submissions: call the core and acknowledge; every one gets an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from adapters.kit.interaction_ids import InteractionId, parsed, question
from adapters.kit.payload import Payload, parts, word
from adapters.kit.replies import words_of
from adapters.kit.tasks import BackgroundTasks
from adapters.slack import forms, render
from adapters.slack.answers import Answers, Modal
from adapters.slack.callers import PLATFORM, Caller, of_form, of_press
from adapters.slack.intake import FORM_READY, IMAGINE_FORM, PRICE, Ack, Intake, left, until_ack
from adapters.slack.render import objects
from bot.chat.actions import Gives, effect_of
from bot.chat.views import ActionName, Reply
from bot.core import Core
from bot.texts import say, speaking, text


@dataclass(slots=True)
class Interactions:
    core: Core
    answers: Answers
    tasks: BackgroundTasks
    intake: Intake
    """Admits people, deduplicates deliveries and turns forms into modals."""
    pressed_on: Callable[[str, Caller], None]
    """Called for each press on a row's message; the press can be used to replace that message even where the bot can't reach it."""

    async def pressed(self, body: Payload, ack: Ack) -> None:
        caller = self.intake.at_home(of_press(body))
        if not self.intake.dedup.first(caller.key):
            await ack()
            return
        if _action_id(body) == PRICE:
            await ack()
            self.tasks.start(self.intake.priced(body), "price")
            return
        found = parsed(_action_id(body))
        if found is None or found.opens_form or found.effect.gives is Gives.HIDDEN or _unasked(body, found):
            await ack()
            self.tasks.start(self.intake.admitted(caller, lambda known: self._opened(known, found)), "open")
            return
        until = until_ack()
        caller, refusal = await self.intake.admission.check(caller)
        if refusal is not None:
            await ack()
            self.tasks.start(self.answers.say(caller, refusal), "refusal")
            return
        if found.action is not ActionName.SHOW:  # its buttons are in a list
            self.pressed_on(found.row, caller)
        acting = self.tasks.start(self._act(caller, found.action, found.row, {}), "press")
        await self._soon(acting, until)
        await ack()
        self.tasks.start(self._answered(caller, self._reply(caller, found.action, acting)), "reply")

    async def _opened(self, caller: Caller, found: InteractionId | None) -> None:
        """Open a modal, ask the question of an old button, or send the sentence why there is none."""
        if found is None:
            await self.answers.say(caller, text("slack.old_button"))
        elif found.opens_form:
            act = caller.act(found.action, found.row, {}, self.answers.handle(caller).reply())
            await self.intake.form(caller, self.core.form(act))
        elif found.effect.confirm:
            await self.answers.say(caller, question(found))
        else:
            await self._open_sheet(caller, found.action, found.row)

    async def _open_sheet(self, caller: Caller, action: ActionName, row: str) -> None:
        async def make() -> Sequence[Modal]:
            reply = await self._act(caller, action, row, {})
            if reply.view is None:
                await self.answers.say(caller, reply.text or text("slack.done"))
                return ()
            with speaking(caller.language):
                return [render.sheet(reply.view, text("slack.prompt_title"))]

        await self.answers.open_later(caller, make(), FORM_READY)

    async def submitted(self, body: Payload, ack: Ack) -> None:
        """Handle a form submission. If the core rejects it, the form stays open with a sentence, so that nothing typed is lost."""
        until, view = until_ack(), body["view"]
        caller, refusal = await self.intake.admission.check(self.intake.at_home(of_form(body)))
        if (blank := forms.blanks(view, caller.language)) is not None:
            await ack(blank)
            return
        if refusal is None and view.get("callback_id") == IMAGINE_FORM:
            await self.intake.submitted(view, caller, ack, until)
            return
        found = parsed(str(view.get("callback_id") or ""))
        if refusal is not None or found is None:
            await ack(forms.errors(view, refusal or say(text("slack.old_form"), caller.language)))
            return
        if not self.intake.dedup.first(caller.key):
            await ack()
            return
        if found.action is ActionName.BATCH_NEW and await self.intake.new_batch(view, caller, ack):
            return
        acting = self.tasks.start(self._act(caller, found.action, found.row, forms.values(view)), "form")
        await self._soon(acting, until)
        reply = acting.result() if acting.done() else None
        if reply is not None and not reply.changed and reply.view is None and reply.text:
            self.intake.dedup.forget(caller.key)
            await ack(forms.errors(view, reply.text))
            return
        await ack()
        self.tasks.start(self._answered(caller, self._reply(caller, found.action, acting)), "reply")

    async def _act(self, caller: Caller, action: ActionName, row: str, values: dict[str, str]) -> Reply:
        try:
            return await self.core.act(caller.act(action, row, values, self.answers.handle(caller).reply()))
        except Exception as error:
            return Reply(words_of(error, PLATFORM), changed=False)

    @staticmethod
    async def _soon(acting: asyncio.Task[Reply], until: float) -> None:
        """Let the core act before the acknowledgement if there's time: a kill before it shows the person an error to retry, a kill after it
        would show an error although the action worked."""
        await asyncio.wait([acting], timeout=left(until))

    async def _reply(self, caller: Caller, action: ActionName, acting: asyncio.Task[Reply]) -> None:
        reply = await acting
        if effect_of(action).gives is Gives.MESSAGE and reply.changed:
            return
        said = reply.view or reply.text
        if said:
            await self.answers.say(caller, said)
        if reply.document is not None:
            await self.answers.hand_over(caller, reply.document)

    async def _answered(self, caller: Caller, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:
            await self.answers.say(caller, words_of(error, PLATFORM))


def _unasked(body: Payload, found: InteractionId) -> bool:
    """Whether Slack asked nothing before a press that can't be undone: the message is older than the question. Slack shows an app the
    blocks of messages that aren't for one person alone."""
    if not found.effect.confirm:
        return False
    pressed = [one for one in objects(body.get("message")) if one.get("action_id") == _action_id(body)]
    return bool(pressed) and not any(one.get("confirm") for one in pressed)


def _action_id(body: Payload) -> str:
    return next((word(one, "action_id") for one in parts(body.get("actions"))), "")
