"""What a result says about being published, for each reader and state of its review."""

from __future__ import annotations

from itertools import product

import pytest

from bot.chat.views import Audience
from bot.domain.case_states import CaseState
from bot.messages.published_lines import Review, published_lines
from bot.texts import text
from bot.texts.phrases import moment
from tests.unit.messages.views import NOW, request

ANSWERED = NOW + 120
C = CaseState


def said(audience: Audience, state: CaseState | None = None, by: str = "Mia", **values: object) -> list[str]:
    review = None if state is None else Review(7, state, by)
    return published_lines(request(answered_at=ANSWERED, **values), review, audience)


def test_readers_of_a_published_result_see_who_asked_who_looked_and_when() -> None:
    shown = {"person": "Ana", "model": "m", "at": moment(ANSWERED)}
    alone = [text("review.published", **shown)]
    assert said(Audience.CHANNEL, private=True, published=True) == alone
    assert said(Audience.CHANNEL, C.CLOSED_PUBLISHED, private=True, published=True) == [text("review.published_by", by="Mia", **shown)]
    assert said(Audience.CHANNEL, C.CLOSED_PUBLISHED, by="", private=True, published=True) == alone
    assert said(Audience.CHANNEL, C.CLOSED_EXPIRED, private=True, published=True) == alone


def test_without_a_time_of_its_own_the_command_s_counts() -> None:
    [line] = published_lines(request(private=True, published=True), None, Audience.CHANNEL)
    assert moment(NOW) in line


@pytest.mark.parametrize(("private", "published"), [one for one in product((False, True), repeat=2) if not all(one)])
def test_readers_see_nothing_of_it_unless_a_private_result_was_published(private: bool, published: bool) -> None:
    assert said(Audience.CHANNEL, C.CLOSED_PUBLISHED, private=private, published=published) == []


@pytest.mark.parametrize(
    ("state", "key"),
    [
        (C.OPEN, "waits"),
        (C.CLAIMED, "waits"),
        (C.CLOSED_DENIED, "returned"),
        (C.CLOSED_EXPIRED, "expired"),
    ],
)
def test_the_member_reads_how_the_review_goes(state: CaseState, key: str) -> None:
    assert said(Audience.MEMBER, state, private=True) == [text(f"review.{key}", number=7)]


def test_the_member_reads_nothing_without_a_review_or_after_it_was_published() -> None:
    assert said(Audience.MEMBER, private=True) == []
    assert said(Audience.MEMBER, C.CLOSED_PUBLISHED, private=True, published=True) == []
    assert said(Audience.MODERATORS, C.OPEN, private=True) == []
