"""Rows about communities' own services, on both databases: who has one, which keys are still needed, and what a copy takes along."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlalchemy import select

from bot.domain.own_services import SETTING, VAULT, OwnService, name_for
from bot.domain.requests import Person, Place, Submission
from bot.ledger import memory_rows, own_rows, request_rows, settings_rows, spend_rows, vault_rows
from bot.ledger.store import Ledger, Tx
from bot.ledger.tables import audit, requests


def service(id: str) -> OwnService:
    return OwnService(name_for("openai", id), "openai", "https://api.openai.com/v1", ("gpt-image-2",), "1234", "olu", 5.0)


@pytest_asyncio.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    made = [0]

    def new_id() -> str:
        made[0] += 1
        return f"id{made[0]:014d}"

    opened = await Ledger.open(tmp_path, lambda: 1_800_000_000.0, new_id)
    yield opened
    await opened.close()


def put(tx: Tx, community: str, one: OwnService | None, **other: Any) -> None:
    values = {**other, **({} if one is None else {SETTING: one.as_stored()})}
    settings_rows.replace(tx, "discord", community, values, "olu")
    if one is not None:
        vault_rows.put(tx, VAULT, one.name, f"sealed {one.name}")


async def test_those_with_a_service_are_found_and_others_are_not(ledger: Ledger) -> None:
    await ledger.write(lambda tx: (put(tx, "one", service("a"), budget_member_day=1), put(tx, "two", None, size="1024x1024")))
    assert await ledger.read(own_rows.everyone) == {"discord:one": service("a")}


async def test_a_key_is_kept_while_a_call_or_task_needs_it(ledger: Ledger) -> None:
    first, second = service("a"), service("b")
    await ledger.write(lambda tx: put(tx, "one", first))
    place = Place("discord", "one", "imagine")
    await ledger.write(lambda tx: request_rows.insert_received(tx, "r1", "e1", Submission(Person("ana"), place, "x"), deadline_at=9e9))

    def state(now: str) -> Any:
        return lambda tx: tx.connection.execute(requests.update().values(state=now, service=first.name))

    for busy in ("calling", "collecting"):
        await ledger.write(state(busy))
        await ledger.write(lambda tx: (put(tx, "one", second), own_rows.forget_unneeded(tx)))
        assert {one.key for one in await ledger.read(lambda c: own_rows.sealed(c, 0.0))} == {first.name, second.name}
        assert await ledger.read(own_rows.under_way) == {first.name}
    await ledger.write(state("answered"))
    assert await ledger.write(own_rows.forget_unneeded) == 1
    assert {one.key for one in await ledger.read(lambda c: own_rows.sealed(c, 0.0))} == {second.name}


async def test_a_community_that_is_left_keeps_its_other_settings(ledger: Ledger) -> None:
    await ledger.write(lambda tx: put(tx, "one", service("a"), size="1024x1024"))
    assert await ledger.write(lambda tx: own_rows.leave(tx, "discord", "one")) == service("a")
    assert await ledger.write(lambda tx: own_rows.leave(tx, "discord", "one")) is None
    assert await ledger.read(lambda c: settings_rows.of_community(c, "discord", "one")) == {"size": "1024x1024"}
    assert await ledger.read(lambda c: own_rows.sealed(c, 0.0)) == []


async def test_the_audit_log_says_that_a_key_went_with_the_bot(ledger: Ledger) -> None:
    await ledger.write(lambda tx: put(tx, "one", service("a")))
    for community in ("one", "one", "two"):
        await ledger.write(lambda tx, community=community: own_rows.leave(tx, "discord", community))
    (entry,) = await ledger.read(lambda c: c.execute(select(audit)).all())
    assert (entry.community, entry.actor, entry.event) == ("one", "imagine-bot", "settings")
    assert entry.facts == {"changed": ["own_service"], "how": "left", "service": "openai", "host": "api.openai.com"}


async def test_what_a_gate_had_learned_goes_with_its_key_and_does_not_come_back(ledger: Ledger) -> None:
    operators = "own-art.example#12345678"  # a host may begin like a community's service

    def remember(tx: Tx) -> None:
        for key in (operators, service("a").name, service("b").name):
            memory_rows.remember_gate(tx, key, {"version": 1})

    await ledger.write(lambda tx: (put(tx, "one", service("a")), put(tx, "two", service("b")), remember(tx)))
    await ledger.write(lambda tx: own_rows.leave(tx, "discord", "one"))
    await ledger.write(remember)  # by a process that hasn't heard of it yet
    assert await ledger.read(lambda c: memory_rows.keys(c, memory_rows.GATE)) == [operators, service("b").name]


async def test_pictures_of_all_services_are_counted_together(ledger: Ledger) -> None:
    rows = [("own_service", "own-openai-a", "m2026-11"), ("own_service", "own-openai-b", "m2026-11"), ("everybody", "*", "m2026-11")]
    await ledger.write(lambda tx: spend_rows.add(tx, rows, reserved=0, spent=5, pictures=3))
    assert await ledger.read(lambda c: own_rows.pictures_in(c, "m2026-11")) == 6
    assert await ledger.read(lambda c: own_rows.pictures_in(c, "m2026-12")) == 0


async def test_a_name_is_deleted_where_its_owner_set_a_key_and_nowhere_else(ledger: Ledger) -> None:
    def body(tx: Tx) -> None:
        for community, by, name in (("one", "olu", "Olu"), ("two", "pat", "Pat"), ("three", "olu", "")):
            put(tx, community, dataclasses.replace(service(community), set_by=by, set_by_name=name), size="1024x1024")
        settings_rows.replace(
            tx, "slack", "one", {SETTING: dataclasses.replace(service("d"), set_by="olu", set_by_name="Olu").as_stored()}, "olu"
        )
        own_rows.forget_name(tx, "discord", "olu")

    await ledger.write(body)
    found = await ledger.read(own_rows.everyone)
    names = {"discord:one": "", "discord:two": "Pat", "discord:three": "", "slack:one": "Olu"}
    assert {community: one.set_by_name for community, one in found.items()} == names
    assert await ledger.read(lambda c: settings_rows.of_community(c, "discord", "one")) == {
        "size": "1024x1024",
        SETTING: dataclasses.replace(service("one"), set_by="olu").as_stored(),
    }
