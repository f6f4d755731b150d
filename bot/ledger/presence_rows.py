"""The communities that a bot was in, as its platform told: a bot that was off isn't told when one removes it.

By the bot's own id, because another bot with the same ledger was never in them. In parts, so that a change rewrites only a few names.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection

from bot.ledger import memory_rows
from bot.ledger.store import Tx

PARTS = 64


def known(connection: Connection, platform: str, bot: str) -> frozenset[str]:
    prefix = _prefix(platform, bot)
    parts = (memory_rows.recall(connection, prefix + part) for part in memory_rows.keys(connection, prefix))
    return frozenset(str(one) for part in parts if part is not None for one in part[0])


def note(tx: Tx, platform: str, bot: str, there: Collection[str], left: Collection[str] = ()) -> None:
    changes: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for into, communities in enumerate((there, left)):
        for one in communities:
            changes[f"{_prefix(platform, bot)}{zlib.crc32(one.encode()) % PARTS}"][into].add(one)
    for key, (more, fewer) in changes.items():
        stored = memory_rows.recall(tx.connection, key)
        before = set() if stored is None else set(stored[0])
        if (after := (before - fewer) | more) != before:
            memory_rows.remember(tx, key, sorted(after))


def _prefix(platform: str, bot: str) -> str:
    return f"present:{platform}:{bot}:"
