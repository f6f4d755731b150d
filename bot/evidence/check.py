"""Checker: proves that a finished bundle contains nothing private, from its bytes alone.

A leak names the file and the kind, never the text.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.evidence.private import Private, quoted

_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\[nrt\"'\\/]")


def leaks(files: Mapping[str, bytes], private: Private, prompts: Sequence[str], ours: str) -> list[str]:
    """What each file leaks, as `file: kind`; empty if nothing. `ours` are the words that the bundle consists of anyway."""
    return [f"{name}: {kind}" for name, content in files.items() for kind in sorted(set(_kinds(name, content, private, prompts, ours)))]


def values(value: Any) -> Iterator[str]:
    """Every text in a JSON value, names of fields included."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from values(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _kinds(name: str, content: bytes, private: Private, prompts: Sequence[str], ours: str) -> Iterator[str]:
    raw = content.decode("utf-8")
    # As it stands, and as a reader's program would show it.
    for shown in {raw, html.unescape(raw), _unescaped(raw)}:
        text = _without(shown, ours)
        if private.values_in(text):
            yield "a secret, a private host or a person"
        if any(_shaped(line, private) for line in text.splitlines()):
            yield "something shaped like a secret or an address"
    if quoted(raw, prompts, ours):
        yield "a prompt"
    if name.endswith(".json") and any(private.find(one) for one in values(json.loads(raw)) if one not in ours):
        yield "a private value"


def _shaped(line: str, private: Private) -> bool:
    known = [one for one in private.allowed if one in line]
    return any(not any(line[start:end] in one or one in line[start:end] for one in known) for start, end in private.shapes(line))


def _unescaped(raw: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[0][2:], 16)) if match[0][1] == "u" else " ", raw)


def _without(text: str, ours: str) -> str:
    """The lines that aren't the bundle's own fixed words."""
    own = {_bare(line) for shown in (ours, html.unescape(ours), _unescaped(ours)) for line in shown.splitlines()}
    return "\n".join(line for line in text.splitlines() if _bare(line) not in own)


def _bare(line: str) -> str:
    return line.strip().rstrip(",")
