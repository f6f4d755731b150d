"""Texts for people, one TOML file per language (only `en.toml` so far).

Keys are `section.name`; values are `str.format` templates. Unknown keys and missing fields raise KeyError; a test renders every key.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources

from bot.texts.direction import isolate

DEFAULT_LANGUAGE = "en"


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


class LocalizedText(str):
    """A sentence in the default language that keeps its key and values, so that it can be said in another language later.

    It is an ordinary string everywhere else; joined with other text it becomes one.
    """

    __slots__ = ("key", "values")
    key: str
    values: Mapping[str, object]

    def __new__(cls, key: str, values: Mapping[str, object]) -> LocalizedText:
        made = super().__new__(cls, _rendered(key, values, DEFAULT_LANGUAGE))
        made.key, made.values = key, values
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


def text(key: str, /, **values: object) -> str:
    """The sentence for a key with its fields filled in. Right-to-left words in a field are isolated (see `direction`).

    Raises KeyError for an unknown key or a missing field.
    """
    return LocalizedText(key, values)


def say(words: str, language: str) -> str:
    """The words in a language. What has no key is returned unchanged: names, prompts, and sentences that were put together."""
    if language == DEFAULT_LANGUAGE or not isinstance(words, LocalizedText):
        return words
    return _rendered(words.key, words.values, language)


def _rendered(key: str, values: Mapping[str, object], language: str) -> str:
    fields = {name: isolate(say(value, language)) if isinstance(value, str) else value for name, value in values.items()}
    return catalogue(language)[key].format_map(fields)


def has(key: str) -> bool:
    """Whether a key exists."""
    return key in catalogue()
