"""Contact sheets of candidates: made in the picture worker once the pictures are there, shown with them until one is picked.

The row comes before the file, and both follow from the pictures alone, so whatever a kill leaves is made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bot.domain.outcome import Picture
from bot.ledger import message_rows, picture_rows, sheet_rows
from bot.ledger.store import Ledger, Tx
from bot.pixels.errors import BadPicture, NotTaken
from bot.requests.attachments import StoredPictures
from bot.requests.picture_work import PictureWork

log = structlog.get_logger()

SIZE = 600
"""Longest edge of a candidate on its sheet, in pixels."""


@dataclass(slots=True)
class ContactSheets:
    """Makes the sheets, one after another."""

    ledger: Ledger
    pictures: StoredPictures
    work: PictureWork = field(init=False)

    def __post_init__(self) -> None:
        self.work = PictureWork(self._make, "sheet_not_made")

    async def _make(self, request_id: str) -> None:
        wanted = await self.ledger.read(lambda c: sheet_rows.is_wanted(c, request_id) and picture_rows.of_request(c, request_id))
        if not wanted:
            return
        try:
            made = await self._draw(wanted) if len(wanted) > 1 else None
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

    async def _draw(self, found: Sequence[Picture]) -> tuple[Picture, bytes]:
        contents = [await self.pictures.read(one.sha256) for one in found if one.change is None]
        cells = [{"label": str(number), "bytes": len(one)} for number, one in enumerate(contents, 1)]
        facts, content = await self.pictures.work("sheet", {"cells": cells, "safe_area": False, "size": SIZE}, b"".join(contents))
        return Picture(facts["sha256"], "jpeg", facts["width"], facts["height"], facts["size"]), content


def _forget(tx: Tx, request_id: str) -> None:
    picture_rows.release(tx, sheet_rows.drop(tx, request_id), request_id)


def _show(tx: Tx, request_id: str, picture: Picture) -> None:
    if sheet_rows.made(tx, request_id):
        message_rows.bump(tx, f"request:{request_id}")
    else:  # a candidate was picked meanwhile
        picture_rows.release(tx, {picture.sha256}, request_id)
