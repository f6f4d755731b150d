"""What the provider room saw, as evidence: phases, causes, bounds, and every wrapping that an error comes in."""

from __future__ import annotations

import json

import httpx
import pytest

from bot.domain.failure import MAX_EVIDENCE_BYTES, Evidence, Phase
from bot.domain.kinds import Kind
from bot.failures.classify import classify
from bot.failures.evidence import from_exception, from_response
from bot.failures.unwrap import as_text

BLOCK = {"error": {"message": "Your request was rejected by the safety system.", "type": "x", "param": None, "code": "moderation_blocked"}}


@pytest.mark.parametrize(
    ("exc", "phase", "kind"),
    [
        (httpx.ConnectError("All connection attempts failed"), Phase.BEFORE_SEND, Kind.NETWORK_CONNECT),
        (httpx.ConnectTimeout(""), Phase.BEFORE_SEND, Kind.NETWORK_CONNECT),
        (httpx.PoolTimeout(""), Phase.BEFORE_SEND, Kind.TIMEOUT),
        (httpx.ProxyError("407 Proxy Authentication Required"), Phase.BEFORE_SEND, Kind.NETWORK_PROXY),
        (
            httpx.UnsupportedProtocol("Request URL is missing an 'http://' or 'https://' protocol."),
            Phase.BEFORE_SEND,
            Kind.ENDPOINT_NOT_FOUND,
        ),
        (httpx.ReadTimeout(""), Phase.AFTER_SEND, Kind.TIMEOUT),
        (httpx.WriteTimeout(""), Phase.AFTER_SEND, Kind.TIMEOUT),
        (httpx.ReadError(""), Phase.AFTER_SEND, Kind.NETWORK_RESET),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), Phase.AFTER_SEND, Kind.NETWORK_RESET),
        (TimeoutError(), Phase.UNKNOWN, Kind.TIMEOUT),
    ],
)
def test_an_exception_tells_its_phase_even_without_a_text(exc: Exception, phase: Phase, kind: Kind) -> None:
    evidence = from_exception(exc, provider="openai", api="images.generations")
    assert evidence.phase is phase
    assert classify(evidence).kind is kind


def test_the_cause_of_a_connect_error_says_what_it_was() -> None:
    outer = httpx.ConnectError("")
    outer.__cause__ = OSError(-2, "Name or service not known")
    evidence = from_exception(outer)
    assert evidence.exception == "httpx.ConnectError:  <- OSError: [Errno -2] Name or service not known"
    assert classify(evidence).kind is Kind.NETWORK_DNS


def test_causes_that_go_in_a_circle_end() -> None:
    first, second = ValueError("one"), ValueError("two")
    first.__cause__, second.__cause__ = second, first
    assert from_exception(first).exception == "ValueError: one <- ValueError: two"


def test_an_exception_whose_text_cannot_be_had_is_still_that_exception() -> None:
    class Mute(httpx.ReadTimeout):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    assert classify(from_exception(Mute(""))).kind is Kind.TIMEOUT


def test_a_long_body_is_cut_and_of_a_stream_the_end_is_kept() -> None:
    event = b'data: {"error": {"code": "moderation_blocked"}}\n\n'
    stream = b"data: " + b"x" * 200_000 + b"\n\n" + event
    evidence = from_response(200, {"Content-Type": "text/event-stream"}, stream)
    assert isinstance(evidence.body, bytes)
    assert len(evidence.body) <= MAX_EVIDENCE_BYTES
    assert classify(evidence).kind is Kind.SAFETY_PROMPT
    plain = from_response(400, {}, b"y" * 200_000)
    assert isinstance(plain.body, bytes)
    assert len(plain.body) == MAX_EVIDENCE_BYTES


@pytest.mark.parametrize(
    "body",
    [
        BLOCK,
        json.dumps(BLOCK),
        json.dumps(BLOCK).encode(),
        b"\xef\xbb\xbf" + json.dumps(BLOCK).encode(),
        json.dumps(json.dumps(BLOCK)),
        {"error": {"message": json.dumps(BLOCK)}},
        {"error": {"message": "upstream: " + json.dumps({"error": {"message": json.dumps(BLOCK)}})}},
        [BLOCK],
        f"Error code: 400 - {BLOCK}",
        f"400, {json.dumps(BLOCK)}",
        f"status=400 | body={json.dumps(BLOCK)}",
        json.dumps(BLOCK, indent=1).replace("\n", "<EOL>"),
        json.dumps(BLOCK)[:-2],
        '{"error": {"code": "moderation_blocked", "message": "Your request was rejec',
        f"event: error\ndata: {json.dumps(BLOCK)}\n\n",
        f"data: {json.dumps({'type': 'image_generation.partial_image'})}\n\ndata: {json.dumps(BLOCK)}\n\ndata: [DONE]\n\n",
        {"detail": [{"loc": ["body"], "msg": "Your request was rejected by the safety system.", "type": "x"}]},
        {"type": "about:blank", "title": "Your request was rejected by the safety system.", "status": 400},
        {"errors": ["Your request was rejected by the safety system."], "name": "x"},
        {"error": "Your request was rejected by the safety system."},
        "<html><head><title>Oops</title></head><body>Your request was rejected by the safety system.</body></html>",
        "<?xml version='1.0'?><Error><Code>moderation_blocked</Code></Error>",
    ],
)
def test_one_error_is_recognised_in_every_wrapping(body: object) -> None:
    assert classify(Evidence(status=400, body=body)).kind is Kind.SAFETY_PROMPT


def test_texts_in_other_encodings_and_with_null_bytes_are_read() -> None:
    assert as_text("é".encode("utf-16")) == "é"
    assert as_text(b"a\x00b\xff") == "ab\ufffd"


def test_a_number_that_is_infinite_or_absurd_is_no_number() -> None:
    for body in ('{"code": NaN}', '{"retry_after": Infinity}', '{"code": ' + "9" * 5000 + "}"):
        failure = classify(Evidence(status=429, body=body))
        assert failure.kind is Kind.RATE_LIMITED
        assert failure.wait is None
