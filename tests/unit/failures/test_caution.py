"""Where little is known, nothing is sent again that may have been paid for or blocked."""

import pytest

from bot.domain.failure import Evidence, Phase
from bot.domain.kinds import NO_CREDIT, NOT_STARTED, SAFETY_REVIEWABLE, Action, Kind
from bot.failures import reader
from bot.failures.classify import classify


def said(words: str, status: int, phase: Phase = Phase.AFTER_SEND) -> Evidence:
    return Evidence(api="images.generations", status=status, body={"error": {"message": words}}, phase=phase)


def test_a_verdict_that_the_reader_takes_for_ordinary_words_accuses_nobody_and_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    words = said("Your prompt was blocked because it violates our content policy.", 500)
    assert classify(words).kind in SAFETY_REVIEWABLE
    shares = dict.fromkeys(Kind, 0.0001) | {Kind.SERVER_ERROR: 0.1}
    monkeypatch.setattr(reader, "score", lambda text, **context: shares)
    failure = classify(words)
    assert failure.kind not in SAFETY_REVIEWABLE
    assert failure.action is Action.NONE


@pytest.mark.parametrize(("status", "repeats"), [(500, False), (502, False), (503, True), (529, True), (429, True)])
def test_a_guessed_full_queue_is_repeated_only_where_the_status_turns_away(
    monkeypatch: pytest.MonkeyPatch, status: int, *, repeats: bool
) -> None:
    shares = dict.fromkeys(Kind, 0.022) | dict.fromkeys(NO_CREDIT, 0.005) | {Kind.OVERLOADED: 0.066}  # hardly any ordinary text
    monkeypatch.setattr(reader, "score", lambda text, **context: shares)
    failure = classify(said("a photograph of a busy market", status))
    assert failure.kind in NOT_STARTED
    assert (failure.action is Action.GENERATE) == repeats


@pytest.mark.parametrize(("money", "repeats"), [(0.02, True), (0.5, False)])
def test_what_was_turned_away_is_not_sent_again_where_the_allowance_may_be_used_up(
    monkeypatch: pytest.MonkeyPatch, money: float, *, repeats: bool
) -> None:
    """A limit in words that no table knows: waiting a minute helps against a rate, not against an empty account."""
    shares = dict.fromkeys(Kind, 0.0005) | {Kind.RATE_LIMITED: 0.95 - money, Kind.QUOTA_EXHAUSTED: money}
    monkeypatch.setattr(reader, "score", lambda text, **context: shares)
    failure = classify(said("zzyzx qwrt blorp", 429))
    assert failure.kind is Kind.RATE_LIMITED
    assert (failure.action is Action.GENERATE) == repeats
