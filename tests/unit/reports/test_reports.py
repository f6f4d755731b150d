"""Spending and its pace, failures and what helps, proposals, the weekly message: on a real bot's ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.chat.views import ActionName
from bot.domain.failure import Evidence
from bot.ledger import memory_rows
from bot.ledger.statistics_rows import FailureCount, Remedy
from bot.ledger.store import Ledger, Tx
from bot.ledger.tables import spend
from bot.reports import weekly_report
from bot.reports.failures import FailureReport, failure_report, words_of_blocks
from bot.reports.proposals import page, proposals
from bot.reports.spending import spending
from tests.unit.cli.conftest import Ended, imagine_bot
from tests.unit.cli.conftest import adapters as adapters
from tests.world import BAD_KEY, BLOCK, bad, world

__all__ = ["imagine_bot"]

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
SIZE = Evidence(status=400, body={"error": {"code": "invalid_value", "param": "size", "message": "Invalid size '7x7'."}})


async def spent(ledger: Ledger, days: dict[str, int], month: int) -> None:
    rows = [
        {"scope": "everybody", "owner": "*", "period": f"d{day}", "reserved": 0, "spent": cost, "pictures": 2} for day, cost in days.items()
    ]
    rows += [{"scope": "everybody", "owner": "*", "period": "m2026-11", "reserved": 5, "spent": month, "pictures": 9}]
    rows += [{"scope": "everybody", "owner": "fallback", "period": "d2026-11-20", "reserved": 0, "spent": 1_000_000, "pictures": 1}]
    rows += [{"scope": "member", "owner": "test:ana", "period": "d2026-11-20", "reserved": 0, "spent": 99_000_000, "pictures": 1}]
    await ledger.write(lambda tx: tx.connection.execute(spend.insert(), rows))


async def test_the_pace_is_the_average_of_the_days_since_the_first_that_cost_something(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        ledger = here.bot.ledger
        await spent(ledger, {"2026-11-13": 50_000_000, "2026-11-17": 4_000_000, "2026-11-18": 0, "2026-11-20": 7_000_000}, 60_000_000)
        found = await ledger.read(lambda c: spending(c, NOON, "UTC"))
        empty = await ledger.read(lambda c: spending(c, NOON + 40 * 86_400, "UTC"))
    assert [day for day, _, _ in found.days] == [f"2026-11-{number}" for number in range(14, 21)]
    assert (found.week, found.week_pictures) == (12_000_000, 7)
    assert found.per_day == 3_000_000  # four days, from the 17th to today
    assert found.month == 60_000_000
    assert (found.month_end, found.last_day) == (60_000_000 + 10 * 3_000_000, "2026-11-30")
    assert (empty.week, empty.per_day, empty.month_end) == (0, 0, 0)


async def test_days_begin_in_the_operators_time_zone(tmp_path: Path) -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC).timestamp()
    async with world(tmp_path) as here:
        found = await here.bot.ledger.read(lambda c: spending(c, late, "Asia/Tokyo"))
    assert (found.days[-1][0], found.last_day) == ("2026-12-01", "2026-12-31")


async def test_failures_are_counted_with_what_was_tried_and_worked(tmp_path: Path) -> None:
    async with world(tmp_path, max_attempts=1) as here:
        here.service.script += [bad(SIZE), bad(BAD_KEY), bad(BLOCK)]
        first = await here.imagine("one", person="ana")
        await here.answer(first)
        await here.answer(await here.imagine("two", person="ben"))
        await here.answer(await here.imagine("three", person="cai"))
        await here.press(ActionName.RETRY, first)
        await here.until(lambda: len(here.service.calls) == 4)
        await here.until(lambda: sum(view.final for view in here.chat.now.values()) >= 4)
        await here.imagine("", person="ana")
        found = await here.bot.ledger.read(lambda c: failure_report(c, 0.0, "salt"))
        nothing = await here.bot.ledger.read(lambda c: failure_report(c, here.bot.ports.now() + 10, "salt"))
    assert {name: count for name, count, _ in found.by("kind")} == {"unsupported_size": 1, "auth_invalid_key": 1, "safety_prompt": 1}
    assert found.remedies == [Remedy("unsupported_size", "retry", 1, 1)]
    assert dict(found.requests) == {"gpt-image-2": 4}
    assert [reason for reason, _ in found.rejections] == ["prompt_empty"]
    assert nothing.failures == []
    assert json.dumps(found.as_json())


def test_words_need_three_members_and_are_only_shown_if_they_are_the_bots_own() -> None:
    blocked = [(f"test:{who}", f"{who} a gory Pikachu with grandmother") for who in "abc"] + [("test:a", "a hidden treasure")] * 5
    passed = [("test:z", "a quiet garden with flowers")] * 10
    found = {one.word: one for one in words_of_blocks(blocked, passed, "salt")}
    assert not any(word in found for word in ("grandmother", "hidden", "treasure", "quiet"))
    assert all(one.members >= 3 for one in found.values())
    shown = [word for word in found if not word.startswith("#")]
    assert "pikachu" in shown
    hashes = [word for word in found if word.startswith("#")]
    assert hashes
    assert all(len(word) == 9 for word in hashes)
    assert hashes != [one.word for one in words_of_blocks(blocked, passed, "other") if one.word.startswith("#")]


def test_every_proposal_names_its_numbers_and_chance_makes_none() -> None:
    failures = [
        FailureCount("unsupported_size", "m-1", "7x7", "command", 6, 0),
        FailureCount("safety_prompt", "m-1", "1x1", "edit", 9, 0),
        FailureCount("timeout", "m-1", "1x1", "command", 20, 11),
        FailureCount("timeout", "m-2", "1x1", "command", 4, 0),
        FailureCount("not a kind", "m-2", "1x1", "command", 40, 0),
    ]
    remedies = [Remedy("timeout", "retry", 10, 9), Remedy("safety_prompt", "retry", 10, 1), Remedy("timeout", "edit", 4, 4)]
    report = FailureReport({"m-1": 100, "m-2": 400}, failures, remedies, [("prompt_too_long", 60), ("budget", 3)], {}, [])
    found = {(one.about, one.numbers["count"]) for one in proposals(report)}
    assert found == {("refusal", 60), ("service", 20), ("helps", 10), ("useless", 10), ("block", 9), ("size", 6)}
    written = page(report, 30)
    for part in (
        "6 of 100 requests for m-1",
        "9 of 10 members",
        "Only 1 of 10",
        "20 of 100 requests met it (20 %)",
        "60 requests were turned down",
    ):
        assert part in written, part
    assert "Nothing stands out" in page(FailureReport({}, [], [], [], {}, []), 30)


@pytest.mark.sqlite_only
async def test_the_commands_print_tables_json_and_a_page(tmp_path: Path, imagine_bot: Callable[..., Ended]) -> None:
    async with world(tmp_path / "data", max_attempts=1) as here:
        assert "Nothing has failed" in imagine_bot("failures").out
        for number in range(6):
            here.service.script.append(bad(SIZE))
            await here.answer(await here.imagine(f"zebra {number}", person=f"person-{number}"))
        tables = imagine_bot("failures", "--days", "7").out
        written = imagine_bot("failures", "--propose", "--json")
        pace = json.loads(imagine_bot("usage", "--pace", "--json").out)
    assert "unsupported_size\t6\t0" in tables
    assert json.loads(written.out)["failures"][0]["count"] == 6
    (proposed,) = (tmp_path / "data").glob("proposals-*.md")
    assert "Stop offering" in proposed.read_text()
    assert str(proposed) in written.err
    assert len(pace["days"]) == 7
    assert "zebra" not in tables + proposed.read_text()


async def test_the_weekly_message_comes_once_a_week_and_needs_nobody_to_resolve_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path) as here:
        await here.answer(await here.imagine())
        notices = here.bot.notices

        async def sweep() -> None:
            await here.bot.ledger.write(lambda tx: weekly_report.look(tx, notices, "UTC"))

        def last_week(tx: Tx) -> None:
            memory_rows.remember(tx, "weekly_said", "2026-W01")

        await sweep()  # the first week: nothing to report yet
        assert not any(one.subject.startswith("notice:weekly") for one in here.chat.messages.values())
        await here.bot.ledger.write(last_week)
        await sweep()
        await sweep()
        await here.until(lambda: any(one.subject.startswith("notice:weekly") for one in here.chat.messages.values()))
        shown = [here.chat.now[key] for key, one in here.chat.messages.items() if one.subject.startswith("notice:weekly")]
        assert len(shown) == 1
        assert shown[0].title == "The last seven days"
        assert {fact.label: fact.value for fact in shown[0].facts}["Requests"] == "1 pictures"
        assert {fact.label: fact.value for fact in shown[0].facts}["Cost"].startswith("$")
        assert not any(cause.startswith("weekly") for cause in notices.open)
