"""`imagine-bot run` as a process of its own, over the stand-in Discord and the sandbox, so that it can be killed."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.discord.standin.server import StandIn
from tests.discord.standin.world import Channel, Guild, Interaction, Message, User
from tests.platforms.process import BotProcess, surrounded


@dataclass(kw_only=True)
class Process(BotProcess):
    """The bot and its surroundings."""

    standin: StandIn
    guild: Guild
    channel: Channel
    ada: User

    @property
    def discord(self) -> StandIn:
        return self.standin

    def connecting(self) -> Callable[[], bool]:
        gateway, identifies = self.discord.gateway, len(self.discord.gateway.identifies)
        return lambda: len(gateway.identifies) > identifies and gateway.connected

    async def imagine(self, prompt: str, **more: object) -> Interaction:
        return await self.discord.people.slash(self.ada, self.channel, "imagine", prompt=prompt, **more)

    async def picture(self, event: Interaction, timeout: float = 40.0) -> Message:
        """The one message that shows a picture, in the interaction's own place."""
        await self.until(lambda: event.original is not None and event.original.pictures, timeout, "a picture")
        assert event.original is not None
        return event.original

    def pictures(self) -> list[Message]:
        return [one for one in self.discord.world.messages.values() if not one.deleted and one.pictures]


@contextlib.asynccontextmanager
async def process(folder: Path, *, run: bool = True, service: str = "", **env: str) -> AsyncIterator[Process]:
    """A stand-in, a sandbox (or the one at `service`) and a running bot; afterwards no rule of Discord may have been broken."""
    async with StandIn() as discord:
        guild, channel, ada = discord.studio()
        settings = {**discord.environment(), **env}
        found = Process(standin=discord, folder=folder, env=settings, service=service, guild=guild, channel=channel, ada=ada)
        async with surrounded(found, run=run):
            yield found
        assert discord.rest.violations == []
        assert discord.rest.unfaithful == []
