"""Words from right to left, and marks that turn the direction, stay within themselves in every sentence of ours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prompts.normalise import normalise
from bot.texts import joined, keys, say, text
from bot.texts.direction import FSI, PDI, balanced, bare, isolate
from bot.texts.files import catalogue
from bot.texts.phrases import money
from tests.languages import Changed, speak

HOSTILE = "שלום\u202e\u2069 (עולם) \u2067\u202dمرحبا 12\u2066"
"""Two scripts from right to left, digits, brackets, overrides, and a mark that would close the isolate around it."""
STEERING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f]")
direction = st.text(alphabet=f"ab \nשל\u202e\u202a\u202c\u2066\u2067{FSI}{PDI}", max_size=60)


def outside(words: str) -> str:
    """What stands outside of every isolate."""
    shown = words
    while (shorter := re.sub(f"{FSI}[^{FSI}{PDI}\n]*{PDI}", "", shown)) != shown:
        shown = shorter
    return shown


def fields_of(key: str) -> frozenset[str]:
    template = catalogue("en").template(key)
    return frozenset() if template is None else template.fields


@pytest.mark.parametrize("key", [key for key in keys() if fields_of(key)])
def test_no_sentence_is_turned_by_a_hostile_name_or_prompt(key: str) -> None:
    said = text(key, **dict.fromkeys(fields_of(key), HOSTILE))
    assert "שלום" in said
    assert not STEERING & set(said)
    assert not RIGHT_TO_LEFT.search(outside(said))
    assert not {FSI, PDI} & set(outside(said))


@pytest.mark.parametrize("words", ["a cat", "Zoë", "日本語 and 한국어", "", "Ελλάδα", "👩‍👩‍👧‍👦"])
def test_words_from_left_to_right_stay_as_they_are(words: str) -> None:
    assert isolate(words) == words
    assert text("show.unknown") == bare(text("show.unknown"))


@given(direction)
def test_isolated_words_are_closed_on_every_line_and_isolating_them_once_more_is_safe(words: str) -> None:
    for shown in (isolate(words), isolate(isolate(words)), balanced(words)):
        assert not STEERING & set(shown)
        for line in shown.split("\n"):
            assert line.count(FSI) == line.count(PDI)
            assert not {FSI, PDI} & set(outside(line))
    assert not RIGHT_TO_LEFT.search(outside(isolate(words)))


@given(direction, st.integers(min_value=0, max_value=60))
def test_a_cut_is_closed(words: str, at: int) -> None:
    for line in balanced(isolate(words)[:at]).split("\n"):
        assert line.count(FSI) == line.count(PDI)


@given(direction)
def test_a_prompt_copied_from_a_sentence_comes_back_without_the_marks(words: str) -> None:
    try:
        stored = normalise(words)
    except ValueError:
        return
    assert normalise(isolate(stored)) == stored
    assert bare(isolate(stored)) == stored


def test_parts_of_a_line_stay_apart_in_a_sentence_from_right_to_left(monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, "ar", Changed(lambda usual: usual))
    line = joined(" · ", ("a slow train *9", text("reply.deleted"), "30"))
    assert line == f"a slow train *9 · {text('reply.deleted')} · 30"
    assert say(line, "ar") == f"{FSI}a slow train *9{PDI} · {FSI}{text('reply.deleted')}{PDI} · 30"
    assert FSI not in say(joined(" ", ("ab", text("reply.deleted"))), "ar")


def test_a_field_that_has_parts_of_its_own_runs_with_the_sentence() -> None:
    options = joined(" · ", ("1024×1024", "medium", ""))
    line = say(text("request.line", options=options, person="Ana"), "ar")
    assert line.startswith(f"{FSI}1024×1024{PDI} · {FSI}medium{PDI} · ")
    assert say(money(530_000), "ar") == f"0.53 {FSI}US${PDI}"
