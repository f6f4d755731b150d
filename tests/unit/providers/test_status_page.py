"""The provider's status page: what is quoted of it, how often it's looked at, and that nothing it does can raise."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from bot.ports import SystemPorts
from bot.providers.status_page import KEPT, StatusPage, incident, page_of
from tests.local_server import served


def entry(name: str, status: str = "investigating", at: str = "2026-11-29T08:12:00Z", **more: Any) -> dict[str, Any]:
    return {"name": name, "status": status, "created_at": at, **more}


@pytest.mark.parametrize(
    ("listed", "named"),
    [
        ([], None),
        ([entry("Old trouble", "resolved"), entry("Older", "postmortem")], None),
        (
            [entry("Login trouble"), entry("Elevated errors", components=[{"name": "Image generation"}]), entry("API latency")],
            "Elevated errors",
        ),
        ([entry("Login trouble", at="2026-11-29T09:00:00Z"), entry("API latency")], "API latency"),
        ([entry("A", at="2026-11-28T08:00:00Z"), entry("B")], "B"),
        ([entry("No time", at="soon"), "nonsense", None], None),
    ],
)
def test_the_incident_about_pictures_comes_first_then_the_api_then_the_latest(listed: Any, named: str | None) -> None:
    found = incident({"incidents": listed}, "status.example")
    assert (None if found is None else found.name) == named


@pytest.mark.parametrize("value", [None, [], "text", {"incidents": 7}, {"incidents": {"a": 1}}])
def test_anything_else_is_no_incident(value: Any) -> None:
    assert incident(value, "status.example") is None


def test_a_title_is_one_bounded_line_and_its_time_is_utc() -> None:
    found = incident({"incidents": [entry("Two\nlines\x1b[2J" + "x" * 500)]}, "status.example")
    assert found is not None
    assert found.name.isprintable()
    assert len(found.name) <= 120
    assert datetime.fromtimestamp(found.since, UTC).isoformat() == "2026-11-29T08:12:00+00:00"


def test_the_page_is_known_set_or_off() -> None:
    assert page_of("auto", "https://api.openai.com/v1") == "https://status.openai.com"
    assert page_of("auto", "https://gateway.example/v1") is None
    assert page_of("off", "https://api.openai.com/v1") is None
    assert page_of("https://status.example/api/v2", "https://gateway.example/v1") == "https://status.example"


class Clock(SystemPorts):
    later = 0.0

    def monotonic(self) -> float:
        return 1000.0 + self.later


@pytest.mark.parametrize("how", ["incident", "list", "html", "500", "gone", "long"])
async def test_it_is_looked_at_once_in_two_minutes_and_never_raises(how: str) -> None:
    asked: list[str] = []

    async def page(request: web.Request) -> web.Response:
        asked.append(request.path)
        summary = request.path.endswith("summary.json")
        if how == "500":
            return web.Response(status=500)
        if how in ("html", "long"):
            return web.Response(text="<html>" * (1 if how == "html" else 500_000))
        listed = [] if how == "list" and summary else [entry("Elevated errors")]
        return web.Response(text=json.dumps({"incidents": listed}))

    clock = Clock()
    async with served(page) as address:
        watched = StatusPage("http://127.0.0.1:9" if how == "gone" else address, clock)
        found = await watched.look()
        assert (found is not None) is (how in ("incident", "list"))
        assert watched.reached is (how not in ("html", "gone", "long"))
        count = len(asked)
        await watched.look()
        assert len(asked) == count
        clock.later = KEPT
        assert watched.is_stale
        await watched.look()
        assert len(asked) == 2 * count


async def test_a_page_that_is_off_is_never_looked_at() -> None:
    watched = StatusPage(None, SystemPorts())
    assert not watched.is_stale
    assert await watched.look() is None
