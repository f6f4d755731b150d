"""The first look at the image service beside the start: a refused key, a working one, and what says neither."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.greeting import greet
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from tests.local_server import served
from tests.world import BAD_KEY, Service, bad, world

KEY = "sk-canary-42424242"


@dataclasses.dataclass
class Api:
    address: str = ""
    status: int = 200
    body: str = '{"data": [{"id": "gpt-image-2"}]}'
    kind: str = "application/json"
    public: bool = True
    """Answers without a key too."""
    asked: list[tuple[str, str]] = dataclasses.field(default_factory=list)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    made = Api()

    async def answer(request: web.Request) -> web.Response:
        made.asked.append((f"{request.method} {request.path_qs}", request.headers.get("authorization", "")))
        if not made.public and "authorization" not in request.headers:
            return web.Response(status=401, text='{"error": {"message": "You didn\'t provide an API key."}}')
        return web.Response(status=made.status, text=made.body, content_type=made.kind)

    async with served(answer) as address:
        made.address = f"{address}/v1"
        yield made


async def looked(w: object, address: str, folder: Path) -> list[dict[str, object]]:
    store = PictureStore(folder)
    provider = HttpProvider(address, KEY, store, SystemPorts())
    try:
        with capture_logs() as logs:
            await greet(provider.list_models, w.bot.ledger, w.bot.notices)  # type: ignore[attr-defined]
    finally:
        await provider.aclose()
        store.close()
    assert KEY not in repr(logs)
    return [dict(one) for one in logs]


async def test_a_refused_key_is_a_log_line_and_a_notice_and_a_working_one_ends_it(tmp_path: Path, api: Api) -> None:
    api.status, api.body = 401, f'{{"error": {{"code": "invalid_api_key", "message": "Incorrect API key provided: {KEY}"}}}}'
    async with world(tmp_path / "data", Service([bad(BAD_KEY)])) as w:
        logs = await looked(w, api.address, tmp_path)
        assert api.asked == [("GET /v1/models", f"Bearer {KEY}")]
        [line] = [one for one in logs if one["event"] == "image_service_check_failed"]
        assert (line["kind"], line["status"]) == ("auth_invalid_key", 401)
        assert "doesn't accept the API key" in str(line["what_to_do"])
        await w.until(lambda: w.chat.about("notice:auth_invalid_key") is not None)
        api.status, api.body, api.public = 200, '{"data": []}', False
        assert await looked(w, api.address, tmp_path) == [] or w.bot.notices.open == set()
        await w.until(lambda: "Solved" in (w.chat.about("notice:auth_invalid_key") or w.chat.about("x")).title)  # type: ignore[union-attr]


async def test_a_list_that_needs_no_key_proves_nothing_about_ours(tmp_path: Path, api: Api) -> None:
    async with world(tmp_path / "data", Service([bad(BAD_KEY)])) as w:
        await w.imagine("a red bicycle")
        await w.until(lambda: w.chat.about("notice:auth_invalid_key") is not None)
        api.asked.clear()
        await looked(w, api.address, tmp_path)
        assert api.asked == [("GET /v1/models", f"Bearer {KEY}"), ("GET /v1/models", "")]
        assert w.bot.notices.open == {"auth_invalid_key"}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, "not here", "text/plain"),
        (403, '{"error": {"message": "Missing scopes: api.model.read"}}', "application/json"),
        (403, '{"error": {"message": "Access denied"}}', "application/json"),
        (401, '{"error": {"message": "Missing scopes: api.model.read"}}', "application/json"),
        (429, '{"error": {"code": "rate_limit_exceeded"}}', "application/json"),
        (500, "oops", "text/plain"),
        (200, '{"data": []}', "application/json"),
    ],
)
async def test_what_says_nothing_about_pictures_is_not_told(tmp_path: Path, api: Api, status: int, body: str, kind: str) -> None:
    api.status, api.body, api.kind = status, body, kind
    async with world(tmp_path / "data") as w:
        assert [one for one in await looked(w, api.address, tmp_path) if one["log_level"] in ("warning", "error")] == []
        assert w.bot.notices.open == set()


async def test_a_guard_in_front_and_an_address_that_leads_nowhere_are_told(tmp_path: Path, api: Api) -> None:
    api.status, api.kind = 403, "text/html"
    api.body = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
    async with world(tmp_path / "data") as w:
        await looked(w, api.address, tmp_path)
        assert w.bot.notices.open == {"auth_permission"}
        logs = await looked(w, "http://127.0.0.1:9/v1", tmp_path)
        assert [one["kind"] for one in logs if one["event"] == "image_service_check_failed"] == ["network_connect"]
        assert w.bot.notices.open == {"auth_permission"}
