"""What a waiting member is told: plays the line forward with what is believed now. Pure; knows nothing of requests to come."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is believed, in seconds and loop time."""

    now: float
    start: float
    """Nothing goes out before."""
    gap: float
    places: int
    """How many may run at once."""
    ends: Sequence[float]
    """When what is running should end."""
    service: float
    """Seconds from launch to picture."""
    rate: float | None
    """Launches a second; None for no limit known."""
    level: float = 0.0
    """Launches that may go out at once at `now`."""
    depth: float = 1.0
    minute: Sequence[float] | None = None
    """Launches of the last minute, when the limit is so many in any minute; `rate` is not used then."""
    per_minute: int = 0


def arrivals(outlook: Outlook, count: int) -> list[float]:
    """Seconds from now until the pictures of the first `count` in the line."""
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
