"""Slack over HTTP with the real bolt: what is genuine reaches a listener once, and everything else is refused before anything is parsed."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import quote

from tests.slack.echo import over_http
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
