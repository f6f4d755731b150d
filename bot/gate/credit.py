"""Exhausted quota: stop the key, and let one call at a time probe whether the operator has topped up."""

from __future__ import annotations

from dataclasses import dataclass

PROBES = (60.0, 60.0, 120.0, 300.0)
"""Seconds between probes. Each failed probe fails a member's request, so they're rarer than during an outage."""
RUNNING_IS_BACK = 3.0
"""Seconds. A key without credit is rejected at once; a probe that runs longer shows that credit is back."""


@dataclass(slots=True)
class Credit:
    """Whether the key has credit; it does while `since` is None."""

    since: float | None = None
    probe_at: float = 0.0
    probes: int = 0

    @property
    def exhausted(self) -> bool:
        return self.since is not None

    def exhaust(self, now: float, probe: bool) -> bool:
        """Book that the provider reports no credit. Returns False if that was known (the call was in flight)."""
        if self.since is not None and not probe:
            return False
        self.probes = self.probes + 1 if self.since is not None else 0
        self.since = now if self.since is None else self.since
        self.probe_at = now + PROBES[min(self.probes, len(PROBES) - 1)]
        return True

    def restore(self) -> None:
        """Book that the key has credit again."""
        self.since = None
