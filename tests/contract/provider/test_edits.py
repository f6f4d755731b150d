"""References and masks over real HTTP: what reaches the service is exactly what was stored, in each dialect's own form."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.domain.attachments import ReferenceLimits
from bot.domain.outcome import Billed
from bot.pixels.jobs import do
from bot.ports import SystemPorts
from bot.providers.api import HttpCall
from bot.providers.http_provider import HttpProvider
from bot.providers.input_pictures import longest_edge, with_pictures
from bot.providers.pictures import PictureStore
from bot.providers.port import Call
from bot.providers.services.registry import SERVICES, api_for
from bot.sandbox.server import RunningSandbox
from tests.contract.provider.test_services import MODELS, calls, to_the_end
from tests.unit.pixels.test_reference import file, mask, picture

CALL = Call("a1", "gpt-image-2", "turn the bicycle blue", "1024x1024", "medium", 1, 10.0, "member")


async def stored(store: PictureStore, raw: bytes, **values: Any) -> str:
    made, content = do("reference", {"max_edge": 2048, "max_bytes": 1 << 20, **values}, [raw])
    await store.keep(content, made["sha256"], made["format"])
    return str(made["sha256"])


async def an_edit(store: PictureStore) -> Call:
    one, two = await stored(store, file(picture(300, 200), "JPEG")), await stored(store, file(picture(90, 90), "PNG"))
    only = await stored(store, file(mask(300, 200), "PNG"), mask_of=[300, 200])
    return dataclasses.replace(CALL, references=(one, two), mask=only)


async def test_two_references_and_a_mask_give_a_picture(openai: HttpProvider, sandbox: RunningSandbox, tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    try:
        outcome = await openai.call(await an_edit(store))
        assert outcome.shortfall is None
        assert (outcome.pictures[0].width, outcome.billed) == (1024, Billed.YES)
        assert outcome.usage is not None
        assert (outcome.usage.image_input_tokens or 0) > 0
    finally:
        store.close()


async def test_a_mask_of_another_size_is_the_services_own_error(openai: HttpProvider, tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    try:
        call = await an_edit(store)
        wrong = await stored(store, file(mask(80, 80), "PNG"), mask_of=[80, 80])
        outcome = await openai.call(dataclasses.replace(call, mask=wrong))
        assert (outcome.status, outcome.billed, outcome.pictures) == (400, Billed.NO, ())
    finally:
        store.close()


async def test_a_picture_that_is_gone_is_never_sent(openai: HttpProvider) -> None:
    outcome = await openai.call(dataclasses.replace(CALL, references=("ab" * 32,)))
    assert (outcome.billed, outcome.pictures) == (Billed.NO, ())
    assert outcome.shortfall is not None


@pytest.mark.parametrize("service", SERVICES)
async def test_every_service_gets_the_pictures_or_says_that_it_takes_none(service: str, tmp_path: Path) -> None:
    """What it sends contains each picture's bytes once; a service without references states a limit of none."""
    api, store = api_for("https://example.org/v1", service), PictureStore(tmp_path)
    try:
        call = await with_pictures(await an_edit(store), store, ReferenceLimits())
    finally:
        store.close()
    limits = api.references
    if limits.count == 0:
        return
    pictures = call.pictures[: limits.count]
    call = dataclasses.replace(call, pictures=pictures, mask_picture=call.mask_picture if limits.mask else None)
    sent = api.generate(call, "/v1")
    assert isinstance(sent, HttpCall)
    for one in pictures:
        in_form = any(part.content == one.content for _, part in sent.files)
        assert in_form or one.base64 in str(sent.body)
    if limits.mask and call.mask_picture is not None:
        assert any(name == "mask" for name, _ in sent.files) or call.mask_picture.base64 in str(sent.body)


@pytest.mark.parametrize(("limits", "shrunk"), [({}, False), ({"max_edge": 128}, True), ({"max_bytes": 1500}, True)])
async def test_a_service_that_takes_less_gets_shrunk_pictures_and_a_mask_that_follows(
    tmp_path: Path, limits: dict[str, int], shrunk: bool
) -> None:
    store = PictureStore(tmp_path)
    try:
        call = await an_edit(store)
        sent = await with_pictures(call, store, ReferenceLimits(**limits))
        assert ([hashlib.sha256(one.content).hexdigest() for one in sent.pictures] == list(call.references)) is not shrunk
    finally:
        store.close()
    sizes = [Image.open(io.BytesIO(one.content)).size for one in (*sent.pictures, sent.mask_picture) if one is not None]
    assert sizes[0] == sizes[2], "the mask is as large as its picture"
    assert max(max(size) for size in sizes) <= limits.get("max_edge", 300)
    assert longest_edge(sent.pictures[0].content) == max(sizes[0])
    assert all(len(one.content) <= limits.get("max_bytes", 1 << 20) for one in sent.pictures)


async def test_the_provider_sends_a_form_with_the_files_of_the_store(tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    provider = HttpProvider("https://api.openai.com/v1", "sk-x", store, SystemPorts())
    try:
        call = await with_pictures(await an_edit(store), store, ReferenceLimits())
        request = provider._request(api_for("https://api.openai.com/v1").generate(call, "/v1"), {})
        body = request.read()
    finally:
        await provider.aclose()
        store.close()
    assert request.url.path == "/v1/images/edits"
    assert request.headers["content-type"].startswith("multipart/form-data")
    assert body.count(b'name="image[]"') == 2
    assert body.count(b'name="mask"') == 1
    for one in (*call.pictures, call.mask_picture):
        assert one is not None
        assert one.content in body
        Image.open(io.BytesIO(one.content)).load()


@pytest.mark.parametrize("service", sorted(MODELS))
async def test_native_services_draw_from_the_references(service: str, sandbox: RunningSandbox, tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    provider = HttpProvider(sandbox.base_url_of(service), "a-key", store, SystemPorts(), api=api_for("", service))
    try:
        made = await an_edit(store)
        call = dataclasses.replace(made, model=MODELS[service] if service != "replicate" else "google/nano-banana", mask="")
        outcomes = await to_the_end(provider, call)
        assert outcomes[-1].pictures
        assert [one["references"] for one in await calls(sandbox)] == [2]
    finally:
        await provider.aclose()
        store.close()
