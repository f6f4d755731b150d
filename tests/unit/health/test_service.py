"""Health checks over real HTTP, of a real bot whose loop hangs, whose database is locked, whose queue is stuck, whose gateway is gone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import socket
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.adapter import SetupProblem
from bot.gate.gate import AdaptiveGate
from bot.gate.port import WakeAt
from bot.health.metrics import MOST_VALUES, BoundedLabel
from bot.health.service import HealthService
from bot.health.verdict import HealthLimits
from bot.ports import SystemPorts
from tests.world import BAD_KEY, World, bad, world

QUICK = HealthLimits(loop=0.4, write=0.3, due=0.4, late=0.4, link=0.3)


def get(service: HealthService, path: str) -> tuple[int, str]:
    """Status and body of one page; blocks, as a prober in another process would."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{service.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def failing(service: HealthService, path: str = "/healthz") -> list[str]:
    status, body = get(service, path)
    checks: dict[str, Any] = json.loads(body)["checks"]
    found = [name for name, check in checks.items() if not check["ok"]]
    assert status == (503 if found else 200)
    return found


async def turns(service: HealthService, wanted: list[str], path: str = "/healthz", seconds: float = 8.0) -> None:
    found: list[str] = []
    for _ in range(int(seconds / 0.05)):
        if (found := await asyncio.to_thread(failing, service, path)) == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{found} instead of {wanted}")


@contextlib.asynccontextmanager
async def watched(tmp_path: Path) -> AsyncIterator[tuple[World, HealthService]]:
    async with world(tmp_path) as here:
        bot, service = here.bot, HealthService("127.0.0.1", 0, SystemPorts(), QUICK)
        service.observe(bot.ledger, bot.scheduler, bot.services, bot.supervisor, bot.notices, bot.ports)
        service.probe.beat = service.probe.look = service.probe.write = 0.05
        service.probe.settled = 0.2
        bot.supervisor.link("test").set(True)
        service.started()
        try:
            await turns(service, [], "/readyz")
            yield here, service
        finally:
            await asyncio.to_thread(service.close)


async def test_a_hanging_loop_is_bad_while_it_hangs_and_good_afterwards(tmp_path: Path) -> None:
    async with watched(tmp_path) as (_, service):
        seen: list[list[str]] = []

        def look() -> None:
            time.sleep(0.8)
            seen.extend([failing(service, "/livez"), failing(service)])

        prober = threading.Thread(target=look)
        prober.start()
        prober.join()  # the event loop's thread is blocked here
        assert ["loop" in one for one in seen] == [True, True]
        await turns(service, [])


@pytest.mark.sqlite_only
async def test_a_database_that_another_program_keeps_locked_is_bad_until_it_lets_go(tmp_path: Path) -> None:
    async with watched(tmp_path) as (here, service):
        other = sqlite3.connect(here.bot.ledger.where, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await turns(service, ["database"])
        other.execute("ROLLBACK")
        other.close()
        await turns(service, [])


@pytest.mark.sqlite_only
async def test_a_database_that_rejects_writes_is_bad_until_it_takes_them(tmp_path: Path) -> None:
    async with watched(tmp_path) as (here, service):
        writer = here.bot.ledger._writer._owner
        await writer.execute("PRAGMA query_only=ON")
        await turns(service, ["database"])
        await writer.execute("PRAGMA query_only=OFF")
        await turns(service, [])


@pytest.mark.parametrize("held", [WakeAt(math.inf, "empty"), WakeAt(math.inf, "concurrency")])
async def test_a_due_request_that_nothing_works_on_is_bad_until_it_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: WakeAt
) -> None:
    async with watched(tmp_path) as (here, service):
        with monkeypatch.context() as patch:
            patch.setattr(AdaptiveGate, "next", lambda self, now, waiting: held)
            request = await here.imagine()
            await turns(service, ["queue"])
        here.bot.scheduler.wake(request)
        await turns(service, [])
        await here.answer(request)


