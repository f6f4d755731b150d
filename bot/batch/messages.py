"""What a chat shows of a batch: one message about how far it is, one for each contact sheet, and some for the finished pictures.

All of them follow from rows, so a restart shows the same. A batch of the command line has none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.batch.estimate import retry_price
from bot.batch.naming import label
from bot.batch.overview import price_lines, status_of, time_left
from bot.batch.sheets import SheetCell, cells_of, pages
from bot.batch.steps import drafts_of
from bot.batch.view import BatchLook, batch_view, finals_view, forgotten_view, sheet_view
from bot.chat.port import Message
from bot.chat.views import Audience, View
from bot.domain.batches import ACTIVE, Batch, BatchItem, BatchState, ItemState
from bot.domain.outcome import Picture
from bot.domain.publishing import Results
from bot.domain.request_states import RequestState
from bot.domain.requests import LOCAL
from bot.ledger import batch_item_rows, batch_rows, batch_sheet_rows, memory_rows, message_rows, picture_rows, request_rows
from bot.ledger.store import Tx
from bot.messages.sender import Project
from bot.requests.publishing import results_here
from bot.requests.rules import Rules
from bot.requests.tiers import rules_here
from bot.requests.transitions import CAPTION_DUE

SHEETS, SHEETS_DUE = "batch-sheets", batch_sheet_rows.DUE
"""Wake-up topic: a batch whose contact sheets may have changed; and the prefix of the memory key of one whose sheets aren't made yet."""
FINALS = batch_sheet_rows.FINALS
"""Prefix of the memory key that says which finished pictures a message shows."""
PER_MESSAGE = 10
"""Pictures of one message: what every platform can show."""
_AT_WORK = (RequestState.CALLING, RequestState.COLLECTING)


def want(tx: Tx, batch: Batch, subject: str) -> None:
    """Show a message of a batch where it was asked for: to everybody there, or to its owner alone where results begin like
    that."""
    if results_here(tx.connection, batch.place) is Results.PUBLIC:
        message_rows.want(tx, subject, Audience.CHANNEL, batch.place)
    else:
        message_rows.want(tx, subject, Audience.MEMBER, batch.place, batch.person.id)


def changed(tx: Tx, batch: Batch) -> None:
    """A batch has moved on: show what is new. Part of the engine's transaction."""
    if batch.place.platform == LOCAL:
        return
    if batch.state not in (BatchState.PROPOSED, BatchState.RUNNING):
        memory_rows.remember(tx, SHEETS_DUE + batch.id, tx.now)
        tx.wake(SHEETS, batch.id)
    found = finished(tx.connection, batch)
    size = _per_message(tx.connection, batch)
    for page, start in enumerate(range(0, len(found), size), 1):
        shown = found[start : start + size]
        key, now = f"{FINALS}{batch.id}:{page}", [one.final_request for one in shown]
        if len(shown) < size and batch.state in ACTIVE:
            break
        known = memory_rows.recall(tx.connection, key)
        if known is None or known[0] != now:
            memory_rows.remember(tx, key, now)
            want(tx, batch, f"batchfinals:{batch.id}-{page}")


def finished(connection: Connection, batch: Batch) -> Sequence[BatchItem]:
    """Items whose finished picture is there, with its caption, in the order in which they came."""
    found = batch_item_rows.of_batch(connection, batch.id, ItemState.FINISHED)
    due = set(memory_rows.keys(connection, CAPTION_DUE)) if found else set()
    return sorted((one for one in found if one.final_request not in due), key=lambda one: (one.changed_at, one.number))


def sheet_key(page: Sequence[SheetCell]) -> str:
    """What is drawn on a sheet, in a few characters."""
    words = [[one.label, one.title, one.mark, one.picture.sha256] for one in page]
    return hashlib.sha256(json.dumps(words).encode("utf-8", "surrogatepass")).hexdigest()


