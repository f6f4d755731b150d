"""Numbers of the dashboard, from a real bot's ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.reports.dashboard import SPANS, percentile
from tests.world import BAD_KEY, BLOCK, bad, world


async def test_every_number_comes_from_the_ledger(tmp_path: Path) -> None:
    async with world(tmp_path, max_attempts=1) as here:
        here.service.script += [bad(BAD_KEY)]
        await here.answer(await here.imagine("zero"))
        await here.until(lambda: here.chat.about("notice:auth_invalid_key"))
        stopped = await here.bot.core.dashboard(86_400)
        assert [(one.title, one.count) for one in stopped.notices] == [("The image service needs your help: auth invalid key", 1)]
        assert stopped.notices[0].sentence.startswith("The provider doesn't accept the API key")
        here.service.script += [bad(BLOCK)]
        for prompt in ("one", "two"):
            await here.answer(await here.imagine(prompt))
        seen = await here.bot.core.dashboard(86_400)
        before = await here.bot.core.dashboard(1e-6)
    assert {name: sum(counts) for name, counts in seen.outcomes.items()} == {"failed": 1, "blocked": 1, "pictures": 1}
    assert all(len(counts) == SPANS for counts in seen.outcomes.values())
    assert seen.outcomes["pictures"][-1] == 1
    assert sorted(kind for kind, *_ in seen.failures.by("kind")) == ["auth_invalid_key", "safety_prompt"]
    assert seen.cases_open == 1
    assert seen.decision_median is None
    assert [one.owner for one in seen.owners] == ["test:home"]
    assert seen.owners[0].limit == 10_000_000
    assert len(seen.starts()) == SPANS
    assert seen.live == {}
    assert seen.notices == []
    assert before.outcomes == {}


@pytest.mark.parametrize(
    ("values", "percent", "wanted"),
    [([], 50, None), ([3.0], 99, 3.0), ([1.0, 2.0, 3.0, 4.0], 50, 2.0), ([float(one) for one in range(1, 101)], 95, 95.0)],
)
def test_a_percentile_is_a_value_that_was_measured(values: list[float], percent: int, wanted: float | None) -> None:
    assert percentile(values, percent) == wanted
