"""Lenient `.env` parser that reports the line it can't read. Independent of the settings' names."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import parse_stream

from bot.texts import text

MAX_BYTES = 1_000_000
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "‘": "’", "`": "`", "«": "»"}
_INVISIBLE = "\ufeff\u200b\u2060\u00ad"


@dataclass(frozen=True, slots=True)
class EnvFile:
    """The pairs of a `.env` file, stripped, without empty values."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def stripped(value: str) -> str:
    """The value without surrounding spaces, invisible characters and a pair of straight or curly quotes, which copied keys often bring
    along."""
    value = value.strip().strip(_INVISIBLE).strip()
    while len(value) >= 2 and _QUOTES.get(value[0]) == value[-1]:
        value = value[1:-1].strip().strip(_INVISIBLE).strip()
    return value


def read(path: Path) -> EnvFile:
    """Parse a file; a missing file is an empty one. `$` has no special meaning, because keys may contain it."""
    try:
        raw = path.read_bytes()[: MAX_BYTES + 1]
    except FileNotFoundError:
        return EnvFile()
    except OSError:
        return EnvFile(problems=(text("settings.file_unreadable", file=path),))
    try:
        if len(raw) > MAX_BYTES or b"\0" in raw:
            raise UnicodeError
        content = raw.decode("utf-8-sig")
    except UnicodeError:
        return EnvFile(problems=(text("settings.file_not_text", file=path),))
    return parse(content, path)


def parse(content: str, path: Path) -> EnvFile:
    """Parse the content of a file; `path` is only named in sentences."""
    values: dict[str, str] = {}
    problems: list[str] = []
    warnings: list[str] = []
    for binding in parse_stream(io.StringIO(content)):
        if binding.error or (binding.key is not None and binding.value is None):
            leading = len(binding.original.string) - len(binding.original.string.lstrip())
            line = binding.original.line + binding.original.string[:leading].count("\n")
            problems.append(text("settings.file_line", file=path, line=line))
        elif binding.key is not None and binding.value is not None:
            value = stripped(binding.value)
            if value and values.get(binding.key, value) != value:
                warnings.append(text("settings.file_twice", file=path, name=binding.key))
            if value:
                values[binding.key] = value
    return EnvFile(values, tuple(problems), tuple(warnings))
