"""Handling of a ledger that can't be written: tell the person at once, notify operators without the ledger, and report recovery.

An episode lasts from the first failed write until a probe succeeds; the bot recovers on its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import structlog

from bot.chat.port import ChatPort, Message, Sent
from bot.chat.views import Audience, Fact, Tone, View
from bot.domain.requests import Place
from bot.events import EventStream, StorageFailed, StorageWorks
from bot.ledger import message_rows
from bot.ledger.store import Ledger, LedgerClosed, LedgerProblem, Tx
from bot.messages.notices import Notices, sentence, title
from bot.ports import Ports
from bot.texts import paragraphs, text

log = structlog.get_logger()

KIND = "storage"
PROBES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between two probes; the last value repeats."""
QUIET = 60.0
"""Seconds without a failed write until the notice is resolved."""
SEND_WITHIN = 15.0
"""Seconds allowed for each operators' channel."""


@dataclass(slots=True)
class StorageWatch:
    """Listener for writes that failed for people."""

    ledger: Ledger
    notices: Notices
    chats: Callable[[], Mapping[str, ChatPort]]
    ports: Ports
    events: EventStream = field(default_factory=EventStream)
    _task: asyncio.Task[None] | None = None
    _last: float = float("-inf")
    _shown: list[tuple[Place, Mapping[str, str]]] = field(default_factory=list)
    """Operators' channels that already show the notice, with the platform's reference to it."""

    async def start(self) -> None:
        """Resolve the previous process's notice: a starting bot has just written to the ledger."""
        if KIND in self.notices.open:
            await self.ledger.write(lambda tx: self.notices.resolve(tx, KIND))

    def failed(self, problem: LedgerProblem) -> None:
        """A write has failed."""
        if isinstance(problem, LedgerClosed):
            return
        self._last = self.ports.monotonic()
        if self._task is None or self._task.done():
            self.events.publish(StorageFailed(str(problem)))
            self._task = asyncio.get_running_loop().create_task(self._episode(str(problem)), name="storage")

    def late(self) -> str:
        """A write takes longer than the platform waits. Returns the sentence for the person; operators are notified as for a failure."""
        self.failed(LedgerProblem(text("operator.database_late", file=self.ledger.where)))
        return text("reply.cannot_store")

    async def stop(self) -> None:
        """Stop probing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _episode(self, problem: str) -> None:
        self._shown = []
        for place in self.notices.places():
            await self._notify(place, problem)
        probe = 0
        while True:
            await asyncio.sleep(PROBES[min(probe, len(PROBES) - 1)])
            probe += 1
            try:
                await self.ledger.write(partial(self._report, problem))
                break
            except LedgerClosed:
                return
            except LedgerProblem as again:
                self._last = self.ports.monotonic()
                problem = str(again)
        self.events.publish(StorageWorks(probe))
        while (left := self._last + QUIET - self.ports.monotonic()) > 0:  # noqa: ASYNC110 - more failures only make it longer
            await asyncio.sleep(left)
        try:
            await self.ledger.write(lambda tx: self.notices.resolve(tx, KIND))
        except LedgerProblem:
            log.error("notice_not_written", error="LedgerProblem")

    async def _notify(self, place: Place, problem: str) -> None:
        """Send directly to the channel: nothing can be stored, so this message has no row yet."""
        chat = self.chats().get(place.platform)
        if chat is None:
            return
        message = Message(self.ports.new_id(), f"notice:{KIND}", Audience.OPERATORS, place, None)
        words = paragraphs(sentence(KIND, {}))
        view = View(title=title(KIND), text=words, facts=(Fact(text("notice.fact_detail"), problem),), tone=Tone.PROBLEM, final=True)
        try:
            async with asyncio.timeout(SEND_WITHIN):
                sent = await chat.send(message, view)
        except Exception as error:
            log.warning("operators_not_told", platform=place.platform, error=type(error).__name__)
            return
        if isinstance(sent, Sent):
            self._shown.append((place, sent.ref))

    def _report(self, problem: str, tx: Tx) -> None:
        """Store the notice, continuing the message that operators already see."""
        self.notices.report(tx, KIND, KIND, {"detail": problem})
        for place, ref in self._shown:
            for message_id in message_rows.at(tx.connection, f"notice:{KIND}", place):
                message_rows.keep_ref(tx, message_id, ref)
