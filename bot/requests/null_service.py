"""Null objects for a community's image service whose key this process doesn't have: they never send anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from bot.domain.failure import Evidence
from bot.domain.outcome import Billed, Outcome, Pending
from bot.gate.port import Change, Estimate, Grant, Snapshot, Verdict, Waiting, WakeAt
from bot.providers.port import Call, OnPartial

LOOK_AGAIN = 20.0
"""Seconds until a task is looked at again: the key may be there by then."""


@dataclasses.dataclass(slots=True)
class NullProvider:
    """Sends nothing, and knows nothing of tasks."""

    name: str
    gate_key: str = ""

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        return Outcome(shortfall=Evidence(provider=self.name), billed=Billed.NO)

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        """Keep the task pending: it's polled until the request's own deadline."""
        return Outcome(pending=dataclasses.replace(pending, poll_after=LOOK_AGAIN), billed=Billed.UNKNOWN)

    async def cancel(self, pending: Pending) -> bool:
        return False

    async def aclose(self) -> None:
        """Nothing is open."""


class NullGate:
    """Grants nothing."""

    def next(self, now: float, waiting: Sequence[Waiting]) -> Grant | WakeAt:
        return WakeAt(float("inf"), "empty")

    def report(self, grant: Grant, verdict: Verdict, now: float) -> None:
        """Nothing is learned."""

    def hear(self, verdict: Verdict, now: float) -> None:
        """Nothing is learned."""

    def drop(self, grant: Grant, now: float) -> None:
        """Nothing was granted."""

    def estimates(self, now: float, waiting: Sequence[Waiting]) -> Mapping[str, Estimate]:
        return {}

    def snapshot(self, now: float) -> Snapshot:
        return Snapshot(0, None, None, 0.0, "down", 0.0, None, None, 0)

    def changes(self) -> Sequence[Change]:
        return ()

    def remember(self) -> Mapping[str, object]:
        return {}
