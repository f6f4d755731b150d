"""When a call is repeated with fewer pictures, and when another part follows: the rules alone."""

from __future__ import annotations

import dataclasses

import pytest

from bot.domain.failure import Failure
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome
from bot.requests.parts import has_next, named_limit
from tests.unit.requests.ground import PICTURE
from tests.unit.requests.test_decide import NOW, failure, request

FREE = Outcome(billed=Billed.NO, status=400)


def too_many(limit: str, confidence: float = 1.0) -> Failure:
    return dataclasses.replace(failure(Kind.UNSUPPORTED_COUNT), facts={"limit": limit}, confidence=confidence)


@pytest.mark.parametrize(
    ("limit", "asked", "found"),
    [
        ("4", 10, 4),
        ("1", 10, 1),
        ("9", 10, 9),
        ("10", 10, None),
        ("11", 10, None),
        ("0", 10, None),
        ("-1", 10, None),
        ("", 10, None),
        ("four", 10, None),
        ("4.5", 10, None),
        ("٤", 10, None),
        ("²", 10, None),
        ("0000000004", 10, None),
    ],
)
def test_only_a_named_smaller_number_is_taken(limit: str, asked: int, found: int | None) -> None:
    assert named_limit(asked, FREE, too_many(limit)) == found


def test_what_was_charged_or_drawn_or_is_a_guess_is_not_asked_for_again() -> None:
    assert named_limit(10, dataclasses.replace(FREE, billed=Billed.UNKNOWN), too_many("4")) is None
    assert named_limit(10, dataclasses.replace(FREE, billed=Billed.YES), too_many("4")) is None
    assert named_limit(10, dataclasses.replace(FREE, pictures=(PICTURE,)), too_many("4")) is None
    assert named_limit(10, FREE, too_many("4", confidence=0.2)) is None
    assert named_limit(10, FREE, dataclasses.replace(failure(Kind.UNSUPPORTED_SIZE), facts={"limit": "4"})) is None
    assert named_limit(10, FREE, None) is None


def test_another_part_follows_one_that_gave_pictures_until_the_deadline() -> None:
    asked = dataclasses.replace(request(), count=10)
    last = asked.deadline_at - 1.0
    assert has_next(asked, 4, 4, None, last)
    assert has_next(asked, 4, 1, failure(Kind.SERVER_ERROR), last)
    assert not has_next(asked, 4, 4, None, asked.deadline_at)
    assert not has_next(asked, 4, 0, None, last)
    assert not has_next(asked, 4, 2, failure(Kind.SAFETY_OUTPUT), last)
    assert not has_next(asked, 10, 10, None, NOW)
    assert not has_next(dataclasses.replace(asked, settled=6), 4, 4, None, NOW)
    assert has_next(dataclasses.replace(asked, settled=5), 4, 4, None, NOW)
