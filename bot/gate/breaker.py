"""Circuit breaker: opens on consecutive failures that are unlikely by chance; while it's open, single probes find out if the provider is
back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.gate.port import Waiting

FEWEST, MOST = 2, 3
"""Consecutive failures that open the breaker: two if they're unlikely by chance, otherwise three."""
CHANCE = 0.0015
"""Probability without an outage up to which two consecutive failures open the breaker."""
EXPECTED, WEIGHT, FADE = 0.05, 20.0, 0.98
"""Prior share of failures outside outages, its weight in calls, and the decay of older calls."""
EARLY_PROBE, FIRST_PROBE = 4.0, 10.0
"""Seconds until the first probe: if the failures may be chance or a single request's own, and otherwise."""
GROWTH, LAST_PROBE = 2.5, 35.0
"""Growth of the pause between probes (and, after a failed first probe, of `FIRST_PROBE` at least), and its maximum in seconds. The number
of probes grows with the logarithm of a short outage and slowly with a long one; the time to notice its end is at most its own length times
the growth, and half a minute (bench/provider/shapes.py, `outages`)."""
SPARE = 60.0
"""Extra seconds before a probe if every candidate is on its last try."""
RUNNING_IS_UP = 1.5
"""Seconds. A provider that is down usually fails at once; a probe that runs longer counts as recovery."""
HINT_CAP = 60.0
"""Maximum seconds of a hint. A provider that is down makes no reliable promises, and one probe a minute is no burden."""
SLOW = 15.0
"""Seconds; a failure that took longer happened during generation and says nothing about the speed of failures."""


@dataclass(slots=True)
class Breaker:
    """Closed while `since` is None, half-open while a probe runs. The gate chooses the probe."""

    in_a_row: int = 0
    failing: set[str] = field(default_factory=set)
    """Ids of requests that have failed since the last success."""
    failed_probes: int = 0
    """Number of failed probes in this outage."""
    served: float = 0.0
    failed: float = 0.0
    """Decayed number of failed calls outside outages; `served` is that of successful ones."""
    since: float | None = None
    probe_at: float = 0.0
    interval: float = FIRST_PROBE
    newest_failure: float = -1e18
    """Launch time of the latest failed call. Only a success that was launched later proves recovery."""
    slowest: float = 0.0
    """Longest duration in seconds of a failure in this outage."""

    @property
    def open(self) -> bool:
        """Whether only probes may start."""
        return self.since is not None

    def probe_wait(self) -> float:
        """Seconds after which a running probe counts as recovery; longer if the failures themselves are slow."""
        return max(RUNNING_IS_UP, 1.5 * self.slowest + 1.0)

    def sure(self) -> bool:
        """Whether two failures are enough: they hit different requests, and failures are rare otherwise."""
        share = (self.failed + EXPECTED * WEIGHT) / (self.served + self.failed + WEIGHT)
        return len(self.failing) > 1 and share**FEWEST <= CHANCE

    def probe_candidates(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        """Requests that may start next while it's closed. After a failure, a request that hasn't failed tells the provider's fault from the
        request's own."""
        if not self.in_a_row:
            return waiting
        others = [one for one in waiting if one.request_id not in self.failing]
        return [one for one in others if not one.last_try] or others or waiting

    def would_end_one(self, waiting: Sequence[Waiting]) -> bool:
        """Whether another failure in a row would use up a request's last try."""
        return self.in_a_row >= FEWEST and all(one.last_try for one in self.probe_candidates(waiting))

    def fail(self, request: str, launched: float, now: float, *, probe: bool, answered: bool) -> bool:
        """Book a failed call. Returns True if the breaker is open now and a probe has to be planned.

        `answered`: the provider itself answered, unlike a broken connection. Failures of calls that were in flight when the breaker opened
        are ignored.
        """
        if self.since is not None and not probe:
            return False
        self.in_a_row += 1
        self.failing.add(request)
        self.newest_failure = max(self.newest_failure, launched)
        if answered or probe:
            self.slowest = max(self.slowest, min(now - launched, SLOW))
        if self.since is None and self.in_a_row < (FEWEST if self.sure() else MOST):
            return False
        if self.since is None:
            self.since, self.interval = now, FIRST_PROBE if self.sure() else EARLY_PROBE
        else:
            self.failed_probes += 1
            self.interval = min(LAST_PROBE, max(FIRST_PROBE, self.interval) * GROWTH)
        return True

    def suspect(self, now: float) -> None:
        """Open early, because every request that could confirm the outage is on its last try."""
        self.since, self.interval = now, EARLY_PROBE

    def plan(self, now: float, hint: float | None, uniform: Callable[[float, float], float]) -> None:
        self.probe_at = now + max(self.interval * uniform(0.8, 1.2), min(hint or 0.0, HINT_CAP))

    def succeed(self, launched: float, *, probe: bool) -> bool:
        """Book a success. Returns True if it closes the breaker. A call that was launched before the failures proves nothing."""
        if launched <= self.newest_failure and not probe:
            return False
        was_open = self.since is not None
        by_chance = 0 if self.failed_probes else self.in_a_row
        self.served, self.failed = FADE * self.served + 1.0, FADE * self.failed + by_chance
        self.in_a_row, self.failed_probes, self.since, self.slowest = 0, 0, None, 0.0
        self.failing.clear()
        return was_open


def least_to_lose(waiting: Sequence[Waiting]) -> Sequence[Waiting]:
    """Requests that lose least by a failed probe: not on their last try, with the fewest tries."""
    spare = [one for one in waiting if not one.last_try] or waiting
    fewest = min(one.tries for one in spare)
    return [one for one in spare if one.tries == fewest]
