"""Failures in words that no rule quotes: own wordings in ten languages and messages of providers, labelled before they were tried.

`worded.jsonl` holds them; floors instead of one test each, because a careful reader would doubt some of them, too. The figures by set
are those of `python -m bench.failures`.
"""

from __future__ import annotations

from bench.failures import Score, false_alarms, worded


def all_of_them() -> Score:
    total = Score()
    for score in worded().values():
        total.sum(score)
    return total


def test_nearly_every_wording_is_recognised() -> None:
    total = all_of_them()
    assert total.records > 1300
    assert total.kind / total.records >= 0.98


def test_nothing_that_must_not_be_sent_again_is_sent_again() -> None:
    total = all_of_them()
    assert total.wrong_retries <= 2
    assert total.retry / total.records >= 0.995


def test_hardly_a_block_is_missed_and_nobody_is_accused_of_one() -> None:
    total = all_of_them()
    assert total.safety_missed <= 2
    assert total.false_safety == 0


def test_a_sentence_that_only_sounds_like_a_verdict_is_none() -> None:
    alarms, sentences = false_alarms()
    assert sentences > 600
    assert alarms == 0
