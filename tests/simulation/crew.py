"""Moderators of the simulated community, and the platform's answers about them: the truth, none, or too late."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from tests.simulation.loop import SimLoop
from tests.simulation.records import COMMUNITY

MODERATING = ("moderator1", "moderator2", "moderator3")
OPERATOR = "operator1"
"""The community's administrator."""
ASKED_FOR: contextvars.ContextVar[str] = contextvars.ContextVar("asked_for", default="")
"""The press (or command) on whose behalf the process asks."""
FAMILIES = {"check_raises": 2, "check_hangs": 1, "check_is_odd": 1}


class World(Protocol):
    """The part of the world that the crew needs."""

    loop: SimLoop

    def fault(self, key: str, families: dict[str, int], share: float) -> tuple[str | None, Random]: ...


@dataclass(frozen=True, slots=True)
class Vouched:
    """The platform confirmed somebody as a moderator."""

    who: str
    at: float
    key: str
    """The press it was asked for."""


@dataclass(slots=True)
class Crew:
    """Implements bot.chat.port.ModeratorCheck and ModeratorRoll; survives the process, as a platform does."""

    world: World
    absences: list[tuple[str, float, float]]
    share: float
    vouched: list[Vouched] = field(default_factory=list)
    """Every confirmation given."""
    rolls: list[tuple[float, str, frozenset[str]]] = field(default_factory=list)
    """Every list of moderators given: when, and for which press."""
    _asked: int = 0

    def present(self) -> frozenset[str]:
        """Current moderators."""
        now = self.world.loop.time()
        away = {who for who, start, end in self.absences if start <= now < end}
        return frozenset(MODERATING) - away

    async def is_moderator(self, person: str, community: str) -> bool:
        return await self._answer(person, lambda: person in self.present() and community == COMMUNITY)

    async def is_administrator(self, person: str, community: str) -> bool:
        return await self._answer(person, lambda: person == OPERATOR and community == COMMUNITY)

    async def list_moderators(self, community: str) -> frozenset[str] | None:
        fault, r = self._fault()
        await asyncio.sleep(r.uniform(0.02, 0.3))
        if fault is not None:
            return None
        roll = self.present() | {OPERATOR}
        self.rolls.append((self.world.loop.time(), ASKED_FOR.get(), roll))
        return roll

    async def _answer(self, person: str, truth: Callable[[], bool]) -> bool:
        fault, r = self._fault()
        await asyncio.sleep(60.0 if fault == "check_hangs" else r.uniform(0.02, 0.3))
        if fault == "check_raises":
            raise ConnectionError("the platform is away")
        if fault == "check_is_odd":
            return "yes"  # type: ignore[return-value]  # a platform library that ignores its own types
        if truth():
            self.vouched.append(Vouched(person, self.world.loop.time(), ASKED_FOR.get()))
            return True
        return False

    def _fault(self) -> tuple[str | None, Random]:
        self._asked += 1
        return self.world.fault(f"crew:{self._asked}", FAMILIES, self.share)

    def vouches(self, person: str, key: str, since: float) -> bool:
        """Whether the platform, asked for this press, confirmed somebody."""
        return any((one.who, one.key) == (person, key) and one.at >= since for one in self.vouched)

    def rolls_for(self, key: str, since: float) -> list[frozenset[str]]:
        """The lists of moderators given for this press."""
        return [roll for at, asked_for, roll in self.rolls if asked_for == key and at >= since]
