"""A sender with one platform, on a real ledger and a clock that jumps to the next timer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot.chat.port import Message, SendResult, Sent
from bot.chat.views import Audience, View
from bot.domain.requests import Place
from bot.ledger import message_rows
from bot.ledger.store import Ledger, Wake
from bot.messages.sender import Sender
from tests.simulation.loop import SimLoop
from tests.simulation.sqlite import Hooks, inline_aiosqlite

HOME = Place("test", "home", "imagine")
SAME = 0.1
"""Seconds within which two moments count as one: the ledger takes some."""


@dataclass
class Stage:
    """One message, what shall be shown of it, and a platform that answers as told."""

    loop: SimLoop
    ledger: Ledger = field(init=False)
    view: View | None = field(default_factory=lambda: View("Waiting"))
    answers: list[SendResult | Exception | float] = field(default_factory=list)
    """What the next sends are answered with (a number: after so many seconds); then `Sent`."""
    sent: list[tuple[float, str, Message]] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    """The whole views of these sends."""
    heard: list[str] = field(default_factory=list)
    made: int = 0
    share: float = 0.5
    """Where between its bounds every random number lies."""

    def now(self) -> float:
        return 1_800_000_000.0 + self.loop.time()

    def monotonic(self) -> float:
        return self.loop.time()

    def new_id(self) -> str:
        self.made += 1
        return f"id{self.made:014d}"

    def uniform(self, low: float, high: float) -> float:
        return low + (high - low) * self.share

    async def send(self, message: Message, view: View) -> SendResult:
        self.sent.append((self.loop.time(), view.title, message))
        self.views.append(view)
        answer = self.answers.pop(0) if self.answers else Sent({"id": "m"})
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return Sent({"id": "m"})
        if isinstance(answer, Exception):
            raise answer
        return answer

    def project(self, connection: Connection, message: Message, now: float) -> View | None:
        return self.view

    async def want(self, view: View | None = None, subject: str = "request:r") -> str:
        """Show this from now on."""
        self.view = view or self.view
        await self.ledger.write(lambda tx: message_rows.want(tx, subject, Audience.CHANNEL, HOME))
        return (await self.row(subject)).message.id

    async def row(self, subject: str = "request:r") -> message_rows.Stored:
        [found] = await self.ledger.read(lambda c: message_rows.of_subject(c, subject))
        return found

    def times(self) -> list[float]:
        """Seconds between two sends."""
        at = [one[0] for one in self.sent]
        return [later - earlier for earlier, later in pairwise(at)]


def play(tmp_path: Path, scene: Callable[[Stage, Sender], Awaitable[None]]) -> None:
    loop = SimLoop(Random(1))
    asyncio.set_event_loop(loop)

    async def run() -> None:
        made = Stage(loop)
        made.ledger = ledger = await Ledger.open(tmp_path, made.now, made.new_id)
        sender = Sender(ledger, made, {"test": made}, {"request": made.project})  # type: ignore[dict-item]
        sender.on_refused = lambda message, refused: made.heard.append(f"refused {refused.why.value}")
        sender.on_arrived = lambda message: made.heard.append("arrived")
        sender.on_unanswered = lambda message, detail, tries: made.heard.append(f"doubt {detail} {tries}")

        def woken(wakes: list[Wake]) -> None:
            for one in wakes:
                sender.wake(one.id)

        ledger.on_commit = woken
        await scene(made, sender)
        await sender.stop(0)
        await ledger.close()

    try:
        with capture_logs(), inline_aiosqlite(Hooks()):
            loop.run_until_complete(run())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def soon(value: float) -> object:
    return pytest.approx(value, abs=SAME)


PROGRESS, FINAL = View("Waiting"), View("Done", final=True)
