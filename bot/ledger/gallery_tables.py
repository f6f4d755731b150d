"""Tables of the gallery: what members note about their results, and the searches whose pages they turn."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table

from bot.ledger.schema import metadata

gallery_marks = Table(
    "gallery_marks",
    metadata,
    Column("request_id", String(32), primary_key=True),
    Column("platform", String(20), nullable=False),
    Column("person", String(64), nullable=False),
    Column("favourite", Boolean, nullable=False),
    Column("tag", String(60), nullable=False),
    Column("changed_at", Float, nullable=False),
)
Index("gallery_marks_of_person", gallery_marks.c.platform, gallery_marks.c.person)

gallery_searches = Table(
    "gallery_searches",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(20), nullable=False),
    Column("person", String(64), nullable=False),
    Column("search", JSON, nullable=False),
    Column("page", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
)
Index("gallery_searches_age", gallery_searches.c.created_at)
