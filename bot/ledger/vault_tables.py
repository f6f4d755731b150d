"""Encrypted values that must survive a restart: tokens of installations, keys of communities."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, String, Table, Text, text

from bot.ledger.schema import metadata

vault = Table(
    "vault",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("expires_at", Float),
    Column("claimed_until", Float, nullable=False),
)
Index("vault_expiring", vault.c.expires_at, sqlite_where=text("expires_at IS NOT NULL"))
