"""Money: the highest cost is reserved before a call, settled from what the provider says, released when nothing was billed.

The member pays for delivered pictures only; what may have been billed without a picture counts for the community and for everybody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from bot.domain.requests import Period, Person, Place, Request
from bot.domain.zones import zone_of
from bot.ledger import spend_rows
from bot.ledger.store import Tx

MEMBER, COMMUNITY, EVERYBODY = "member", "community", "everybody"


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent; micros are millionths of a US dollar, None is no limit. Days and months are those of `zone`."""

    member_day: int | None = 1_000_000
    member_month: int | None = 10_000_000
    community_day: int | None = 10_000_000
    community_month: int | None = 100_000_000
    member_pictures_day: int | None = 50
    community_pictures_day: int | None = 500
    zone: str = "UTC"

    def within(self, own: Mapping[str, object]) -> Limits:
        """The limits of a community that set some of its own (`budget_<limit>`): it can only go below the operator's."""
        lower: dict[str, int] = {}
        for name in ("member_day", "member_month", "community_day", "community_month"):
            value, most = own.get(f"budget_{name}"), getattr(self, name)
            if isinstance(value, int) and value >= 0 and (most is None or value < most):
                lower[name] = value
        return dataclasses.replace(self, **lower) if lower else self  # type: ignore[arg-type]  # only whole numbers are in there


@dataclass(frozen=True, slots=True)
class Exhausted:
    """A limit does not leave enough; nothing was reserved."""

    scope: str
    """`member` or `community`."""
    period: str
    """`day` or `month`."""
    unit: str
    """`money` or `pictures`."""
    left: int
    """Micros or pictures."""
    limit: int
    renews_at: float
    """Wall-clock time."""


@dataclass(frozen=True, slots=True)
class Left:
    """What remains of one limit."""

    scope: str
    period: str
    unit: str
    left: int
    limit: int
    renews_at: float


def periods(place: Place, person: Person, now: float, zone: str) -> list[Period]:
    """The rows that a request of this moment counts in."""
    local = datetime.fromtimestamp(now, UTC).astimezone(zone_of(zone))
    day, month = f"d{local:%Y-%m-%d}", f"m{local:%Y-%m}"
    owners = [
        (MEMBER, f"{place.platform}:{person.id}"),
        (COMMUNITY, f"{place.platform}:{place.community}"),
        (EVERYBODY, "*"),
    ]
    return [(scope, owner, period) for scope, owner in owners for period in (day, month)]


def reserve(tx: Tx, request: Request, micros: int, pictures: int, limits: Limits) -> list[Period] | Exhausted:
    """Reserve the highest cost of one attempt in every period, or say which limit is in the way."""
    rows = periods(request.place, request.person, tx.now, limits.zone)
    refused = short(tx.connection, request, micros, pictures, limits, tx.now)
    if refused is not None:
        return refused
    spend_rows.add(tx, rows, reserved=micros, pictures=pictures)
    return rows


def short(connection: Connection, request: Request, micros: int, pictures: int, limits: Limits, now: float) -> Exhausted | None:
    """The first limit that does not leave enough for this much more; None when all do."""
    for left in remaining_for(connection, request.place, request.person, limits, now):
        if left.left < (micros if left.unit == "money" else pictures):
            return Exhausted(left.scope, left.period, left.unit, max(0, left.left), left.limit, left.renews_at)
    return None


def remaining_for(connection: Connection, place: Place, person: Person, limits: Limits, now: float) -> list[Left]:
    """What is left of every limit for a member in a community."""
    rows = periods(place, person, now, limits.zone)
    (member, owner, day), (_, _, month), (shared, community, _), *_ = rows
    spent = spend_rows.of_two(connection, (member, owner), (shared, community), day, month)
    used = {(row.scope, row.period[0]): (row.money, row.pictures) for row in spent}
    result = []
    for scope, period, unit, limit in (
        (MEMBER, "day", "pictures", limits.member_pictures_day),
        (MEMBER, "day", "money", limits.member_day),
        (MEMBER, "month", "money", limits.member_month),
        (COMMUNITY, "day", "pictures", limits.community_pictures_day),
        (COMMUNITY, "day", "money", limits.community_day),
        (COMMUNITY, "month", "money", limits.community_month),
    ):
        if limit is not None:
            money, pictures = used.get((scope, period[0]), (0, 0))
            left = limit - (money if unit == "money" else pictures)
            result.append(Left(scope, period, unit, left, limit, renews(now, period, limits.zone)))
    return result


def settle(tx: Tx, rows: Sequence[Period], *, reserved: int, wanted: int, cost: int, delivered: int, charged: int | None = None) -> None:
    """Replace a reservation by what was really spent. The member pays only for what was delivered: `charged`, or all of `cost`."""
    members = [row for row in rows if row[0] == MEMBER]
    others = [row for row in rows if row[0] != MEMBER]
    spend_rows.add(
        tx, members, reserved=-reserved, spent=(cost if charged is None else charged) if delivered else 0, pictures=delivered - wanted
    )
    spend_rows.add(tx, others, reserved=-reserved, spent=cost, pictures=delivered - wanted)


def renews(now: float, period: str, zone: str) -> float:
    """When the day or month of `now` ends."""
    local = datetime.fromtimestamp(now, UTC).astimezone(zone_of(zone))
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    following = start + timedelta(days=1) if period == "day" else (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following.timestamp()
