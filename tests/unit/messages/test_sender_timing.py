"""When a message is sent, when not, and when again: the sender alone, on a real ledger and a clock that jumps to the next timer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.chat.port import Later, Message, Refused, RefusedWhy, SendResult, Sent, Unknown
from bot.chat.views import About, Audience, View
from bot.ledger import message_rows
from bot.ledger.tables import messages
from bot.messages.sender import (
    LINK_POLL,
    LINK_WITHIN,
    LONGEST_BACKOFF,
    MAX_REPAIRS,
    PACE,
    REPEAT_AFTER_RESTART,
    REPEAT_FINAL_AFTER,
    SEND_TIMEOUT,
    Sender,
)
from tests.unit.messages.sender_stage import FINAL, HOME, PROGRESS, SAME, Stage, play, soon


def test_progress_is_paced_and_shows_the_newest(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        for number in range(5):
            await s.want(View(f"Waiting {number}"))
            await asyncio.sleep(0.1)
        await asyncio.sleep(10)
        assert [one[1] for one in s.sent] == ["Waiting 0", "Waiting 4"]
        assert s.times() == [soon(PACE)]
        row = await s.row()
        assert (row.settled, row.message.ref) == (False, {"id": "m"})
        assert s.heard == ["arrived", "arrived"]

    play(tmp_path, scene)


def test_the_answer_does_not_wait_for_the_pace_and_is_settled(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        await s.want(PROGRESS)
        await asyncio.sleep(0.1)
        message = await s.want(FINAL)
        await asyncio.sleep(0.2)
        assert [one[1] for one in s.sent] == ["Waiting", "Done"]
        assert (await s.row()).settled
        sender.wake(message)
        sender.nudge(message)
        await asyncio.sleep(600)
        assert len(s.sent) == 2
        assert sender._states == {}

    play(tmp_path, scene)


def test_a_waiting_view_is_looked_at_again_when_it_says(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        start = s.now()
        s.project = lambda connection, message, now: View(f"{int(now - start) // 5}", refresh_at=now + 5)  # type: ignore[method-assign]
        sender.projections["request"] = s.project
        await s.want()
        await asyncio.sleep(16)
        assert [one[1] for one in s.sent] == ["0", "1", "2", "3"]
        assert s.times() == [soon(5)] * 3

    play(tmp_path, scene)


def test_only_when_to_look_again_changed_and_nothing_is_sent(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        looked = []

        def project(connection: Connection, message: Message, now: float) -> View:
            looked.append(now)
            return View("Waiting", refresh_at=now + 5)

        sender.projections["request"] = project
        await s.want()
        await asyncio.sleep(16)
        assert len(s.sent) == 1
        assert len(looked) == 4

    play(tmp_path, scene)


@pytest.mark.parametrize("answer", [Unknown(detail="lost"), RuntimeError("x")])
def test_an_answer_that_is_lost_is_sent_again_after_growing_pauses_and_once_more(tmp_path: Path, answer: SendResult | Exception) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [answer] * 10
        await s.want(FINAL)
        await asyncio.sleep(3600)
        assert s.times() == [soon(min(2.0**number, LONGEST_BACKOFF)) for number in range(1, 11)] + [soon(REPEAT_FINAL_AFTER)]
        assert not s.sent[0][2].maybe_shown
        assert all(one[2].maybe_shown for one in s.sent[1:11])
        detail = "lost" if isinstance(answer, Unknown) else "RuntimeError"
        assert s.heard == [f"doubt {detail} {number}" for number in range(1, 11)] + ["arrived", "arrived"]
        assert (await s.row()).settled

    play(tmp_path, scene)


def test_progress_that_is_not_answered_holds_up_no_answer(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Unknown()] * 3
        await s.want(PROGRESS)
        await asyncio.sleep(7)
        assert s.times() == [soon(2), soon(4)]
        await s.want(FINAL)
        await asyncio.sleep(0.1)
        assert s.sent[-1][1] == "Done"
        await asyncio.sleep(60)
        assert [one[1] for one in s.sent] == ["Waiting"] * 3 + ["Done"] * 2  # a late edit may still overwrite it
        assert s.times()[-1] == soon(REPEAT_FINAL_AFTER)

    play(tmp_path, scene)


def test_an_answer_starts_its_own_count_of_tries(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Unknown()] * 4
        await s.want(PROGRESS)
        await asyncio.sleep(7)
        await s.want(FINAL)
        await asyncio.sleep(60)
        assert s.heard[:4] == ["doubt  1", "doubt  2", "doubt  3", "doubt  1"]
        assert s.times()[3] == soon(2)

    play(tmp_path, scene)


def test_a_send_without_end_counts_as_lost(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [1e6]
        await s.want(FINAL)
        await asyncio.sleep(SEND_TIMEOUT - 1)
        assert s.heard == []
        await asyncio.sleep(2)
        assert s.heard == ["doubt timeout 1"]
        await asyncio.sleep(120)
        assert s.times() == [soon(SEND_TIMEOUT + 2), soon(REPEAT_FINAL_AFTER)]

    play(tmp_path, scene)


def test_what_the_platform_knows_of_a_lost_send_is_kept_at_once(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Unknown({"id": "early"}), Sent({})]
        await s.want(FINAL)
        await asyncio.sleep(1)
        assert (await s.row()).message.ref == {"id": "early"}
        await asyncio.sleep(60)
        assert [dict(one[2].ref) for one in s.sent] == [{}, {"id": "early"}, {"id": "early"}]
        assert not any(one[2].maybe_shown for one in s.sent)

    play(tmp_path, scene)


@pytest.mark.parametrize(("progress", "sent"), [(False, ["Waiting", "Done"]), (True, ["Waiting", "Done"])])
def test_a_platform_that_asks_for_time_gets_it(tmp_path: Path, progress: bool, sent: list[str]) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Later(50.0, progress=progress)]
        message = await s.want(PROGRESS)
        await asyncio.sleep(10)
        sender.wake(message)
        sender.nudge(message)
        await asyncio.sleep(10)
        assert len(s.sent) == 1
        await s.want(FINAL)
        await asyncio.sleep(1)
        assert [one[1] for one in s.sent] == (sent if progress else sent[:1])
        await asyncio.sleep(60)
        assert [one[1] for one in s.sent] == sent
        assert s.times() == [soon(20) if progress else soon(50)]

    play(tmp_path, scene)


def test_progress_goes_on_when_its_time_has_come(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Later(50.0, progress=True)]
        await s.want(PROGRESS)
        await asyncio.sleep(100)
        assert s.times() == [soon(50)]

    play(tmp_path, scene)


def test_something_left_to_repair_is_sent_a_few_times_more_and_then_settled(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Sent({"id": "m"}, "other_way")] * 9
        await s.want(FINAL)
        await asyncio.sleep(3600)
        assert s.times() == [soon(REPEAT_FINAL_AFTER * 2.0**number) for number in range(MAX_REPAIRS)]
        assert s.heard.count("doubt other_way 0") == MAX_REPAIRS + 1
        assert (await s.row()).settled

    play(tmp_path, scene)


def test_what_changes_while_it_is_sent_is_sent_after_it(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [5.0]
        await s.want(FINAL)
        await asyncio.sleep(1)
        await s.want(replace(FINAL, title="Done, and more"))
        await asyncio.sleep(60)
        assert [one[1] for one in s.sent] == ["Done", "Done, and more"]
        assert s.times() == [soon(5)]
        row = await s.row()
        assert (row.settled, row.sent, row.wanted) == (True, 2, 2)

    play(tmp_path, scene)


@pytest.mark.parametrize("why", list(RefusedWhy))
@pytest.mark.parametrize("view", [PROGRESS, FINAL])
def test_a_refusal_is_kept_and_told_and_nothing_is_sent_again(tmp_path: Path, why: RefusedWhy, view: View) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Refused(why, "50013")]
        message = await s.want(view)
        await asyncio.sleep(60)
        assert (len(s.sent), s.heard) == (1, [f"refused {why.value}"])
        kept = view.final or why is not RefusedWhy.INVALID
        assert (await s.row()).settled is kept
        [row] = await s.ledger.read(lambda c: c.execute(select(messages)).all())
        assert row.refused == (why.value if kept else None)
        sender.wake(message)
        await asyncio.sleep(60)
        assert len(s.sent) == 1

    play(tmp_path, scene)


@pytest.mark.parametrize(("amends", "shown_before", "told"), [(True, True, False), (True, False, True), (False, True, True)])
def test_what_only_adds_to_a_shown_view_may_be_refused(tmp_path: Path, amends: bool, shown_before: bool, told: bool) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        if shown_before:
            await s.want(FINAL)
            await asyncio.sleep(1)
        s.heard.clear()
        s.answers = [Refused(RefusedWhy.GONE, "")]
        await s.want(View("Done, case closed", final=True, amends=amends))
        await asyncio.sleep(60)
        assert s.heard == (["refused gone"] if told else [])
        assert (await s.row()).settled

    play(tmp_path, scene)


def test_what_a_dead_process_left_is_sent_and_once_more(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.ledger.on_commit = lambda wakes: None
        message = await s.want(FINAL)
        sender.wake_unsettled(message)
        await asyncio.sleep(60)
        assert s.times() == [soon(REPEAT_FINAL_AFTER * REPEAT_AFTER_RESTART)]
        assert [one[2].maybe_shown for one in s.sent] == [True, False]

    play(tmp_path, scene)


def test_the_sweep_wakes_what_nobody_looks_at(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.ledger.on_commit = lambda wakes: None
        sender.nudge(await s.want(FINAL))
        await asyncio.sleep(1)
        assert len(s.sent) == 1

    play(tmp_path, scene)


def test_a_platform_that_is_not_connected_is_asked_for_later(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        sender.chats = {}
        await s.want(FINAL)
        await asyncio.sleep(LONGEST_BACKOFF - 1)
        sender.chats = {"test": s}  # type: ignore[dict-item]
        await asyncio.sleep(0.5)
        assert s.sent == []
        await asyncio.sleep(1)
        assert len(s.sent) == 1

    play(tmp_path, scene)


def test_a_view_that_cannot_be_rendered_is_tried_again(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        good, sender.projections = sender.projections, {}
        message = await s.want(FINAL)
        await asyncio.sleep(1)
        sender.projections = good
        sender.wake(message)
        await asyncio.sleep(0.5)
        assert s.sent == []
        await asyncio.sleep(1)
        assert len(s.sent) == 1

    play(tmp_path, scene)


def test_a_message_whose_subject_is_gone_is_forgotten(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        sender.projections["request"] = lambda connection, message, now: None
        await s.want()
        sender.wake("nothing")
        await asyncio.sleep(5)
        assert (s.sent, sender._states) == ([], {})

    play(tmp_path, scene)


def test_an_answer_leads_to_the_message_that_everybody_sees(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        await s.want(FINAL)
        await s.ledger.write(lambda tx: message_rows.want(tx, "request:r", Audience.MEMBER, HOME, "ana"))
        await asyncio.sleep(1)
        sender.projections["question"] = lambda connection, message, now: View("Q", final=True, about=About("request:r", "there"))
        await s.want(subject="question:r")
        await asyncio.sleep(1)
        about = s.sent[-1][2].about
        assert about is not None
        assert (about.subject, about.audience) == ("request:r", Audience.CHANNEL)

    play(tmp_path, scene)


@pytest.mark.parametrize("arrives", [3.0, 60.0])
def test_an_answer_waits_a_moment_for_the_message_it_leads_to(tmp_path: Path, arrives: float) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Later(arrives)]
        await s.want(FINAL)
        await asyncio.sleep(0.1)
        sender.projections["question"] = lambda connection, message, now: View("Q", final=True, about=About("request:r", "there"))
        await s.want(subject="question:r")
        begun = s.loop.time()
        await asyncio.sleep(100)
        at, message = next((one[0], one[2]) for one in s.sent if one[1] == "Q")
        assert at - begun == pytest.approx(min(arrives, LINK_WITHIN), abs=LINK_POLL + SAME)
        assert (message.about is not None) is (arrives < LINK_WITHIN)

    play(tmp_path, scene)


def test_an_answer_does_not_wait_for_a_message_that_never_comes(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Refused(RefusedWhy.GONE, "")]
        await s.want(FINAL)
        await asyncio.sleep(1)
        sender.projections["question"] = lambda connection, message, now: View("Q", final=True, about=About("request:r", "there"))
        await s.want(subject="question:r")
        await asyncio.sleep(0.1)
        assert s.sent[-1][1] == "Q"
        assert s.sent[-1][2].about is None

    play(tmp_path, scene)


def test_stopping_lets_a_send_end_or_breaks_it_off_and_starts_nothing(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [3.0]
        message = await s.want(FINAL)
        await asyncio.sleep(1)
        await sender.stop(5)
        assert s.heard == ["arrived"]
        sender.wake(message)
        await s.want(PROGRESS, "request:other")
        await asyncio.sleep(60)
        assert len(s.sent) == 1

    play(tmp_path, scene)


def test_stopping_does_not_wait_for_ever(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [50.0]
        await s.want(FINAL)
        await asyncio.sleep(1)
        before = s.loop.time()
        await sender.stop(5)
        assert s.loop.time() - before == soon(5)
        assert s.heard == []
        assert not (await s.row()).settled

    play(tmp_path, scene)
