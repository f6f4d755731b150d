"""Tiers: what a community's administrators allow members by their role. Pure, except for the last functions, which know the ledger.

A tier changes the community's settings for those who have it, so that the checks of options and budgets know nothing of tiers. It never
allows more than the operator. Everybody has the community's own settings or a tier for everyone, and of several tiers the most generous
counts: a role that can't be confirmed never allows more.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.catalogue.check import Checked, Problem, check_quality, check_size
from bot.catalogue.cost import picture_micros
from bot.catalogue.model import AUTO, Model
from bot.catalogue.sizes import closest, edges
from bot.domain.kinds import Kind
from bot.domain.requests import Place
from bot.ledger import memory_rows, settings_rows
from bot.ledger.store import Tx
from bot.requests.choices import offered
from bot.requests.rules import Rules

KNOWN_FOR = 86400.0
"""Seconds for which the platform's last answer about somebody's roles counts. Every command and every press asks again."""
WRITTEN_EVERY = 3600.0
"""Seconds after which an unchanged answer is stored again."""


@dataclass(frozen=True, slots=True)
class Tier:
    """What it leaves empty is as in the community's settings."""

    id: str
    name: str
    who: tuple[str, ...] = ()
    """Roles, user groups and people; empty for everyone."""
    models: tuple[str, ...] = ()
    largest: str = ""
    """A size: no picture has more pixels."""
    qualities: tuple[str, ...] = ()
    day: int | None = None
    """Budget of one member, in micros."""
    month: int | None = None
    pause: int = 0
    """Seconds between two requests of one member."""


def tiers_of(own: Mapping[str, Any]) -> tuple[Tier, ...]:
    """A community's tiers as stored in its settings."""
    stored = own.get("tiers")
    return tuple(_tier(one) for one in stored if isinstance(one, Mapping)) if isinstance(stored, list) else ()


def as_stored(tiers: Iterable[Tier]) -> list[dict[str, object]]:
    """Tiers as they're stored."""
    return [dataclasses.asdict(one) for one in tiers]


def _tier(stored: Mapping[str, Any]) -> Tier:
    who, models, qualities = (tuple(str(one) for one in stored.get(name) or ()) for name in ("who", "models", "qualities"))
    id, name, largest = (str(stored.get(name) or "") for name in ("id", "name", "largest"))
    return Tier(id, name, who, models, largest, qualities, stored.get("day"), stored.get("month"), int(stored.get("pause") or 0))


def within(own: Mapping[str, Any], tier: Tier, rules: Rules) -> Mapping[str, Any]:
    """A community's settings for those who have this tier."""
    known = [one for one in tier.models if one in (*rules.models, rules.model.id)]
    changed = {
        "tier": tier.name,
        "models": known,
        "largest": tier.largest,
        "qualities": list(tier.qualities),
        "budget_member_day": tier.day,
        "budget_member_month": tier.month,
        "pause": tier.pause,
    }
    return {**own, **{name: value for name, value in changed.items() if value or (value == 0 and name.startswith("budget_"))}}


def most_generous(own: Mapping[str, Any], person: str, held: Iterable[str], rules: Rules) -> Mapping[str, Any]:
    """A community's settings for somebody who holds these roles: within the tier with the largest budget of a day, then of a month, then
    the dearest picture, then the shortest pause."""
    mine, tiers = {person, *held}, tiers_of(own)
    having = [within(own, one, rules) for one in tiers if not one.who or mine & set(one.who)]
    if all(one.who for one in tiers):
        having.append(own)
    return having[0] if len(having) == 1 else max(having, key=lambda one: _generosity(one, rules))


def _generosity(own: Mapping[str, Any], rules: Rules) -> tuple[float, float, int, int]:
    limits = rules.limits.within(own)
    day, month = (math.inf if limit is None else limit for limit in (limits.member_day, limits.member_month))
    return day, month, cost_range(own, rules)[1], -int(own.get("pause") or 0)


def cost_range(own: Mapping[str, Any], rules: Rules) -> tuple[int, int]:
    """The lowest and the highest cost of one picture that these settings allow, in micros, without its prompt."""
    models = [rules.for_model(name).model for name in offered(own, rules)]
    largest = str(own.get("largest") or "")
    costs = [
        rules.for_model(model.id).highest_cost(size, quality, 1, "")
        for model in models
        for size in {*sizes_in(own, model), *([largest] if largest and check_size(model, largest) == largest else [])}
        for quality in qualities_in(own, model)
    ]
    return min(costs), max(costs)


def sizes_in(own: Mapping[str, Any], model: Model) -> tuple[str, ...]:
    """The model's popular sizes that these settings allow; its smallest one if all are too large."""
    largest = own.get("largest")
    if not isinstance(largest, str) or not largest:
        return model.sizes.popular
    most = math.prod(edges(largest))
    allowed = tuple(one for one in model.sizes.popular if math.prod(edges(one)) <= most)
    return allowed or (min(model.sizes.popular, key=lambda one: math.prod(edges(one))),)


