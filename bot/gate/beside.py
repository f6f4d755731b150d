"""Capacity that a batch leaves to members. They're first in the queue, but neither a running call nor a launch that a limit has counted
can be taken back. Pure.

A batch gets what members are unlikely to need, and at least every eighth launch. Each wait ends by itself, so nothing waits forever.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from bot.domain.requests import Lane
from bot.gate.allowance import SPAN, Allowance
from bot.gate.in_flight import InFlight
from bot.gate.port import Waiting
from bot.gate.rate_model import RateModel

HALF_LIFE = 300.0
"""Half-life in seconds of a launch in the estimate of members' arrival rate."""
QUIET = 900.0
"""Seconds without a member's launch after which a batch leaves only one of four or more places or launches of a minute."""
SURE, SURE_OF_A_MINUTE = 0.85, 0.97
"""Probability that randomly arriving members find room: in places, and in launches of a minute. A place is free again after a call, so
waiting for one costs less than waiting for a minute."""
LEAST = 8
"""Number of launches that the service could have made since the batch's last one, after which the batch launches in any case."""
LONGEST = 240.0
"""Maximum seconds between two launches of a batch."""
SOON = 0.2
"""Share of the latency for which a member may wait for a token without noticing."""
GROWTH, EVERY = 1.1, 600.0
"""Beside members, a batch still goes by a minute's limit that the gate has forgotten, so much more of it after each so many seconds: what
it leaves free keeps the limit from being met, and finding it anew would use up a minute of members'."""
USUAL_PICTURE = 15.0
"""Assumed latency in seconds until a picture has come."""


@dataclass(frozen=True, slots=True)
class SharedLimit:
    """A limit that members and batches share: places, launches of a minute, tokens."""

    size: float
    """Total capacity."""
    each: float
    """Seconds in which the service frees one unit."""
    span: float
    """Seconds for which a launch occupies a unit."""
    members: float
    """Units that members occupy."""
    batches: float
    """Units that batches occupy."""
    sure: float = SURE
    asked: int = 1
    """Units that a launch occupies."""


@dataclass(slots=True)
class Beside:
    """Recent launches of members and batches."""

    count: float = 0.0
    """Decayed number of members' launches, as of the last one."""
    member_at: float = -math.inf
    batch_at: float = -math.inf
    per_minute: tuple[float, float] | None = None
    """Last believed limit per minute, and when."""
    minute: deque[tuple[float, int, bool]] = field(default_factory=deque)
    """Launches of the last minute: time, pictures, and whether they're a batch's."""

    def launch(self, one: Waiting, now: float) -> None:
        batch = one.lane is Lane.BATCH
        self._forget(now)
        self.minute.append((now, one.pictures, batch))
        if batch:
            self.batch_at = now
        else:
            self.count, self.member_at = self._faded(now) + 1.0, now

    def wait(self, now: float, limits: Iterable[SharedLimit]) -> float:
        """Seconds until a batch may launch without taking members' room."""
        longest = 0.0
        for limit in limits:
            if limit.batches + limit.asked > self.share(now, limit) + 1e-9:
                shared = LEAST * limit.each * min(limit.asked, max(1.0, limit.size))
                longest = max(longest, self.batch_at + min(LONGEST, shared) - now)
        return longest

    def share(self, now: float, limit: SharedLimit) -> float:
        """Units of a limit that batches may occupy."""
        if self.quiet(now):
            return limit.size - (1 if limit.size >= 4 * limit.asked else 0)
        return limit.size - max(limit.members + 1, 1 + likely_most(self.per_second(now) * limit.span, limit.sure))

    def quiet(self, now: float) -> bool:
        """Whether no member's call has started for `QUIET` seconds."""
        return now - self.member_at > QUIET

    def per_second(self, now: float) -> float:
        """Arrival rate of members' calls per second, decayed."""
        return self._faded(now) * math.log(2) / HALF_LIFE

    def taken(self, now: float, *, pictures: bool) -> tuple[int, int]:
        """Calls or pictures that members and batches launched within the last minute."""
        self._forget(now)
        taken = [0, 0]
        for _, count, batch in self.minute:
            taken[batch] += count if pictures else 1
        return taken[0], taken[1]

    def minute_limit(self, now: float, believed: int | None) -> float | None:
        """Limit per minute that batches obey; None if there is none."""
        if believed is not None:
            self.per_minute = float(believed), now
        if self.per_minute is None:
            return None
        limit, at = self.per_minute
        return limit if believed is not None else limit * GROWTH ** min(50.0, (now - at) // EVERY + 1.0)

    def _faded(self, now: float) -> float:
        return self.count * 2.0 ** ((self.member_at - now) / HALF_LIFE) if self.count else 0.0

    def _forget(self, now: float) -> None:
        while self.minute and self.minute[0][0] <= now - SPAN:
            self.minute.popleft()


def likely_most(mean: float, sure: float) -> int:
    """Poisson quantile: number of arrivals that isn't exceeded with probability `sure`."""
    mean = min(mean, 500.0)
    chance = below = math.exp(-mean)
    most = 0
    while below < sure and most < 1000:
        most += 1
        chance *= mean / most
        below += chance
    return most


@dataclass(frozen=True, slots=True)
class Places:
    """Places for concurrent calls, and the calls in flight."""

    bound: int
    running: Collection[InFlight]
    picture: float | None
    """Seconds of a picture; None while none has come."""


def limits_of(beside: Beside, now: float, pictures: int, places: Places, rate: RateModel, own: Allowance) -> list[SharedLimit]:
    """Shared limits that bound a batch's launch now: places, the service's rate, the operator's own limit."""
    batches, lasts = sum(one.waiting.lane is Lane.BATCH for one in places.running), places.picture or USUAL_PICTURE
    found = [SharedLimit(places.bound, lasts / places.bound, lasts, len(places.running) - batches, batches)]
    limit = beside.minute_limit(now, rate.window.limit if rate.window.believed else None)
    if limit is not None and (rate.window.believed or not beside.quiet(now)):
        found.append(SharedLimit(limit, SPAN / limit, SPAN, *beside.taken(now, pictures=False), SURE_OF_A_MINUTE))
    if not beside.quiet(now) and not rate.window.believed and rate.bucket.rate is not None and 1.0 / rate.bucket.rate > SOON * lasts:
        rate.bucket.refill(now)
        depth, each = rate.bucket.depth(), 1.0 / rate.bucket.rate
        found.append(SharedLimit(depth, each, each, 0.0, depth - rate.bucket.level))
    if own.per_minute is not None:
        found.append(
            SharedLimit(own.per_minute, SPAN / own.per_minute, SPAN, *beside.taken(now, pictures=True), SURE_OF_A_MINUTE, pictures)
        )
    return found
