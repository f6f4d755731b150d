"""What numbers need to know about a language: plural forms, and the signs in numbers. Babel is imported for languages other than English
only; the digits are always the default language's, never rounded again."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

DEFAULT_LANGUAGE = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
"""Languages that are written from right to left."""


def is_right_to_left(language: str) -> bool:
    """Whether a language is written from right to left."""
    return language.partition("-")[0] in RIGHT_TO_LEFT


@functools.cache
def plural_form(language: str) -> Callable[[float], str]:
    """The function that names the plural form of a number (CLDR: zero, one, two, few, many, other)."""
    if language == DEFAULT_LANGUAGE:
        return lambda number: "one" if number == 1 else "other"
    locale = _babel(language)
    return plural_form(DEFAULT_LANGUAGE) if locale is None else lambda number: str(locale.plural_form(number))


def decimal(number: float, least: int, most: int, language: str) -> str:
    """A number with `least` to `most` digits after the point, with the language's signs."""
    whole, _, rest = f"{number:,.{most}f}".partition(".")
    rest = rest[:least] + rest[least:].rstrip("0")
    point, comma = _signs(language)
    return whole.replace(",", comma) + (point + rest if rest else "")


@functools.cache
def _signs(language: str) -> tuple[str, str]:
    if language == DEFAULT_LANGUAGE:
        return ".", ","
    locale = _babel(language)
    if locale is None:
        return _signs(DEFAULT_LANGUAGE)
    latin = locale.number_symbols["latn"]
    return latin["decimal"], latin["group"]


def _babel(language: str) -> Locale | None:
    """Babel's knowledge of a language; None if it has none."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
