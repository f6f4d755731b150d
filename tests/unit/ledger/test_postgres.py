"""The ledger on a PostgreSQL server: nothing lost or doubled when the server drops connections, one owner, and values that SQLite takes."""

from __future__ import annotations

import asyncio
import itertools
import os
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, func, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.domain.requests import Person, Place, Submission
from bot.ledger import beside, memory_rows, migrate_server, postgres, read_only, request_rows, spend_rows
from bot.ledger.server import LedgerServer
from bot.ledger.store import Ledger, LedgerProblem, Tx
from bot.ledger.tables import audit, memory, metadata, spend
from tests.postgres import cluster

pytestmark = pytest.mark.sqlite_only  # opens its own databases, once
NOW = 1_800_000_000.0
_ids = itertools.count()


@pytest.fixture
def empty() -> Iterator[LedgerServer]:
    made = cluster.create("template0")
    yield made
    cluster.drop(made)


async def opened(folder: Path, server: LedgerServer) -> Ledger:
    return await Ledger.open(folder, lambda: NOW, lambda: f"id{next(_ids)}", server)


@pytest.fixture
async def ledger(tmp_path: Path, server: LedgerServer) -> AsyncIterator[Ledger]:
    made = await opened(tmp_path, server)
    yield made
    await made.close()


def end_sessions(server: LedgerServer, name: str = "imagine-bot%") -> int:
    """What a restart or a failover of the server does to everybody's connections."""
    with psycopg.connect(server.url, autocommit=True) as other:
        where = "datname = current_database() AND pid != pg_backend_pid() AND application_name LIKE %s"
        row = other.execute(f"SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE {where}", (name,)).fetchone()
        assert row is not None
        return int(row[0])


def add_one(tx: Tx) -> None:
    found = tx.connection.execute(select(memory.c.value).where(memory.c.key == "n")).scalar()
    memory_rows.remember(tx, "n", (found or 0) + 1)


def n(connection: Connection) -> Any:
    found = memory_rows.recall(connection, "n")
    return None if found is None else found[0]


async def test_a_dropped_connection_is_made_anew_for_writes_and_reads(ledger: Ledger, server: LedgerServer) -> None:
    await ledger.write(add_one)
    assert await ledger.read(n) == 1
    assert end_sessions(server) >= 2
    await ledger.write(add_one)
    assert await ledger.read(n) == 2


async def test_a_transaction_that_lost_its_connection_in_the_middle_is_run_again_whole(ledger: Ledger, server: LedgerServer) -> None:
    runs = []

    def body(tx: Tx) -> None:
        add_one(tx)
        tx.wake("request", "x")
        runs.append(len(tx.wakes))
        if len(runs) == 1:
            end_sessions(server)
        add_one(tx)

    woken: list[object] = []
    ledger.on_commit = woken.extend
    await ledger.write(body)
    assert await ledger.read(n) == 2
    assert runs == [1, 1]
    assert len(woken) == 1


