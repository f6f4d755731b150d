"""What failoverbench asks of gateways, asked of us: sixteen faults of a first service, a second one standing by, and who was asked what.

The scenarios are failoverbench's (github.com/failoverbench/failoverbench, MIT, catalogue 0.1 of 2026-09), told for pictures: a token is an
unfinished picture, an answer a finished one. Its client waits for seconds and ours for minutes, so its bounds on the time of an answer
don't apply; its bounds on conduct do. Two more are ours: blocks during an outage, and attached pictures. `python -m bench failover`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from bench.provider.server import PNG
from bench.provider.warp import WarpLoop, install

ROOT = Path(__file__).resolve().parents[2]
Job = dict[str, Any]
HTTP_503 = (503, {"error": {"message": "The server is overloaded or not ready yet.", "type": "server_error", "code": None, "param": None}})
RATE = (429, {"error": {"message": "Too Many Requests", "type": "requests", "code": "rate_limit_exceeded", "param": None}})
BLOCKED = "Your request was rejected as a result of our safety system."
BLOCKS: tuple[tuple[int, object], ...] = (
    (400, {"error": {"message": BLOCKED, "type": "image_generation_user_error", "code": "moderation_blocked", "param": None}}),
    (400, {"error": {"message": BLOCKED, "type": "invalid_request_error", "code": "content_policy_violation", "param": None}}),
    (200, {"data": [{"url": "", "respect_moderation": False}]}),
    (500, {"error": {"message": f"upstream error: 400 {BLOCKED}", "type": "upstream_error", "code": "moderation_blocked"}}),
    (403, {"error": {"code": 403, "message": "Your input was flagged", "metadata": {"reasons": ["sexual"], "flagged_input": "…"}}}),
    (200, {"data": [], "text": "I can't create this image because it violates our content policy."}),
)
"""A refusal as services and the gateways before them word it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What the first service does with the n-th request (from 1) at a time of the scenario; None: it draws."""

    status: int = 503
    body: object = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    wire: str = ""
    """Instead of an answer: `reset`, `silent`, `slow`, or a stream that is `cut`, `stalled`, `garbled` or without its `end`."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fault of the catalogue."""

    id: str
    title: str
    fault: Callable[[int, float, str], Fault | None]
    """(number of the request, time, job) -> what happens."""
    jobs: Sequence[Job]
    checks: Callable[[Found], dict[str, bool]]
    """Conduct: what must hold."""
    rescued: bool | None = True
    """Whether every job should get its picture; None if a clean answer is as good."""
    second: Callable[[dict[str, Any]], Fault | None] = lambda body: None
    partials: int = 0


@dataclass(slots=True)
class Found:
    """What the two services saw, and what the members got."""

    first: list[tuple[float, str]] = field(default_factory=list)
    """(time, job)"""
    second: list[tuple[float, str]] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    """Prompts that the first service refused for what they say."""
    walked: list[str] = field(default_factory=list)
    """Of these, those that reached the second one."""
    pictures: dict[str, int] = field(default_factory=dict)
    """Job -> attached pictures that reached the second one."""
    answers: list[dict[str, Any]] = field(default_factory=list)

    def within(self, seconds: float) -> int:
        """Requests of the first seconds."""
        return sum(at <= self.first[0][0] + seconds for at, _ in self.first) if self.first else 0

    def gap(self) -> float:
        """Seconds between the first two."""
        return self.first[1][0] - self.first[0][0] if len(self.first) > 1 else float("inf")


def _one(**more: Any) -> list[Job]:
    return [_job(0, 0.0, **more)]


def _job(number: int, at: float, prompt: str = "", user: str = "ana", **more: Any) -> Job:
    words = prompt or f"a lighthouse at dusk, view {number}"
    shown = {"id": f"j{number:02d}", "user": user, "size": "1024x1024", "submit_at": at, "deadline_s": 840, **more}
    return {**shown, "prompt": words if prompt else f"[job:j{number:02d}] {words}"}


def _once(fault: Fault) -> Callable[[int, float, str], Fault | None]:
    return lambda number, t, job: fault if number == 1 else None


def _always(fault: Fault) -> Callable[[int, float, str], Fault | None]:
    return lambda number, t, job: fault


