"""`imagine-bot run` as a process of its own, over the stand-in Slack and the sandbox, so that it can be killed."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.platforms.process import BotProcess, surrounded
from tests.slack.stage import Mode, free_port
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Channel, Event, Message, User


@dataclass(kw_only=True)
class Process(BotProcess):
    """The bot and its surroundings."""

    standin: StandIn
    channel: Channel
    ada: User

    @property
    def slack(self) -> StandIn:
        return self.standin

    def connecting(self) -> Callable[[], bool]:
        begun = len(self.output)
        return lambda: any("Slack: " in line for line in self.output[begun:])

    async def imagine(self, prompt: str, channel: Channel | None = None) -> Event:
        return await self.slack.people.slash(self.ada, channel or self.channel, "/imagine", prompt)

    def seen(self, channel: Channel | None = None) -> list[Message]:
        """What Ada reads of the bot."""
        return [one for one in self.slack.world.seen_by(self.ada, channel) if one.author.is_bot]

    def pictures(self, channel: Channel | None = None) -> list[Message]:
        return [one for one in self.seen(channel) if one.pictures]


@contextlib.asynccontextmanager
async def process(folder: Path, *, run: bool = True, service: str = "", mode: Mode = "socket", **env: str) -> AsyncIterator[Process]:
    """A stand-in, a sandbox (or the one at `service`) and a running bot; afterwards no rule of Slack may have been broken."""
    async with StandIn() as slack:
        _, channel, ada = slack.studio()
        settings = {**slack.environment(mode=mode), **env}
        if mode == "http":
            settings["SLACK_HTTP_PORT"] = str(free_port())
            slack.through, slack.http.address = "http", f"http://127.0.0.1:{settings['SLACK_HTTP_PORT']}/slack/events"
        found = Process(standin=slack, folder=folder, env=settings, service=service, channel=channel, ada=ada)
        async with surrounded(found, run=run):
            yield found
        assert slack.violations == []
