"""The notice that nothing can be stored ends with the trouble, also where the process ended in between."""

from __future__ import annotations

from pathlib import Path

from bot.messages.storage import KIND
from tests.world import world


async def test_a_start_that_can_write_solves_what_an_earlier_process_left_open(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.bot.ledger.write(lambda tx: w.bot.notices.report(tx, KIND, KIND, {"detail": "the disk is full"}))
    async with world(tmp_path) as w:
        assert KIND not in w.bot.notices.open
        await w.until(lambda: "Solved" in getattr(w.chat.about(f"notice:{KIND}"), "title", ""))
