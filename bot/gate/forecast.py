"""Wait forecast: simulates the queue with the current estimates. Future requests are ignored."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outlook:
    """Input of a forecast: current estimates, in seconds and loop time."""

    now: float
    start: float
    """No launch before this time."""
    gap: float
    places: int
    """Maximum concurrent calls."""
    ends: Sequence[float]
    """Expected end times of running calls."""
    service: float
    """Seconds from launch to picture."""
    rate: float | None
    """Launches per second; None if no limit is known."""
    level: float = 0.0
    """Launches possible immediately at `now`."""
    depth: float = 1.0
    minute: Sequence[float] | None = None
    """Launches of the last minute, if the limit is per minute; `rate` is ignored then."""
    per_minute: int = 0


def arrivals(outlook: Outlook, count: int) -> list[float]:
    """Seconds from now until the pictures of the first `count` requests in the queue."""
    ends = [max(end, outlook.now) for end in outlook.ends]
    heapq.heapify(ends)
    minute = deque(outlook.minute or ())
    time, level, at = max(outlook.start, outlook.now), outlook.level, outlook.now
    found = []
    for _ in range(count):
        while len(ends) >= outlook.places:
            time = max(time, heapq.heappop(ends))
        if outlook.minute is not None:
            if len(minute) >= outlook.per_minute:
                time = max(time, minute[len(minute) - outlook.per_minute] + 60.0)
            minute.append(time)
        elif outlook.rate is not None:
            level = min(outlook.depth, level + (time - at) * outlook.rate)
            if level < 1.0:
                time += (1.0 - level) / outlook.rate
                level = 1.0
            level, at = level - 1.0, time
        heapq.heappush(ends, time + outlook.service)
        found.append(time + outlook.service - outlook.now)
        time += outlook.gap
    return found
