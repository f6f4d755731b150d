"""Where installations are found: a workspace's own before its organisation's, and the value that ties one to a browser, once."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store.models.installation import Installation

from adapters.slack.installations import STATE, STATE_LIFE, Installations, States, installation_of, key_of
from bot.ledger.store import Ledger
from bot.vault import Vault

OWN = Installation(team_id="T1", enterprise_id="E1", user_id="U1", bot_token="xoxb-own", bot_id="B1", bot_user_id="UB1")
WHOLE = Installation(enterprise_id="E1", user_id="U2", bot_token="xoxb-whole", is_enterprise_install=True)
"""One for a workspace, and one for all of its organisation."""


@dataclasses.dataclass
class Clock:
    at: float = 1_800_000_000.0
    made: int = 0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    def uniform(self, low: float, high: float) -> float:
        return low

    def new_id(self) -> str:
        self.made += 1
        return f"id{self.made:014d}"


@contextlib.asynccontextmanager
async def stored(folder: Path, *installations: Installation) -> AsyncIterator[tuple[Installations, Vault, Clock]]:
    clock = Clock()
    ledger = await Ledger.open(folder, clock.now, clock.new_id)
    vault = Vault(ledger, [Fernet.generate_key().decode()])
    found = Installations(vault)
    for one in installations:
        await found.async_save(one)
    yield found, vault, clock
    await ledger.close()


async def test_a_workspaces_own_installation_stands_beside_its_organisations(tmp_path: Path) -> None:
    async with stored(tmp_path, OWN, WHOLE) as (found, _, _):
        entries = await found.every()
        assert [(one.key, installation_of(one).bot_token) for one in entries] == [("E1", "xoxb-whole"), ("T1", "xoxb-own")]
        assert await found.entry("T2") is None
        await found.async_save(Installation(team_id="T1", user_id="U3", bot_token="xoxb-newer"))
        assert (newer := await found.entry("T1")) is not None
        assert installation_of(newer).bot_token == "xoxb-newer"


def test_the_key_of_an_installation() -> None:
    assert [key_of(one) for one in (OWN, WHOLE, Installation(user_id="U1"))] == ["T1", "E1", ""]


async def test_an_installation_of_nothing_is_not_stored(tmp_path: Path) -> None:
    async with stored(tmp_path) as (found, _, _):
        with pytest.raises(ValueError, match="without a workspace"):
            await found.async_save(Installation(user_id="U1"))
        assert await found.every() == []


async def test_a_workspace_remembers_whose_installation_it_used(tmp_path: Path) -> None:
    async with stored(tmp_path) as (found, _, _):
        assert await found.organisation_of("T1") == ""
        await found.granted("T1", "E1")
        assert [await found.organisation_of(one) for one in ("T1", "T2")] == ["E1", ""]
        await found.withdrawn("T1")
        assert await found.organisation_of("T1") == ""


async def test_a_state_is_taken_once_within_ten_minutes(tmp_path: Path) -> None:
    async with stored(tmp_path) as (_, vault, clock):
        states = States(vault, clock)
        first, late = await states.async_issue(), await states.async_issue()
        assert len({first, late}) == 2
        assert [await states.async_consume(one) for one in (first, first, "forged", "")] == [True, False, False, False]
        await vault.put(STATE, "x" * 200, {})
        await vault.put(STATE, "x" * 201, {})
        assert [await states.async_consume("x" * length) for length in (200, 201)] == [True, False]
        clock.at += STATE_LIFE + 1
        assert not await states.async_consume(late)
