"""Every service that has a language of its own, over real HTTP: what a member, the books and the gate need to know comes the same way."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from bot.domain.failure import Failure
from bot.domain.kinds import Action, Kind
from bot.domain.outcome import Billed, Outcome
from bot.failures.classify import classify
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call
from bot.providers.services.registry import NATIVE, SERVICES, api_for, base_url_of
from bot.sandbox.server import RunningSandbox

MODELS = {"gemini": "gemini-3-pro-image", "fal": "fal-ai/flux/dev", "replicate": "black-forest-labs/flux-schnell", "bfl": "flux-2-pro"}
TASKS = ("fal", "replicate", "bfl")


@contextlib.asynccontextmanager
async def provider_of(service: str, sandbox: RunningSandbox, folder: Path) -> AsyncIterator[HttpProvider]:
    """A service of the sandbox, asked as it wants to be."""
    store = PictureStore(folder)
    made = HttpProvider(sandbox.base_url_of(service), "a-key", store, SystemPorts(), api=api_for("", service))
    yield made
    await made.aclose()
    store.close()


@pytest.fixture(params=sorted(MODELS))
async def provider(request: pytest.FixtureRequest, sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[HttpProvider]:
    async with provider_of(request.param, sandbox, tmp_path) as made:
        yield made


def a_call(provider: HttpProvider, prompt: str = "a red bicycle", count: int = 1, size: str = "1024x1024", timeout: float = 10.0) -> Call:
    return Call("a1", MODELS[provider.name], prompt, size, "medium", count, timeout, "member")


async def to_the_end(provider: HttpProvider, call: Call, polls: int = 6) -> list[Outcome]:
    outcomes = [await provider.call(call)]
    while outcomes[-1].pending is not None and len(outcomes) <= polls:
        outcomes.append(await provider.collect(call, outcomes[-1].pending))
    return outcomes


async def failure_of(provider: HttpProvider, marker: str) -> Failure:
    shortfall = (await to_the_end(provider, a_call(provider, f"a cat {marker}")))[-1].shortfall
    assert shortfall is not None
    return classify(shortfall)


async def calls(sandbox: RunningSandbox) -> list[dict[str, object]]:
    address = sandbox.base_url.removesuffix("/v1") + "/_sandbox/log"
    found: list[dict[str, object]] = (await asyncio.to_thread(lambda: json.load(urlopen(Request(address)))))["calls"]
    return found


async def test_a_picture_of_the_size_that_was_asked_for(provider: HttpProvider, sandbox: RunningSandbox) -> None:
    outcomes = await to_the_end(provider, a_call(provider, size="1536x864"))
    picture = outcomes[-1].pictures[0]
    assert outcomes[-1].shortfall is None
    assert outcomes[-1].billed is Billed.YES
    assert abs(picture.width / picture.height - 16 / 9) < 0.02
    assert "size" in outcomes[0].carried
    assert len(await calls(sandbox)) == 1  # polls and downloads are no second order
    assert (len(outcomes) > 1) == (provider.name in TASKS)


@pytest.mark.parametrize(
    ("marker", "kinds"),
    [
        ("sandbox:safety_prompt", {Kind.SAFETY_PROMPT, Kind.SAFETY_OUTPUT}),
        ("sandbox:safety_output", {Kind.SAFETY_OUTPUT, Kind.SAFETY_PROMPT}),
    ],
)
async def test_a_block_is_a_block_and_never_sent_again(provider: HttpProvider, marker: str, kinds: set[Kind]) -> None:
    failure = await failure_of(provider, marker)
    assert failure.kind in kinds
    assert failure.action is Action.NONE


@pytest.mark.parametrize(
    ("marker", "kinds"),
    [
        ("sandbox:auth_invalid_key", {Kind.AUTH_INVALID_KEY, Kind.AUTH_MISSING_KEY}),
        ("sandbox:invalid_model", {Kind.INVALID_MODEL, Kind.ENDPOINT_NOT_FOUND}),
        ("sandbox:rate_limited", {Kind.RATE_LIMITED}),
        ("sandbox:server_error", {Kind.SERVER_ERROR}),
        ("sandbox:overloaded", {Kind.OVERLOADED}),
        ("sandbox:network_reset", {Kind.NETWORK_RESET}),
        ("sandbox:malformed_response@cut", {Kind.NETWORK_RESET, Kind.MALFORMED_RESPONSE}),
        ("sandbox:gateway_error", {Kind.GATEWAY_ERROR}),
    ],
)
async def test_other_failures_keep_their_kind(provider: HttpProvider, marker: str, kinds: set[Kind]) -> None:
    assert (await failure_of(provider, marker)).kind in kinds


async def test_money_that_is_gone_is_the_operators(provider: HttpProvider) -> None:
    failure = await failure_of(provider, "sandbox:quota_exhausted" if provider.name == "gemini" else "sandbox:billing_limit")
    assert failure.kind in (Kind.QUOTA_EXHAUSTED, Kind.BILLING_LIMIT)


async def test_the_wait_that_a_service_asks_for_is_understood(provider: HttpProvider) -> None:
    failure = await failure_of(provider, "sandbox:rate_limited")
    assert failure.wait == pytest.approx(3.0)


async def test_an_answer_that_never_comes_may_have_been_billed(provider: HttpProvider) -> None:
    outcome = await provider.call(a_call(provider, "a cat sandbox:hang", timeout=0.3))
    assert outcome.billed is Billed.UNKNOWN
    failure = None if outcome.shortfall is None else classify(outcome.shortfall)
    assert failure is not None
    assert failure.kind is Kind.TIMEOUT


async def test_without_a_key_the_service_says_so(sandbox: RunningSandbox, tmp_path: Path, provider: HttpProvider) -> None:
    store = PictureStore(tmp_path / "other")
    bare = HttpProvider(sandbox.base_url_of(provider.name), None, store, SystemPorts(), api=api_for("", provider.name))
    shortfall = (await bare.call(a_call(provider))).shortfall
    await bare.aclose()
    store.close()
    assert shortfall is not None
    assert classify(shortfall).kind in (Kind.AUTH_MISSING_KEY, Kind.AUTH_INVALID_KEY, Kind.AUTH_PERMISSION)


async def test_two_pictures_where_a_service_draws_two(provider: HttpProvider) -> None:
    outcomes = await to_the_end(provider, a_call(provider, count=2))
    expected = 2 if provider.name in ("fal", "replicate") else 1
    assert len(outcomes[-1].pictures) == expected
    assert (outcomes[-1].shortfall is None) == (expected == 2)
    assert ("n" in outcomes[0].carried) == (expected == 2)


class TestTasks:
    @pytest.fixture(params=TASKS)
    async def provider(self, request: pytest.FixtureRequest, sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[HttpProvider]:
        async with provider_of(request.param, sandbox, tmp_path) as made:
            yield made

    async def test_a_lost_task_is_not_ordered_again(self, provider: HttpProvider, sandbox: RunningSandbox) -> None:
        failure = await failure_of(provider, "sandbox:task_lost")
        assert failure.action is Action.NONE
        assert len(await calls(sandbox)) == 1

    async def test_a_task_without_end_stays_pending(self, provider: HttpProvider, sandbox: RunningSandbox) -> None:
        outcomes = await to_the_end(provider, a_call(provider, "a cat sandbox:task_running_timeout"), polls=8)
        assert outcomes[-1].pending is not None
        assert outcomes[-1].pending.poll_url
        assert len(await calls(sandbox)) == 1

    async def test_a_task_that_fails_is_not_called_a_block(self, provider: HttpProvider) -> None:
        failure = await failure_of(provider, "sandbox:task_failed")
        assert not failure.kind.startswith("safety")

    async def test_a_running_task_is_cancelled_at_the_service(self, provider: HttpProvider) -> None:
        call = a_call(provider)
        begun = await provider.call(call)
        assert begun.pending is not None
        assert await provider.cancel(begun.pending) is (provider.name != "bfl")  # Black Forest Labs has no such call

    async def test_a_download_that_fails_is_fetched_again_and_not_ordered_again(
        self, provider: HttpProvider, sandbox: RunningSandbox
    ) -> None:
        outcomes = await to_the_end(provider, a_call(provider, "a cat sandbox:download_failed"), polls=5)
        assert outcomes[-1].pending is not None
        assert outcomes[-1].billed is Billed.YES
        assert len(await calls(sandbox)) == 1

    async def test_a_poll_does_not_carry_the_key_to_a_stranger(self, provider: HttpProvider) -> None:
        begun = await provider.call(a_call(provider))
        assert begun.pending is not None
        for stranger in ("https://queue.fal.run.example.com/x/status", "http://127.0.0.1:1/bfl.ai", "https://user@bfl.ai/x"):
            outcome = await provider.collect(a_call(provider), type(begun.pending)(begun.pending.task_id, stranger))
            assert outcome.status is None


async def test_what_a_picture_costs_in_credits_is_booked_in_dollars(sandbox: RunningSandbox, tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    made = HttpProvider(sandbox.base_url_of("bfl"), "k", store, SystemPorts(), api=api_for("", "bfl"))
    begun = await made.call(a_call(made))
    await made.aclose()
    store.close()
    assert begun.usage is not None
    assert begun.usage.cost_micros == 40_000


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://generativelanguage.googleapis.com/v1beta", "gemini"),
        ("https://generativelanguage.googleapis.com/v1beta/openai", "gateway"),
        ("https://queue.fal.run", "fal"),
        ("https://api.replicate.com/v1", "replicate"),
        ("https://api.us1.bfl.ai/v1", "bfl"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("https://api.openai.com/v1", "openai"),
        ("https://fal.run.example.com", "gateway"),
        ("https://notbfl.ai/v1", "gateway"),
    ],
)
def test_an_address_tells_which_service_it_is(address: str, name: str) -> None:
    assert api_for(address).name == name


def test_every_service_has_a_name_and_the_native_ones_an_address() -> None:
    for service in SERVICES:
        assert api_for("https://gateway.example/v1", service).name == service
    assert all(base_url_of(service) for service in NATIVE)
    with pytest.raises(KeyError):
        api_for("https://gateway.example/v1", "nobody")
