"""The whole core against an image service that echoes key and prompt in every answer: neither comes out in a log line or in chat."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.catalogue.load import Catalogue
from bot.compose import build
from bot.core import Received
from bot.domain.requests import Person, Place, Submission
from bot.gate.settings import GateSettings
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.requests.rules import Rules
from tests.captured_log import captured_log
from tests.local_server import served
from tests.world import Platform

KEY = "sk-planted-canary-0001"
PROMPT = "a planted canary on a wire, number"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log([KEY]) as stream:
        yield stream


@pytest.fixture
async def echo() -> AsyncIterator[str]:
    """Answers in turn with every way in which a service can leak what it was sent."""
    turn = iter(range(1000))

    async def answer(request: web.Request) -> web.StreamResponse:
        said = f"{request.headers['authorization']} sent {(await request.json())['prompt']} see https://api.example/log?key={KEY}"
        match next(turn) % 5:
            case 0:
                return web.json_response(
                    {"error": {"code": said, "type": said, "message": said}}, status=400, headers={"x-request-id": said[:60]}
                )
            case 1:
                return web.json_response({"error": {"code": "moderation_blocked", "message": said}}, status=400)
            case 2:
                return web.Response(text=f"<html>{said}", content_type="text/html")
            case 3:
                return web.json_response({"data": [{"b64_json": said, "revised_prompt": said}]})
            case _:
                return web.json_response(
                    {"error": {"code": "invalid_api_key", "message": f"Incorrect API key provided: {said}"}}, status=401
                )

    async with served(answer) as address:
        yield f"{address}/v1"


async def test_neither_key_nor_prompt_nor_provider_text_comes_out(tmp_path: Path, log: io.StringIO, echo: str) -> None:
    ports, platform = SystemPorts(), Platform()
    pictures = PictureStore(tmp_path)
    provider = HttpProvider(echo, KEY, pictures, ports)
    rules = Rules(model=Catalogue.load().default(), max_attempts=1)
    bot = await build(data_dir=tmp_path, ports=ports, rules=rules, gate_settings=GateSettings(), provider=provider, pictures=pictures)
    bot.add(platform)
    await bot.start()
    ids = []
    for number in range(5):
        typed = Submission(Person(f"person-{number}"), Place("test", "home", "imagine"), f"{PROMPT} {number}")
        received = await bot.core.receive(f"test:{number}", typed)
        assert isinstance(received, Received)
        await bot.core.accept(received.request_id)
        ids.append(received.request_id)
    async with asyncio.timeout(30):
        while not all((view := platform.chat.about(f"request:{request}")) is not None and view.final for request in ids):
            platform.chat.changed.clear()
            await platform.chat.changed.wait()
    await bot.stop(0.0)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert sum(line["event"] == "exchange" for line in lines) == 5
    assert "canary" not in log.getvalue()
    for _, view in platform.chat.all:
        assert KEY not in str(view)
        assert "sent a planted" not in str(view)
