"""A batch from its topics to finished pictures, in a complete bot."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from bot.batch import steps
from bot.batch.judge import WAITS, BackInLine, judge
from bot.batch.local import PLACE
from bot.batch.overview import status_of
from bot.domain.batches import BatchState, ItemState
from bot.domain.outcome import Billed, Outcome
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Lane
from bot.ledger import batch_rows, read_only, request_rows, settings_rows
from bot.requests.tiers import Tier, as_stored
from tests.unit.batch.kit import DOLLAR, OWNER, items, painter, proposed, reach, running, state, until
from tests.unit.messages.views import request
from tests.world import BAD_KEY, BLOCK, DOWN, PICTURE, Service, bad, good, world

TOPICS = ["a lighthouse", "a harbour", "a bridge"]


async def test_nothing_is_drawn_before_the_start(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        await proposed(there, TOPICS)
        await there.bot.ledger.write(there.bot.batches.sweep)
        assert there.service.calls == []


async def test_every_topic_gets_a_draft_and_only_the_picked_one_is_finished(tmp_path: Path) -> None:
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        batch = await reach(there, await running(there, TOPICS), BatchState.DRAFTED)
        assert sorted(call.prompt for call in there.service.calls) == sorted(TOPICS)
        assert {call.quality for call in there.service.calls} == {"low"}
        await there.bot.ledger.write(lambda tx: steps.pick(tx, batch, 2, 0, OWNER))
        await there.bot.ledger.write(lambda tx: steps.reject(tx, batch, 1, OWNER, "too dark"))
        _, count, cost = await there.bot.ledger.write(lambda tx: steps.finish(tx, batch, there.bot.core.rules))
        assert count == 1
        batch = await reach(there, batch, BatchState.FINISHED)
        assert [one.state for one in await items(there, batch)] == [ItemState.REJECTED, ItemState.FINISHED, ItemState.DRAWN]
        final = there.service.calls[-1]
        assert (len(there.service.calls), final.prompt, final.quality) == (4, "a harbour", "high")
        assert final.references  # made from its draft
        assert cost > 0


@pytest.mark.parametrize(("qualities", "draft", "final"), [(("low", "medium"), "low", "medium"), (("medium",), "medium", "medium")])
async def test_within_a_tier_it_draws_with_the_cheapest_and_the_best_that_the_tier_has(
    tmp_path: Path, qualities: tuple[str, ...], draft: str, final: str
) -> None:
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        stored = as_stored([Tier("t1", "Members", qualities=qualities)])
        await there.bot.ledger.write(lambda tx: settings_rows.replace(tx, PLACE.platform, PLACE.community, {"tiers": stored}, "olu"))
        batch = await reach(there, await running(there, TOPICS[:1]), BatchState.DRAFTED)
        await there.bot.ledger.write(lambda tx: steps.pick(tx, batch, 1, 0, OWNER))
        await there.bot.ledger.write(lambda tx: steps.finish(tx, batch, there.bot.core.rules))
        await reach(there, batch, BatchState.FINISHED)
        assert [call.quality for call in there.service.calls] == [draft, final]


@pytest.mark.parametrize("reason", sorted(WAITS))
def test_what_is_about_the_moment_keeps_the_topic(reason: str) -> None:
    for row in (request(RequestState.REFUSED, refusal=Refusal(reason)), request(answer=Answer.FAILED, refusal=Refusal(reason))):
        assert judge(row) == BackInLine(Refusal(reason))


async def test_its_pictures_are_ordinary_requests_in_the_batch_lane_without_messages_of_their_own(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        batch = await reach(there, await running(there, TOPICS), BatchState.DRAFTED)
        rows = [await there.bot.ledger.read(lambda c, one=one: request_rows.get(c, one.draft_request)) for one in await items(there, batch)]  # type: ignore[misc]
        assert {row.lane for row in rows if row} == {Lane.BATCH}
        assert not [one for one in there.chat.messages.values() if one.subject.startswith("request:")]


async def test_the_books_of_a_batch_are_those_of_its_requests(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        batch = await reach(there, await running(there, TOPICS), BatchState.DRAFTED)
        used = await there.bot.ledger.read(lambda c: batch_rows.spent(c, batch.id))
        price = await there.bot.ledger.read(lambda c: steps.estimated(c, batch, there.bot.core.rules))
        assert (used.reserved, used.pictures) == (0, 3)
        assert used.spent == price.drafts


@pytest.mark.parametrize(
    ("answers", "words"), [([bad(BLOCK)] * 2, "no draft could be drawn"), ([bad(BLOCK), good()], "ready to choose from")]
)
async def test_without_any_draft_there_is_nothing_to_choose_from(tmp_path: Path, answers: list[Outcome], words: str) -> None:
    async with world(tmp_path, Service(answers)) as there:
        batch = await reach(there, await running(there, TOPICS[:2]), BatchState.DRAFTED)
        found = await there.bot.ledger.read(lambda c: status_of(c, batch))
        assert found.state_words == words


async def test_a_blocked_topic_fails_alone_and_is_never_sent_again(tmp_path: Path) -> None:
    async with world(tmp_path, Service([good(), bad(BLOCK)])) as there:
        batch = await reach(there, await running(there, TOPICS), BatchState.DRAFTED)
        failed = [one for one in await items(there, batch) if one.state is ItemState.FAILED]
        assert [one.reason for one in failed] == ["safety_prompt"]
        with pytest.raises(steps.BatchProblem, match="fails_again"):
            await there.bot.ledger.write(lambda tx: steps.redraw(tx, batch, failed[0].number, OWNER))
        await there.bot.ledger.write(lambda tx: steps.resume(tx, batch, there.bot.core.rules, again=True))
        assert len(there.service.calls) == 3


async def test_a_refused_key_pauses_it_and_costs_no_topic(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BAD_KEY)] * 50)) as there:
        batch = await reach(there, await running(there, [f"topic {n}" for n in range(40)]), BatchState.PAUSED)
        assert (batch.reason, batch.facts["kind"]) == ("operator", "auth_invalid_key")
        there.service.script.clear()
        await there.bot.ledger.write(lambda tx: steps.resume(tx, batch, there.bot.core.rules))
        batch = await reach(there, batch, BatchState.DRAFTED)
        assert {one.state for one in await items(there, batch)} == {ItemState.DRAWN}


async def test_it_pauses_before_its_budget_would_be_passed(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        whole = await proposed(there, TOPICS)
        cost = (await there.bot.ledger.read(lambda c: steps.estimated(c, whole, there.bot.core.rules))).drafts
        there.service.script[:] = [bad(DOWN, Billed.UNKNOWN)]
        batch = await reach(there, await running(there, TOPICS, key="batch:2", budget=cost), BatchState.PAUSED, 60.0)
        used = await there.bot.ledger.read(lambda c: batch_rows.spent(c, batch.id))
        assert batch.reason == "money"
        assert used.reserved == 0
        assert used.spent <= cost
        await there.bot.ledger.write(lambda tx: steps.resume(tx, batch, there.bot.core.rules, budget=cost + DOLLAR))
        await reach(there, batch, BatchState.DRAFTED)


async def test_more_topics_than_pictures_are_refused_with_nothing_stored(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        with pytest.raises(steps.BatchProblem, match="max_pictures"):
            await proposed(there, TOPICS, max_pictures=2)
        assert await there.bot.ledger.read(lambda c: batch_rows.latest(c, 10)) == []


async def test_the_same_event_makes_one_batch(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        first, second = await proposed(there, TOPICS), await proposed(there, TOPICS)
        assert first.id == second.id
        assert len(await items(there, first)) == 3


async def test_a_pause_takes_back_what_waits_and_resume_draws_it_once(tmp_path: Path) -> None:
    hold = asyncio.Event()
    async with world(tmp_path, Service(hold=hold)) as there:
        batch = await running(there, [f"topic {n}" for n in range(20)])

        async def called() -> bool:
            return bool(there.service.calls)

        async def quiet() -> bool:
            return not any(one.request_id for one in await items(there, batch))

        await until(called)
        batch = await there.bot.ledger.write(lambda tx: steps.pause(tx, batch))
        hold.set()
        await until(quiet)
        assert len(there.service.calls) < 20
        await there.bot.ledger.write(lambda tx: steps.resume(tx, batch, there.bot.core.rules))
        await reach(there, batch, BatchState.DRAFTED)
        assert sorted(call.prompt for call in there.service.calls) == sorted(f"topic {n}" for n in range(20))
        assert (await state(there, batch)).reason == ""


async def test_a_failed_redraw_leaves_the_earlier_draft_to_be_picked(tmp_path: Path) -> None:
    async with world(tmp_path, Service([good(), bad(BLOCK)])) as there:
        batch = await reach(there, await running(there, TOPICS[:1]), BatchState.DRAFTED)
        await there.bot.ledger.write(lambda tx: steps.redraw(tx, batch, 1, OWNER))
        batch = await reach(there, batch, BatchState.DRAFTED)
        (item,) = await items(there, batch)
        assert (item.state, item.reason) == (ItemState.DRAWN, "safety_prompt")
        picked = await there.bot.ledger.write(lambda tx: steps.pick(tx, batch, 1, 0, OWNER))
        assert picked.picked == PICTURE.sha256


async def test_a_member_with_a_running_batch_can_still_ask_for_pictures(tmp_path: Path) -> None:
    hold = asyncio.Event()
    async with world(tmp_path, Service(hold=hold), max_unfinished=1) as there:
        await running(there, TOPICS)
        request_id = await there.imagine("a red bicycle", person="operator")
        hold.set()
        assert (await there.answer(request_id)).pictures


@pytest.mark.sqlite_only  # reads the file
async def test_what_a_tag_cost_is_booked_beside_everything_else(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        batch = await reach(there, await running(there, TOPICS, tag="spring"), BatchState.DRAFTED)
        rows = read_only.spending(tmp_path / "imagine-bot.db", "tag", 10, months=True)
        used = await there.bot.ledger.read(lambda c: batch_rows.spent(c, batch.id))
        assert [(row["owner"], row["spent_micros"], row["pictures"]) for row in rows] == [("cli:cli:spring", used.spent, 3)]


async def test_blocked_topics_at_the_command_line_hold_nobody_back(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)] * 7)) as there:
        batch = await reach(there, await running(there, [f"a fight, number {number}" for number in range(9)]), BatchState.DRAFTED)
        assert Counter(one.state for one in await items(there, batch)) == {ItemState.FAILED: 7, ItemState.DRAWN: 2}
