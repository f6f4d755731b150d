"""What a service said goes after thirty days; what people typed and got stays until they delete it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.cli.history import history
from bot.core import Visitor
from bot.domain.kinds import Kind
from bot.ledger import memory_rows
from bot.ledger.store import Tx
from bot.ledger.tables import attempts
from bot.requests.sweep import sweep
from tests.world import BAD_KEY, Service, World, bad, good, world

DAY = 86400.0


async def swept(w: World) -> Sequence[object]:
    """The evidence of all attempts after a sweep, oldest first."""
    await w.bot.ledger.write(lambda tx: sweep(tx, lambda request: False))
    return [row.evidence for row in await w.bot.ledger.read(lambda c: c.execute(select(attempts).order_by(attempts.c.opened_at)).all())]


async def age(w: World, days: float, request: str = "%") -> None:
    def body(tx: Tx) -> None:
        tx.connection.execute(
            update(attempts).where(attempts.c.request_id.like(request)).values(opened_at=attempts.c.opened_at - days * DAY)
        )

    await w.bot.ledger.write(body)


@pytest.mark.sqlite_only  # reads the file with a command
async def test_raw_answers_go_after_thirty_days_and_their_meaning_stays(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BAD_KEY), bad(BAD_KEY), good()])) as w:
        old, young = await w.imagine("a first cat"), await w.imagine("a second cat")
        await w.answer(old)
        await w.answer(young)
        await age(w, 31, old)
        await age(w, 29, young)
        gone, kept = await swept(w)
        assert gone is None
        assert kept
        shown = await w.bot.core.show(Visitor("test", "home", "imagine", "ana"), old)
        assert "a first cat" in str(shown)
        env = tmp_path / ".env"
        env.write_text(f"DATA_DIR={tmp_path}\n")
        found = history(env, None, old)
        assert found is not None
        assert found.failure is not None
        assert found.failure.kind is Kind.AUTH_INVALID_KEY


async def test_years_of_raw_answers_go_a_week_at_a_time(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BAD_KEY)] * 3)) as w:
        for days in (50, 40, 31):
            request = await w.imagine()
            await w.answer(request)
            await age(w, days, request)
        left = [sum(1 for one in await swept(w) if one is not None) for _ in range(4)]
        assert left == [2, 1, 0, 0]


async def test_what_grows_old_later_goes_then(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BAD_KEY)] * 2)) as w:
        for days in (31, 29):
            request = await w.imagine()
            await w.answer(request)
            await age(w, days, request)
        assert [one is None for one in await swept(w)] == [True, False]
        # Two days pass: the mark of how far it came lies two days further back.
        await age(w, 2)
        await w.bot.ledger.write(lambda tx: memory_rows.remember(tx, "evidence_removed_until", tx.now - 32 * DAY))
        assert [one is None for one in await swept(w)] == [True, True]
