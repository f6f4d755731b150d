"""An exhausted quota: the key is held, and once in a while one request asks whether the operator has topped up."""

from __future__ import annotations

from dataclasses import dataclass

PROBES = (60.0, 60.0, 120.0, 300.0)
"""Seconds between probes. Each one that fails costs a member the request, so they are rarer than for an outage."""
RUNNING_IS_BACK = 3.0
"""Seconds: a key without credit is refused at once; a probe that still runs is being served."""


@dataclass(slots=True)
class Credit:
    """There is credit while `since` is None."""

    since: float | None = None
    probe_at: float = 0.0
    probes: int = 0

    @property
    def gone(self) -> bool:
        """Whether the key is held."""
        return self.since is not None

    def refuse(self, now: float, probe: bool) -> bool:
        """The provider says that there is none; False when it had said so already (an exchange that was still under way)."""
        if self.since is not None and not probe:
            return False
        self.probes = self.probes + 1 if self.since is not None else 0
        self.since = now if self.since is None else self.since
        self.probe_at = now + PROBES[min(self.probes, len(PROBES) - 1)]
        return True

    def back(self) -> None:
        """Go on."""
        self.since, self.probes = None, 0
