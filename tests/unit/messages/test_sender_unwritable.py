"""Where nothing can be written just when a platform has shown a message: it is not posted a second time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.chat.port import Later, Message, Refused, RefusedWhy, SendResult, Sent, Unknown
from bot.chat.views import About, View
from bot.ledger.store import LedgerProblem
from bot.messages.sender import REPEAT_FINAL_AFTER, Sender
from bot.observe.redact import Redactor
from tests.unit.messages.sender_stage import FINAL, PROGRESS, Stage, play, soon


class Full:
    """The stage's ledger, whose next writes fail."""

    def __init__(self, stage: Stage, fails: int) -> None:
        self.read, self._stage, self.fails = stage.ledger.read, stage, fails

    async def write(self, fn: Callable[[Any], Any]) -> Any:
        if self.fails:
            self.fails -= 1
            raise LedgerProblem("disk full")
        return await self._stage.ledger.write(fn)


@pytest.mark.parametrize("fails", [1, 3])
@pytest.mark.parametrize("view", [PROGRESS, FINAL])
@pytest.mark.parametrize("answer", [Sent({"id": "m"}), Unknown({"id": "m"})])
def test_a_message_that_stands_is_not_posted_again(tmp_path: Path, view: View, answer: SendResult, fails: int) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [answer] + [Sent({})] * 9
        sender.ledger = Full(s, fails)  # type: ignore[assignment]
        await s.want(view)
        await asyncio.sleep(120)
        assert all(dict(one[2].ref) == {"id": "m"} for one in s.sent[1:])
        row = await s.row()
        assert (dict(row.message.ref), row.settled) == ({"id": "m"}, view.final)

    play(tmp_path, scene)


def test_a_message_whose_answer_is_repeated_later_is_kept_as_well(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Unknown(), Sent({"id": "m"}), Sent({})]
        sender.ledger = full = Full(s, 0)  # type: ignore[assignment]
        await s.want(FINAL)
        await asyncio.sleep(1)
        full.fails = 1
        await asyncio.sleep(REPEAT_FINAL_AFTER * 2)
        assert [dict(one[2].ref) for one in s.sent] == [{}, {}, {"id": "m"}]
        row = await s.row()
        assert (dict(row.message.ref), row.settled) == ({"id": "m"}, True)

    play(tmp_path, scene)


# ---- other corners of a send ------------------------------------------------------------------------------------------------------


def test_a_short_pause_that_a_platform_asks_for_is_not_made_longer(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Later(0.3), Later(0.0)]
        await s.want(FINAL)
        await asyncio.sleep(5)
        assert s.times() == [soon(0.3), soon(0.0)]

    play(tmp_path, scene)


def test_a_refused_message_is_forgotten_and_counts_as_no_lost_send(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Refused(RefusedWhy.INVALID, ""), Unknown()]
        await s.want(PROGRESS)
        await asyncio.sleep(2)
        await s.want(replace(PROGRESS, title="Waiting still"))
        await asyncio.sleep(1)
        assert s.heard == ["refused invalid", "doubt  1"]
        await asyncio.sleep(10)
        s.answers = [Refused(RefusedWhy.INVALID, "")]
        await s.want(FINAL)
        await asyncio.sleep(1)
        assert s.heard[-1] == "refused invalid"
        assert sender._states == {}

    play(tmp_path, scene)


def test_nothing_that_a_message_shows_gets_into_the_log(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        logged: list[str] = []

        async def send(message: Message, view: View) -> SendResult:
            logged.append(Redactor()("the platform could not show: a very private prompt"))
            return Sent({"id": "m"})

        def about(connection: Connection, message: Message, now: float) -> View:
            return View("Q", final=True, about=About("request:other", "a very private prompt"))

        s.send = send  # type: ignore[method-assign]
        sender.projections["request"] = about
        await s.want()
        await asyncio.sleep(1)
        assert len(logged) == 1
        assert "private prompt" not in logged[0]

    play(tmp_path, scene)