def _until(end: float, fault: Fault) -> Callable[[int, float, str], Fault | None]:
    return lambda number, t, job: fault if t < end else None


def _bounded(most: int) -> Callable[[Found], dict[str, bool]]:
    return lambda found: {f"at most {most} requests to the first": len(found.first) <= most}


def _stays(found: Found) -> dict[str, bool]:
    return {"what may be billed stays with its service": not found.second}


def _alone(found: Found) -> dict[str, bool]:
    return {"asked once": len(found.first) == 1, "nothing at the second": not found.second}


def _flap(found: Found) -> dict[str, bool]:
    down = [at for at, _ in found.first if at < 60.0]
    back = [at for at, _ in found.first if at >= 60.0]
    return {"at most 10 requests into 60 s of outage": len(down) <= 10, "back within 40 s": bool(back) and back[0] <= 100.0}


def _nothing_walks(found: Found) -> dict[str, bool]:
    asked = len(BLOCKS)
    repeats = [one for one in found.answers if int(one["id"][1:]) >= asked and int(one["id"][1:]) < 2 * asked]
    return {
        "every block was seen": len(found.blocked) == asked,
        "no blocked prompt at the second": not found.walked,
        "none of them was drawn for anybody": not any(one["ok"] for one in repeats),
        "others were drawn by the second": bool(found.second),
    }


def _pictures_move(found: Found) -> dict[str, bool]:
    return {"two pictures each reached the second": found.pictures == {"j00": 2, "j01": 2}, "three waited": "j02" not in found.pictures}


def _drew(found: Found) -> dict[str, bool]:
    return {"drawn by the second": len(found.second) >= 1, **_bounded(6)(found)}


TOO_LONG = {
    "error": {
        "message": "Invalid 'prompt': string too long.",
        "code": "string_above_max_length",
        "param": "prompt",
        "type": "invalid_request_error",
    }
}
NO_STREAM = {
    "error": {"message": "Unknown parameter: 'stream'.", "code": "unknown_parameter", "param": "stream", "type": "invalid_request_error"}
}
DOWN = Fault(*HTTP_503)
SCENARIOS: tuple[Scenario, ...] = (
    Scenario("S01", "429 with Retry-After: 2, once", _once(Fault(*RATE, (("retry-after", "2"),))), _one(),
             lambda found: {"waited for it": found.gap() >= 1.8, "no tight loop": found.within(1.5) <= 2}),
    Scenario("S02", "429 without a hint, persistent", _always(Fault(*RATE)), _one(),
             lambda found: {"no hammering": found.within(3) <= 4, "at most 10 free answers": len(found.first) <= 10}, rescued=None),
    Scenario("S03", "500 once", _once(Fault(500, HTTP_503[1])), _one(),
             lambda found: {"the same service again": len(found.first) == 2, **_stays(found)}),
    Scenario("S04", "503 persistent", _always(DOWN), _one(), _drew),
    Scenario("S05", "reset before the headers, once", _once(Fault(wire="reset")), _one(), _bounded(2)),
    Scenario("S06", "no answer at all, once", _once(Fault(wire="silent")), _one(), _stays, rescued=None),
    Scenario("S07", "slow: 90 s", _always(Fault(wire="slow")), _one(), _alone),
    Scenario("S08", "stream cut after an unfinished picture", _always(Fault(wire="cut")), _one(), _stays, rescued=None, partials=2),
    Scenario("S09", "stream stalls", _once(Fault(wire="stalled")), [_job(0, 0.0), _job(1, 30.0)], _stays, rescued=None, partials=2),
    Scenario("S10", "a garbled event in the stream", _always(Fault(wire="garbled")), _one(), _alone, partials=2),
    Scenario("S11", "a stream without its end", _always(Fault(wire="endless")), _one(), _alone, partials=2),
    Scenario("S12", "prompt too long", _always(Fault(400, TOO_LONG)), _one(), _alone, rescued=False),
    Scenario("S13", "refused for its content", _always(Fault(*BLOCKS[1])), _one(), _alone, rescued=False),
    Scenario("S14", "the second can't do what the first could", _always(DOWN), _one(), _drew, partials=2,
             second=lambda body: Fault(400, NO_STREAM) if body.get("stream") else None),
    Scenario("S15", "down for 60 s, then healthy", _until(60.0, DOWN), [_job(n, 4.0 * n) for n in range(20)], _flap),
    Scenario("S16", "503 persistent: who drew it is said", _always(DOWN), _one(),
             lambda found: {"the second is named": all(one.get("drawn_by") == "fallback" for one in found.answers), **_bounded(6)(found)}),
    Scenario("B1", "six wordings of a block, then an outage, then the same prompts from others",
             lambda number, t, job: DOWN if t >= 60.0 else Fault(*BLOCKS[int(job[1:]) % len(BLOCKS)]) if job in _BLOCKED else None,
             [*(_job(n, 5.0 * n, f"[job:j{n:02d}] a poster of the harbour, sheet {n}", f"ana{n}") for n in range(len(BLOCKS))),
              *(_job(len(BLOCKS) + n, 130.0 + n, f"[job:j{n:02d}] a poster of the harbour, sheet {n}", "ben") for n in range(len(BLOCKS))),
              *(_job(20 + n, 70.0 + 6 * n, user=f"user{n}") for n in range(12))], _nothing_walks, rescued=None),
    Scenario("B2", "attached pictures in an outage of 200 s", _until(200.0, DOWN),
             [_job(n, 2.0 * n, pictures=3 if n == 2 else 2) for n in range(3)], _pictures_move),
)  # fmt: skip
_BLOCKED = {f"j{n:02d}" for n in range(len(BLOCKS))}


