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


@pytest.mark.parametrize(
    ("written", "say"),
    [
        ("Requests whose call a process makes that is here.", None),
        ("Interrupt calls of processes that are gone.", "a dead process"),
        ("Every other one that is here sees it.", "a live process"),
        ("The batch has a most of pictures.", "a maximum of"),
        ("It uses up a free answer.", "an unbilled try"),
        ("Its limit is a most ofttimes met one.", None),
    ],
)
def test_a_private_phrase_is_seen_with_what_to_write(written: str, say: str | None) -> None:
    assert [term for _, _, term in language.private_phrases(written)] == ([] if say is None else [say])


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def may_poll(tx):\n    return tx.connection.execute(update(attempts)).rowcount", ["may_poll"]),
        ("async def is_mine(self):\n    return await self.ledger.write(take)", ["is_mine"]),
        ("def claim_task(tx):\n    return tx.connection.execute(update(attempts)).rowcount", []),
        ("def is_open(connection):\n    return connection.execute(select(cases)).first()", []),
    ],
)
def test_a_predicate_that_writes_is_seen(source: str, names: list[str]) -> None:
    assert [name for _, name in language.predicates_that_write(source)] == names


def test_a_name_that_was_given_up_is_seen() -> None:
    assert [(name, term) for _, name, term in language.old_words("print_ = 1\nrate_answers = 2\nfingerprint = 3")] == [
        ("print_", "fingerprint"),
        ("rate_answers", "unbilled_tries"),
    ]
