"""Languages of tests: English that was changed in a way that shows which words came from the texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from bot import texts
from bot.texts.files import Texts, catalogue
from bot.texts.fluent import Field, Selection, Template


class Changed(Texts):
    """English with other words: `of` says what a template becomes, `words` what single texts are."""

    def __init__(self, of: Callable[[Template], Template], words: Mapping[str, Template] | None = None) -> None:
        super().__init__("en")
        self.of, self.words = of, words or {}

    def template(self, key: str) -> Template | None:
        """The changed text."""
        usual = super().template(key)
        return self.words.get(key) or (None if usual is None else self.of(usual))


def shouted(template: Template) -> Template:
    """The same with an exclamation mark before it."""
    return Template(("!", *template.parts))


def x_ed(template: Template) -> Template:
    """The same with an x for every letter."""
    parts: list[str | Field | Selection] = []
    for part in template.parts:
        match part:
            case Selection():
                variants = tuple((name, x_ed(one)) for name, one in part.variants)
                parts.append(Selection(part.field, variants, x_ed(part.default)))
            case Field():
                parts.append(part)
            case _:
                parts.append("".join("x" if one.isascii() and one.isalpha() else one for one in part))
    return Template(tuple(parts))


def speak(monkeypatch: pytest.MonkeyPatch, language: str, made: Texts) -> None:
    """Offer a language of the tests' own meanwhile."""
    monkeypatch.setattr(texts, "catalogue", lambda asked: made if asked == language else catalogue(asked))
    monkeypatch.setattr(texts, "languages", lambda: frozenset({"en", language}))
