"""Operators' and moderators' channels, shared through the ledger with processes that aren't connected to the platform."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection

from bot.domain.requests import Place
from bot.ledger import memory_rows
from bot.ledger.store import Ledger, Tx

PREFIX = "places:"
"""Prefix of a platform's key in the ledger's memory."""
Pair = tuple[Place | None, Place | None]
"""Operators' channel, moderators' channel."""


@dataclass(slots=True)
class SharedPlaces:
    """Channels of this process and of the others, by platform."""

    own: Callable[[], Mapping[str, Pair]] = dict
    """Channels of the platforms that this process is connected to."""
    _others: dict[str, Pair] = field(default_factory=dict)

    def operators(self) -> Sequence[Place]:
        return [place for place, _ in {**self._others, **self.own()}.values() if place is not None]

    def moderators(self, platform: str) -> Place | None:
        """A platform's default moderators' channel; a community may have its own."""
        return {**self._others, **self.own()}.get(platform, (None, None))[1]

    async def exchange(self, ledger: Ledger) -> None:
        """Store this process's channels if they changed, and load those of the others."""
        stored = await ledger.read(_stored)
        own = {platform: [place and asdict(place) for place in pair] for platform, pair in self.own().items() if any(pair)}
        changed = [platform for platform, value in own.items() if stored.get(platform) != value]

        def keep(tx: Tx) -> None:
            for platform in changed:
                memory_rows.remember(tx, PREFIX + platform, own[platform])

        if changed:
            await ledger.write(keep)
        self._others = {platform: _from_json(value) for platform, value in stored.items()}


def _stored(connection: Connection) -> dict[str, Any]:
    names: Collection[str] = memory_rows.keys(connection, PREFIX)
    found = {name: memory_rows.recall(connection, PREFIX + name) for name in names}
    return {name: row[0] for name, row in found.items() if row is not None}


def _from_json(value: Any) -> Pair:
    first, second = (None if one is None else Place(**one) for one in value)
    return first, second
