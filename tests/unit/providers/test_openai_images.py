"""One exchange: what is sent, and what comes back whatever the server does."""

import asyncio
import base64
import dataclasses
import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.failure import Phase
from bot.domain.kinds import Action, Group, Kind
from bot.domain.outcome import Billed, Outcome, Usage
from bot.failures.classify import classify
from bot.providers.body import BodyReader
from tests.unit.providers.wire import Exchange, a_call, always, ask, b64, picture, provider, serving


def kind(outcome: Outcome) -> Kind:
    assert outcome.shortfall is not None
    return classify(outcome.shortfall).kind


async def test_a_picture_comes_back_stored_with_what_it_cost(tmp_path: Path) -> None:
    usage = {"input_tokens": 12, "output_tokens": 1756, "total_tokens": 1768}
    answer = {"created": 1, "data": [{"b64_json": b64((1024, 1024))}], "usage": usage}
    headers = {"x_request_id": "req_abc", "x_ratelimit_remaining_requests": "4", "x_other": "1"}
    outcome = await ask(always(answer, **headers), tmp_path)
    assert [(made.width, made.height, made.format) for made in outcome.pictures] == [(1024, 1024, "png")]
    assert outcome.shortfall is None
    assert (outcome.billed, outcome.status, outcome.usage) == (Billed.YES, 200, Usage(12, 1756))
    assert outcome.provider_request_id == "req_abc"
    assert outcome.rate_headers == {"x-ratelimit-remaining-requests": "4"}
    assert outcome.latency > 0


async def test_exactly_what_was_asked_is_sent_and_no_response_format(tmp_path: Path) -> None:
    async with serving(always({"data": [{"b64_json": b64()}]})) as server, provider(server.base_url, tmp_path) as made:
        await made.call(a_call(prompt='日本 \ud800 <lora:x> | "quoted"', count=1, size="1536x864", quality="high"))
    sent = server.seen[0]
    assert sent.path == "/v1/images/generations"
    expected = {"model": "gpt-image-2", "prompt": '日本 \ud800 <lora:x> | "quoted"', "n": 1, "size": "1536x864", "quality": "high"}
    assert sent.json() == expected
    head = sent.head.lower()
    assert b"authorization: bearer sk-test" in head
    assert b"accept-encoding: identity" in head


async def test_without_a_key_no_key_is_sent(tmp_path: Path) -> None:
    async with serving(always({"data": [{"b64_json": b64()}]})) as server, provider(server.base_url, tmp_path, key=None) as made:
        await made.call(a_call())
    assert b"authorization" not in server.seen[0].head.lower()


async def test_some_pictures_and_the_reason_for_the_rest(tmp_path: Path) -> None:
    blocked = {"error": {"code": "OutputImageSensitiveContentDetected", "message": "The output image may contain sensitive information."}}
    outcome = await ask(always({"data": [{"b64_json": b64((65, 65))}, blocked, {"b64_json": b64()}]}), tmp_path, count=3)
    assert len(outcome.pictures) == 2
    assert kind(outcome) is Kind.SAFETY_OUTPUT
    assert outcome.billed is Billed.YES


async def test_fewer_pictures_than_asked_for_are_delivered_with_a_shortfall(tmp_path: Path) -> None:
    outcome = await ask(always({"data": [{"b64_json": b64((65, 65))}, {"b64_json": b64()}]}), tmp_path, count=3)
    assert len(outcome.pictures) == 2
    assert kind(outcome) is Kind.EMPTY_RESULT


async def test_a_picture_that_was_handed_over_damaged_was_made_all_the_same(tmp_path: Path) -> None:
    damaged = base64.b64encode(picture((65, 65))[:60]).decode()
    outcome = await ask(always({"data": [{"b64_json": b64((65, 65))}, {"b64_json": damaged}]}), tmp_path, count=2)
    assert (len(outcome.pictures), outcome.made, outcome.billed) == (1, 2, Billed.YES)


