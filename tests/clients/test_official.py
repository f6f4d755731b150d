"""The services' own clients against the sandbox, with their own exception classes: what they take for granted, the sandbox does.

They are no dependency of this project: `make test-clients` runs this in an environment of its own, and elsewhere it is skipped.
"""

import base64
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from PIL import Image

from bot.sandbox.answers import Delays
from bot.sandbox.server import RunningSandbox, start

REASON = "make test-clients installs it"
openai = pytest.importorskip("openai", reason=REASON)
genai = pytest.importorskip("google.genai", reason=REASON)
fal_client = pytest.importorskip("fal_client", reason=REASON)
replicate = pytest.importorskip("replicate", reason=REASON)


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    running = await start(pace=Delays(slow=0.01, retry_after=0.01, timeout=0.01, drip=0.01))
    yield running
    await running.stop()


def png(size: tuple[int, int] = (64, 64), colour: str = "red", mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour if mode == "RGB" else (0, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as opened:
        opened.load()
        return opened.size


class TestOpenAI:
    @pytest.fixture
    async def client(self, sandbox: RunningSandbox) -> AsyncIterator[Any]:
        async with openai.AsyncOpenAI(api_key="k", base_url=sandbox.base_url, max_retries=0) as made:
            yield made

    async def test_generates(self, client: Any) -> None:
        made = await client.images.generate(model="gpt-image-2", prompt="a red bicycle", size="512x512", n=2)
        assert [size_of(base64.b64decode(one.b64_json)) for one in made.data] == [(512, 512)] * 2
        assert made.usage.total_tokens > 0

    async def test_edits_with_two_references_and_a_mask(self, client: Any) -> None:
        files = [("a.png", png(colour="red"), "image/png"), ("b.png", png(colour="blue"), "image/png")]
        mask = ("mask.png", png(mode="RGBA"), "image/png")
        made = await client.images.edit(model="gpt-image-2", prompt="together", image=files, mask=mask, size="512x512")
        assert size_of(base64.b64decode(made.data[0].b64_json)) == (512, 512)

    async def test_a_mask_of_another_size_is_refused(self, client: Any) -> None:
        mask = ("mask.png", png(size=(32, 32), mode="RGBA"), "image/png")
        with pytest.raises(openai.BadRequestError) as refused:
            await client.images.edit(model="gpt-image-2", prompt="x", image=("a.png", png(), "image/png"), mask=mask)
        assert "mask" in str(refused.value)

    async def test_streams_partial_pictures_and_then_the_final_one(self, client: Any) -> None:
        stream = await client.images.generate(model="gpt-image-2", prompt="a red bicycle", size="512x512", stream=True, partial_images=2)
        events = [event async for event in stream]
        assert [event.type for event in events] == ["image_generation.partial_image"] * 2 + ["image_generation.completed"]
        assert all(size_of(base64.b64decode(event.b64_json)) == (512, 512) for event in events)

    @pytest.mark.parametrize(
        ("marker", "error", "code"),
        [
            ("safety_prompt", "BadRequestError", "moderation_blocked"),
            ("auth_invalid_key", "AuthenticationError", "invalid_api_key"),
            ("rate_limited", "RateLimitError", "rate_limit_exceeded"),
            ("quota_exhausted", "RateLimitError", "insufficient_quota"),
            ("invalid_model", "NotFoundError", "model_not_found"),
            ("server_error", "InternalServerError", None),
        ],
    )
    async def test_raises_its_own_errors(self, client: Any, marker: str, error: str, code: str | None) -> None:
        with pytest.raises(getattr(openai, error)) as raised:
            await client.images.generate(model="gpt-image-2", prompt=f"a cat sandbox:{marker}")
        assert raised.value.code == code

    async def test_lists_models_with_their_end(self, client: Any) -> None:
        assert any(model.id == "gpt-image-2" for model in (await client.models.list()).data)


class TestGemini:
    @pytest.fixture
    def client(self, sandbox: RunningSandbox) -> Any:
        root = sandbox.base_url_of("gemini").removesuffix("/v1beta")
        return genai.Client(api_key="k", http_options={"base_url": root, "api_version": "v1beta"}).aio

    async def test_generates_in_a_ratio(self, client: Any) -> None:
        config = {"response_modalities": ["IMAGE"], "image_config": {"aspect_ratio": "16:9", "image_size": "2K"}}
        made = await client.models.generate_content(model="gemini-3-pro-image", contents="a red bicycle", config=config)
        width, height = size_of(made.candidates[0].content.parts[0].inline_data.data)
        assert width == 2048
        assert abs(width / height - 16 / 9) < 0.02

    async def test_a_block_is_an_answer_without_candidates(self, client: Any) -> None:
        made = await client.models.generate_content(model="gemini-3-pro-image", contents="a cat sandbox:safety_prompt")
        assert made.prompt_feedback.block_reason.value == "PROHIBITED_CONTENT"

    @pytest.mark.parametrize(("marker", "code"), [("rate_limited", 429), ("auth_invalid_key", 400), ("invalid_model", 404)])
    async def test_raises_its_own_errors(self, client: Any, marker: str, code: int) -> None:
        with pytest.raises(genai.errors.ClientError) as raised:
            await client.models.generate_content(model="gemini-3-pro-image", contents=f"a cat sandbox:{marker}")
        assert raised.value.code == code


class TestFal:
    @pytest.fixture
    def client(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.setattr("fal_client.client.QUEUE_URL_FORMAT", sandbox.base_url_of("fal") + "/")
        return fal_client.AsyncClient(key="k")

    async def test_waits_in_the_queue_and_gets_its_pictures(self, client: Any) -> None:
        size = {"width": 640, "height": 384}
        made = await client.subscribe("fal-ai/flux/dev", {"prompt": "a red bicycle", "image_size": size, "num_images": 2})
        async with httpx.AsyncClient() as web:
            files = [(await web.get(image["url"])).content for image in made["images"]]
        assert [size_of(file) for file in files] == [(640, 384)] * 2

    async def test_raises_its_own_errors(self, client: Any) -> None:
        with pytest.raises(fal_client.FalClientHTTPError) as raised:
            await client.subscribe("fal-ai/flux/dev", {"prompt": "a cat sandbox:safety_prompt"})
        assert raised.value.status_code == 422

    async def test_cancels(self, client: Any) -> None:
        handle = await client.submit("fal-ai/flux/dev", {"prompt": "a cat sandbox:task_running_timeout"})
        await handle.cancel()


class TestReplicate:
    @pytest.fixture
    def client(self, sandbox: RunningSandbox) -> Any:
        root = sandbox.base_url_of("replicate").removesuffix("/v1")
        return replicate.Client(api_token="k", base_url=root)

    async def test_runs_a_prediction(self, client: Any) -> None:
        made = await client.models.predictions.async_create("black-forest-labs/flux-schnell", {"prompt": "a red bicycle", "num_outputs": 2})
        await made.async_wait()
        assert made.status == "succeeded"
        async with httpx.AsyncClient() as web:
            assert [size_of((await web.get(address)).content)[0] for address in made.output] == [1024] * 2

    async def test_a_block_is_a_failed_prediction(self, client: Any) -> None:
        made = await client.models.predictions.async_create("black-forest-labs/flux-schnell", {"prompt": "a cat sandbox:safety_output"})
        await made.async_wait()
        assert made.status == "failed"
        assert "NSFW" in made.error

    async def test_raises_its_own_errors(self, client: Any) -> None:
        with pytest.raises(replicate.exceptions.ReplicateError) as raised:
            await client.models.predictions.async_create("black-forest-labs/flux-schnell", {"prompt": "a cat sandbox:billing_limit"})
        assert raised.value.status == 402

    async def test_cancels(self, client: Any) -> None:
        made = await client.models.predictions.async_create(
            "black-forest-labs/flux-schnell", {"prompt": "a cat sandbox:task_running_timeout"}
        )
        await made.async_cancel()
        await made.async_reload()
        assert made.status == "canceled"
