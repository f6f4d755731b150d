"""Our own client against a server that is not ours: aimock, from npm, as OpenAI and as fal's queue.

`make test-clients` installs it where npm is there. Its Gemini route has no pictures, so Gemini is tried for its errors only.
"""

import asyncio
import base64
import io
import json
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from bot.domain.kinds import Kind
from bot.domain.outcome import Outcome
from bot.failures.classify import classify
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call
from bot.providers.services.gemini import GeminiApi

AIMOCK = Path(__file__).parents[2] / ".venv-clients" / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
pytestmark = pytest.mark.skipif(
    not AIMOCK.is_file() or shutil.which("node") is None, reason="aimock is not there: make test-clients installs it where npm is"
)


def picture() -> str:
    out = io.BytesIO()
    Image.new("RGB", (128, 96), "red").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def fixtures() -> dict[str, object]:
    blocked = {"error": {"message": "Rejected by the safety system.", "type": "image_generation_user_error", "code": "moderation_blocked"}}
    slowly = {"error": {"message": "Rate limit reached", "type": "requests", "code": "rate_limit_exceeded"}, "status": 429, "retryAfter": 7}
    data = {"images": [{"url": f"data:image/png;base64,{picture()}", "content_type": "image/png"}], "has_nsfw_concepts": [False]}
    return {
        "fixtures": [
            {"match": {"endpoint": "image", "userMessage": "blocked"}, "response": {**blocked, "status": 400}},
            {"match": {"endpoint": "image", "userMessage": "slowly"}, "response": slowly},
            {"match": {"endpoint": "image"}, "response": {"image": {"b64Json": picture()}}},
            {"match": {"userMessage": "too fast"}, "response": slowly},
            {"match": {"endpoint": "fal"}, "response": {"json": data}},
        ]
    }


class AsFal(httpx.AsyncHTTPTransport):
    """Takes queue.fal.run's place: aimock wants to be told which of fal's hosts is meant."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == "queue.fal.run"
        request.headers["x-fal-target-host"] = request.url.host
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port, path="/fal" + request.url.path)
        return await super().handle_async_request(request)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("aimock")
    (folder / "fixtures.json").write_text(json.dumps(fixtures()))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    with subprocess.Popen(["node", AIMOCK, "-p", str(number), "-f", folder / "fixtures.json"], stdout=subprocess.DEVNULL) as running:
        for _ in range(200):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", number)) == 0:
                    break
            running.poll()
            subprocess.run(["sleep", "0.05"], check=True)
        yield number
        running.terminate()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[PictureStore]:
    made = PictureStore(tmp_path)
    yield made
    made.close()


async def ask(provider: HttpProvider, prompt: str, model: str) -> Outcome:
    call = Call("a1", model, prompt, "1024x1024", "medium", 1, 10.0, "member")
    outcome = await provider.call(call)
    for _ in range(10):
        if outcome.pending is None:
            break
        await asyncio.sleep(0.05)
        outcome = await provider.collect(call, outcome.pending)
    await provider.aclose()
    return outcome


@pytest.mark.parametrize("prompt", ["a red bicycle", "blocked", "slowly"])
async def test_openai(port: int, store: PictureStore, prompt: str) -> None:
    provider = HttpProvider(f"http://127.0.0.1:{port}/v1", "k", store, SystemPorts())
    outcome = await ask(provider, prompt, "gpt-image-2")
    failure = None if outcome.shortfall is None else classify(outcome.shortfall)
    if prompt == "a red bicycle":
        assert (outcome.pictures[0].width, outcome.pictures[0].height) == (128, 96)
    elif prompt == "blocked":
        assert failure is not None
        assert failure.kind is Kind.SAFETY_PROMPT
    else:
        assert failure is not None
        assert (failure.kind, failure.wait) == (Kind.RATE_LIMITED, 7)


async def test_fals_queue(port: int, store: PictureStore) -> None:
    provider = HttpProvider("https://queue.fal.run", "k", store, SystemPorts(), transport=AsFal(port))
    outcome = await ask(provider, "a red bicycle", "fal-ai/flux/dev")
    assert (outcome.pictures[0].width, outcome.pictures[0].height) == (128, 96)


async def test_geminis_errors(port: int, store: PictureStore) -> None:
    provider = HttpProvider(f"http://127.0.0.1:{port}/v1beta", "k", store, SystemPorts(), api=GeminiApi())
    shortfall = (await ask(provider, "too fast", "gemini-3-pro-image")).shortfall
    assert shortfall is not None
    failure = classify(shortfall)
    assert failure.kind is Kind.RATE_LIMITED