def look_at(connection: Connection, batch: Batch, rules: Rules, now: float) -> BatchLook:
    """Everything that its message says."""
    items, status = batch_item_rows.of_batch(connection, batch.id), status_of(connection, batch)
    final = batch.state in (BatchState.FINISHING, BatchState.FINISH_PAUSED)
    asked = [request_rows.get(connection, one.request_id) for one in items if one.request_id]
    due, cost, half_price = retry_price(rules, batch, items)
    remaining = status.counts.get(ItemState.FINAL if final else ItemState.DRAFT, 0)
    return BatchLook(
        status=status,
        items=items,
        price=price_lines(connection, batch, rules) if batch.state is BatchState.PROPOSED else (),
        running=sum(one is not None and one.state in _AT_WORK for one in asked),
        left=time_left(now, batch_item_rows.answered(connection, batch.id, final=final, limit=12), remaining),
        picked=_picked(connection, items),
        retry=(cost, half_price) if due else None,
    )


def _picked(connection: Connection, items: Sequence[BatchItem]) -> Sequence[str]:
    found = []
    for item in items:
        if item.state in (ItemState.PICKED, ItemState.FINAL, ItemState.FINISHED):
            drafts = [one.sha256 for one in drafts_of(connection, item)]
            position = drafts.index(item.picked) if item.picked in drafts else 0
            found.append(label(item.number, position, len(drafts)) if drafts else str(item.number))
    return found


def _per_message(connection: Connection, batch: Batch) -> int:
    """Finished topics of one message: a caption makes a second picture."""
    captions = any(one.topic.caption for one in batch_item_rows.of_batch(connection, batch.id, ItemState.FINISHED))
    return PER_MESSAGE // 2 if captions else PER_MESSAGE


@dataclass(frozen=True, slots=True)
class BatchProjections:
    """What the sender shows of batches."""

    rules: Rules

    @property
    def by_kind(self) -> Mapping[str, Project]:
        """By kind of subject."""
        return {"batch": self.batch, "batchsheet": self.sheet, "batchfinals": self.finals}

    def batch(self, connection: Connection, message: Message, now: float) -> View | None:
        """Projection of `batch:<id>`."""
        batch = batch_rows.get(connection, message.subject.partition(":")[2])
        if batch is not None and batch.forgotten:
            return forgotten_view(batch)
        return None if batch is None else batch_view(look_at(connection, batch, rules_here(connection, batch.place, self.rules), now))

    def sheet(self, connection: Connection, message: Message, now: float) -> View | None:
        """Projection of `batchsheet:<id>-<page>`; nothing as long as it isn't made."""
        batch, page = _page_of(connection, message)
        if batch is not None and batch.forgotten:
            return forgotten_view(batch)
        sheet = None if batch is None else batch_sheet_rows.of_page(connection, batch.id, page)
        if batch is None or sheet is None:
            return None
        found = pages(cells_of(connection, batch))
        cells = found[page - 1] if page <= len(found) else ()
        return sheet_view(batch, page, max(page, len(found)), [(one.label, one.title) for one in cells], sheet)

    def finals(self, connection: Connection, message: Message, now: float) -> View | None:
        """Projection of `batchfinals:<id>-<page>`."""
        batch, page = _page_of(connection, message)
        if batch is None:
            return None
        if batch.forgotten:
            return forgotten_view(batch)
        size = _per_message(connection, batch)
        items = finished(connection, batch)[(page - 1) * size : page * size]
        drawn = [(one, _drawn(connection, one)) for one in items]
        return finals_view(batch, [(one, found) for one, found in drawn if found])


def _drawn(connection: Connection, item: BatchItem) -> Sequence[Picture]:
    return picture_rows.of_request(connection, item.final_request)[:2]


def _page_of(connection: Connection, message: Message) -> tuple[Batch | None, int]:
    identity, _, page = message.subject.partition(":")[2].rpartition("-")
    return batch_rows.get(connection, identity), int(page) if page.isdigit() else 0
