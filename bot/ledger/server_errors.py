"""Sentences for what a PostgreSQL server says when it can't be used."""

from __future__ import annotations

import re

import psycopg

from bot.ledger.server import LedgerServer
from bot.texts import text

_SENTENCES = {
    "53100": "server_disk_full",
    "25006": "server_reads_only",
    "55P03": "server_locked",
    "57014": "server_locked",
    "42501": "server_rights",
    "28000": "server_login",
    "28P01": "server_login",
    "3D000": "server_login",
}
LONGEST = 200
_REFUSED = re.compile(r"authentication failed|does not exist|pg_hba|not permitted to log in|no password supplied")


def explain(error: BaseException | None, server: LedgerServer) -> str:
    code = getattr(error, "sqlstate", None)
    known = _SENTENCES.get(code or "")
    if code is None and _REFUSED.search(_detail(error)):
        known = "server_login"  # psycopg has no code for a connection that the server declined
    if known is None and (isinstance(error, psycopg.OperationalError) if code is None else code[:2] in ("08", "53", "57")):
        known = "server_unreachable"
    if known is None:
        return text("operator.server_failed", server=server, code=code or type(error).__name__)
    return text(f"operator.{known}", server=server, detail=_detail(error))


def _detail(error: BaseException | None) -> str:
    """The first line of what the server or the network said. libpq never repeats a password."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].strip().removeprefix("connection failed: ")[:LONGEST].rstrip(".")
