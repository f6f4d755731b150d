"""The bot was removed from a community: what waits there ends, what runs goes on, and nobody else notices."""

from __future__ import annotations

import dataclasses

from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Place
from bot.messages.refusal_view import refusal_sentence
from bot.requests.rules import Question
from bot.requests.transitions import end_waiting
from tests.unit.requests.ground import Ground

S = RequestState


async def test_everything_that_waits_there_ends_once_and_nothing_else(ground: Ground) -> None:
    queued = await ground.asked("a boat")
    running = await ground.asked("a train")
    await ground.called(running.id)
    received = await ground.received("a plane")
    elsewhere = await ground.asked("a car", place=Place("test", "other", "imagine"))
    ground.rules = dataclasses.replace(ground.rules, lint=lambda prompt: Question("email"))
    held = await ground.asked("a bike")
    assert held.state is S.AWAITING_MEMBER
    counts = [await ground.ledger.write(lambda tx: end_waiting(tx, "test", "home")) for _ in range(2)]
    assert counts == [3, 0]
    rows = [await ground.row(one) for one in (queued.id, received, held.id, running.id, elsewhere.id)]
    assert [one.state for one in rows] == [S.ANSWERED, S.REFUSED, S.REFUSED, S.CALLING, S.QUEUED]
    assert (rows[0].answer, rows[0].failure) == (Answer.FAILED, None)
    assert [one.refusal for one in rows[:3]] == [Refusal("removed")] * 3
    assert "costs nothing" in refusal_sentence(Refusal("removed"))
