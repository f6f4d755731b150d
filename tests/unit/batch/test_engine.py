"""Steps of a batch on a real ledger, without a scheduler: what is asked for at once, what an end changes, and when it pauses."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.batch import steps
from bot.batch.engine import AT_ONCE, BatchEngine
from bot.batch.estimate import price
from bot.batch.local import PLACE
from bot.batch.steps import BatchProblem
from bot.batch.topics import Topics
from bot.budgets import Limits
from bot.catalogue.model import at_half_price
from bot.domain.attachments import ReferenceLimits
from bot.domain.batches import Batch, BatchEvent, BatchItem, BatchPlan, BatchState, ItemState, Topic
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome, Pending
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import LOCAL, Lane, Origin, Person, Place, Request
from bot.ledger import attachment_rows, attempt_rows, batch_item_rows, batch_rows, request_rows
from bot.ledger.store import Tx
from bot.ledger.tables import attempts
from bot.requests.attempt import Opened
from bot.requests.services import HALF_PRICE, NOTHING
from bot.requests.transitions import UNWANTED_TASK, answer
from tests.unit.requests.ground import Ground, drew, failure

ANA, HOME = Person("ana", "Ana"), Place("test", "home", "imagine")
S, N = BatchState, ItemState
FREE = Limits(None, None, None, None, None, None)


@dataclass
class Bench:
    """A batch, and the engine that moves it."""

    ground: Ground
    changes: list[str] = field(default_factory=list)

    @property
    def engine(self) -> BatchEngine:
        return BatchEngine(self.ground.rules, self.ground.open_case, lambda tx, batch: self.changes.append(batch.state.value))

    async def write(self, body: Any) -> Any:
        return await self.ground.ledger.write(body)

    async def batch(self, topics: int | Sequence[Topic] = 3, place: Place = HOME, **plan: Any) -> str:
        """One that was started."""
        found = [Topic(f"topic {n}", n) for n in range(1, topics + 1)] if isinstance(topics, int) else list(topics)
        wanted = BatchPlan(**{"max_pictures": 1000, "budget": 10**9, **plan})

        def body(tx: Tx) -> str:
            made = steps.propose(tx, tx.new_id(), (ANA, place), "topics.csv", Topics(tuple(found)), wanted, self.ground.rules)
            return steps.start(tx, made).id

        return str(await self.write(body))

    async def step(self, batch_id: str) -> Batch:
        await self.write(lambda tx: self.engine.step(tx, batch_id))
        return await self.now(batch_id)

    async def now(self, batch_id: str) -> Batch:
        found = await self.ground.ledger.read(lambda c: batch_rows.get(c, batch_id))
        assert found is not None
        return found

    async def items(self, batch_id: str) -> Sequence[BatchItem]:
        return await self.ground.ledger.read(lambda c: batch_item_rows.of_batch(c, batch_id))

    async def asked(self, batch_id: str) -> list[Request]:
        """The requests that the batch waits for."""
        return [await self.ground.row(one.request_id) for one in await self.items(batch_id) if one.request_id]

    async def draw(self, batch_id: str, most: int = 1000) -> None:
        """Pictures for what is asked for."""
        for one in (await self.asked(batch_id))[:most]:
            if one.state is RequestState.QUEUED:
                await self.ground.end(await self.ground.called(one.id), drew(one.count))

    async def fail(self, request_id: str, kind: Kind) -> None:
        """A failure that isn't tried again."""
        await self.ground.end(await self.ground.called(request_id), Outcome(billed=Billed.NO, status=400), failure(kind))

    async def drafted(self, topics: int | Sequence[Topic] = 3, **plan: Any) -> str:
        """A batch whose drafts are there."""
        made = await self.batch(topics, **plan)
        for _ in range(10):
            if (await self.step(made)).state is S.DRAFTED:
                return made
            await self.draw(made)
        raise AssertionError(await self.now(made))

    async def finishing(self, topics: int | Sequence[Topic] = 3, *, half_price: bool = False, **plan: Any) -> str:
        """A batch with all drafts picked, which are being finished."""
        made = await self.drafted(topics, **plan)

        def body(tx: Tx) -> None:
            for one in batch_item_rows.of_batch(tx.connection, made):
                steps.pick(tx, steps.must_exist(tx.connection, made), one.number, 0, ANA)
            steps.finish(tx, steps.must_exist(tx.connection, made), self.ground.rules, half_price=half_price)

        await self.write(body)
        return made


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    ground = await Ground.open(tmp_path)
    model = dataclasses.replace(ground.rules.model, references=ReferenceLimits(count=4))
    half = {HALF_PRICE: {model.id: at_half_price(model)}}
    ground.rules = dataclasses.replace(ground.rules, model=model, limits=FREE, equals=half, captions=True, max_live=None)
    yield Bench(ground)
    await ground.ledger.close()


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


