"""Final answers over a response_url that were begun: such an answer cannot be looked up, so after a kill it is not given there again.

A small file beside the ledger, appended without a sync: it outlives a kill, and a power cut costs one repeated sentence.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

KEPT = 1000
"""Newest entries that a start keeps."""


@dataclass(slots=True)
class AnswerLog:
    """Ids of messages."""

    path: Path
    _begun: dict[str, None] = field(default_factory=dict)

    def load(self) -> None:
        """Read what earlier processes began."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").split()
        except OSError:
            return
        for line in lines:
            if line.startswith("-"):
                self._begun.pop(line[1:], None)
            else:
                self._begun[line] = None
        self._begun = dict.fromkeys(list(self._begun)[-KEPT:])
        if len(lines) > 2 * KEPT:
            fresh = self.path.with_suffix(".new")
            fresh.write_text("".join(f"{one}\n" for one in self._begun), encoding="utf-8")
            fresh.replace(self.path)

    def begin(self, message: str) -> bool:
        """About to answer; False when that was begun before."""
        if message in self._begun:
            return False
        self._begun[message] = None
        self._write(message)
        return True

    def withdraw(self, message: str) -> None:
        """It was not answered after all, for certain."""
        if self._begun.pop(message, "") is None:
            self._write(f"-{message}")

    def _write(self, line: str) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"{line}\n".encode())
        finally:
            os.close(descriptor)
