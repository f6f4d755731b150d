"""The fixture `crew`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.ledger.server import LedgerServer
from tests.unit.processes.crew import Crew, opened


@pytest_asyncio.fixture
async def crew(server: LedgerServer, tmp_path: Path) -> AsyncIterator[Crew]:
    made = await opened(server, tmp_path)
    yield made
    for one in (made.first, made.second):
        await one.ledger.close()
