"""No answer, at any time, leads to a state in which a healthy provider is not used again."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from bot.gate.beside import Beside
from bot.gate.breaker import Breaker
from bot.gate.concurrency import ConcurrencyLimit
from bot.gate.credit import Credit
from tests.unit.gate.chaos import Sequence, play_all


def test_two_thousand_random_histories_lead_back_to_a_healthy_provider() -> None:
    assert play_all(range(2000)) == []


@pytest.mark.parametrize(
    ("part", "name", "defect"),
    [
        (Breaker, "plan", lambda self, now, hint, uniform: setattr(self, "probe_at", math.inf)),
        (Credit, "exhaust", lambda self, now, probe: (setattr(self, "since", now), setattr(self, "probe_at", math.inf))),
        (Beside, "wait", lambda self, now, limits: math.inf),
        (ConcurrencyLimit, "room", lambda self, running, bound: self.cap is None),
    ],
)
def test_a_gate_that_forgets_a_way_back_is_found(
    monkeypatch: pytest.MonkeyPatch, part: type, name: str, defect: Callable[..., object]
) -> None:
    monkeypatch.setattr(part, name, defect)
    assert any("DeadEnd" in line for line in play_all(range(300)))


def test_the_same_seed_plays_the_same_history() -> None:
    first, second = Sequence(7), Sequence(7)
    first.play()
    second.play()
    assert first.served == second.served
