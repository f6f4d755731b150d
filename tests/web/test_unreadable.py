"""Frames and requests that nobody can read: the web chat's server goes on, and nothing of them is logged."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from structlog.testing import capture_logs

from adapters.web.room import Room
from bot.chat.views import View
from tests.web.stage import message
from tests.web.test_server import _build, _serving

SECRET = "SECRET-OF-A-FRAME"

FRAMES: dict[str, str | bytes] = {
    "nothing": "",
    "a word": SECRET,
    "a number": "999",
    "no packet": "x",
    "a close": "1",
    "a pong that nobody asked for": "3",
    "an upgrade": "5",
    "noop": "6",
    "a message of nothing": "4",
    "an unknown packet": "49",
    "an event without JSON": f"42{SECRET}",
    "an event that is an object": f'42{{"{SECRET}": 1}}',
    "an event without a name": "42[]",
    "an event named by an object": f'42[{{"x": "{SECRET}"}}]',
    "an unknown event": f'42["{SECRET}", {{}}]',
    "an event for a client that is not there": f'42["event", {{"client_id": "{SECRET}", "id": 1, "listener_id": "x", "args": []}}]',
    "an event of wrong types": f'42["event", ["{SECRET}"]]',
    "an event too few": '42["event"]',
    "a handshake of wrong types": f'42["handshake", {{"client_id": ["{SECRET}"]}}]',
    "a handshake without anything": '42["handshake", null]',
    "javascript_response from nowhere": f'42["javascript_response", {{"request_id": "{SECRET}"}}]',
    "a connect of wrong types": f'40{{"{SECRET}"',
    "an answer that nobody asked for": f'43999["{SECRET}"]',
    "attachments that never come": '4599-["event"]',
    "too deep": "42" + "[" * 100_000,
    "bytes": SECRET.encode(),
    "truncated": f'42["event", {{"id": "{SECRET}',
    "large": "42" + "x" * 3_000_000,
}

REQUESTS: dict[str, bytes] = {
    "no request": SECRET.encode() + b"\r\n\r\n",
    "an unknown method": b"SECRET / HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "a version that is none": b"GET / HTTP/9.9\r\nHost: {host}\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "bytes": bytes(range(128, 256)) + b"\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost: {host}\r\n" + SECRET.encode() + b"\r\n\r\n",
    "an odd length": b"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: many\r\n\r\n",
    "an odd path": b"GET /%zz/../%00 HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "an odd picture": b"GET /pictures/" + b"a" * 64 + b"%0a HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "an odd query": b"GET /?you=%ff&channel=%00&you=2 HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "an odd cookie": b"GET / HTTP/1.1\r\nHost: {host}\r\nCookie: ;;=;\xff\r\n\r\n",
    "an upgrade to nothing": b"GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
    "half a chunk": b"POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "long polling": b"POST /_nicegui_ws/socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\nabc",
}


async def still_serves(url: str, what: str) -> None:
    async with aiohttp.ClientSession() as web, web.get(url) as answer:
        assert answer.status == 200, what
        assert "imagine-bot" in await answer.text(), what


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level("INFO")
    return caplog


async def test_no_frame_ends_the_server(tmp_path: Path, logged: pytest.LogCaptureFixture) -> None:
    with capture_logs() as logs:
        async with _serving(_build(tmp_path)) as url, aiohttp.ClientSession() as web:
            address = f"{url}_nicegui_ws/socket.io/?EIO=4&transport=websocket"
            for what, frame in FRAMES.items():
                for connected in (False, True):
                    async with web.ws_connect(address, origin=url.rstrip("/")) as line:
                        assert (await line.receive_str()).startswith("0")
                        if connected:
                            await line.send_str("40")
                        await (line.send_bytes(frame) if isinstance(frame, bytes) else line.send_str(frame))
                        with contextlib.suppress(TimeoutError):
                            async with asyncio.timeout(0.03):
                                await line.receive()
                await still_serves(url, what)
    assert SECRET not in repr(logs) + logged.text


async def test_no_request_ends_the_server(tmp_path: Path, logged: pytest.LogCaptureFixture) -> None:
    with capture_logs() as logs:
        async with _serving(_build(tmp_path)) as url:
            host = urlsplit(url)
            for what, request in REQUESTS.items():
                reader, writer = await asyncio.open_connection(host.hostname, host.port)
                writer.write(request.replace(b"{host}", host.netloc.encode()))
                with contextlib.suppress(TimeoutError, ConnectionError):
                    async with asyncio.timeout(0.1):
                        await reader.read()
                writer.close()
                await still_serves(url, what)
    assert SECRET not in repr(logs) + logged.text


async def test_one_page_that_breaks_keeps_nobody_else_from_seeing_it(tmp_path: Path) -> None:
    room, seen = Room(lambda: 1.0), []

    def broken(*_: object) -> None:
        raise KeyError(SECRET)

    room.listeners += [broken, lambda entry, gone: seen.append(entry.id)]
    with capture_logs() as logs:
        room.show(message("m1"), View("It is done."))
    assert seen == ["m1"]
    assert SECRET not in repr(logs)
