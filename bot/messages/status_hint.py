"""What the provider's status page reports, beside failures: in operators' notices and /imagine-status. A hint; it decides nothing."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

from bot.domain.kinds import KINDS, Group, Kind
from bot.events import CallEnded, Event
from bot.ledger import message_rows
from bot.ledger.store import Tx
from bot.messages.background import BackgroundWrites
from bot.messages.notices import Notices
from bot.providers.status_page import Incident, StatusPage
from bot.texts import text
from bot.texts.phrases import moment

FRESH = 900.0
"""Seconds after the last look for which an incident is still mentioned."""
_PLAIN = re.compile(r"[^\w\s.,;&'()+%-]")
"""What isn't taken over from an incident's title, so that it can't format, link or mention."""


@dataclass(slots=True)
class StatusHint:
    """Looks at the page when a call fails, at most every two minutes, and shows open notices again if what it reports has changed."""

    page: StatusPage
    notices: Notices
    writes: BackgroundWrites
    _looking: set[asyncio.Task[None]] = field(default_factory=set)
    _looked_at: float = float("-inf")

    def notice(self, event: Event) -> None:
        """Subscriber: a failure of the service is a reason to look, and so is a success while an incident is known."""
        if not isinstance(event, CallEnded):
            return
        failing = event.kind is not None and KINDS[Kind(event.kind)].group in (Group.SERVICE, Group.UNUSABLE)
        if (failing or self.page.seen is not None) and self.page.is_stale and not self._looking:
            task = asyncio.get_running_loop().create_task(self._look())
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    def words(self) -> str:
        """The sentence; empty if nothing is reported or it was long ago. Safe to call from threads that render views."""
        found = self.page.seen
        if found is None or self.page.ports.monotonic() - self._looked_at > FRESH:
            return ""
        name = " ".join(_PLAIN.sub(" ", found.name).split())
        return text("status.incident", page=found.page, since=moment(found.since), name=name)

    async def stop(self) -> None:
        """End a look that is still under way."""
        for task in list(self._looking):
            task.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)

    async def _look(self) -> None:
        before: Incident | None = self.page.seen
        found = await self.page.look()
        self._looked_at = self.page.ports.monotonic()
        if found != before:
            self.writes.begin(self._show_again)

    def _show_again(self, tx: Tx) -> None:
        for cause in [one for one in self.notices.open if one in KINDS]:
            message_rows.bump(tx, f"notice:{cause}")
