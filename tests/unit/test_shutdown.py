"""The end of a process after a real signal: what is said, what is waited for, and that a second signal ends the waiting."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.views import ActionName
from bot.requests.scheduler import Scheduler
from bot.shutdown import Shutdown
from bot.texts import text
from tests.unit.test_stopping import Thinking, case_of
from tests.world import BLOCK, Platform, Service, World, bad, world

PROMPT = "a planted canary on a wire"


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


async def begun(w: World, count: int) -> list[str]:
    ids = [await w.imagine(f"{PROMPT} {number}", person=f"person-{number}") for number in range(count)]
    await w.until(lambda: len(w.bot.scheduler.running()) == count)
    return ids


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_nothing_under_way_is_one_line_and_no_wait(tmp_path: Path, how: signal.Signals) -> None:
    said: list[str] = []
    async with world(tmp_path) as w:
        end = Shutdown(said.append)
        end.listen()
        os.kill(os.getpid(), how)
        await end.asked.wait()
        await end.drain(w.bot.scheduler, w.bot.sender, w.bot.core.calls)
    [line] = said
    assert line.startswith("Stopping. Nothing is being drawn")


@pytest.mark.parametrize("count", [1, 3])
async def test_what_is_being_drawn_is_named_with_the_longest_wait_and_waited_for(tmp_path: Path, count: int) -> None:
    said: list[str] = []
    service = Service(hold=asyncio.Event())
    async with world(tmp_path, service) as w:
        ids = await begun(w, count)
        end = Shutdown(said.append)
        end.listen()
        os.kill(os.getpid(), signal.SIGTERM)
        await end.asked.wait()
        draining = asyncio.create_task(end.drain(w.bot.scheduler, w.bot.sender, w.bot.core.calls))
        await w.until(lambda: bool(said))
        assert all(one in said[0] for one in ids)
        assert "at most 20 seconds" in said[0]
        assert PROMPT not in said[0]
        assert service.hold is not None
        service.hold.set()
        await draining
        assert said[1:] == ["Stopped. Everything that was being drawn is finished and delivered."]
        for one in ids:
            assert (await w.answer(one)).pictures


async def test_a_second_signal_ends_the_wait_and_says_what_was_broken_off(tmp_path: Path) -> None:
    said: list[str] = []
    async with world(tmp_path, Service(hold=asyncio.Event())) as w:
        [request] = await begun(w, 1)
        end = Shutdown(said.append)
        end.listen()
        os.kill(os.getpid(), signal.SIGINT)
        await end.asked.wait()
        draining = asyncio.create_task(end.drain(w.bot.scheduler, w.bot.sender, w.bot.core.calls))
        await w.until(lambda: bool(said))
        os.kill(os.getpid(), signal.SIGINT)
        async with asyncio.timeout(30):
            await draining
        assert said[1].startswith(f"Stopped before {request} finished.")
        assert "Retry" in said[1]


async def test_an_exchange_that_outlasts_the_wait_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    real = Scheduler.drain
    monkeypatch.setattr(Scheduler, "drain", lambda self, seconds: real(self, min(seconds, 0.05)))
    async with world(tmp_path, Service(hold=asyncio.Event())) as w:
        ids = await begun(w, 7)
        end = Shutdown(said.append)
        end.ask()
        await end.drain(w.bot.scheduler, w.bot.sender, w.bot.core.calls)
        assert "and 2 more" in said[0]
        assert said[1].startswith("Stopped before")
        assert sum(one in said[1] for one in ids) == 5


@pytest.mark.parametrize("hurried", [False, True])
async def test_a_press_that_waits_for_its_platform_is_waited_for_unless_a_second_signal_comes(tmp_path: Path, hurried: bool) -> None:
    crew = Thinking()
    async with world(tmp_path, Service([bad(BLOCK)]), Platform(moderators=crew)) as w:
        case = await case_of(w)
        claim = asyncio.create_task(w.press(ActionName.CASE_CLAIM, case, "mia"))
        await crew.asked.wait()
        end = Shutdown(lambda sentence: None)
        end.ask()
        draining = asyncio.create_task(end.drain(w.bot.scheduler, w.bot.sender, w.bot.core.calls))
        await asyncio.sleep(0.2)
        assert not draining.done()
        if hurried:
            end.ask()
            async with asyncio.timeout(10):
                await draining
            claim.cancel()
            return
        crew.go.set()
        assert "is yours" in await claim
        await draining
        assert await w.press(ActionName.CASE_CLAIM, case, "noor") == text("reply.stopping")
