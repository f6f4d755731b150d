from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.unit.moderation.ground import Ground
from tests.unit.moderation.own_key_desk import Desk


@pytest_asyncio.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    made = await Ground.open(tmp_path)
    yield made
    await made.ledger.close()


@pytest.fixture
def desk(ground: Ground, tmp_path: Path) -> Desk:
    return Desk(ground, tmp_path)
