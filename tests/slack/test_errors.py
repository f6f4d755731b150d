"""What Slack's answers mean, as the real slack_sdk raises them over a small server that answers whatever a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import errors
from adapters.slack.errors import ClassifiedError, ErrorClass, RespondFailed, Unreadable, UploadFailed, classify_error
from adapters.slack.uploads import NotReady, NotShared
from adapters.slack.wire import read
from tests.local_server import served

Answer = tuple[int, dict[str, str], bytes, str]
JSON, HTML, PLAIN = "application/json", "text/html", "text/plain"


class Server:
    """Answers every call with the same."""

    def __init__(self) -> None:
        self.answer: Answer = (200, {}, b"", JSON)
        self.how = "answer"
        self.base = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        if self.how == "cut":
            assert request.transport is not None
            request.transport.abort()
        if self.how == "stuck":
            await asyncio.Event().wait()
        status, headers, body, kind = self.answer
        return web.Response(status=status, headers={**headers, "Content-Type": kind}, body=body)


@contextlib.asynccontextmanager
async def serving(client_timeout: float = 10.0) -> AsyncIterator[tuple[Server, AsyncWebClient]]:
    """`client_timeout` is the client's, in seconds: short only where the answer is never to come."""
    server, timeout = Server(), aiohttp.ClientTimeout(total=client_timeout)
    async with served(server.handle) as address, aiohttp.ClientSession(timeout=timeout) as session:
        server.base = f"{address}/api/"
        yield server, AsyncWebClient("xoxb-1", base_url=server.base, session=session, retry_handlers=[])


async def classified(call: Any) -> ClassifiedError:
    """What the failure of a call means."""
    with pytest.raises(Exception) as raised:
        await read(call)
    found = classify_error(raised.value)
    assert found is not None, repr(raised.value)
    return found


async def judged_answer(answer: Answer, how: str = "answer") -> ClassifiedError:
    async with serving(0.3 if how == "stuck" else 10.0) as (server, client):
        server.answer, server.how = answer, how
        return await classified(client.chat_postMessage(channel="C1", text="secret words"))


def refusal(error: str, **more: Any) -> Answer:
    return (200, {}, json.dumps({"ok": False, "error": error, **more}).encode(), JSON)


# ---- answers -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "error_class"),
    [
        ("message_not_found", ErrorClass.GONE),
        ("cant_update_message", ErrorClass.GONE),
        ("edit_window_closed", ErrorClass.GONE),
        ("channel_not_found", ErrorClass.NO_CHANNEL),
        ("is_archived", ErrorClass.NO_CHANNEL),
        ("thread_not_found", ErrorClass.NO_CHANNEL),
        ("not_in_channel", ErrorClass.NOT_MEMBER),
        ("restricted_action", ErrorClass.FORBIDDEN),
        ("restricted_action_thread_locked", ErrorClass.FORBIDDEN),
        ("ekm_access_denied", ErrorClass.FORBIDDEN),
        ("token_revoked", ErrorClass.UNAUTHORISED),
        ("account_inactive", ErrorClass.UNAUTHORISED),
        ("invalid_auth", ErrorClass.UNAUTHORISED),
        ("cannot_dm_bot", ErrorClass.NO_DIRECT),
        ("messages_tab_disabled", ErrorClass.NO_DIRECT),
        ("user_not_in_channel", ErrorClass.NO_DIRECT),
        ("file_not_found", ErrorClass.FILE_NOT_READY),
        ("expired_trigger_id", ErrorClass.TRIGGER),
        ("msg_too_long", ErrorClass.TOO_LONG),
        ("msg_blocks_too_long", ErrorClass.TOO_LONG),
        ("fatal_error", ErrorClass.LOST),
        ("internal_error", ErrorClass.LOST),
        ("no_text", ErrorClass.INVALID),
        ("something_that_slack_invents_tomorrow", ErrorClass.INVALID),
    ],
)
async def test_an_error_code_says_what_to_do_next(code: str, error_class: ErrorClass) -> None:
    found = await judged_answer(refusal(code))
    assert found == ClassifiedError(error_class, code)


