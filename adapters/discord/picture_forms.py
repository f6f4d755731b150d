"""Open forms about a message's pictures, kept in a small file: a form's id has no room for links, and a form may be sent after a restart.

The links are secrets: only the owner can read the file, and an entry goes when its form is sent, or after a day.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cachetools import FIFOCache

from adapters.kit.files import AppendLog
from adapters.kit.interaction_ids import VERSION
from bot.domain.attachments import Attachment

PREFIX = f"{VERSION}:imagine:"
"""Of the custom id of such a form, before the id of the interaction that opened it."""
LIFE = 86400.0
"""Seconds; Discord's links don't live longer either."""
MOST = 300
"""Open forms to keep; the latest ones."""


@dataclass(slots=True)
class PictureForms:
    file: AppendLog
    _open: FIFOCache[str, dict[str, Any]] = field(default_factory=lambda: FIFOCache(MOST))

    def load(self, now: float) -> None:
        lines = self.file.lines()
        for line in lines:
            try:
                entry = json.loads(line)
                self._open[str(entry["form"])] = entry
            except (ValueError, TypeError, KeyError):
                continue
        if lines:
            self._save(now)

    def keep(self, form: str, person: str, pictures: Sequence[Attachment], now: float) -> str:
        """Store the pictures before the form is shown. Returns the form's custom id."""
        kept = [{"name": one.name, "size": one.size, "own": one.made_here, "handle": dict(one.handle)} for one in pictures]
        self._open[form] = {"form": form, "person": person, "until": now + LIFE, "pictures": kept}
        self._save(now)
        return f"{PREFIX}{form}"

    def pictures(self, custom_id: str, person: str, now: float) -> tuple[Attachment, ...]:
        """The pictures of a form that this person opened; none if it's unknown, too old or already sent."""
        entry = self._open.get(custom_id.removeprefix(PREFIX))
        if entry is None or entry.get("person") != person or not _until(entry) > now:
            return ()
        try:
            return tuple(
                Attachment(one["name"], size=one["size"], handle=one["handle"], made_here=bool(one["own"])) for one in entry["pictures"]
            )
        except (KeyError, TypeError):
            return ()

    def close(self, custom_id: str, now: float) -> None:
        """The form was sent, and its pictures are in the ledger."""
        self._open.pop(custom_id.removeprefix(PREFIX), None)
        self._save(now)

    def _save(self, now: float) -> None:
        for key in [key for key, entry in self._open.items() if not _until(entry) > now]:
            self._open.pop(key, None)
        self.file.rewrite(json.dumps(one) for one in self._open.values())


def _until(entry: dict[str, Any]) -> float:
    until = entry.get("until")
    return float(until) if isinstance(until, (int, float)) else 0.0
