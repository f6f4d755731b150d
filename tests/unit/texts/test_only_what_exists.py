"""No sentence for members, moderators or the chat speaks of something that this product does not have."""

from __future__ import annotations

import re

import pytest

from bot.domain.kinds import Kind
from bot.failures.explain import explain
from bot.texts import keys
from bot.texts.files import catalogue
from tests.unit.failures.test_explain import failure

MISSING = re.compile(r"Not right button|voice message", re.IGNORECASE)
NEVER_CHOSEN = ("background", "moderation", "output_format", "output_compression", "response_format", "style", "seed", "safety_identifier")
BUTTON = re.compile(r"[Pp]ress (?!the button|any|that|a |again|Ctrl)(?P<name>[A-Z][a-z']+(?: [a-z]+){0,3})")


WORDS = {key: said for key in keys() if (said := catalogue("en").template(key)) is not None}
TEXTS = [(key, words) for key, template in WORDS.items() for words in template.variants()]


def test_no_text_speaks_of_what_does_not_exist() -> None:
    assert [key for key, words in TEXTS if MISSING.search(words)] == []


@pytest.mark.parametrize("kind", sorted(Kind))
@pytest.mark.parametrize("option", NEVER_CHOSEN)
def test_no_member_is_told_of_an_option_that_nobody_can_choose(kind: Kind, option: str) -> None:
    assert option not in explain(failure(kind, unchosen=option, param=option), "member")


def test_every_button_that_a_sentence_says_to_press_exists() -> None:
    labels = {words for key, words in TEXTS if ".button." in key or key.startswith(("button.", "form.", "case.form."))}
    for key, words_of in TEXTS:
        if key.startswith(("failures.ladder", "cli", "settings", "discord", "slack", "web")):
            continue
        for found in BUTTON.finditer(words_of):
            words = found["name"].split()
            assert any(" ".join(words[:n]) in labels for n in range(1, len(words) + 1)), (key, found["name"])
