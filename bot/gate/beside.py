"""What a batch leaves to members. They go first in line, but a call that runs can't be taken back, and neither can a launch that a limit
has counted. Pure.

A batch gets what members are unlikely to need, and at least every eighth launch. Each wait ends by itself, so nothing can wait forever.
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
"""Half-life in seconds of a member's launch in the estimate of how often they come."""
QUIET = 900.0
"""Seconds without a member's launch after which a batch may take everything, but for one place, or launch of a minute, of four or more."""
SURE, SURE_OF_A_MINUTE = 0.85, 0.97
"""Share of members who find room that a batch left them, if they come at random. A place becomes free with the next call's end, so not
finding one costs less than finding the minute used up."""
LEAST = 8
"""A batch may launch whenever the service could have made this many launches since the batch's last one."""
LONGEST = 240.0
"""Seconds after which it may launch in any case."""
SOON = 0.2
"""Share of a picture's time for which a member may wait for a token without noticing."""
GROWTH, EVERY = 1.1, 600.0
"""Beside members, a batch still goes by a minute's limit that the gate has forgotten, so much more of it after each so many seconds: what
it leaves free keeps the limit from being met, and finding it anew would use up a minute of members'."""
USUAL_PICTURE = 15.0
"""Seconds of a picture while none has come yet."""


@dataclass(frozen=True, slots=True)
class SharedLimit:
    """Something that members and batches share: places, a minute, tokens."""

    size: float
    """How much fits."""
    each: float
    """Seconds in which the service makes room for one."""
    span: float
    """Seconds for which one takes room."""
    members: float
    """What members have taken."""
    batches: float
    """What batches have taken."""
    sure: float = SURE
    asked: int = 1
    """What a launch takes."""


@dataclass(slots=True)
class Beside:
    """Remembers the launches of members and batches."""

    count: float = 0.0
    """Decayed number of members' launches, as of the last one."""
    member_at: float = -math.inf
    batch_at: float = -math.inf
    per_minute: tuple[float, float] | None = None
    """The minute's limit that was last believed, and when."""
    minute: deque[tuple[float, int, bool]] = field(default_factory=deque)
    """Time, pictures and whether it's a batch's, of the last minute's launches."""

    def launch(self, one: Waiting, now: float) -> None:
        """A call starts."""
        batch = one.lane is Lane.BATCH
        self._forget(now)
        self.minute.append((now, one.pictures, batch))
        if batch:
            self.batch_at = now
        else:
            self.count, self.member_at = self._faded(now) + 1.0, now

    def wait(self, now: float, limits: Iterable[SharedLimit]) -> float:
        """Seconds until a batch may launch, as far as members are concerned."""
        longest = 0.0
        for limit in limits:
            if limit.batches + limit.asked > self.share(now, limit) + 1e-9:
                shared = LEAST * limit.each * min(limit.asked, max(1.0, limit.size))
                longest = max(longest, self.batch_at + min(LONGEST, shared) - now)
        return longest

    def share(self, now: float, limit: SharedLimit) -> float:
        """How much of a limit batches may take."""
        if self.quiet(now):
            return limit.size - (1 if limit.size >= 4 * limit.asked else 0)
        return limit.size - max(limit.members + 1, 1 + likely_most(self.per_second(now) * limit.span, limit.sure))

    def quiet(self, now: float) -> bool:
        """Whether no member's call has started for a while."""
        return now - self.member_at > QUIET

    def per_second(self, now: float) -> float:
        """How often members' calls started of late."""
        return self._faded(now) * math.log(2) / HALF_LIFE

    def taken(self, now: float, *, pictures: bool) -> tuple[int, int]:
        """What members and batches launched within the last minute: calls, or pictures."""
        self._forget(now)
        taken = [0, 0]
        for _, count, batch in self.minute:
            taken[batch] += count if pictures else 1
        return taken[0], taken[1]

    def minute_limit(self, now: float, believed: int | None) -> float | None:
        """The minute's limit that a batch goes by; None if there is none."""
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
    """How many come at random, if this many come on average: a Poisson quantile."""
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
    """How many calls may run at once, and what runs."""

    bound: int
    running: Collection[InFlight]
    picture: float | None
    """Seconds of a picture; None while none has come."""


def limits_of(beside: Beside, now: float, pictures: int, places: Places, rate: RateModel, own: Allowance) -> list[SharedLimit]:
    """Everything that bounds a launch of a batch now: places, the service's rate, the operator's own limit."""
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
