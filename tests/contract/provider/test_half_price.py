"""OpenAI's Batch API over real HTTP: handed in once, found again without its name, each line's failure as an ordinary call's."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.kinds import Group, Kind
from bot.domain.outcome import SUBMITTED, Billed, Outcome, Pending
from bot.failures.classify import classify
from bot.ports import SystemPorts
from bot.providers.half_price import HalfPriceProvider
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call
from bot.providers.services.openai import GATEWAY, OpenAIApi
from bot.providers.services.openai_batches import OpenAIBatches
from bot.sandbox.server import RunningSandbox
from tests.contract.provider.test_services import calls
from tests.unit.providers.wire import Exchange, b64, serving


@pytest.fixture
async def later(sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[HalfPriceProvider]:
    store = PictureStore(tmp_path)
    provider = HalfPriceProvider(sandbox.base_url, "sk-anything", store, SystemPorts(), api=OpenAIBatches(GATEWAY))
    yield provider
    await provider.aclose()
    store.close()


def ask(prompt: str, attempt: str = "a1") -> Call:
    return Call(attempt, "gpt-image-2", prompt, "1024x1024", "low", 1, 30.0, "member")


async def to_the_end(provider: HalfPriceProvider, call: Call, outcome: Outcome) -> Outcome:
    """Look until the task is over."""
    async with asyncio.timeout(20.0):
        while outcome.pending is not None:
            await asyncio.sleep(0.05)
            outcome = await provider.collect(call, outcome.pending)
    return outcome


def batches(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    asked = urllib.request.Request(f"{sandbox.base_url}/batches?limit=100", headers={"authorization": "Bearer x"})
    with urllib.request.urlopen(asked) as answer:
        return list(json.load(answer)["data"])


async def test_a_picture_is_handed_in_once_and_collected(later: HalfPriceProvider, sandbox: RunningSandbox) -> None:
    call = ask("a lighthouse")
    begun = await later.call(call)
    assert begun.pending is not None
    assert begun.pending.task_id.startswith("batch_")
    done = await to_the_end(later, call, begun)
    assert (len(done.pictures), done.billed) == (1, Billed.YES)
    assert done.usage is not None
    assert done.usage.output_tokens
    (drawn,) = await calls(sandbox)
    assert drawn["prompt"] == "a lighthouse"
    (batch,) = await asyncio.to_thread(batches, sandbox)
    assert (batch["completion_window"], batch["metadata"]) == ("24h", {"attempt": "a1"})


async def test_a_draft_goes_along(later: HalfPriceProvider, sandbox: RunningSandbox) -> None:
    first = ask("a lighthouse")
    (draft,) = (await to_the_end(later, first, await later.call(first))).pictures
    second = replace(ask("a lighthouse, finished", "a2"), references=(draft.sha256,))
    done = await to_the_end(later, second, await later.call(second))
    assert len(done.pictures) == 1
    assert [(one["api"], one["references"]) for one in await calls(sandbox)] == [("images.generations", 0), ("images.edits", 1)]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("safety_prompt", Kind.SAFETY_PROMPT),
        ("unsupported_size", Kind.UNSUPPORTED_SIZE),
        ("rate_limited", Kind.RATE_LIMITED),
        ("server_error", Kind.SERVER_ERROR),
        ("quota_exhausted", Kind.QUOTA_EXHAUSTED),
        ("batch_expired", Kind.TASK_LOST),
        ("batch_failed", Kind.INVALID_MODEL),
    ],
)
async def test_a_line_that_fails_says_why_and_costs_nothing(later: HalfPriceProvider, fault: str, kind: Kind) -> None:
    call = ask(f"a lighthouse sandbox:{fault}")
    done = await to_the_end(later, call, await later.call(call))
    assert done.shortfall is not None
    assert (classify(done.shortfall).kind, done.billed, done.pictures) == (kind, Billed.NO, ())


async def test_a_full_queue_is_a_limit_and_no_matter_of_the_key_or_the_words(later: HalfPriceProvider) -> None:
    waiting = ask("a lighthouse sandbox:batch_waits")
    await later.call(waiting)
    for fault, number in (("batch_full", "a2"), ("batch_turned_away", "a3")):
        call = ask(f"a mill sandbox:{fault}", number)
        done = await to_the_end(later, call, await later.call(call))
        assert done.shortfall is not None
        found = classify(done.shortfall)
        assert (found.kind, found.group, done.billed) == (Kind.RATE_LIMITED, Group.SERVICE, Billed.NO)
    assert "Enqueued token limit" in str(done.shortfall.body)


async def test_a_cancelled_task_ends_without_cost(later: HalfPriceProvider) -> None:
    call = ask("a lighthouse sandbox:batch_waits")
    begun = await later.call(call)
    assert begun.pending is not None
    assert (await later.collect(call, begun.pending)).pending is not None
    assert await later.cancel(begun.pending)
    done = await to_the_end(later, call, begun)
    assert done.shortfall is not None
    assert (classify(done.shortfall).kind, done.billed) == (Kind.TASK_LOST, Billed.NO)


async def test_a_task_whose_name_was_lost_is_found_by_its_attempt(later: HalfPriceProvider, sandbox: RunningSandbox) -> None:
    call = ask("a lighthouse", "a7")
    await later.call(call)  # its answer is lost
    done = await to_the_end(later, call, Outcome(pending=Pending(f"{SUBMITTED}a7")))
    assert len(done.pictures) == 1
    assert len(await calls(sandbox)) == 1
    waiting = ask("a lighthouse sandbox:batch_waits", "a8")
    await later.call(waiting)
    assert await later.cancel(Pending(f"{SUBMITTED}a8"))


async def test_a_task_that_was_never_handed_in_ends_after_a_few_looks(later: HalfPriceProvider) -> None:
    call, looks = ask("a lighthouse", "a9"), list[float]()
    outcome = Outcome(pending=Pending(f"{SUBMITTED}a9"))
    while outcome.pending is not None:
        outcome = await later.collect(call, outcome.pending)
        looks.append(0.0 if outcome.pending is None else outcome.pending.poll_after)
    assert looks == [5.0, 10.0, 20.0, 0.0]
    assert outcome.shortfall is not None
    assert (classify(outcome.shortfall).kind, outcome.billed) == (Kind.TASK_LOST, Billed.NO)


async def test_its_gate_remembers_apart_from_the_service_s_own(later: HalfPriceProvider, sandbox: RunningSandbox, tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "own")
    own = HttpProvider(sandbox.base_url, "sk-anything", store, SystemPorts(), api=OpenAIApi(GATEWAY))
    keys = {later.gate_key, own.gate_key}
    for one in (later, own):
        assert one.use_key("sk-another")
        keys.add(one.gate_key)
    assert len(keys) == 4
    await own.aclose()
    store.close()


async def test_a_service_that_cant_be_reached_says_nothing_about_a_task(later: HalfPriceProvider, sandbox: RunningSandbox) -> None:
    call = ask("a lighthouse sandbox:batch_waits")
    begun = await later.call(call)
    assert begun.pending is not None
    await sandbox.stop()
    for name in (begun.pending.task_id, f"{SUBMITTED}a1"):
        still = await later.collect(call, Pending(name))
        assert still.pending is not None
        assert still.pending.task_id == name
    assert still.pending.poll_after == 60.0, "nothing is known of its batches, so there's no hurry"
    again = await later.call(call)
    assert (again.pending, again.billed) == (None, Billed.NO)


async def test_no_answer_passes_the_key_on(tmp_path: Path) -> None:
    key = "sk-canary-0123456789abcdef"
    drawn = {"created": 1, "model": key, "data": [{"b64_json": b64(), "revised_prompt": f"a lighthouse for {key}"}]}
    line = {"custom_id": "a1", "response": {"status_code": 200, "request_id": f"req_{key}", "body": drawn}, "error": None}
    answers = {
        "/v1/files": {"id": "file-1"},
        "/v1/batches": {"object": "batch", "id": "batch_1", "status": "validating"},
        "/v1/batches/batch_1": {"object": "batch", "id": "batch_1", "status": "completed", "output_file_id": "file-2"},
        "/v1/files/file-2/content": line,
        "/v1/batches?limit=100": {"data": []},
    }

    async def repeating(exchange: Exchange) -> None:
        await exchange.answer(answers[exchange.path], x_request_id=key)

    store = PictureStore(tmp_path)
    async with serving(repeating) as server:
        provider = HalfPriceProvider(server.base_url, key, store, SystemPorts(), api=OpenAIBatches(GATEWAY))
        begun = await provider.call(ask("a lighthouse"))
        assert begun.pending is not None
        done = await provider.collect(ask("a lighthouse"), begun.pending)
        lost = await provider.collect(ask("a lighthouse"), Pending(f"{SUBMITTED}a7"))
        await provider.aclose()
    store.close()
    (picture,) = done.pictures
    assert picture.revised_prompt == "a lighthouse for [secret]"
    assert not [one for one in (begun, done, lost) if key in repr(one)]
