"""The web chat's server in the bot's own loop: start, answers at the door, and a quick end. Real sockets on 127.0.0.1."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import yarl

from adapters.web import plugin
from adapters.web.adapter import WebAdapter
from adapters.web.people import PEOPLE
from bot.adapter import Context, SetupProblem
from bot.chat.port import Message, Sent
from bot.chat.views import ActionName, Audience, Button, PictureView, View
from bot.domain.requests import Place
from bot.ports import SystemPorts
from tests.web.stage import StageCore, message

PNG = b"\x89PNG\r\n\x1a\n and the rest"
SHA = hashlib.sha256(PNG).hexdigest()


async def _picture(sha256: str) -> bytes:
    if sha256 != SHA:
        raise LookupError("gone")
    return PNG


def _build(tmp_path: Path, **env: str) -> WebAdapter:
    return plugin.build({"WEB_PORT": "0", **env}, Context(SystemPorts(), tmp_path, _picture, demo=True))


@contextlib.asynccontextmanager
async def _serving(adapter: WebAdapter, core: StageCore | None = None) -> AsyncIterator[str]:
    said: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(adapter.serve(core or StageCore(), said.set_result))
    await asyncio.wait({task, said}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    found = re.search(r"http://\S+/", said.result())
    assert found is not None
    try:
        yield found.group()
    finally:
        task.cancel()
        async with asyncio.timeout(30):
            await asyncio.wait({task})
        assert task.cancelled()


async def test_the_page_is_served_and_asks_no_other_host_for_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with _serving(_build(tmp_path)) as url, aiohttp.ClientSession() as web, web.get(url) as answer:
        page = await answer.text()
        assert answer.status == 200
    assert "<title>imagine-bot</title>" in page
    assert not re.search(r"""(?:src|href|import)\s*=?\s*["'(]?(?:https?:)?//""", page)
    assert os.listdir(tmp_path) == []  # NiceGUI left nothing where the process was started


async def test_it_ends_at_once_although_a_websocket_is_open_and_can_start_again(tmp_path: Path) -> None:
    for _ in range(2):
        async with contextlib.AsyncExitStack() as stack:
            web = await stack.enter_async_context(aiohttp.ClientSession())
            url = await stack.enter_async_context(_serving(_build(tmp_path)))
            line = await web.ws_connect(f"{url}_nicegui_ws/socket.io/?EIO=4&transport=websocket", origin=url.rstrip("/"))
            assert (await line.receive_str()).startswith("0")


async def test_a_websocket_from_another_website_is_refused(tmp_path: Path) -> None:
    async with _serving(_build(tmp_path)) as url, aiohttp.ClientSession() as web:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await web.ws_connect(f"{url}_nicegui_ws/socket.io/?EIO=4&transport=websocket", origin="http://evil.example")


async def test_a_rebound_host_name_is_refused_with_the_right_address(tmp_path: Path) -> None:
    async with _serving(_build(tmp_path)) as url, aiohttp.ClientSession() as web, web.get(url, headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403
        assert url in await answer.text()


async def test_with_a_token_nothing_is_served_without_it(tmp_path: Path) -> None:
    secret = "a-long-enough-secret"
    async with _serving(_build(tmp_path, WEB_TOKEN=secret)) as url, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as web:
        for path in ("", "static/chat.css", f"pictures/{SHA}"):
            async with web.get(url + path) as answer:
                assert answer.status == 401
        async with web.get(url, params={"token": secret}) as answer:
            assert answer.status == 200
            assert secret not in str(answer.url)
            assert "imagine-bot" in await answer.text()


async def test_a_port_in_use_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SetupProblem, match=f"Port {port} on 127.0.0.1 is used by another program"):
            async with _serving(_build(tmp_path, WEB_PORT=str(port))):
                pass
        (finding,) = await plugin.examine({"WEB_PORT": str(port)})
        assert not finding.ok
        assert str(port) in finding.sentence


async def test_an_address_of_another_machine_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match="WEB_HOST"):
        async with _serving(_build(tmp_path, WEB_HOST="192.0.2.77", WEB_TOKEN="a-long-enough-secret")):
            pass


