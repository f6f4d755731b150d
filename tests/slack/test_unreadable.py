"""Envelopes and requests that nobody can read: the connections stay or come again, the bot goes on, and nothing of them is logged."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from adapters.slack import sockets
from bot.budgets import Limits
from tests.slack.process import process
from tests.slack.stage import Stage, stage

FREE = Limits(None, None, None, None, None, None)
SECRET = "SECRET-OF-A-FRAME"


def envelope(kind: Any, payload: Any, **more: Any) -> str:
    return json.dumps({"envelope_id": "11111111-2222-4333-8444-555555555555", "type": kind, "payload": payload, **more})


FRAMES: dict[str, str | bytes] = {
    "no JSON": f"{SECRET} is no JSON",
    "nothing": "",
    "a list": f'["{SECRET}"]',
    "null": "null",
    "a number": "12",
    "truncated": f'{{"type": "slash_commands", "payload": {{"text": "{SECRET}',
    "too deep": '{"type": ' + "[" * 100_000,
    "bytes": SECRET.encode(),
    "half a character": '{"type": "\\ud800", "envelope_id": "x", "payload": {}}',
    "no type": f'{{"envelope_id": "{SECRET}"}}',
    "a type that is an object": envelope({SECRET: 1}, {}),
    "a payload that is a list": envelope("slash_commands", [SECRET]),
    "a payload that is null": envelope("events_api", None),
    "a payload that is a word": envelope("interactive", SECRET),
    "an id that is a list": json.dumps({"envelope_id": [SECRET], "type": "slash_commands", "payload": {}}),
    "an unknown type": envelope(SECRET, {"x": SECRET}),
    "a command without fields": envelope("slash_commands", {}),
    "a command of wrong types": envelope("slash_commands", {"command": 1, "text": [SECRET], "user_id": {}, "team_id": None}),
    "a press without anything": envelope("interactive", {"type": "block_actions"}),
    "a press of wrong types": envelope("interactive", {"type": "block_actions", "user": SECRET, "actions": {"x": 1}, "team": [1]}),
    "a form without a view": envelope("interactive", {"type": "view_submission", "user": {"id": "U1"}}),
    "a form of wrong types": envelope("interactive", {"type": "view_submission", "user": {"id": "U1"}, "view": {"callback_id": [SECRET]}}),
    "an event without an event": envelope("events_api", {"type": "event_callback"}),
    "an event of wrong types": envelope("events_api", {"type": "event_callback", "event": SECRET, "event_id": 1}),
    "a mention without a channel": envelope("events_api", {"type": "event_callback", "event": {"type": "app_mention", "text": [SECRET]}}),
    "a hello of wrong types": '{"type": "hello", "num_connections": "many"}',
    "a farewell without a reason": '{"type": "disconnect"}',
    "a farewell of wrong types": f'{{"type": "disconnect", "reason": ["{SECRET}"]}}',
    "too large": envelope("slash_commands", {"text": "x" * (5 * 1024 * 1024)}),
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "AGAIN", (0.05, 0.1))
    monkeypatch.setattr(sockets, "QUIET", 0.2)


async def still_answers(s: Stage, what: str) -> None:
    event = await s.slack.people.slash(s.ada, s.channel, "/imagine-help", "")
    await s.until(lambda: event.acked, 20, f"an acknowledgement after {what}")
    assert s.serving is not None
    assert not s.serving.done(), what


async def still_works(s: Stage, what: str) -> None:
    before = len(s.slack.final())
    event = await s.slack.people.slash(s.ada, s.channel, "/imagine", "a red bicycle")
    await s.until(lambda: event.acked, 20, f"an acknowledgement after {what}")
    await s.until(lambda: len(s.slack.final()) > before, 20, f"a picture after {what}")
    assert s.serving is not None
    assert not s.serving.done(), what


async def test_no_frame_ends_the_connections_for_good(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with stage(tmp_path, limits=FREE) as s:
        await s.until(lambda: len(s.slack.socket.usable) == 2, what="two connections")
        with capture_logs() as logs:
            for what, frame in FRAMES.items():
                line = s.slack.socket.usable[0]
                with contextlib.suppress(ConnectionError):  # the last one is too large to be read to its end
                    await (line.ws.send_bytes(frame) if isinstance(frame, bytes) else line.ws.send_str(frame))
                await still_answers(s, what)
            await still_works(s, "all of them")
        assert SECRET not in repr(logs) + caplog.text
        assert s.bot is not None
        assert s.bot.notices.open == {"trouble:slack:envelopes"}
        assert len([one for one in logs if one["event"] == "operator_notice"]) == 1
        s.slack.violations.clear()  # acknowledgements of envelopes that the stand-in does not know


async def test_an_unreadable_answer_to_the_question_for_an_address_is_asked_again(tmp_path: Path) -> None:
    async with stage(tmp_path, limits=FREE) as s:
        await s.until(lambda: len(s.slack.socket.usable) == 2, what="two connections")
        for body in (b"no JSON", b"[]", b'{"ok": true}', b'{"ok": true, "url": 12}', b'{"ok": true, "url": "no address"}'):
            s.slack.faults.add("apps.connections.open", body=body, status=200, times=1)
            s.slack.socket.cut()
            await s.until(lambda: len(s.slack.socket.usable) == 2, 20, f"two connections after {body!r}")
        await still_works(s, "unreadable addresses")


BODIES: dict[str, tuple[str, bytes]] = {
    **{
        f"JSON: {what}": ("application/json", frame.encode(errors="surrogatepass") if isinstance(frame, str) else frame)
        for what, frame in FRAMES.items()
    },
    "a form of nothing": ("application/x-www-form-urlencoded", b""),
    "a form of bytes": ("application/x-www-form-urlencoded", b"\xff\xfe=\x00"),
    "a form with half a payload": ("application/x-www-form-urlencoded", b"payload=%7B%22type"),
    "a form of odd percents": ("application/x-www-form-urlencoded", b"command=/imagine&text=%zz%&user_id=U1&channel_id=C1"),
    "a form of a list": ("application/x-www-form-urlencoded", b"payload=%5B1%5D"),
    "another type": ("multipart/form-data; boundary=x", b"--x--"),
}


async def test_no_request_ends_the_server(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with stage(tmp_path, mode="http", limits=FREE) as s, aiohttp.ClientSession() as session:
        with capture_logs() as logs:
            for what, (kind, body) in BODIES.items():
                headers = {**s.slack.http.signed(body), "Content-Type": kind}
                try:
                    async with session.post(s.slack.http.address, data=body, headers=headers) as answer:
                        assert answer.status in (200, 400, 404, 413, 500), what
                except aiohttp.ClientError:
                    assert what == "JSON: too large"
                await still_answers(s, what)
            await still_works(s, "all of them")
        assert SECRET not in repr(logs) + caplog.text


async def test_the_process_lives_on(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        for text in (SECRET, "[]", '{"type": "disconnect", "reason": {}}'):
            await p.slack.socket.usable[0].ws.send_str(text)
        await p.imagine("a red bicycle")
        await p.until(lambda: p.pictures() or p.child_ended(), what="a picture")
        assert not p.child_ended()
        assert SECRET not in "\n".join(p.output)
        assert await p.end() == 0
