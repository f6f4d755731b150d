"""Open "thinking…" placeholders, kept in a small file so that they can be answered after a restart.

The ledger knows the placeholders of /imagine; these are the others (presses, /imagine-show). No decisions about requests are based on them.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from cachetools import FIFOCache

from adapters.discord.routes import Handle, of_reply
from adapters.kit.files import AppendLog


@dataclass(slots=True)
class Placeholders:
    """Open placeholders by interaction id."""

    file: AppendLog | None
    _open: dict[int, Handle] = field(default_factory=dict)
    _claimed: FIFOCache[int, str] = field(default_factory=lambda: FIFOCache(5000))
    """Interaction id -> id of the message shown in its `@original`."""
    _claims: dict[int, asyncio.Event] = field(default_factory=dict)

    def load(self, now: float) -> list[Handle]:
        """Load the previous process's file. Returns placeholders that are open and can still be answered."""
        if self.file is None or not (lines := self.file.lines()):
            return []
        for line in lines:
            self._replay(line)
        self._open = {key: one for key, one in self._open.items() if one.alive(now)}
        entries = [json.dumps({"open": one.reply()}) for one in self._open.values()]
        entries += [json.dumps({"claimed": str(key), "by": by}) for key, by in self._claimed.items()]
        self.file.rewrite(entries[-1000:])
        return list(self._open.values())

    def _replay(self, line: str) -> None:
        try:
            entry = json.loads(line)
            if "open" in entry and (handle := of_reply(entry["open"])) is not None:
                self._open[handle.interaction] = handle
            elif "claimed" in entry:
                self._claimed[int(entry["claimed"])] = str(entry["by"])
                self._open.pop(int(entry["claimed"]), None)
            elif "closed" in entry:
                self._open.pop(int(entry["closed"]), None)
        except (ValueError, TypeError, AttributeError):
            return  # the last line of a killed process may be incomplete

    def open(self, handle: Handle) -> None:
        """Record a placeholder before it's shown."""
        self._open[handle.interaction] = handle
        self._write({"open": handle.reply()})

    def close(self, interaction: int) -> None:
        """Record that it was answered, or never shown."""
        if self._open.pop(interaction, None) is not None:
            self._write({"closed": str(interaction)})

    def claim(self, interaction: int, message: str) -> bool:
        """Let a message take over the placeholder. Returns False if another one already has."""
        owner = self._claimed.get(interaction)
        if owner is None:
            self._claimed[interaction] = message
            if interaction in self._open:
                self._open.pop(interaction)
                self._write({"claimed": str(interaction), "by": message})
        event = self._claims.get(interaction)
        if event is not None:
            event.set()
        return owner in (None, message)

    async def claimed(self, interaction: int, within: float) -> bool:
        """Whether a message takes it over within this many seconds."""
        if interaction in self._claimed:
            return True
        event = self._claims.setdefault(interaction, asyncio.Event())
        try:
            async with asyncio.timeout(within):
                await event.wait()
            return True
        except TimeoutError:
            return False
        finally:
            self._claims.pop(interaction, None)

    def _write(self, entry: dict[str, object]) -> None:
        if self.file is not None:
            self.file.append(json.dumps(entry))