async def test_a_due_row_that_the_scheduler_never_learned_of_is_bad(tmp_path: Path) -> None:
    async with watched(tmp_path) as (here, service):
        here.bot.wakeups.on("request", lambda request: None)
        await here.imagine()
        await turns(service, ["queue"])


async def test_a_request_that_its_gate_holds_back_for_a_named_time_is_no_trouble(tmp_path: Path) -> None:
    async with watched(tmp_path) as (here, service):
        here.service.hold = asyncio.Event()
        requests = [await here.imagine(f"a red bicycle, number {one}", person=f"member-{one}") for one in range(4)]
        await asyncio.sleep(0.7)  # longer than the limits; every call is in progress or waits for one
        assert await asyncio.to_thread(failing, service) == []
        here.service.hold.set()
        for request in requests:
            await here.answer(request)


async def test_a_lost_connection_is_bad_and_a_short_gap_is_not(tmp_path: Path) -> None:
    async with watched(tmp_path) as (here, service):
        link = here.bot.supervisor.link("test")
        link.set(False)
        assert failing(service) == []
        await turns(service, ["connection test"])
        await turns(service, ["platforms", "connection test"], "/readyz")
        link.set(True)
        await turns(service, [], "/readyz")


async def test_a_stopping_bot_is_healthy_and_not_ready(tmp_path: Path) -> None:
    async with watched(tmp_path) as (_, service):
        service.stopping()
        assert failing(service, "/readyz") == ["accepting"]
        assert failing(service) == []


async def test_before_its_start_a_bot_is_alive_and_not_ready() -> None:
    service = HealthService("127.0.0.1", 0, SystemPorts())
    try:
        assert failing(service) == []
        assert failing(service, "/readyz") == ["started", "platforms"]
        assert get(service, "/nothing")[0] == 404
    finally:
        service.close()


async def test_metrics_count_what_happened_and_name_nobody(tmp_path: Path) -> None:
    async with watched(tmp_path) as (here, service):
        secret = "a lighthouse that nobody may read about"
        await here.answer(await here.imagine(secret, person="ana-the-member"))
        here.service.script.append(bad(BAD_KEY))
        await here.answer(await here.imagine(secret, person="ana-the-member"))
        await metric(service, 'imagine_requests_total{outcome="failed",platform="test"} 1.0')
        page = await metric(service, 'imagine_requests_total{outcome="pictures",platform="test"} 1.0')
        for line in (
            'imagine_exchanges_total{billed="no",kind="auth_invalid_key",model="gpt-image-2",size="1024x1024"} 1.0',
            'imagine_exchanges_total{billed="yes",kind="none",model="gpt-image-2",size="1024x1024"} 1.0',
            'imagine_pictures_total{model="gpt-image-2"} 1.0',
            'imagine_notices_total{kind="auth_invalid_key"} 1.0',
            "imagine_healthy 1.0",
            'imagine_gate_state{service="default",state="open"} 1.0',
            'imagine_connection_up{connection="test"} 1.0',
        ):
            assert line in page, line
        assert "lighthouse" not in page
        assert "ana" not in page


async def metric(service: HealthService, line: str) -> str:
    page = ""
    for _ in range(100):
        if line in (page := (await asyncio.to_thread(get, service, "/metrics"))[1]):
            return page
        await asyncio.sleep(0.05)
    raise AssertionError(f"no {line} in {page}")


def test_labels_from_members_stay_few_and_harmless() -> None:
    label = BoundedLabel()
    values = {label(f"{number}x{number}") for number in range(1000)}
    assert len(values) == MOST_VALUES + 1
    assert {label(None), label("two words"), label('"} evil'), label("x" * 100), label("a\nb")} == {"other"}
    assert label("0x0") == "0x0"


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SetupProblem, match="HEALTH_PORT"):
            HealthService("127.0.0.1", taken.getsockname()[1], SystemPorts())
    with pytest.raises(SetupProblem, match="HEALTH_HOST"):
        HealthService("192.0.2.1", 0, SystemPorts())