async def test_a_picture_that_the_provider_takes_back_is_not_shown(tmp_path: Path) -> None:
    outcome = await ask(always({"data": [{"b64_json": b64(), "respect_moderation": False}]}), tmp_path)
    assert outcome.pictures == ()
    assert kind(outcome) is Kind.SAFETY_OUTPUT
    flagged = {"images": [{"url": "https://x.test/a.png"}], "has_nsfw_concepts": [True], "seed": 1}
    outcome = await ask(always(flagged), tmp_path)
    assert outcome.pictures == ()
    assert kind(outcome) is Kind.SAFETY_OUTPUT


async def test_more_pictures_than_asked_for_are_left(tmp_path: Path) -> None:
    outcome = await ask(always({"data": [{"b64_json": b64()}, {"b64_json": b64((65, 65))}]}), tmp_path)
    assert len(outcome.pictures) == 1
    assert outcome.shortfall is None


@pytest.mark.parametrize(
    "answer",
    [
        lambda: {"data": [{"b64_json": "data:image/png;base64," + b64((128, 128)), "url": ""}]},
        lambda: {"data": [{"b64_json": "", "url": "data:image/png;base64," + b64((128, 128)), "revised_prompt": ""}]},
        lambda: {"images": [b64((128, 128))]},
        lambda: {"data": {"images": [{"base64": b64()}]}},
        lambda: {"choices": [{"message": {"images": [{"image_url": {"url": "data:image/png;base64," + b64()}}]}}]},
        lambda: {"output": ["data:image/webp;base64," + base64.b64encode(picture((64, 64), "WEBP")).decode()]},
    ],
)
async def test_the_picture_is_found_where_gateways_put_it(tmp_path: Path, answer: object) -> None:
    outcome = await ask(always(answer()), tmp_path)  # type: ignore[operator]
    assert len(outcome.pictures) == 1
    assert outcome.shortfall is None


async def test_a_revised_prompt_is_kept(tmp_path: Path) -> None:
    outcome = await ask(always({"data": [{"b64_json": b64(), "revised_prompt": "a scarlet bicycle"}]}), tmp_path)
    assert outcome.pictures[0].revised_prompt == "a scarlet bicycle"


async def test_an_event_stream_with_a_finished_picture_is_read(tmp_path: Path) -> None:
    small, big = b64(), b64((256, 256))
    stream = f'event: image_generation.partial_image\ndata: {{"type":"image_generation.partial_image","b64_json":"{small}"}}\n\n'
    stream += f'event: image_generation.completed\ndata: {{"type":"image_generation.completed","b64_json":"{big}"}}\n\n'
    outcome = await ask(always(stream.encode(), content_type="text/event-stream"), tmp_path)
    assert [made.width for made in outcome.pictures] == [256]


CASES: list[tuple[str, bytes | object, int, dict[str, str], Kind | Group, Billed]] = [
    ("HTML with 200", b"<!doctype html><title>Welcome</title>", 200, {"content_type": "text/html"}, Group.UNUSABLE, Billed.UNKNOWN),
    ("nothing with 200", b"", 200, {}, Group.UNUSABLE, Billed.UNKNOWN),
    ("NaN", b'{"data":[{"b64_json": NaN}]}', 200, {}, Group.UNUSABLE, Billed.YES),
    ("deep nesting", b'{"a":' * 5000 + b"1" + b"}" * 5000, 200, {}, Group.UNUSABLE, Billed.UNKNOWN),
    ("cut JSON", b'{"data":[{"b64_json":"iVBOR', 200, {}, Group.UNUSABLE, Billed.UNKNOWN),
    ("wrong types", {"data": {"b64_json": 7, "url": []}, "usage": "none"}, 200, {}, Group.UNUSABLE, Billed.UNKNOWN),
    ("null picture", {"data": [{"b64_json": None, "url": None}]}, 200, {}, Group.UNUSABLE, Billed.YES),
    ("no pictures", {"data": []}, 200, {}, Kind.EMPTY_RESULT, Billed.YES),
    ("a list", [], 200, {}, Group.UNUSABLE, Billed.UNKNOWN),
    ("null", None, 200, {}, Group.UNUSABLE, Billed.UNKNOWN),
    ("text as picture", {"data": [{"b64_json": "Sorry, I cannot do that."}]}, 200, {}, Kind.CORRUPT_IMAGE, Billed.YES),
    ("half a picture", {"data": [{"b64_json": b64((200, 200))[:4000]}]}, 200, {}, Kind.CORRUPT_IMAGE, Billed.YES),
    ("script address", {"data": [{"url": "javascript:alert(1)"}]}, 200, {}, Group.UNUSABLE, Billed.YES),
    ("block", {"error": {"code": "moderation_blocked", "type": "image_generation_user_error"}}, 400, {}, Kind.SAFETY_PROMPT, Billed.NO),
    ("bad key", {"error": {"code": "invalid_api_key"}}, 401, {}, Kind.AUTH_INVALID_KEY, Billed.NO),
    ("rate", {"error": {"code": "rate_limit_exceeded"}}, 429, {"retry_after": "7"}, Kind.RATE_LIMITED, Billed.NO),
    ("server", {"error": {"type": "server_error"}}, 500, {}, Kind.SERVER_ERROR, Billed.UNKNOWN),
    ("gateway", b"<html><title>502 Bad Gateway</title>", 502, {"content_type": "text/html"}, Kind.GATEWAY_ERROR, Billed.UNKNOWN),
    ("error as text", {"error": "<!channel> @everyone"}, 400, {}, Group.PARAMETERS, Billed.NO),
    ("error null", {"error": {"message": None}}, 418, {}, Group.PARAMETERS, Billed.NO),
]


