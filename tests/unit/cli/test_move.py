"""`migrate-to-postgres`: every row arrives as it was, or nothing does, and the bot can't be started on the old file by accident."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import JSON, Boolean, Column, Float, Integer, String, UniqueConstraint, insert

from bot.domain.requests import Person, Place, Submission
from bot.ledger import case_rows, files, read_only, request_rows
from bot.ledger.server import LedgerServer
from bot.ledger.store import Ledger, Tx
from bot.ledger.tables import metadata
from tests.postgres import cluster
from tests.unit.cli.conftest import Call

NOW = 1_800_000_000.0
TEXTS = ("plain", "Ünïcödé 图片 \N{TURTLE}", "quote ' and \\ backslash", "tab\tand\nline", "x" * 3000)


@pytest.fixture
def empty() -> Iterator[LedgerServer]:
    made = cluster.create("template0")
    yield made
    cluster.drop(made)


def value_for(column: Column[Any], number: int) -> object:
    if column.nullable and number % 3 == 0:
        return None
    if isinstance(column.type, JSON):
        return [{"b": 1, "a": [1.5, None, "ü"]}, {}, None, {"deep": {"x": True}}][number % 4]
    if isinstance(column.type, Boolean):
        return number % 2 == 0
    if isinstance(column.type, Float):
        return NOW + number / 7
    if isinstance(column.type, Integer):
        return number + 1 if column.primary_key else 5_000_000_000 + number
    return f"{number:04d}-{column.name}" if column.primary_key or column.unique else TEXTS[number % len(TEXTS)]


async def filled(folder: Path, rows: int = 12) -> Path:
    """A ledger with rows in every table. The texts differ, because some columns are unique together."""
    ledger = await Ledger.open(folder, lambda: NOW, lambda: "id")

    def fill(tx: Tx) -> None:
        for table in metadata.sorted_tables:
            made = [{column.key: value_for(column, number) for column in table.columns} for number in range(rows)]
            together = {column.key for one in table.constraints if isinstance(one, UniqueConstraint) for column in one.columns}
            for number, row in enumerate(made):
                row |= {key: f"{number:04d}" for key in together if isinstance(table.c[key].type, String)}
            tx.connection.execute(insert(table), made)

    await ledger.write(fill)
    await ledger.close()
    return folder / files.DATABASE


def content(server: LedgerServer) -> dict[str, list[str]]:
    with psycopg.connect(server.url) as connection:
        return {
            name: sorted(str(row[0]) for row in connection.execute(f'SELECT to_json(t)::text FROM "{name}" t').fetchall())
            for name in metadata.tables
        }


@pytest.mark.sqlite_only
async def test_every_row_of_every_table_arrives_and_the_file_is_put_aside(empty: LedgerServer, imagine_bot: Call, tmp_path: Path) -> None:
    file = await filled(tmp_path / "data")
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        wanted = {name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in metadata.tables}
    ended = imagine_bot("migrate-to-postgres", DATABASE_URL=empty.url)
    assert ended.code == 0, ended.err
    assert f"Copied {12 * len(metadata.tables)} rows of {len(metadata.tables)} tables" in ended.out
    arrived = {name: [json.loads(row) for row in rows] for name, rows in content(empty).items()}
    for name, table in metadata.tables.items():
        booleans = [column.name for column in table.columns if isinstance(column.type, Boolean)]
        documents = [column.name for column in table.columns if isinstance(column.type, JSON)]
        for row in wanted[name]:
            row |= {one: None if row[one] is None else bool(row[one]) for one in booleans}
            row |= {one: None if row[one] is None else json.loads(row[one]) for one in documents}
        keys = [column.name for column in table.primary_key.columns]
        for rows in (arrived[name], wanted[name]):
            rows.sort(key=lambda row, keys=keys: [str(row[key]) for key in keys])  # type: ignore[misc]
        assert arrived[name] == wanted[name], name
    assert not file.exists()
    (aside,) = (tmp_path / "data").glob("moved-*.db")
    assert read_only.count_if_sound(aside) == 12
    assert len(json.loads(imagine_bot("requests", "--json", DATABASE_URL=empty.url).out)) == 12


@pytest.mark.sqlite_only
async def test_the_bot_goes_on_there_and_counts_on(empty: LedgerServer, imagine_bot: Call, tmp_path: Path) -> None:
    await filled(tmp_path / "data")
    assert imagine_bot("migrate-to-postgres", DATABASE_URL=empty.url).code == 0
    ledger = await Ledger.open(tmp_path / "data", lambda: NOW, lambda: "new", empty)

    def more(tx: Tx) -> int:
        submission = Submission(Person("ana", "Ana"), Place("test", "home", "imagine"), "a fox")
        request_rows.insert_received(tx, "new-request", "event-new", submission, deadline_at=NOW)
        request = request_rows.get(tx.connection, "new-request")
        assert request is not None
        return case_rows.open_new(tx, request, "safety_prompt", {}, due_at=NOW, expires_at=NOW).number

    assert await ledger.write(more) == 13
    await ledger.close()


@pytest.mark.sqlite_only
async def test_an_occupied_database_is_left_alone(empty: LedgerServer, imagine_bot: Call, tmp_path: Path) -> None:
    file = await filled(tmp_path / "data")
    assert imagine_bot("migrate-to-postgres", DATABASE_URL=empty.url).code == 0
    before = content(empty)
    (aside,) = (tmp_path / "data").glob("moved-*.db")
    aside.rename(file)
    ended = imagine_bot("migrate-to-postgres", DATABASE_URL=empty.url)
    assert ended.code == 1
    assert "isn't overwritten" in ended.err
    assert content(empty) == before
    assert file.exists()


@pytest.mark.sqlite_only
async def test_a_copy_that_breaks_off_leaves_nothing_and_can_be_repeated(empty: LedgerServer, imagine_bot: Call, tmp_path: Path) -> None:
    file = await filled(tmp_path / "data")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE cases SET opened_at = 'no number' WHERE number = 12")
    ended = imagine_bot("migrate-to-postgres", DATABASE_URL=empty.url)
    assert ended.code == 1
    assert file.exists()
    with psycopg.connect(empty.url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE cases SET opened_at = 1.5 WHERE number = 12")
    assert imagine_bot("migrate-to-postgres", DATABASE_URL=empty.url).code == 0


@pytest.mark.sqlite_only
async def test_a_row_that_arrives_otherwise_is_seen(
    empty: LedgerServer, imagine_bot: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await filled(tmp_path / "data")
    from bot.ledger import migrate_server

    create = migrate_server.create

    def spoilt(connection: Any) -> None:
        create(connection)
        connection.exec_driver_sql(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.spent := NEW.spent + 1; RETURN NEW; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER spoil BEFORE INSERT ON spend FOR EACH ROW WHEN (NEW.pictures = 5000000007) EXECUTE FUNCTION spoil()"
        )

    monkeypatch.setattr(migrate_server, "create", spoilt)
    ended = imagine_bot("migrate-to-postgres", DATABASE_URL=empty.url)
    assert ended.code == 1
    assert "the table spend" in ended.err
    assert file.exists()


@pytest.mark.sqlite_only
async def test_a_running_bot_is_not_copied(empty: LedgerServer, imagine_bot: Call, tmp_path: Path) -> None:
    ledger = await Ledger.open(tmp_path / "data", lambda: NOW, lambda: "id")
    ended = imagine_bot("migrate-to-postgres", DATABASE_URL=empty.url)
    assert ended.code == 1
    assert "Another imagine-bot" in ended.err
    await ledger.close()


@pytest.mark.sqlite_only
async def test_what_postgresql_cannot_store_is_replaced_and_counted(empty: LedgerServer, imagine_bot: Call, tmp_path: Path) -> None:
    file = await filled(tmp_path / "data")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE requests SET prompt = ?, reply = ? WHERE id = '0001-id'", ("nul\0here", '{"a": NaN}'))
    ended = imagine_bot("migrate-to-postgres", DATABASE_URL=empty.url)
    assert ended.code == 0, ended.err
    assert "In 1 of them" in ended.out
    row = read_only.request_by_any_id(empty, "0001-id")
    assert row is not None
    assert (row["prompt"], row["reply"]) == ("nul\ufffdhere", {"a": None})


@pytest.mark.sqlite_only
def test_without_a_server_or_a_ledger_it_says_what_to_do(imagine_bot: Call, tmp_path: Path, empty: LedgerServer) -> None:
    assert "Set it to the database" in imagine_bot("migrate-to-postgres").err
    ended = imagine_bot("migrate-to-postgres", DATABASE_URL=empty.url)
    assert (ended.code, str(tmp_path / "data" / "imagine-bot.db") in ended.err) == (2, True)


def test_a_start_without_the_address_of_the_moved_ledger_is_refused(imagine_bot: Call, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "moved-20261130-183624.db").touch()
    env = {"STANDIN_TOKEN": "token-1", "IMAGE_API_KEY": "local", "IMAGE_BASE_URL": "http://127.0.0.1:9/v1", "STATUS_PAGE": "off"}
    forgot = imagine_bot("run", "--adapters", "standin", **env)
    assert (forgot.code, "but DATABASE_URL isn't set" in forgot.err, (tmp_path / "data" / "imagine-bot.db").exists()) == (1, True, False), (
        forgot.err
    )
    doctor = json.loads(imagine_bot("doctor", "--json", **env).out)
    assert any("but DATABASE_URL isn't set" in one["sentence"] for one in doctor["findings"] if not one["ok"])
