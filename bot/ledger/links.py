"""Connections to the ledger's database, as `bot.ledger.store` uses them: a whole transaction is one visit to a connection's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from bot.ledger.participant import Participant
from bot.ledger.server import Where

T = TypeVar("T")


class Link(Protocol):
    async def run(self, fn: Callable[[Connection], T]) -> T:
        """One transaction: begin, `fn`, commit; rolled back if `fn` raises."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Links:
    where: Where
    writer: Link
    readers: Sequence[Link]
    explain: Callable[[DatabaseError], str | None]
    """A sentence for the operator about a database that can't be used; None for a mistake in a statement."""
    release: Callable[[], None]
    """Lets another process use the ledger."""
    participant: Participant | None = None
    """This process among those that share the ledger; None if it's the only one."""

    async def close(self) -> None:
        """Close all connections and release the ledger."""
        for link in (*self.readers, self.writer):
            await link.close()
        self.release()
