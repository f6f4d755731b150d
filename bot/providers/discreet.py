"""A provider whose key never gets into the ledger: a service may echo it in what is kept as evidence, and so in every backup."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from bot.domain.outcome import Outcome, Pending
from bot.observe.redact import REMOVED
from bot.observe.secret_spellings import SecretFinder
from bot.providers.port import Call, OnPartial, Provider

_SAID = ("headers", "body", "exception", "peer")
"""Fields of an `Evidence` with a service's own words."""


class DiscreetProvider:
    """Passes everything on, and takes the key, in whichever spelling, out of what comes back and is stored."""

    def __init__(self, provider: Provider, key: str, gate_key: str) -> None:
        self._provider, self.name, self.gate_key = provider, provider.name, gate_key
        self._finder = SecretFinder([key])

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        return self._clean(await self._provider.call(call, on_partial))

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        return self._clean(await self._provider.collect(call, pending))

    async def cancel(self, pending: Pending) -> bool:
        return await self._provider.cancel(pending)

    async def aclose(self) -> None:
        await self._provider.aclose()

    def _clean(self, outcome: Outcome) -> Outcome:
        said, task = outcome.shortfall, outcome.pending
        if said is not None:
            said = dataclasses.replace(said, **{name: self._without(getattr(said, name)) for name in _SAID})
        if task is not None:  # its address doesn't work without the key; better that than the key in every backup
            task = dataclasses.replace(task, task_id=self._without(task.task_id), poll_url=self._without(task.poll_url))
        return dataclasses.replace(outcome, shortfall=said, pending=task)

    def _without(self, value: Any) -> Any:
        """The same value without the key, however deep it is."""
        if isinstance(value, str):
            return self._finder.without(value, REMOVED)
        if isinstance(value, bytes):
            return self._finder.without(value.decode("latin-1"), REMOVED).encode("latin-1")
        if isinstance(value, Mapping):
            return {self._without(name): self._without(inner) for name, inner in value.items()}
        return [self._without(one) for one in value] if isinstance(value, (list, tuple)) else value
