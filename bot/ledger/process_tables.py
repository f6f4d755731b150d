"""Tables of processes, of their locks (`holdings`), and of grants; part of `bot.ledger.tables`.

Empty on SQLite, where one process owns the file. Leases are in seconds since the epoch, by the database's clock.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, text

from bot.ledger.schema import metadata

processes = Table(
    "processes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("roles", String(60), nullable=False),
    Column("about", String(120), nullable=False),
    Column("started_at", Float, nullable=False),
    Column("beat", Integer, nullable=False),
    Column("lease_until", Float, nullable=False),
    Column("mark", Integer, nullable=False),
    Column("gone_at", Float),
)
Index("processes_here", processes.c.lease_until, sqlite_where=text("gone_at IS NULL"))

holdings = Table(
    "holdings",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("owner", String(32), nullable=False),
    Column("token", Integer, nullable=False),
    Column("since", Float, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("request_id", String(32), nullable=False),
    Column("service", String(40), nullable=False),
    Column("token", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("timeout", Float, nullable=False),
    Column("probe", Boolean, nullable=False),
    Column("granted_at", Float, nullable=False),
    Column("owner", String(32), nullable=False),
    Column("taken", Boolean, nullable=False),
    Column("verdict", JSON(none_as_null=True)),
)
