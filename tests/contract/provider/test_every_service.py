"""One suite over every service and dialect, over real HTTP: the same situation has the same meaning, price and consequence everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.catalogue.load import Catalogue
from bot.domain.kinds import SAFETY_REVIEWABLE, Action, Kind
from bot.domain.outcome import Billed, Outcome
from bot.failures.classify import classify
from bot.providers.http_provider import HttpProvider
from bot.providers.port import Call
from bot.providers.services.registry import SERVICES
from bot.sandbox.server import RunningSandbox
from tests.contract.provider.test_services import MODELS, TASKS, calls, provider_of
from tests.contract.provider.test_services import to_the_end as polled
from tests.unit.requests.ground import Ground

OPENAI = ("openai", "azure", "xai", "together", "openrouter", "siliconflow", "gateway")
ALL = (*sorted(MODELS), *OPENAI)
ONE_PICTURE = ("bfl", "gemini")


def test_no_service_is_left_out_here() -> None:
    assert sorted(ALL) == sorted(SERVICES)


@pytest.fixture(params=ALL)
async def service(request: pytest.FixtureRequest, sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[HttpProvider]:
    async with provider_of(request.param, sandbox, tmp_path) as made:
        yield made


def a_call(service: HttpProvider, prompt: str = "a red bicycle", **values: object) -> Call:
    call = Call("a1", MODELS.get(service.name, "gpt-image-2"), prompt, "512x512", "low", 1, 10.0, "member")
    return replace(call, **values)  # type: ignore[arg-type]


async def ended(service: HttpProvider, prompt: str, **values: object) -> Outcome:
    return (await polled(service, a_call(service, prompt, **values)))[-1]


async def kind_of(service: HttpProvider, marker: str) -> Kind:
    outcome = await ended(service, f"a cat sandbox:{marker}")
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert failure.kind not in SAFETY_REVIEWABLE or failure.action is Action.NONE
    return failure.kind


async def test_success(service: HttpProvider, sandbox: RunningSandbox) -> None:
    outcome = await ended(service, "a red bicycle")
    assert len(outcome.pictures) == 1
    assert (outcome.billed, outcome.shortfall) == (Billed.YES, None)
    assert len(await calls(sandbox)) == 1


async def test_partial_success(service: HttpProvider) -> None:
    if service.name in ONE_PICTURE:
        pytest.skip("draws one picture per call")
    outcome = await ended(service, "a cat sandbox:partial", count=3)
    assert len(outcome.pictures) == 2
    assert outcome.billed is Billed.YES
    assert outcome.shortfall is not None
    assert classify(outcome.shortfall).kind not in SAFETY_REVIEWABLE


@pytest.mark.parametrize("stage", ["safety_prompt", "safety_output"])
async def test_a_block_is_final_everywhere(service: HttpProvider, stage: str, sandbox: RunningSandbox) -> None:
    assert await kind_of(service, stage) in SAFETY_REVIEWABLE
    assert len(await calls(sandbox)) == 1


@pytest.mark.parametrize(
    ("marker", "kinds"),
    [
        ("auth_invalid_key", {Kind.AUTH_INVALID_KEY, Kind.AUTH_MISSING_KEY}),
        ("quota", {Kind.QUOTA_EXHAUSTED, Kind.BILLING_LIMIT}),
        ("rate_limited", {Kind.RATE_LIMITED}),
        ("server_error", {Kind.SERVER_ERROR}),
        ("overloaded", {Kind.OVERLOADED}),
        ("network_reset", {Kind.NETWORK_RESET}),
        ("malformed_response@cut", {Kind.NETWORK_RESET, Kind.MALFORMED_RESPONSE}),
    ],
)
async def test_the_same_failure_has_the_same_kind(service: HttpProvider, marker: str, kinds: set[Kind]) -> None:
    if marker == "quota":
        marker = "quota_exhausted" if service.name == "gemini" else "billing_limit"
    assert await kind_of(service, marker) in kinds


async def test_a_rate_limits_own_hint(service: HttpProvider) -> None:
    outcome = await ended(service, "a cat sandbox:rate_limited")
    assert outcome.shortfall is not None
    assert classify(outcome.shortfall).wait == pytest.approx(3.0)
    assert outcome.billed is Billed.NO


async def test_an_answer_that_never_comes_may_be_charged_and_a_cancel_closes_the_connection(service: HttpProvider) -> None:
    outcome = await service.call(a_call(service, "a cat sandbox:hang", timeout=0.2))
    assert outcome.billed is Billed.UNKNOWN
    if service.name in TASKS:
        return  # waits for the task's name; see test_tasks.py
    call = asyncio.create_task(service.call(a_call(service, "a cat sandbox:hang")))
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_what_a_service_reports_is_booked_to_the_cent(service: HttpProvider, tmp_path: Path) -> None:
    """Tokens at the catalogue's price, dollars as they are, and the reservation where nothing is reported."""
    model = Catalogue.load().resolve(MODELS.get(service.name, "gpt-image-2"))
    ground = await Ground.open(tmp_path / "ledger")
    ground.rules = replace(ground.rules, model=model)
    request = await ground.asked(size="512x512" if model.sizes.free and model.sizes.min_pixels < 262_144 else None)
    attempt = await ground.called(request.id)
    outcomes = await polled(service, a_call(service, size=request.size))
    for outcome in outcomes:
        await ground.end(attempt, outcome)
    told = [outcome.usage for outcome in outcomes if outcome.usage is not None]
    cost = (await ground.attempts(request.id))[0].cost
    reserved = ground.rules.highest_cost(request.size, request.quality, 1, request.prompt)
    if service.name == "openrouter":
        assert cost == 41_100
    elif service.name == "bfl":
        assert cost == 40_000
    elif told:
        tokens = told[-1]
        expected = (tokens.output_tokens or 0) * model.price.image_out + (tokens.input_tokens or 0) * model.price.text_in
        assert cost == pytest.approx(expected, abs=1)
    else:
        assert cost == reserved
    await ground.ledger.close()
