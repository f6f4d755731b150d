"""What a step of a batch asks for: how many at once, within which limits, and with which options."""

from __future__ import annotations

import dataclasses

import pytest

from bot.batch import steps
from bot.batch.actions import sentence
from bot.batch.engine import AT_ONCE
from bot.batch.estimate import price
from bot.batch.local import PLACE
from bot.batch.steps import BatchProblem
from bot.domain.batches import Topic
from bot.domain.requests import LOCAL, Lane, Origin, Place
from bot.ledger import attachment_rows, batch_item_rows, batch_rows
from bot.ledger.store import Tx
from bot.requests.attempt import Opened
from bot.requests.services import HALF_PRICE, NOTHING
from tests.unit.batch.bench import ANA, HOME, Bench, N, S


async def test_a_few_wait_at_the_same_time_and_an_end_makes_room_for_one(bench: Bench) -> None:
    made = await bench.batch(AT_ONCE + 3)
    await bench.step(made)
    assert [one.number for one in await bench.items(made) if one.request_id] == list(range(1, AT_ONCE + 1))
    await bench.step(made)
    assert len(await bench.asked(made)) == AT_ONCE
    await bench.draw(made, 2)
    await bench.step(made)
    found = await bench.items(made)
    assert [one.state for one in found[:3]] == [N.DRAWN, N.DRAWN, N.DRAFT]
    assert [one.number for one in found if one.request_id] == list(range(3, AT_ONCE + 3))
    assert {one.lane for one in await bench.asked(made)} == {Lane.BATCH}


async def test_nothing_more_is_asked_for_than_there_is(bench: Bench) -> None:
    made = await bench.batch(2)
    before = await bench.step(made)
    asked = [one.id for one in await bench.asked(made)]
    assert len(asked) == 2
    again = await bench.step(made)
    assert ([one.id for one in await bench.asked(made)], again) == (asked, before)


async def test_at_half_the_price_a_thousand_tasks_wait_at_the_same_time(bench: Bench) -> None:
    made = await bench.finishing(AT_ONCE + 3, half_price=True)
    await bench.step(made)
    asked = await bench.asked(made)
    assert len(asked) == AT_ONCE + 3
    assert {one.service for one in asked} == {HALF_PRICE}


async def test_at_the_whole_price_they_do_not(bench: Bench) -> None:
    made = await bench.finishing(AT_ONCE + 3)
    await bench.step(made)
    asked = await bench.asked(made)
    assert (len(asked), {one.service for one in asked}) == (AT_ONCE, {""})


async def test_a_redraw_after_half_price_is_an_ordinary_draft(bench: Bench) -> None:
    made = await bench.finishing(AT_ONCE + 3, half_price=True)

    def body(tx: Tx) -> None:
        for one in batch_item_rows.of_batch(tx.connection, made):
            batch_item_rows.mark(tx, one, state=N.DRAFT.value)
        batch_rows.mark(tx, made, state=S.RUNNING.value)

    await bench.write(body)
    await bench.step(made)
    asked = await bench.asked(made)
    assert (len(asked), {one.service for one in asked}) == (AT_ONCE, {""})


@pytest.mark.parametrize(("missing", "asked"), [(0, 3), (1, 2)])
async def test_no_more_is_asked_for_than_the_budget_has_room_for(bench: Bench, missing: int, asked: int) -> None:
    made, one = await bench.batch(3), await bench.draft_price()
    await bench.rescaled(made, budget=3 * one - missing)
    for _ in range(3):
        assert (await bench.step(made)).state is S.RUNNING
        assert len(await bench.asked(made)) == asked
    await bench.draw(made)
    now = await bench.step(made)
    if not missing:
        assert (await bench.step(made)).state is S.DRAFTED
        return
    assert (now.state, now.reason) == (S.PAUSED, "money")
    used = await bench.ground.ledger.read(lambda c: batch_rows.spent(c, made))
    assert now.facts == {"need": one, "left": now.plan.budget - used.spent, "limit": now.plan.budget}
    await bench.write(lambda tx: steps.resume(tx, now, bench.ground.rules, budget=4 * one))
    await bench.step(made)
    assert len(await bench.asked(made)) == 1


@pytest.mark.parametrize("drafts", [1, 2])
@pytest.mark.parametrize(("missing", "asked"), [(0, 3), (1, 2)])
async def test_no_more_pictures_are_asked_for_than_the_limit_has_room_for(bench: Bench, drafts: int, missing: int, asked: int) -> None:
    made = await bench.batch(3, drafts=drafts)
    await bench.rescaled(made, max_pictures=3 * drafts - missing)
    for _ in range(3):
        assert (await bench.step(made)).state is S.RUNNING
        assert [one.count for one in await bench.asked(made)] == [drafts] * asked
    await bench.draw(made)
    now = await bench.step(made)
    if missing:
        left = 3 * drafts - missing - 2 * drafts
        assert (now.state, now.reason) == (S.PAUSED, "pictures")
        assert now.facts == {"left": left, "limit": 3 * drafts - missing}


