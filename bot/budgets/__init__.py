"""Budgets: reserve the maximum cost before a call, settle it from the provider's usage, release it if nothing was billed.

Members pay for delivered pictures only. A call that may have been billed without a picture counts for the community and in total.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from bot.domain.requests import LOCAL, Period, Person, Place, Request
from bot.domain.zones import zone_of
from bot.ledger import batch_rows, spend_rows
from bot.ledger.store import Tx

MEMBER, COMMUNITY, EVERYBODY, TAG, BATCH = "member", "community", "everybody", "tag", batch_rows.SCOPE
OWN_MEMBER, OWN_COMMUNITY, OWN_SERVICE, OWN_TAG = "own_member", "own_community", "own_service", "own_tag"
"""The first four for calls with a community's own key: its own books, beside the operator's."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Spending limits. Micros are millionths of a US dollar; None means no limit. Days and months begin in time zone `zone`."""

    member_day: int | None = 1_000_000
    member_month: int | None = 10_000_000
    community_day: int | None = 10_000_000
    community_month: int | None = 100_000_000
    member_pictures_day: int | None = 50
    community_pictures_day: int | None = 500
    zone: str = "UTC"
    own_key: bool = False
    """They're those of a community that pays itself."""

    def of_own_key(self) -> Limits:
        """The limits of a community that pays with its own key: its own budgets alone; the operator's numbers of pictures stay."""
        return dataclasses.replace(self, member_day=None, member_month=None, community_day=None, community_month=None, own_key=True)

    def within(self, own: Mapping[str, object]) -> Limits:
        """These limits combined with a community's own (`budget_<limit>`), which can only be lower."""
        lower: dict[str, int] = {}
        for name in ("member_day", "member_month", "community_day", "community_month"):
            value, most = own.get(f"budget_{name}"), getattr(self, name)
            if isinstance(value, int) and value >= 0 and (most is None or value < most):
                lower[name] = value
        return dataclasses.replace(self, **lower)  # type: ignore[arg-type]  # the values are ints only


@dataclass(frozen=True, slots=True)
class Left:
    """The remainder of one limit."""

    scope: str
    """`member`, `community` or `batch`."""
    period: str
    """`day` or `month`; `total` of a batch."""
    unit: str
    """`money` or `pictures`."""
    left: int
    """In micros or pictures."""
    limit: int
    renews_at: float
    """Wall-clock time, seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Exhausted(Left):
    """A limit leaves too little; nothing was reserved."""


def periods(place: Place, person: Person, now: float, zone: str, service: str = "", *, own_key: bool = False) -> list[Period]:
    """The usage rows that a request at this moment counts in. The configured service (an empty name) uses the total's rows."""
    day, month = day_and_month(now, zone)
    community = f"{place.platform}:{place.community}"
    if own_key:
        owners = [(OWN_MEMBER, f"{community}:{person.id}"[:140]), (OWN_COMMUNITY, community), (OWN_SERVICE, service or "*")]
        return [(scope, owner, period) for scope, owner in owners for period in (day, month)]
    owners = [
        (MEMBER, f"{place.platform}:{person.id}"),
        (COMMUNITY, community),
        (EVERYBODY, service or "*"),
    ]
    return [(scope, owner, period) for scope, owner in owners for period in (day, month)]


def _further(request: Request, now: float, limits: Limits) -> list[Period]:
    """The rows of its cost tag, and of the batch that it belongs to."""
    owner = f"{request.place.platform}:{request.place.community}:{request.tag}"[:140]
    scope = OWN_TAG if limits.own_key else TAG
    rows = [(scope, owner, period) for period in day_and_month(now, limits.zone)] if request.tag else []
    return [*rows, (BATCH, request.batch, batch_rows.TOTAL)] if request.batch else rows


def day_and_month(now: float, zone: str) -> tuple[str, str]:
    """The current day and month, as the usage rows name them."""
    local = datetime.fromtimestamp(now, UTC).astimezone(zone_of(zone))
    return f"d{local:%Y-%m-%d}", f"m{local:%Y-%m}"


