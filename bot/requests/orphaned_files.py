"""Picture files that no request shows any more: those of deleted rows, which the ledger has on record, and those that no row names, which
came after a Cancel or lost their row to a kill. Of the latter, a little is looked for per round.

The rows are the truth: a file goes when it is old, no row names it, and no attempt that is open still can have stored it. A file that no
attempt of this ledger can have made is somebody else's, or belongs to a newer ledger than the backup that was put back: it stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from sqlalchemy import Connection

from bot.events import EventStream, FilesRemoved
from bot.ledger import attempt_rows, picture_rows
from bot.ledger.store import Ledger
from bot.providers.pictures import FOLDERS, OldFile

AGE = 3600.0
"""Seconds that a file has at least before it can count as left over."""
AT_ONCE = 500
"""Files looked at in one round."""
LATE = 300.0
"""Seconds by which a file can be written before its attempt was opened or after it was closed: an exchange that was written off may still
store what came, and clocks differ."""
LONGEST = 86400.0
"""Seconds that an attempt lasts at most, with a disk that is full for hours."""
ROUND = 30.0
"""Seconds between two rounds, about: each start goes on with another folder, so that one that restarts often gets through all of them."""


class Store(Protocol):
    """Any picture store."""

    async def delete(self, sha256: str) -> bool: ...


@runtime_checkable
class Shelf(Protocol):
    """What a picture store on a disk offers beside; see `bot.providers.pictures.PictureStore`."""

    async def old_files(self, folder: int, after: str, age: float, limit: int) -> tuple[Sequence[OldFile], str | None]: ...

    async def discard(self, files: Sequence[OldFile]) -> int: ...

    async def discard_parts(self, age: float) -> int: ...


@dataclass(slots=True)
class OrphanedFiles:
    """Removes them; goes round the folders of a store that has some."""

    ledger: Ledger
    pictures: Store
    events: EventStream = field(default_factory=EventStream)
    _folder: int | None = None
    _after: str = ""

    async def round(self) -> int:
        """Remove what is on record, and look at some more files; returns how many that no row named were removed."""
        for sha256 in await self.ledger.read(picture_rows.unshown):
            if await self.ledger.read(lambda c, one=sha256: picture_rows.may_go(c, one)):  # type: ignore[misc]
                await self.pictures.delete(sha256)
            await self.ledger.write(lambda tx, one=sha256: picture_rows.gone(tx, one))  # type: ignore[misc]
        return await self._look(self.pictures) if isinstance(self.pictures, Shelf) else 0

    async def _look(self, shelf: Shelf) -> int:
        folder = int(self.ledger.now() // ROUND) % FOLDERS if self._folder is None else self._folder
        found, last = await shelf.old_files(folder, self._after, AGE, AT_ONCE)
        self._folder, self._after = (folder, last) if last is not None else ((folder + 1) % FOLDERS, "")
        parts = await shelf.discard_parts(AGE)
        gone = await shelf.discard(await self._unowned(found)) if found else 0
        if gone or parts:
            self.events.publish(FilesRemoved(gone, parts))
        return gone + parts

    async def _unowned(self, found: Sequence[OldFile]) -> Sequence[OldFile]:
        """Asked after the files were listed: an attempt that was open then is open still, or its rows are there."""

        def look(connection: Connection) -> Sequence[OldFile]:
            now = self.ledger.now()
            running = max((now - row.opened_at for row in attempt_rows.open_attempts(connection)), default=0.0)
            shown = picture_rows.shown_of(connection, [file.sha256 for file in found])
            # Lengths of time are compared, so clocks that differ do no harm. A picture waits for its row as long as the disk is full.
            unowned = [file for file in found if file.sha256 not in shown and file.age > running + AGE]
            return [one for one in unowned if attempt_rows.attempted_at(connection, now - one.age, slack=LATE, longest=LONGEST)]

        return await self.ledger.read(look)
