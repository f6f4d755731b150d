"""What the vault keeps of a community's service, read again: by the bot, and by commands that need every key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.own_services import SETTING, VAULT, OwnService, name_for
from bot.gate.settings import GateSettings
from bot.ledger import own_rows, settings_rows, vault_rows
from bot.ledger.store import Tx
from bot.ledger.tables import requests
from bot.ledger.vault_rows import SealedRow
from bot.observe import Redactor
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.requests.null_service import NullGate
from bot.requests.own_services import OwnServices, as_sealed, from_sealed, keys_in, not_wired
from bot.requests.services import DEFAULT, ImageService, ImageServices, ServicePlan
from bot.vault import Vault
from bot.vault.cipher import Cipher, new_key
from tests.unit.requests.ground import Ground
from tests.world import Service

MINE = OwnService(name_for("openai", "a"), "openai", "https://api.openai.com/v1", ("gpt-image-2",), "1234", "olu", 5.0)
OTHER = OwnService(name_for("xai", "b"), "xai", "https://api.x.ai/v1", ("grok-2-image",), "5678", "pat", 6.0)


def test_what_was_sealed_is_read_again() -> None:
    assert from_sealed(as_sealed(MINE, "key-1234567890abcdef")) == (MINE, "key-1234567890abcdef")


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"service": MINE.as_stored()},
        {"key": "key-1234567890abcdef"},
        {"service": None, "key": "key-1234567890abcdef"},
        {"service": "own-openai-a", "key": "key-1234567890abcdef"},
        {"service": MINE.as_stored(), "key": None},
        {"service": MINE.as_stored(), "key": 5},
    ],
)
def test_something_else_is_nobodys_service(value: dict[str, Any]) -> None:
    assert from_sealed(value) is None


def test_keys_that_can_be_read_are_found_and_others_left_out() -> None:
    mine, others = Cipher([new_key()]), Cipher([new_key()])

    def row(cipher: Cipher, service: OwnService, value: Any) -> SealedRow:
        return SealedRow(VAULT, service.name, cipher.seal(VAULT, service.name, value), 0.0)

    odd = OwnService(name_for("xai", "c"), "xai", "https://api.x.ai/v1", ("grok-2-image",), "", "", 0.0)
    rows = [
        row(mine, MINE, as_sealed(MINE, "key-1234567890abcdef")),
        row(others, OTHER, as_sealed(OTHER, "key-fedcba0987654321")),
        row(mine, odd, {"service": odd.as_stored()}),
    ]
    assert keys_in(rows, mine) == {MINE.name: (MINE, "key-1234567890abcdef")}


async def test_changes_in_a_row_are_read_by_one_look_after_the_one_under_way(ground: Ground) -> None:
    """One that was begun before a change may not have seen it."""
    told: list[str] = []
    vault, registry = Vault(ground.ledger, ()), ImageServices([ImageService(DEFAULT, Service(), None)])  # type: ignore[arg-type]
    services = OwnServices(ground.ledger, vault, registry, not_wired, nothing_made, GateSettings(), told.append)
    for _ in range(5):
        services.wake("test:home")
    await services.stop()
    assert told == ["*", "*"]


def kept(ground: Ground, folder: Path, encryption: str) -> tuple[OwnServices, ImageServices]:
    """Services as the bot keeps them, and their registry."""
    store = PictureStore(folder)

    def connect(service: OwnService, key: str) -> HttpProvider:
        return HttpProvider(service.base_url, key, store, SystemPorts())

    async def make(plan: ServicePlan) -> ImageService:
        return ImageService(plan.name, plan.provider, NullGate())

    registry = ImageServices([ImageService(DEFAULT, Service(), None)])  # type: ignore[arg-type]
    return OwnServices(ground.ledger, Vault(ground.ledger, [encryption]), registry, connect, make, GateSettings()), registry


async def test_a_service_whose_key_is_not_there_sends_nothing(ground: Ground, tmp_path: Path) -> None:
    services, registry = kept(ground, tmp_path, new_key())
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {SETTING: MINE.as_stored()}, "olu"))
    await services.refresh()
    assert {one.name: one.unreadable for one in registry.own} == {MINE.name: True}
    await ground.ledger.write(
        lambda tx: vault_rows.put(tx, VAULT, OTHER.name, services.vault.seal(VAULT, OTHER.name, {"service": OTHER.as_stored()}))
    )
    await services.refresh()
    assert {one.name for one in registry.own} == {MINE.name}, "of an older key that can't be read, no task can be looked up"


@pytest.mark.parametrize("readable", [True, False])
async def test_an_older_key_is_known_as_long_as_a_task_needs_it(ground: Ground, tmp_path: Path, readable: bool) -> None:
    encryption, hidden = new_key(), Redactor()
    older, newer = "key-1234567890abcdef", "key-fedcba0987654321"
    old = replace(MINE, name=name_for("openai", "older"))

    def put(tx: Tx) -> None:
        for service, key in ((MINE, newer), (old, older)):
            sealed = Cipher([encryption]).seal(VAULT, service.name, as_sealed(service, key))
            vault_rows.put(tx, VAULT, service.name, sealed)
        settings_rows.replace(tx, "test", "home", {SETTING: MINE.as_stored()}, "olu")

    services, registry = kept(ground, tmp_path, encryption if readable else new_key())
    asked = await ground.asked()
    await ground.called(asked.id)
    await ground.ledger.write(put)
    state = update(requests).where(requests.c.id == asked.id)
    await ground.ledger.write(lambda tx: tx.connection.execute(state.values(state="collecting", service=old.name)))
    await services.refresh()
    assert {one.name: one.unreadable for one in registry.own} == ({MINE.name: False, old.name: False} if readable else {MINE.name: True})
    assert (registry.own_of("test:home"), registry.own_of("test:other")) == (MINE.name, "")
    assert (services.settings_of("test:home"), services.settings_of("test:other")) == ({SETTING: MINE.as_stored()}, {})
    assert [hidden(one) == one for one in (older, newer)] == [not readable, not readable]
    await ground.ledger.write(lambda tx: tx.connection.execute(state.values(state="answered")))
    await services.refresh()
    await services.refresh()
    assert {one.name for one in registry.own} == {MINE.name}
    assert [one.key for one in await ground.ledger.read(lambda c: vault_rows.every(c, VAULT, 0.0))] == [MINE.name]
    assert [hidden(one) == one for one in (older, newer)] == [True, not readable]
    assert services._concealed == ({MINE.name} if readable else set()), "names of what is gone aren't kept"
    await ground.ledger.write(lambda tx: own_rows.leave(tx, "test", "home"))
    await services.refresh()
    assert (list(registry.own), hidden(newer)) == ([], newer)


async def nothing_made(plan: ServicePlan) -> ImageService:
    raise AssertionError(plan)
