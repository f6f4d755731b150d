"""A request for more pictures than one call gives is made in parts: each call is paid once, and the member gets one answer."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import delete

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName, Audience
from bot.domain.failure import Evidence
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome, Pending, Picture, Usage
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Origin, Person, Place, Request
from bot.gate.settings import GateSettings
from bot.ledger import picture_rows, request_rows
from bot.ledger.tables import pictures as pictures_table
from bot.messages.request_view import RequestFacts, render
from bot.requests.attempt import Ended, NotNow, Opened, open_attempt
from bot.requests.block_memory import blocked_before
from bot.requests.recover import recover
from bot.requests.services import ImageService, ServicePlan
from bot.requests.sweep import sweep
from bot.texts import text
from tests.unit.requests.ground import Ground, drew, failure
from tests.world import BLOCK, DOWN, Service, World, bad, world

MODEL = Catalogue.load().default()
FOUR = dataclasses.replace(MODEL, per_call=4)
REQUEST = Request(
    *("r1", RequestState.ANSWERED, Person("ana", "Ana"), Place("web", "home", "imagine"), "a cat", "f", MODEL.id, "1024x1024", "low"),
    count=1,
    private=False,
    created_at=0.0,
    due_at=0.0,
    deadline_at=9.0,
)


def refused(limit: str) -> Outcome:
    said = {"error": {"code": "invalid_value", "param": "n", "type": "invalid_request_error", "message": limit}}
    return dataclasses.replace(bad(Evidence(status=400, body=said)), carried=frozenset({"n", "size"}))


async def shown(w: World, request: str) -> list[str]:
    """Everything that the request's message ever said, without repeats."""
    ids = {key for key, message in w.chat.messages.items() if message.subject == f"request:{request}"}
    return list(dict.fromkeys(line for key, view in w.chat.all if key in ids for line in (view.title, *view.text)))


async def pictures(ground: Ground, request: Request) -> int:
    return len(await ground.ledger.read(lambda c: picture_rows.of_request(c, request.id)))


async def test_ten_are_four_and_four_and_two_with_one_answer(tmp_path: Path) -> None:
    async with world(tmp_path, model=FOUR) as w:
        w.service.hold = asyncio.Event()
        request = await w.imagine(count=10)
        for calls in (1, 2, 3):
            await w.until(lambda calls=calls: len(w.service.calls) == calls)  # type: ignore[misc]
            if calls > 1:
                ready = text("request.some_ready", count=4 * (calls - 1), wanted=10)
                await w.until(lambda ready=ready: ready in w.chat.about(f"request:{request}").text)  # type: ignore[union-attr,misc]
            now = w.chat.about(f"request:{request}")
            assert now is None or not now.pictures
            w.service.hold.set()
            if calls < 3:
                w.service.hold = asyncio.Event()
        view = await w.answer(request)
        assert [call.count for call in w.service.calls] == [4, 4, 2]
        assert len({call.attempt_id for call in w.service.calls}) == 3
        assert len(view.pictures) == 10
        assert view.title == text("request.done_many", count=10)
        assert len([one for message, one in w.chat.all if one.final]) == 1


async def test_each_part_is_reserved_and_booked_by_itself(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, model=FOUR)
    request = await ground.asked(count="10")
    for wanted, cost in ((4, 4000), (4, 5000), (2, 1000)):
        attempt = await ground.called(request.id)
        row = (await ground.attempts(request.id))[-1]
        one = ground.rules.highest_cost(request.size, request.quality, wanted, request.prompt)
        assert (row.wanted, row.reserved) == (wanted, one)
        assert max(await ground.reserved()) == one
        await ground.end(attempt, dataclasses.replace(drew(wanted), usage=Usage(cost_micros=cost)))
    done = await ground.row(request.id)
    assert (done.answer, done.attempts) == (Answer.PICTURES, 1)
    assert [(one.number, one.cost) for one in await ground.attempts(request.id)] == [(1, 4000), (2, 5000), (3, 1000)]
    assert await ground.reserved() == {0}
    assert await pictures(ground, request) == 10


