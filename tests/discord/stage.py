"""A whole bot over the stand-in Discord: the real adapter and discord.py, the real core on SQLite, a scripted image service."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.discord import plugin
from tests.discord.standin.server import StandIn
from tests.discord.standin.world import Channel, Guild, Interaction, Message, User
from tests.platforms.stage import WITHIN, BotStage


@dataclass(kw_only=True)
class Stage(BotStage):
    """What tests play on."""

    standin: StandIn
    guild: Guild
    channel: Channel
    ada: User

    @property
    def discord(self) -> StandIn:
        return self.standin

    def member(self, name: str, rights: int = 0) -> User:
        """Somebody else in the server, with these rights by a role."""
        found, world = self.discord.world.user(name), self.discord.world
        world.join(self.guild, found, *([world.role(self.guild, "admins", rights)] if rights else []))
        return found

    async def imagine(
        self, prompt: str = "a red bicycle", user: User | None = None, channel: Channel | None = None, **more: object
    ) -> Interaction:
        """Type /imagine and wait for the placeholder."""
        event = await self.discord.people.slash(user or self.ada, channel or self.channel, "imagine", prompt=prompt, **more)
        await self.until(lambda: event.callback is not None, what="an acknowledgement")
        return event

    async def answered(self, event: Interaction, words: str = "", timeout: float = WITHIN) -> Message:
        """The message behind an interaction once it shows something final (with these words in it)."""

        def done() -> Message | None:
            message = event.original
            if message is None or message.thinking or message.deleted:
                return None
            return message if words in message.text and not _live(message) else None

        found = await self.discord.until(done, timeout, f"{words!r} in the answer")
        assert found is not None
        return found

    async def press(self, user: User, message: Message, label: str) -> Interaction:
        event = await self.discord.people.press(user, message, label)
        await self.until(lambda: event.callback is not None, what="an answer to the press")
        return event

    async def whisper(self, event: Interaction, words: str = "") -> Message:
        """What only the presser was told: a first answer or a further one."""

        def done() -> Message | None:
            candidates = [one for one in [event.original, *event.followups] if one is not None and one is not event.source]
            return next((one for one in candidates if one.ephemeral and not one.thinking and words in one.text), None)

        found = await self.discord.until(done, what=f"a whisper with {words!r}")
        assert found is not None
        return found


def _live(message: Message) -> bool:
    return "Cancel" in message.buttons


@contextlib.asynccontextmanager
async def stage(folder: Path, env: Mapping[str, str] | None = None, *, start: bool = True, **rules: object) -> AsyncIterator[Stage]:
    """A stand-in with a guild, a channel, Ada, and a started bot. Afterwards nothing that the bot sent may have broken a rule."""
    async with StandIn() as discord:
        guild, channel, ada = discord.studio()
        settings = {**discord.environment(), **(env or {})}
        found = Stage(standin=discord, plugin=plugin, folder=folder / "data", env=settings, guild=guild, channel=channel, ada=ada)
        if start:
            await found.start(**rules)
        try:
            yield found
        finally:
            await found.stop()
        assert discord.rest.violations == []
        assert discord.rest.unfaithful == []
