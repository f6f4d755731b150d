"""A task that gets its name when nobody wants it anymore: at half the price it's stopped, at the whole price its picture still comes."""

from __future__ import annotations

import dataclasses

import pytest

from bot.batch import steps
from bot.domain.outcome import Billed, Outcome, Pending
from bot.gate.gate import AdaptiveGate
from bot.gate.settings import GateSettings
from bot.requests.attempt import Opened, open_attempt
from bot.requests.services import HALF_PRICE, NOTHING, ImageService
from bot.requests.transitions import UNWANTED_TASK
from tests.unit.batch.bench import Bench
from tests.unit.requests.ground import drew
from tests.world import Service

NAMED = Outcome(billed=Billed.UNKNOWN, status=200, pending=Pending("task-1"))


@pytest.mark.parametrize(
    ("half_price", "stopped", "asked_to_end"), [(True, True, True), (True, False, False), (False, True, False), (False, False, False)]
)
async def test_only_a_half_price_task_of_a_stopped_batch_is_asked_to_end(
    bench: Bench, half_price: bool, stopped: bool, asked_to_end: bool
) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    made = await bench.finishing(1, half_price=half_price)
    await bench.step(made)
    [request] = await bench.asked(made)
    attempt = await bench.ground.called(request.id)
    if stopped:
        await bench.write(lambda tx: steps.stop(tx, steps.must_exist(tx.connection, made)))
    bench.ground.wakes.clear()
    await bench.ground.end(attempt, NAMED)
    assert [one.id for one in bench.ground.wakes if one.topic == UNWANTED_TASK] == ([attempt] if asked_to_end else [])


async def test_a_topic_that_is_finished_has_no_task_to_stop(bench: Bench) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    made = await bench.finishing(2, half_price=True)
    await bench.step(made)
    finished, running = await bench.asked(made)
    await bench.ground.end(await bench.ground.called(finished.id), drew(1))
    attempt = await bench.ground.called(running.id)
    await bench.ground.end(attempt, NAMED)
    bench.ground.wakes.clear()
    await bench.write(lambda tx: steps.stop(tx, steps.must_exist(tx.connection, made)))
    assert [one.id for one in bench.ground.wakes if one.topic == UNWANTED_TASK] == [attempt]


async def test_a_call_at_half_the_price_is_noted_with_the_key_that_it_goes_to(bench: Bench) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, service_references=NOTHING)
    made = await bench.finishing(1, half_price=True)
    await bench.step(made)
    [request] = await bench.asked(made)
    service = ImageService(HALF_PRICE, Service(name="half", gate_key="api.example#2"), AdaptiveGate(GateSettings(), lambda low, high: low))
    opened = await bench.ground.ledger.write(lambda tx: open_attempt(tx, request.id, bench.ground.deps, service))
    assert isinstance(opened, Opened)
    [attempt] = await bench.ground.attempts(request.id)
    assert attempt.handed_to == "api.example#2"
