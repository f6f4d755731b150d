"""Small files beside the ledger: platform data, and a log that survives a kill. No decisions about requests are based on them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.kit.payload import parsed_words


def read_words(path: Path) -> dict[str, str]:
    """A file's JSON object of strings; empty if it's missing or unreadable."""
    try:
        return parsed_words(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def write_words(path: Path, words: Mapping[str, str]) -> None:
    path.write_text(json.dumps(dict(words)), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class AppendLog:
    """Append-only lines without fsync: they survive a kill, and a power cut costs the last ones. Readable only by the owner, because they
    may contain secrets."""

    path: Path

    def lines(self) -> list[str]:
        """All lines; the last line of a killed process may be incomplete."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []

    def append(self, line: str) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"{line}\n".encode())
        finally:
            os.close(descriptor)

    def rewrite(self, lines: Iterable[str]) -> None:
        """Replace the contents with these lines."""
        fresh = self.path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
        fresh.replace(self.path)
