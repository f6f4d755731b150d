"""Tables of batches, their topics and their contact sheets; part of `bot.ledger.tables`."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint, text

from bot.ledger.schema import metadata

batches = Table(
    "batches",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("event_key", String(200), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("community", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("thread", String(64)),
    Column("reply", JSON, nullable=False),
    Column("person", String(64), nullable=False),
    Column("person_name", String(120), nullable=False),
    Column("title", String(200), nullable=False),
    Column("plan", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("started_at", Float),
    Column("reason", String(40), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("refused", Integer, nullable=False),
)
Index("batches_of_person", batches.c.platform, batches.c.person, batches.c.created_at)
Index("batches_active", batches.c.state, sqlite_where=text("state IN ('running', 'finishing')"))

batch_items = Table(
    "batch_items",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("batch_id", String(32), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("topic", JSON, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("request_id", String(32), nullable=False),
    Column("draft_request", String(32), nullable=False),
    Column("final_request", String(32), nullable=False),
    Column("picked", String(64), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_name", String(120), nullable=False),
    Column("decided_at", Float),
    Column("note", Text, nullable=False),
    Column("reason", String(60), nullable=False),
    Column("changed_at", Float, nullable=False),
    UniqueConstraint("batch_id", "number"),
)
Index("batch_items_asked", batch_items.c.batch_id, sqlite_where=text("request_id != ''"))

batch_sheets = Table(
    "batch_sheets",
    metadata,
    Column("batch_id", String(32), primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("content", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("format", String(8), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
)
Index("batch_sheets_by_hash", batch_sheets.c.sha256)
