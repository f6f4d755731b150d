"""Every sentence that a person reads, one TOML file per language (`en.toml` first).

A key is `section.name`; a value is a template in `str.format` syntax whose fields are filled from plain values. Unknown keys and missing
fields raise: a test walks all keys, so nobody ever meets a hole.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

from bot.texts.direction import isolate


@functools.cache
def catalogue(language: str = "en") -> dict[str, str]:
    """All texts of a language as flat `section.name` -> template."""
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
    """The sentence for a key with its fields filled; words from right to left in them are isolated from ours.

    Raises KeyError for an unknown key or a missing field.
    """
    return catalogue()[key].format_map({name: isolate(value) if isinstance(value, str) else value for name, value in values.items()})


def has(key: str) -> bool:
    """Whether there is a sentence for this key."""
    return key in catalogue()
