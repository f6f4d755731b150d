"""Queries about communities' own image services: who has one, and what still needs an older key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, func, select

from bot.domain.own_services import CHANGED, PREFIX, SETTING, VAULT, OwnService, own_service_of
from bot.domain.request_states import RequestState
from bot.domain.requests import Person
from bot.ledger import case_rows, memory_rows, settings_rows, vault_rows
from bot.ledger.dialect import json_text
from bot.ledger.request_rows import UNFINISHED_ROWS
from bot.ledger.store import Tx
from bot.ledger.tables import community_settings, requests, spend
from bot.ledger.vault_rows import SealedRow

OPERATORS = func.coalesce(requests.c.service, "").not_like(f"{PREFIX}%")
"""Condition on requests: not at a community's own service."""
SPENT = "own_service"
"""Scope of their spending (`bot.budgets.OWN_SERVICE`)."""
_C = community_settings.c
_HAVING = select(_C.platform, _C.community, _C["values"]).where(json_text(_C["values"], SETTING).is_not(None))


def everyone(connection: Connection) -> Mapping[str, OwnService]:
    """The service of every community that has one, by `platform:community`."""
    found = ((f"{row[0]}:{row[1]}", own_service_of(row[2])) for row in connection.execute(_HAVING))
    return {community: service for community, service in found if service is not None}


def sealed(connection: Connection, now: float) -> Sequence[SealedRow]:
    """Every stored key, encrypted: those in use, and older ones that a task still needs."""
    return vault_rows.every(connection, VAULT, now)


def under_way(connection: Connection) -> frozenset[str]:
    """Names of the services at which a call is made or a task is polled."""
    states = (RequestState.CALLING.value, RequestState.COLLECTING.value)
    rows = connection.execute(select(func.distinct(requests.c.service)).where(requests.c.state.in_(states), UNFINISHED_ROWS))
    return frozenset(str(row[0]) for row in rows if row[0])


def forget_unneeded(tx: Tx) -> int:
    """Delete the keys that no community has anymore and no call needs, and what their gates had learned. Returns how many."""
    kept = {one.name for one in everyone(tx.connection).values()} | under_way(tx.connection)
    memory_rows.forget_own_gates(tx, kept)
    return sum(vault_rows.forget(tx, VAULT, one.key) for one in sealed(tx.connection, tx.now) if one.key not in kept)


def leave(tx: Tx, platform: str, community: str) -> OwnService | None:
    """Delete the key of a community that the bot was removed from, and what its settings say about it. Returns what it had, if
    anything."""
    own = settings_rows.of_community(tx.connection, platform, community)
    gone = own_service_of(own)
    if gone is not None:
        settings_rows.replace(tx, platform, community, {name: value for name, value in own.items() if name != SETTING}, "")
        facts = {"changed": [SETTING], "how": "left", "service": gone.api, "host": gone.host}
        case_rows.write_audit(tx, "", community, Person(case_rows.MACHINE, case_rows.MACHINE), "settings", facts=facts)
        forget_unneeded(tx)
        tx.wake(CHANGED, f"{platform}:{community}")
    return gone


def forget_name(tx: Tx, platform: str, person: str) -> None:
    """Delete somebody's name where they set a key; their id stays."""
    for place, one in everyone(tx.connection).items():
        if place.startswith(f"{platform}:") and one.set_by == person and one.set_by_name:
            community = place.removeprefix(f"{platform}:")
            own = settings_rows.of_community(tx.connection, platform, community)
            settings_rows.replace(tx, platform, community, {**own, SETTING: replace(one, set_by_name="").as_stored()}, person)


def pictures_in(connection: Connection, period: str) -> int:
    """How many pictures communities' own services drew in a day or a month."""
    wanted = select(func.coalesce(func.sum(spend.c.pictures), 0)).where(spend.c.scope == SPENT, spend.c.period == period)
    return int(connection.execute(wanted).scalar_one())
