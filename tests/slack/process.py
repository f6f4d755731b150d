"""`imagine-bot run` as a process of its own, over the stand-in Slack and the sandbox, so that it can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.answers import Delays
from bot.sandbox.server import start
from tests.slack.stage import Mode, free_port
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Channel, Event, Message, User

START = "import sys; sys.argv[0] = 'imagine-bot'; from bot.cli.main import main; main()"


@dataclass
class Process:
    """The bot and its surroundings."""

    slack: StandIn
    channel: Channel
    ada: User
    service: str
    """Address of the sandbox."""
    folder: Path
    env: dict[str, str]
    child: asyncio.subprocess.Process | None = None
    output: list[str] = field(default_factory=list)
    _reading: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, *, ready: bool = True) -> None:
        clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV")}
        begun = len(self.output)
        self.child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", START, "run"),
            cwd=self.folder,
            env={**clean, **self.env},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reading.append(asyncio.create_task(self._read(self.child)))
        if ready:
            await self.slack.until(
                lambda: any("Slack: " in line for line in self.output[begun:]) or self.child_ended(), 30, "the bot to connect"
            )
            assert not self.child_ended(), "\n".join(self.output)

    def child_ended(self) -> bool:
        return self.child is None or self.child.returncode is not None

    async def _read(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None
        async for line in child.stdout:
            self.output.append(line.decode(errors="replace").rstrip())
            await self.slack.world.notify()
        await child.wait()
        await self.slack.world.notify()

    async def kill(self) -> None:
        """kill -9."""
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        await self.child.wait()

    async def end(self) -> int:
        """SIGTERM; the exit code."""
        assert self.child is not None
        if self.child.returncode is None:
            self.child.terminate()
        async with asyncio.timeout(30):
            return await self.child.wait()

    async def until(self, found: Callable[[], object], timeout: float = 20.0, what: str = "") -> None:
        try:
            await self.slack.until(found, timeout, what)
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n" + "\n".join(self.output[-30:])) from None

    async def imagine(self, prompt: str, channel: Channel | None = None) -> Event:
        return await self.slack.people.slash(self.ada, channel or self.channel, "/imagine", prompt)

    def seen(self, channel: Channel | None = None) -> list[Message]:
        """What Ada reads of the bot."""
        return [one for one in self.slack.world.seen_by(self.ada, channel) if one.author.is_bot]

    def pictures(self, channel: Channel | None = None) -> list[Message]:
        return [one for one in self.seen(channel) if one.pictures]

    async def generated(self) -> int:
        """How many pictures the sandbox was asked for."""
        import aiohttp

        async with aiohttp.ClientSession() as session, session.get(self.service.removesuffix("/v1") + "/_sandbox/log") as answer:
            found = await answer.json()
            return len(found["calls"])

    async def calling(self) -> None:
        """Wait until the sandbox was asked for a picture."""
        async with asyncio.timeout(20):
            while await self.generated() == 0:  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def process(folder: Path, *, run: bool = True, service: str = "", mode: Mode = "socket", **env: str) -> AsyncIterator[Process]:
    """A stand-in, a sandbox (or the one at `service`) and a running bot; afterwards no rule of Slack may have been broken."""
    async with StandIn() as slack:
        _, channel, ada = slack.studio()
        sandbox = None if service else await start(pace=Delays(latency=0.0, slow=1.5))
        address = service if sandbox is None else sandbox.base_url
        images = {"IMAGE_API_KEY": "sandbox-key-of-the-tests", "IMAGE_BASE_URL": address, "DATA_DIR": str(folder / "data")}
        quiet = {"LOG_FORMAT": "json", "LOG_LEVEL": "info"}
        settings = slack.environment(mode=mode)
        if mode == "http":
            settings["SLACK_HTTP_PORT"] = str(free_port())
            slack.through, slack.http.address = "http", f"http://127.0.0.1:{settings['SLACK_HTTP_PORT']}/slack/events"
        found = Process(slack, channel, ada, address, folder, {**settings, **images, **quiet, **env})
        try:
            if run:
                await found.start()
            yield found
        finally:
            if not found.child_ended():
                await found.kill()
            await asyncio.gather(*found._reading, return_exceptions=True)
            if sandbox is not None:
                await sandbox.stop()
        assert slack.violations == []
