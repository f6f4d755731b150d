"""Fields of a platform's JSON, read without trusting their shape: what has another type counts as missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Payload = Mapping[str, Any]


def part(found: Payload, name: str) -> Payload:
    """An object; empty if there is none."""
    value = found.get(name)
    return value if isinstance(value, Mapping) else {}


def word(found: Payload, name: str) -> str:
    """A text; empty if there is none."""
    value = found.get(name)
    return value if isinstance(value, str) else ""


def parts(value: object) -> list[Payload]:
    """The objects in a list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def words(value: object) -> list[str]:
    """The texts in a list, without empty ones."""
    return [one for one in value if isinstance(one, str) and one] if isinstance(value, list) else []


def parsed_words(text: str) -> dict[str, str]:
    """A JSON object of strings; empty for any other text."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
