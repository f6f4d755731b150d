"""`imagine-bot batch` as real processes: Ctrl-C once and twice, kill -9, a full and a read-only folder, and what `resume` makes of each."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli.batch_status import why_ended
from bot.cli.batch_work import session_for
from bot.domain.batches import BatchState
from bot.sandbox.answers import Delays
from bot.sandbox.server import RunningSandbox, start
from bot.settings import KNOWN
from tests.contract.provider.test_half_price import batches
from tests.discord.process import process
from tests.unit.batch.kit import until

PROGRAM = [sys.executable, "-c", "from bot.cli.main import main; main()"]
LIMITS = ("--max-pictures", "60", "--budget", "5", "--out", "covers")
TIMEOUT = 60.0


class Shell:
    """A folder in which a new user types commands."""

    def __init__(self, folder: Path, sandbox: RunningSandbox) -> None:
        self.folder, self.sandbox = folder, sandbox
        clean = {name: value for name, value in os.environ.items() if name not in KNOWN}
        self.env = {**clean, "IMAGE_BASE_URL": sandbox.base_url, "IMAGE_API_KEY": "sandbox", "DATA_DIR": str(folder / "data")}

    def topics(self, count: int) -> None:
        (self.folder / "topics.csv").write_text("topic\n" + "".join(f"topic {n}\n" for n in range(count)), encoding="utf-8")

    async def begin(self, *typed: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *PROGRAM, "batch", *typed, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    async def ended(self, process: asyncio.subprocess.Process) -> tuple[int, str]:
        """Its exit code, and everything that it said."""
        async with asyncio.timeout(TIMEOUT):
            out, err = await process.communicate()
        said = out.decode() + err.decode()
        assert "Traceback" not in said, said
        return process.returncode or 0, said

    async def run(self, *typed: str) -> tuple[int, str]:
        return await self.ended(await self.begin(*typed))

    async def status(self) -> dict[str, Any]:
        _, said = await self.run("status", "1", "--json")
        found = json.loads(said)
        assert isinstance(found, dict)
        return found

    async def calls(self) -> list[dict[str, Any]]:
        """What the image service was asked; a request that a kill cut off on its way asked for nothing."""

        def look() -> list[dict[str, Any]]:
            with urllib.request.urlopen(self.sandbox.base_url.rsplit("/", 1)[0] + "/_sandbox/log") as answer:
                return [one for one in json.load(answer)["calls"] if "prompt" in one]

        return await asyncio.to_thread(look)

    async def called(self, count: int) -> None:
        async def look() -> bool:
            return len(await self.calls()) >= count

        await until(look, TIMEOUT)

    def whole(self) -> int:
        """Check that every file is whole and listed once. Returns how many drafts there are."""
        covers = self.folder / "covers"
        lines = [json.loads(one) for one in (covers / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
        assert [one for one in Counter(one["file"] for one in lines).values() if one > 1] == []
        assert list(covers.rglob("*.part")) == []
        drawn = sorted(str(one.relative_to(covers)) for one in covers.rglob("*.png"))
        assert sorted(one["file"] for one in lines if one["file"].endswith(".png")) == drawn
        for one in drawn:
            assert (covers / one).read_bytes().endswith(b"IEND\xaeB`\x82")
            json.loads((covers / one).with_suffix(".json").read_text(encoding="utf-8"))
        return len(drawn)


@pytest.fixture
async def shell(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Shell]:
    """With a service that takes less than a second for a picture, or as long as the test says."""
    service = await start(pace=Delays(latency=getattr(request, "param", 0.7)))
    yield Shell(tmp_path, service)
    await service.stop()


async def test_ctrl_c_finishes_what_is_drawn_and_resume_draws_the_rest(shell: Shell) -> None:
    shell.topics(10)
    command = await shell.begin("new", "topics.csv", *LIMITS, "--yes")
    await shell.called(2)
    command.send_signal(signal.SIGINT)
    code, said = await shell.ended(command)
    assert code == 130
    assert "what's being drawn is finished because it's paid for. Ctrl-C again leaves at once." in said
    assert "Paused; what was being drawn is there. Go on with: imagine-bot batch resume 1" in said
    found, asked = await shell.status(), len(await shell.calls())
    assert (found["state"], found["asked_for"], found["reserved_micros"]) == ("paused", 0, 0)
    assert 2 <= asked < 10
    assert shell.whole() == asked == found["items"]["drawn"]
    code, said = await shell.run("resume", "1")
    assert code == 0, said
    assert "ready to choose from" in said
    assert Counter(one["prompt"] for one in await shell.calls()) == {f"topic {n}": 1 for n in range(10)}
    assert shell.whole() == 10


@pytest.mark.parametrize("shell", [30.0], indirect=True)
async def test_ctrl_c_twice_leaves_at_once_and_says_what_may_be_paid(shell: Shell) -> None:
    shell.topics(3)
    command = await shell.begin("new", "topics.csv", *LIMITS, "--yes")
    await shell.called(1)
    command.send_signal(signal.SIGINT)
    assert command.stderr is not None
    async with asyncio.timeout(TIMEOUT):
        while b"Ctrl-C again" not in (line := await command.stderr.readline()):
            assert line, "it ended before it said so"
    began = time.monotonic()
    command.send_signal(signal.SIGINT)
    code, said = await shell.ended(command)
    assert time.monotonic() - began < 10.0
    assert code == 130
    assert "may be paid for" in said
    assert "imagine-bot batch resume 1" in said
    assert (await shell.status())["state"] == "paused"


async def test_kill_9_loses_and_repeats_nothing(shell: Shell) -> None:
    shell.topics(8)
    command = await shell.begin("new", "topics.csv", *LIMITS, "--yes")
    await shell.called(2)
    command.kill()
    await command.wait()
    code, said = await shell.run("new", "topics.csv", *LIMITS, "--yes")
    assert "It continues where it was" in said
    found = await shell.status()
    assert found["items"]["drawn"] + found["items"]["failed"] == 8
    assert code == (3 if found["items"]["failed"] else 0), said
    assert Counter(one["prompt"] for one in await shell.calls()) == {f"topic {n}": 1 for n in range(8)}
    code, said = await shell.run("resume", "1", "--retry-failed")
    assert code == 0, said
    if found["items"]["failed"]:
        assert "Trying again:" in said
    assert shell.whole() == 8


@pytest.fixture
def covers(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The output folder on a file system of its own, mounted with these options."""
    place = tmp_path / "covers"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", request.param, "tmpfs", str(place)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a folder that's full or read-only needs a mount, which isn't allowed here: {mounted.stderr.decode().strip()[:100]}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


