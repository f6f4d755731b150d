"""Whole bots on services that ask to wait while a task runs or a picture is fetched, over real HTTP: obeyed, and said to the member."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.catalogue.load import Catalogue
from bot.domain.requests import Request
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.sandbox.answers import Delays
from bot.sandbox.server import RunningSandbox, start
from tests.contract.provider.test_services import calls
from tests.world import World, world

WAIT = 3.0


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    running = await start(pace=Delays(retry_after=WAIT, slow=4.0))
    yield running
    await running.stop()


@pytest.fixture
async def w(sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[World]:
    store = PictureStore(tmp_path / "pictures")
    provider = HttpProvider(sandbox.base_url, "sk-anything", store, SystemPorts())
    async with world(tmp_path / "data", provider, model=Catalogue.load().resolve("sandbox-1")) as room:
        yield room
    store.close()


async def told(w: World, request: str, words: str) -> Request:
    """Wait until the member reads these words. Returns the row as it is then."""
    await w.until(
        lambda: (view := w.chat.about(f"request:{request}")) is not None and words in " ".join([view.title, *map(str, view.text)])
    )
    return await w.row(request)


async def test_a_poll_that_is_turned_away_waits_as_long_as_the_service_asks(w: World, sandbox: RunningSandbox) -> None:
    request = await w.imagine("a red bicycle sandbox:task@busy*1")
    row = await told(w, request, "asks again in about")
    assert row.due_at - w.bot.ports.now() == pytest.approx(WAIT, abs=1.0)
    assert (await w.answer(request)).pictures
    assert len(await calls(sandbox)) == 1


async def test_nothing_new_is_sent_while_the_account_is_asked_to_wait(w: World, sandbox: RunningSandbox) -> None:
    first = await w.imagine("a red bicycle sandbox:task@busy*1")
    row = await told(w, first, "asks again in about")
    gate = w.bot.services.default.gate
    assert gate.snapshot(w.bot.ports.monotonic()).state == "paused"
    second = await w.imagine("a blue bicycle")
    assert (await w.answer(second)).pictures
    _, other = await calls(sandbox)
    assert "blue" in str(other["prompt"])
    assert float(str(other["at"])) >= row.due_at - 0.1


async def test_a_poll_that_works_again_says_so(w: World) -> None:
    request = await w.imagine("a red bicycle sandbox:task@busy*1")
    await told(w, request, "asks again in about")
    assert (await told(w, request, "show up here")).failure is None


async def test_a_download_that_is_turned_away_waits_as_long_as_its_host_asks(w: World, sandbox: RunningSandbox) -> None:
    request = await w.imagine("a red bicycle sandbox:download_failed@busy*1")
    row = await told(w, request, "tries again in about")
    assert row.due_at - w.bot.ports.now() == pytest.approx(WAIT, abs=1.0)
    assert (await w.answer(request)).pictures
    assert len(await calls(sandbox)) == 1
    assert w.bot.services.default.gate.snapshot(w.bot.ports.monotonic()).state == "open"


async def test_a_request_that_waits_for_a_place_says_so_and_not_that_it_is_tried(w: World) -> None:
    running = await w.imagine("a red bicycle sandbox:slow")
    await w.until(lambda: w.bot.scheduler.is_running(running))
    request = await w.imagine("a blue bicycle sandbox:rate_limited@concurrency*1", "bo")
    await told(w, request, "only draws a few pictures at once")
    assert w.bot.scheduler.is_running(running)
    assert not any("Trying again now" in " ".join(map(str, view.text)) for _, view in w.chat.all)
    assert (await w.answer(request)).pictures
