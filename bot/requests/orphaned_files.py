"""Deletion of orphaned picture files: those of deleted rows, recorded in the ledger, and those without any row, found by a gradual scan.

Files without a row arrived after a Cancel or lost their row to a kill. A file is only deleted if it's old, no row names it, and no open
attempt can have stored it. A file that no attempt of this ledger can have made belongs to another database, or to a newer one than the
restored backup; it stays.
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
"""Minimum age of an orphaned file, in seconds."""
AT_ONCE = 500
"""Files examined per round."""
LATE = 300.0
"""Seconds by which a file can be written before its attempt was opened or after it was closed: a call that was written off may still store
its pictures, and clocks differ."""
LONGEST = 86400.0
"""Maximum duration of an attempt in seconds, including hours of a full disk."""
ROUND = 30.0
"""Approximate seconds between two rounds. Each start continues with another folder, so that a bot that restarts often still scans all of
them."""


class Store(Protocol):
    async def delete(self, sha256: str) -> bool: ...


@runtime_checkable
class FolderStore(Protocol):
    """Additional methods of a store on disk; see `bot.providers.pictures.PictureStore`."""

    async def old_files(self, folder: int, after: str, age: float, limit: int) -> tuple[Sequence[OldFile], str | None]: ...

    async def discard(self, files: Sequence[OldFile]) -> int: ...

    async def discard_parts(self, age: float) -> int: ...


@dataclass(slots=True)
class OrphanedFiles:
    """Deletes orphaned files, scanning the store's folders in turn."""

    ledger: Ledger
    pictures: Store
    events: EventStream = field(default_factory=EventStream)
    _folder: int | None = None
    _after: str = ""

    async def round(self) -> int:
        """Delete the recorded files and scan some more. Returns how many files without a row were deleted."""
        for sha256 in await self.ledger.read(picture_rows.unshown):
            if await self.ledger.read(lambda c, one=sha256: picture_rows.may_go(c, one)):  # type: ignore[misc]
                await self.pictures.delete(sha256)
            await self.ledger.write(lambda tx, one=sha256: picture_rows.gone(tx, one))  # type: ignore[misc]
        return await self._look(self.pictures) if isinstance(self.pictures, FolderStore) else 0

    async def _look(self, store: FolderStore) -> int:
        folder = int(self.ledger.now() // ROUND) % FOLDERS if self._folder is None else self._folder
        found, last = await store.old_files(folder, self._after, AGE, AT_ONCE)
        self._folder, self._after = (folder, last) if last is not None else ((folder + 1) % FOLDERS, "")
        parts = await store.discard_parts(AGE)
        gone = await store.discard(await self._unowned(found)) if found else 0
        if gone or parts:
            self.events.publish(FilesRemoved(gone, parts))
        return gone + parts

    async def _unowned(self, found: Sequence[OldFile]) -> Sequence[OldFile]:
        """Queried after listing the files: an attempt that was open then is still open, or its rows exist."""

        def look(connection: Connection) -> Sequence[OldFile]:
            now = self.ledger.now()
            running = max((now - row.opened_at for row in attempt_rows.open_attempts(connection)), default=0.0)
            shown = picture_rows.shown_of(connection, [file.sha256 for file in found])
            # Durations are compared, so different clocks don't matter. A picture waits for its row as long as the disk is full.
            unowned = [file for file in found if file.sha256 not in shown and file.age > running + AGE]
            return [one for one in unowned if attempt_rows.attempted_at(connection, now - one.age, slack=LATE, longest=LONGEST)]

        return await self.ledger.read(look)
