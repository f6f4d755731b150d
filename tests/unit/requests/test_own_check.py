"""A service's model list is whatever its host says: reading it never holds up the bot, and only names that could be typed are shown."""

from __future__ import annotations

import time

import pytest

from bot.domain.own_services import OwnService
from bot.requests.own_check import COMPARED, ENTRIES, LONGEST, CheckRate, _read, similar_names

OWN = OwnService("", "gateway", "https://art.example/v1", ("gpt-image-2",), "", "", 0.0)


def test_a_long_list_of_long_names_is_compared_in_part() -> None:
    assert similar_names("gpt-image-9", ["gpt-image-2", "dall-e-3", "other"]) == ["gpt-image-2"]
    assert similar_names("zzz", ["b-image", "a-image", "text"]) == ["a-image", "b-image"]
    begun = time.process_time()
    assert similar_names("mx" * 50, (f"{number:06}" + "mx" * 47 for number in range(200_000)))
    assert time.process_time() - begun < 3.0
    late = [f"x{number}" for number in range(COMPARED)] + ["gpt-image-2"]
    assert similar_names("gpt-image-9", late) == []


def test_names_that_nobody_could_type_are_not_shown() -> None:
    assert (
        similar_names("gpt-image-9", ["gpt-image-" + "9" * 100, "@everyone gpt-image-9", "gpt-image-9\n", "[gpt-image-9](https://x)"]) == []
    )


def test_a_community_has_one_check_at_a_time_and_a_few_a_minute() -> None:
    rate = CheckRate(most=3, every=60.0)
    with rate.turn("a", 0.0) as first, rate.turn("a", 0.0) as second, rate.turn("b", 0.0) as other:
        assert (first, second, other) == (True, False, True)
    for at, may in ((1.0, True), (2.0, True), (3.0, False), (59.0, False), (60.5, True)):
        with rate.turn("a", at) as allowed:
            assert allowed is may
    for name in range(1000):
        with rate.turn(str(name), 500.0):
            pass
    with rate.turn("a", 600.0):
        assert len(rate._begun) == 1, "nothing is kept of those who ask no more"


def test_a_list_that_takes_long_to_read_is_not_read() -> None:
    begun = time.process_time()
    for filling in (b"[],", b"{},", b'{"id":"a"},'):
        body = b'{"data":[' + filling * (LONGEST // len(filling)) + b"[]]}"
        assert _read(200, body, OWN).problem == "not_api"
    assert time.process_time() - begun < 0.1
    many = b'{"data":[' + b'{"id":"other"},' * 15_000 + b'{"id":"gpt-image-2"}]}'
    assert (_read(200, many, OWN).problem, _read(200, many, OWN).proven) == ("", True)


@pytest.mark.parametrize(
    ("status", "body", "problem", "proven"),
    [
        (200, b'{"data":[{"id":"gpt-image-2"},{"id":"other"}]}', "", True),
        (200, b'{"data":[]}', "", True),
        (200, b'{"data":[{"id":"gpt-image-1"}]}', "model_near", False),
        (200, b'{"data":[{"id":"zzz"}]}', "model", False),
        (200, b"<html></html>", "not_api", False),
        (201, b'{"data":[{"id":"gpt-image-2"}]}', "not_api", False),
        (302, b'{"data":[{"id":"gpt-image-2"}]}', "not_api", False),
        (401, b"{}", "key", False),
        (403, b"{}", "key", False),
        (403, b'{"error":{"message":"Missing scopes: api.model.read"}}', "", True),
        (404, b"{}", "", False),
        (405, b"{}", "", False),
        (501, b"{}", "", False),
        (400, b"{}", "not_api", False),
        (429, b"{}", "busy", False),
        (430, b"{}", "not_api", False),
        (499, b"{}", "not_api", False),
        (500, b"{}", "busy", False),
        (503, b"{}", "busy", False),
    ],
)
def test_what_an_answer_says_about_a_key(status: int, body: bytes, problem: str, proven: bool) -> None:
    found = _read(status, body, OWN)
    assert (found.problem, found.proven) == (problem, proven)
    assert (found.facts["host"], found.facts["status"]) == ("art.example", str(status))


def test_the_missing_model_is_named_and_up_to_three_that_may_have_been_meant() -> None:
    ids = ["gpt-image-1", "gpt-image-1.5", "gpt-image-3", "gpt-image-4", "zzz"]
    body = '{"data":[' + ",".join(f'{{"id":"{one}"}}' for one in ids) + "]}"
    facts = _read(200, body.encode(), OWN).facts
    assert facts["model"] == "gpt-image-2"
    assert len(facts["near"]) == 3  # type: ignore[arg-type]
    assert set(facts["near"]) < set(ids[:4])  # type: ignore[call-overload]
    assert similar_names("zzz", [f"{name}-image" for name in "edcba"]) == ["a-image", "b-image", "c-image"]


@pytest.mark.parametrize(("entries", "problem"), [(ENTRIES, ""), (ENTRIES + 1, "not_api")])
def test_a_list_may_have_this_many_entries_and_no_more(entries: int, problem: str) -> None:
    one = b'{"id":"gpt-image-2"}'
    body = b'{"data":[' + b",".join([one] * (entries - 2)) + b"]}"
    assert body.count(b"[") + body.count(b"{") == entries
    assert _read(200, body, OWN).problem == problem
