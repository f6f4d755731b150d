"""Contact sheets of candidates: made in the picture worker once the pictures are there, shown with them until one is picked.

The row comes before the file, and both follow from the pictures alone, so whatever a kill leaves is made again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bot.domain.outcome import Picture
from bot.ledger import message_rows, picture_rows, sheet_rows
from bot.ledger.store import Ledger, Tx
from bot.pixels.errors import BadPicture, NotTaken
from bot.requests.attachments import StoredPictures

log = structlog.get_logger()


@dataclass(slots=True)
class ContactSheets:
    """Makes the sheets, one after another."""

    ledger: Ledger
    pictures: StoredPictures
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    def wake(self, request_id: str) -> None:
        """Make a request's sheet, unless that's going on. The sweep repeats what fails."""
        if request_id not in self._tasks:
            task = self._tasks[request_id] = asyncio.get_running_loop().create_task(self._make(request_id))
            task.add_done_callback(lambda done: self._ended(request_id, done))

    async def stop(self) -> None:
        """Stop; the next start makes the rest."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, request_id: str, done: asyncio.Task[None]) -> None:
        self._tasks.pop(request_id, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            log.warning("sheet_not_made", request=request_id, error=type(error).__name__)

    async def _make(self, request_id: str) -> None:
        async with self._turn:
            wanted = await self.ledger.read(lambda c: sheet_rows.is_wanted(c, request_id) and picture_rows.of_request(c, request_id))
            if not wanted:
                return
            try:
                made = await self._drawn(wanted) if len(wanted) > 1 else None
            except (LookupError, BadPicture, NotTaken) as error:
                log.warning("sheet_not_made", request=request_id, error=type(error).__name__)
                made = None
            if made is None:  # the pictures are shown without one
                await self.ledger.write(lambda tx: _forget(tx, request_id))
                return
            picture, content = made
            if await self.ledger.write(lambda tx: sheet_rows.put(tx, request_id, picture)):
                await self.pictures.keep(content, picture.sha256, picture.format)
                await self.ledger.write(lambda tx: _show(tx, request_id, picture))

    async def _drawn(self, found: Sequence[Picture]) -> tuple[Picture, bytes]:
        contents = [await self.pictures.read(one.sha256) for one in found if one.change is None]
        facts, content = await self.pictures.work("choice_sheet", {"sizes": [len(one) for one in contents]}, b"".join(contents))
        return Picture(facts["sha256"], "jpeg", facts["width"], facts["height"], facts["size"]), content


def _forget(tx: Tx, request_id: str) -> None:
    picture_rows.release(tx, sheet_rows.drop(tx, request_id), request_id)


def _show(tx: Tx, request_id: str, picture: Picture) -> None:
    if sheet_rows.made(tx, request_id):
        message_rows.bump(tx, f"request:{request_id}")
    else:  # a candidate was picked meanwhile
        picture_rows.release(tx, {picture.sha256}, request_id)