async def draft_price(bench: Bench, **plan: Any) -> int:
    one = BatchItem("i", "b", 1, N.DRAFT, Topic("topic 1"), "topic 1")
    return price(bench.ground.rules, BatchPlan(max_pictures=1, budget=1, **plan), one, final=False)


async def rescaled(bench: Bench, batch_id: str, **plan: int) -> None:
    """Other limits, as if the plan had always had them."""
    batch = await bench.now(batch_id)
    await bench.write(lambda tx: batch_rows.mark(tx, batch_id, plan=dataclasses.replace(batch.plan, **plan)))


@pytest.mark.parametrize(("missing", "asked"), [(0, 3), (1, 2)])
async def test_no_more_is_asked_for_than_the_budget_has_room_for(bench: Bench, missing: int, asked: int) -> None:
    made, one = await bench.batch(3), await draft_price(bench)
    await rescaled(bench, made, budget=3 * one - missing)
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
    await bench.write(lambda tx: steps.resume(tx, now, budget=4 * one))
    await bench.step(made)
    assert len(await bench.asked(made)) == 1


@pytest.mark.parametrize("drafts", [1, 2])
@pytest.mark.parametrize(("missing", "asked"), [(0, 3), (1, 2)])
async def test_no_more_pictures_are_asked_for_than_the_limit_has_room_for(bench: Bench, drafts: int, missing: int, asked: int) -> None:
    made = await bench.batch(3, drafts=drafts)
    await rescaled(bench, made, max_pictures=3 * drafts - missing)
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
        await rescaled(bench, made, **{name: 1})
        await bench.step(made)
        await bench.write(lambda tx, made=made: steps.resume(tx, steps.must_exist(tx.connection, made)))
        now = await bench.step(made)
        assert (now.state, now.reason, now.facts["left"]) == (S.PAUSED, reason, 0)


async def test_what_runs_is_counted_once(bench: Bench) -> None:
    """A running call has its reservation among the spent amounts; a waiting request has none."""
    made, one = await bench.batch(3), await draft_price(bench)
    await rescaled(bench, made, budget=3 * one, max_pictures=3)
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
        typed = await bench.ground.ledger.read(lambda c, final=final: request_rows.typed_options(c, final.id))  # type: ignore[misc]
        assert [typed.get(name) for name in ("size", "quality", "count")] == [size, "high", 1]
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


async def test_a_size_that_the_model_lacks_fails_its_topic_alone(bench: Bench) -> None:
    made = await bench.batch([Topic("a lighthouse", 1, size="7x7"), Topic("a harbour", 2)])
    await bench.step(made)
    first, second = await bench.items(made)
    assert (first.state, first.reason, first.request_id, first.tries) == (N.FAILED, "unsupported_size", "", 1)
    assert (second.state, bool(second.request_id)) == (N.DRAFT, True)


async def test_each_try_is_another_request(bench: Bench) -> None:
    made = await bench.batch(1)
    requests = []
    for tries in (1, 2, 3):
        await bench.step(made)
        [item] = await bench.items(made)
        requests.append(item.request_id)
        assert item.tries == tries
        await bench.write(lambda tx: steps.take_back(tx, steps.must_exist(tx.connection, made)))
        assert (await bench.items(made))[0].request_id == ""
    assert len(set(requests)) == 3
    assert {(await bench.ground.row(one)).answer for one in requests} == {Answer.CANCELLED}


