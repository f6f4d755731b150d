"""A provider whose key never gets into the ledger: a service may echo it in what is kept as evidence, and so in every backup."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from bot.domain.outcome import Outcome, Pending
from bot.providers.port import Call, OnPartial, Provider

REMOVED = "[key]"


class DiscreetProvider:
    """Passes everything on, and takes the key out of what comes back."""

    def __init__(self, provider: Provider, key: str, gate_key: str) -> None:
        self._provider, self.name, self.gate_key = provider, provider.name, gate_key
        spellings = {key, quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1]}
        self._spellings = sorted(spellings, key=len, reverse=True)

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        return self._clean(await self._provider.call(call, on_partial))

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        return self._clean(await self._provider.collect(call, pending))

    async def cancel(self, pending: Pending) -> bool:
        return await self._provider.cancel(pending)

    async def aclose(self) -> None:
        await self._provider.aclose()

    def _clean(self, outcome: Outcome) -> Outcome:
        said, asked = outcome.shortfall, outcome.provider_request_id
        evidence = None if said is None else dataclasses.replace(said, **{name: self._without(getattr(said, name)) for name in _SAID})
        return dataclasses.replace(outcome, shortfall=evidence, provider_request_id=None if asked is None else self._without(asked))

    def _without(self, value: Any) -> Any:
        """The same value without the key, however deep it is."""
        if isinstance(value, str):
            for one in self._spellings:
                value = value.replace(one, REMOVED)
            return value
        if isinstance(value, bytes):
            for one in self._spellings:
                value = value.replace(one.encode(), REMOVED.encode())
            return value
        if isinstance(value, Mapping):
            return {self._without(name): self._without(inner) for name, inner in value.items()}
        return [self._without(one) for one in value] if isinstance(value, (list, tuple)) else value


_SAID = ("headers", "body", "exception", "peer")
"""Fields of an `Evidence` with a service's own words."""
