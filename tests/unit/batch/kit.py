"""A batch in a complete bot with a scripted image service."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from bot.batch import steps
from bot.batch.local import PLACE
from bot.batch.topics import topics_of
from bot.domain.batches import Batch, BatchItem, BatchPlan, BatchState
from bot.domain.outcome import Billed, Outcome
from bot.domain.requests import Person
from bot.ledger import batch_item_rows, batch_rows
from bot.pixels.workers import Here
from bot.providers.pictures import PictureStore
from bot.providers.port import Call, OnPartial
from tests.world import Service, World

DOLLAR = 1_000_000
OWNER = Person("operator", "Operator")


@dataclass
class Painter(Service):
    """A scripted image service that otherwise draws real pictures, each of another colour."""

    store: PictureStore | None = None

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        found = await super().call(call, on_partial)
        if self.store is None or not found.pictures:
            return found
        drawn = []
        for one in range(len(found.pictures)):
            file = io.BytesIO()
            colour = (len(self.calls) * 37 % 256, one * 90 % 256, 120)
            Image.new("RGB", (96, 64), colour).save(file, "PNG")
            drawn.append(await self.store.add_bytes([file.getvalue()]))
        return Outcome(pictures=tuple(drawn), billed=Billed.YES, status=200)


def painter(folder: Path, *script: Outcome) -> tuple[Painter, PictureStore]:
    """It, and the store that it draws into."""
    store = PictureStore(folder, workers=Here())
    return Painter(list(script), store=store), store


async def proposed(there: World, topics: Sequence[str], *, key: str = "batch:1", **plan: object) -> Batch:
    """A batch that waits for its start."""
    wanted = BatchPlan(**{"max_pictures": 100, "budget": 5 * DOLLAR, **plan})  # type: ignore[arg-type]
    found = topics_of("\n".join(topics))
    return await there.bot.ledger.write(
        lambda tx: steps.propose(tx, key, (OWNER, PLACE), "topics.csv", found, wanted, there.bot.core.rules)
    )


async def running(there: World, topics: Sequence[str], **plan: object) -> Batch:
    """A batch that was started."""
    batch = await proposed(there, topics, **plan)
    return await there.bot.ledger.write(lambda tx: steps.start(tx, batch))


async def state(there: World, batch: Batch) -> Batch:
    found = await there.bot.ledger.read(lambda c: batch_rows.get(c, batch.id))
    assert found is not None
    return found


async def items(there: World, batch: Batch) -> Sequence[BatchItem]:
    return await there.bot.ledger.read(lambda c: batch_item_rows.of_batch(c, batch.id))


async def until(check: Callable[[], Awaitable[object]], seconds: float = 40.0) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while True:
            if await check():
                return
            await asyncio.sleep(0.02)


async def reach(there: World, batch: Batch, wanted: BatchState, seconds: float = 40.0) -> Batch:
    """Wait until a batch is in this state."""

    async def look() -> bool:
        return (await state(there, batch)).state is wanted

    await until(look, seconds)
    return await state(there, batch)
