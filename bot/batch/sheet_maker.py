"""Contact sheets of batches in a chat: made in the picture worker whenever their drafts have changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bot.batch.messages import SHEETS, SHEETS_DUE, sheet_key, want
from bot.batch.sheets import SheetCell, cells_of, job_values, pages
from bot.domain.batches import Batch
from bot.domain.outcome import Picture
from bot.ledger import batch_rows, batch_sheet_rows, memory_rows, picture_rows
from bot.ledger.store import Ledger, Tx
from bot.pixels.errors import BadPicture, NotTaken
from bot.requests.attachments import StoredPictures
from bot.requests.picture_work import PictureWork

log = structlog.get_logger()


@dataclass(slots=True)
class BatchSheets:
    """Makes the sheets, one after another. The file comes before its row, and drawing it again gives the same file."""

    ledger: Ledger
    pictures: StoredPictures
    work: PictureWork = field(init=False)

    def __post_init__(self) -> None:
        self.work = PictureWork(self._make, "batch_sheets_not_made")

    def sweep(self, tx: Tx) -> None:
        """Wake batches whose sheets a kill left unmade."""
        for batch_id in memory_rows.keys(tx.connection, SHEETS_DUE):
            tx.wake(SHEETS, batch_id)

    async def _make(self, batch_id: str) -> None:
        due = await self.ledger.read(lambda c: memory_rows.recall(c, SHEETS_DUE + batch_id))
        batch = await self.ledger.read(lambda c: batch_rows.get(c, batch_id))
        if due is None or batch is None:
            return
        found = pages(await self.ledger.read(lambda c: cells_of(c, batch)))
        known = await self.ledger.read(lambda c: batch_sheet_rows.contents(c, batch_id))
        for number, page in enumerate(found, 1):
            if known.get(number) != sheet_key(page):
                await self._one(batch, number, page)
        await self.ledger.write(lambda tx: _made(tx, batch_id, due[1]))

    async def _one(self, batch: Batch, number: int, page: Sequence[SheetCell]) -> None:
        try:
            contents = [await self.pictures.read(one.picture.sha256) for one in page]
            shape, content = await self.pictures.work("sheet", job_values(page, [len(one) for one in contents]), b"".join(contents))
        except (LookupError, BadPicture, NotTaken) as error:
            log.warning("batch_sheet_not_made", batch=batch.id, error=type(error).__name__)
            return
        picture = Picture(shape["sha256"], shape["format"], shape["width"], shape["height"], shape["size"])
        await self.pictures.keep(content, picture.sha256, picture.format)
        await self.ledger.write(lambda tx: _show(tx, batch, number, sheet_key(page), picture))


def _show(tx: Tx, batch: Batch, number: int, key: str, picture: Picture) -> None:
    picture_rows.release(tx, batch_sheet_rows.put(tx, batch.id, number, key, picture), batch.id)
    want(tx, batch, f"batchsheet:{batch.id}-{number}")


def _made(tx: Tx, batch_id: str, since: float) -> None:
    """Done, unless the drafts have changed meanwhile."""
    now = memory_rows.recall(tx.connection, SHEETS_DUE + batch_id)
    if now is not None and now[1] == since:
        memory_rows.forget(tx, SHEETS_DUE + batch_id)
    elif now is not None:
        tx.wake(SHEETS, batch_id)
