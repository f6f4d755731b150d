"""Planted bugs in the ladder of Simplify; see `bugs.py`, whose list they join."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from unittest.mock import patch

import bot.messages.request_view
import bot.requests.simplify
from bot.chat.views import Act, ActionName, Audience, Button, Reply, View
from bot.domain.request_states import Answer
from bot.domain.requests import Lineage, Origin, Request
from bot.ledger import act_rows, ladder_rows, request_rows
from bot.ledger.ladder_rows import LadderRow, StepRow
from bot.ledger.store import Tx
from bot.messages.refusal_view import own_button
from bot.messages.request_facts import RequestFacts
from bot.prompts.details import put_together
from bot.requests.accept import accept
from bot.requests.simplify import Known, Simplify
from bot.requests.submit import store_submission
from tests.simulation.bugs import bug

PROMISE: dict[str, tuple[str, ...]] = {
    "a_ladder_that_climbs_by_itself": ("5-other-wording",),
    "a_step_for_every_click": ("3-asked-again-after-the-end", "3-two-exchanges-at-once"),
    "a_strangers_step": ("5-other-wording", "7-", "3-"),
    "a_ladder_after_a_block": ("5-a-ladder-around-a-block",),
}


def _sent(self: Simplify, tx: Tx, act: Act, known: Known, step: StepRow) -> None:
    child, rules = tx.new_id(), self.requests.rules
    wording = put_together(known.details, frozenset(step.kept))
    submission = bot.requests.simplify._submission(act, known.root, wording)
    store_submission(tx, child, f"act:{act.event_key}.{child}", submission, rules, Lineage(Origin.SIMPLIFY, known.root.id))
    ladder_rows.sent(tx, step.id, child)
    accept(tx, child, rules, self.requests.open_case)


@bug
def a_ladder_that_climbs_by_itself() -> Iterator[None]:
    """The first step is sent as soon as it is shown."""
    real = Simplify._show_step

    def shown(self: Simplify, tx: Tx, act: Act, row: LadderRow, step: StepRow | None) -> Reply:
        reply = real(self, tx, act, row, step)
        known = bot.requests.simplify._known(tx.connection, row)
        offered = [] if reply.view is None else [one for one in reply.view.buttons if one.action is ActionName.LADDER_SEND]
        if known is not None and offered:
            found = ladder_rows.step(tx.connection, offered[0].row)
            assert found is not None
            _sent(self, tx, act, known, found)
        return reply

    with patch.object(Simplify, "_show_step", shown):
        yield


@bug
def a_step_for_every_click() -> Iterator[None]:
    """Nobody looks whether the step was sent already."""

    async def send(self: Simplify, act: Act) -> Reply:
        def body(tx: Tx, row: LadderRow, step: StepRow) -> Reply:
            known = bot.requests.simplify._known(tx.connection, row)
            if known is None or not act_rows.claim_act(tx, act.event_key):
                return Reply("", changed=False)
            _sent(self, tx, act, known, step)
            return Reply("sent")

        return await self._on_step(act, body)

    with patch.object(Simplify, "_send", send):
        yield


@bug
def a_strangers_step() -> Iterator[None]:
    """Nobody asks whose ladder it is."""
    real = Simplify._on_step

    async def on_step(self: Simplify, act: Act, body: object) -> Reply:
        def owner(connection: object) -> str:
            step = ladder_rows.step(connection, act.row)  # type: ignore[arg-type]
            row = None if step is None else ladder_rows.get(connection, step.ladder_id)  # type: ignore[arg-type]
            return act.person if row is None else row.person

        person = await self.requests.ledger.read(owner)
        return await real(self, dataclasses.replace(act, person=person), body)  # type: ignore[arg-type]

    with patch.object(Simplify, "_on_step", on_step):
        yield


@bug
def a_ladder_after_a_block() -> Iterator[None]:
    """A blocked prompt is offered in smaller pieces."""
    view, begin = bot.messages.request_view._answered, Simplify._begin

    def answered(facts: RequestFacts, audience: Audience) -> View:
        shown: View = view(facts, audience)
        request = facts.request
        if request.answer is not Answer.BLOCKED:
            return shown
        button: Button = own_button(request, ActionName.SIMPLIFY, "Simplify")
        return dataclasses.replace(shown, buttons=(*shown.buttons, button))

    real = request_rows.get

    def harmless(connection: object, request_id: str) -> Request | None:
        found = real(connection, request_id)  # type: ignore[arg-type]
        return dataclasses.replace(found, answer=Answer.FAILED) if found is not None and found.answer is Answer.BLOCKED else found

    async def started(self: Simplify, act: Act) -> Reply:
        with patch.object(request_rows, "get", harmless):
            return await begin(self, act)

    with patch.object(bot.messages.request_view, "_answered", answered), patch.object(Simplify, "_begin", started):
        yield
