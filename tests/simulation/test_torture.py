"""Four real processes on one real server, for a short while; `python -m tests.simulation torture` does it for minutes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.simulation.torture import torture


def test_killed_and_stopped_processes_lose_nothing_and_double_nothing() -> None:
    with tempfile.TemporaryDirectory(prefix="imagine-torture-") as folder:  # a socket's path must be short
        seen = torture(Path(folder), n=30, kills=2, stops=1, crashes=1)
    assert (seen.kills, seen.stops, seen.crashes) == (2, 1, 1)
    assert seen.acknowledged == 30
    assert not seen.broken, seen