class Services:
    """Both services on one port."""

    def __init__(self, scenario: Scenario, now: Callable[[], float]) -> None:
        self.scenario, self.now, self.began, self.found = scenario, now, 0.0, Found()

    async def start(self) -> str:
        """The address of both, without `/first/v1` or `/second/v1`."""
        app = web.Application(client_max_size=1 << 26)
        for name, answer in (("first", self.first), ("second", self.second)):
            for path in ("generations", "edits"):
                app.router.add_post(f"/{name}/v1/images/{path}", answer)
        runner = web.AppRunner(app, handler_cancellation=True, keepalive_timeout=36000, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        self.began = self.now()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def first(self, request: web.Request) -> web.StreamResponse:
        """The one that fails."""
        body, job, _ = await _read(request)
        t = self.now() - self.began
        self.found.first.append((t, job))
        fault = self.scenario.fault(len(self.found.first), t, job)
        if fault in [Fault(*one) for one in BLOCKS]:
            self.found.blocked.add(str(body.get("prompt")))
        await asyncio.sleep(0.1)
        return await self._answer(request, body, fault)

    async def second(self, request: web.Request) -> web.StreamResponse:
        """The one that stands by."""
        body, job, pictures = await _read(request)
        self.found.second.append((self.now() - self.began, job))
        if str(body.get("prompt")) in self.found.blocked:
            self.found.walked.append(job)
        fault = self.scenario.second(body)
        if fault is None and pictures:
            self.found.pictures[job] = pictures
        await asyncio.sleep(0.1)
        return await self._answer(request, body, fault)

    async def _answer(self, request: web.Request, body: dict[str, Any], fault: Fault | None) -> web.StreamResponse:
        if fault is not None and not fault.wire:
            return web.json_response(fault.body, status=fault.status, headers=dict(fault.headers))
        wire = "" if fault is None else fault.wire
        if wire == "reset" and request.transport is not None:
            request.transport.abort()  # type: ignore[attr-defined]
        if wire in ("silent", "slow"):
            await asyncio.sleep(3600.0 if wire == "silent" else 90.0)
        await asyncio.sleep(8.0)
        if body.get("stream"):
            return await _stream(request, wire)
        return web.json_response({"created": 1, "data": [{"b64_json": PNG}], "usage": {"total_tokens": 1}})


async def _read(request: web.Request) -> tuple[dict[str, Any], str, int]:
    """The fields, the job, and the number of attached pictures."""
    if request.content_type == "application/json":
        body: dict[str, Any] = await request.json()
        pictures = len(body.get("images") or ())
    else:
        form = await request.post()
        body = {name: value for name, value in form.items() if isinstance(value, str)}
        pictures = sum(isinstance(value, web.FileField) for value in form.values())
    found = re.search(r"\[job:(\S+?)\]", str(body.get("prompt", "")))
    return body, found[1] if found else "?", pictures


async def _stream(request: web.Request, wire: str) -> web.StreamResponse:
    """An event stream with an unfinished picture, and what follows."""
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)

    async def say(kind: str, **more: object) -> None:
        event = {"type": f"image_generation.{kind}", "b64_json": PNG, **more}
        await response.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())

    await say("partial_image", partial_image_index=0)
    if wire == "cut" and request.transport is not None:
        await asyncio.sleep(0.5)
        request.transport.abort()  # type: ignore[attr-defined]
        return response
    if wire == "stalled":
        await asyncio.sleep(3600.0)
    if wire == "garbled":
        await response.write(b'data: {"type": "image_generation.partial_image", "b64_js\n\n')
    await say("completed", usage={"total_tokens": 1})
    if wire != "endless":
        await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
    return response


