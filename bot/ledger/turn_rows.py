"""Turns for what may be done only so often, whatever process does it. A queue is a row in `memory` that each booking moves on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.ledger import memory_rows
from bot.ledger.store import Ledger, Tx

TURN = "turn:"
LATE = 3600.0
"""Seconds. A turn further away was booked by a machine whose clock is wrong, and doesn't count."""


def book(tx: Tx, name: str, every: float) -> float:
    """Book the next turn. Returns the seconds until it comes; the one after it comes `every` seconds later."""
    kept = memory_rows.recall(tx.connection, TURN + name)
    following = float(kept[0]) if kept is not None and isinstance(kept[0], int | float) else tx.now
    at = max(tx.now, following if following < tx.now + LATE else tx.now)
    memory_rows.remember(tx, TURN + name, at + every)
    return at - tx.now


def queue(ledger: Ledger) -> Callable[[str, float], Awaitable[float]]:
    """`book` in a transaction of its own."""

    async def turn(name: str, every: float) -> float:
        return await ledger.write(lambda tx: book(tx, name, every))

    return turn