async def test_taking_back_ends_what_waits_and_fences_it_off(bench: Bench) -> None:
    made = await bench.batch(2)
    await bench.step(made)
    waits, runs = await bench.asked(made)
    await bench.ground.called(runs.id)
    await bench.write(lambda tx: steps.pause(tx, steps.must_exist(tx.connection, made)))
    after = await bench.ground.row(waits.id)
    assert (after.answer, after.epoch) == (Answer.CANCELLED, waits.epoch + 1)
    assert [one.request_id for one in await bench.items(made)] == ["", runs.id]
    now = await bench.step(made)
    assert (now.state, now.reason, now.facts) == (S.PAUSED, "asked", {})


async def test_a_request_that_went_wrong_for_the_moment_pauses_and_keeps_its_topic(bench: Bench) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, allowed={"test": frozenset({"elsewhere"})})
    made = await bench.batch(3)
    await bench.step(made)
    now = await bench.now(made)
    assert (now.state, now.reason) == (S.PAUSED, "refused")
    assert str(now.facts["sentence"])
    found = [(one.state, one.request_id, one.tries) for one in await bench.items(made)]
    assert found == [(N.DRAFT, "", 1), (N.DRAFT, "", 0), (N.DRAFT, "", 0)], "a refusal at once stops the asking"


async def test_its_own_limit_found_when_a_call_begins_pauses_with_the_amounts(bench: Bench) -> None:
    made, one = await bench.batch(2), await draft_price(bench)
    await bench.step(made)
    first, second = await bench.asked(made)
    await bench.ground.called(first.id)
    await rescaled(bench, made, budget=2 * one - 1)
    await bench.ground.begin(second.id)
    now = await bench.step(made)
    assert (now.state, now.reason, now.facts) == (S.PAUSED, "money", {"need": one, "left": one - 1, "limit": 2 * one - 1})


async def test_two_failures_that_only_the_operator_can_mend_pause_it(bench: Bench) -> None:
    made = await bench.batch(4)
    await bench.step(made)
    first, second, third, fourth = await bench.asked(made)
    await bench.fail(first.id, Kind.AUTH_INVALID_KEY)
    now = await bench.step(made)
    assert (now.state, now.refused) == (S.RUNNING, 1)
    await bench.fail(second.id, Kind.AUTH_INVALID_KEY)
    now = await bench.step(made)
    assert (now.state, now.refused, now.reason, now.facts) == (S.PAUSED, 2, "operator", {"kind": "auth_invalid_key"})
    taken = [(await bench.ground.row(one.id)).answer for one in (third, fourth)]
    assert taken == [Answer.CANCELLED] * 2


@pytest.mark.parametrize(
    ("kind", "refused"), [(None, 0), (Kind.SAFETY_PROMPT, 0), (Kind.PROMPT_TOO_LONG, 0), (Kind.TASK_RUNNING_TIMEOUT, 1)]
)
async def test_what_shows_that_the_service_works_ends_the_row_of_failures(bench: Bench, kind: Kind | None, refused: int) -> None:
    made = await bench.batch(3)
    await bench.step(made)
    first, second, _ = await bench.asked(made)
    await bench.fail(first.id, Kind.AUTH_INVALID_KEY)
    await bench.step(made)
    if kind is None:
        await bench.ground.end(await bench.ground.called(second.id), drew())
    elif kind is Kind.TASK_RUNNING_TIMEOUT:
        why = failure(kind)
        await bench.write(
            lambda tx: answer(
                tx,
                request_rows.get(tx.connection, second.id),
                RequestEvent.ANSWER,
                Answer.FAILED,
                failure=why,
                epoch=second.epoch + 1,
                refusal=None,
            )
        )
    else:
        await bench.fail(second.id, kind)
    assert (await bench.step(made)).refused == refused


