"""Outages: three failures in a row stop everything, then single probes look whether the provider is back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

OPEN_AFTER = 3
FIRST_PROBE, GROWTH, LAST_PROBE = 4.0, 2.3, 20.0
"""Seconds between probes: an early one for a hiccup, then few. So five or six requests reach 90 s of outage; seven or eight, with probes
at most 15 s apart, bring shorter waits only where an outage is long (bench/provider/shapes.py, `outages`)."""
SPARED = 20.0
"""Seconds that a probe waits longer when a failure would be the end of every request that could be one."""
RUNNING_IS_UP = 1.5
"""Seconds: a provider that is down mostly says so at once; a probe that still runs is being served."""
HINT_CAP = 60.0
"""Seconds; a provider that is down promises nothing reliable, and one probe a minute is no burden."""
SLOW = 15.0
"""Seconds; a failure later than this came in the middle of the work."""


@dataclass(slots=True)
class Breaker:
    """Closed while `since` is None. Which request is the probe is the gate's business."""

    in_a_row: int = 0
    since: float | None = None
    probe_at: float = 0.0
    interval: float = FIRST_PROBE
    newest_failure: float = -1e18
    """Launch time of the newest failed exchange: only a success launched later shows that the provider is back."""
    slowest: float = 0.0
    """Seconds that the failures of this outage took, at most."""

    @property
    def open(self) -> bool:
        """Whether everything is stopped."""
        return self.since is not None

    def patience(self) -> float:
        """Seconds after which a probe that still runs is being served: longer where the failures themselves are slow."""
        return max(RUNNING_IS_UP, 1.5 * self.slowest + 1.0)

    def fail(self, launched: float, now: float, *, probe: bool, answered: bool) -> bool:
        """Book a failure; True when a probe has to be planned. `answered`: the provider itself said so, at its own speed; a broken
        connection says nothing about that. What was under way when the breaker opened tells nothing new."""
        if self.since is not None and not probe:
            return False
        self.in_a_row += 1
        self.newest_failure = max(self.newest_failure, launched)
        if answered or probe:
            self.slowest = max(self.slowest, min(now - launched, SLOW))
        if self.since is None and self.in_a_row < OPEN_AFTER:
            return False
        if self.since is None:
            self.since, self.interval = now, FIRST_PROBE
        else:
            self.interval = min(LAST_PROBE, self.interval * GROWTH)
        return True

    def plan(self, now: float, hint: float | None, uniform: Callable[[float, float], float]) -> None:
        """When the next probe goes out."""
        self.probe_at = now + max(self.interval * uniform(0.8, 1.2), min(hint or 0.0, HINT_CAP))

    def succeed(self, launched: float, *, probe: bool) -> bool:
        """Book an exchange that was served; True when it ends an outage. Launched before the failures, it proves nothing about now."""
        if launched <= self.newest_failure and not probe:
            return False
        was_open = self.since is not None
        self.in_a_row, self.since, self.slowest = 0, None, 0.0
        return was_open
