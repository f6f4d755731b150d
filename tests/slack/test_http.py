"""Slack over HTTP with the real bolt: what is genuine reaches a listener once, and everything else is refused before anything is parsed."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from adapters.kit.listening import listening
from adapters.slack import http
from bot.adapter import SetupProblem
from bot.ports import SystemPorts
from tests.slack.echo import Echo, over_http
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Event

FORM = "application/x-www-form-urlencoded"


async def command(slack: StandIn, text: str = "a cat", *, deliver: bool = True) -> Event:
    """A command; without delivery it can be sent by hand."""
    slack.through = "http" if deliver else "socket"  # nobody listens there
    event = await slack.people.slash(slack.ada, slack.channel, "/imagine", text)
    slack.through = "http"
    return event


# ---- what is genuine ----------------------------------------------------------------------------------------------------------------


async def test_commands_presses_and_events_all_come_in_at_the_one_address() -> None:
    async with StandIn() as slack, over_http(slack) as echo:
        await slack.acked(await slack.people.slash(slack.ada, slack.channel, "/imagine", "a cat"))
        await slack.acked(await slack.people.mention(slack.ada, slack.channel, "a dog"))
        post = await echo.app.client.chat_postMessage(channel=slack.channel.id, text="press", blocks=[button()])
        message = slack.world.message(slack.channel, post["ts"])
        assert message is not None
        await slack.acked(await slack.people.press(slack.ada, message, "Again"))
        assert [one.split()[-1] for one in echo.heard] == ["cat", "dog", "block_actions"]
        assert not echo.warnings


def button() -> dict[str, Any]:
    element = {"type": "button", "action_id": "v1:again:x", "text": {"type": "plain_text", "text": "Again"}}
    return {"type": "actions", "block_id": "b", "elements": [element]}


async def test_a_command_says_what_was_typed_whatever_was_typed() -> None:
    async with StandIn() as slack, over_http(slack) as echo:
        slack.people.escapes_commands = False
        typed = ["a rocket with payload", "payload", "payload=1&type=x", "größer & <b> + %20", "{", "🦊 \u202eabc"]
        for words in typed:  # bolt alone hears nothing of a command with the word payload in it
            await slack.acked(await command(slack, words))
        assert echo.heard == typed


async def test_url_verification_is_answered_and_only_with_a_good_signature() -> None:
    async with StandIn() as slack, over_http(slack):
        body = json.dumps({"token": "x", "type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
        answer = await slack.http.send(body)
        assert (answer.status, json.loads(answer.body)) == (200, {"challenge": "3eZbrw1aB"})
        assert (await slack.http.send(body, headers={})).status == 401


async def test_ssl_check_is_answered() -> None:
    async with StandIn() as slack, over_http(slack) as echo:
        assert (await slack.http.send(b"token=x&ssl_check=1", FORM)).status == 200
        assert not echo.heard


async def test_an_event_whose_listener_fails_is_answered_with_an_error_and_comes_again() -> None:
    async with StandIn() as slack, over_http(slack) as echo:
        failures = [OSError("disk full")]

        async def fail(body: object) -> None:
            if failures:
                raise failures.pop()

        echo.before_ack = fail
        event = await slack.acked(await slack.people.mention(slack.ada, slack.channel, "a cat"))
        assert event.deliveries == 2
        assert [one.status for one in slack.http.answers] == [500, 200]
        assert "disk" not in slack.http.answers[0].body


async def test_health_is_answered_and_tells_nothing() -> None:
    async with StandIn() as slack, over_http(slack):
        root = slack.http.address.removesuffix("/slack/events")
        answer = await slack.http.send(b"", address=f"{root}/healthz", method="GET", headers={})
        assert (answer.status, answer.body) == (200, "ok\n")
        assert "server" not in {name.lower() for name in answer.headers}


# ---- what is not ----------------------------------------------------------------------------------------------------------------------


async def test_forged_stale_and_replayed_requests_are_refused() -> None:
    async with StandIn() as slack, over_http(slack) as echo:
        event = await command(slack, deliver=False)
        assert (await slack.http.forged(event)).status == 401
        assert (await slack.http.stale(event)).status == 401
        assert (await slack.http.stale(event, age=-400)).status == 401
        assert echo.heard == []
        first, second = await slack.http.replayed(event)
        assert (first.status, second.status) == (200, 401)
        assert echo.heard == ["a cat"]


async def test_two_copies_at_the_same_moment_are_one_request() -> None:
    async with StandIn() as slack, over_http(slack) as echo:
        body, kind = slack.http.body(await command(slack, deliver=False))
        headers = slack.http.signed(body)
        answers = await asyncio.gather(*(slack.http.send(body, kind, headers=headers) for _ in range(5)))
        assert sorted(one.status for one in answers) == [200, 401, 401, 401, 401]
        assert echo.heard == ["a cat"]


def good(at: float | None = None) -> dict[str, str]:
    return {"X-Slack-Request-Timestamp": str(int(time.time() if at is None else at)), "X-Slack-Signature": "v0=" + "a" * 64}


NO_SIGNATURE = [
    {},
    {"X-Slack-Request-Timestamp": "1700000000"},
    {"X-Slack-Signature": "v0=" + "a" * 64},
    good() | {"X-Slack-Request-Timestamp": "now"},
    good() | {"X-Slack-Request-Timestamp": ""},
    good() | {"X-Slack-Request-Timestamp": "-5"},
    good() | {"X-Slack-Request-Timestamp": "1e9"},
    good() | {"X-Slack-Request-Timestamp": "9" * 5000},
    good() | {"X-Slack-Request-Timestamp": "1700000000.5"},
    good() | {"X-Slack-Request-Timestamp": "²" * 10},
    good() | {"X-Slack-Request-Timestamp": "١" * 10},
    good() | {"X-Slack-Signature": "v0=" + "ä" * 64},
    good() | {"X-Slack-Signature": "v0=" + "A" * 64},
    good() | {"X-Slack-Signature": "v1=" + "a" * 64},
    good() | {"X-Slack-Signature": "a" * 64},
    good() | {"X-Slack-Signature": "v0="},
    good() | {"X-Slack-Signature": ""},
    good(),
]


async def test_headers_that_are_no_signature_are_refused() -> None:
    async with StandIn() as slack, over_http(slack) as echo:
        body, kind = slack.http.body(await command(slack, deliver=False))
        for headers in NO_SIGNATURE:
            answer = await slack.http.send(body, kind, headers=headers)
            assert (answer.status, answer.body) == (401, "Unauthorized\n"), headers
        assert echo.heard == []


UNREADABLE = [
    ("application/json", b""),
    ("application/json", b"{"),
    ("application/json", b"[]"),
    ("application/json", b"null"),
    ("application/json", b'"x"'),
    ("application/json", b"{}"),
    ("application/json", b'{"type": 5}'),
    ("application/json", b'{"type": "event_callback"}'),
    ("application/json", b'{"type": "event_callback", "event": {}, "event_id": "E", "team_id": "T"}'),
    ("application/json", b'{"type": "event_callback", "event": [], "event_id": "E", "team_id": "T"}'),
    ("application/json", b'{"type": "url_verification", "challenge": 5}'),
    ("application/json", b'{"type": "url_verification", "type": "event_callback"}'),
    ("application/json", b'{"type": "x", "n": NaN}'),
    ("application/json", b'{"type": "x", "n": "\\ud800"}'),
    ("application/json", b'{"type": "x", "n": "\xff"}'),
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"type": "x", "n": ' + b"9" * 10_000 + b"}"),
    (
        "application/json",
        b'{"type": "event_callback", "event": {"type": "app_mention"}, "event_id": "E", "team_id": "T", "authorizations": 5}',
    ),
    (FORM, b""),
    (FORM, b"a"),
    (FORM, b"payload"),
    (FORM, b"payload="),
    (FORM, b"payload=%7B"),
    (FORM, b"payload=%7B%7D"),
    (FORM, b"payload=5"),
    (FORM, b"payload=%7B%22type%22%3A%22block_actions%22%7D"),
    (FORM, b"payload=" + quote(json.dumps({"type": "block_actions", "user": {"id": "U1"}, "actions": []})).encode()),
    (FORM, b"payload=" + quote(json.dumps({"type": "block_actions", "user": {"id": "U1"}, "actions": 7})).encode()),
    (FORM, b"payload=" + quote(json.dumps({"type": "view_submission", "user": {"id": "U1"}, "view": 7})).encode()),
    (FORM, b"command=%2Fimagine"),
    (FORM, b"command=imagine&user_id=U1&channel_id=C1"),
    (FORM, b"command=%2Fimagine&user_id=U1&channel_id="),
    (FORM, b"command=%2Fimagine&user_id=U1&user_id=U2&channel_id=C1"),
    (FORM, b"command=%2Fimagine&user_id=U1&channel_id=C1&text=%ff"),
    (FORM, b"command=%2Fimagine&user_id=U1&channel_id=C1&" + b"&".join(b"x%d=1" % n for n in range(200))),
    (FORM, b'{"type": "url_verification", "challenge": "x"}'),
    (FORM, b"\xff\xfe"),
    ("text/plain", b"command=%2Fimagine&user_id=U1&channel_id=C1"),
    ("", b"command=%2Fimagine&user_id=U1&channel_id=C1"),
    ("multipart/form-data; boundary=x", b"--x--"),
]


async def test_what_cannot_be_read_is_refused_although_it_is_signed() -> None:
    async with StandIn() as slack, over_http(slack) as echo:
        for kind, body in UNREADABLE:
            answer = await slack.http.send(body, kind)
            assert answer.status == 400, (kind, body[:100])
            assert len(answer.body) < 40
        assert echo.heard == []


ELSEWHERE = [
    ("GET", "/slack/events", 405),
    ("PUT", "/slack/events", 405),
    ("DELETE", "/slack/events", 405),
    ("OPTIONS", "/slack/events", 405),
    ("POST", "/", 404),
    ("POST", "/slack/events/", 404),
    ("POST", "/slack/install", 404),
    ("GET", "/slack/install", 404),
    ("GET", "/slack/oauth_redirect", 404),
    ("POST", "/healthz", 404),
    ("POST", "//slack/events", 404),
]


async def test_other_methods_and_paths_are_refused() -> None:
    async with StandIn() as slack, over_http(slack) as echo:
        root = slack.http.address.removesuffix("/slack/events")
        body, kind = slack.http.body(await command(slack, deliver=False))
        for method, path, status in ELSEWHERE:
            assert (await slack.http.send(body, kind, method=method, address=root + path)).status == status, (method, path)
        assert echo.heard == []


# ---- the server -----------------------------------------------------------------------------------------------------------------------


def request(slack: StandIn, body: bytes, *, declared: int | None = None, more: str = "") -> bytes:
    """A signed request, byte for byte."""
    length = f"Content-Length: {len(body) if declared is None else declared}\r\n" if declared != -1 else ""
    signed = "".join(f"{name}: {value}\r\n" for name, value in slack.http.signed(body).items())
    return f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n{signed}{length}{more}\r\n".encode() + body


async def test_bodies_that_are_too_large_are_refused_with_and_without_a_length() -> None:
    async with StandIn() as slack, over_http(slack) as echo:
        big = b"payload=" + b"x" * (1024 * 1024)
        assert (await slack.http.send(big, FORM)).status == 413
        chunked = request(slack, b"", declared=-1, more="Transfer-Encoding: chunked\r\n") + b"".join(
            b"%x\r\n" % 65_536 + b"x" * 65_536 + b"\r\n" for _ in range(20)
        )
        answer = await slack.http.raw(chunked)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert echo.heard == []


async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BODY_WITHIN", 0.2)
    async with StandIn() as slack, over_http(slack) as echo:
        answer = await slack.http.raw(request(slack, b"command=%2Fimagine", declared=400))
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert echo.heard == []


async def test_noise_on_the_port_does_no_harm() -> None:
    async with StandIn() as slack, over_http(slack) as echo:
        noise = [
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
            b"GET\r\n\r\n",
            b"\xff" * 300,
            b"POST /slack/events HTTP/9.9\r\n\r\n",
        ]
        for one in [*noise, request(slack, b"x", declared=5)[:60]]:
            try:
                answer = await slack.http.raw(one, timeout=0.2)
            except (TimeoutError, ConnectionError):
                continue
            assert not answer or int(answer.split(b" ")[1]) in (400, 404, 405, 401, 505)
        await slack.acked(await command(slack))
        assert echo.heard == ["a cat"]


async def test_the_log_holds_no_body_no_secret_and_no_signature(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    async with StandIn() as slack, over_http(slack) as echo:
        event = await command(slack, "canary-prompt", deliver=False)
        body, kind = slack.http.body(event)
        headers = slack.http.signed(body)
        await slack.http.forged(event)
        await slack.http.send(body, "text/plain", headers=headers)

        async def fail(body: object) -> None:
            raise OSError("disk full")

        echo.before_ack = fail
        assert (await slack.http.send(body, kind, headers=headers)).status == 500
    ours = "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith(("slack_", "aiohttp", "asyncio")))
    ours += "".join(capfd.readouterr())
    assert "slack_request_refused" in ours
    for secret in ("canary-prompt", slack.world.signing_secret, headers["X-Slack-Signature"]):
        assert secret not in ours


async def test_a_port_in_use_and_an_unknown_host_are_said_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SetupProblem, match=f"{port}.*SLACK_HTTP_PORT"):
            listening("127.0.0.1", port, "slack.setup.http")
    for host in ("192.0.2.1", "no such host", "\u3042" * 80, "300.1.1.1"):
        with pytest.raises(SetupProblem, match="SLACK_HTTP_HOST"):
            listening(host, 0, "slack.setup.http")


async def test_no_server_without_a_secret() -> None:
    async with StandIn() as slack, aiohttp.ClientSession() as session:
        app = Echo(slack, session).app
        with pytest.raises(SetupProblem, match="SLACK_SIGNING_SECRET"):
            await http.serve(app, signing_secret=" ", host="127.0.0.1", port=0, ports=SystemPorts(), ready=print)


@pytest.mark.parametrize("busy", [False, True])
async def test_stopping_takes_less_than_a_second_and_leaves_nothing(busy: bool) -> None:
    async with StandIn() as slack:
        before = asyncio.all_tasks()
        async with over_http(slack) as echo:
            if busy:
                working = asyncio.Event()

                async def for_ever(body: object) -> None:
                    working.set()
                    await asyncio.Event().wait()

                echo.before_ack = for_ever
                event = await slack.people.mention(slack.ada, slack.channel, "a cat")
                await working.wait()
            idle = socket.create_connection(("127.0.0.1", int(slack.http.address.split(":")[2].split("/")[0])))
            idle.sendall(b"POST /slack/events HTTP/1.1\r\nHost:")
            await asyncio.sleep(0.05)
            began = time.monotonic()
            await echo.stop()
            assert time.monotonic() - began < 1.0
            idle.close()
        if busy:
            await slack.until(lambda: event.refused is not None, what="an answer that makes Slack send it again")
            assert slack.http.answers[0].status == 503
        ours = [task for task in asyncio.all_tasks() - before if "slack" in task.get_name() or "uvicorn" in repr(task)]
        assert ours == []
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", int(slack.http.address.split(":")[2].split("/")[0])), timeout=0.2)