@pytest.mark.parametrize(
    ("state", "kept", "drawn", "failed"),
    [
        (N.DRAFT, "", (N.DRAWN, True), N.FAILED),
        (N.DRAFT, "earlier", (N.DRAWN, True), N.DRAWN),
        (N.FINAL, "earlier", (N.FINISHED, False), N.FAILED),
        (N.REJECTED, "earlier", (N.REJECTED, False), N.REJECTED),
        (N.PICKED, "earlier", (N.PICKED, False), N.PICKED),
    ],
)
@pytest.mark.parametrize("works", [True, False])
async def test_an_end_moves_its_item_and_nobody_elses(
    bench: Bench, state: ItemState, kept: str, drawn: tuple[ItemState, bool], failed: ItemState, works: bool
) -> None:
    made = await bench.batch(1)
    await bench.step(made)
    [request] = await bench.asked(made)
    await bench.write(
        lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[0], state=state.value, draft_request=kept)
    )
    if works:
        await bench.ground.end(await bench.ground.called(request.id), drew())
    else:
        await bench.fail(request.id, Kind.SAFETY_PROMPT)
    await bench.write(lambda tx: steps.pause(tx, steps.must_exist(tx.connection, made)))
    await bench.step(made)
    [item] = await bench.items(made)
    assert (item.state, item.request_id) == ((drawn[0] if works else failed), "")
    if works:
        assert item.draft_request == (request.id if drawn[1] else kept)
        assert item.final_request == (request.id if drawn[0] is N.FINISHED else "")
    else:
        assert item.reason == ("safety_prompt" if state in (N.DRAFT, N.FINAL) else "")


async def test_it_is_drafted_and_finished_once_nothing_is_waited_for(bench: Bench) -> None:
    made = await bench.batch(2)
    await bench.step(made)
    await bench.draw(made, 1)
    assert (await bench.step(made)).state is S.RUNNING
    await bench.draw(made)
    assert (await bench.step(made)).state is S.DRAFTED
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    for number in (1, 2):
        await bench.write(lambda tx, number=number: steps.pick(tx, steps.must_exist(tx.connection, made), number, 0, ANA))
    await bench.write(lambda tx: steps.finish(tx, steps.must_exist(tx.connection, made), bench.ground.rules))
    await bench.step(made)
    await bench.draw(made)
    assert (await bench.step(made)).state is S.FINISHED


async def test_a_picked_item_that_is_still_waited_for_keeps_it_open(bench: Bench) -> None:
    made = await bench.batch(2)
    await bench.step(made)
    await bench.draw(made, 1)
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[1], state=N.REJECTED.value))
    assert (await bench.step(made)).state is S.RUNNING
    await bench.draw(made)
    assert (await bench.step(made)).state is S.DRAFTED


async def test_everybody_who_shows_it_hears_of_changes_alone(bench: Bench) -> None:
    made = await bench.batch(2)
    await bench.step(made)
    await bench.step(made)
    assert bench.changes == ["running"], "nothing changed the second time"
    await bench.draw(made)
    await bench.step(made)
    await bench.step(made)
    assert bench.changes == ["running", "drafted", "drafted"]
    await bench.write(lambda tx: bench.engine.step(tx, "2" * 16))
    assert len(bench.changes) == 3


async def test_a_reference_whose_fetcher_was_killed_is_fetched_again(bench: Bench) -> None:
    made = await bench.finishing(1)
    await bench.step(made)
    [final] = await bench.asked(made)
    assert final.state is RequestState.RECEIVED
    for _ in range(2):
        bench.ground.wakes.clear()
        await bench.step(made)
        assert [one.id for one in bench.ground.wakes if one.topic == "attachments"] == [final.id]


