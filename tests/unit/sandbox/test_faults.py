"""When a fault strikes."""

import pytest

from bot.sandbox.faults import Fault, FaultBook, markers
from bot.sandbox.server import KNOWN


def names(book: FaultBook, prompt: str, calls: int) -> list[str | None]:
    met = [book.next(prompt) for _ in range(calls)]
    return [fault.name if fault else None for fault in met]


def test_a_marker_without_a_number_strikes_always() -> None:
    assert names(FaultBook(KNOWN), "a cat sandbox:server_error please", 3) == ["server_error"] * 3


def test_a_marker_with_a_number_strikes_that_often_for_the_same_prompt() -> None:
    book = FaultBook(KNOWN)
    assert names(book, "a cat sandbox:rate_limited*2", 4) == ["rate_limited", "rate_limited", None, None]
    assert names(book, "a dog sandbox:rate_limited*2", 1) == ["rate_limited"]


def test_markers_strike_one_after_the_other() -> None:
    book = FaultBook(KNOWN)
    assert names(book, "x sandbox:rate_limited*1 sandbox:timeout*2", 4) == ["rate_limited", "timeout", "timeout", None]


@pytest.mark.parametrize(
    "prompt", ["a sandbox: full of sand", "sandbox:unheard_of", "sandbox:", "Sandbox castle", "sandbox:rate_limited*0"]
)
def test_other_words_are_no_markers(prompt: str) -> None:
    assert FaultBook(KNOWN).next(prompt) is None


def test_markers_are_read_in_any_case_and_with_a_family() -> None:
    assert markers("SANDBOX:Rate_Limited@Azure*3!", KNOWN) == [Fault("rate_limited@azure", 3)]


def test_a_rule_comes_before_a_marker_counts_down_and_can_be_for_some_prompts() -> None:
    book = FaultBook(KNOWN)
    book.add(Fault("overloaded", 1), match="cat")
    assert names(book, "a dog", 1) == [None]
    assert names(book, "a cat sandbox:timeout", 2) == ["overloaded", "timeout"]
    book.add(Fault("server_error", None))
    assert names(book, "anything", 2) == ["server_error"] * 2
    assert book.active() == [{"kind": "server_error", "match": "", "left": None}]
    book.clear()
    assert names(book, "anything", 1) == [None]


def test_counting_forgets_the_oldest_prompts_only() -> None:
    book = FaultBook(KNOWN)
    assert names(book, "first sandbox:timeout*1", 2) == ["timeout", None]
    for number in range(10_000):
        book.next(f"{number} sandbox:timeout*1")
    assert names(book, "9999 sandbox:timeout*1", 1) == [None]
    assert names(book, "first sandbox:timeout*1", 1) == ["timeout"]
