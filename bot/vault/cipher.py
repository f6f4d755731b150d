"""Encryption of one value with the operator's keys. `cryptography` is imported with the first key, because most bots have none."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.texts import text

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class VaultProblem(Exception):
    """What the operator must fix, as a complete sentence."""


def available() -> bool:
    """Whether the package that encrypts is installed."""
    return importlib.util.find_spec("cryptography") is not None


def new_key() -> str:
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


class Cipher:
    """Encrypts with the first key, decrypts with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = _fernet(keys) if keys else None

    @property
    def ready(self) -> bool:
        return self._keys is not None

    def seal(self, kind: str, key: str, value: Mapping[str, Any]) -> str:
        content = json.dumps({"at": [kind, key], "value": dict(value)}, ensure_ascii=False, separators=(",", ":"))
        return self._with_keys().encrypt(content.encode()).decode()

    def unseal(self, kind: str, key: str, sealed: str) -> Mapping[str, Any]:
        """Raises VaultProblem if no key opens it, or if it was stored somewhere else."""
        from cryptography.fernet import InvalidToken

        try:
            found = json.loads(self._with_keys().decrypt(sealed.encode()))
        except (InvalidToken, ValueError):
            raise VaultProblem(text("operator.vault_no_key", kind=kind)) from None
        if not isinstance(found, dict) or found.get("at") != [kind, key] or not isinstance(found.get("value"), dict):
            raise VaultProblem(text("operator.vault_no_key", kind=kind))
        return dict(found["value"])

    def resealed(self, kind: str, sealed: str) -> str:
        """The same value encrypted with the first key. Raises VaultProblem."""
        from cryptography.fernet import InvalidToken

        try:
            return self._with_keys().rotate(sealed.encode()).decode()
        except (InvalidToken, ValueError):
            raise VaultProblem(text("operator.vault_no_key", kind=kind)) from None

    def _with_keys(self) -> MultiFernet:
        if self._keys is None:
            raise VaultProblem(text("operator.vault_closed"))
        return self._keys


def _fernet(keys: Sequence[str]) -> MultiFernet:
    if not available():
        raise VaultProblem(text("operator.vault_no_package"))
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(one) for one in keys])
