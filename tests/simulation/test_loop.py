"""The simulation's own ground: virtual time, kill, and everything that would make a run unrepeatable."""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from collections.abc import Coroutine
from random import Random
from typing import Any

import pytest

from bot.observe import configure
from tests.simulation.logs import captured_logs
from tests.simulation.loop import Deadlock, ForeignThread, Life, Livelock, RealWorld, SimLoop, no_threads, undisturbed


def run(make: Any) -> Any:
    return undisturbed(lambda: _run(make))


def _run(make: Any) -> Any:
    loop = SimLoop(Random(1))
    try:
        with no_threads():
            return loop.run_until_complete(make(loop))
    finally:
        loop.finish()


def test_a_week_passes_at_once_and_exactly() -> None:
    async def scenario(loop: SimLoop) -> float:
        for _ in range(10):
            await asyncio.sleep(0.1)
        await asyncio.sleep(7 * 86400 - 1)
        return loop.time()

    assert run(scenario) == pytest.approx(7 * 86400, abs=1e-6)


def test_work_comes_before_time() -> None:
    async def scenario(loop: SimLoop) -> list[float]:
        seen: list[float] = []
        loop.call_later(5, lambda: seen.append(loop.time()))
        for _ in range(1000):
            await asyncio.sleep(0)
            seen.append(loop.time())
        await asyncio.sleep(6)
        return seen

    seen = run(scenario)
    assert max(seen[:1000]) < 0.001
    assert seen[1000] == 5.0


def test_waiting_for_nothing_is_a_deadlock() -> None:
    async def scenario(loop: SimLoop) -> None:
        await loop.create_future()

    with pytest.raises(Deadlock):
        run(scenario)


def test_a_wait_below_the_resolution_of_the_clock_ends() -> None:
    async def scenario(loop: SimLoop) -> bool:
        target = loop.time() + 1e-12
        while loop.time() <= target:  # noqa: ASYNC110  # that is the point
            await asyncio.sleep(target - loop.time())
        return True

    assert run(scenario)


def test_turning_without_time_is_a_livelock() -> None:
    async def scenario(loop: SimLoop) -> None:
        while True:  # noqa: ASYNC110  # that is the point
            await asyncio.sleep(0)

    with pytest.raises(Livelock):
        run(scenario)


def test_executors_run_inline_and_take_virtual_time() -> None:
    async def scenario(loop: SimLoop) -> tuple[int, float]:
        return await asyncio.to_thread(threading.get_ident), loop.time()

    thread, when = run(scenario)
    assert thread == threading.get_ident()
    assert 0 < when < 0.01


def test_threads_sockets_names_and_signals_are_refused() -> None:
    async def scenario(loop: SimLoop) -> None:
        with pytest.raises(ForeignThread):
            threading.Thread(target=print).start()
        with pytest.raises(RealWorld):
            await asyncio.open_connection("127.0.0.1", 1)
        with pytest.raises(OSError, match="refused"):
            await loop.getaddrinfo("example.org", 443)
        with pytest.raises(RealWorld):
            loop.add_signal_handler(15, print)

    run(scenario)


def in_life(loop: SimLoop, life: Life, coroutine: Coroutine[Any, Any, Any]) -> None:
    life.context.run(loop.create_task, coroutine)


def test_a_killed_life_runs_nothing_more_not_even_finally() -> None:
    async def scenario(loop: SimLoop) -> list[str]:
        seen: list[str] = []
        outside: asyncio.Future[None] = loop.create_future()

        async def process() -> None:
            try:
                seen.append("up")
                await asyncio.sleep(10)
                seen.append("not reached")
            finally:
                seen.append("finally")

        async def waits_for_the_world() -> None:
            await outside
            seen.append("woken")

        life = Life(1)
        in_life(loop, life, process())
        in_life(loop, life, waits_for_the_world())
        life.at_death.append(lambda: seen.append("closed by the system"))
        await asyncio.sleep(1)
        loop.kill(life)
        outside.set_result(None)
        await asyncio.sleep(100)
        return list(seen)

    assert run(scenario) == ["up", "closed by the system"]


def test_the_world_and_the_next_life_go_on() -> None:
    async def scenario(loop: SimLoop) -> list[str]:
        seen: list[str] = []

        async def process(name: str) -> None:
            while True:
                await asyncio.sleep(1)
                seen.append(name)

        first, second = Life(1), Life(2)
        in_life(loop, first, process("first"))
        await asyncio.sleep(2.5)
        loop.kill(first)
        in_life(loop, second, process("second"))
        await asyncio.sleep(2.5)
        loop.kill(second)
        return list(seen)

    assert run(scenario) == ["first", "first", "second", "second"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_crash_of_an_earlier_tests_thread_is_not_this_runs_and_one_of_its_own_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    lines: list[str] = []
    go = threading.Event()

    def crash(words: str) -> None:
        go.wait()
        raise RuntimeError(words)

    earlier = threading.Thread(target=crash, args=("of an earlier test",))
    earlier.start()
    with captured_logs(lambda _: None, []):
        # The hook that an earlier test's bot has set, and that this run finds.
        configure("info", [], io.StringIO(), "json")
        with captured_logs(lines.append, []):
            own = threading.Thread(target=crash, args=("of its own",))
            own.start()
            go.set()
            earlier.join()
            own.join()
    assert [("of its own" in line, "of an earlier test" in line) for line in lines] == [(True, False)]
