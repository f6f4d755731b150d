"""A service that the bot has no code for, described in a file: pictures, tasks, errors and blocks over real HTTP."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from bot.domain.kinds import Action, Kind
from bot.domain.outcome import Billed
from bot.failures.classify import classify
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call
from bot.providers.services.from_file import BadDialect, FileApi, load
from bot.settings import SettingsProblem
from bot.settings import load as load_settings
from tests.local_server import served

DOCS = Path(__file__).parents[3] / "docs" / "services.md"
FILE = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[0]
CALL = Call("a1", "brush-1", "a red bicycle", "640x480", "high", 2, 5.0, "member")

BLOCK = {"problem": {"code": "content_policy_violation", "message": "Rejected by content moderation."}}


def png() -> str:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (200, 0, 0)).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


@dataclass
class Acme:
    """The service of the file in docs/services.md."""

    answers: list[tuple[int, Any]]
    seen: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        self.seen.append((request.method, request.path, dict(request.headers), body))
        status, answer = self.answers.pop(0)
        return web.json_response(answer, status=status)


@pytest.fixture
async def acme(tmp_path: Path) -> AsyncIterator[tuple[Acme, HttpProvider]]:
    service = Acme([])
    (tmp_path / "acme.toml").write_text(FILE, encoding="utf-8")
    store = PictureStore(tmp_path / "pictures")
    async with served(service.handle) as address:
        provider = HttpProvider(address, "k-1", store, SystemPorts(), api=FileApi(load(tmp_path / "acme.toml")))
        yield service, provider
        await provider.aclose()
    store.close()


async def test_the_documented_file_makes_the_documented_call(acme: tuple[Acme, HttpProvider]) -> None:
    service, provider = acme
    service.answers = [(200, {"result": {"images": [{"data": png()}, {"data": f"data:image/png;base64,{png()}"}]}})]
    outcome = await provider.call(CALL)
    assert [(one.width, one.height) for one in outcome.pictures] == [(640, 480)] * 2
    assert outcome.billed is Billed.YES
    assert outcome.carried == {"n", "size", "quality"}
    method, path, headers, body = service.seen[0]
    assert (method, path, headers["x-api-key"], headers["x-tenant"]) == ("POST", "/v2/render/brush-1", "k-1", "7")
    assert body == {
        "input": {"safe": True, "text": "a red bicycle", "count": 2, "canvas": {"w": 640, "h": 480}, "quality": "high"},
    }


async def test_a_poll_need_not_repeat_the_tasks_name(acme: tuple[Acme, HttpProvider]) -> None:
    service, provider = acme
    service.answers = [(202, {"job": {"id": "j-1", "state": "queued"}}), (200, {"job": {"state": "working"}})]
    begun = await provider.call(CALL)
    assert begun.pending is not None
    half = await provider.collect(CALL, begun.pending)
    assert half.pending is not None
    assert (half.pending.task_id, half.shortfall) == ("j-1", None)


async def test_a_task_without_a_name_is_none(acme: tuple[Acme, HttpProvider]) -> None:
    service, provider = acme
    service.answers = [(202, {"job": {"state": "queued"}})]
    assert (await provider.call(CALL)).pending is None


async def test_its_task_is_polled_to_the_end(acme: tuple[Acme, HttpProvider]) -> None:
    service, provider = acme
    running = {"job": {"id": "j-1", "state": "Queued"}}
    ended = {"job": {"id": "j-1", "state": "done"}, "result": {"images": [{"data": png()}]}}
    service.answers = [(202, running), (200, running | {"progress": 0.5}), (200, ended)]
    begun = await provider.call(CALL)
    assert begun.pending is not None
    half = await provider.collect(CALL, begun.pending)
    assert half.pending is not None
    assert half.pending.progress == 0.5
    assert len((await provider.collect(CALL, half.pending)).pictures) == 1
    assert [path for _, path, _, _ in service.seen[1:]] == ["/v2/jobs/j-1"] * 2


@pytest.mark.parametrize(
    ("status", "answer", "kinds"),
    [
        (200, BLOCK, {Kind.SAFETY_PROMPT, Kind.SAFETY_OUTPUT}),
        (400, BLOCK, {Kind.SAFETY_PROMPT, Kind.SAFETY_OUTPUT}),
        (401, {"problem": {"message": "Invalid API key"}}, {Kind.AUTH_INVALID_KEY}),
        (429, {"problem": {"message": "Too many requests"}}, {Kind.RATE_LIMITED}),
        (500, {"problem": {"message": "oops"}}, {Kind.SERVER_ERROR}),
    ],
)
async def test_its_errors_are_understood_like_everybodys(
    acme: tuple[Acme, HttpProvider], status: int, answer: object, kinds: set[Kind]
) -> None:
    service, provider = acme
    service.answers = [(status, answer)]
    outcome = await provider.call(CALL)
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert failure.kind in kinds
    assert not failure.kind.startswith("safety") or failure.action is Action.NONE


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "acme"', "", "“name” is missing"),
        ('path = "/v2/render/{model}"', 'path = "v2"', "“v2” must start with /"),
        ("max_count = 4", 'max_count = "4"', "“max_count” is of the wrong type"),
        ('prompt = "input.text"', "", "“fields.prompt” is missing"),
        ('n = "input.count"', 'amount = "input.count"', "“fields.amount” is none of"),
        ('error = "problem"', 'eror = "problem"', "no entry “answer.eror”"),
        ('"result.images[].data"', '"$.result"', "“$.result” isn't a place"),
        ("[headers]", "[headers", "isn't TOML"),
        ('header = "x-api-key"', 'header = "x api"', "isn't the name of a header"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    file = tmp_path / "acme.toml"
    assert old in FILE
    file.write_text(FILE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadDialect) as problem:
        load(file)
    assert says in str(problem.value)
    with pytest.raises(SettingsProblem) as told:
        load_settings({"IMAGE_API_KEY": "sk-0123456789", "IMAGE_DIALECT_FILE": str(file)})
    assert "IMAGE_DIALECT_FILE" in str(told.value)


def test_the_settings_use_it(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(FILE, encoding="utf-8")
    settings = load_settings({"IMAGE_API_KEY": "sk-0123456789", "IMAGE_DIALECT_FILE": str(tmp_path / "acme.toml")})
    assert settings.image_api.name == "acme"
    assert settings.image_api.max_count == 4
