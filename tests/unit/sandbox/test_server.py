"""The sandbox as a stranger's client meets it."""

import base64
import io
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from PIL import Image

from bot.sandbox.answers import Delays
from bot.sandbox.draw import draw
from bot.sandbox.server import start


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    running = await start(pace=Delays(slow=0.01, timeout=0.01))
    root = running.base_url.removesuffix("/v1")
    async with httpx.AsyncClient(base_url=root, headers={"authorization": "Bearer anything"}, trust_env=False) as made:
        yield made
    await running.stop()


async def generate(client: httpx.AsyncClient, **fields: object) -> httpx.Response:
    body = {"model": "sandbox-1", "prompt": "a red bicycle in the rain", "size": "64x64", **fields}
    return await client.post("/v1/images/generations", json=body)


def opened(b64: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(b64)))


@pytest.mark.parametrize("size", ["64x64", "1024x1024", "1536x1024", "977x705", "3840x2160"])
async def test_pictures_have_the_size_that_was_asked_for(client: httpx.AsyncClient, size: str) -> None:
    answer = (await generate(client, size=size)).json()
    assert "{}x{}".format(*opened(answer["data"][0]["b64_json"]).size) == size
    assert answer["size"] == size


async def test_the_same_prompt_gives_the_same_pictures_and_each_of_n_is_another(client: httpx.AsyncClient) -> None:
    first, second = [(await generate(client, n=3)).json()["data"] for _ in range(2)]
    assert first == second
    assert len({item["b64_json"] for item in first}) == 3
    other = (await generate(client, prompt="another")).json()["data"]
    assert other[0] != first[0]


async def test_usage_counts_by_the_published_formula(client: httpx.AsyncClient) -> None:
    usage = (await generate(client, size="1536x1024", quality="high", n=2)).json()["usage"]
    assert usage["output_tokens"] == 2 * 5488
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    assert usage["input_tokens_details"]["text_tokens"] == usage["input_tokens"]


@pytest.mark.parametrize("words", ["", "   ", "猫が座っている", "\u202e\ud83d\ude00", "x" * 5000, "<script>" * 9, "sandbox:nothing"])
def test_any_prompt_can_be_drawn(words: str) -> None:
    assert Image.open(io.BytesIO(draw(words, 200, 120))).size == (200, 120)


@pytest.mark.parametrize(
    ("fields", "status", "param"),
    [
        ({"size": "7x7"}, 400, "size"),
        ({"size": "4000x4000"}, 400, "size"),
        ({"size": 5}, 400, "size"),
        ({"size": "²x64"}, 400, "size"),
        ({"quality": "hd"}, 400, "quality"),
        ({"quality": ["low"]}, 400, "quality"),
        ({"n": 99}, 400, "n"),
        ({"n": 0}, 400, "n"),
        ({"n": True}, 400, "n"),
        ({"n": "many"}, 400, "n"),
        ({"prompt": ""}, 400, "prompt"),
        ({"prompt": "x" * 32_001}, 400, "prompt"),
        ({"prompt": None}, 400, None),
        ({"model": "gpt-image-9"}, 404, None),
        ({"response_format": "b64_json"}, 400, "background"),
    ],
)
async def test_a_wrong_value_is_refused_as_openai_refuses_it(
    client: httpx.AsyncClient, fields: dict[str, object], status: int, param: str
) -> None:
    answer = await generate(client, **fields)
    assert answer.status_code == status
    assert answer.json()["error"]["param"] == param
    assert answer.headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff"])
async def test_what_is_no_request_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/v1/images/generations", content=body)
    assert answer.status_code == 400


async def test_a_key_is_needed_and_any_will_do(client: httpx.AsyncClient) -> None:
    for headers in ({"authorization": ""}, {"authorization": "Bearer"}):
        refused = await client.post("/v1/images/generations", json={"prompt": "x"}, headers=headers)
        assert refused.status_code == 401
    azure = await client.get("/v1/models", headers={"authorization": "", "api-key": "x"})
    assert azure.status_code == 200


async def test_models_name_their_shutdown_date(client: httpx.AsyncClient) -> None:
    models = {model["id"]: model["shutdown_date"] for model in (await client.get("/v1/models")).json()["data"]}
    assert models["gpt-image-2"] is None
    assert (await client.get("/v1/models/gpt-image-1.5")).json()["shutdown_date"] == "2026-12-01"
    assert (await client.get("/v1/models/none")).status_code == 404
    assert (await client.get("/v2/anything")).status_code == 404