async def test_a_part_has_its_own_tries_and_an_exhausted_one_keeps_what_is_there(tmp_path: Path) -> None:
    script = [bad(DOWN, Billed.UNKNOWN), drew(4), *[bad(DOWN, Billed.NO)] * 2, bad(DOWN, Billed.NO)]
    async with world(tmp_path, Service(script), model=FOUR, max_attempts=2, max_unbilled_tries=1) as w:
        for service in w.bot.services:
            service.gate.breaker.probe_at = 0.0  # type: ignore[attr-defined]
        request = await w.imagine(count=10)
        await w.until(lambda: w.chat.about(f"request:{request}") and w.chat.about(f"request:{request}").final, 30)  # type: ignore[union-attr]
        view = await w.answer(request)
        assert len(view.pictures) == 4
        assert view.title == text("request.done_some", count=4, wanted=10)
        assert view.text[0] == text("request.some_missing")


async def test_a_block_in_a_later_part_keeps_the_earlier_pictures_and_stops(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, model=FOUR)
    request = await ground.asked(count="10")
    await ground.end(await ground.called(request.id), drew(4))
    await ground.end(await ground.called(request.id), bad(BLOCK), failure(Kind.SAFETY_OUTPUT))
    done = await ground.row(request.id)
    assert (done.state, done.answer, done.case_id) == (RequestState.ANSWERED, Answer.PICTURES, f"case of {request.id}")
    assert ground.opened == [request.id]
    assert await pictures(ground, request) == 4
    assert await ground.ledger.write(lambda tx: blocked_before(tx, done)) is not None
    assert isinstance(await ground.begin(request.id), NotNow)


@pytest.mark.parametrize("running", [False, True], ids=["between two parts", "during a part"])
async def test_cancelling_keeps_what_is_there_and_leaves_nothing_running(ground: Ground, running: bool) -> None:
    ground.rules = dataclasses.replace(ground.rules, model=FOUR)
    request = await ground.asked(count="10")
    await ground.end(await ground.called(request.id), drew(4))
    attempt = await ground.called(request.id) if running else None
    assert (await ground.press(ActionName.CANCEL, request.id)).changed
    if attempt is not None:
        await ground.end(attempt, drew(4))  # too late: not shown, and not charged to the member
    done = await ground.row(request.id)
    assert (done.answer, done.refusal and done.refusal.reason) == (Answer.PICTURES, "rest_cancelled")
    assert await pictures(ground, request) == 4
    assert isinstance(await ground.begin(request.id), NotNow)
    assert await ground.reserved() == {0}


async def test_a_killed_process_never_pays_a_part_twice(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, model=FOUR)
    request = await ground.asked(count="10")
    await ground.end(await ground.called(request.id), drew(4))
    await ground.ledger.write(recover)  # killed between two parts: the next one still waits in line
    assert (await ground.row(request.id)).state is RequestState.QUEUED
    await ground.called(request.id)
    await ground.ledger.write(recover)  # killed during one: nobody knows what came of it
    done = await ground.row(request.id)
    assert (done.answer, done.refusal and done.refusal.reason) == (Answer.PICTURES, "rest_interrupted")
    assert [one.wanted for one in await ground.attempts(request.id)] == [4, 4]
    assert await pictures(ground, request) == 4
    assert await ground.reserved() == {0}


async def test_an_interrupted_request_whose_earlier_pictures_are_gone_does_not_end_with_pictures(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, model=FOUR)
    request = await ground.asked(count="10")
    await ground.end(await ground.called(request.id), drew(4))
    await ground.called(request.id)
    await ground.ledger.write(lambda tx: tx.connection.execute(delete(pictures_table).where(pictures_table.c.request_id == request.id)))
    await ground.ledger.write(recover)
    assert (await ground.row(request.id)).answer is Answer.INTERRUPTED


