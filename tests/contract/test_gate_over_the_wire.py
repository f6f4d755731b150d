"""Every way in which a provider says "wait", over real HTTP: server, provider, classifier, gate. The gate's clock is handed in."""

from __future__ import annotations

import email.utils
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.failures.classify import classify
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant, Verdict, WakeAt
from bot.gate.settings import GateSettings
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call
from tests.local_server import served
from tests.unit.gate.given import middle, rows

NOON = 1_790_000_000.0


def error(message: str, code: str | None = "rate_limit_exceeded", **more: object) -> dict[str, Any]:
    return {"error": {"message": message, "type": "requests", "param": None, "code": code, **more}}


@asynccontextmanager
async def provider_that_answers(folder: Path, status: int, headers: Mapping[str, str], body: object) -> AsyncIterator[HttpProvider]:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response(body, status=status, headers=headers)

    pictures = PictureStore(folder)
    async with served(answer) as address:
        provider = HttpProvider(f"{address}/v1", "sk-test", pictures, SystemPorts())
        try:
            yield provider
        finally:
            await provider.aclose()
            pictures.close()


async def refuse(folder: Path, status: int, headers: Mapping[str, str], body: object) -> tuple[AdaptiveGate, WakeAt]:
    """One exchange that is refused; the gate, and what it says next about another request."""
    gate = AdaptiveGate(GateSettings(), middle)
    line = rows(3)
    grant = gate.next(100.0, line)
    assert isinstance(grant, Grant)
    async with provider_that_answers(folder, status, headers, body) as provider:
        call = Call("a1", "gpt-image-2", "a red bicycle", "1024x1024", "medium", 1, grant.timeout, "m")
        outcome = await provider.call(call)
    assert outcome.shortfall is not None
    gate.report(grant, Verdict(classify(outcome.shortfall), outcome.rate_headers), 100.1)
    after = gate.next(100.1, line[1:])
    assert isinstance(after, WakeAt)
    return gate, after


def date(seconds: float) -> str:
    return email.utils.formatdate(NOON + seconds, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "7"}, error("Rate limit exceeded."), 7.0),
        ({"retry-after": "2.5"}, error("Rate limit exceeded."), 2.5),
        ({"retry-after": date(12), "date": date(0)}, error("Rate limit exceeded."), 12.0),
        ({"retry-after-ms": "1500"}, error("Rate limit exceeded."), 1.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, error("Rate limit exceeded."), 1.5),
        ({}, error("Rate limit reached for images per min. Please try again in 6s."), 6.0),
        ({}, error("Rate limit reached for images per min. Please try again in 1m4.5s."), 64.5),
        ({}, error("Rate limit reached for images per min. Please try again in 820ms."), 0.82),
        (
            {},
            error(
                "Resource has been exhausted.", None, details=[{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3.5s"}]
            ),
            3.5,
        ),
    ],
    ids=["seconds", "fraction", "date", "milliseconds", "milliseconds-first", "text", "text-minutes", "text-milliseconds", "google"],
)
async def test_a_hint_holds_the_line_for_as_long_as_it_says(
    tmp_path: Path, headers: dict[str, str], body: dict[str, Any], seconds: float
) -> None:
    gate, after = await refuse(tmp_path, 429, headers, body)
    assert after.reason == "paused"
    assert after.when - 100.1 == pytest.approx(seconds, abs=0.11)
    assert gate.snapshot(100.1).state == "paused"


async def test_a_refusal_without_a_word_is_tried_again_soon_but_not_at_once(tmp_path: Path) -> None:
    _, after = await refuse(tmp_path, 429, {}, error("Too Many Requests", None))
    assert 0.5 < after.when - 100.1 < 5.0


async def test_a_limit_in_the_text_is_learned(tmp_path: Path) -> None:
    gate, _ = await refuse(tmp_path, 429, {}, error("Rate limit exceeded for images per minute. Limit: 12/1min. Current: 13/1min."))
    assert gate.snapshot(100.1).per_minute == pytest.approx(12.0)


async def test_a_limit_in_the_headers_is_learned(tmp_path: Path) -> None:
    headers = {"x-ratelimit-limit-requests": "12", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "25s"}
    gate, after = await refuse(tmp_path, 429, headers, error("Rate limit exceeded."))
    assert gate.snapshot(100.1).per_minute == pytest.approx(12.0)
    assert after.when - 100.1 < 10.0


async def test_too_many_at_once_is_no_rate(tmp_path: Path) -> None:
    gate, _ = await refuse(tmp_path, 429, {}, error("Too many concurrent requests for this model. Reduce parallel requests."))
    assert gate.snapshot(100.1).concurrency == 1
    assert gate.snapshot(100.1).per_minute is None


async def test_an_exhausted_quota_holds_the_key(tmp_path: Path) -> None:
    body = error("You exceeded your current quota, please check your plan and billing details.", "insufficient_quota")
    gate, after = await refuse(tmp_path, 429, {"retry-after": "1"}, body)
    assert gate.snapshot(100.1).state == "no_credit"
    assert after.reason == "quota"
    assert after.when - 100.1 >= 20.0


async def test_a_hint_of_a_day_and_a_hint_of_nothing_are_bounded(tmp_path: Path) -> None:
    _, short = await refuse(tmp_path, 429, {"retry-after-ms": "1"}, error("Rate limit exceeded."))
    assert short.when > 100.1
    _, long = await refuse(tmp_path, 429, {"retry-after": "3000"}, error("Rate limit exceeded."))
    assert long.when - 100.1 <= 121.0
