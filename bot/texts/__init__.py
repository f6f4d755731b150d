"""Texts for people, one TOML file per language (only `en.toml` so far).

Keys are `section.name`; values are `str.format` templates. Unknown keys and missing fields raise KeyError; a test renders every key.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

from bot.texts.direction import isolate


@functools.cache
def catalogue(language: str = "en") -> dict[str, str]:
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


def text(key: str, /, **values: object) -> str:
    """The sentence for a key with its fields filled in. Right-to-left words in a field are isolated (see `direction`).

    Raises KeyError for an unknown key or a missing field.
    """
    return catalogue()[key].format_map({name: isolate(value) if isinstance(value, str) else value for name, value in values.items()})


def has(key: str) -> bool:
    """Whether a key exists."""
    return key in catalogue()