@pytest.mark.parametrize(("name", "body", "status", "headers", "expected", "billed"), CASES, ids=[case[0] for case in CASES])
async def test_every_answer_is_an_outcome(
    tmp_path: Path, name: str, body: object, status: int, headers: dict[str, str], expected: Kind | Group, billed: Billed
) -> None:
    outcome = await ask(always(body, status, **headers), tmp_path)
    assert outcome.pictures == ()
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert expected in (failure.kind, failure.group)
    assert (outcome.billed, outcome.status, outcome.shortfall.phase) == (billed, status, Phase.AFTER_SEND)
    assert outcome.shortfall.provider == "gateway"
    if "retry_after" in headers:
        assert outcome.rate_headers == {"retry-after": "7"}
        assert failure.wait == 7


@pytest.mark.parametrize("request_id", ["req 1", "x" * 129, "<!channel>", "réq"])
async def test_a_strange_request_id_is_not_taken(tmp_path: Path, request_id: str) -> None:
    async def handler(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 500 X\r\ncontent-length: 0\r\nx-request-id: " + request_id.encode("latin-1") + b"\r\n\r\n")

    assert (await ask(handler, tmp_path)).provider_request_id is None


async def test_a_redirect_is_not_followed_and_takes_no_key_along(tmp_path: Path) -> None:
    async with serving(always({"data": [{"b64_json": b64()}]})) as other:
        outcome = await ask(always(b"", 307, location=other.base_url), tmp_path)
    assert other.seen == []
    assert (outcome.pictures, outcome.status, outcome.billed) == ((), 307, Billed.NO)


async def test_a_packed_answer_is_unpacked_no_further_than_an_answer_may_be_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 0
    feed = BodyReader.feed

    def counted(self: BodyReader, piece: bytes) -> None:
        nonlocal most
        most += len(piece)
        feed(self, piece)

    monkeypatch.setattr(BodyReader, "feed", counted)
    bomb = gzip.compress(b"0" * 200_000_000, compresslevel=9)
    outcome = await ask(always(bomb, content_encoding="gzip"), tmp_path)
    assert outcome.pictures == ()
    assert most < 3 * 1024 * 1024
    bomb = gzip.compress(b'{"data": [{"b64_json": "' + b"A" * 400_000_000, compresslevel=1)
    most = 0
    outcome = await ask(always(bomb, content_encoding="gzip"), tmp_path)
    assert most < 90 * 1024 * 1024
    assert outcome.shortfall is not None
    assert classify(outcome.shortfall).facts["why"] == "bytes"


def answer_of(content: bytes) -> bytes:
    return json.dumps({"data": [{"b64_json": base64.b64encode(content).decode()}]}).encode()


def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", lambda body: gzip.compress(body[:50]) + gzip.compress(body[50:]) + b"\0" * 20),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("deflate, gzip", lambda body: gzip.compress(zlib.compress(body))),
        ("identity", bytes),
    ],
)
async def test_an_unasked_packing_is_undone(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    outcome = await ask(always(pack(answer_of(picture())), content_encoding=name), tmp_path)
    assert len(outcome.pictures) == 1
    refused = await ask(always(pack(b'{"error": {"code": "moderation_blocked", "message": "x"}}'), 400, content_encoding=name), tmp_path)
    assert refused.shortfall is not None
    assert classify(refused.shortfall).group is Group.SAFETY


@pytest.mark.parametrize("name", ["br", "zstd", "gzip, br", "compress", "gzip, gzip, gzip, gzip"])
async def test_a_packing_that_cannot_be_undone_is_named_and_not_paid_for_again(tmp_path: Path, name: str) -> None:
    outcome = await ask(always(b"\x8b\x00\x80", content_encoding=name), tmp_path)
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert (failure.kind, failure.action, failure.facts["why"]) == (Kind.NOT_TAKEN, Action.NONE, "encoding")
    assert outcome.billed is not Billed.NO
    refused = await ask(always(b"\x8b\x00\x80", 429, content_encoding=name), tmp_path)
    assert refused.shortfall is not None
    assert classify(refused.shortfall).kind is Kind.RATE_LIMITED


@pytest.mark.parametrize("content_type", ["image/png", "IMAGE/PNG; charset=binary", "application/octet-stream"])
@pytest.mark.parametrize("packed", [False, True])
async def test_a_bare_picture_is_an_answer(tmp_path: Path, content_type: str, packed: bool) -> None:
    body = gzip.compress(picture()) if packed else picture()
    headers = {"content_encoding": "gzip"} if packed else {}
    outcome = await ask(always(body, content_type=content_type, **headers), tmp_path)
    assert len(outcome.pictures) == 1
    assert (outcome.billed, outcome.made, outcome.shortfall) == (Billed.YES, 1, None)


async def test_a_bare_answer_that_is_no_picture_we_take_is_named(tmp_path: Path) -> None:
    outcome = await ask(always(b"<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml"), tmp_path)
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert (failure.kind, failure.action, failure.facts["type"]) == (Kind.NOT_TAKEN, Action.NONE, "SVG")
    assert outcome.billed is Billed.YES


async def test_an_answer_without_end_is_left(tmp_path: Path) -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
        while not exchange.writer.is_closing():
            await exchange.raw(b'{"x": 1},' * 20_000)

    outcome = await ask(endless, tmp_path)
    assert outcome.pictures == ()
    assert outcome.shortfall is not None
    assert len(outcome.shortfall.body) <= 64 * 1024  # type: ignore[arg-type]


async def test_a_refusal_without_end_is_cut(tmp_path: Path) -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 500 X\r\ncontent-type: text/plain\r\n\r\n")
        while not exchange.writer.is_closing():
            await exchange.raw(b"sorry " * 20_000)

    outcome = await ask(endless, tmp_path)
    assert outcome.status == 500
    assert len(outcome.shortfall.body) <= 64 * 1024  # type: ignore[arg-type, union-attr]


async def test_cancelling_closes_the_connection(tmp_path: Path) -> None:
    arrived = asyncio.Event()

    async def silent(exchange: Exchange) -> None:
        arrived.set()
        await asyncio.Event().wait()

    async with serving(silent) as server, provider(server.base_url, tmp_path) as made:
        running = asyncio.create_task(made.call(a_call()))
        await arrived.wait()
        writer = server.seen[0].writer
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        async with asyncio.timeout(30):
            while not writer.transport.is_closing():
                try:
                    writer.write(b".")
                    await writer.drain()
                except ConnectionError:
                    break
                await asyncio.sleep(0)


async def test_the_outcome_of_a_call_names_no_key(tmp_path: Path) -> None:
    async with serving(always({"error": {}}, 500)) as server, provider(server.base_url, tmp_path, key="sk-canary") as made:
        outcome = await made.call(a_call())
        assert "canary" not in made.gate_key + repr(dataclasses.asdict(outcome))
        assert made.gate_key.startswith(f"127.0.0.1:{server.port}#")
