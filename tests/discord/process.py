"""`imagine-bot run` as a process of its own, over the stand-in Discord and the sandbox, so that it can be killed."""

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
from tests.discord.standin.server import StandIn
from tests.discord.standin.world import Channel, Guild, Interaction, Message, User

START = "import sys; sys.argv[0] = 'imagine-bot'; from bot.cli.main import main; main()"


@dataclass
class Process:
    """The bot and its surroundings."""

    discord: StandIn
    guild: Guild
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
        self.child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", START, "run"),
            cwd=self.folder,
            env={**clean, **self.env},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        identifies = len(self.discord.gateway.identifies)
        self._reading.append(asyncio.create_task(self._read(self.child)))
        if ready:
            gateway = self.discord.gateway
            await self.discord.until(
                lambda: (len(gateway.identifies) > identifies and gateway.connected) or self.child_ended(), 30, "the bot to connect"
            )
            assert not self.child_ended(), "\n".join(self.output)

    def child_ended(self) -> bool:
        return self.child is None or self.child.returncode is not None

    async def _read(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None
        async for line in child.stdout:
            self.output.append(line.decode(errors="replace").rstrip())
        await child.wait()
        await self.discord.world.notify()

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
            await self.discord.until(found, timeout, what)
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n" + "\n".join(self.output[-30:])) from None

    async def imagine(self, prompt: str, **more: object) -> Interaction:
        return await self.discord.people.slash(self.ada, self.channel, "imagine", prompt=prompt, **more)

    async def picture(self, event: Interaction, timeout: float = 20.0) -> Message:
        """The one message that shows a picture, in the interaction's own place."""
        await self.until(lambda: event.original is not None and event.original.pictures, timeout, "a picture")
        assert event.original is not None
        return event.original

    def pictures(self) -> list[Message]:
        return [one for one in self.discord.world.messages.values() if not one.deleted and one.pictures]

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
async def process(folder: Path, *, run: bool = True, service: str = "", **env: str) -> AsyncIterator[Process]:
    """A stand-in, a sandbox (or the one at `service`) and a running bot; afterwards no rule of Discord may have been broken."""
    async with StandIn() as discord:
        guild, channel, ada = discord.studio()
        sandbox = None if service else await start(pace=Delays(latency=0.0, slow=1.5))
        address = service if sandbox is None else sandbox.base_url
        images = {"IMAGE_API_KEY": "sandbox-key-of-the-tests", "IMAGE_BASE_URL": address, "DATA_DIR": str(folder / "data")}
        quiet = {"LOG_FORMAT": "json", "LOG_LEVEL": "info"}
        found = Process(discord, guild, channel, ada, address, folder, {**discord.environment(), **images, **quiet, **env})
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
        assert discord.rest.violations == []
        assert discord.rest.unfaithful == []
