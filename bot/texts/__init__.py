"""Texts for people, one TOML file per language (only `en.toml` so far).

Keys are `section.name`; values are `str.format` templates. Unknown keys and missing fields raise KeyError; a test renders every key.
"""

from __future__ import annotations

import contextlib
import functools
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from importlib import resources
from typing import SupportsIndex

from bot.texts.direction import isolate

DEFAULT_LANGUAGE = "en"
_BLANK_LINE = "\n\n"
_spoken: ContextVar[str] = ContextVar("spoken_language", default=DEFAULT_LANGUAGE)


@functools.cache
def catalogue(language: str = DEFAULT_LANGUAGE) -> dict[str, str]:
    """All texts of a language, flattened: `section.name` -> template. Raises TypeError for a value that isn't text."""
    raw = resources.files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    flat: dict[str, str] = {}

    def walk(prefix: str, table: dict[str, object]) -> None:
        for name, value in table.items():
            key = f"{prefix}{name}"
            if isinstance(value, dict):
                walk(f"{key}.", value)
            elif isinstance(value, str):
                flat[key] = value.strip()
            else:
                raise TypeError(f"{language}.toml: {key} must be a text or a table, not {type(value).__name__}")

    walk("", tomllib.loads(raw))
    return flat


@functools.cache
def languages() -> frozenset[str]:
    """The languages that have texts."""
    return frozenset(one.name.removesuffix(".toml") for one in resources.files(__package__).iterdir() if one.name.endswith(".toml"))


def language_for(locale: str) -> str:
    """The language for a reader whose locale is `pt-BR` or the like: that one, or the default if there are no texts in it."""
    named = locale.replace("_", "-").lower()
    return next((one for one in (named, named.partition("-")[0]) if one in languages()), DEFAULT_LANGUAGE)


class LocalizedText(str):
    """Words in the default language that can be said in another one later: a sentence with its key and values, or several put together.

    It is an ordinary string everywhere else. `+`, a cut (`[:n]`), `joined`, `paragraphs` and `capitalized` keep that ability; an f-string
    and `str.join` don't.
    """

    __slots__ = ("in_language",)
    in_language: Callable[[str], str]

    def __new__(cls, words: str, in_language: Callable[[str], str]) -> LocalizedText:
        made = super().__new__(cls, words)
        made.in_language = in_language
        return made

    def __add__(self, other: str) -> str:
        return joined("", (self, other))

    def __radd__(self, other: str) -> str:
        return joined("", (other, self))

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        words = super().__getitem__(key)
        if not isinstance(key, slice) or key.start is not None:
            return words
        return self if words == self else LocalizedText(words, lambda language: self.in_language(language)[key])

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


def text(key: str, /, **values: object) -> str:
    """The sentence for a key with its fields filled in. Right-to-left words in a field are isolated (see `direction`).

    Raises KeyError for an unknown key or a missing field.
    """
    return LocalizedText(_rendered(key, values, _spoken.get()), lambda language: _rendered(key, values, language))


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say texts in a language meanwhile: for the words that a platform's rendering adds to a view, such as Close and Yes."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def say(words: str, language: str) -> str:
    """The words in a language. What isn't a text is returned unchanged, such as names and prompts."""
    return words.in_language(language) if isinstance(words, LocalizedText) and language != DEFAULT_LANGUAGE else words


def joined(separator: str, parts: Iterable[str]) -> str:
    """`str.join` that keeps texts texts: they can still be said in another language."""
    found = tuple(parts)
    words = separator.join(found)
    if not any(isinstance(one, LocalizedText) for one in found):
        return words
    return LocalizedText(words, lambda language: separator.join(say(one, language) for one in found))


def paragraphs(words: str) -> tuple[str, ...]:
    """The paragraphs of a text, which blank lines separate."""
    parts = words.split(_BLANK_LINE)
    if not isinstance(words, LocalizedText):
        return tuple(parts)
    last = len(parts) - 1

    def part(language: str, number: int) -> str:
        # A translation may have fewer paragraphs, or more: the last one takes the rest.
        found = say(words, language).split(_BLANK_LINE, last)
        return found[number] if number < len(found) else ""

    return tuple(LocalizedText(one, functools.partial(part, number=number)) for number, one in enumerate(parts))


def capitalized(words: str) -> str:
    """The words with a capital first letter."""
    made = str(words[:1]).upper() + str(words)[1:]
    return LocalizedText(made, lambda language: capitalized(str(say(words, language)))) if isinstance(words, LocalizedText) else made


def _rendered(key: str, values: Mapping[str, object], language: str) -> str:
    fields = {name: isolate(say(value, language)) if isinstance(value, str) else value for name, value in values.items()}
    return catalogue(language)[key].format_map(fields)


def has(key: str) -> bool:
    """Whether a key exists."""
    return key in catalogue()
