"""Fair queue: interactive before batch, then the member served least of late, then the community served least, then the oldest request."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.requests import Lane
from bot.gate.port import Waiting

HALF_LIFE = 600.0
"""Half-life of a service count in seconds, so that members served long ago rank like new ones."""
_KEEP = 5000
_Key = tuple[bool, float, float, float, str, str, str]


@dataclass(slots=True)
class ServiceCounts:
    """Decayed service count per name. All counts decay at the same rate, so their order changes only when a request is served."""

    base: float = 0.0
    weights: dict[str, float] = field(default_factory=dict)
    """Count times 2^((time - base) / half-life), so that comparisons need no decay."""

    def scale(self, now: float) -> float:
        """Stored weight of one service booked at `now`."""
        if now - self.base > 50 * HALF_LIFE:
            factor = 2.0 ** ((self.base - now) / HALF_LIFE)
            self.weights = {name: weight * factor for name, weight in self.weights.items() if weight * factor > 0.01}
            self.base = now
        return float(2.0 ** ((now - self.base) / HALF_LIFE))

    def add(self, name: str, amount: float, now: float) -> None:
        """Book a service; a negative amount takes it back."""
        weight = self.weights.get(name, 0.0) + amount * self.scale(now)
        if weight > 0:
            self.weights[name] = weight
        else:
            self.weights.pop(name, None)
        if len(self.weights) > _KEEP:
            keep = sorted(self.weights, key=self.weights.__getitem__)[len(self.weights) // 2 :]
            self.weights = {kept: self.weights[kept] for kept in keep}


@dataclass(slots=True)
class FairQueue:
    """Service counts of members and communities. It stores no requests."""

    people: ServiceCounts = field(default_factory=ServiceCounts)
    communities: ServiceCounts = field(default_factory=ServiceCounts)

    def first(self, now: float, waiting: Sequence[Waiting]) -> Waiting:
        """The next request; `waiting` isn't empty."""
        floor = 0.5 * self.people.scale(now)
        community_floor = 0.5 * self.communities.scale(now)
        people, communities, batch = self.people.weights, self.communities.weights, Lane.BATCH
        best = waiting[0]
        best_key: tuple[bool, float, float, float, str] | None = None
        for one in waiting:
            key = (
                one.lane is batch,
                max(floor, people.get(one.person, 0.0)),
                max(community_floor, communities.get(one.community, 0.0)),
                one.since,
                one.request_id,
            )
            if best_key is None or key < best_key:
                best, best_key = one, key
        return best

    def standing(self, person: str, now: float) -> float:
        """A member's decayed service count, at least 0.5."""
        scale = self.people.scale(now)
        return max(0.5, self.people.weights.get(person, 0.0) / scale)

    def serve(self, one: Waiting, now: float, amount: float = 1.0) -> None:
        """Book a launch; a negative amount cancels it."""
        self.people.add(one.person, amount, now)
        self.communities.add(one.community, amount, now)

    def order(self, now: float, waiting: Sequence[Waiting]) -> list[Waiting]:
        """All requests in the order in which they'd be served if no new ones arrived."""
        unit = self.people.scale(now)
        community_unit = self.communities.scale(now)
        people = defaultdict(float, self.people.weights)
        communities = defaultdict(float, self.communities.weights)
        lines: dict[tuple[bool, str, str], list[Waiting]] = defaultdict(list)
        for one in sorted(waiting, key=lambda each: (each.since, each.request_id), reverse=True):
            lines[one.lane is Lane.BATCH, one.person, one.community].append(one)

        def key(batch: bool, person: str, community: str) -> _Key:
            head = lines[batch, person, community][-1]
            standing = max(0.5 * unit, people[person])
            return batch, standing, max(0.5 * community_unit, communities[community]), head.since, head.request_id, person, community

        heads = [key(*line) for line in lines]
        heapq.heapify(heads)
        found = []
        while heads:
            batch, *_, person, community = heads[0]
            current = key(batch, person, community)
            if current > heads[0]:  # a service moved this line back; keys only grow
                heapq.heapreplace(heads, current)
                continue
            line = lines[batch, person, community]
            found.append(line.pop())
            people[person] = max(0.0, people[person]) + unit
            communities[community] += community_unit
            if line:
                heapq.heapreplace(heads, key(batch, person, community))
            else:
                heapq.heappop(heads)
        return found
