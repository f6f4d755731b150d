"""A community's key comes along: in a backup and back, to PostgreSQL, and under another ENCRYPTION_KEYS; never without that."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.ledger import move
from bot.ledger.files import DATABASE
from bot.ledger.server import LedgerServer
from tests.own_keys import ALPHA, Door, Town, encryption_key, open_bot, town

pytestmark = pytest.mark.sqlite_only


async def draws_with(t: Town, prompt: str) -> str:
    """The key that pays for a picture of the community; empty if none is drawn."""
    before = len(t.door.billed())
    await t.answer(await t.ask("alpha", prompt))
    return "".join(key for key, _ in t.door.billed()[before:])


async def run(env: dict[str, str], *words: str) -> str:
    done = await asyncio.to_thread(lambda: CliRunner().invoke(app, list(words), env={"IMAGE_API_KEY": "sk-operator-0000", **env}))
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


async def test_a_backup_brings_the_key_back_and_another_encryption_key_takes_it_over(tmp_path: Path, door: Door) -> None:
    old, new = encryption_key(), encryption_key()
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    async with town(first, door, [old]) as t:
        await t.set_key("alpha", ALPHA)
    await run({"DATA_DIR": str(first)}, "backup", f"{tmp_path}/copies/")
    [copy] = (tmp_path / "copies").glob("*.db")
    assert ALPHA.encode() not in copy.read_bytes()
    await run({"DATA_DIR": str(second)}, "restore", str(copy))
    async with town(second, door, [old]) as t:
        assert await draws_with(t, "a red bicycle") == ALPHA
    said = await run({"DATA_DIR": str(second), "ENCRYPTION_KEYS": f"{new},{old}"}, "encryption", "rotate")
    assert "1" in said
    async with town(second, door, [new]) as t:
        assert await draws_with(t, "a blue bicycle") == ALPHA
    async with town(first, door, [new]) as t:
        assert await draws_with(t, "a green bicycle") == "", "the ledger alone opens nothing"


async def test_it_moves_to_postgresql(tmp_path: Path, door: Door, server: LedgerServer) -> None:
    key = encryption_key()
    async with town(tmp_path, door, [key]) as t:
        await t.set_key("alpha", ALPHA)
    await asyncio.to_thread(move.to_server, tmp_path / DATABASE, server, "a move")
    t = await open_bot(tmp_path, door, [key], database=server)
    try:
        assert await draws_with(t, "a red bicycle") == ALPHA
    finally:
        await t.bot.stop(0.0)