async def test_a_limit_below_what_is_used_leaves_nothing_and_not_less(bench: Bench) -> None:
    for name, reason in (("budget", "money"), ("max_pictures", "pictures")):
        made = await bench.batch(3)
        await bench.step(made)
        await bench.draw(made, 2)
        await bench.write(lambda tx, made=made: steps.pause(tx, steps.must_exist(tx.connection, made)))
        await bench.rescaled(made, **{name: 1})
        await bench.step(made)
        await bench.write(lambda tx, made=made: steps.resume(tx, steps.must_exist(tx.connection, made), bench.ground.rules))
        now = await bench.step(made)
        assert (now.state, now.reason, now.facts["left"]) == (S.PAUSED, reason, 0)


async def test_what_runs_is_counted_once(bench: Bench) -> None:
    """A running call has its reservation among the spent amounts; a waiting request has none."""
    made, one = await bench.batch(3), await bench.draft_price()
    await bench.rescaled(made, budget=3 * one, max_pictures=3)
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[2], state=N.REJECTED.value))
    await bench.step(made)
    for request in await bench.asked(made):
        assert isinstance(await bench.ground.begin(request.id), Opened)
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[2], state=N.DRAFT.value))
    assert (await bench.step(made)).state is S.RUNNING
    assert len(await bench.asked(made)) == 3


async def test_a_finished_picture_is_made_from_its_draft_as_planned(bench: Bench) -> None:
    topics = [Topic("a lighthouse", 1, size="1024x1536", caption="Spring"), Topic("a harbour", 2)]
    made = await bench.finishing(topics, drafts=2, size="1536x1024", tag="spring", draft_quality="medium")
    drafts = [await bench.ground.row(one.draft_request) for one in await bench.items(made)]
    assert [(one.size, one.quality, one.count, one.caption, one.origin, one.parent) for one in drafts] == [
        ("1024x1536", "medium", 2, "", Origin.COMMAND, None),
        ("1536x1024", "medium", 2, "", Origin.COMMAND, None),
    ]
    await bench.step(made)
    items = await bench.items(made)
    finals = await bench.asked(made)
    assert [one.final_request for one in items] == [one.request_id for one in items] == [one.id for one in finals]
    for final, size, caption in zip(finals, ("1024x1536", "1536x1024"), ("Spring", ""), strict=True):
        assert [final.typed.get(name) for name in ("size", "quality", "count")] == [size, "high", 1]
        assert final.caption == caption
    assert [(one.origin, one.parent, one.batch, one.tag) for one in finals] == [
        (Origin.REFERENCE, draft.id, made, "spring") for draft in drafts
    ]
    for item, final in zip(items, finals, strict=True):
        [attached] = await bench.ground.ledger.read(lambda c, final=final: attachment_rows.of_request(c, final.id))  # type: ignore[misc]
        assert (attached.attachment.stored, attached.attachment.made_here) == (item.picked, True)


@pytest.mark.parametrize(("place", "captions", "drawn"), [(HOME, True, "Spring"), (HOME, False, ""), (PLACE, True, "")])
async def test_a_caption_is_drawn_where_it_can_be_and_the_command_line_does_it_itself(
    bench: Bench, place: Place, captions: bool, drawn: str
) -> None:
    assert PLACE.platform == LOCAL
    bench.ground.rules = dataclasses.replace(bench.ground.rules, captions=captions)
    made = await bench.finishing([Topic("a lighthouse", 1, caption="Spring")], place=place)
    await bench.step(made)
    assert [one.caption for one in await bench.asked(made)] == [drawn]


async def test_where_the_model_takes_no_pictures_the_wording_alone_is_drawn_again(bench: Bench) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    made = await bench.finishing(1)
    await bench.step(made)
    [final] = await bench.asked(made)
    assert await bench.ground.ledger.read(lambda c: attachment_rows.of_request(c, final.id)) == []
    assert final.parent == (await bench.items(made))[0].draft_request


async def test_a_size_that_the_model_has_lost_since_fails_its_topic_alone(bench: Bench) -> None:
    made = await bench.batch([Topic("a lighthouse", 1, size="1536x1024"), Topic("a harbour", 2)])
    [first, _] = await bench.items(made)
    await bench.write(lambda tx: batch_item_rows.mark(tx, first, topic={**dataclasses.asdict(first.topic), "size": "7x7"}))
    await bench.step(made)
    first, second = await bench.items(made)
    assert (first.state, first.reason, first.request_id, first.tries) == (N.FAILED, "unsupported_size", "", 1)
    assert (second.state, bool(second.request_id)) == (N.DRAFT, True)


