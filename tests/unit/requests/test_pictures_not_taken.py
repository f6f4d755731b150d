"""What a service always sends is paid for once, named as this bot's own refusal, told to the operator, and no button pays again; what fails
while a finished picture is fetched is told as that."""

import asyncio
import base64
import contextlib
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from bot.chat.views import ActionName, View
from bot.ledger.tables import attempts, notices
from bot.providers import http_provider
from bot.providers.pictures import PictureStore
from tests.unit.providers.test_pictures import png_header
from tests.unit.providers.wire import Exchange, Server, picture, serving
from tests.unit.requests.test_blocks_are_kept import ask, watched, whole_bot
from tests.world import World

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def drawn(format_: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(out, format_)
    return out.getvalue()


class Sends:
    """An image service that sends this, until it sends something else."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.paid = 0
        self.fetched = 0
        self.file: tuple[Any, int] = (b"gone astray", 503)

    async def __call__(self, exchange: Exchange) -> None:
        if exchange.path.endswith("/generations"):
            self.paid += 1
            await exchange.answer(self.answer)
        else:
            self.fetched += 1
            await exchange.answer(*self.file)


def of(content: bytes) -> Any:
    return {"data": [{"b64_json": base64.b64encode(content).decode()}]}


@contextlib.asynccontextmanager
async def bot_for(sends: Sends, folder: Path) -> AsyncIterator[tuple[World, Server]]:
    async with serving(sends) as server, whole_bot(folder, server, PictureStore(folder)) as (bot, platform):
        yield watched(bot, platform), server


async def answered(w: World, key: str = "test:1") -> View:
    return await w.answer(await ask(w.bot, key, count="1"))


async def open_notices(w: World) -> dict[str, Any]:
    rows = await w.bot.ledger.read(lambda c: c.execute(select(notices).where(notices.c.resolved_at.is_(None))).all())
    return {row.cause: row.facts for row in rows}


async def told(w: World) -> View:
    """What operators read; it may come a moment after the member's answer."""
    await w.until(lambda: w.platform.chat.about("notice:not_taken"))
    shown = w.platform.chat.about("notice:not_taken")
    assert shown is not None
    return shown


def buttons(view: View) -> set[ActionName]:
    return {button.action for button in view.buttons}


@pytest.mark.parametrize(
    ("content", "said", "fact", "left"),
    [
        (SVG, "(SVG)", ("type", "SVG"), set()),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 80, "(HEIC)", ("type", "HEIC"), set()),
        (b"%PDF-1.7\n", "(PDF)", ("type", "PDF"), set()),
        (b"<html>Sign in</html>", "(HTML)", ("type", "HTML"), set()),
        (png_header(6000, 5000), "(6000x5000 pixels", ("pixels", "6000x5000"), {ActionName.EDIT}),
    ],
)
async def test_what_is_always_the_same_is_paid_for_once(
    tmp_path: Path, content: bytes, said: str, fact: tuple[str, str], left: set[ActionName]
) -> None:
    sends = Sends(of(content))
    async with bot_for(sends, tmp_path) as (w, _):
        view = await answered(w)
        assert sends.paid == 1
        assert any(said in line and "operator has been told" in line for line in view.text)
        assert not any("Press" in line or "damaged" in line for line in view.text)
        assert buttons(view) == left
        assert (await open_notices(w))["not_taken"][fact[0]] == fact[1]
        shown = await told(w)
        assert any(fact[1] in line for line in shown.text)
        sends.answer = of(picture())
        assert (await answered(w, "test:2")).pictures
        assert await open_notices(w) == {}


@pytest.mark.parametrize("format_", ["AVIF", "GIF", "BMP", "TIFF", "ICO", "QOI", "JPEG2000"])
async def test_what_can_be_decoded_is_a_picture(tmp_path: Path, format_: str) -> None:
    sends = Sends(of(drawn(format_)))
    async with bot_for(sends, tmp_path) as (w, _):
        view = await answered(w)
        assert (len(view.pictures), sends.paid) == (1, 1)
        assert any("made with AI" in line for line in view.text)
        assert "made with AI" in view.pictures[0].alt


async def test_an_address_that_is_not_visited_is_named_to_the_operator_alone(tmp_path: Path) -> None:
    sends = Sends({"data": [{"url": "http://10.0.0.7:8188/view?a.png"}]})
    async with bot_for(sends, tmp_path) as (w, _):
        view = await answered(w)
        assert (sends.paid, buttons(view)) == (1, set())
        assert any("address that this bot doesn't open" in line for line in view.text)
        assert not any("10.0.0.7" in line for line in view.text)
        shown = await told(w)
        assert any("10.0.0.7:8188" in line for line in shown.text)


@pytest.mark.parametrize("page", [b"<!doctype html><title>Sign in</title>", {"status": "not ready"}, b"<Error><Code>Slow</Code></Error>"])
async def test_a_page_where_a_picture_should_be_is_about_its_address_and_not_the_pictures_type(tmp_path: Path, page: Any) -> None:
    sends = Sends({"data": [{"url": "/files/a.png"}]})
    sends.file = (page, 200)
    async with bot_for(sends, tmp_path) as (w, _):
        request = await ask(w.bot, "test:1", count="1")
        await w.until(lambda: any("download it again" in view.title for _, view in w.platform.chat.all))
        sends.file = (picture(), 200)
        view = await w.answer(request)
        assert (sends.paid, len(view.pictures)) == (1, 1)
        assert "not_taken" not in await open_notices(w)


async def test_a_file_that_cannot_be_fetched_is_fetched_again_and_never_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_provider, "_MAX_FETCHES", 2)
    sends = Sends({"data": [{"url": "/files/a.png"}]})
    async with bot_for(sends, tmp_path) as (w, server):
        request = await ask(w.bot, "test:1", count="1")
        await w.until(lambda: any("download it again" in view.title for _, view in w.platform.chat.all))
        async with asyncio.timeout(20):
            view = await w.answer(request)
        assert (sends.paid, sends.fetched) == (1, 3)
        assert any("couldn't download it" in line for line in view.text)
        assert not any("nothing was sent" in line for line in view.text)
        (attempt,) = await w.bot.ledger.read(lambda c: c.execute(select(attempts)).all())
        assert attempt.billed == "yes"
        assert (await open_notices(w))["download_failed"]["address"] == f"127.0.0.1:{server.port}"
        assert w.bot.services.default.gate.snapshot(w.bot.ports.monotonic()).failures_in_a_row == 0  # the image service is well
