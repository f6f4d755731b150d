"""The operators hear in time that their image model will be shut down."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.catalogue.load import Catalogue
from bot.catalogue.model import Model
from bot.domain.requests import Place
from bot.ledger import message_rows, notice_rows
from bot.ledger.store import Ledger
from bot.messages.model_end import KIND, NOTICE_DAYS, look, remind
from bot.messages.notices import Notices
from bot.ports import SystemPorts

PLACE = Place("discord", "1", "2")
ENDING = Catalogue.load().models["gpt-image-1.5"]


class Ground:
    """A ledger whose day can be set."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.notices = ledger, Notices(lambda: [PLACE])

    async def on(self, day: date, model: Model = ENDING) -> tuple[int, str] | None:
        """How often it has been said, and the message; None while nothing is open."""
        self.ledger.now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp
        await self.ledger.write(lambda tx: remind(tx, self.notices, model, "gpt-image-2"))
        row = await self.ledger.read(lambda c: notice_rows.get(c, KIND))
        if row is None or row.resolved_at is not None:
            return None
        found = await self.ledger.read(lambda c: message_rows.of_platform(c, "discord", 5))
        view = await self.ledger.read(lambda c: self.notices.project(c, found[0].message, 0.0))
        assert view is not None
        return row.count, " ".join([view.title, *view.text, *(f"{fact.label}: {fact.value}" for fact in view.facts)])


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    ports = SystemPorts()
    ledger = await Ledger.open(tmp_path, ports.now, ports.new_id)
    yield Ground(ledger)
    await ledger.close()


async def test_two_days_before_the_end_operators_read_the_day_and_what_to_take_instead(ground: Ground) -> None:
    said = await ground.on(date(2026, 11, 29))
    assert said is not None
    assert "2026-12-01, in 2 days" in said[1]
    assert "gpt-image-2.6-sunburst" in said[1]


async def test_it_is_said_once_a_day_also_over_restarts_and_the_words_follow_the_days(ground: Ground) -> None:
    assert await ground.on(date(2026, 9, 1)) is None
    assert (await ground.on(date(2026, 10, 15)) or (0,))[0] == 1
    ground.notices = Notices(lambda: [PLACE])
    await ground.ledger.read(ground.notices.load)
    assert (await ground.on(date(2026, 10, 15)) or (0,))[0] == 1
    for number, (day, words) in enumerate([((2026, 11, 30), "tomorrow"), ((2026, 12, 1), "today"), ((2026, 12, 2), "already past")], 2):
        said = await ground.on(date(*day))
        assert said is not None
        assert said[0] == number
        assert words in said[1]


async def test_another_model_solves_it(ground: Ground) -> None:
    assert await ground.on(date(2026, 11, 29)) is not None
    assert await ground.on(date(2026, 11, 29), Catalogue.load().default()) is None
    other = dataclasses.replace(ENDING, id="chatgpt-image-latest", replacement=None)
    said = await ground.on(date(2026, 11, 29), other)
    assert said is not None
    assert "gpt-image-2" in said[1]


async def test_it_is_looked_at_where_there_is_something_to_say_or_to_solve(ground: Ground) -> None:
    for days, said in ((NOTICE_DAYS + 1, False), (NOTICE_DAYS, True)):
        assert (await ground.on(date(2026, 12, 1) - timedelta(days=days)) is not None) is said
    await look(ground.ledger, ground.notices, Catalogue.load().default())
    assert KIND not in ground.notices.open
    await look(ground.ledger, ground.notices, Catalogue.load().default())
    commits = ground.ledger.commits
    await look(ground.ledger, ground.notices, Catalogue.load().default())
    assert ground.ledger.commits == commits, "nothing is written where nothing is said"
    ground.ledger.now = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp
    await look(ground.ledger, ground.notices, ENDING)
    assert KIND in ground.notices.open
