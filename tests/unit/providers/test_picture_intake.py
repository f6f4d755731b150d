"""What was paid for is not lost by this machine's own troubles."""

import asyncio
import errno
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.domain.kinds import Action
from bot.domain.outcome import Billed, Pending, Picture
from bot.failures.classify import classify
from bot.ports import SystemPorts
from bot.providers import picture_intake
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from tests.unit.providers.wire import Exchange, a_call, always, b64, provider, serving


class FullDisk(PictureStore):
    """Takes no file the first few times."""

    def __init__(self, folder: Path, failures: int) -> None:
        super().__init__(folder)
        self.failures = failures

    async def add_base64(self, pieces: Sequence[bytes], revised_prompt: str | None = None) -> Picture:
        if self.failures:
            self.failures -= 1
            raise OSError(errno.ENOSPC, "No space left on device")
        return await super().add_base64(pieces, revised_prompt)


async def with_full_disk(folder: Path, failures: int, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setattr(picture_intake, "DISK_WAITS", (0.0, 0.0))
    store = FullDisk(folder, failures)
    async with serving(always({"data": [{"b64_json": b64()}]})) as server:
        made = HttpProvider(server.base_url, "k", store, SystemPorts())
        outcome = await made.call(a_call())
        await made.aclose()
    store.close()
    return outcome


async def test_a_full_disk_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = await with_full_disk(tmp_path, 2, monkeypatch)
    assert len(outcome.pictures) == 1
    assert outcome.shortfall is None


async def test_a_disk_that_stays_full_does_not_make_the_picture_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = await with_full_disk(tmp_path, 99, monkeypatch)
    assert outcome.pictures == ()
    assert classify(outcome.shortfall).action is Action.NONE
    assert outcome.billed is Billed.YES


async def test_what_came_in_time_is_kept_however_long_it_takes_to_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add = PictureStore.add_base64

    async def slowly(self: PictureStore, pieces: Sequence[bytes], revised_prompt: str | None = None) -> Picture:
        await asyncio.sleep(0.4)
        return await add(self, pieces, revised_prompt)

    monkeypatch.setattr(PictureStore, "add_base64", slowly)
    async with serving(always({"data": [{"b64_json": b64()}]})) as server, provider(server.base_url, tmp_path) as made:
        outcome = await made.call(a_call(timeout=0.35))
    assert len(outcome.pictures) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_poll_that_fails_says_nothing_about_the_task(tmp_path: Path, status: int) -> None:
    async with serving(always({"error": {"message": "busy"}}, status)) as server, provider(server.base_url, tmp_path) as made:
        outcome = await made.collect(a_call(), Pending("t1", "/v1/images/tasks/t1"))
    assert outcome.pending is not None
    assert (outcome.pending.task_id, outcome.pending.poll_url) == ("t1", "/v1/images/tasks/t1")
    assert outcome.billed is Billed.UNKNOWN


async def test_a_poll_that_meets_no_server_is_made_again_later(tmp_path: Path) -> None:
    async with provider("http://127.0.0.1:1/v1", tmp_path) as made:
        outcome = await made.collect(a_call(), Pending("t1"))
    assert outcome.pending is not None
    assert outcome.pending.task_id == "t1"


async def test_a_task_without_an_address_is_polled_at_the_usual_one(tmp_path: Path) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.answer({"status": "completed", "result": {"data": [{"b64_json": b64()}]}})

    async with serving(handler) as server, provider(server.base_url, tmp_path) as made:
        outcome = await made.collect(a_call(), Pending("t1"))
    assert server.seen[0].path == "/v1/images/tasks/t1"
    assert len(outcome.pictures) == 1