async def test_a_stream_sends_partial_pictures_and_then_the_finished_one(client: httpx.AsyncClient) -> None:
    answer = await generate(client, stream=True, partial_images=2)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    assert [event["type"] for event in events] == ["image_generation.partial_image"] * 2 + ["image_generation.completed"]
    assert [event["partial_image_index"] for event in events[:2]] == [0, 1]
    assert opened(events[2]["b64_json"]).size == (64, 64)
    assert events[2]["usage"]["output_tokens"] > 0


async def test_edits_take_a_form_or_json(client: httpx.AsyncClient) -> None:
    reference = draw("a blue house", 64, 64)
    plain = (await generate(client, prompt="make it red")).json()["data"][0]["b64_json"]
    fields = {"model": "sandbox-1", "prompt": "make it red", "size": "64x64", "n": "1"}
    form = await client.post("/v1/images/edits", data=fields, files=[("image[]", ("a.png", reference, "image/png"))])
    address = "data:image/png;base64," + base64.b64encode(reference).decode()
    as_json = await client.post("/v1/images/edits", json={**fields, "n": 1, "images": [{"image_url": address}]})
    assert form.json()["data"] == as_json.json()["data"]
    assert form.json()["data"][0]["b64_json"] != plain
    assert form.json()["usage"]["input_tokens_details"]["image_tokens"] == 300


@pytest.mark.parametrize("reference", [b"", b"<html>", b"\x89PNG\r\n\x1a\n broken"])
async def test_an_edit_without_a_picture_is_refused(client: httpx.AsyncClient, reference: bytes) -> None:
    answer = await client.post("/v1/images/edits", data={"prompt": "x"}, files={"image": ("a.png", reference, "image/png")})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "image")
    address = "data:image/png;base64," + base64.b64encode(reference).decode()
    answer = await client.post("/v1/images/edits", json={"prompt": "x", "images": [{"image_url": address}]})
    assert answer.status_code == 400


async def test_the_control_call_sets_faults_and_the_log_tells_what_came(client: httpx.AsyncClient) -> None:
    rule = {"kind": "rate_limited", "times": 1, "match": "bicycle", "retry_after": 0.5}
    assert (await client.post("/_sandbox/faults", json=rule)).status_code == 200
    refused = await generate(client)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "0.5")
    assert (await generate(client)).status_code == 200
    await generate(client, n=99)
    calls = (await client.get("/_sandbox/log")).json()["calls"]
    assert [call["outcome"] for call in calls] == ["rate_limited", "pictures", "unsupported_count"]
    assert (calls[0]["prompt"], calls[0]["size"], calls[1]["finished"]) == ("a red bicycle in the rain", "64x64", True)
    await client.delete("/_sandbox/log")
    assert (await client.get("/_sandbox/log")).json()["calls"] == []


async def test_faults_can_be_listed_and_cleared(client: httpx.AsyncClient) -> None:
    await client.post("/_sandbox/faults", json=[{"kind": "timeout", "times": None}, {"kind": "server_error"}])
    shown = (await client.get("/_sandbox/faults")).json()
    assert [fault["kind"] for fault in shown["faults"]] == ["timeout", "server_error"]
    assert "safety_prompt" in shown["known"]
    await client.delete("/_sandbox/faults")
    assert (await generate(client)).status_code == 200


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "bogus"},
        [{"kind": "timeout"}, {"kind": "bogus"}],
        {},
        [],
        7,
        [7],
        {"kind": "timeout", "times": 0},
        {"kind": "timeout", "delay": -1},
        {"kind": "timeout", "match": 5},
    ],
)
async def test_a_wrong_control_call_is_refused_in_words(client: httpx.AsyncClient, rule: object) -> None:
    answer = await client.post("/_sandbox/faults", json=rule)
    assert answer.status_code == (200 if rule == [] else 400)
    assert (await client.get("/_sandbox/faults")).json()["faults"] == []


async def test_two_sandboxes_cannot_share_an_address() -> None:
    running = await start()
    port = int(running.base_url.split(":")[2].removesuffix("/v1"))
    with pytest.raises(OSError):
        await start(port=port)
    await running.stop()
    again = await start(port=port)
    await again.stop()
