"""What a waiting member reads: sentences with a space between them."""

from __future__ import annotations

import re

import pytest

from bot.chat.views import Audience
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place, Request
from bot.gate.port import Estimate
from bot.messages.request_view import RequestFacts, render

NOW = 1_800_000_000.0


def waiting(reason: str, until: float | None) -> str:
    request = Request(
        id="a" * 16,
        state=RequestState.QUEUED,
        person=Person("ana", "Ana"),
        place=Place("test", "home", "imagine"),
        prompt="a red bicycle",
        fingerprint="",
        model="m",
        size="1024x1024",
        quality="medium",
        count=1,
        private=False,
        created_at=NOW,
        due_at=NOW,
        deadline_at=NOW + 840,
    )
    facts = RequestFacts(request, NOW, estimate=Estimate(2, 30.0, reason), estimate_until=until)
    return render(facts, Audience.CHANNEL).text[0]


@pytest.mark.parametrize("reason", ["paused", "rate", "concurrency", "breaker", "quota", "probing"])
def test_why_it_waits_and_how_long_are_two_sentences(reason: str) -> None:
    told = waiting(reason, NOW + 60)
    assert "It should go on in about" in told
    assert not re.search(r"\.\S", told)


def test_without_an_end_nothing_is_promised() -> None:
    assert "go on in" not in waiting("rate", None)