@pytest.mark.parametrize("committed", [True, False])
async def test_a_commit_whose_answer_was_lost_is_neither_lost_nor_doubled(
    committed: bool, ledger: Ledger, server: LedgerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection breaks while the commit is on its way: the transaction's own mark says whether it arrived."""
    real, broken = psycopg.Connection.commit, []

    def commit(connection: psycopg.Connection[Any]) -> None:
        if broken or "imagine-bot" not in connection.info.get_parameters()["application_name"]:
            return real(connection)
        broken.append(True)
        if committed:
            real(connection)
        end_sessions(server)
        connection.execute("SELECT 1")  # notices it
        raise AssertionError("the session is gone")

    monkeypatch.setattr(psycopg.Connection, "commit", commit)
    await ledger.write(add_one)
    assert broken
    assert await ledger.read(n) == 1


async def test_several_processes_share_a_database_and_a_command_may_need_it_alone(
    ledger: Ledger, server: LedgerServer, tmp_path: Path
) -> None:
    other = await opened(tmp_path / "other", server)
    await asyncio.gather(*(one.write(add_one) for one in (ledger, other) * 5))
    assert await ledger.read(n) == await other.read(n) == 10
    with pytest.raises(LedgerProblem, match=r"Another imagine-bot is already using .*this machine, since 20"):
        postgres.Ownership(server).take(psycopg.connect(server.url, autocommit=True))
    await other.close()
    await ledger.close()
    alone = psycopg.connect(server.url, autocommit=True)
    postgres.Ownership(server).take(alone)
    with pytest.raises(LedgerProblem, match="Another imagine-bot"):
        await opened(tmp_path / "other", server)
    alone.close()


@pytest.mark.parametrize("who", ["a process that uses the ledger", "a command that needs it alone"])
async def test_a_lock_that_is_about_to_be_freed_is_waited_for(server: LedgerServer, tmp_path: Path, who: str) -> None:
    held, wanted = (psycopg.connect(server.url, autocommit=True) for _ in range(2))
    postgres.Ownership(server).take(held)
    timer = threading.Timer(0.3, held.close)
    timer.start()
    if "process" in who:
        await (await opened(tmp_path / "other", server)).close()
    else:
        postgres.Ownership(server).take(wanted)
    timer.join()
    wanted.close()


async def test_an_older_schema_is_not_changed_under_another_process(
    ledger: Ledger, server: LedgerServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "HEAD", "0999")
    with pytest.raises(LedgerProblem, match="Stop all processes"):
        await opened(tmp_path / "other", server)


async def test_who_lost_the_database_to_another_process_writes_nothing(ledger: Ledger, server: LedgerServer, tmp_path: Path) -> None:
    await ledger.write(add_one)
    taker = psycopg.connect(server.url, autocommit=True)
    end_sessions(server)
    assert taker.execute("SELECT pg_try_advisory_lock(%s)", (postgres.OWNER,)).fetchone() == (True,)
    with pytest.raises(LedgerProblem, match="Another imagine-bot"):
        await ledger.write(add_one)
    taker.close()
    await ledger.write(add_one)
    assert await ledger.read(n) == 2


async def test_an_unreachable_server_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    server = LedgerServer(f"postgresql://bot:s3cr3t-canary@localhost/imagine?host={tmp_path}&port=5")
    for _ in range(2):
        with pytest.raises(LedgerProblem, match="can't be reached") as said:
            await opened(tmp_path / "data", server)
        assert "s3cr3t" not in str(said.value)
    with pytest.raises(LedgerProblem, match="can't be reached"):
        read_only.look(server, n)
    assert "s3cr3t" not in f"{server} {server!r}"


async def test_a_database_that_does_not_exist_is_named(empty: LedgerServer, tmp_path: Path) -> None:
    missing = LedgerServer(empty.url.replace(empty.database, "nowhere"))
    with pytest.raises(LedgerProblem, match=r"doesn't accept this login: .*\"nowhere\" does not exist"):
        await opened(tmp_path, missing)


async def test_a_user_without_rights_is_told_so(empty: LedgerServer, tmp_path: Path) -> None:
    name = f"guest_{os.getpid()}_{next(_ids)}"
    cluster.administrator().execute(f"CREATE ROLE {name} LOGIN")
    with pytest.raises(LedgerProblem, match=r"isn't allowed .*permission denied for schema public"):
        await opened(tmp_path, LedgerServer(empty.url.replace("imagine@", f"{name}@")))


async def test_a_database_in_another_encoding_is_refused(tmp_path: Path) -> None:
    name = f"latin_{os.getpid()}_{next(_ids)}"
    cluster.administrator().execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0")
    latin = LedgerServer(cluster.url(cluster.folder(), name))
    with pytest.raises(LedgerProblem, match="as LATIN1"):
        await opened(tmp_path, latin)
    cluster.drop(latin)


async def test_an_empty_database_beside_another_ledger_is_not_a_fresh_start(empty: LedgerServer, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    with pytest.raises(LedgerProblem, match="is empty, but"):
        await opened(tmp_path, empty)
    with psycopg.connect(empty.url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


async def test_a_ledger_of_a_newer_version_is_left_alone(server: LedgerServer, tmp_path: Path) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(LedgerProblem, match="newer version"):
            await opened(tmp_path, server)
        connection.execute("UPDATE alembic_version SET version_num = %s", (migrate_server.HEAD,))


def schema_of(server: LedgerServer) -> dict[str, object]:
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(server.url), poolclass=NullPool)
    with engine.connect() as connection:
        here = inspect(connection)
        columns = {
            name: [(one["name"], str(one["type"]), one["nullable"]) for one in here.get_columns(name)] for name in here.get_table_names()
        }
        rest = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL SELECT tgname FROM pg_trigger ORDER BY 1"
        return {"columns": columns, "rest": [row[0] for row in connection.execute(text(rest))]}


async def test_a_fresh_database_and_all_migrations_in_turn_have_the_same_schema(empty: LedgerServer, tmp_path: Path) -> None:
    await (await opened(tmp_path, empty)).close()
    fresh = schema_of(empty)
    assert set(metadata.tables) <= set(fresh["columns"])  # type: ignore[call-overload]
    assert "pg_trigger" not in str(fresh)
    other = cluster.create("template0")
    engine = postgres.engine_for(other, name="migrations")
    with engine.begin() as connection:
        migrate_server.run_migrations(connection)
    engine.dispose()
    assert schema_of(other) == fresh
    cluster.drop(other)


def test_partial_indexes_are_partial_on_both_databases(server: LedgerServer) -> None:
    with psycopg.connect(server.url) as connection:
        partial = dict(connection.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%WHERE%'").fetchall())
    wanted = {
        index.name for table in metadata.tables.values() for index in table.indexes if index.dialect_options["sqlite"]["where"] is not None
    }
    assert set(partial) == wanted
    assert "settled IS FALSE" in partial["messages_unsettled"].upper().replace("SETTLED IS", "settled IS")


async def test_the_audit_log_takes_no_change(ledger: Ledger) -> None:
    await ledger.write(
        lambda tx: tx.connection.execute(
            insert(audit).values(at=NOW, case_id="c", community="h", actor="a", actor_name="A", event="e", outcome="done", facts={})
        )
    )
    for statement in (update(audit).values(outcome="stale"), audit.delete()):
        with pytest.raises(DBAPIError, match="append-only"):
            await ledger.write(lambda tx, one=statement: tx.connection.execute(one))


async def test_values_that_sqlite_takes_are_stored(ledger: Ledger) -> None:
    """NUL and NaN aren't text or JSON for PostgreSQL; a backslash before "u0000" is a backslash."""
    value = {"nul": "a\0b", "spelt": "\\u0000", "nan": [float("nan"), float("-inf"), 1.5], "long": "x" * 5000, "b": True}
    await ledger.write(lambda tx: memory_rows.remember(tx, "k\0" + "y" * 500, value))
    (key,) = await ledger.read(lambda c: memory_rows.keys(c, "k"))
    assert key == "\ufffd" + "y" * 500
    stored = await ledger.read(lambda c: memory_rows.recall(c, f"k{key}"))
    assert stored is not None
    assert stored[0] == {"nul": "a\ufffdb", "spelt": "\\u0000", "nan": [None, None, 1.5], "long": "x" * 5000, "b": True}


async def test_sums_over_two_thousand_dollars_are_whole_numbers(ledger: Ledger) -> None:
    rows = [("everybody", "*", "d2026-11-29"), ("everybody", "*", "m2026-11")]
    for _ in range(2):
        await ledger.write(lambda tx: spend_rows.add(tx, rows, reserved=0, spent=2_000_000_000, pictures=1))
    total = await ledger.read(lambda c: c.execute(select(func.sum(spend.c.spent))).scalar_one())
    assert (total, type(total)) == (8_000_000_000, int)


async def test_what_the_server_says_about_a_statement_never_quotes_the_row(ledger: Ledger) -> None:
    submission = Submission(Person("ana", "Ana"), Place("test", "home", "imagine"), "a canary in a prompt")

    def body(tx: Tx) -> None:
        request_rows.insert_received(tx, "r1", "event-1", submission, deadline_at=NOW)
        request_rows.mark(tx, "r1", state=None)

    with pytest.raises(DBAPIError, match="not-null") as said:
        await ledger.write(body)
    chain, error = [], said.value
    while error is not None:
        chain.append(f"{error} {error!r} {error.args}")
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    assert "canary" not in "".join(chain)


async def test_a_command_beside_the_bot_reads_and_books(ledger: Ledger, server: LedgerServer) -> None:
    await ledger.write(add_one)
    assert read_only.look(server, n) == 1
    beside.book(server, [("everybody", "*", "d2026-11-29")], micros=50, pictures=1)
    (row,) = read_only.spending(server, "everybody", 10, months=False)
    assert (row["period"], row["spent_micros"], row["pictures"]) == ("2026-11-29", 50, 1)
    with pytest.raises(DBAPIError, match="read-only"):
        await ledger.read(lambda c: c.execute(insert(memory).values(key="x", value=1, saved_at=0.0)))


def test_a_command_on_a_database_without_ledger_says_so(empty: LedgerServer) -> None:
    with pytest.raises(LedgerProblem, match="has no ledger yet"):
        read_only.look(empty, n)


def test_doctor_names_what_loses_data_in_a_power_cut(server: LedgerServer, empty: LedgerServer) -> None:
    state = postgres.state_of(server)
    assert (state.has_ledger, set(state.careless)) == (True, {"fsync", "full_page_writes"})
    assert not postgres.state_of(empty).has_ledger


@pytest.mark.parametrize(
    ("address", "shown", "passwords"),
    [
        ("postgresql://bot:p%40ss@db:5433/imagine", "postgresql://db:5433/imagine", ("p%40ss", "p@ss")),
        ("postgresql:///imagine?host=/run/postgresql&password=hidden", "postgresql:///run/postgresql/imagine", ("hidden",)),
        ("postgresql://a,b/imagine?sslpassword=x1", "postgresql://a,b/imagine", ("x1",)),
        ("postgresql://db/imagine", "postgresql://db/imagine", ()),
    ],
)
def test_an_address_is_shown_without_login_and_options(address: str, shown: str, passwords: tuple[str, ...]) -> None:
    assert str(LedgerServer(address)) == shown
    assert set(LedgerServer(address).passwords) == set(passwords)
