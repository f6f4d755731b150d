"""Final answers over a response_url that were begun: such an answer cannot be looked up, so after a kill it is not given there again.

A small file beside the ledger, appended without a sync: it outlives a kill, and a power cut costs one repeated sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.kit.files import AppendLog

KEPT = 1000
"""Newest entries that a start keeps."""


@dataclass(slots=True)
class AnswerLog:
    """Ids of messages."""

    file: AppendLog
    _begun: dict[str, None] = field(default_factory=dict)

    def load(self) -> None:
        """Read what earlier processes began."""
        lines = self.file.lines()
        for line in lines:
            if line.startswith("-"):
                self._begun.pop(line[1:], None)
            else:
                self._begun[line] = None
        self._begun = dict.fromkeys(list(self._begun)[-KEPT:])
        if len(lines) > 2 * KEPT:
            self.file.rewrite(self._begun)

    def begin(self, message: str) -> bool:
        """About to answer; False when that was begun before."""
        if message in self._begun:
            return False
        self._begun[message] = None
        self.file.append(message)
        return True

    def withdraw(self, message: str) -> None:
        """It was not answered after all, for certain."""
        if self._begun.pop(message, "") is None:
            self.file.append(f"-{message}")
