"""`make check` sees old private words in names, and stiff phrases in what people read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
language = pytest.importorskip("language")


@pytest.mark.parametrize(
    "source",
    [
        "def court(): ...",
        "class CaseDesk: ...",
        "_may_be_crowd = 1",
        "self.foretold = {}",
        "def f(hands): ...",
        "async def strangers(): ...",
    ],
)
def test_an_old_word_is_seen_wherever_a_name_is_defined(source: str) -> None:
    assert list(language.old_words(source))


@pytest.mark.parametrize("source", ["has_desktop = True", "handset = 1", "courtesy = 2", "crowd.append(1)", "'the desk'"])
def test_other_words_and_mere_uses_are_not(source: str) -> None:
    assert not list(language.old_words(source))


def test_a_stiff_phrase_is_seen_and_a_contraction_is_not() -> None:
    texts = {"a.b": "It is not possible. Possible are 1 to 10.", "a.c": "That doesn't work. You can ask for 1 to 10."}
    assert list(language.old_phrases(texts)) == [("a.b", "is not"), ("a.b", "Possible are")]
