"""Real httpx over the simulated wire: what each fault looks like to a client."""

from __future__ import annotations

import asyncio
import contextvars
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
import pytest

from tests.simulation.loop import Life, SimLoop, no_threads, undisturbed
from tests.simulation.wire import ConnectFault, HttpAnswer, HttpRequest, transport


@dataclass
class Log:
    answered: HttpAnswer
    happened: list[str] = field(default_factory=list)

    def answer(self) -> HttpAnswer:
        return self.answered

    def received(self, life: Life) -> None:
        self.happened.append(f"received by {life}")

    def abandoned(self) -> None:
        self.happened.append("abandoned")


class Net:
    """A network with one answer for everything."""

    def __init__(self, loop: SimLoop, answer: HttpAnswer, fault: str | None = None) -> None:
        self.loop, self.made, self.fault = loop, answer, fault
        self.requests: list[HttpRequest] = []
        self.logs: list[Log] = []
        self.die_at: str | None = None
        self.life = Life(1)

    async def boundary(self, site: str) -> None:
        if site == self.die_at:
            self.loop.kill(self.life)
            await self.loop.create_future()

    def connect_fault(self, host: str) -> ConnectFault | None:
        wanted = host.startswith("tls:") == (self.fault == "tls")
        return ConnectFault(self.fault) if self.fault and wanted else None

    def arrive(self, request: HttpRequest, life: Life) -> Log:
        self.requests.append(request)
        self.logs.append(Log(self.made))
        return self.logs[-1]

    def outside(self, delay: float, callback: Callable[..., None], *args: Any) -> None:
        self.loop.call_later(delay, callback, *args, context=OUTSIDE)


OUTSIDE = contextvars.copy_context()


@dataclass
class Seen:
    requests: list[HttpRequest]
    happened: list[list[str]]
    result: Any
    """The response or the error; None when the client died."""
    when: float


def exchange(answer: HttpAnswer, fault: str | None = None, die_at: str | None = None, wait: float = 1000) -> Seen:
    """One POST of a client with ten seconds of patience."""
    return undisturbed(lambda: _exchange(answer, fault, die_at, wait))


def _exchange(answer: HttpAnswer, fault: str | None, die_at: str | None, wait: float) -> Seen:
    loop = SimLoop(Random(1))
    net = Net(loop, answer, fault)
    net.die_at = die_at
    result: list[Any] = []

    async def client() -> None:
        async with httpx.AsyncClient(transport=transport(net), timeout=httpx.Timeout(10), trust_env=False) as http:
            try:
                result.append(await http.post("https://pictures.test/v1/images/generations", json={"prompt": "a bicycle"}))
            except httpx.HTTPError as error:
                result.append(error)
            result.append(loop.time())

    async def scenario() -> None:
        net.life.context.run(loop.create_task, client())
        await asyncio.sleep(wait)

    with no_threads():
        loop.run_until_complete(scenario())
    loop.finish()
    return Seen(net.requests, [log.happened for log in net.logs], result[0] if result else None, result[1] if result else wait)


def test_a_request_arrives_as_written_and_its_answer_comes_back() -> None:
    seen = exchange(HttpAnswer(body=b'{"data": []}', headers={"x-request-id": "r1"}, think=4, pieces=5, drip=0.5))
    assert seen.result.json() == {"data": []}
    assert seen.result.headers["x-request-id"] == "r1"
    assert json.loads(seen.requests[0].body) == {"prompt": "a bicycle"}
    assert (seen.requests[0].method, seen.requests[0].path) == ("POST", "/v1/images/generations")
    assert 6 < seen.when < 6.2
    assert seen.happened == [["received by life 1"]]


def test_a_big_answer_is_read_in_pieces() -> None:
    body = bytes(range(256)) * 4000
    assert exchange(HttpAnswer(body=body, pieces=7)).result.content == body


@pytest.mark.parametrize(
    ("answer", "expected", "when"),
    [
        (HttpAnswer(silent=True), httpx.ReadTimeout, 10),
        (HttpAnswer(think=30), httpx.ReadTimeout, 10),
        (HttpAnswer(cut=0, think=2), httpx.ReadError, 2),
        (HttpAnswer(body=b"x" * 5000, cut=0.5, think=2), httpx.ReadError, 2),
        (HttpAnswer(body=b"x" * 5000, cut=0.5, think=2, reset=False), httpx.RemoteProtocolError, 2),
        (HttpAnswer(body=b"x", cut=0, think=2, reset=False), httpx.RemoteProtocolError, 2),
    ],
)
def test_broken_answers_raise_what_httpx_raises(answer: HttpAnswer, expected: type[Exception], when: float) -> None:
    seen = exchange(answer)
    assert type(seen.result) is expected
    assert seen.when == pytest.approx(when, abs=0.1)
    assert seen.happened == [["abandoned"]]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("refused", httpx.ConnectError), ("dns", httpx.ConnectError), ("tls", httpx.ConnectError), ("hang", httpx.ConnectTimeout)],
)
def test_connections_that_fail_send_nothing(fault: str, expected: type[Exception]) -> None:
    seen = exchange(HttpAnswer(), fault)
    assert type(seen.result) is expected
    assert seen.requests == []


@pytest.mark.parametrize(("site", "arrived"), [("http-before", 0), ("http-sent", 1), ("http-answered", 1)])
def test_a_request_written_before_the_kill_still_arrives(site: str, arrived: int) -> None:
    seen = exchange(HttpAnswer(body=b"{}", think=1), die_at=site)
    assert len(seen.requests) == arrived
    assert seen.result is None
    assert all(happened == [] for happened in seen.happened)
