"""Unfinished pictures over real HTTP: shown as they come, replaced by the finished one, gone at once on a block, closed by a cancel."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image

from bot.catalogue.cost import cost_from_usage
from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Picture
from bot.failures.classify import classify
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call
from bot.providers.services.registry import api_for
from bot.sandbox.answers import Delays
from bot.sandbox.server import RunningSandbox, start
from tests.contract.provider.test_services import calls
from tests.local_server import served
from tests.world import Platform, World, world

CALL = Call("a1", "gpt-image-2", "a red bicycle", "64x64", "low", 1, 10.0, "member", partials=2)


@dataclass
class Seen:
    pictures: list[Picture]

    async def __call__(self, picture: Picture) -> None:
        self.pictures.append(picture)


@pytest.fixture
async def openai(sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[HttpProvider]:
    store = PictureStore(tmp_path)
    made = HttpProvider(sandbox.base_url, "k", store, SystemPorts(), api=api_for("", "openai"))
    yield made
    await made.aclose()
    store.close()


async def test_partial_pictures_come_before_the_finished_ones_and_all_is_counted(openai: HttpProvider) -> None:
    seen = Seen([])
    outcome = await openai.call(replace(CALL, count=2), seen)
    assert len(outcome.pictures) == 2
    assert outcome.shortfall is None
    assert outcome.billed is Billed.YES
    assert "stream" in outcome.carried
    assert 1 <= len(seen.pictures) <= 4
    assert not {one.sha256 for one in seen.pictures} & {one.sha256 for one in outcome.pictures}
    plain = await openai.call(replace(CALL, count=2, partials=0), seen)
    assert outcome.usage == plain.usage  # of both pictures together
    assert cost_from_usage(Catalogue.load().default(), outcome.usage)


async def test_nobody_who_looks_means_no_stream(openai: HttpProvider, sandbox: RunningSandbox) -> None:
    assert (await openai.call(replace(CALL, partials=0), Seen([]))).pictures
    assert (await openai.call(replace(CALL, leave_out=frozenset({"stream"})), Seen([]))).pictures
    assert not any(one["stream"] for one in await calls(sandbox))


async def test_a_block_after_previews_is_a_block(openai: HttpProvider) -> None:
    seen = Seen([])
    outcome = await openai.call(replace(CALL, prompt="a cat sandbox:safety_output"), seen)
    assert seen.pictures
    assert outcome.shortfall is not None
    assert classify(outcome.shortfall).kind is Kind.SAFETY_OUTPUT


def png(shade: int) -> str:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), (shade, 0, 0)).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def event(kind: str, shade: int) -> bytes:
    return json.dumps({"type": f"image_generation.{kind}", "b64_json": png(shade)}, ensure_ascii=False).encode()


DONE = {
    "type": "image_generation.completed",
    "b64_json": png(9),
    "revised_prompt": "ein Rad \u2028 für Ünal",
    "usage": {"output_tokens": 7},
}
FINAL = json.dumps(DONE, ensure_ascii=False).encode()
CUT = {Kind.NETWORK_RESET, Kind.MALFORMED_RESPONSE}
STREAMS: dict[str, bytes] = {
    "comments and keep-alives": b": hello\n\n: ping\n\nevent: image_generation.completed\nid: 7\nretry: 10\ndata: " + FINAL + b"\n\n",
    "crlf": b"event: x\r\ndata: " + event("partial_image", 1) + b"\r\n\r\ndata: " + FINAL + b"\r\n\r\n",
    "done marker": b"data: " + FINAL + b"\n\ndata: [DONE]\n\n",
    "several data lines": b"data: " + FINAL.replace(b', "revised', b',\ndata: "revised') + b"\n\n",
    "no space": b"data:" + FINAL + b"\n\n",
    "nonsense between": b"data: {nonsense\n\ndata: 7\n\ndata: " + FINAL + b"\n\n",
}


@contextlib.asynccontextmanager
async def answering(body: bytes, tmp_path: Path, *, cut: bool = False) -> AsyncIterator[HttpProvider]:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        for at in range(0, len(body), 997):
            await response.write(body[at : at + 997])
        if cut and request.transport is not None:
            await asyncio.sleep(0.05)
            request.transport.abort()
        return response

    store = PictureStore(tmp_path)
    async with served(answer) as address:
        provider = HttpProvider(f"{address}/v1", "k", store, SystemPorts(), api=api_for("", "openai"))
        yield provider
        await provider.aclose()
    store.close()


@pytest.mark.parametrize("name", STREAMS)
async def test_streams_are_read_however_they_are_written(name: str, tmp_path: Path) -> None:
    async with answering(STREAMS[name], tmp_path) as provider:
        outcome = await provider.call(CALL, Seen([]))
    assert [one.revised_prompt for one in outcome.pictures] == [DONE["revised_prompt"]]
    assert outcome.usage is not None
    assert outcome.usage.output_tokens == 7


@pytest.mark.parametrize(
    ("body", "pictures", "kinds"),
    [
        (b"data: " + event("partial_image", 1) + b"\n\n", 0, CUT),
        (b"data: " + FINAL + b"\n\ndata: " + event("partial_image", 1), 1, set()),
        (b"", 0, CUT),
    ],
    ids=["after a preview", "after the picture", "at once"],
)
async def test_a_stream_that_breaks_off_keeps_what_was_finished(body: bytes, pictures: int, kinds: set[Kind], tmp_path: Path) -> None:
    async with answering(body, tmp_path, cut=True) as provider:
        outcome = await provider.call(CALL, Seen([]))
    assert len(outcome.pictures) == pictures
    if outcome.shortfall is not None:
        assert classify(outcome.shortfall).kind in kinds
        assert outcome.billed is Billed.UNKNOWN


async def test_a_stream_without_a_final_event_is_no_picture(tmp_path: Path) -> None:
    async with answering(b"data: " + event("partial_image", 1) + b"\n\n", tmp_path) as provider:
        outcome = await provider.call(CALL, Seen([]))
    assert not outcome.pictures
    assert outcome.shortfall is not None
    assert not classify(outcome.shortfall).kind.startswith("safety")


class Previewing(Platform):
    replaces_pictures = True


@pytest.fixture
async def slow_sandbox() -> AsyncIterator[RunningSandbox]:
    running = await start(pace=Delays(partial=3.0))
    yield running
    await running.stop()


async def watching(sandbox: RunningSandbox, tmp_path: Path, store: PictureStore, prompt: str) -> tuple[object, object]:
    provider = HttpProvider(sandbox.base_url, "k", store, SystemPorts(), api=api_for("", "openai"))
    return (
        world(
            tmp_path / "data",
            provider,  # type: ignore[arg-type]
            Previewing(),
            store,
            model=Catalogue.load().resolve("gpt-image-2"),
            partial_images=1,
        ),
        prompt,
    )


def unfinished(w: World, request: str) -> bool:
    view = w.chat.about(f"request:{request}")
    return view is not None and any("unfinished" in one.filename for one in view.pictures)


@pytest.mark.parametrize("end", ["pictures", "block", "cancel"])
async def test_a_preview_is_shown_and_then_gone(slow_sandbox: RunningSandbox, tmp_path: Path, end: str) -> None:
    store = PictureStore(tmp_path / "pictures")
    prompt = "a red bicycle sandbox:safety_output" if end == "block" else "a red bicycle"
    made, _ = await watching(slow_sandbox, tmp_path, store, prompt)
    async with made as w:  # type: ignore[attr-defined]
        request = await w.imagine(prompt, size="1024x1024")
        await w.until(lambda: unfinished(w, request))
        preview = w.chat.about(f"request:{request}").pictures[0].sha256
        assert await store.read(preview)
        if end == "cancel":
            await w.press(ActionName.CANCEL, request)
        view = await w.answer(request)
        assert not unfinished(w, request)
        assert len(view.pictures) == (end == "pictures")
        assert (
            view.title
            == {"pictures": "Here is your picture", "block": "The image service blocked this request", "cancel": "Cancelled"}[end]
        )
        await w.until(lambda: not w.bot.scheduler.is_running(request))
        with pytest.raises(LookupError):
            await store.read(preview)
        if end == "cancel":  # the exchange was closed, not waited for
            log = await calls(slow_sandbox)
            assert [one["finished"] for one in log] == [False]
