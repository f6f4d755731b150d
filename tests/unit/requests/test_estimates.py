"""Forecasts of what waits are computed for all at once, seldom, and sooner if the queue has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from bot.domain.requests import Lane
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Estimate, Waiting
from bot.gate.settings import GateSettings
from bot.ports import SystemPorts
from bot.requests.estimates import AGE, AGE_LEAST, Estimates
from bot.requests.services import DEFAULT, ImageService, ImageServices
from tests.world import Service


@dataclass
class Clock(SystemPorts):
    """Times that a test moves."""

    at: float = 0.0
    wall: float = 1_800_000_000.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> float:
        return self.wall


def service(name: str) -> ImageService:
    return ImageService(name, Service(), AdaptiveGate(GateSettings(), lambda low, high: low))


def queue(*ids: str) -> Sequence[Waiting]:
    return [Waiting(one, "ana", "home", Lane.INTERACTIVE, float(number)) for number, one in enumerate(ids)]


SERVICES = ImageServices([service(DEFAULT), service("fallback"), service("idle")])


def position(found: Estimates, request_id: str) -> int | None:
    estimate = found.of(request_id)
    return None if estimate is None else estimate.position


@pytest.mark.parametrize(("changed", "age"), [(False, AGE), (True, AGE_LEAST)])
def test_forecasts_are_computed_again_once_they_are_too_old(changed: bool, age: float) -> None:
    clock = Clock()
    found = Estimates(clock)
    assert position(found, "a") is None
    found.update(SERVICES, {DEFAULT: queue("a", "b")})
    assert [position(found, one) for one in "ab"] == [1, 2]
    clock.at, found.queue_changed = age, changed
    found.update(SERVICES, {DEFAULT: queue("b")})
    assert [position(found, one) for one in "ab"] == [1, 2], "they may be this old"
    clock.at = age + 0.01
    found.update(SERVICES, {DEFAULT: queue("b")})
    assert [position(found, one) for one in "ab"] == [None, 1]
    assert not found.queue_changed
    clock.at += age
    found.update(SERVICES, {DEFAULT: queue("a", "b")})
    assert position(found, "a") is None, "their age counts from the latest ones"


def test_each_service_has_its_own_queue() -> None:
    found = Estimates(Clock())
    found.update(SERVICES, {DEFAULT: queue("a", "b"), "fallback": queue("c")})
    assert [position(found, one) for one in "abc"] == [1, 2, 1]


@pytest.mark.parametrize(("until", "wall"), [(None, None), (107.5, 1_800_000_007.5), (100.0, 1_800_000_000.0), (90.0, 1_800_000_000.0)])
def test_when_a_wait_ends_as_people_read_it(until: float | None, wall: float | None) -> None:
    assert Estimates(Clock(at=100.0)).until_wall(Estimate(1, None, "paused", until)) == wall
