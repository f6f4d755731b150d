"""Whatever background task of the bot breaks: it is started again, said once, and pictures are drawn all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import lifecycle, supervise
from bot.compose import Bot
from bot.gate.gate import AdaptiveGate
from bot.ledger import notice_rows
from bot.moderation.service import Moderation
from bot.requests import gate_memory
from bot.requests.gate_memory import GateMemoryWriter
from bot.requests.scheduler import Scheduler
from tests.world import world

SECRET = "SECRET of a member"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(lifecycle, "SWEEP_EVERY", 0.01)
    for name in ("REMEMBER_EVERY", "REMEMBER_AT_MOST_EVERY"):
        monkeypatch.setattr(gate_memory, name, 0.01)


def broken_at_first(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, times: int = 2) -> list[int]:
    """Plant an exception in a method; what is returned counts its calls."""
    real: Callable[[Any], Awaitable[None]] = getattr(owner, name)
    calls: list[int] = []

    async def planted(self: Any) -> None:
        calls.append(1)
        if len(calls) <= times:
            raise KeyError(SECRET)
        await real(self)

    monkeypatch.setattr(owner, name, planted)
    return calls


@pytest.mark.parametrize(
    ("task", "owner", "name"),
    [("scheduler", Scheduler, "run"), ("sweep", Bot, "_sweep"), ("left", Bot, "_accept_left"), ("gate-memory", GateMemoryWriter, "run")],
)
async def test_a_task_that_breaks_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, owner: type, name: str
) -> None:
    calls = broken_at_first(monkeypatch, owner, name)
    with capture_logs() as logs:
        async with world(tmp_path) as w:
            await w.until(lambda: len(calls) >= 3)
            assert (await w.answer(await w.imagine())).pictures
            assert w.bot.supervisor.health()[task].failures == 2
            await w.until(lambda: w.chat.about(f"notice:trouble:{task}"))
    assert SECRET not in repr(logs)
    assert len([one for one in logs if one["event"] == "operator_notice"]) == 1


async def test_what_the_gate_has_learned_is_kept_after_it_broke_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = AdaptiveGate.remember, []

    def remember(gate: AdaptiveGate) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        return real(gate)

    monkeypatch.setattr(AdaptiveGate, "remember", remember)
    async with world(tmp_path) as w:
        await w.until(lambda: len(calls) > 1)
        assert w.bot.supervisor.health()["gate-memory"].error == "ZeroDivisionError"


async def test_one_wake_up_that_breaks_does_not_cost_the_others_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError(SECRET)

    async with world(tmp_path) as w:
        seen: list[str] = []
        w.bot.wakeups.on("broken", broken)
        w.bot.wakeups.on("fine", seen.append)
        with capture_logs() as logs:
            w.bot.wakeups.wake("broken", "now")
            soon = w.bot.ports.now() + 0.02
            w.bot.wakeups.wake("broken", "a", soon)
            w.bot.wakeups.wake("fine", "b", soon)
            async with asyncio.timeout(30):
                while not seen:  # noqa: ASYNC110 - wake-ups tell nobody
                    await asyncio.sleep(0.005)
        assert SECRET not in repr(logs)


async def test_a_case_timer_that_breaks_leaves_the_bot_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr(Moderation, "wake", broken)
    async with world(tmp_path) as w:
        w.bot.wakeups.wake("case", "x")
        assert (await w.answer(await w.imagine())).pictures


async def test_a_notice_that_a_dead_process_left_is_solved_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = broken_at_first(monkeypatch, GateMemoryWriter, "run", times=1)
    async with world(tmp_path) as w:
        await w.until(lambda: len(calls) >= 2 and w.chat.about("notice:trouble:gate-memory"))
    monkeypatch.setattr("bot.messages.incidents.STEADY", 0.02)
    async with world(tmp_path) as w:
        async with asyncio.timeout(30):
            while await w.bot.ledger.read(notice_rows.open_causes):  # noqa: ASYNC110 - the ledger tells nobody
                await asyncio.sleep(0.01)
