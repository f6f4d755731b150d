"""A task that was paid for is polled until its service clearly ends it, whatever its answers look like meanwhile."""

import base64
from pathlib import Path
from typing import Any

import pytest

from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome, Pending
from bot.failures.classify import classify
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call
from bot.providers.services.registry import api_for
from tests.unit.providers.wire import Exchange, picture, serving

CALL = Call("a1", "some/model", "a red bicycle", "1024x1024", "medium", 1, 30.0, "")
TASK = Pending("t-1", "/tasks/t-1")
PAGE = (b"<html><title>Maintenance</title></html>", 200, "text/html")


async def after(service: str, folder: Path, body: Any, status: int = 200, kind: str = "application/json", task: Pending = TASK) -> Outcome:
    """What one poll's answer becomes; without a task, the answer to its submission."""

    async def answer(exchange: Exchange) -> None:
        await exchange.answer(*((picture(),) if exchange.path.startswith("/files/") else (body, status)), content_type=kind)

    store = PictureStore(folder)
    async with serving(answer) as server:
        provider = HttpProvider(f"http://127.0.0.1:{server.port}/v1", "a-key", store, SystemPorts(), api=api_for("", service))
        try:
            return await (provider.collect(CALL, task) if task.task_id else provider.call(CALL))
        finally:
            await provider.aclose()
            store.close()


@pytest.mark.parametrize("service", ["bfl", "fal", "replicate"])
@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        PAGE,
        (b"", 200, "application/json"),
        (b"OK", 200, "text/plain"),
        ({"status": "Pending"}, 200, "application/json"),
        ({"status": "IN_PROGRESS", "logs": None}, 200, "application/json"),
        ({"detail": "Request is still in progress"}, 400, "application/json"),
        ({"detail": "oops"}, 500, "application/json"),
    ],
)
async def test_an_answer_that_ends_nothing_leaves_the_task_open(service: str, body: Any, status: int, kind: str, tmp_path: Path) -> None:
    outcome = await after(service, tmp_path, body, status, kind)
    assert outcome.pending is not None
    assert (outcome.pending.task_id, outcome.pending.poll_url) == ("t-1", "/tasks/t-1")


@pytest.mark.parametrize(
    ("service", "body"),
    [
        ("bfl", {"id": "t-1", "status": "pending"}),
        ("bfl", {"id": "t-1", "status": "Warming up", "result": None}),
        ("replicate", {"id": "t-1", "status": "booting", "urls": {"get": "/tasks/t-1"}}),
        ("fal", {"request_id": "t-1", "status": "IN_RETRY", "status_url": "/tasks/t-1", "response_url": "/x"}),
    ],
)
async def test_a_status_that_nobody_knew_is_of_a_running_task(service: str, body: Any, tmp_path: Path) -> None:
    for task in (TASK, Pending("")):
        if task.task_id or service != "bfl":  # whose answer to a submission has no status
            outcome = await after(service, tmp_path, body, task=task)
            assert outcome.pending is not None
            assert (outcome.pending.task_id, outcome.pending.poll_url) == ("t-1", "/tasks/t-1")


async def test_a_task_of_black_forest_labs_without_its_address_is_found_by_its_id(tmp_path: Path) -> None:
    outcome = await after("bfl", tmp_path, {"id": "t 1/ä"}, task=Pending(""))
    assert outcome.pending is None  # no id of theirs
    outcome = await after("bfl", tmp_path, {"id": "t-1:x"}, task=Pending(""))
    assert outcome.pending is not None
    assert outcome.pending.poll_url == "get_result?id=t-1%3Ax"


@pytest.mark.parametrize(
    ("service", "body", "status", "kind"),
    [
        ("replicate", {"detail": "Not found"}, 404, Kind.TASK_LOST),
        ("fal", {"detail": "Path /x not found"}, 404, Kind.TASK_LOST),
        ("bfl", {"id": "t-1", "status": "Task not found", "result": None}, 200, Kind.TASK_LOST),
        ("bfl", {"id": "t-1", "status": "Request Moderated", "result": None}, 200, Kind.SAFETY_PROMPT),
        ("replicate", {"id": "t-1", "status": "failed", "error": "NSFW content detected"}, 200, Kind.SAFETY_OUTPUT),
    ],
)
async def test_a_clear_end_ends_it(service: str, body: Any, status: int, kind: Kind, tmp_path: Path) -> None:
    outcome = await after(service, tmp_path, body, status)
    assert outcome.pending is None
    assert outcome.shortfall is not None
    assert classify(outcome.shortfall).kind is kind
    assert outcome.billed is Billed.UNKNOWN


@pytest.mark.parametrize("service", ["bfl", "fal", "replicate"])
async def test_an_address_that_gets_no_key_is_named_at_the_first_poll(service: str, tmp_path: Path) -> None:
    outcome = await after(service, tmp_path, {}, task=Pending("t-1", "https://tasks.example.net/t-1"))
    assert outcome.pending is None
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert (failure.kind, failure.facts["address"]) == (Kind.NOT_TAKEN, "tasks.example.net:443")


@pytest.mark.parametrize(
    "answer",
    [
        lambda: [{"candidates": [{"content": {"parts": [{"text": "here"}]}}]}, {"candidates": [{"content": {"parts": [inline()]}}]}],
        lambda: {"candidates": [{"content": {"parts": [{"fileData": {"mimeType": "image/png", "fileUri": "/files/a.png"}}]}}]},
    ],
)
async def test_gemini_as_proxies_and_file_stores_answer(answer: Any, tmp_path: Path) -> None:
    assert len((await after("gemini", tmp_path, answer(), task=Pending(""))).pictures) == 1


def inline() -> dict[str, Any]:
    return {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(picture()).decode()}}