async def remount(place: Path, option: str) -> None:
    process = await asyncio.create_subprocess_exec("mount", "-o", f"remount,{option}", str(place))
    assert await process.wait() == 0


@pytest.mark.parametrize("covers", ["size=256k"], indirect=True)
@pytest.mark.parametrize("shell", [0.2], indirect=True)
async def test_a_full_folder_is_a_sentence_and_the_rest_is_written_once_there_is_room(shell: Shell, covers: Path) -> None:
    shell.topics(8)
    (covers / "ballast").write_bytes(b"\0" * 170 * 1024)
    code, said = await shell.run("new", "topics.csv", *LIMITS, "--yes")
    assert code == 1
    assert "There's no space left for" in said
    assert "free some space and resume the batch" in said
    assert list(covers.rglob("*.part")) == []
    found = await shell.status()
    assert (found["reserved_micros"], found["items"]["failed"]) == (0, 0), "what was being drawn was finished"
    await remount(covers, "size=32m")
    code, said = await shell.run("resume", "1")
    assert code == 0, said
    assert Counter(one["prompt"] for one in await shell.calls()) == {f"topic {n}": 1 for n in range(8)}
    assert shell.whole() == 8


@pytest.mark.parametrize("covers", ["ro"], indirect=True)
async def test_a_read_only_folder_is_a_sentence_before_anything_is_drawn(shell: Shell, covers: Path) -> None:
    shell.topics(2)
    code, said = await shell.run("new", "topics.csv", *LIMITS, "--yes")
    assert code == 1
    assert f"The bot can't write into {covers}." in said
    assert await shell.calls() == []
    await remount(covers, "rw")
    assert (await shell.run("new", "topics.csv", *LIMITS, "--yes"))[0] == 0
    assert shell.whole() == 2


