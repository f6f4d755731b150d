"""The address of a PostgreSQL database that holds the ledger. Its password is never shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")


@dataclass(frozen=True, slots=True)
class LedgerServer:
    """A database on a PostgreSQL server. Two are equal if their addresses are."""

    url: str = field(repr=False)
    """As the operator gave it, with `postgresql` as its scheme: libpq reads it, so everything that libpq knows may stand in it."""

    def __str__(self) -> str:
        """The address without user, password and options."""
        parts = urlsplit(self.url)
        hosts = parts.netloc.rpartition("@")[2] or dict(parse_qsl(parts.query)).get("host", "")
        return f"postgresql://{unquote(hosts)}/{self.database}"

    @property
    def database(self) -> str:
        """The database's name; empty if the address has none."""
        return unquote(urlsplit(self.url).path.removeprefix("/"))

    @property
    def passwords(self) -> tuple[str, ...]:
        """What logs must not show: passwords in the address, as written and as decoded."""
        parts = urlsplit(self.url)
        _, _, written = parts.netloc.rpartition("@")[0].partition(":")
        named = [value for key, value in parse_qsl(parts.query) if "password" in key]
        return tuple(one for one in (written, unquote(written), *named) if one)


Where = Path | LedgerServer
"""Where a ledger is: SQLite's file, or a database on a PostgreSQL server."""
