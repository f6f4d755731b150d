"""What numbers need to know about a language: plural forms, and the signs in numbers. Babel is imported for languages other than English
only; the digits are always the default language's, never rounded again."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

DEFAULT_LANGUAGE = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
"""Languages that are written from right to left."""


def is_right_to_left(language: str) -> bool:
    return language.partition("-")[0] in RIGHT_TO_LEFT


@dataclass(frozen=True, slots=True)
class Locale:
    """What numbers need to know."""

    plural_form: Callable[[float], str]
    """Names the plural form of a number (CLDR: zero, one, two, few, many, other)."""
    point: str = "."
    comma: str = ","


ENGLISH = Locale(lambda number: "one" if number == 1 else "other")


def plural_form(language: str) -> Callable[[float], str]:
    """The function that names the plural form of a number in a language."""
    return _locale(language).plural_form


def decimal(number: float, least: int, most: int, language: str) -> str:
    """A number with `least` to `most` digits after the point, with the language's signs."""
    whole, _, rest = f"{number:,.{most}f}".partition(".")
    rest = rest[:least] + rest[least:].rstrip("0")
    locale = _locale(language)
    return whole.replace(",", locale.comma) + (locale.point + rest if rest else "")


@functools.cache
def _locale(language: str) -> Locale:
    if language == DEFAULT_LANGUAGE:
        return ENGLISH
    import babel
    from babel import localedata

    try:
        found = babel.Locale.parse(language, sep="-")
    except (babel.UnknownLocaleError, ValueError):
        return ENGLISH
    latin = found.number_symbols["latn"]
    rule = found.plural_form
    made = Locale(lambda number: str(rule(number)), latin["decimal"], latin["group"])
    localedata.clear_caches()  # a megabyte and a half for each language, of which nothing else is needed
    return made
