"""Reading of a service's model list, which is free and shows whether a key works."""

from __future__ import annotations

import json
from collections.abc import Mapping

LIST_SCOPE = b"api.model.read"
"""In the answer to a key that may make pictures but not list models: the list is closed to it, not the service."""


def listed(body: bytes) -> Mapping[str, Mapping[str, object]] | None:
    """The entries of a model list by id; None if it isn't one."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    # OpenAI and its like list `data` by `id`; Gemini lists `models` by `name`.
    entries = found.get("data", found.get("models")) if isinstance(found, dict) else found
    if not isinstance(entries, list):
        return None
    named = ((one.get("id", one.get("name")), one) for one in entries if isinstance(one, dict))
    return {name.removeprefix("models/"): one for name, one in named if isinstance(name, str)}
