"""A picture is found by the bytes of an answer, whatever its headers say about them; and words are read as words."""

import base64
import gzip
import json
from pathlib import Path

import pytest

from bot.domain.kinds import Kind
from bot.failures.classify import classify
from tests.unit.providers.test_openai_images import always, ask
from tests.unit.providers.wire import picture

PNG = picture((96, 64))
JSON = json.dumps({"data": [{"b64_json": base64.b64encode(PNG).decode()}]}).encode()
EVENT = b"data: " + json.dumps({"type": "image_generation.completed", "b64_json": base64.b64encode(PNG).decode()}).encode()
BLOCKED = json.dumps({"error": {"code": "moderation_blocked", "message": "Your request was rejected by the safety system."}}).encode()
PARTS = b"preamble\r\n--x_y\r\nContent-Type: application/json\r\n\r\n%s\r\n--x_y\r\nContent-Type: image/png\r\n\r\n%s\r\n--x_y--\r\n"
MULTIPART = 'multipart/mixed; boundary="x_y"; charset=utf-8'


def parts(words: bytes, file: bytes) -> bytes:
    return PARTS % (words, file)


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("application/json", PNG),
        ("text/plain; charset=utf-8", PNG),
        ("image/png", JSON),
        ("image/png", b" \n" + JSON),
        ("application/json", gzip.compress(JSON)),
        ("image/png", gzip.compress(PNG)),
        ("application/x-ndjson", b'{"status": "processing", "id": "t-1"}\n' + JSON + b"\n"),
        ("application/json", JSON + b"\n<!-- served from cache -->"),
        (MULTIPART, parts(b'{"ok": true}', PNG)),
        ("text/event-stream", JSON),
        ("text/event-stream", b"\xef\xbb\xbf" + EVENT + b"\n\n"),
        ("text/event-stream", EVENT),
        ("application/json", b"event: x\n" + EVENT + b"\n\n"),
        ("text/plain", b": ping\n\n" + EVENT + b"\n\ndata: [DONE]\n\n"),
        (MULTIPART, parts(JSON, b"")),
        ("application/json", JSON.replace(b"{", b'{"created": NaN, ', 1)),
        ("application/json", JSON.replace(b"/", b"%2F").replace(b'_json": "', b'_json": "data:image/png;base64,')),
    ],
)
async def test_a_picture_is_found(tmp_path: Path, declared: str, body: bytes) -> None:
    outcome = await ask(always(body, content_type=declared), tmp_path)
    assert outcome.shortfall is None
    assert [(one.width, one.height) for one in outcome.pictures] == [(96, 64)]


@pytest.mark.parametrize(
    ("declared", "body", "kind"),
    [
        ("image/png", BLOCKED, Kind.SAFETY_PROMPT),
        ("image/webp", b"<!doctype html><title>Welcome</title>", Kind.MALFORMED_RESPONSE),
        ("application/json", b"BMW cannot be drawn", Kind.MALFORMED_RESPONSE),
        ("application/pdf", b"%PDF-1.7\n", Kind.NOT_TAKEN),
        ("application/json", b"PK\3\4" + b"\0" * 40, Kind.NOT_TAKEN),
        (MULTIPART, parts(BLOCKED, b""), Kind.SAFETY_PROMPT),
    ],
)
async def test_what_is_no_picture_is_named(tmp_path: Path, declared: str, body: bytes, kind: Kind) -> None:
    outcome = await ask(always(body, content_type=declared), tmp_path)
    assert outcome.pictures == ()
    assert outcome.shortfall is not None
    assert classify(outcome.shortfall).kind is kind


async def test_a_cut_surrogate_in_a_reworded_prompt_costs_no_picture(tmp_path: Path) -> None:
    body = JSON.replace(b'{"b64', rb'{"revised_prompt": "a bicycle \ud83d\u0000", "b64')
    outcome = await ask(always(body), tmp_path)
    assert [one.revised_prompt for one in outcome.pictures] == ["a bicycle \ufffd"]
