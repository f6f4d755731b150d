"""Deletion of somebody's batches: topics, choices and contact sheets go, what waits is taken back, and their messages say so."""

from __future__ import annotations

from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.ledger import batch_item_rows, batch_rows, batch_sheet_rows, memory_rows, message_rows, picture_rows, request_rows
from bot.ledger.store import Tx
from bot.requests.services import HALF_PRICE
from bot.requests.transitions import answer, stop_open_task


def forget_batches(tx: Tx, platform: str, person: str) -> list[str]:
    """Delete what somebody's batches say. Their requests are deleted like all others. Returns hashes whose files may be deleted."""
    gone: set[str] = set()
    for batch in batch_rows.of_person(tx.connection, platform, person):
        for item in batch_item_rows.of_batch(tx.connection, batch.id):
            request = request_rows.get(tx.connection, item.request_id) if item.request_id else None
            if request is not None and request.state in (RequestState.RECEIVED, RequestState.QUEUED):
                answer(tx, request, RequestEvent.CANCEL, Answer.CANCELLED, epoch=request.epoch + 1, failure=None, refusal=None)
            elif request is not None and request.service == HALF_PRICE:
                stop_open_task(tx, request)
        batch_item_rows.drop(tx, batch.id)
        gone |= batch_sheet_rows.drop(tx, batch.id)
        batch_rows.forget(tx, batch)
        for prefix in (batch_sheet_rows.DUE + batch.id, f"{batch_sheet_rows.FINALS}{batch.id}:"):
            for key in memory_rows.keys(tx.connection, prefix):
                memory_rows.forget(tx, prefix + key)
        for kind in ("batch:", "batchsheet:", "batchfinals:"):
            message_rows.bump_all(tx, f"{kind}{batch.id}")
    return list(picture_rows.release(tx, gone, "privacy"))
