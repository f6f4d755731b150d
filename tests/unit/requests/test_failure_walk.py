"""A failure passes the stations of docs/architecture.md, in their order, from the call to the words that the adapter gets."""

from __future__ import annotations

import dataclasses
import re
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType

import pytest

from bot.domain.failure import Evidence
from bot.failures.classify import classify
from tests.world import BLOCK, RATE, Service, World, bad, world

ROOT = Path(__file__).resolve().parents[3]
STATION = re.compile(r"^\| `([\w.]+)` \(`([\w/.]+)`[^)]*\) \| (.+) \| (.+) \|$", re.MULTILINE)
WAIT = dataclasses.replace(RATE, headers={"retry-after": "60"})
COUNTS = re.compile(r"(\d+) functions for a 429, (\d+) for a safety block; (\d+) and (\d+) of them before the commit")
AFTER_THE_COMMIT = ("bot/messages/", "bot/requests/projection.py", "bot/chat/")


def stations() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The functions that the page names, with their files: for a 429, and for a safety block."""
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    way = page.partition("## One failure's way")[2].partition("\n## ")[0]
    rows = STATION.findall(way)
    walks = tuple([(file, name) for name, file, *cells in rows if cells[column] != "–"] for column in (0, 1))
    (counts,) = COUNTS.findall(way)
    before = [sum(not file.startswith(AFTER_THE_COMMIT) for file, _ in walk) for walk in walks]
    assert [*map(len, walks), *before] == [*map(int, counts)]
    return walks[0], walks[1]


async def shown_while_waiting(room: World, request: str) -> None:
    await room.until(lambda: any("too many requests" in " ".join(map(str, view.text)) for _, view in room.chat.all))


async def shown_as_blocked(room: World, request: str) -> None:
    assert "filter blocked your words" in " ".join(map(str, (await room.answer(request)).text))


@pytest.mark.parametrize(("column", "evidence", "shown"), [(0, WAIT, shown_while_waiting), (1, BLOCK, shown_as_blocked)])
async def test_a_failure_takes_the_way_that_the_map_shows(
    tmp_path: Path, column: int, evidence: Evidence, shown: Callable[[World, str], Awaitable[None]]
) -> None:
    called: list[tuple[str, str]] = []

    def note(frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(str(ROOT / "bot")):
            called.append((str(Path(code.co_filename).relative_to(ROOT)), code.co_qualname))

    classify(evidence)  # loads the rules, which takes long under a profiler
    sys.setprofile(note)
    threading.setprofile(note)  # the ledger's threads begin in world()
    try:
        async with world(tmp_path, Service(script=[bad(evidence)])) as room:
            await shown(room, await room.imagine())
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    passed = iter(called)
    missing = [station for station in stations()[column] if station not in passed]
    assert missing == []
