"""Unfinished pictures of running calls: shown in the request's message where an edit can replace them, and deleted when the call ends.

They live in memory and in the picture store; after a kill, the scan for orphaned files deletes them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from bot.domain.outcome import Picture
from bot.ledger import message_rows, picture_rows
from bot.ledger.store import Ledger

log = structlog.get_logger()


@dataclass(slots=True)
class Previews:
    """The latest unfinished picture of each running call."""

    ledger: Ledger
    forget: Callable[[str], Awaitable[object]]
    """Deletes a stored picture."""
    count: Callable[[str], int] = lambda platform: 0
    """Number of unfinished pictures to ask for on a platform; 0 where a message's pictures can't be replaced."""
    _latest: dict[str, list[Picture]] = field(default_factory=dict)

    def of(self, request_id: str) -> Picture | None:
        """The picture to show now. Safe to call from threads."""
        found = self._latest.get(request_id)
        return found[-1] if found else None

    async def show(self, request_id: str, picture: Picture) -> None:
        """Show the next one. The sender paces it: a preview that is outdated by then is never seen."""
        self._latest.setdefault(request_id, []).append(picture)
        try:
            await self.ledger.write(lambda tx: message_rows.bump(tx, f"request:{request_id}"))
        except Exception as error:
            log.info("partial_not_shown", request=request_id, error=type(error).__name__)

    def end(self, request_id: str) -> list[Picture]:
        """Show none from now on. Returns those to delete."""
        return self._latest.pop(request_id, [])

    async def delete(self, pictures: list[Picture]) -> None:
        """Delete their files, unless a finished picture is the same."""
        for sha256 in {one.sha256 for one in pictures}:
            try:
                if await self.ledger.read(lambda c, one=sha256: picture_rows.may_go(c, one)):  # type: ignore[misc]
                    await self.forget(sha256)
            except Exception as error:
                log.info("partial_not_deleted", error=type(error).__name__)