async def test_a_file_in_the_way_is_a_sentence_before_anything_is_drawn(shell: Shell) -> None:
    shell.topics(2)
    (shell.folder / "covers").write_text("mine", encoding="utf-8")
    code, said = await shell.run("new", "topics.csv", *LIMITS, "--yes")
    assert (code, "is a file, or lies below one. Name a folder." in said) == (1, True), said
    assert (shell.folder / "covers").read_text(encoding="utf-8") == "mine"
    assert await shell.calls() == []


@pytest.mark.parametrize("shell", [0.1], indirect=True)
async def test_ctrl_c_leaves_half_price_tasks_at_the_service_and_stop_cancels_them(shell: Shell) -> None:
    (shell.folder / "topics.csv").write_text("topic\na lighthouse sandbox:batch_waits\n", encoding="utf-8")
    shell.env["IMAGE_SERVICE"] = "openai"
    assert (await shell.run("new", "topics.csv", *LIMITS, "--yes"))[0] == 0
    assert (await shell.run("pick", "1", "all"))[0] == 0
    before = (await shell.status())["spent_micros"]
    command = await shell.begin("finish", "1", "--half-price", "--yes")

    async def handed_in() -> bool:
        return await asyncio.to_thread(lambda: [one["status"] for one in batches(shell.sandbox)]) == ["in_progress"]

    await until(handed_in, TIMEOUT)
    await asyncio.sleep(1.0)  # it has heard of it
    began = time.monotonic()
    command.send_signal(signal.SIGINT)
    code, said = await shell.ended(command)
    assert time.monotonic() - began < 20.0, "it doesn't wait for what may take a day"
    assert (code, "The service keeps drawing 1 picture at half price" in said) == (130, True), said
    assert (await shell.status())["reserved_micros"] > 0
    shutil.copytree(shell.folder / "data", shell.folder / "copy")
    key = shell.env.pop("IMAGE_API_KEY")
    await stopped_without_a_key(shell, shell.folder / "copy")
    shell.env["IMAGE_API_KEY"] = key
    code, said = await shell.run("stop", "1")
    assert "the service is asked to stop 1 picture at half price" in said
    assert code == 3, said
    found = await shell.status()
    assert (found["state"], found["reserved_micros"], found["spent_micros"]) == ("stopped", 0, before)
    assert [one["status"] for one in await asyncio.to_thread(batches, shell.sandbox)] == ["cancelled"]
    (failure,) = (shell.folder / "covers" / "failures").iterdir()
    assert "called off before the service drew it" in json.loads(failure.read_text(encoding="utf-8"))["sentence"]


async def stopped_without_a_key(shell: Shell, data: Path) -> None:
    """Stopping needs no service, and what's left isn't called drawn on."""
    code, said = await shell.run("stop", "1", "--data-dir", str(data))
    assert (code, "IMAGE_API_KEY" in said, "Still at the service: 1 picture at half price." in said) == (2, True, True), said
    session = session_for(data / "none", data, demo=True)
    found = session.status(session.batch(1).id)
    assert found.batch.state is BatchState.STOPPED
    assert why_ended(session, found).startswith("Still at the service: 1 picture")


async def test_beside_a_running_bot_ctrl_c_only_stops_watching(shell: Shell) -> None:
    shell.topics(8)
    async with process(shell.folder, service=shell.sandbox.base_url):
        command = await shell.begin("new", "topics.csv", *LIMITS, "--yes")
        await shell.called(2)
        command.send_signal(signal.SIGINT)
        code, said = await shell.ended(command)
        assert code == 130
        assert "The running bot keeps drawing. Look again with: imagine-bot batch status 1" in said

        async def drafted() -> bool:
            return (await shell.status())["state"] == "drafted"

        await until(drafted, TIMEOUT)
        assert (await shell.run("resume", "1"))[0] == 0  # nothing to draw: it writes what isn't in the folder yet
    assert Counter(one["prompt"] for one in await shell.calls()) == {f"topic {n}": 1 for n in range(8)}
    assert shell.whole() == 8
