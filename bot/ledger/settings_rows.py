"""Queries on communities' own settings: one row per community, replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.ledger import records
from bot.ledger.store import Tx
from bot.ledger.tables import community_settings

_SETTINGS = select(community_settings.c["values"]).where(
    community_settings.c.platform == bindparam("platform"), community_settings.c.community == bindparam("community")
)


def of_community(connection: Connection, platform: str, community: str) -> Mapping[str, Any]:
    """A community's own settings; empty if there are none."""
    value = connection.execute(_SETTINGS, {"platform": platform, "community": community}).scalar()
    return value if isinstance(value, Mapping) else {}


def replace(tx: Tx, platform: str, community: str, values: Mapping[str, Any], by: str) -> None:
    row = {"values": dict(values), "changed_at": tx.now, "changed_by": by}
    records.replace_row(tx.connection, community_settings, {"platform": platform, "community": community}, row)
