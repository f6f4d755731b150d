"""`imagine-bot run` as a process of its own, over a platform's stand-in and the sandbox, so that it can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from bot.sandbox.answers import Delays
from bot.sandbox.server import start

START = "import sys; sys.argv[0] = 'imagine-bot'; from bot.cli.main import main; main()"
INHERITED = ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV")
STARTED = 60.0
"""Seconds for a start or an end: the bound of a loaded machine, not the goal."""


@dataclass(kw_only=True)
class BotProcess:
    """The bot and its surroundings."""

    standin: Any
    folder: Path
    env: dict[str, str]
    service: str = ""
    """Address of the sandbox."""
    roles: str = ""
    """Of `imagine-bot run --roles`; empty for all."""
    child: asyncio.subprocess.Process | None = None
    output: list[str] = field(default_factory=list)
    _reading: list[asyncio.Task[None]] = field(default_factory=list)

    def connecting(self) -> Callable[[], bool]:
        """Called before a start; the answer says whether the started bot is connected."""
        raise NotImplementedError

    async def start(self, *, ready: bool = True) -> None:
        connected = self.connecting()
        self.child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", START, "run", *(("--roles", self.roles) if self.roles else ())),
            cwd=self.folder,
            env={**{name: value for name, value in os.environ.items() if name in INHERITED}, **self.env},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reading.append(asyncio.create_task(self._read(self.child)))
        if ready:
            await self.standin.until(lambda: connected() or self.child_ended(), STARTED, "the bot to connect")
            assert not self.child_ended(), "\n".join(self.output)

    def child_ended(self) -> bool:
        return self.child is None or self.child.returncode is not None

    async def _read(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None
        async for line in child.stdout:
            self.output.append(line.decode(errors="replace").rstrip())
            await self.standin.world.notify()
        await child.wait()
        await self.standin.world.notify()

    async def kill(self) -> None:
        """kill -9."""
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        await self.child.wait()

    async def restart(self) -> None:
        """Dies and comes back to a platform that works again."""
        await self.kill()
        self.standin.faults.clear()
        await self.start()

    async def end(self) -> int:
        """SIGTERM; the exit code."""
        assert self.child is not None
        if self.child.returncode is None:
            self.child.terminate()
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it has ended and all it said is read; the exit code."""
        assert self.child is not None
        async with asyncio.timeout(STARTED):
            code = await self.child.wait()
            await asyncio.gather(*self._reading)
        return code

    async def until(self, found: Callable[[], object], timeout: float = 40.0, what: str = "") -> None:
        try:
            await self.standin.until(found, timeout, what)
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n" + "\n".join(self.output[-30:])) from None

    async def generated(self) -> int:
        """How many pictures the sandbox was asked for."""
        async with aiohttp.ClientSession() as session, session.get(self.service.removesuffix("/v1") + "/_sandbox/log") as answer:
            found = await answer.json()
            return len(found["calls"])

    async def calling(self) -> None:
        """Wait until the sandbox was asked for a picture."""
        async with asyncio.timeout(20):
            while await self.generated() == 0:  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.02)


P = TypeVar("P", bound=BotProcess)


@contextlib.asynccontextmanager
async def surrounded(process: P, *, run: bool) -> AsyncIterator[P]:
    """The process with a sandbox, unless it has a service already; started if asked for, and killed afterwards."""
    sandbox = None if process.service else await start(pace=Delays(latency=0.0, slow=1.5))
    process.service = process.service or (sandbox.base_url if sandbox else "")
    images = {"IMAGE_API_KEY": "sandbox-key-of-the-tests", "IMAGE_BASE_URL": process.service, "DATA_DIR": str(process.folder / "data")}
    process.env = {"LOG_FORMAT": "json", "LOG_LEVEL": "info", **images, **process.env}
    try:
        if run:
            await process.start()
        yield process
    finally:
        if not process.child_ended():
            await process.kill()
        await asyncio.gather(*process._reading, return_exceptions=True)
        if sandbox is not None:
            await sandbox.stop()
