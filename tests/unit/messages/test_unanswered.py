"""Platforms that do not answer, whichever: pauses grow, an answer never waits for its progress, the operator hears once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.chat.port import Message, SendResult, Sent, Unknown
from bot.chat.unanswered_sends import MOST_MOVES, MOST_UPLOADS, MOVE_AFTER, UnansweredSends
from bot.chat.views import Audience, View
from bot.domain.requests import Place
from bot.messages import sender, unanswered
from tests.world import Platform, Room, Service, World, world

DONE, BUSY = View("Here is your picture", final=True), View("Drawing your picture…")


def message(audience: Audience = Audience.CHANNEL) -> Message:
    return Message("m1", "request:r1", audience, Place("test", "home", "imagine"), "ana")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "PACE", 0.001)
    monkeypatch.setattr(sender, "REPEAT_FINAL_AFTER", 0.02)


async def told(w: World) -> bool:
    return "chat_unanswered:test" in w.bot.notices.open


async def test_an_exception_of_an_adapter_is_an_unanswered_send_and_told_once(tmp_path: Path, quick: None) -> None:
    def broken(message: Message, view: View) -> SendResult:
        if message.subject.startswith("request:"):
            raise KeyError("x")
        return Sent({})

    with capture_logs() as logs:
        async with world(tmp_path, platform=Platform(chat=Room(answers=broken))) as w:
            for number in range(3):
                await w.imagine(f"a cat {number}")
            await w.until(lambda: w.chat.about("notice:chat_unanswered:test"))
    assert len([one for one in logs if one["event"] == "operator_notice"]) == 1


async def test_progress_without_an_answer_holds_up_no_answer(tmp_path: Path, quick: None) -> None:
    service = Service(hold=asyncio.Event())
    lost: list[View] = []

    def answers(message: Message, view: View) -> SendResult:
        if view.final:
            return Sent({"id": "1"})
        lost.append(view)
        return Unknown()

    async with world(tmp_path, service, Platform(chat=Room(answers=answers))) as w:
        request = await w.imagine()
        await w.until(lambda: len(lost) == 2)
        assert service.hold is not None
        service.hold.set()
        async with asyncio.timeout(1.5):  # two lost ones make a pause of four seconds
            assert (await w.answer(request)).pictures


async def test_what_took_another_way_is_sent_again_a_few_times_and_then_settled(tmp_path: Path, quick: None) -> None:
    sent: list[View] = []

    def answers(message: Message, view: View) -> SendResult:
        if not view.final or not message.subject.startswith("request:"):
            return Sent({"id": "1"})
        sent.append(view)
        return Sent({"id": "2"}, "edit 500/0")

    async with world(tmp_path, platform=Platform(chat=Room(answers=answers))) as w:
        await w.imagine()
        await w.until(lambda: len(sent) == 1 + sender.MAX_REPAIRS)
        await w.until(lambda: not w.bot.sender._states or all(one.timer is None for one in w.bot.sender._states.values()))
        assert len(sent) == 1 + sender.MAX_REPAIRS


async def test_it_is_over_when_everything_is_answered_for_a_while(tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered, "STEADY", 0.2)
    down = [True]

    def answers(message: Message, view: View) -> SendResult:
        return Unknown() if down[0] and message.subject.startswith("request:") else Sent({"id": message.id})

    async with world(tmp_path, platform=Platform(chat=Room(answers=answers))) as w:
        for number in range(3):
            await w.imagine(f"a cat {number}")
        await w.until(lambda: w.chat.about("notice:chat_unanswered:test"))
        down[0] = False
        await w.until(lambda: sum(view.final for view in w.chat.now.values()) >= 3, 20)
        await asyncio.sleep(0.3)
        await w.answer(await w.imagine("a dog"))
        await w.until(lambda: "chat_unanswered:test" not in w.bot.notices.open)


# ---- when another way may be taken ---------------------------------------------------------------------------------------------


def doubts() -> tuple[UnansweredSends, list[float]]:
    clock = [0.0]
    return UnansweredSends(lambda: clock[0]), clock


@pytest.mark.parametrize(
    ("audience", "view", "moves"),
    [
        (Audience.CHANNEL, DONE, True),
        (Audience.MEMBER, DONE, True),
        (Audience.CHANNEL, View("One question", mention="ana"), True),
        (Audience.CHANNEL, BUSY, False),
        (Audience.MODERATORS, DONE, False),
        (Audience.OPERATORS, DONE, False),
    ],
)
def test_what_somebody_waits_for_moves_after_a_while(audience: Audience, view: View, moves: bool) -> None:
    found, clock = doubts()
    assert not found.may_move(message(audience), view)
    found.record("m1", "edit", "500/0", files=False)
    assert not found.may_move(message(audience), view)
    clock[0] += MOVE_AFTER
    assert found.may_move(message(audience), view) is moves


def test_a_message_moves_a_few_times_at_most() -> None:
    found, clock = doubts()
    found.record("m1", "edit", "500/0", files=False)
    clock[0] += 1000
    for _ in range(MOST_MOVES):
        assert found.may_move(message(), DONE)
        found.moved("m1")
    assert not found.may_move(message(), DONE)


def test_files_are_uploaded_a_few_times_at_most_and_again_after_it_worked() -> None:
    found, _ = doubts()
    for _ in range(MOST_UPLOADS):
        assert not found.without_files("m1")
        found.record("m1", "edit", "500/0", files=True)
    assert found.without_files("m1")
    found.over("m1")
    assert not found.without_files("m1")
