"""Forecasts of waiting requests: computed for all of them at once, and only when something is about to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.gate.port import Estimate, Waiting
from bot.ports import Ports
from bot.requests.services import ImageServices

AGE, AGE_LEAST = 1.0, 0.1
"""Maximum age of forecasts in seconds, and their minimum age before a changed queue causes a new computation."""


@dataclass(slots=True)
class Estimates:
    """The latest forecasts. Reading them is thread-safe; `update` isn't: call it on the event loop."""

    ports: Ports
    queue_changed: bool = False
    """Whether the queue was read since the last computation."""
    _found: Mapping[str, Estimate] = field(default_factory=dict)
    """By request."""
    _made_at: float = float("-inf")

    def of(self, request_id: str) -> Estimate | None:
        """Forecast of a waiting request, as of the last `update`."""
        return self._found.get(request_id)

    def update(self, services: ImageServices, waiting: Mapping[str, Sequence[Waiting]]) -> None:
        """Compute the forecasts again if they're too old or the queue has changed. `waiting`: the queue of each service, by name."""
        now = self.ports.monotonic()
        if now - self._made_at <= (AGE_LEAST if self.queue_changed else AGE):
            return
        found: dict[str, Estimate] = {}
        for service in services:
            found |= service.gate.estimates(now, waiting.get(service.name, []))
        self._found, self._made_at, self.queue_changed = found, now, False

    def until_wall(self, estimate: Estimate) -> float | None:
        """An estimate's `until` as wall-clock time; None if it has none."""
        return None if estimate.until is None else self.ports.now() + max(0.0, estimate.until - self.ports.monotonic())
