"""The tables themselves: sources, spelling, and that no rule is a memory of one record."""

from __future__ import annotations

from bot.domain.kinds import KINDS, Action, Group
from bot.failures.rules import tables
from bot.failures.rules.rule import Rule
from bot.failures.tokens import phrases, split_words, squash

ALL = tables().all


def spoken(rule: Rule) -> list[str]:
    stems = [stem for group in (*rule.said, *rule.unsaid) for stem in group.all]
    return [*stems, *(word for group in (*rule.words, *rule.around, rule.never, rule.nowhere, rule.exceptions) for word in group)]


def test_every_rule_names_its_source_and_its_family() -> None:
    assert all(rule.source and rule.family for rule in ALL)


def test_no_rule_quotes_a_whole_sentence() -> None:
    long = [word for rule in ALL for word in spoken(rule) if len(word.split()) > 6 or len(word) > 48]
    assert long == []


def test_phrases_are_written_as_texts_are_read() -> None:
    """Texts are compared in lower case with single spaces; anything else in a rule could never hold."""
    assert [word for rule in ALL for word in spoken(rule) if word != word.lower() or "  " in word or not word.strip()] == []
    assert [code for rule in ALL for code in (*rule.codes, *rule.also_codes) if code != squash(code)] == []


def test_no_rule_gives_a_safety_kind_an_action() -> None:
    for rule in ALL:
        if KINDS[rule.kind].group is Group.SAFETY:
            assert rule.action in (None, Action.NONE)


def test_a_rule_can_be_told_from_a_status_alone() -> None:
    """A rule that names nothing but a status is a status table's business, except where the status has one meaning."""
    for rule in tables().rules:
        named = (
            rule.codes
            or rule.words
            or rule.keys
            or rule.filled
            or rule.shapes
            or rule.apis
            or rule.says
            or rule.true
            or rule.false
            or rule.exceptions
            or rule.said
        )
        assert named or rule.around or rule.statuses == frozenset({402}), rule


def test_machine_words_are_one_however_they_are_written() -> None:
    assert squash("Content_Filter") == squash("contentFilter") == squash("content-filter")
    assert split_words("InputTextSensitiveContentDetected") == "input text sensitive content detected"
    assert split_words("IMAGE_SAFETY") == "image safety"


def test_phrases_may_mark_the_ends_of_words() -> None:
    assert phrases("a b /\n   _n_ / snake_case") == ("a b", " n ", "snake_case")