async def test_pictures_are_served_while_a_message_shows_them_and_to_nobody_afterwards(tmp_path: Path) -> None:
    adapter = _build(tmp_path)
    shown = View(
        "Done",
        pictures=(PictureView(SHA, "png", 8, 8, len(PNG), "a fox", "fox.png"), PictureView("f" * 64, "png", 8, 8, 1, "lost", "x.png")),
    )
    async with _serving(adapter) as url, aiohttp.ClientSession() as web:

        async def status(path: str, **headers: str) -> int:
            async with web.get(url + path, headers=headers) as answer:
                return answer.status

        assert await status(f"pictures/{SHA}") == 404
        await adapter.chat.send(message(), shown)
        async with web.get(f"{url}pictures/{SHA}") as answer:
            assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", PNG)
            etag = answer.headers["etag"]
        assert await status(f"pictures/{SHA}", **{"If-None-Match": etag}) == 304
        assert await status(f"pictures/{'f' * 64}") == 404  # shown, but gone from the store
        for path in (SHA[:-1], SHA.upper(), "..%2f..%2fetc%2fpasswd", SHA + "%00"):
            assert await status(f"pictures/{path}") == 404
        await adapter.chat.send(message(), View("Deleted"))
        assert await status(f"pictures/{SHA}") == 404


async def test_what_somebody_has_begun_is_shown_to_them_once_also_when_it_is_served_again(tmp_path: Path) -> None:
    core, adapter = StageCore(), _build(tmp_path)
    core.begun["ben"] = [("imagine", View("Your cropped picture", buttons=(Button(ActionName.USE_CHANGE, "draft1", "Use it"),)))]
    room = adapter._room
    for _ in range(2):
        async with _serving(adapter, core):
            async with asyncio.timeout(30):
                while not room.entries:  # noqa: ASYNC110 - the room tells open pages alone
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
    for who in PEOPLE.values():
        assert [one.view.title for one in room.read(who, "imagine")] == (["Your cropped picture"] if who.id == "ben" else [])


async def test_what_was_shown_before_is_asked_of_the_core_newest_first(tmp_path: Path) -> None:
    core = StageCore(past=[(Place("web", "local", "imagine"), "m1"), (Place("web", "local", "imagine"), "m2")])
    async with _serving(_build(tmp_path), core):
        assert core.resent == ["m2", "m1"]


async def test_a_message_without_a_time_of_its_own_gets_one_that_the_core_keeps(tmp_path: Path) -> None:
    chat = _build(tmp_path).chat
    plain = Message("n1", "notice:key", Audience.OPERATORS, Place("web", "local", "operators"), None)
    first = await chat.send(plain, View("The key is refused"))
    assert isinstance(first, Sent)
    assert float(first.ref["at"]) > 0
    assert await chat.send(message(), View("Drawing")) == Sent({})  # what was typed carries its own


async def test_a_message_from_before_is_drawn_into_the_page(tmp_path: Path) -> None:
    adapter = _build(tmp_path)
    await adapter.chat.send(message(), View("<b>Done</b> \ud800", quote="</script><script>alert(1)</script>"))
    await adapter.chat.send(message("m2", Audience.MEMBER, "ben"), View("For Ben alone"))
    async with _serving(adapter) as url, aiohttp.ClientSession() as web:
        async with web.get(url, params={"you": "ana"}) as answer:
            ana = await answer.text()
        async with web.get(url, params={"you": "ben"}) as answer:
            ben = await answer.text()
    assert "<b>Done" not in ana
    assert "<script>alert" not in ana
    assert "Done" in ana
    assert json.dumps("For Ben alone") in ben
    assert "For Ben alone" not in ana


async def test_evidence_is_handed_over_behind_the_same_door_and_nothing_else_is(tmp_path: Path) -> None:
    name = "evidence-20261129-180000-abc123.zip"
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / name).write_bytes(b"PK the bundle")
    (tmp_path / "evidence" / "notes.txt").write_text("private", encoding="utf-8")
    (tmp_path / "imagine-bot.db").write_bytes(b"everything")
    token = "a-long-enough-token"
    async with (
        _serving(_build(tmp_path, WEB_HOST="127.0.0.1", WEB_TOKEN=token)) as url,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as web,
    ):
        address = f"{url}operators/evidence/"
        async with web.get(address + name) as answer:
            assert answer.status in (401, 403)
            assert b"bundle" not in await answer.read()
        async with web.get(f"{url}?token={token}") as answer:
            assert answer.status == 200
        async with web.get(address + name) as answer:
            assert (answer.status, await answer.read()) == (200, b"PK the bundle")
            assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        for other in ("notes.txt", "..%2Fimagine-bot.db", "evidence-20261129-180000-other1.zip", "../imagine-bot.db"):
            async with web.get(yarl.URL(address + other, encoded=True)) as answer:
                assert answer.status == 404, other
        async with web.get(f"{url}operators") as answer:
            assert answer.status == 200
