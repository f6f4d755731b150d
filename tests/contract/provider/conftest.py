"""The real provider and the real store in front of the real sandbox on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.sandbox.answers import Delays
from bot.sandbox.server import RunningSandbox, start


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    running = await start(pace=Delays(slow=0.01, retry_after=3, timeout=0.01, drip=0.01))
    yield running
    await running.stop()


@pytest.fixture
async def openai(sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[HttpProvider]:
    store = PictureStore(tmp_path)
    provider = HttpProvider(sandbox.base_url, "sk-anything", store, SystemPorts())
    yield provider
    await provider.aclose()
    store.close()
