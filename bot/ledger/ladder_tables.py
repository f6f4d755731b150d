"""Tables of simpler wordings: ladders and their steps; part of `bot.ledger.tables`."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, String, Table

from bot.ledger.schema import metadata

ladders = Table(
    "ladders",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("request_id", String(32), nullable=False, unique=True),
    Column("platform", String(20), nullable=False),
    Column("person", String(64), nullable=False),
    Column("details", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
)
Index("ladders_of_person", ladders.c.platform, ladders.c.person)
ladder_steps = Table(
    "ladder_steps",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ladder_id", String(32), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kept", JSON, nullable=False),
    Column("request_id", String(32), nullable=False),
    Column("created_at", Float, nullable=False),
)
Index("ladder_steps_of_ladder", ladder_steps.c.ladder_id, ladder_steps.c.number)
Index("ladder_steps_of_request", ladder_steps.c.request_id)
