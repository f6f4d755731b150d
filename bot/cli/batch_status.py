"""What `imagine-bot batch` says about a batch: how far it is, what can be done now, and what Ctrl-C has left."""

from __future__ import annotations

import json

from bot.batch.overview import BatchStatus, full_sentence, pause_sentence
from bot.batch.overview import as_json as as_json_of
from bot.cli.batch_work import BatchSession
from bot.cli.screen import dollars, say
from bot.domain.batches import ACTIVE, BatchState, ItemState
from bot.ledger import batch_item_rows
from bot.requests.services import HALF_PRICE
from bot.texts import text
from bot.texts.phrases import money, pictures


def say_status(found: BatchStatus, as_json: bool) -> None:
    if as_json:
        say(json.dumps(as_json_of(found), indent=2, ensure_ascii=False))
        return
    batch, spent = found.batch, found.spent
    facts = {"batch": batch.number, "state": found.state_words, "title": batch.title}
    say(text("batch.status", **facts, spent=money(spent.spent), budget=money(batch.plan.budget), pictures=pictures(spent.pictures)))
    counts = {one.value: found.counts.get(one, 0) for one in ItemState}
    say(text("batch.counts", topics=found.topics, **counts))
    if sentence := pause_sentence(batch) or full_sentence(found):
        say(sentence)
    for key in _next(found):
        say(text(f"batch.next.{key}", batch=batch.number, failed=found.failed))


def why_ended(session: BatchSession, found: BatchStatus) -> str:
    """What Ctrl-C has left, and how to go on."""
    batch = found.batch
    if batch.state in ACTIVE:
        return text("batch.cli.watched", batch=batch.number)
    if found.asked and (count := session.read(lambda c: batch_item_rows.at_the_service(c, batch.id, HALF_PRICE))):
        key = "stopped_there" if batch.state is BatchState.STOPPED else "left_there"
        return text(f"batch.cli.{key}", pictures=pictures(count), batch=batch.number)
    return text("batch.cli.cut_off" if found.asked else "batch.cli.paused", batch=batch.number)


def _next(found: BatchStatus) -> list[str]:
    keys = []
    if found.batch.state in (BatchState.DRAFTED, BatchState.FINISHED) and found.counts.get(ItemState.DRAWN):
        keys.append("pick")
    if found.batch.state in (BatchState.DRAFTED, BatchState.FINISHED) and found.counts.get(ItemState.PICKED):
        keys.append("finish")
    if found.batch.state in (BatchState.PAUSED, BatchState.FINISH_PAUSED):
        keys.append("resume")
    if found.failed and found.batch.plan.folder:
        keys.append("failed")
    return keys


def as_row(found: BatchStatus) -> list[str]:
    batch = found.batch
    return [
        str(batch.number),
        found.state_words,
        batch.title,
        str(found.topics),
        str(found.drafted - found.failed),
        str(found.finishing[0]),
        str(found.failed),
        dollars(found.spent.spent),
    ]
