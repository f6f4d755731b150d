"""A whole bot over the stand-in Slack: the real adapter, slack_bolt and slack_sdk, the real core on SQLite, a scripted image service."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from adapters.slack import plugin
from bot.ledger import message_rows
from tests.platforms.stage import WITHIN, BotStage
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Channel, Event, Message, User, View, Workspace

Mode = Literal["socket", "http"]
MODES: tuple[Mode, ...] = ("socket", "http")


@dataclass(kw_only=True)
class Stage(BotStage):
    """What tests play on."""

    standin: StandIn
    workspace: Workspace
    channel: Channel
    ada: User
    mode: Mode

    @property
    def slack(self) -> StandIn:
        return self.standin

    def connected(self) -> None:
        if self.mode == "http":
            self.slack.through = "http"
            self.slack.http.address = f"http://127.0.0.1:{self.env['SLACK_HTTP_PORT']}/slack/events"

    # ---- what people do ------------------------------------------------------------------------------------------------------

    async def imagine(self, prompt: str = "a red bicycle", user: User | None = None, channel: Channel | None = None) -> Event:
        """Type /imagine and wait for the acknowledgement."""
        event = await self.slack.people.slash(user or self.ada, channel or self.channel, "/imagine", prompt)
        await self.until(lambda: event.acked or event.refused is not None, what="an acknowledgement")
        return event

    async def press(self, user: User, message: Message, label: str) -> Event:
        event = await self.slack.people.press(user, message, label)
        await self.until(lambda: event.acked or event.refused is not None, what="an answer to the press")
        return event

    async def form(self, event: Event) -> View:
        """The form that an event opens, once it's open."""
        await self.until(lambda: event.opened is not None and event.opened.body.get("submit"), what="a form")
        assert event.opened is not None
        return event.opened

    # ---- what people see -----------------------------------------------------------------------------------------------------

    def messages(self, channel: Channel | None = None, user: User | None = None, words: str = "") -> list[Message]:
        """What a person (Ada, unless named) reads in a channel, oldest first."""
        seen = self.slack.world.seen_by(user or self.ada, channel)
        return [one for one in seen if one.author.is_bot and words in one.text]

    async def message(self, words: str, channel: Channel | None = None, user: User | None = None, timeout: float = WITHIN) -> Message:
        """The newest message with these words."""
        await self.until(lambda: self.messages(channel, user, words), timeout, f"{words!r} in a message")
        return self.messages(channel, user, words)[-1]

    async def picture(self, channel: Channel | None = None, user: User | None = None, timeout: float = WITHIN) -> Message:
        """The newest message with a picture."""

        def found() -> list[Message]:
            return [one for one in self.messages(channel or self.channel, user) if one.pictures]

        await self.until(found, timeout, "a picture")
        return found()[-1]

    async def whisper(self, user: User, words: str = "") -> Message:
        """What only this person was told."""

        def found() -> list[Message]:
            return [one for one in self.messages(None, user, words) if one.only_for == user.id]

        await self.until(found, what=f"a whisper with {words!r}")
        return found()[-1]

    async def settled(self) -> None:
        """Wait until the ledger knows that everything is shown."""
        assert self.bot is not None
        async with asyncio.timeout(30):
            while await self.bot.ledger.read(message_rows.unsettled):  # noqa: ASYNC110 - the ledger tells nobody
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def stage(
    folder: Path, env: Mapping[str, str] | None = None, *, mode: Mode = "socket", start: bool = True, **rules: object
) -> AsyncIterator[Stage]:
    """A stand-in with a workspace, a channel, Ada, and a started bot. Afterwards nothing that the bot sent may have broken a rule."""
    async with StandIn() as slack:
        workspace, channel, ada = slack.studio()
        settings = {**slack.environment(mode=mode), **(env or {})}
        if mode == "http":
            settings.setdefault("SLACK_HTTP_PORT", str(free_port()))
        found = Stage(
            standin=slack, plugin=plugin, folder=folder / "data", env=settings, workspace=workspace, channel=channel, ada=ada, mode=mode
        )
        if start:
            await found.start(**rules)
        try:
            yield found
        finally:
            await found.stop()
        assert slack.violations == []


def free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
