"""Queries on encrypted values. `bot.vault` encrypts and decrypts them; here they're opaque."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from bot.ledger import records
from bot.ledger.store import Tx
from bot.ledger.vault_tables import vault


@dataclass(frozen=True, slots=True)
class SealedRow:
    kind: str
    key: str
    sealed: str
    changed_at: float


def put(tx: Tx, kind: str, key: str, sealed: str, expires_at: float | None = None) -> None:
    """Store a value in place of an older one, and delete those that have expired. A claim on it ends."""
    tx.connection.execute(delete(vault).where(vault.c.expires_at < tx.now))
    row = {"sealed": sealed, "changed_at": tx.now, "expires_at": expires_at, "claimed_until": 0.0}
    records.replace_row(tx.connection, vault, {"kind": kind, "key": key}, row)


def get(connection: Connection, kind: str, key: str, now: float) -> SealedRow | None:
    return records.find_one(connection, select(vault).where(vault.c.kind == kind, vault.c.key == key, _lasts(now)), _row)


def every(connection: Connection, kind: str | None, now: float) -> Sequence[SealedRow]:
    """All values of a kind, or of all kinds, that haven't expired; by kind and key."""
    wanted = select(vault).where(_lasts(now)).order_by(vault.c.kind, vault.c.key)
    return [_row(one) for one in connection.execute(wanted if kind is None else wanted.where(vault.c.kind == kind))]


def take(tx: Tx, kind: str, key: str) -> SealedRow | None:
    """Get and delete a value, so that only one caller gets it."""
    found = get(tx.connection, kind, key, tx.now)
    return found if found is not None and forget(tx, kind, key) else None


def forget(tx: Tx, kind: str, key: str) -> bool:
    return bool(tx.connection.execute(delete(vault).where(vault.c.kind == kind, vault.c.key == key)).rowcount)


def replace(tx: Tx, row: SealedRow, sealed: str) -> bool:
    """Store the same value, encrypted anew, unless it has changed since `row` was read."""
    same = (vault.c.kind == row.kind, vault.c.key == row.key, vault.c.sealed == row.sealed)
    return bool(tx.connection.execute(update(vault).where(*same).values(sealed=sealed)).rowcount)


def claim(tx: Tx, row: SealedRow, until: float) -> bool:
    """Reserve a change of a value for one process, unless somebody else has, or has made it since `row` was read."""
    same = (vault.c.kind == row.kind, vault.c.key == row.key, vault.c.sealed == row.sealed, vault.c.claimed_until <= tx.now)
    return bool(tx.connection.execute(update(vault).where(*same).values(claimed_until=until)).rowcount)


def _lasts(now: float) -> Any:
    return or_(vault.c.expires_at.is_(None), vault.c.expires_at >= now)


def _row(found: Row[Any]) -> SealedRow:
    return records.record(SealedRow, found, changed_at=float(found.changed_at))