async def test_no_code_means_two_things() -> None:
    words = [code for codes in errors._CODES.values() for code in codes.split()]
    assert len(words) == len(set(words))


async def test_a_missing_scope_is_named_for_the_operator() -> None:
    found = await judged_answer(refusal("missing_scope", needed="chat:write", provided="commands"))
    assert found == ClassifiedError(ErrorClass.SCOPE, "missing_scope/chat:write")


@pytest.mark.parametrize(
    ("code", "message", "error_class", "detail"),
    [
        ("invalid_blocks", "[ERROR] invalid slack file [json-pointer:/blocks/1/slack_file]", ErrorClass.FILE_NOT_READY, "invalid_blocks"),
        (
            "invalid_blocks",
            "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
            ErrorClass.INVALID,
            "invalid_blocks/blocks/0/text/text",
        ),
        ("invalid_arguments", "[ERROR] `trigger_id` expired", ErrorClass.TRIGGER, "invalid_arguments"),
        ("invalid_arguments", "[ERROR] missing required field: channel", ErrorClass.INVALID, "invalid_arguments"),
    ],
)
async def test_codes_with_several_meanings_are_told_apart_by_their_messages(
    code: str, message: str, error_class: ErrorClass, detail: str
) -> None:
    for where in ({"response_metadata": {"messages": [message]}}, {"errors": [message]}):
        assert await judged_answer(refusal(code, **where)) == ClassifiedError(error_class, detail)


async def test_no_foreign_words_reach_the_detail() -> None:
    for answer in (
        refusal("Secret words <b>"),
        refusal("invalid_blocks", response_metadata={"messages": ["secret words", 5, None]}),
        refusal("missing_scope", needed="secret words"),
        refusal("no_text", response_metadata="secret words", errors="secret words"),
        (200, {}, b"secret words {", JSON),
        (500, {}, b"secret words", PLAIN),
    ):
        found = await judged_answer(answer)
        assert "secret" not in found.detail.lower()


# ---- rates -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7.0), ("2.5", 2.5), ("0", 1.0), ("86400", 300.0), ("soon", 30.0), ("nan", 30.0), (None, 30.0), ("inf", 300.0)],
)
async def test_retry_after_is_obeyed_within_bounds(header: str | None, wait: float) -> None:
    headers = {} if header is None else {"Retry-After": header}
    for body in (b'{"ok":false,"error":"ratelimited"}', b""):
        found = await judged_answer((429, headers, body, JSON if body else HTML))
        assert found == ClassifiedError(ErrorClass.WAIT, "ratelimited", wait)


@pytest.mark.parametrize(("code", "wait"), [("rate_limited", 30.0), ("service_unavailable", 10.0), ("team_added_to_org", 60.0)])
async def test_what_was_surely_not_done_waits(code: str, wait: float) -> None:
    assert await judged_answer(refusal(code)) == ClassifiedError(ErrorClass.WAIT, code, wait)


# ---- lost answers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b'{"ok":false,"error":"internal_error"}', JSON),
        (500, {}, b'{"ok":false,"error":"channel_not_found"}', JSON),
        (502, {}, b"<html>bad gateway</html>", HTML),
        (503, {}, b'{"ok":false,"error":"service_unavailable"}', JSON),
        (504, {}, b"", HTML),
        (200, {}, b"", JSON),
        (200, {}, b"{", JSON),
        (200, {}, b"\xff\xfe\xff", JSON),
        (200, {}, b"[1, 2]", JSON),
        (200, {}, b"null", JSON),
        (200, {}, b"true", JSON),
        (200, {}, b"[" * 100_000, JSON),
        (200, {}, b"<html>log in to the hotel's network</html>", HTML),
        (200, {}, b"ok", PLAIN),
        (403, {}, b"blocked by the proxy", PLAIN),
        (404, {}, b"", HTML),
        (200, {}, b'{"ok":false}', JSON),
        (200, {}, b'{"ok":false,"error":{"code":5}}', JSON),
    ],
)
async def test_whatever_is_no_answer_of_slack_may_have_been_done(answer: Answer) -> None:
    assert (await judged_answer(answer)).error_class is ErrorClass.LOST


