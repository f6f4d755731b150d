"""What a waiting member reads: sentences with a space between them."""

from __future__ import annotations

import re

import pytest

from bot.chat.views import Audience
from bot.domain.request_states import RequestState
from bot.gate.port import Estimate
from bot.messages.request_facts import RequestFacts
from bot.messages.request_view import render
from tests.unit.messages.views import NOW, request


def waiting(reason: str, until: float | None) -> str:
    facts = RequestFacts(request(RequestState.QUEUED), NOW, estimate=Estimate(2, 30.0, reason), estimate_until=until)
    return render(facts, Audience.CHANNEL).text[0]


@pytest.mark.parametrize("reason", ["paused", "rate", "concurrency", "breaker", "quota", "probing", "restoring"])
def test_why_it_waits_and_how_long_are_two_sentences(reason: str) -> None:
    told = waiting(reason, NOW + 60)
    assert "It should continue in about" in told
    assert not re.search(r"\.\S", told)


def test_without_an_end_nothing_is_promised() -> None:
    assert "continue in" not in waiting("rate", None)
