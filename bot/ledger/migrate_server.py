"""The schema on a PostgreSQL server: created, or migrated forward by the same steps as a file, each start in one transaction."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect
from sqlalchemy import text as sql

from bot.ledger import files
from bot.ledger.migrate import HEAD, run_migrations
from bot.ledger.problems import LedgerProblem
from bot.ledger.server import LedgerServer
from bot.ledger.tables import metadata
from bot.texts import text

OLDEST = 130000
"""`pg_current_xact_id` exists since version 13."""


def upgrade(connection: Connection, server: LedgerServer, data_dir: Path) -> None:
    """Check the server, and bring the schema up to date: whole or not at all. Raises LedgerProblem."""
    check(connection, server)
    revision = current(connection)
    if revision == HEAD:
        return
    if revision is None:
        if (beside := _left_behind(data_dir)) is not None:
            raise LedgerProblem(text("operator.server_empty_beside", server=server, file=beside))
        create(connection)
    elif revision > HEAD:
        raise LedgerProblem(text("operator.server_newer", server=server))
    else:
        run_migrations(connection)


def create(connection: Connection) -> None:
    """Today's tables in an empty database."""
    metadata.create_all(connection)
    connection.execute(sql("CREATE TABLE alembic_version (version_num TEXT NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY)"))
    connection.execute(sql("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def current(connection: Connection) -> str | None:
    """The schema's revision; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sql("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def check(connection: Connection, server: LedgerServer) -> None:
    """Raises LedgerProblem if this isn't a server for a ledger."""
    version, shown = connection.execute(sql("SELECT current_setting('server_version_num')::int, current_setting('server_version')")).one()
    if version < OLDEST:
        raise LedgerProblem(text("operator.server_old", server=server, version=shown))
    encoding = connection.execute(sql("SELECT current_setting('server_encoding')")).scalar_one()
    if encoding != "UTF8":
        raise LedgerProblem(text("operator.server_encoding", server=server, encoding=encoding))
    if connection.execute(sql("SELECT pg_is_in_recovery()")).scalar_one():
        raise LedgerProblem(text("operator.server_reads_only", server=server))


def _left_behind(data_dir: Path) -> Path | None:
    """A ledger or pictures in the data folder, which an empty database doesn't know."""
    found = (data_dir / files.DATABASE, data_dir / files.PICTURES)
    return next((one for one in found if one.exists()), None)
