"""The guard by itself, against everything that hypothesis can think of, and its edges: time, memory, headers that are not signed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.slack import http
from adapters.slack.http import Guard
from bot.ports import SystemPorts

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_750_000_000.0
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
COMMAND = urlencode({"command": "/imagine", "user_id": "U1", "channel_id": "C1", "team_id": "T1", "text": "a cat"}).encode()


class Clock(SystemPorts):
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> float:
        return self.time


class Door:
    """A guard with somebody behind it who writes down what comes in."""

    def __init__(self, status: int = 200) -> None:
        self.clock, self.status = Clock(), status
        self.passed: list[bytes] = []
        self.scopes: list[MutableMapping[str, Any]] = []
        self.guard = Guard(self._inside, SECRET, self.clock)

    async def _inside(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        message = await receive()
        assert not message["more_body"]
        self.passed.append(message["body"])
        self.scopes.append(scope)
        if not self.status:
            raise RuntimeError("secret detail")
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def knock(
        self, headers: list[tuple[bytes, bytes]], *chunks: bytes, method: str = "POST", path: str = "/slack/events", query: bytes = b""
    ) -> int:
        """The status."""
        coming = [{"type": "http.request", "body": one, "more_body": number + 1 < len(chunks)} for number, one in enumerate(chunks)]
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return coming.pop(0) if coming else {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "headers": headers, "query_string": query}
        await self.guard(scope, receive, send)
        said = b"".join(one.get("body", b"") for one in sent[1:])
        assert b"secret" not in said
        return int(sent[0]["status"])


def sign(body: bytes, stamp: str | bytes | None = None, secret: str = SECRET) -> bytes:
    at = str(int(NOW)).encode() if stamp is None else stamp.encode() if isinstance(stamp, str) else stamp
    return b"v0=" + hmac.new(secret.encode(), b"v0:" + at + b":" + body, hashlib.sha256).hexdigest().encode()


def signed(body: bytes, at: float = NOW, kind: str = FORM) -> list[tuple[bytes, bytes]]:
    stamp = str(int(at)).encode()
    return [
        (b"x-slack-request-timestamp", stamp),
        (b"x-slack-signature", sign(body, stamp)),
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
    ]


# ---- whatever comes -------------------------------------------------------------------------------------------------------------------

near = st.integers(-400, 400).map(lambda off: str(int(NOW) + off).encode())
stamps = st.one_of(
    near, st.binary(max_size=24), st.integers().map(lambda n: str(n).encode()), st.text(max_size=12).map(lambda t: t.encode())
)
digests = st.binary(min_size=32, max_size=32).map(lambda raw: b"v0=" + raw.hex().encode())
signatures = st.one_of(digests, st.binary(max_size=80), st.text(max_size=80).map(lambda t: t.encode()))
some_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(["type", "event", "user", "actions", "view", "payload", "command", "challenge", "team_id", "user_id", "channel_id"])
kinds = st.sampled_from(["event_callback", "url_verification", "block_actions", "view_submission", "shortcut", "x"])
likely = st.dictionaries(names, some_json, max_size=8).flatmap(lambda found: kinds.map(lambda kind: {**found, "type": kind}))
bodies = st.one_of(
    st.binary(max_size=200),
    some_json.map(lambda found: json.dumps(found).encode()),
    likely.map(lambda found: json.dumps(found).encode()),
    likely.map(lambda found: urlencode({"payload": json.dumps(found)}).encode()),
    st.dictionaries(names, st.text(max_size=20), max_size=8).map(lambda found: urlencode(found).encode()),
)
content_types = st.one_of(st.sampled_from([JSON, FORM, JSON + "; charset=utf-8", "text/plain", ""]), st.text(max_size=20))


@settings(max_examples=300, deadline=None)
@given(stamp=st.none() | stamps, signature=st.none() | signatures, body=bodies, kind=content_types)
async def test_nothing_passes_without_the_signature(stamp: bytes | None, signature: bytes | None, body: bytes, kind: str) -> None:
    door = Door()
    headers = [(b"content-type", kind.encode())]
    headers += [(b"x-slack-request-timestamp", stamp)] if stamp is not None else []
    headers += [(b"x-slack-signature", signature)] if signature is not None else []
    assert await door.knock(headers, body) == 401
    assert door.passed == []


@settings(max_examples=300, deadline=None)
@given(body=bodies, kind=content_types)
async def test_what_is_signed_is_passed_on_whole_or_refused_as_unreadable(body: bytes, kind: str) -> None:
    door = Door()
    status = await door.knock(signed(body, kind=kind), body[:7], body[7:])
    assert (status, door.passed) in [(200, [body]), (400, [])]
    if status == 200:
        body.decode("utf-8")
        assert kind.split(";")[0].strip().lower() in (JSON, FORM)


@settings(max_examples=150, deadline=None)
@given(where=st.integers(0, len(COMMAND) - 1), byte=st.integers(1, 255))
async def test_one_changed_byte_of_the_body_is_noticed(where: int, byte: int) -> None:
    door = Door()
    changed = bytearray(COMMAND)
    changed[where] ^= byte
    assert await door.knock(signed(COMMAND), bytes(changed)) == 401
    assert door.passed == []


@settings(max_examples=100, deadline=None)
@given(off=st.integers(-100_000, 100_000))
async def test_five_minutes_are_the_window_in_both_directions(off: int) -> None:
    door = Door()
    assert await door.knock(signed(COMMAND, NOW + off), COMMAND) == (200 if abs(off) <= 300 else 401)


@settings(max_examples=100, deadline=None)
@given(secret=st.text(min_size=1, max_size=40))
async def test_another_secret_does_not_open(secret: str) -> None:
    assume(secret != SECRET)
    door = Door()
    headers = [(b"x-slack-request-timestamp", str(int(NOW)).encode()), (b"x-slack-signature", sign(COMMAND, secret=secret))]
    assert await door.knock([*headers, (b"content-type", FORM.encode())], COMMAND) == 401


# ---- once -----------------------------------------------------------------------------------------------------------------------------


async def test_a_signature_opens_once_as_long_as_its_time_counts() -> None:
    door = Door()
    early = signed(COMMAND, NOW + 290)  # Slack's clock is ahead of ours
    assert await door.knock(early, COMMAND) == 200
    for later in (1, 200, 400, 580):
        door.clock.time = NOW + later
        assert await door.knock(early, COMMAND) == 401
    assert len(door.passed) == 1


async def test_what_was_not_taken_may_come_again_within_the_same_second() -> None:
    for status in (500, 404, 0):
        door = Door(status)
        assert await door.knock(signed(COMMAND), COMMAND) == (status or 500)
        door.status = 200
        assert await door.knock(signed(COMMAND), COMMAND) == 200
        assert await door.knock(signed(COMMAND), COMMAND) == 401


async def test_forged_requests_are_not_remembered_and_genuine_ones_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door()
    for number in range(50):
        await door.knock(signed(b"other"), COMMAND + b"%d" % number)
    assert len(door.guard._seen) == 0
    for number in range(50):
        await door.knock(signed(COMMAND + b"%d" % number), COMMAND + b"%d" % number)
    assert len(door.guard._seen) == 50
    door.clock.time = NOW + 301
    assert await door.knock(signed(COMMAND, NOW + 301), COMMAND) == 200
    assert len(door.guard._seen) == 1
    monkeypatch.setattr(http, "MAX_SEEN", 10)
    door = Door()
    door.clock.time = NOW + 301
    for number in range(50):
        await door.knock(signed(COMMAND + b"%d" % number, NOW + 301), COMMAND + b"%d" % number)
    assert len(door.guard._seen) <= 11


async def test_a_replay_does_not_make_the_first_one_forgotten() -> None:
    door = Door()
    headers = signed(COMMAND)
    assert [await door.knock(headers, COMMAND) for _ in range(4)] == [200, 401, 401, 401]


async def test_what_slack_sends_again_within_the_second_is_acknowledged_and_reaches_nobody_twice() -> None:
    door = Door()
    again = [*signed(COMMAND), (b"X-Slack-Retry-Num", b"1")]
    assert [await door.knock(one, COMMAND) for one in (signed(COMMAND), again, again, signed(COMMAND))] == [200, 200, 200, 401]
    assert door.passed == [COMMAND]
    refusing = Door(status=500)
    assert [await refusing.knock(one, COMMAND) for one in (signed(COMMAND), again)] == [500, 500]
    assert refusing.passed == [COMMAND, COMMAND], "what was not taken comes through again"


# ---- headers that are not signed ----------------------------------------------------------------------------------------------------


async def test_a_header_that_comes_twice_is_refused_because_the_next_reader_may_take_the_other() -> None:
    door = Door()
    for name in (b"x-slack-signature", b"x-slack-request-timestamp"):
        value = dict(signed(COMMAND))[name]
        assert await door.knock([*signed(COMMAND), (name.upper(), value)], COMMAND) == 401
    assert await door.knock([*signed(COMMAND), (b"Content-Type", JSON.encode())], COMMAND) == 400
    assert door.passed == []


async def test_headers_and_questions_that_bolt_would_obey_do_not_come_through() -> None:
    door = Door()
    more = [
        (b"x-slack-bolt-lazy-only", b"1"),
        (b"x-slack-bolt-lazy-function-name", b"f"),
        (b"cookie", b"\xff"),
        (b"x-slack-retry-num", b"1"),
    ]
    assert await door.knock([*signed(COMMAND), *more], COMMAND, query=b"\xff") == 200
    assert {name for name, _ in door.scopes[0]["headers"]} == {
        b"x-slack-request-timestamp",
        b"x-slack-signature",
        b"x-slack-retry-num",
        b"content-type",
    }
    assert door.scopes[0]["query_string"] == b""


@pytest.mark.parametrize(
    ("length", "status"), [(b"1048577", 413), (b"9" * 400, 413), (b"-1", 400), (b"x", 400), (b"1e3", 400), ("²".encode(), 400)]
)
async def test_a_length_that_is_too_much_or_none_is_refused_before_anything_is_read(length: bytes, status: int) -> None:
    door = Door()
    headers = [(name, length if name == b"content-length" else value) for name, value in signed(COMMAND)]
    assert await door.knock(headers, COMMAND) == status


async def test_a_body_that_grows_beyond_the_limit_is_refused_without_a_length() -> None:
    door = Door()
    big = b"x" * (http.MOST_BYTES // 4)
    headers = [one for one in signed(big * 5) if one[0] != b"content-length"]
    assert await door.knock(headers, *[big] * 5) == 413
    whole = (COMMAND + b"&x=").ljust(http.MOST_BYTES, b"y")
    assert await door.knock([one for one in signed(whole) if one[0] != b"content-length"], whole[:9], whole[9:]) == 200


async def test_bodies_of_many_strangers_at_once_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_READING", 5_000)
    door = Door()
    waiting, statuses = asyncio.Event(), []

    async def slowly() -> None:
        coming = [{"type": "http.request", "body": b"x" * 1_000, "more_body": True}]

        async def receive() -> MutableMapping[str, Any]:
            if coming:
                return coming.pop()
            await waiting.wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            statuses.append(message.get("status"))

        scope = {"type": "http", "method": "POST", "path": "/slack/events", "headers": signed(b"other"), "query_string": b""}
        await door.guard(scope, receive, send)

    async with asyncio.TaskGroup() as strangers:
        for _ in range(8):
            strangers.create_task(slowly())
        while len(statuses) < 6:  # noqa: ASYNC110 - in memory, a turn of the loop each
            await asyncio.sleep(0)
        assert [one for one in statuses if one] == [503] * 3
        waiting.set()
    assert sorted(one for one in statuses if one) == [401] * 5 + [503] * 3
    assert await door.knock(signed(COMMAND), COMMAND) == 200


async def test_a_caller_who_hangs_up_in_the_middle_is_answered_by_nobody_and_remembered_by_nobody() -> None:
    door = Door()
    with pytest.raises(IndexError):  # no answer was sent
        await door.knock(signed(COMMAND))
    assert door.passed == []
    assert await door.knock(signed(COMMAND), COMMAND) == 200


async def test_a_websocket_is_closed() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await Door().guard({"type": "websocket"}, asyncio.Event().wait, send)  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_an_empty_secret_is_no_secret() -> None:
    with pytest.raises(ValueError, match="secret"):
        Guard(None, " ", SystemPorts())  # type: ignore[arg-type]
