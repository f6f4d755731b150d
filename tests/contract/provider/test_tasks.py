"""Whole bots on services that answer with a task, over real HTTP: ordered once, shown as it goes, booked exactly, stopped when unwanted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName
from bot.domain.outcome import Outcome, Pending
from bot.ledger import attempt_rows, request_rows
from bot.ledger.tables import attempts, spend
from bot.ports import SystemPorts
from bot.providers import http_provider
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call, OnPartial
from bot.providers.services.registry import api_for
from bot.requests.sweep import sweep
from bot.sandbox.server import RunningSandbox
from tests.contract.provider.test_services import MODELS, TASKS, calls
from tests.world import World, world

ENDLESS = "a cat sandbox:task_running_timeout"


class Watched(HttpProvider):
    """The real provider; notes what the service said when it was asked to stop a task."""

    def __init__(self, service: str, sandbox: RunningSandbox, folder: Path) -> None:
        self.store = PictureStore(folder)
        super().__init__(sandbox.base_url_of(service), "a-key", self.store, SystemPorts(), api=api_for("", service))
        self.stopped: list[bool] = []
        self.calls: list[object] = []
        self.pause = 0.5

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        return self.soon(await super().call(call, on_partial))

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        return self.soon(await super().collect(call, pending))

    def soon(self, outcome: Outcome) -> Outcome:
        """The same, asked about again sooner: the tests' time is dear."""
        return outcome if outcome.pending is None else replace(outcome, pending=replace(outcome.pending, poll_after=self.pause))

    async def cancel(self, pending: Pending) -> bool:
        self.stopped.append(await super().cancel(pending))
        return self.stopped[-1]

    async def aclose(self) -> None:
        await super().aclose()
        self.store.close()


@pytest.fixture(params=TASKS)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def a_world(service: str, sandbox: RunningSandbox, tmp_path: Path) -> tuple[Watched, dict[str, object]]:
    provider = Watched(service, sandbox, tmp_path / "pictures")
    return provider, {"data_dir": tmp_path / "data", "service": provider, "model": Catalogue.load().resolve(MODELS[service])}


async def polled(w: World, request: str) -> None:
    """Wait until the service has said something about the running task."""
    await w.until(lambda: w.bot.scheduler.task(request) is not None and "image service" in w.chat.about(f"request:{request}").title)  # type: ignore[union-attr]


async def test_the_member_sees_how_far_it_is_and_gets_it_once(service: str, sandbox: RunningSandbox, tmp_path: Path) -> None:
    provider, parts = a_world(service, sandbox, tmp_path)
    async with world(**parts) as w:  # type: ignore[arg-type]
        provider.pause = 1.5 if service == "fal" else 0.5  # fal tells the place in its line only when it takes the task
        request = await w.imagine("a red bicycle")
        assert (await w.answer(request)).pictures
        shown = [view.title for _, view in w.chat.all]
        assert any("%" in title or ("line" in title and "image service" in title) for title in shown), shown
        assert len(await calls(sandbox)) == 1
        assert provider.stopped == []
        if service == "bfl":  # four credits, told when the task began and never again
            costs = await w.bot.ledger.read(lambda c: c.execute(select(attempts.c.cost)).scalars().all())
            assert costs == [40_000]
            spent = await w.bot.ledger.read(lambda c: c.execute(select(spend.c.spent)).scalars().all())
            assert set(spent) == {40_000}


async def test_cancelling_stops_the_task_at_the_service(service: str, sandbox: RunningSandbox, tmp_path: Path) -> None:
    provider, parts = a_world(service, sandbox, tmp_path)
    async with world(**parts) as w:  # type: ignore[arg-type]
        request = await w.imagine(ENDLESS)
        await polled(w, request)
        await w.press(ActionName.CANCEL, request)
        assert (await w.answer(request)).title == "Cancelled"
        await w.until(lambda: provider.stopped)
        assert provider.stopped == [service != "bfl"]
        assert not await w.bot.ledger.read(attempt_rows.open_attempts)
        assert len(await calls(sandbox)) == 1


async def test_cancelling_while_the_task_is_being_taken_stops_it_too(service: str, sandbox: RunningSandbox, tmp_path: Path) -> None:
    provider, parts = a_world(service, sandbox, tmp_path)
    async with world(**parts) as w:  # type: ignore[arg-type]
        real = provider._client.send

        async def slow(*args: object, **more: object) -> object:
            answer = await real(*args, **more)  # type: ignore[arg-type]
            request = (await w.requests())[0]
            if not provider.calls:
                provider.calls.append(request.id)
                await w.press(ActionName.CANCEL, request.id)
            return answer

        provider._client.send = slow  # type: ignore[method-assign,assignment]
        request = await w.imagine(ENDLESS)
        assert (await w.answer(request)).title == "Cancelled"
        await w.until(lambda: provider.stopped)
        assert len(await calls(sandbox)) == 1


async def test_time_that_runs_out_is_told_as_such_and_the_task_is_stopped(service: str, sandbox: RunningSandbox, tmp_path: Path) -> None:
    provider, parts = a_world(service, sandbox, tmp_path)
    async with world(**parts) as w:  # type: ignore[arg-type]
        request = await w.imagine(ENDLESS)
        await polled(w, request)
        await w.bot.ledger.write(lambda tx: request_rows.mark(tx, request, deadline_at=tx.now))
        await w.bot.ledger.write(lambda tx: sweep(tx, w.bot.scheduler.is_running))
        view = await w.answer(request)
        assert "wasn't ready in time" in view.text[0]
        row = await w.row(request)
        assert row.failure is not None
        assert row.failure.kind == "task_running_timeout"
        await w.until(lambda: provider.stopped)
        assert len(await calls(sandbox)) == 1


async def test_a_restart_goes_on_with_the_same_task(service: str, sandbox: RunningSandbox, tmp_path: Path) -> None:
    _, parts = a_world(service, sandbox, tmp_path)
    async with world(**parts) as w:  # type: ignore[arg-type]
        request = await w.imagine("a red bicycle sandbox:slow")
        await polled(w, request)
    _, parts = a_world(service, sandbox, tmp_path)
    async with world(**parts) as w:  # type: ignore[arg-type]
        await w.until(lambda: (view := w.chat.about(f"request:{request}")) is not None and view.final)
        assert (await w.row(request)).answer == "pictures"
        assert len(await calls(sandbox)) == 1


async def test_a_submission_that_is_cancelled_without_an_answer_ends(
    sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_provider, "SUBMIT_GRACE", 0.05)
    _, parts = a_world("fal", sandbox, tmp_path)
    async with world(**parts) as w:  # type: ignore[arg-type]
        request = await w.imagine("a cat sandbox:hang")
        await w.until(lambda: w.bot.scheduler.is_running(request))
        await w.press(ActionName.CANCEL, request)
        await w.until(lambda: not w.bot.scheduler.is_running(request))
        assert (await w.answer(request)).title == "Cancelled"