def main() -> int:
    """Play each scenario in a process of its own, and judge."""
    parser = argparse.ArgumentParser(prog="python -m bench failover")
    parser.add_argument("--only", default="", help="scenarios, such as S13,B1")
    parser.add_argument("--play", metavar="SCENARIO", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.play:
        return _play(next(one for one in SCENARIOS if one.id == wanted.play))
    chosen = [one for one in SCENARIOS if not wanted.only or one.id in wanted.only.split(",")]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(_run, chosen))
    missed = 0
    for scenario, result in zip(chosen, found, strict=True):
        verdict, wrong = judge(scenario, result)
        missed += verdict == "FAIL"
        good = sum(one["ok"] for one in result.answers)
        asked = f"{len(result.first):3} / {len(result.second):2} asked, {good:2} of {len(scenario.jobs):2} drawn"
        print(f"{scenario.id:4} {verdict:5} {asked}  {scenario.title}{': ' + ', '.join(wrong) if wrong else ''}", flush=True)
    walked = sum(len(one.walked) for one in found)
    print(f"blocked prompts at the second service: {walked}; scenarios failed: {missed} of {len(chosen)}")
    return 1 if missed or walked else 0


def judge(scenario: Scenario, found: Found) -> tuple[str, list[str]]:
    """`pass` (drawn as it should be, and every check holds), `safe` (a clean answer instead) or FAIL, with the checks missed."""
    wrong = [name for name, holds in scenario.checks(found).items() if not holds]
    if len(found.answers) != len(scenario.jobs):
        wrong.append("not every member got an answer")
    drawn = all(one["ok"] for one in found.answers)
    if scenario.rescued is not None and drawn is not scenario.rescued:
        wrong.append("not drawn" if scenario.rescued else "drawn")
    if found.walked:
        wrong.append("a blocked prompt at the second service")
    return ("FAIL" if wrong else "pass" if drawn or scenario.rescued is False or scenario.id == "B1" else "safe"), wrong


def _run(scenario: Scenario) -> Found:
    command = [sys.executable, "-m", "bench.provider.failover", "--play", scenario.id]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    line = next((one for one in done.stdout.splitlines() if one.startswith("RESULT ")), None)
    if line is None:
        raise RuntimeError(f"{scenario.id} gave no result: {done.stderr[-2000:]}")
    values = json.loads(line.removeprefix("RESULT "))
    return Found(**{**values, "blocked": set(values["blocked"])})


def _play(scenario: Scenario) -> int:
    logging.disable(logging.CRITICAL)
    loop = WarpLoop("virtual")
    asyncio.set_event_loop(loop)
    install(loop)
    random.seed(scenario.id)
    found = loop.run_until_complete(play(scenario, loop.time))
    print("RESULT " + json.dumps({**asdict(found), "blocked": sorted(found.blocked)}), flush=True)
    os._exit(0)


async def play(scenario: Scenario, now: Callable[[], float]) -> Found:
    """The scenario through the whole core."""
    from bench import core_driver

    services = Services(scenario, now)
    root = await services.start()
    run: Callable[..., Awaitable[list[dict[str, Any]]]] = core_driver.run
    services.found.answers = await run(f"{root}/first/v1", scenario.jobs, f"{root}/second/v1", partials=scenario.partials)
    return services.found


if __name__ == "__main__":
    raise SystemExit(main())
