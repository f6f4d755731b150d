"""Nobody is accused over a single odd word: a block that only the reader speaks of has to stand without any one of its words."""

from __future__ import annotations

import pytest

from bot.domain.failure import Evidence
from bot.domain.kinds import Group
from bot.failures.classify import classify
from bot.failures.reader.features import shortened


@pytest.mark.parametrize(
    "text",
    ["raw provider text", "raw text", "content", "text", "image", "unsafe operation", "zzz qqq vvv", "policy", "sensitive", "filter off"],
)
@pytest.mark.parametrize("status", [None, 200, 400, 403, 500])
def test_odd_words_accuse_nobody(text: str, status: int | None) -> None:
    seen = Evidence(api="images.generations", status=status, body=text) if status else Evidence(api="images.generations", exception=text)
    assert classify(seen).group is not Group.SAFETY


@pytest.mark.parametrize(
    "text",
    [
        "The request was turned down because the picture would show graphic violence.",
        "We can't make pictures of real people in embarrassing situations.",
        "Die Beschreibung wurde wegen anstößiger Inhalte abgelehnt.",
        "您的描述中有不允许出现的内容，请修改。",
        "プロンプトに不適切な表現が含まれているため、生成できません。",
    ],
)
def test_a_sentence_about_content_still_does(text: str) -> None:
    assert classify(Evidence(api="images.generations", status=400, body={"error": {"message": text}})).group is Group.SAFETY


def test_a_text_is_shortened_by_each_word_and_by_pieces_where_words_are_not_separated() -> None:
    assert [*shortened(["one", "two", "three"])] == [["two", "three"], ["one", "three"], ["one", "two"]]
    assert [*shortened(["不允许的内容"])] == [["内容"], ["不允"], ["不允许的"]]


def test_a_compound_word_is_shortened_by_each_half_and_what_is_said_twice_is_kept() -> None:
    assert [*shortened(["vom", "sicherheitsfilter"])] == [["sicherheitsfilter"], ["vom", "sicherhe"], ["vom", "itsfilter"]]
    assert [*shortened(["filtered", "out", "filtered"])] == [["filtered", "filtered"]]
