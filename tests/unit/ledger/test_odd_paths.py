"""Folders and files with names that mean something inside an address: every command opens the very file that was named."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.ledger import files, migrate
from bot.ledger.store import Ledger, LedgerProblem
from bot.ports import SystemPorts
from bot.settings import SettingsProblem, load
from tests.unit.cli.conftest import adapters, imagine_bot

__all__ = ["adapters", "imagine_bot"]

pytestmark = pytest.mark.sqlite_only

ODD = [
    "what?", "100%", "a%20b", "a%2Fb", "a#b", "two words", "żółw 图片 \N{TURTLE}", "a?mode=memory", "a?x=1&y=2", "file:x", ":memory:",
    "it's \"so\"", "a&b=c;d", "back\\slash", "%s%(here)s", "+plus", "[x]{y}", "?", "%",
]  # fmt: skip


def opened(folder: Path, file: Path) -> None:
    """Opened as `run` does, and something written."""

    async def main() -> None:
        ports = SystemPorts()
        ledger = await Ledger.open(folder, ports.now, ports.new_id, file)
        try:
            await ledger.write(lambda tx: tx.connection.exec_driver_sql("PRAGMA user_version = 7"))
        finally:
            await ledger.close()

    asyncio.run(main())


def made(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))}


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("name", ODD)
def test_every_command_opens_the_ledger_of_the_folder_that_was_named(
    name: str, relative: bool, tmp_path: Path, imagine_bot: Callable[..., Any]
) -> None:
    folder = tmp_path / name
    said = name if relative else str(folder)
    settings = load({"DATA_DIR": said})
    assert (settings.data_dir, settings.ledger) == (folder, folder / "imagine-bot.db")
    opened(settings.data_dir, settings.ledger)
    inside = {f"{name}/imagine-bot.db", f"{name}/imagine-bot.lock"}
    assert made(tmp_path) == inside, "nothing beside the folder"
    for command in (["requests"], ["usage"], ["cases", "list"], ["cases", "numbers"]):
        done = imagine_bot(*command, DATA_DIR=said)
        assert done.code == 0, (command, done.err)
    done = imagine_bot("backup", DATA_DIR=said)
    assert done.code == 0, done.err
    (copy,) = made(tmp_path) - inside
    with sqlite3.connect(tmp_path / copy) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (7,)
    done = imagine_bot("backup", str(tmp_path / name / "a?b%41.db"), DATA_DIR=said)
    assert done.code == 0, done.err
    assert f"{name}/a?b%41.db" in made(tmp_path)
    done = imagine_bot("doctor", DATA_DIR=said, IMAGE_API_KEY="sk-0123456789abcdef", IMAGE_BASE_URL="http://127.0.0.1:9/v1")
    assert f"{folder / 'imagine-bot.db'} is fine" in " ".join((done.out + done.err).split())


@pytest.mark.parametrize("name", [one for one in ODD if one not in ("a?mode=memory", "a?x=1&y=2", ":memory:")])
def test_a_database_address_is_taken_as_it_is_written(name: str, tmp_path: Path, imagine_bot: Callable[..., Any]) -> None:
    file = tmp_path / "elsewhere" / name / f"{name}.db"
    env = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": f"sqlite:///{file}"}
    settings = load(env)
    assert settings.ledger == file
    opened(settings.data_dir, settings.ledger)
    assert made(tmp_path) == {"data/imagine-bot.lock", f"elsewhere/{name}/{name}.db", f"elsewhere/{name}/{name}.db.lock"}
    for command in (["requests"], ["usage"], ["cases", "list"], ["backup"]):
        done = imagine_bot(*command, **env)
        assert done.code == 0, (command, done.err)


@pytest.mark.parametrize("tail", ["?mode=memory", "?cache=shared&mode=ro", "?x=1"])
def test_options_of_a_database_address_are_refused_and_not_dropped(tail: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match="ends with options"):
        load({"DATABASE_URL": f"sqlite:///{tmp_path}/x.db{tail}"})


def test_a_path_that_cannot_be_printed_is_refused_with_words() -> None:
    for name, value in (("DATA_DIR", "/tmp/\udcff"), ("DATABASE_URL", "sqlite:////tmp/\udcff.db")):
        with pytest.raises(SettingsProblem, match=name):
            load({name: value})


def test_two_data_folders_never_own_one_ledger(tmp_path: Path) -> None:
    async def main() -> None:
        ports = SystemPorts()
        file = tmp_path / "shared" / "one?.db"
        first = await Ledger.open(tmp_path / "a", ports.now, ports.new_id, file)
        with pytest.raises(LedgerProblem, match="Another imagine-bot"):
            await Ledger.open(tmp_path / "b", ports.now, ports.new_id, file)
        await first.close()
        second = await Ledger.open(tmp_path / "b", ports.now, ports.new_id, file)
        await second.close()

    asyncio.run(main())


@pytest.mark.parametrize("name", ODD)
def test_migrations_run_on_the_file_that_was_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / name
    folder.mkdir()
    installed = tmp_path / "in" / name  # the code itself may lie in such a folder
    shutil.copytree(Path(migrate.__file__).with_name("migrations"), installed / "migrations")
    monkeypatch.setattr(migrate, "__file__", str(installed / "migrate.py"))
    migrate.migrate(folder / "imagine-bot.db")
    with closing(files.connect(folder / "imagine-bot.db", read_only=True)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.HEAD,)
    assert {one for one in made(tmp_path) if not one.startswith(f"in/{name}/")} == {f"{name}/imagine-bot.db"}
