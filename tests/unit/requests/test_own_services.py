"""What the vault keeps of a community's service, read again: by the bot, and by commands that need every key."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.own_services import VAULT, OwnService, named
from bot.gate.settings import GateSettings
from bot.ledger.vault_rows import SealedRow
from bot.requests.own_services import OwnServices, as_sealed, from_sealed, keys_in, none_at_all
from bot.requests.services import DEFAULT, ImageService, ImageServices, ServicePlan
from bot.vault import Vault
from bot.vault.cipher import Cipher, new_key
from tests.unit.requests.ground import Ground
from tests.world import Service

MINE = OwnService(named("openai", "a"), "openai", "https://api.openai.com/v1", ("gpt-image-2",), "1234", "olu", 5.0)
OTHER = OwnService(named("xai", "b"), "xai", "https://api.x.ai/v1", ("grok-2-image",), "5678", "pat", 6.0)


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

    odd = OwnService(named("xai", "c"), "xai", "https://api.x.ai/v1", ("grok-2-image",), "", "", 0.0)
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
    services = OwnServices(ground.ledger, vault, registry, none_at_all, nothing_made, GateSettings(), told.append)
    for _ in range(5):
        services.wake("test:home")
    await services.stop()
    assert told == ["*", "*"]


async def nothing_made(plan: ServicePlan) -> ImageService:
    raise AssertionError(plan)
