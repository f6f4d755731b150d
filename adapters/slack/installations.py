"""slack_sdk's InstallationStore and OAuthStateStore on the vault: one installation for each workspace or organisation, encrypted.

The key is the workspace's id (T…), or the organisation's (E…) for an installation that holds in all of its workspaces. Workspaces that an
organisation's installation was used in are stored too, so that a message can still reach one after a restart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.ports import Ports
from bot.vault import Vault, VaultEntry

log = structlog.get_logger()

INSTALLATION, STATE, GRANTED = "slack installation", "slack state", "slack workspace of an organisation"
"""Kinds of values in the vault."""
STATE_LIFE = 600.0
"""Seconds in which a person must finish an installation after opening its link."""


class Installations(AsyncInstallationStore):
    def __init__(self, vault: Vault) -> None:
        self.vault = vault

    async def async_save(self, installation: Installation) -> None:
        """Store an installation in place of an older one of the same workspace or organisation."""
        key = key_of(installation)
        if not key:
            raise ValueError("an installation without a workspace and an organisation")
        await self.vault.put(INSTALLATION, key, {name: value for name, value in vars(installation).items() if value is not None})

    async def entry(self, key: str) -> VaultEntry | None:
        return await self.vault.get(INSTALLATION, key)

    async def every(self) -> Sequence[VaultEntry]:
        return await self.vault.every(INSTALLATION)

    async def organisation_of(self, team: str) -> str:
        """The organisation whose installation was used in a workspace; empty if none was."""
        found = await self.vault.get(GRANTED, team)
        return "" if found is None else str(found.value.get("enterprise") or "")

    async def granted(self, team: str, enterprise: str) -> None:
        await self.vault.put(GRANTED, team, {"enterprise": enterprise})

    async def withdrawn(self, team: str) -> None:
        await self.vault.forget(GRANTED, team)


class States(AsyncOAuthStateStore):
    """The random value that ties an installation to the browser that began it: valid once, for ten minutes, in any process."""

    def __init__(self, vault: Vault, ports: Ports) -> None:
        self._vault, self._ports = vault, ports

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        state = self._ports.new_id() + self._ports.new_id()
        await self._vault.put(STATE, state, {}, expires_at=self._ports.now() + STATE_LIFE)
        return state

    async def async_consume(self, state: str) -> bool:
        return len(state) <= 200 and await self._vault.take(STATE, state) is not None


def key_of(installation: Installation) -> str:
    return str((installation.enterprise_id if installation.is_enterprise_install else installation.team_id) or "")


def installation_of(entry: VaultEntry) -> Installation:
    return Installation(**entry.value)
