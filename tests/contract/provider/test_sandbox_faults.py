"""Every fault of the sandbox reaches the core as the kind it is named after: answer, transport, evidence and rules together."""

import pytest

from bot.domain.kinds import KINDS, Kind
from bot.domain.outcome import Billed, Outcome
from bot.failures.classify import classify
from bot.providers.http_provider import HttpProvider
from bot.sandbox.server import KNOWN
from tests.unit.providers.wire import a_call

NOT_BY_HTTP = {Kind.NETWORK_DNS, Kind.NETWORK_CONNECT, Kind.NETWORK_TLS, Kind.OUTPUT_REJECTED}
"""Made from really broken addresses in test_transport_faults.py; the last one comes from a person."""
WITHOUT_A_KIND = {
    "slow",
    "url",
    "jpeg",
    "hang",
    "drip",
    "endless",
    "redirect",
    "gzip",
    "partial",
    "partial_safety",
    "task",
    "task@busy",
    "task_failed",
}
POLLED = {"task_running_timeout", "task_lost"}
NAMED = sorted(set(KNOWN) - WITHOUT_A_KIND - POLLED)


async def call(openai: HttpProvider, marker: str, **changes: object) -> Outcome:
    values = {"prompt": f"a lighthouse sandbox:{marker}", "size": "64x64", "model": "sandbox-1", "timeout": 5.0, **changes}
    return await openai.call(a_call(**values))


def test_the_sandbox_has_every_kind_that_http_can_carry() -> None:
    assert {kind.value for kind in KINDS if kind not in NOT_BY_HTTP} <= set(KNOWN)


@pytest.mark.parametrize("fault", NAMED)
async def test_a_fault_is_recognised_as_the_kind_it_is_named_after(openai: HttpProvider, fault: str) -> None:
    outcome = await call(openai, fault)
    assert outcome.pictures == ()
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert failure.kind.value == fault.split("@")[0]


@pytest.mark.parametrize("fault", ["rate_limited", "rate_limited@azure", "overloaded"])
async def test_the_wait_a_provider_asks_for_is_understood(openai: HttpProvider, fault: str) -> None:
    outcome = await call(openai, fault)
    assert outcome.shortfall is not None
    assert classify(outcome.shortfall).wait == 3
    assert outcome.rate_headers["retry-after"] == "3"
    assert outcome.billed is not Billed.YES


@pytest.mark.parametrize("fault", ["slow", "url", "jpeg"])
async def test_unusual_but_good_answers_give_a_picture(openai: HttpProvider, fault: str) -> None:
    outcome = await call(openai, fault)
    assert outcome.shortfall is None
    assert [(made.width, made.height) for made in outcome.pictures] == [(64, 64)]
    assert outcome.billed is Billed.YES


@pytest.mark.parametrize("fault", ["hang", "drip", "endless", "redirect", "gzip"])
async def test_answers_that_lead_nowhere_end_in_time(openai: HttpProvider, fault: str) -> None:
    outcome = await call(openai, fault, timeout=0.5)
    assert outcome.pictures == ()
    assert outcome.shortfall is not None
    if fault in ("hang", "drip"):
        assert classify(outcome.shortfall).kind is Kind.TIMEOUT
        assert outcome.billed is Billed.UNKNOWN
    if fault == "redirect":
        assert classify(outcome.shortfall).kind is Kind.ENDPOINT_NOT_FOUND
        assert outcome.billed is Billed.NO


async def test_two_of_three_come_with_a_shortfall(openai: HttpProvider) -> None:
    plain = await call(openai, "partial", count=3)
    assert len(plain.pictures) == 2
    assert plain.shortfall is not None
    assert classify(plain.shortfall).kind is Kind.EMPTY_RESULT
    blocked = await call(openai, "partial_safety", count=3)
    assert len(blocked.pictures) == 2
    assert blocked.shortfall is not None
    assert classify(blocked.shortfall).kind is Kind.SAFETY_OUTPUT


async def test_a_fault_with_a_number_ends_after_that_many_calls(openai: HttpProvider) -> None:
    seen = [bool((await call(openai, "server_error*2 sandbox:rate_limited*1")).pictures) for _ in range(5)]
    assert seen == [False, False, False, True, True]


async def test_a_task_is_polled_until_it_is_finished(openai: HttpProvider) -> None:
    asked = a_call(prompt="a lighthouse sandbox:task", size="64x64", model="sandbox-1", count=2)
    outcome = await openai.call(asked)
    polls = 0
    while outcome.pending is not None:
        assert outcome.shortfall is None
        assert outcome.billed is Billed.UNKNOWN
        outcome = await openai.collect(asked, outcome.pending)
        polls += 1
    assert polls == 3
    assert len(outcome.pictures) == 2
    assert outcome.billed is Billed.YES
    assert outcome.usage is not None


async def test_a_task_that_runs_on_stays_pending(openai: HttpProvider) -> None:
    asked = a_call(prompt="a lighthouse sandbox:task_running_timeout", size="64x64", model="sandbox-1")
    outcome = await openai.call(asked)
    for _ in range(3):
        assert outcome.pending is not None
        assert outcome.pending.poll_after == 1
        outcome = await openai.collect(asked, outcome.pending)


@pytest.mark.parametrize(("fault", "kind"), [("task_lost", Kind.TASK_LOST), ("task_failed", Kind.SAFETY_PROMPT)])
async def test_a_task_that_ends_badly_says_why(openai: HttpProvider, fault: str, kind: Kind) -> None:
    asked = a_call(prompt=f"a lighthouse sandbox:{fault}", size="64x64", model="sandbox-1")
    outcome = await openai.call(asked)
    polls = 0
    while outcome.pending is not None and polls < 5:
        outcome = await openai.collect(asked, outcome.pending)
        polls += 1
    assert outcome.shortfall is not None
    assert classify(outcome.shortfall).kind is kind
    assert outcome.billed is Billed.UNKNOWN


async def test_a_failed_download_is_fetched_again_and_not_generated_again(openai: HttpProvider) -> None:
    asked = a_call(prompt="a lighthouse sandbox:download_failed*2", size="64x64", model="sandbox-1")
    outcome = await openai.call(asked)
    assert outcome.shortfall is not None
    assert classify(outcome.shortfall).kind is Kind.DOWNLOAD_FAILED
    assert outcome.pending is not None
    outcome = await openai.collect(asked, outcome.pending)
    assert outcome.pending is not None
    outcome = await openai.collect(asked, outcome.pending)
    assert outcome.pending is None
    assert len(outcome.pictures) == 1
    assert outcome.billed is Billed.YES


async def test_a_download_that_never_works_ends(openai: HttpProvider) -> None:
    asked = a_call(prompt="a lighthouse sandbox:download_failed", size="64x64", model="sandbox-1")
    outcome = await openai.call(asked)
    waits = []
    while outcome.pending is not None:
        waits.append(outcome.pending.poll_after)
        outcome = await openai.collect(asked, outcome.pending)
    assert waits == [2, 2, 4, 8, 16, 32]
    assert outcome.shortfall is not None
    assert classify(outcome.shortfall).kind is Kind.DOWNLOAD_FAILED
