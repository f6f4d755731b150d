"""The fixture `bench`."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.catalogue.model import at_half_price
from bot.domain.attachments import ReferenceLimits
from bot.requests.services import HALF_PRICE
from tests.unit.batch.bench import FREE, Bench
from tests.unit.requests.ground import Ground


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    ground = await Ground.open(tmp_path)
    model = dataclasses.replace(ground.rules.model, references=ReferenceLimits(count=4))
    half = {HALF_PRICE: {model.id: at_half_price(model)}}
    ground.rules = dataclasses.replace(ground.rules, model=model, limits=FREE, equals=half, captions=True, max_unfinished=None)
    yield Bench(ground)
    await ground.ledger.close()
