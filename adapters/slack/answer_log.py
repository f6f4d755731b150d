"""Write-ahead log of final answers over a response_url: they can't be looked up, so after a kill they aren't sent there again.

A small append-only file without fsync: it survives a kill, and a power cut costs one repeated message.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.kit.files import AppendLog

KEPT = 1000
"""Number of latest entries kept at start."""


@dataclass(slots=True)
class AnswerLog:
    """Ids of messages whose answer was begun."""

    file: AppendLog
    _begun: dict[str, None] = field(default_factory=dict)

    def load(self) -> None:
        """Load the entries of earlier processes."""
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
        """Record that an answer is about to be sent. Returns False if it was recorded before."""
        if message in self._begun:
            return False
        self._begun[message] = None
        self.file.append(message)
        return True

    def withdraw(self, message: str) -> None:
        """Remove the record: the answer definitely wasn't sent."""
        if self._begun.pop(message, "") is None:
            self.file.append(f"-{message}")
