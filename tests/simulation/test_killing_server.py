"""A real process against a real PostgreSQL server, both killed: kill -9, ended sessions, and crashes of the server."""

from __future__ import annotations

import random
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.ledger.server import LedgerServer
from tests.postgres import keeper
from tests.simulation.killing import loop


class OwnServer:
    """A server that only this test uses, so that it can be crashed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.process = folder, keeper.start(folder)
        self.crashes = self.ended = 0

    @property
    def database(self) -> LedgerServer:
        return LedgerServer(keeper.url(self.folder, "postgres"))

    def disturb(self, r: random.Random) -> None:
        """A failover as the bot sees it, or a crash of the whole server, which comes back at once."""
        if r.random() < 0.5:
            with psycopg.connect(self.database.url, autocommit=True) as connection:
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'imagine-bot%'")
            self.ended += 1
            return
        self.stop()
        self.process = keeper.serve(self.folder)
        self.crashes += 1

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)


@pytest.fixture
def server() -> Iterator[OwnServer]:
    with tempfile.TemporaryDirectory(prefix="imagine-bot-pg-own-") as folder:  # a socket's path must be short
        made = OwnServer(Path(folder))
        yield made
        made.stop()


def test_killed_processes_and_a_crashed_server_lose_no_answer_and_double_none(server: OwnServer, tmp_path: Path) -> None:
    killed = loop(tmp_path, kills=4, seed=3, server=server.database, disturb=server.disturb)
    assert killed.acknowledged > 0
    assert server.crashes
    assert server.ended
    assert (killed.lost, killed.doubled, killed.uninvited, killed.reserved, killed.stopped) == (0, 0, 0, 0, True), killed