@pytest.mark.parametrize("half_price", [True, False])
async def test_stop_asks_for_an_end_of_tasks_at_half_the_price_alone(bench: Bench, half_price: bool) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    made = await bench.finishing(4, half_price=half_price)
    await bench.step(made)
    first, second, *_ = await bench.asked(made)
    tasks = [await bench.ground.called(one.id) for one in (first, second)]
    for one in tasks:
        await bench.write(lambda tx, one=one: attempt_rows.note_task(tx, one, Pending("task-1")))
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[3], request_id=""))
    bench.ground.wakes.clear()
    await bench.write(lambda tx: steps.stop(tx, steps.must_exist(tx.connection, made)))
    assert [one.id for one in bench.ground.wakes if one.topic == UNWANTED_TASK] == (tasks if half_price else [])


async def test_a_pause_that_comes_with_an_end_leaves_a_stopped_batch_stopped(bench: Bench) -> None:
    made = await bench.batch(3)
    await bench.step(made)
    first, second, third = await bench.asked(made)
    for one in (first, second, third):
        await bench.ground.called(one.id)
    await bench.write(lambda tx: steps.stop(tx, steps.must_exist(tx.connection, made)))
    ids = {one.request_id: one.id for one in await bench.ground.ledger.read(lambda c: c.execute(attempts.select()).all())}
    for one in (first, second, third):
        await bench.ground.end(ids[one.id], Outcome(billed=Billed.NO, status=401), failure(Kind.AUTH_INVALID_KEY))
    now = await bench.step(made)
    assert (now.state, now.reason) == (S.STOPPED, "")


async def test_what_failed_is_drawn_again_where_it_failed(bench: Bench) -> None:
    made = await bench.finishing(2)
    await bench.write(
        lambda tx: [
            batch_item_rows.mark(tx, one, state=N.FAILED.value, reason="server_error", final_request=final, tries=1)
            for one, final in zip(batch_item_rows.of_batch(tx.connection, made), ("f1", ""), strict=True)
        ]
    )
    await bench.write(lambda tx: batch_rows.mark(tx, made, state=S.FINISHED.value))
    now = await bench.write(lambda tx: steps.resume(tx, steps.must_exist(tx.connection, made), again=True))
    assert now.state is S.FINISHING
    assert [one.state for one in await bench.items(made)] == [N.FINAL, N.DRAFT]


async def test_only_drafts_that_failed_make_it_draw_again(bench: Bench) -> None:
    made = await bench.drafted(1)
    await bench.write(
        lambda tx: batch_item_rows.mark(
            tx, batch_item_rows.of_batch(tx.connection, made)[0], state=N.FAILED.value, reason="server_error", draft_request=""
        )
    )
    now = await bench.write(lambda tx: steps.resume(tx, steps.must_exist(tx.connection, made), again=True))
    assert (now.state, (await bench.items(made))[0].state) == (S.RUNNING, N.DRAFT)


async def test_asking_to_finish_again_pays_for_nothing(bench: Bench) -> None:
    made = await bench.finishing(2)

    def finish(tx: Tx) -> tuple[Batch, int, int]:
        return steps.finish(tx, steps.must_exist(tx.connection, made), bench.ground.rules)

    assert (await bench.write(finish))[1:] == (0, 0)
    for state in (S.FINISH_PAUSED, S.FINISHED):
        await bench.write(lambda tx, state=state: batch_rows.mark(tx, made, state=state.value))
        assert (await bench.write(finish))[1:] == (0, 0)
    await bench.write(lambda tx: batch_rows.mark(tx, made, state=S.DRAFTED.value))
    with pytest.raises(BatchProblem, match="nothing_picked"):
        await bench.write(finish)


async def test_a_start_is_made_once(bench: Bench) -> None:
    made = await bench.batch(1)
    running = await bench.now(made)
    assert running.started_at is not None
    bench.ground.at[0] += 60
    again = await bench.write(lambda tx: steps.start(tx, running))
    assert again.started_at == running.started_at
    stopped = await bench.write(lambda tx: steps.stop(tx, running))
    with pytest.raises(BatchProblem, match="state_stopped") as problem:
        await bench.write(lambda tx: steps.start(tx, stopped))
    assert problem.value.facts == {"batch": running.number, "event": BatchEvent.START.value}
