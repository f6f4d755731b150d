"""Many requests at once over a stand-in Slack that enforces its rates: `python -m tests.slack.load [requests] [channels] [seconds]`.

Prints how long everybody waited for their one final answer, and how often Slack had to refuse a call. `seconds` is what the image service
takes for a picture. Not a test: it takes minutes.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import structlog

from bot.domain.outcome import Outcome
from bot.providers.port import Call, OnPartial
from tests.slack.stage import Stage, Store, png
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Message
from tests.unit.core.world import PICTURE, Service


class Slow(Service):
    """Takes its time for every picture, as image services do."""

    seconds: float = 0.0

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        await asyncio.sleep(self.seconds)
        return await super().call(call, on_partial)


async def run(requests: int, channels: int, seconds: float) -> None:
    async with StandIn(rates=True) as slack:
        slack.world.processing_seconds = 1.0
        people = [slack.world.user(f"P{number}", slack.workspace) for number in range(requests)]
        rooms = [slack.world.channel(slack.workspace, f"room{number}", *people) for number in range(channels)]
        service, store = Slow(), Store()
        service.seconds = seconds
        store.content[PICTURE.sha256] = png((256, 256), noise=True)
        with tempfile.TemporaryDirectory() as folder:
            on = Stage(slack, slack.workspace, rooms[0], people[0], service, store, Path(folder) / "data", slack.environment(), "socket")
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
            await asyncio.sleep(8.0)
            await on.settled()
            report(slack, shown, began, [one.acked_at - one.sent_at for one in events if one.acked_at is not None])
            await on.stop()


async def watching(slack: StandIn, shown: dict[str, float]) -> None:
    """When each message got its pictures."""
    async with slack.world.changed:
        while True:
            for one in slack.world.messages:
                if one.author.is_bot and one.pictures and not one.deleted:
                    shown.setdefault(one.ts, time.monotonic())
            await slack.world.changed.wait()


def report(slack: StandIn, shown: dict[str, float], began: float, acks: list[float]) -> None:
    messages: list[Message] = [one for one in slack.world.messages if one.author.is_bot and not one.ephemeral and not one.deleted]
    finals = [sum(bool(one.pictures) and f"number {number}x" in one.text for one in messages) for number in range(len(acks))]
    waits = sorted(at - began for at in shown.values())
    calls = Counter(one.method for one in slack.api.calls)
    refused = Counter(one.method for one in slack.api.calls if one.status == 429)
    print(f"{len(acks)} requests; one final answer each: {set(finals) == {1}}; {len(messages)} messages; slowest ack {max(acks):.2f} s")
    print(f"seconds to the answer: first {waits[0]:.1f}, median {statistics.median(waits):.1f}, last {waits[-1]:.1f}")
    print(f"calls refused for their rate: {sum(refused.values())} {dict(refused)}")
    print(f"calls: {dict(calls)}")
    print(f"rules broken: {slack.violations[:3]}")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    requests, channels, seconds = [*sys.argv[1:], *("60", "1", "3")[len(sys.argv) - 1 :]]
    asyncio.run(run(int(requests), int(channels), float(seconds)))
