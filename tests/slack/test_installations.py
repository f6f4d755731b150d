"""Where installations are found: a workspace's own before its organisation's, and the value that ties one to a browser, once."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store.models.installation import Installation

from adapters.slack.installations import STATE, STATE_LIFE, Installations, States, key_of
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


async def token(found: Installations, team: str | None, enterprise: str | None, *, whole: bool | None = False) -> str | None:
    one = await found.async_find_bot(enterprise_id=enterprise, team_id=team, is_enterprise_install=whole)
    return None if one is None else one.bot_token


async def test_a_workspaces_own_installation_goes_before_its_organisations(tmp_path: Path) -> None:
    async with stored(tmp_path, OWN, WHOLE) as (found, _, _):
        assert [one.key for one in await found.every()] == ["E1", "T1"]
        assert [
            await token(found, *one) for one in (("T1", "E1"), ("T2", "E1"), (None, "E1"), ("T1", None), ("T2", None), (None, None))
        ] == [
            *("xoxb-own", "xoxb-whole", "xoxb-whole", "xoxb-own"),
            *(None, None),
        ]
        assert await token(found, "T1", "E1", whole=True) == "xoxb-whole"
        bot = await found.async_find_bot(enterprise_id="E1", team_id="T1")
        assert bot is not None
        assert (bot.bot_token, bot.bot_id, bot.bot_user_id) == ("xoxb-own", "B1", "UB1")


@pytest.mark.parametrize(("user", "known"), [(None, True), ("U1", True), ("U2", False)])
async def test_an_installation_belongs_to_who_made_it(tmp_path: Path, user: str | None, known: bool) -> None:
    async with stored(tmp_path, OWN) as (found, _, _):
        one = await found.async_find_installation(enterprise_id=None, team_id="T1", user_id=user)
        assert (one is not None and one.bot_token == "xoxb-own") is known


async def test_only_what_is_named_is_deleted(tmp_path: Path) -> None:
    async with stored(tmp_path, OWN, WHOLE) as (found, _, _):
        await found.async_delete_installation(enterprise_id="E1", team_id="T1", user_id="U1")
        await found.async_delete_all(enterprise_id=None, team_id=None)
        assert len(await found.every()) == 2
        await found.async_delete_bot(enterprise_id="E1", team_id="T1")
        assert [one.key for one in await found.every()] == ["E1"]
        await found.async_delete_all(enterprise_id="E1", team_id=None)
        assert await found.every() == []


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
