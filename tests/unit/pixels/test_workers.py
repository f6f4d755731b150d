"""The process in which pictures are decoded: it starts late, stays bounded, is replaced when it dies, and never outlives the bot."""

import asyncio
import contextlib
import errno
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from bot.pixels import workers
from bot.pixels.errors import NotTaken
from bot.pixels.worker import MEMORY
from bot.pixels.workers import OneProcess
from bot.providers.pictures import PictureStore

linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks at processes through /proc")


def drawn(side: int = 64) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(out, "PNG", compress_level=1)
    return out.getvalue()


@pytest.fixture
def one() -> Iterator[OneProcess]:
    made = OneProcess()
    yield made
    made.close()


def work(one: OneProcess, side: int = 64) -> int:
    return len(one.do("for_blocks", {"large": 1 << 30, "quality": 90}, [drawn(side)])[1])


def alive(pid: int) -> bool:
    """Zombies are dead."""
    with contextlib.suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


def until(check: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end
        time.sleep(0.01)


def meddle(one: OneProcess, name: signal.Signals, times: int) -> threading.Thread:
    """Sends a signal to each of the next workers, a moment after it was born."""

    def run() -> None:
        met: set[int] = set()
        while len(met) < times:
            pid = one.pid
            if pid is not None and pid not in met:
                met.add(pid)
                time.sleep(0.3)
                os.kill(pid, name)
            time.sleep(0.005)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_it_starts_with_the_first_job_and_serves_many(one: OneProcess) -> None:
    assert one.pid is None
    assert work(one) > 0
    first = one.pid
    work(one)
    assert one.pid == first is not None


def test_a_worker_that_dies_is_replaced_and_the_job_done(one: OneProcess) -> None:
    thread = meddle(one, signal.SIGKILL, 1)
    assert work(one, 2500) > 0
    thread.join()
    assert work(one) > 0


def test_a_picture_that_takes_two_workers_with_it_is_not_taken(one: OneProcess) -> None:
    thread = meddle(one, signal.SIGKILL, 2)
    with pytest.raises(NotTaken, match="worker"):
        work(one, 3500)
    thread.join()
    assert work(one) > 0


def test_a_worker_that_stands_still_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "GRACE", 1)
    one = OneProcess(seconds=1)
    thread = meddle(one, signal.SIGSTOP, 2)
    with pytest.raises(NotTaken, match="worker"):
        work(one, 3500)
    thread.join()
    one.close()


def test_a_job_that_takes_too_long_ends_itself() -> None:
    one = OneProcess(seconds=1)
    began = time.monotonic()
    with pytest.raises(NotTaken, match="worker"):
        one.do("shrink", {"limit": 1, "steps": [["WEBP", 92, 1.0]] * 200}, [drawn(1500)])
    assert time.monotonic() - began < 8
    one.close()


@linux
def test_it_is_bounded_and_has_no_secrets(one: OneProcess) -> None:
    work(one)
    limits = Path(f"/proc/{one.pid}/limits").read_text()
    assert str(MEMORY) in next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert Path(f"/proc/{one.pid}/environ").read_bytes() == b""
    modules = Path(f"/proc/{one.pid}/maps").read_text()
    assert "discord" not in modules
    resident = next(line for line in Path(f"/proc/{one.pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    assert int(resident.split()[1]) < 80_000  # kB


@linux
def test_it_ends_with_close_and_a_signal_to_the_group_does_not_end_it(one: OneProcess) -> None:
    work(one)
    pid = one.pid
    assert pid is not None
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(pid, name)
    work(one)
    assert one.pid == pid
    one.close()
    assert not alive(pid)


BOT = """
import sys, threading, time
from bot.pixels.workers import OneProcess
from tests.unit.pixels.test_workers import drawn, work
one = OneProcess()
work(one)
print(one.pid, flush=True)
big = drawn(1500)
one.do("shrink", {"limit": 1, "steps": [["WEBP", 92, 1.0]] * 100}, [big])
"""


@linux
def test_it_does_not_outlive_a_bot_that_was_killed_not_even_in_the_middle_of_a_job() -> None:
    bot = subprocess.Popen([sys.executable, "-c", BOT], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3], text=True)
    assert bot.stdout is not None
    pid = int(bot.stdout.readline())
    time.sleep(1.0)
    assert alive(pid)
    bot.kill()
    bot.wait()
    bot.stdout.close()
    until(lambda: not alive(pid), 3.0)


def test_a_disk_error_comes_through_as_a_disk_error(one: OneProcess, tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught:
        one.do("take", {"path": str(tmp_path / "missing" / "x"), "base64": False}, [drawn()])
    assert caught.value.errno == errno.ENOENT
    assert work(one) > 0


async def test_the_store_gives_its_worker_back(tmp_path: Path) -> None:
    one = OneProcess()
    store = PictureStore(tmp_path, workers=one)
    pictures = await asyncio.gather(*(store.add_bytes([drawn(64 + at)]) for at in range(4)))
    assert len({picture.sha256 for picture in pictures}) == 4
    pid = one.pid
    store.close()
    assert pid is not None
    assert not alive(pid)


@linux
async def test_closing_the_store_does_not_wait_for_a_decode_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "CLOSING", 1)
    one = OneProcess()
    store = PictureStore(tmp_path, workers=one)
    await store.add_bytes([drawn()])
    pid = one.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    hung, queued = (asyncio.ensure_future(store.add_bytes([drawn(70 + at)])) for at in range(2))
    await asyncio.sleep(0.2)
    began = time.monotonic()
    await asyncio.to_thread(store.close)
    assert time.monotonic() - began < 10
    assert not alive(pid)
    assert one.pid is None
    with pytest.raises(NotTaken, match="worker"):
        await hung
    assert queued.cancelled() or isinstance((await asyncio.gather(queued, return_exceptions=True))[0], (NotTaken, asyncio.CancelledError))
    assert not list(tmp_path.rglob("*.part"))


async def test_closing_the_store_lets_a_picture_be_finished(tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    storing = asyncio.ensure_future(store.add_bytes([drawn(1200)]))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(store.close)
    assert (await storing).width == 1200