def reserve(tx: Tx, request: Request, micros: int, pictures: int, limits: Limits) -> list[Period] | Exhausted:
    """Reserve the maximum cost of one attempt in every period. Returns the first limit that is too low, with nothing reserved."""
    rows = periods(request.place, request.person, tx.now, limits.zone, request.service, own_key=limits.own_key)
    rows += _further(request, tx.now, limits)
    refused = short(tx.connection, request, micros, pictures, limits, tx.now)
    if refused is not None:
        return refused
    spend_rows.add(tx, rows, reserved=micros, spent=0, pictures=pictures)
    return rows


def short(connection: Connection, request: Request, micros: int, pictures: int, limits: Limits, now: float) -> Exhausted | None:
    """The first limit that leaves too little for this much more; None if all leave enough."""
    for left in remaining_for(connection, request.place, request.person, limits, now, request.batch):
        if left.left < (micros if left.unit == "money" else pictures):
            return Exhausted(left.scope, left.period, left.unit, max(0, left.left), left.limit, left.renews_at)
    return None


def remaining_for(connection: Connection, place: Place, person: Person, limits: Limits, now: float, batch: str = "") -> list[Left]:
    """The remainder of every limit for a member in a community, and of their batch's own. The operator at the command line is no member:
    there, the community's limits and the batch's own count."""
    rows = periods(place, person, now, limits.zone, own_key=limits.own_key)
    (member, owner, day), (_, _, month), (shared, community, _), *_ = rows
    spent = spend_rows.of_two(connection, (member, owner), (shared, community), day, month)
    of = {member: MEMBER, shared: COMMUNITY}
    used = {(of[row.scope], row.period[0]): (row.money, row.pictures) for row in spent}
    result = []
    for scope, period, unit, limit in (
        (MEMBER, "day", "pictures", limits.member_pictures_day),
        (MEMBER, "day", "money", limits.member_day),
        (MEMBER, "month", "money", limits.member_month),
        (COMMUNITY, "day", "pictures", limits.community_pictures_day),
        (COMMUNITY, "day", "money", limits.community_day),
        (COMMUNITY, "month", "money", limits.community_month),
    ):
        if limit is not None and not (scope == MEMBER and place.platform == LOCAL):
            money, pictures = used.get((scope, period[0]), (0, 0))
            left = limit - (money if unit == "money" else pictures)
            result.append(Left(scope, period, unit, left, limit, renews(now, period, limits.zone)))
    return result + _of_batch(connection, batch, now)


def _of_batch(connection: Connection, batch_id: str, now: float) -> list[Left]:
    batch = batch_rows.get(connection, batch_id) if batch_id else None
    if batch is None:
        return []
    used, plan = batch_rows.spent(connection, batch_id), batch.plan
    return [
        Left(BATCH, batch_rows.TOTAL, "pictures", plan.max_pictures - used.pictures, plan.max_pictures, now),
        Left(BATCH, batch_rows.TOTAL, "money", plan.budget - used.reserved - used.spent, plan.budget, now),
    ]


def settle(tx: Tx, rows: Sequence[Period], *, reserved: int, wanted: int, cost: int, delivered: int, charged: int | None = None) -> None:
    """Replace a reservation by the actual cost. The member pays only for what was delivered: `charged`, or all of `cost`."""
    members = [row for row in rows if row[0] in (MEMBER, OWN_MEMBER)]
    others = [row for row in rows if row[0] not in (MEMBER, OWN_MEMBER)]
    spend_rows.add(
        tx, members, reserved=-reserved, spent=(cost if charged is None else charged) if delivered else 0, pictures=delivered - wanted
    )
    spend_rows.add(tx, others, reserved=-reserved, spent=cost, pictures=delivered - wanted)


def renews(now: float, period: str, zone: str) -> float:
    """When the current day or month ends, in seconds since the epoch."""
    local = datetime.fromtimestamp(now, UTC).astimezone(zone_of(zone))
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    following = start + timedelta(days=1) if period == "day" else (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following.timestamp()
