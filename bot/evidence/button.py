"""The button on operators' notices that makes a bundle about the newest request that failed this way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Audience, Document, Reply
from bot.domain.kinds import KINDS
from bot.ledger import message_rows, notice_rows
from bot.ledger.store import Ledger
from bot.providers.status_page import StatusPage
from bot.texts import text

if TYPE_CHECKING:
    from bot.evidence.bundle import BundleMaker
    from bot.evidence.collect import FailedRequest

log = structlog.get_logger()


@dataclass(slots=True)
class EvidenceActions:
    """Action handler for operators' notices."""

    ledger: Ledger
    maker: Callable[[], BundleMaker]
    """Made at the first press: its rules take a tenth of a second to load, which no start should pay for."""
    status_page: StatusPage | None = None

    @property
    def handlers(self) -> Handlers:
        return Handlers({ActionName.EVIDENCE: self._make})

    async def _make(self, act: Act) -> Reply:
        from bot.evidence.bundle import LeakFound
        from bot.evidence.collect import find
        from bot.evidence.reported import status_words

        def look(connection: Connection) -> FailedRequest | Reply:
            kind = _kind_of(connection, act)
            if kind is None:
                return Reply(text("reply.unknown_button"), changed=False)
            return find(connection, None, kind) or Reply(text("evidence.gone"), changed=False)

        found = await self.ledger.read(look)
        if isinstance(found, Reply):
            return found
        try:
            reported = "" if self.status_page is None else await status_words(self.status_page)
            path = await asyncio.to_thread(self.maker().make, found, reported)
            content = await asyncio.to_thread(path.read_bytes)
        except (LeakFound, OSError) as error:
            log.error("evidence_not_written", error=type(error).__name__)
            return Reply(text("evidence.not_written"), changed=False)
        return Reply(text("evidence.done", file=path), document=Document(path.name, content))


def _kind_of(connection: Connection, act: Act) -> str | None:
    """The kind of the notice under which the button was pressed; None unless it was pressed in that operators' channel."""
    stored = message_rows.get(connection, act.row)
    if stored is None or stored.message.audience is not Audience.OPERATORS or act.direct:
        return None
    place = stored.message.place
    if (act.platform, act.community, act.channel) != (place.platform, place.community, place.channel):
        return None
    notice = notice_rows.get(connection, stored.message.subject.partition(":")[2])
    return notice.kind if notice is not None and notice.kind in KINDS else None