async def test_after_a_restart_one_press_draws_just_the_rest_and_a_second_press_pays_nothing(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, model=FOUR)
    request = await ground.asked(count="10")
    await ground.end(await ground.called(request.id), drew(4))
    await ground.called(request.id)
    await ground.ledger.write(recover)
    assert (await ground.press(ActionName.RETRY, request.id)).changed
    [child] = await ground.ledger.read(lambda c: request_rows.children(c, [request.id], (Origin.RETRY,)))
    assert not child.candidates
    assert (child.count, child.prompt, child.size) == (6, request.prompt, request.size)
    assert not (await ground.press(ActionName.RETRY, request.id)).changed
    await ground.end(await ground.called(child.id), drew(4))
    await ground.end(await ground.called(child.id), drew(2))
    assert await pictures(ground, child) == 6
    assert (await ground.press(ActionName.RETRY, request.id)).text == text("reply.already_worked")
    assert sum(one.wanted for one in await ground.attempts(request.id)) == 8


@pytest.mark.parametrize("again", [False, True])
def test_the_message_offers_the_rest_once(again: bool) -> None:
    request = dataclasses.replace(REQUEST, answer=Answer.PICTURES, refusal=Refusal("rest_interrupted"), count=10, settled=4)
    view = render(
        RequestFacts(request, 0.0, [Picture(f"{n:064x}", "png", 64, 64, 9) for n in range(4)], tried_again=again), Audience.MEMBER
    )
    assert (text("button.rest", count=6) in [one.label for one in view.buttons]) is not again
    assert text("request.rest_elsewhere" if again else "request.rest_on_demand") in view.text


async def test_when_the_time_is_up_the_member_gets_what_is_there(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, model=FOUR)
    waiting, running = await ground.asked(count="10"), await ground.asked(count="10")
    for request in (waiting, running):
        await ground.end(await ground.called(request.id), drew(4))
    pending = Outcome(pending=Pending("task-1"), billed=Billed.UNKNOWN, status=202)
    await ground.end(await ground.called(running.id), pending)
    ground.at[0] += ground.rules.deadline + 1
    await ground.ledger.write(lambda tx: sweep(tx, lambda one: False))
    for request, why in ((waiting, None), (running, Kind.TASK_RUNNING_TIMEOUT)):
        done = await ground.row(request.id)
        assert (done.answer, done.failure and done.failure.kind) == (Answer.PICTURES, why)
        assert await pictures(ground, request) == 4


async def test_a_part_that_is_a_task_is_followed_by_the_next(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, model=FOUR)
    request = await ground.asked(count="5")
    attempt = await ground.called(request.id)
    await ground.end(attempt, Outcome(pending=Pending("task-1"), billed=Billed.UNKNOWN, status=202))
    assert (await ground.row(request.id)).state is RequestState.COLLECTING
    await ground.end(attempt, drew(4))
    assert (await ground.row(request.id)).state is RequestState.QUEUED
    await ground.end(await ground.called(request.id), drew(1))
    assert (await ground.row(request.id)).answer is Answer.PICTURES
    assert await pictures(ground, request) == 5


async def test_a_part_with_a_lost_picture_goes_on_and_its_reason_stays(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, model=FOUR)
    request = await ground.asked(count="6")
    lost = dataclasses.replace(drew(3), made=4, shortfall=Evidence(exception="BadPicture: cut"))
    await ground.end(await ground.called(request.id), lost, failure(Kind.CORRUPT_IMAGE))
    await ground.end(await ground.called(request.id), drew(2))
    done = await ground.row(request.id)
    assert (done.answer, done.failure and done.failure.kind) == (Answer.PICTURES, Kind.CORRUPT_IMAGE)
    assert [one.wanted for one in await ground.attempts(request.id)] == [4, 2]
    assert await pictures(ground, request) == 5


