"""Where little is known, nothing is sent again that may have been paid for or blocked."""

import pytest

from bot.domain.failure import Evidence, Phase
from bot.domain.kinds import RATE_ANSWERS, SAFETY_REVIEWABLE, Action, Kind
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
    shares = dict.fromkeys(Kind, 0.02) | {Kind.OVERLOADED: 0.06}
    monkeypatch.setattr(reader, "score", lambda text, **context: shares)
    failure = classify(said("a photograph of a busy market", status))
    assert failure.kind in RATE_ANSWERS
    assert (failure.action is Action.GENERATE) == repeats
