"""Many requests at once over a stand-in Slack that enforces its rates: `python -m tests.slack.load [requests] [channels] [seconds]`.

Prints how long everybody waited for their one final answer, and how often Slack had to refuse a call. `seconds` is what the image service
takes for a picture. Not a test: it takes minutes.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import structlog

from adapters.slack import plugin
from bot.domain.outcome import Outcome
from bot.providers.port import Call, OnPartial
from tests.platforms.stage import Store, png
from tests.slack.stage import Stage
from tests.slack.standin.server import StandIn
from tests.world import PICTURE, Service


class Slow(Service):
    """Takes its time for every picture, as image services do."""

    seconds: float = 0.0

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        await asyncio.sleep(self.seconds)
        return await super().call(call, on_partial)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the crowd."""

    slack: StandIn
    acks: list[float]
    waits: list[float]
    """Seconds until each answer, sorted."""

    @property
    def finals(self) -> list[int]:
        """How many final answers each request has in the channels."""
        shown = [one for one in self.slack.world.messages if one.author.is_bot and not one.deleted and one.pictures]
        return [sum(f"number {number}x" in one.text for one in shown) for number in range(len(self.acks))]

    @property
    def refused(self) -> Counter[str]:
        """Calls that Slack refused for their rate."""
        return Counter(one.method for one in self.slack.api.calls if one.status == 429)

    def __str__(self) -> str:
        calls = Counter(one.method for one in self.slack.api.calls)
        return "\n".join(
            (
                f"{len(self.acks)} requests; one final answer each: {set(self.finals) == {1}}; slowest ack {max(self.acks):.2f} s",
                f"seconds to the answer: first {self.waits[0]:.1f}, median {median(self.waits):.1f}, last {self.waits[-1]:.1f}",
                f"calls refused for their rate: {sum(self.refused.values())} {dict(self.refused)}",
                f"calls: {dict(calls)}",
                f"rules broken: {self.slack.violations[:3]}",
            )
        )


async def run(requests: int, channels: int, seconds: float) -> Result:
    async with StandIn(rates=True) as slack:
        slack.world.processing_seconds = 1.0
        people = [slack.world.user(f"P{number}", slack.workspace) for number in range(requests)]
        rooms = [slack.world.channel(slack.workspace, f"room{number}", *people) for number in range(channels)]
        service, store = Slow(), Store()
        service.seconds = seconds
        store.content[PICTURE.sha256] = png((256, 256), noise=True)
        with tempfile.TemporaryDirectory() as folder:
            on = Stage(
                standin=slack,
                plugin=plugin,
                folder=Path(folder) / "data",
                env=slack.environment(),
                service=service,
                store=store,
                workspace=slack.workspace,
                channel=rooms[0],
                ada=people[0],
                mode="socket",
            )
            await on.start()
            began = time.monotonic()
            shown: dict[str, float] = {}
            asked = (
                slack.people.slash(one, rooms[number % channels], "/imagine", f"a bicycle, number {number}x")
                for number, one in enumerate(people)
            )
            events = await asyncio.gather(*asked)
            watch = asyncio.create_task(watching(slack, shown))
            try:
                await slack.until(lambda: len(shown) >= requests, 420.0, "every answer")
            finally:
                watch.cancel()
            await on.settled()
            await on.stop()
            acks = [one.acked_at - one.sent_at for one in events if one.acked_at is not None]
            return Result(slack, acks, sorted(at - began for at in shown.values()))


async def watching(slack: StandIn, shown: dict[str, float]) -> None:
    """When each message got its pictures."""
    async with slack.world.changed:
        while True:
            for one in slack.world.messages:
                if one.author.is_bot and one.pictures and not one.deleted:
                    shown.setdefault(one.ts, time.monotonic())
            await slack.world.changed.wait()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    requests, channels, seconds = [*sys.argv[1:], *("60", "1", "3")[len(sys.argv) - 1 :]]
    print(asyncio.run(run(int(requests), int(channels), float(seconds))))
