"""Rotation of the keys: everything is encrypted anew with the first one, while the bot may be running."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.ledger import beside, read_only, vault_rows
from bot.ledger.server import Where
from bot.ledger.vault_rows import SealedRow
from bot.ports import Ports
from bot.vault.cipher import Cipher, VaultProblem


@dataclass(frozen=True, slots=True)
class VaultContent:
    opened: Counter[str]
    """Values that a key opens, by kind."""
    lost: Counter[str]
    """Values that no key opens."""


def look(where: Where, keys: Sequence[str], ports: Ports) -> VaultContent:
    """Count the values that a key opens. Raises LedgerProblem and VaultProblem."""
    return _each(_rows(where, ports), lambda cipher, row: cipher.unseal(row.kind, row.key, row.sealed) is not None, keys)


def reseal(where: Where, keys: Sequence[str], ports: Ports) -> VaultContent:
    """Encrypt every value with the first key, one short transaction each; a value that changes meanwhile was just encrypted by the running
    bot, with the current key."""

    def reencrypt(cipher: Cipher, row: SealedRow) -> bool:
        sealed = cipher.resealed(row.kind, row.sealed)
        return beside.write(where, ports.now(), ports.new_id, lambda tx: vault_rows.replace(tx, row, sealed))

    return _each(_rows(where, ports), reencrypt, keys)


def _rows(where: Where, ports: Ports) -> Sequence[SealedRow]:
    return read_only.look(where, lambda c: vault_rows.every(c, None, ports.now()))


def _each(rows: Sequence[SealedRow], do: Callable[[Cipher, SealedRow], object], keys: Sequence[str]) -> VaultContent:
    cipher, opened, lost = Cipher(keys), Counter[str](), Counter[str]()
    for row in rows:
        try:
            do(cipher, row)
            opened[row.kind] += 1
        except VaultProblem:
            if not cipher.ready:
                raise
            lost[row.kind] += 1
    return VaultContent(opened, lost)
