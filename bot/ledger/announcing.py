"""Wake-ups between the processes that share a ledger: sent in the transaction that causes them, so they arrive after its commit or never.

PostgreSQL's LISTEN and NOTIFY. One that is lost is harmless: all processes look at what is due from time to time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection
from sqlalchemy import text as sql

CHANNEL = "imagine_bot"
LONGEST = 7000
"""Characters of one notification; PostgreSQL takes fewer than 8,000 bytes, and these are ASCII."""
EVERYTHING = "*"
Wakes = Sequence[tuple[str, str, float | None]]
"""Topic, row, and the earliest time to look."""
_NOTIFY = sql("SELECT pg_notify(:channel, :what)")


def announce(connection: Connection, sender: str, wakes: Wakes) -> None:
    """Tell the other processes, when this transaction is committed."""
    for part in _parts(list(dict.fromkeys(wakes))):
        connection.execute(_NOTIFY, {"channel": CHANNEL, "what": json.dumps([sender, *part])})


def read(what: str) -> tuple[str, Wakes]:
    """The sender and its wake-ups."""
    sender, *wakes = json.loads(what)
    return sender, [(str(topic), str(row), at) for topic, row, at in wakes]


def _parts(wakes: Wakes) -> Iterator[Wakes]:
    part: list[tuple[str, str, float | None]] = []
    length = 0
    for one in wakes:
        length += len(json.dumps(one)) + 2
        if part and length > LONGEST - 100:
            yield part
            part, length = [], len(json.dumps(one))
        part.append(one)
    if part:
        yield part
