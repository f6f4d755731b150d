"""The image services of communities with a key of their own, as this process knows them: each has its own provider and gate.

The ledger is the truth: a community's settings name its service, and the vault has the key. Every process reads both at its start, when it
hears of a change, and from time to time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.domain.own_services import SETTING, OwnService, own_service_of
from bot.gate.settings import GateSettings
from bot.ledger import own_rows
from bot.ledger.store import Ledger, LedgerProblem
from bot.ledger.vault_rows import SealedRow
from bot.observe import conceal, reveal
from bot.providers.discreet import DiscreetProvider
from bot.providers.http_provider import HttpProvider
from bot.providers.port import Provider
from bot.requests.null_service import NullProvider
from bot.requests.services import ImageService, ImageServices, ServicePlan
from bot.vault import Vault, VaultProblem
from bot.vault.cipher import Cipher

log = structlog.get_logger()

MOST_CALLS = 4
"""Calls in flight at one community's service."""
Connect = Callable[[OwnService, str], HttpProvider]
"""Makes the provider of a community's service with its key. Raises ValueError."""


def as_sealed(service: OwnService, key: str) -> Mapping[str, Any]:
    """What the vault keeps of a community's service: all that a call needs."""
    return {"service": service.as_stored(), "key": key}


def from_sealed(value: Mapping[str, Any]) -> tuple[OwnService, str] | None:
    """The same, as it was read; None if it's something else."""
    service = own_service_of({SETTING: value.get("service")})
    key = value.get("key")
    return None if service is None or not isinstance(key, str) else (service, key)


@dataclass(slots=True)
class OwnServices:
    """Keeps the registry of services up to date. `wake` is fast and may be called from anywhere on the loop."""

    ledger: Ledger
    vault: Vault
    services: ImageServices
    connect: Connect
    make: Callable[[ServicePlan], Awaitable[ImageService]]
    """A service with its gate, which begins with what was learned before."""
    operators: GateSettings
    """The operator's limits."""
    changed: Callable[[str], None] = lambda name: None
    """Called after a change: what waits may go elsewhere now."""
    _held: dict[str, ImageService] = field(default_factory=dict)
    _mine: Mapping[str, OwnService] = field(default_factory=dict)
    _concealed: set[str] = field(default_factory=set)
    """Names of the services whose keys are redacted from the log."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def wake(self, community: str = "") -> None:
        """Look again: a community's key was set, replaced or removed."""
        if len(self._tasks) > 1:
            return  # one that hasn't begun sees this change too
        task = asyncio.get_running_loop().create_task(self._refresh_now(), name="own-services")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Wait until nothing is being read. The providers are closed with all others."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _refresh_now(self) -> None:
        try:
            await self.refresh()
        except LedgerProblem as problem:
            log.error("ledger_problem", problem=str(problem))
        except Exception:
            log.exception("own_services_not_read")
        self.changed("*")

    async def refresh(self) -> None:
        """Make the registry what the ledger says. Raises LedgerProblem."""
        async with self._turn:
            now = self.ledger.now()
            mine, rows, busy = await self.ledger.read(
                lambda c: (own_rows.everyone(c), own_rows.sealed(c, now), own_rows.under_way(c)),
            )
            stored, current = {row.key: row for row in rows}, {one.name: one for one in mine.values()}
            for name in [*current, *(name for name in stored if name not in current)]:
                if name not in self._held and (made := await self._build(name, current.get(name), stored.get(name))) is not None:
                    self._held[name] = made
            gone = [self._held.pop(name) for name in set(self._held) - stored.keys() - current.keys()]
            for name in self._concealed - self._held.keys():
                reveal(name)
            self._concealed &= self._held.keys()
            self._mine = mine
            self.services.use_own(self._held, {community: one.name for community, one in mine.items()})
            for one in gone:
                await one.provider.aclose()
        if stored.keys() - current.keys() - busy:
            await self.ledger.write(own_rows.forget_unneeded)

    async def _build(self, name: str, service: OwnService | None, row: SealedRow | None) -> ImageService | None:
        provider = None if row is None else self._provider(row)
        if provider is None and service is None:
            return None  # an older key that can't be read: its tasks can't be looked up
        made = await self.make(ServicePlan(name, provider or NullProvider(name, name), self._limits))
        made.unreadable = provider is None
        return made

    @property
    def _limits(self) -> GateSettings:
        """A service that an administrator chose may answer as much and as slowly as it likes, in the memory that all share."""
        return GateSettings(max_concurrency=self.operators.max_concurrency, hard_concurrency=MOST_CALLS)

    def _provider(self, row: SealedRow) -> Provider | None:
        with contextlib.suppress(VaultProblem, ValueError):
            found = from_sealed(self.vault.opened(row).value)
            if found is not None:
                self.conceal(row.key, found[1])
                provider = self.connect(*found)
                # Two communities may have the same key, but never one gate; and none teaches the operator's services anything.
                return DiscreetProvider(provider, found[1], row.key)
        log.error("own_key_unreadable", service=row.key)
        return None

    def conceal(self, name: str, key: str) -> None:
        """Keep the key of a service that is stored out of the log, until it isn't anymore."""
        self._concealed.add(name)
        conceal(name, key)

    def settings_of(self, community: str) -> Mapping[str, Any]:
        """What the settings of a community (`platform:community`) say about its service, without asking the ledger."""
        service = self._mine.get(community)
        return {} if service is None else {SETTING: service.as_stored()}

    @property
    def keys_can_be_stored(self) -> bool:
        """Whether the operator has set ENCRYPTION_KEYS."""
        return self.vault.open


def not_wired(service: OwnService, key: str) -> HttpProvider:
    """Stands for `connect` where communities' own keys aren't wired. Always raises."""
    raise ValueError("communities' own services aren't wired here")


@dataclass(frozen=True, slots=True)
class OwnKeyPlan:
    """What communities' own services need from the operator."""

    keys: Sequence[str] = ()
    """ENCRYPTION_KEYS."""
    connect: Connect = not_wired


NO_OWN_KEYS = OwnKeyPlan()
"""Nothing is wired: no key can be stored."""


def keys_in(rows: Sequence[SealedRow], cipher: Cipher) -> Mapping[str, tuple[OwnService, str]]:
    """Every stored service with its key, by name; those that can't be read are left out."""
    found = {}
    for row in rows:
        with contextlib.suppress(VaultProblem):
            if (one := from_sealed(cipher.unseal(row.kind, row.key, row.sealed))) is not None:
                found[row.key] = one
    return found
