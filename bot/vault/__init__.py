"""Encrypted values in the ledger: tokens of installations, keys of communities. Only the operator's keys open them.

A value is stored as JSON encrypted with Fernet (AES-128-CBC with HMAC-SHA256) by the first of ENCRYPTION_KEYS; every one of them opens it,
so a new key goes in front of the old one, which goes when nothing is encrypted with it anymore (`reseal`). Where a value is stored is part
of what is encrypted, so that a row copied to another place opens nothing there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ledger import vault_rows
from bot.ledger.store import Ledger
from bot.ledger.vault_rows import SealedRow
from bot.vault.cipher import Cipher, VaultProblem

__all__ = ["Vault", "VaultEntry", "VaultProblem"]


@dataclass(frozen=True, slots=True)
class VaultEntry:
    key: str
    value: Mapping[str, Any]
    row: SealedRow


class Vault:
    """Values by kind and key. Without ENCRYPTION_KEYS nothing can be stored: `open` is false and every call raises VaultProblem."""

    def __init__(self, ledger: Ledger, keys: Sequence[str] = ()) -> None:
        self._ledger, self._cipher = ledger, Cipher(keys)

    @property
    def open(self) -> bool:
        return self._cipher.ready

    async def put(self, kind: str, key: str, value: Mapping[str, Any], expires_at: float | None = None) -> None:
        """Store a value in place of an older one."""
        sealed = self._cipher.seal(kind, key, value)
        await self._ledger.write(lambda tx: vault_rows.put(tx, kind, key, sealed, expires_at))

    def seal(self, kind: str, key: str, value: Mapping[str, Any]) -> str:
        """A value encrypted, for a transaction that stores it with something else."""
        return self._cipher.seal(kind, key, value)

    async def get(self, kind: str, key: str) -> VaultEntry | None:
        now = self._ledger.now()
        row = await self._ledger.read(lambda c: vault_rows.get(c, kind, key, now))
        return None if row is None else self.opened(row)

    async def every(self, kind: str) -> Sequence[VaultEntry]:
        """All values of a kind that a key opens; the others are left out, so that one damaged row doesn't hide the rest."""
        now = self._ledger.now()
        rows = await self._ledger.read(lambda c: vault_rows.every(c, kind, now))
        found = []
        for row in rows:
            try:
                found.append(self.opened(row))
            except VaultProblem:
                continue
        return found

    async def take(self, kind: str, key: str) -> VaultEntry | None:
        """Get and delete a value: only one caller gets it."""
        row = await self._ledger.write(lambda tx: vault_rows.take(tx, kind, key))
        return None if row is None else self.opened(row)

    async def forget(self, kind: str, key: str) -> bool:
        return await self._ledger.write(lambda tx: vault_rows.forget(tx, kind, key))

    async def claim(self, entry: VaultEntry, seconds: float) -> bool:
        """Reserve the change of a value for this process. False if another one changes it, or has changed it since it was read."""
        return await self._ledger.write(lambda tx: vault_rows.claim(tx, entry.row, tx.now + seconds))

    def opened(self, row: SealedRow) -> VaultEntry:
        """A row decrypted. Raises VaultProblem."""
        return VaultEntry(row.key, self._cipher.unseal(row.kind, row.key, row.sealed), row)