def qualities_in(own: Mapping[str, Any], model: Model) -> tuple[str, ...]:
    """The model's qualities that these settings allow; its cheapest one if it has none of those."""
    named = own.get("qualities")
    if not isinstance(named, list) or not named:
        return model.qualities
    allowed = tuple(one for one in model.qualities if one in named)
    return allowed or (min(model.qualities, key=lambda one: picture_micros(model, model.sizes.default, one)),)


def limited(
    found: Checked | Problem,
    size: str | None,
    quality: str | None,
    own: Mapping[str, Any],
    rules: Rules,
    usual: tuple[str | None, str | None],
) -> Checked | Problem:
    """Checked options within the tier. `size` and `quality` as typed, `usual` those of members who choose nothing: forms submit them, so
    they count as not chosen, and become the nearest that the tier allows."""
    tier, model = str(own.get("tier") or ""), rules.model
    sizes, qualities = sizes_in(own, model), qualities_in(own, model)
    if not tier:
        return found
    if isinstance(found, Problem):
        limits = {Kind.UNSUPPORTED_SIZE: own.get("largest"), Kind.UNSUPPORTED_QUALITY: own.get("qualities")}
        return _narrowed(found, tier, sizes, qualities, model) if limits.get(found.kind) else found
    if not _allows_size(found.size, own, sizes):
        near = _nearest_size(found.size, sizes, model)
        if size and found.size not in (check_size(model, None), check_size(model, usual[0])):
            return Problem(Kind.UNSUPPORTED_SIZE, size[:40], sizes, near, tier)
        found = dataclasses.replace(found, size=near)
    if own.get("qualities") and found.quality not in qualities:
        if quality and found.quality not in (check_quality(model, None), check_quality(model, usual[1])):
            return Problem(Kind.UNSUPPORTED_QUALITY, quality[:40], qualities, qualities[-1], tier)
        found = dataclasses.replace(found, quality=qualities[-1])
    return found


def _narrowed(problem: Problem, tier: str, sizes: tuple[str, ...], qualities: tuple[str, ...], model: Model) -> Problem:
    """The same problem, but with what the tier allows."""
    if problem.kind is Kind.UNSUPPORTED_SIZE:
        near = _nearest_size(problem.nearest or AUTO, sizes, model)
        return dataclasses.replace(problem, allowed=sizes, nearest=near, tier=tier)
    if problem.kind is Kind.UNSUPPORTED_QUALITY:
        near = problem.nearest if problem.nearest in qualities else qualities[-1]
        return dataclasses.replace(problem, allowed=qualities, nearest=near, tier=tier)
    return problem


def _allows_size(size: str, own: Mapping[str, Any], sizes: tuple[str, ...]) -> bool:
    largest = own.get("largest")
    if not largest or size in sizes:
        return True
    return size != AUTO and math.prod(edges(size)) <= math.prod(edges(str(largest)))


def _nearest_size(size: str, sizes: tuple[str, ...], model: Model) -> str:
    wanted = model.sizes.default if size == AUTO else size
    return closest(sizes, *edges(wanted))


def allowed_model(own: Mapping[str, Any], model: Model) -> Model:
    """The model with the qualities alone that these settings allow."""
    qualities = qualities_in(own, model)
    usual = model.default_quality if model.default_quality in qualities else qualities[-1]
    return dataclasses.replace(model, qualities=qualities, default_quality=usual)


def settings_for(connection: Connection, platform: str, community: str, person: str, rules: Rules, now: float) -> Mapping[str, Any]:
    own = settings_rows.of_community(connection, platform, community)
    if not own.get("tiers"):
        return own
    rules = rules.in_community(own)
    known = memory_rows.recall(connection, _key(platform, community, person))
    held = known[0] if known is not None and abs(now - known[1]) < KNOWN_FOR and isinstance(known[0], list) else []
    return most_generous(own, person, [str(one) for one in held], rules)


def rules_here(connection: Connection, place: Place, rules: Rules) -> Rules:
    """The rules of a community, which may have a service of its own."""
    return rules.in_community(settings_rows.of_community(connection, place.platform, place.community))


def roles_named(own: Mapping[str, Any], person: str) -> Sequence[str]:
    """The roles that a community's tiers name, and that somebody may hold."""
    return sorted({one for tier in tiers_of(own) for one in tier.who} - {person})


def knows_roles(connection: Connection, platform: str, community: str, person: str, held: Iterable[str], now: float) -> bool:
    """Whether the same roles were stored within the hour, so that nothing has to be written."""
    known = memory_rows.recall(connection, _key(platform, community, person))
    return known is not None and known[0] == sorted(held) and 0 <= now - known[1] < WRITTEN_EVERY


def remember_roles(tx: Tx, platform: str, community: str, person: str, held: Iterable[str]) -> None:
    """Store which of the roles that the community's tiers name somebody holds now."""
    memory_rows.remember(tx, _key(platform, community, person), sorted(held))


def forget_roles(tx: Tx, platform: str, person: str) -> None:
    """Delete what is known of somebody's roles."""
    prefix = f"roles:{platform}:{person}:"
    for community in memory_rows.keys(tx.connection, prefix):
        memory_rows.forget(tx, prefix + community)


def _key(platform: str, community: str, person: str) -> str:
    return f"roles:{platform}:{person}:{community}"