async def test_a_cut_connection_and_a_silent_one_may_have_been_done() -> None:
    for how in ("cut", "stuck"):
        assert (await judged_answer((200, {}, b"", JSON), how)).error_class is ErrorClass.LOST


async def test_a_connection_that_never_stood_is_safe_to_repeat() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with aiohttp.ClientSession() as session:
            base = f"http://127.0.0.1:{taken.getsockname()[1]}/api/"
            client = AsyncWebClient("xoxb-1", base_url=base, session=session, retry_handlers=[])
            found = await classified(client.chat_postMessage(channel="C1", text="x"))
    assert found == ClassifiedError(ErrorClass.WAIT, "not_reachable", 5.0)


# ---- other exceptions --------------------------------------------------------------------------------------------------------


def other_failures() -> list[tuple[Exception, ErrorClass, float]]:
    return [
        (RespondFailed(404), ErrorClass.OVER, 0.0),
        (RespondFailed(410), ErrorClass.OVER, 0.0),
        (RespondFailed(404, "used_url"), ErrorClass.OVER, 0.0),
        (RespondFailed(200, "expired_url"), ErrorClass.OVER, 0.0),
        (RespondFailed(0, "invalid_url"), ErrorClass.OVER, 0.0),
        (RespondFailed(307), ErrorClass.OVER, 0.0),
        (RespondFailed(404, "channel_not_found"), ErrorClass.NO_CHANNEL, 0.0),
        (RespondFailed(403, "action_prohibited"), ErrorClass.FORBIDDEN, 0.0),
        (RespondFailed(429, "", 4.0), ErrorClass.WAIT, 4.0),
        (RespondFailed(429), ErrorClass.WAIT, 30.0),
        (RespondFailed(400, "invalid_payload"), ErrorClass.INVALID, 0.0),
        (RespondFailed(500), ErrorClass.LOST, 0.0),
        (UploadFailed(503), ErrorClass.LOST, 0.0),
        (UploadFailed(404), ErrorClass.LOST, 0.0),
        (UploadFailed(429, 2.0), ErrorClass.WAIT, 2.0),
        (UploadFailed(400), ErrorClass.INVALID, 0.0),
        (NotReady(), ErrorClass.FILE_NOT_READY, 0.0),
        (NotShared(), ErrorClass.FILE_NOT_READY, 0.0),
        (SlackRequestError("upload host"), ErrorClass.LOST, 0.0),
        (Unreadable(), ErrorClass.LOST, 0.0),
        (TimeoutError(), ErrorClass.LOST, 0.0),
        (ConnectionResetError(), ErrorClass.LOST, 0.0),
        (errors.NotConnected(), ErrorClass.WAIT, 5.0),
        (errors.BackOff(12.5), ErrorClass.WAIT, 12.5),
        (SlackApiError("x", {"ok": False, "error": "not_in_channel"}), ErrorClass.NOT_MEMBER, 0.0),
        (SlackApiError("x", None), ErrorClass.LOST, 0.0),
    ]


async def test_other_failures_of_a_call() -> None:
    for error, error_class, wait in other_failures():
        found = classify_error(error)
        assert found is not None
        assert (found.error_class, found.wait) == (error_class, wait), repr(error)


@pytest.mark.parametrize("error", [KeyError("x"), AssertionError(), asyncio.CancelledError(), ValueError("x")])
async def test_a_bug_is_not_mistaken_for_an_answer(error: BaseException) -> None:
    assert classify_error(error) is None
