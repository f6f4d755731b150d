"""Encrypted values: nothing readable in the ledger, keys that are replaced, and values that only one caller gets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update

from bot.ledger.store import Ledger
from bot.ledger.vault_tables import vault as table
from bot.ports import SystemPorts
from bot.vault import Vault, VaultProblem, reseal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
TOKEN = {"token": "xoxb-very-secret", "scopes": ["chat:write"]}


class Clock:
    now = 1_800_000_000.0


async def opened(folder: Path, keys: Sequence[str] = (OLD,), clock: type[Clock] | Clock = Clock) -> tuple[Ledger, Vault]:
    ledger = await Ledger.open(folder, lambda: clock.now, SystemPorts().new_id)
    return ledger, Vault(ledger, keys)


async def sealed(ledger: Ledger) -> dict[str, str]:
    return {one.key: one.sealed for one in await ledger.read(lambda c: c.execute(select(table)).all())}


async def test_a_value_comes_back_and_is_not_readable_in_the_ledger(tmp_path: Path) -> None:
    ledger, vault = await opened(tmp_path)
    await vault.put("slack", "T1", TOKEN)
    found = await vault.get("slack", "T1")
    assert found is not None
    assert found.value == TOKEN
    assert "very-secret" not in (await sealed(ledger))["T1"]
    assert await vault.forget("slack", "T1")
    assert await vault.get("slack", "T1") is None
    await ledger.close()


async def test_a_row_that_was_copied_to_another_place_opens_nothing(tmp_path: Path) -> None:
    ledger, vault = await opened(tmp_path)
    await vault.put("slack", "T1", TOKEN)
    await vault.put("slack", "T2", {"token": "other"})
    await vault.put("own key", "T3", {"token": "of another kind"})
    stolen = (await sealed(ledger))["T2"]
    await ledger.write(lambda tx: tx.connection.execute(update(table).where(table.c.key == "T1").values(sealed=stolen)))
    with pytest.raises(VaultProblem, match="ENCRYPTION_KEYS"):
        await vault.get("slack", "T1")
    assert [one.key for one in await vault.every("slack")] == ["T2"]
    await ledger.close()


async def test_a_new_key_in_front_reads_old_values_and_an_unknown_key_says_what_to_do(tmp_path: Path) -> None:
    ledger, vault = await opened(tmp_path)
    await vault.put("slack", "T1", TOKEN)
    both = Vault(ledger, (NEW, OLD))
    assert (await both.get("slack", "T1")) is not None
    await both.put("slack", "T2", TOKEN)
    assert (await Vault(ledger, (NEW,)).get("slack", "T2")) is not None
    with pytest.raises(VaultProblem, match="None of ENCRYPTION_KEYS opens what is stored as slack"):
        await Vault(ledger, (NEW,)).get("slack", "T1")
    with pytest.raises(VaultProblem, match="ENCRYPTION_KEYS isn't set"):
        await Vault(ledger).put("slack", "T3", TOKEN)
    await ledger.close()


async def test_one_caller_takes_a_value_and_an_expired_one_is_gone(tmp_path: Path) -> None:
    clock = Clock()
    ledger, vault = await opened(tmp_path, clock=clock)
    await vault.put("state", "a", {}, expires_at=clock.now + 600)
    taken = await asyncio.gather(*(vault.take("state", "a") for _ in range(8)))
    assert sum(one is not None for one in taken) == 1
    await vault.put("state", "b", {}, expires_at=clock.now + 600)
    clock.now += 600
    await vault.put("state", "d", {}, expires_at=clock.now)
    assert [one.key for one in await vault.every("state")] == ["b", "d"], "the last moment counts"
    clock.now += 1
    assert await vault.take("state", "b") is None
    assert await vault.every("state") == []
    await vault.put("state", "c", {})
    assert list(await sealed(ledger)) == ["c"], "expired values go with the next one"
    await ledger.close()


async def test_one_process_changes_a_value_at_a_time(tmp_path: Path) -> None:
    clock = Clock()
    ledger, vault = await opened(tmp_path, clock=clock)
    await vault.put("slack", "T1", TOKEN)
    entry = await vault.get("slack", "T1")
    assert entry is not None
    assert await vault.claim(entry, 60)
    assert not await vault.claim(entry, 60)
    clock.now += 60
    assert await vault.claim(entry, 60), "its process died"
    await vault.put("slack", "T1", {"token": "newer"})
    assert not await vault.claim(entry, 60), "it has changed since"
    await ledger.close()


@pytest.mark.sqlite_only
async def test_rotation_encrypts_everything_with_the_first_key_beside_the_bot(tmp_path: Path) -> None:
    ledger, vault = await opened(tmp_path)
    for number in range(3):
        await vault.put("slack", f"T{number}", {**TOKEN, "number": number})
    found = await asyncio.to_thread(reseal.reseal, ledger.where, (NEW, OLD), SystemPorts())
    assert (found.opened.total(), found.lost.total()) == (3, 0)
    assert [one.value["number"] for one in await Vault(ledger, (NEW,)).every("slack")] == [0, 1, 2]
    unknown = await asyncio.to_thread(reseal.look, ledger.where, (OLD,), SystemPorts())
    assert (unknown.opened.total(), unknown.lost.total()) == (0, 3)
    await ledger.close()
