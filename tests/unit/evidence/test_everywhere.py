"""Planted secrets come from settings, prompts, headers, bodies and exceptions; none comes out in a log, metric, notice, report or page."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.chat.views import Audience
from bot.domain.outcome import Billed, Outcome
from bot.health.service import HealthService
from bot.ports import SystemPorts
from bot.reports import proposals
from bot.reports.failures import failure_report
from bot.settings import load
from tests.captured_log import captured_log
from tests.unit.evidence.test_bundle import BROKEN, ECHO, MINE, OTHERS, SECRETS, VARIABLES
from tests.world import world


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log(load(VARIABLES).secrets()) as stream:
        yield stream


async def test_no_planted_secret_comes_out_anywhere(tmp_path: Path, log: io.StringIO) -> None:
    assert len(SECRETS) >= 20
    async with world(tmp_path, max_attempts=1) as here:
        service = HealthService("127.0.0.1", 0, SystemPorts())
        service.observe(here.bot.ledger, here.bot.scheduler, here.bot.services, here.bot.supervisor, here.bot.notices, here.bot.ports)
        service.started()
        for evidence in (ECHO, BROKEN):
            here.service.script.append(Outcome(shortfall=evidence, billed=Billed.UNKNOWN, status=evidence.status))
            await here.answer(await here.imagine(f"{MINE} {len(here.service.calls)}", person=SECRETS["member's id"]))
        await here.answer(await here.imagine(OTHERS, person="dana"))
        try:
            raise ConnectionError("; ".join(SECRETS.values()))
        except ConnectionError:
            here.bot.supervisor.watch("test:link").failed(sys.exc_info()[1] or "")
            structlog.get_logger().warning("library_said", detail=f"{SECRETS['image key']} at {VARIABLES['OUTGOING_PROXY']}")
        await here.until(lambda: here.chat.about("notice:trouble:test:link") is not None)
        numbers = await here.bot.core.dashboard(86_400)
        report = await here.bot.ledger.read(lambda c: failure_report(c, 0.0, "salt"))
        metrics = service.metrics.page().decode()
        service.close()
        operators = [str(here.chat.now[key]) for key, one in here.chat.messages.items() if one.audience is Audience.OPERATORS]
    assert operators
    assert "library_said" in log.getvalue()
    places = {
        "log": log.getvalue(),
        "metrics": metrics,
        "notices": "\n".join(operators),
        "dashboard": str(numbers),
        "report": json.dumps(report.as_json()),
        "proposals": proposals.page(report, 30),
    }
    for place, shown in places.items():
        for what, secret in SECRETS.items():
            if (place, what) != ("log", "proxy host"):  # in the operator's own log, a host's name is no secret; its password is
                assert secret.lower() not in shown.lower(), (place, what)
