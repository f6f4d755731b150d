"""A real process against a real file; the longer loop is `python -m tests.simulation kill`."""

from __future__ import annotations

from pathlib import Path

from tests.simulation.killing import loop


def test_a_killed_process_loses_no_answer_and_doubles_none(tmp_path: Path) -> None:
    killed = loop(tmp_path, kills=2)
    assert killed.acknowledged > 0
    assert (killed.lost, killed.doubled, killed.uninvited, killed.reserved, killed.stopped) == (0, 0, 0, 0, True), killed
