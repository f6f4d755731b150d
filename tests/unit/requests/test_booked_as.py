"""A 503 at the door is free; a gateway that speaks of load after it gave up waiting may have cost a picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.failure import Evidence
from bot.domain.outcome import Billed
from bot.domain.requests import Request
from bot.ledger import request_rows
from bot.ledger.tables import attempts, spend
from tests.world import Service, bad, world

PAGE = "<html><h1>Service Temporarily Unavailable</h1></html>"


@pytest.mark.parametrize(("status", "free"), [(503, True), (529, True), (504, False), (524, False)])
async def test_what_a_gateway_says_of_load_is_booked_by_where_it_said_so(
    tmp_path: Path, status: int, free: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    said = Evidence(provider="openai", api="images.generations", status=status, body=PAGE)
    async with world(tmp_path, Service([bad(said, Billed.UNKNOWN)])) as w:
        request = await w.imagine()
        row: Request | None = None
        while row is None or not row.attempts + row.unbilled_tries or row.failure is None:
            row = await w.bot.ledger.read(lambda c: request_rows.get(c, request))
        assert (row.attempts > 0, row.unbilled_tries > 0) == (not free, free)
        first = (await w.bot.ledger.read(lambda c: c.execute(select(attempts).order_by(attempts.c.number)).all()))[0]
        assert first.billed == ("no" if free else "unknown")
        assert (first.cost == 0) == free
        books = await w.bot.ledger.read(lambda c: c.execute(select(spend)).all())
        assert {row.spent > 0 for row in books if row.scope == "community"} == {not free}
        assert f"billed={first.billed} " in capsys.readouterr().out  # the log says what the books say
