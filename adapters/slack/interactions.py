"""Pressed buttons and sent forms: asked of the core, acknowledged, and always answered with something."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from adapters.slack import forms, render
from adapters.slack.answers import Answers, Window, log_bug
from adapters.slack.buttons import parsed
from adapters.slack.callers import Caller, Payload, of_form, of_press
from adapters.slack.intake import FORM_READY, IMAGINE_FORM, Ack, Intake
from adapters.slack.tasks import Tasks
from bot.chat.views import ActionName, Reply
from bot.core import Core
from bot.texts import text

log = structlog.get_logger()

ACK_WITHIN = 1.6
"""Seconds for the core to do what was asked before Slack is told that it will be done: until then a kill leaves the person with an
error to press again on, afterwards Slack would show one although it works."""
NEW_MESSAGE = frozenset(
    {
        *(ActionName.AGAIN, ActionName.EDIT, ActionName.RETRY, ActionName.NEAREST, ActionName.PUBLISH),
        *(ActionName.FIT_FEWER, ActionName.FIT_LOWER, ActionName.FIT_SMALLER),
        *(ActionName.REWRITE_ACCEPT, ActionName.REPHRASE),
    }
)
"""Actions whose effect is a new message: nothing more need be said about it."""
SHEETS: dict[ActionName, str] = {ActionName.CASE_PROMPT: "slack.prompt_title"}
"""Actions whose whole answer is something to read, shown in a window over the channel and only to the presser -> its title."""


@dataclass(slots=True)
class Interactions:
    """The router for buttons and forms."""

    core: Core
    answers: Answers
    intake: Intake
    tasks: Tasks
    welcome: Callable[[Caller], Awaitable[str | None]]
    pressed_on: Callable[[str, Caller], None]
    """Told of each press on a row's message: over it that message can be replaced, also where the bot cannot reach it."""

    # ---- buttons -------------------------------------------------------------------------------------------------------------

    async def pressed(self, body: Payload, ack: Ack) -> None:
        """A button was pressed."""
        caller = self.intake.at_home(of_press(body))
        if not self.intake.dedup.first(caller.key):
            await ack()
            return
        refusal = await self.welcome(caller)
        found = parsed(_action_id(body))
        action = _action(found[0]) if found else None
        if refusal is not None or found is None or action is None:
            await ack()
            self.tasks.start(self.answers.say(caller, refusal or text("slack.old_button")), "refusal")
            return
        _, row, opens_form = found
        if opens_form:
            await ack()
            self.tasks.start(self._answered(caller, self._open_form(caller, action, row)), "form")
        elif action in SHEETS:
            await ack()
            self.tasks.start(self._answered(caller, self._open_sheet(caller, action, row)), "sheet")
        else:
            if action is not ActionName.SHOW:  # which stands in a list
                self.pressed_on(row, caller)
            acting = self.tasks.start(self._act(caller, action, row, {}), "press")
            await self._soon(acting)
            await ack()
            self.tasks.start(self._answered(caller, self._reply(caller, action, acting)), "reply")

    async def _open_form(self, caller: Caller, action: ActionName, row: str) -> None:
        async def make() -> Sequence[Window]:
            found = await self.core.form(caller.act(action, row, {}, self.answers.handle(caller).reply()))
            return await self.intake.windows(caller, found)

        await self.answers.open_later(caller, make(), FORM_READY)

    async def _open_sheet(self, caller: Caller, action: ActionName, row: str) -> None:
        async def make() -> Sequence[Window]:
            reply = await self._act(caller, action, row, {})
            if reply.view is None:
                await self.answers.say(caller, reply.text or text("slack.done"))
                return ()
            return [render.sheet(reply.view, text(SHEETS[action]))]

        await self.answers.open_later(caller, make(), FORM_READY)

    # ---- forms ---------------------------------------------------------------------------------------------------------------

    async def submitted(self, body: Payload, ack: Ack) -> None:
        """A form was sent. It stays open with a sentence where the core refuses it, so that nothing typed is lost."""
        view = body["view"]
        if (blank := forms.blanks(view)) is not None:
            await ack(blank)
            return
        if view.get("callback_id") == IMAGINE_FORM:
            await self.intake.submitted(body, ack)
            return
        caller = self.intake.at_home(of_form(body))
        refusal = await self.welcome(caller)
        found = parsed(str(view.get("callback_id") or ""))
        action = _action(found[0]) if found else None
        if refusal is not None or found is None or action is None:
            await ack(forms.errors(view, refusal or text("slack.old_form")))
            return
        if not self.intake.dedup.first(caller.key):
            await ack()
            return
        acting = self.tasks.start(self._act(caller, action, found[1], forms.values(view)), "form")
        await self._soon(acting)
        reply = acting.result() if acting.done() else None
        if reply is not None and not reply.changed and reply.view is None and reply.text:
            self.intake.dedup.forget(caller.key)
            await ack(forms.errors(view, reply.text))
            return
        await ack()
        self.tasks.start(self._answered(caller, self._reply(caller, action, acting)), "reply")

    # ---- common --------------------------------------------------------------------------------------------------------------

    async def _act(self, caller: Caller, action: ActionName, row: str, values: dict[str, str]) -> Reply:
        try:
            return await self.core.act(caller.act(action, row, values, self.answers.handle(caller).reply()))
        except Exception as error:
            return Reply(log_bug(error), changed=False)

    @staticmethod
    async def _soon(acting: asyncio.Task[Reply]) -> None:
        await asyncio.wait([acting], timeout=ACK_WITHIN)

    async def _reply(self, caller: Caller, action: ActionName, acting: asyncio.Task[Reply]) -> None:
        reply = await acting
        if action in NEW_MESSAGE and reply.changed:
            return
        said = reply.view or reply.text
        if said:
            await self.answers.say(caller, said)

    async def _answered(self, caller: Caller, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:
            await self.answers.say(caller, log_bug(error))


def _action_id(body: Payload) -> str:
    found = body.get("actions")
    first = found[0] if isinstance(found, list) and found else {}
    return str(first.get("action_id") or "") if isinstance(first, dict) else ""


def _action(name: str) -> ActionName | None:
    try:
        return ActionName(name)
    except ValueError:
        return None
