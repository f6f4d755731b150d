"""Wake-ups ring at their wall-clock time, once for the same row, and survive clock jumps by looking again."""

from __future__ import annotations

import asyncio

import pytest

from bot.ports import SystemPorts
from bot.wakeups import WakeUps


class Clock(SystemPorts):
    """A wall clock that tests can push."""

    def __init__(self) -> None:
        self.shift = 0.0

    def now(self) -> float:
        return super().now() + self.shift


async def test_a_wake_up_without_time_rings_at_once_and_a_later_one_at_its_time() -> None:
    clock, rung = Clock(), []
    wakeups = WakeUps(clock)
    done = asyncio.Event()
    wakeups.on("x", lambda row: (rung.append(row), done.set() if row == "later" else None))
    wakeups.wake("x", "later", clock.now() + 0.05)
    wakeups.wake("x", "later", clock.now() + 0.05)
    wakeups.wake("x", "now")
    assert rung == ["now"]
    await asyncio.wait_for(done.wait(), 5)
    assert rung == ["now", "later"]
    wakeups.stop()


async def test_an_earlier_wake_up_overtakes() -> None:
    clock, rung = Clock(), asyncio.Queue()
    wakeups = WakeUps(clock)
    wakeups.on("x", rung.put_nowait)
    wakeups.wake("x", "late", clock.now() + 60)
    wakeups.wake("x", "early", clock.now() + 0.02)
    assert await asyncio.wait_for(rung.get(), 5) == "early"
    wakeups.stop()


@pytest.mark.parametrize("jump", [7200.0, -7200.0])
async def test_a_jump_of_the_wall_clock_neither_shortens_nor_lengthens_a_wait(jump: float) -> None:
    clock, rung = Clock(), asyncio.Queue()
    wakeups = WakeUps(clock)
    wakeups.on("x", rung.put_nowait)
    wakeups.wake("x", "far", clock.now() + 3600)
    wakeups.wake("x", "near", clock.now() + 0.1)
    clock.shift = jump
    wakeups.wake("x", "next", clock.now() + 0.3)
    assert [await asyncio.wait_for(rung.get(), 5), await asyncio.wait_for(rung.get(), 5)] == ["near", "next"]
    assert rung.empty()
    wakeups.stop()


async def test_a_topic_nobody_listens_to_is_harmless() -> None:
    wakeups = WakeUps(Clock())
    wakeups.wake("nobody", "x")
    wakeups.stop()