async def test_a_budget_that_runs_out_between_two_parts_is_named(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, model=FOUR, limits=Limits(member_pictures_day=10))
    request, other = await ground.asked(count="8"), await ground.asked("a blue boat", count="4")
    await ground.end(await ground.called(request.id), drew(4))
    await ground.end(await ground.called(other.id), drew(4))
    assert isinstance(await ground.begin(request.id), Ended)
    done = await ground.row(request.id)
    assert (done.answer, done.refusal and done.refusal.reason) == (Answer.PICTURES, "budget")
    assert await pictures(ground, request) == 4


@pytest.mark.parametrize(
    "limit",
    [
        "Invalid value for 'n': must be between 1 and 4.",
        "Input should be less than or equal to 4",
        "n must be at most 4",
        "num_images should be less than or equal to 4",
    ],
)
async def test_a_limit_that_the_service_names_is_learned_without_a_question(tmp_path: Path, limit: str) -> None:
    async with world(tmp_path, Service([refused(limit)])) as w:
        view = await w.answer(await w.imagine(count=10))
        assert len(view.pictures) == 10
        assert [call.count for call in w.service.calls] == [10, 4, 4, 2]
        rows = await w.requests()
        assert rows[0].option_refused, "no other service is asked"
        w.service.calls.clear()
        await w.answer(await w.imagine("a blue boat", count=5))
        assert [call.count for call in w.service.calls] == [4, 1]


async def test_a_learned_limit_of_one_holds_for_two_and_is_asked_for_once(tmp_path: Path) -> None:
    async with world(tmp_path, Service([refused("n must be at most 1")])) as w:
        await w.answer(await w.imagine(count=3))
        await w.answer(await w.imagine("a blue boat", count=2))
        assert [call.count for call in w.service.calls] == [3, 1, 1, 1, 1, 1]


async def test_a_request_keeps_its_own_limit_when_another_one_learns_a_lower_one(ground: Ground) -> None:
    request, other = await ground.asked(count="10"), await ground.asked("a blue boat", count="3")
    for one, limit in ((request, "4"), (other, "2")):
        why = dataclasses.replace(failure(Kind.UNSUPPORTED_COUNT), facts={"limit": limit})
        await ground.end(await ground.called(one.id), dataclasses.replace(drew(0), billed=Billed.NO, status=400), why)
    for one in (request, other):
        await ground.called(one.id)
    assert [one.wanted for one in await ground.attempts(request.id)] == [10, 4]
    assert [one.wanted for one in await ground.attempts(other.id)] == [3, 2]


async def test_a_second_service_draws_in_parts_of_its_own_and_gets_no_begun_request(tmp_path: Path, ground: Ground) -> None:
    other = Service(name="other", gate_key="other.example#1")
    cheap = dataclasses.replace(Catalogue.load().resolve("sandbox-1"), per_call=1)
    made = ServicePlan("fallback", other, GateSettings(), "other.example", 0.0, {MODEL.id: cheap.id})  # type: ignore[arg-type]
    async with world(tmp_path / "w", Service(), fallbacks=[made], equals={"fallback": {MODEL.id: cheap}}) as w:
        gate = w.bot.services.default.gate
        gate.breaker.since, gate.breaker.probe_at = w.bot.ports.monotonic(), w.bot.ports.monotonic() + 60.0  # type: ignore[attr-defined]
        assert len((await w.answer(await w.imagine(count=3))).pictures) == 3
        assert [call.count for call in other.calls] == [1, 1, 1]
        service: ImageService = w.bot.services.of("fallback")
    ground.rules = dataclasses.replace(ground.rules, model=FOUR)
    request = await ground.asked(count="5")
    await ground.end(await ground.called(request.id), drew(4))
    assert isinstance(await ground.ledger.write(lambda tx: open_attempt(tx, request.id, ground.deps, service)), NotNow)
    assert isinstance(await ground.begin(request.id), Opened)


async def test_a_stated_cost_of_nothing_is_booked_as_nothing(ground: Ground) -> None:
    request = await ground.asked()
    await ground.end(await ground.called(request.id), dataclasses.replace(drew(1), usage=Usage(cost_micros=0)))
    assert [one.cost for one in await ground.attempts(request.id)] == [0]
    assert await ground.reserved() == {0}