@pytest.mark.parametrize(
    ("topic", "plan", "key", "facts"),
    [
        (Topic("a harbour", 5, size="7x7"), {}, "line_size", {"line": 5, "size": "7x7"}),
        (Topic("a harbour", 5), {"size": "7x7"}, "size", {"size": "7x7"}),
        (Topic("a harbour", 5), {"draft_quality": "ultra"}, "quality", {"quality": "ultra"}),
        (Topic("a harbour", 5), {"final_quality": "ultra"}, "quality", {"quality": "ultra"}),
        (Topic("a harbour", 5), {"model": "gpt-imagine"}, "model", {"model": "gpt-imagine"}),
    ],
)
async def test_what_the_model_lacks_is_said_before_anything_is_drawn(
    bench: Bench, topic: Topic, plan: dict[str, str], key: str, facts: dict[str, object]
) -> None:
    with pytest.raises(BatchProblem, match=key) as problem:
        await bench.batch([Topic("a lighthouse", 2, size="1536x1024"), topic], **plan)
    assert problem.value.facts.items() >= facts.items()
    assert {"model": "gpt-image-2", "quality": "high"}.get(key, "1024") in sentence(problem.value)
    assert await bench.ground.ledger.read(lambda c: batch_rows.latest(c, 5)) == []


async def test_a_proposal_may_use_its_number_of_pictures_up_and_not_more(bench: Bench) -> None:
    assert (await bench.now(await bench.batch(3, drafts=2, max_pictures=6))).state is S.RUNNING
    with pytest.raises(BatchProblem, match="max_pictures") as problem:
        await bench.batch(3, drafts=2, max_pictures=5)
    assert problem.value.facts == {"topics": 3, "drafts": 2, "count": 6, "most": 5}


async def test_what_is_spent_and_what_is_reserved_both_leave_less(bench: Bench) -> None:
    made, one = await bench.batch(4), await bench.draft_price()
    await bench.step(made)
    await bench.draw(made, 1)
    used = await bench.ground.ledger.read(lambda c: batch_rows.spent(c, made))
    await bench.step(made)
    first, *waiting = await bench.asked(made)
    await bench.ground.called(first.id)
    for missing, asked in ((1, 2), (0, 3)):
        await bench.write(lambda tx: steps.take_back(tx, steps.must_exist(tx.connection, made)))
        await bench.rescaled(made, budget=used.spent + 3 * one - missing)
        await bench.step(made)
        assert len(await bench.asked(made)) == asked
    assert len(waiting) == 2


async def test_a_finished_picture_that_waits_is_counted_at_its_own_price(bench: Bench) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    made = await bench.finishing(3)
    used = await bench.ground.ledger.read(lambda c: batch_rows.spent(c, made))
    one = price(bench.ground.rules, (await bench.now(made)).plan, (await bench.items(made))[0], final=True)
    assert one > 2 * await bench.draft_price()
    await bench.rescaled(made, budget=used.spent + 3 * one - 1)
    for _ in range(2):
        await bench.step(made)
        assert len(await bench.asked(made)) == 2


async def test_where_the_money_would_just_do_the_number_of_pictures_is_what_it_waits_for(bench: Bench) -> None:
    made, one = await bench.batch(1), await bench.draft_price()
    await bench.rescaled(made, budget=one, max_pictures=0)
    now = await bench.step(made)
    assert (now.state, now.reason, now.facts) == (S.PAUSED, "pictures", {"left": 0, "limit": 0})


async def test_another_draft_comes_from_its_words_and_not_from_the_earlier_one(bench: Bench) -> None:
    made = await bench.drafted(1)
    await bench.write(lambda tx: steps.redraw(tx, steps.must_exist(tx.connection, made), 1, ANA))
    await bench.step(made)
    [asked] = await bench.asked(made)
    assert (asked.origin, asked.parent) == (Origin.COMMAND, None)


async def test_the_size_whose_price_was_said_is_asked_for_by_its_name(bench: Bench) -> None:
    made = await bench.batch(1)
    await bench.step(made)
    assert [one.typed.get("size") for one in await bench.asked(made)] == [bench.ground.rules.model.sizes.default]


async def test_a_size_of_the_whole_batch_that_the_model_has_lost_is_never_another_one(bench: Bench) -> None:
    made = await bench.batch(2)
    await bench.rescaled(made, size="7x7")
    await bench.step(made)
    assert [(one.state, one.reason) for one in await bench.items(made)] == [(N.FAILED, "unsupported_size")] * 2


async def test_the_batchs_own_model_draws_it(bench: Bench) -> None:
    usual = bench.ground.rules.model
    other = dataclasses.replace(usual, id="other")
    bench.ground.rules = dataclasses.replace(bench.ground.rules, models={usual.id: usual, "other": other})
    for model in ("other", ""):
        made = await bench.batch(1, model=model)
        await bench.step(made)
        assert [one.model for one in await bench.asked(made)] == [model or usual.id]
