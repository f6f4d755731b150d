"""Cheap looks before the searches find nothing else than the searches would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.classifier.records import PUBLIC, load
from bot.failures import frames, stated, waits
from bot.failures.plain import Sentence, plain
from bot.failures.plain import _index as index
from bot.failures.rules import tables
from bot.failures.signals import read

RECORDS = load(PUBLIC[:4])
TEXTS = [text for record in RECORDS for text in (record.evidence.exception, read(record.evidence).words) if text]
CODES = sorted({code for rule in tables().rules for code in rule.codes})


@given(st.sampled_from([0, 200, 400, 401, 429, 500]), st.sets(st.sampled_from(CODES), max_size=4))
def test_rules_found_by_code_are_those_that_a_look_at_each_finds(status: int, tokens: set[str]) -> None:
    everyone = [
        rule
        for rule in tables().rules
        if (not rule.statuses or status in rule.statuses) and (not rule.codes or not rule.codes.isdisjoint(tokens))
    ]
    assert list(tables().of_status(status, tokens)) == everyone


def test_stems_found_by_their_beginning_are_those_that_occur() -> None:
    for text in TEXTS[:120]:
        sentence = plain(text[:800].lower())
        assert Sentence(sentence).stems() == {stem for stem in index.all if stem in sentence}


def test_a_text_with_a_frame_is_seen_at_one_look() -> None:
    known = frames._patterns()
    for text in TEXTS:
        first = known.any_head.match(text)
        found = [at for at, head in enumerate(known.heads) if head.match(text)]
        assert (known.places[first.lastindex - 1] if first and first.lastindex else None) == (found[0] if found else None)
        lowered = text.lower()
        assert all(any(word in lowered for word in words) for words, end in known.ends if end.search(text))


def test_waits_and_statuses_are_looked_for_wherever_they_can_be() -> None:
    known = waits._patterns()
    for text in TEXTS:
        assert known.near.search(text) or not known.part.search(text)
        assert stated._NUMBER.search(text) or not (stated._INNER.search(text) or stated._LEADING.search(text))
