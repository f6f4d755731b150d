"""What people do with a batch: propose, start, pause, go on, stop; pick, reject, ask for another draft, finish.

Plain functions of a transaction, so that the bot and a command beside it do the same. None of them asks for a picture: `bot.batch.engine`
does that, in the process that owns the ledger.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sqlalchemy import Connection

from bot.batch.estimate import BatchEstimate, due_again, estimate, finish_price, first_wrong
from bot.batch.judge import may_be_tried_again
from bot.batch.topics import Topics, prompt_of
from bot.catalogue.sizes import label
from bot.domain.batches import ACTIVE, BATCHES, ITEMS, Batch, BatchEvent, BatchItem, BatchPlan, BatchState, ItemEvent, ItemState
from bot.domain.kinds import Kind
from bot.domain.outcome import Picture
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import Person, Place
from bot.ledger import batch_item_rows, batch_rows, message_rows, picture_rows, request_rows
from bot.ledger.store import Tx
from bot.requests.rules import Rules
from bot.requests.services import HALF_PRICE
from bot.requests.transitions import BATCH, answer, end_waiting, stop_open_task
from bot.texts.phrases import listed

NOTE = 300
"""Characters of the reason for a rejection."""


class BatchProblem(Exception):
    """Something that can't be done with a batch. `key` is below `batch.no.` in the texts."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts


def propose(tx: Tx, event_key: str, owner: tuple[Person, Place], title: str, topics: Topics, plan: BatchPlan, rules: Rules) -> Batch:
    """Store a batch that waits for its start; the one that the same event made before, if there is one. Raises BatchProblem."""
    known = batch_rows.by_event(tx.connection, event_key)
    if known is not None:
        return known
    if plan.drafts * len(topics.topics) > plan.max_pictures:
        facts = {"topics": len(topics.topics), "drafts": plan.drafts, "count": plan.drafts * len(topics.topics), "most": plan.max_pictures}
        raise BatchProblem("max_pictures", **facts)
    batch = Batch(tx.new_id(), 0, BatchState.PROPOSED, *owner, title, plan, tx.now, tx.now)
    batch_rows.insert(tx, event_key, batch)
    batch_item_rows.add(tx, batch.id, [(one, prompt_of(one, plan.template, plan.style)) for one in topics.topics])
    stored = must_exist(tx.connection, batch.id)
    _check_options(tx, stored, rules)
    cost = estimated(tx.connection, stored, rules)
    if cost.draft_pictures and cost.drafts > plan.budget:
        raise BatchProblem("budget", drafts=cost.drafts, budget=plan.budget)
    return stored


def _check_options(tx: Tx, batch: Batch, rules: Rules) -> None:
    """Raises BatchProblem for a model, size or quality that can't be drawn."""
    plan = batch.plan
    if plan.model and plan.model not in {rules.model.id, *rules.models}:
        raise BatchProblem("model", model=plan.model, known=listed(sorted({rules.model.id, *rules.models})))
    wrong = first_wrong(rules, plan, batch_item_rows.of_batch(tx.connection, batch.id))
    if wrong is None:
        return
    item, problem = wrong
    if problem.kind is Kind.UNSUPPORTED_QUALITY:
        raise BatchProblem("quality", quality=problem.value, known=listed(problem.allowed))
    known = listed([label(one) for one in problem.allowed])
    if item.topic.size:
        raise BatchProblem("line_size", line=item.topic.line, size=problem.value, known=known)
    raise BatchProblem("size", size=problem.value, known=known)


def estimated(connection: Connection, batch: Batch, rules: Rules) -> BatchEstimate:
    """What the whole batch costs at least and at most."""
    return estimate(rules, batch.plan, batch_item_rows.of_batch(connection, batch.id))


def start(tx: Tx, batch: Batch) -> Batch:
    """Begin to draw drafts; nothing happens if it has begun. Raises BatchProblem if it's over."""
    if batch.state is not BatchState.PROPOSED:
        return batch if batch.state is not BatchState.STOPPED else _refused(batch, BatchEvent.START)
    return _moved(tx, batch, BatchEvent.START, started_at=tx.now)


def pause(tx: Tx, batch: Batch, reason: str = "asked", **facts: object) -> Batch:
    """Ask for nothing more. What waits is taken back, free of charge; what is being drawn is finished."""
    paused = _moved(tx, batch, BatchEvent.PAUSE, reason=reason, facts=facts)
    take_back(tx, batch)
    return paused


def stop(tx: Tx, batch: Batch) -> Batch:
    """End it for good. What is being drawn is finished, and what is there stays."""
    stopped = _moved(tx, batch, BatchEvent.STOP, reason="", facts={})
    take_back(tx, batch)
    _cancel_tasks(tx, batch)
    return stopped


def leave(tx: Tx, platform: str, community: str) -> int:
    """The bot was removed from a community: its batches pause, and their tasks at the service are cancelled, because nobody could be shown
    the pictures. Whatever else waits there ends. Returns how many requests that were."""
    for batch in batch_rows.open_at(tx.connection, platform, community):
        if batch.state in ACTIVE:
            pause(tx, batch, batch_rows.REMOVED)
        elif batch.state in (BatchState.PAUSED, BatchState.FINISH_PAUSED):
            batch_rows.mark(tx, batch.id, reason=batch_rows.REMOVED, facts={})
        _cancel_tasks(tx, batch)
    return end_waiting(tx, platform, community)


def resume(tx: Tx, batch: Batch, rules: Rules, *, max_pictures: int | None = None, budget: int | None = None, again: bool = False) -> Batch:
    """Go on, with other limits if they're given. Topics that failed because of what the operator had to mend are drawn now; with `again`,
    also those that failed for the service's sake or were interrupted. Only `again`, whose price is said before, lets half the price go
    where the service doesn't have it anymore; without it, such pictures fail for free."""
    plan = batch.plan
    changed = dataclasses.replace(
        plan,
        max_pictures=plan.max_pictures if max_pictures is None else max_pictures,
        budget=plan.budget if budget is None else budget,
        half_price=plan.half_price and (rules.half_price or not again),
    )
    if changed != plan:
        batch_rows.mark(tx, batch.id, plan=changed)
        batch = must_exist(tx.connection, batch.id)
    due = due_again(batch_item_rows.of_batch(tx.connection, batch.id, ItemState.FAILED), asked=again)
    if batch.state in (BatchState.PAUSED, BatchState.FINISH_PAUSED):
        batch = _moved(tx, batch, BatchEvent.RESUME, reason="", facts={}, refused=0)
    if batch.state is BatchState.STOPPED and due:
        _refused(batch, BatchEvent.RESUME)
    for item in due:
        _again(tx, item)
    return _toward(tx, batch, due) if due else batch


def _toward(tx: Tx, batch: Batch, due: Sequence[BatchItem]) -> Batch:
    """The state in which these items are drawn."""
    finals = any(one.failed_finishing for one in due)
    if batch.state in (BatchState.DRAFTED, BatchState.FINISHED):
        return _moved(tx, batch, BatchEvent.FINISH if finals else BatchEvent.DRAW_MORE)
    _show(tx, batch)
    return batch


def _again(tx: Tx, item: BatchItem) -> None:
    event = ItemEvent.REFINISH if item.failed_finishing else ItemEvent.REDRAW
    batch_item_rows.move(tx, item, event, reason="")


def drafts_of(connection: Connection, item: BatchItem) -> Sequence[Picture]:
    """The drafts of an item, in the order of their letters."""
    return picture_rows.of_request(connection, item.draft_request) if item.draft_request else ()


def pick(tx: Tx, batch: Batch, number: int, position: int, who: Person) -> BatchItem:
    """Choose a draft to be finished: the item's number, and which of its drafts, counted from 0. Raises BatchProblem."""
    item = _item(tx, batch, number)
    found = drafts_of(tx.connection, item)
    if position >= len(found):
        raise BatchProblem("no_draft", number=number)
    return _decided(tx, batch, item, ItemEvent.PICK, who, picked=found[position].sha256, note="")


def reject(tx: Tx, batch: Batch, number: int, who: Person, note: str = "") -> BatchItem:
    """Leave a topic's drafts out, with a reason. Raises BatchProblem."""
    item = _item(tx, batch, number)
    return _decided(tx, batch, item, ItemEvent.REJECT, who, picked="", note=note[:NOTE])


def redraw(tx: Tx, batch: Batch, number: int, who: Person) -> BatchItem:
    """Ask for another draft of a topic. Raises BatchProblem, also if it failed for a reason that stays."""
    item = _item(tx, batch, number)
    if item.state is ItemState.FAILED and not may_be_tried_again(item.reason):
        raise BatchProblem("fails_again", number=number)
    _must_move(batch, BatchEvent.DRAW_MORE)
    made = _decided(tx, batch, item, ItemEvent.REDRAW, who, picked="", note="", reason="", final_request="")
    _moved(tx, batch, BatchEvent.DRAW_MORE)
    return made


def finish(tx: Tx, batch: Batch, rules: Rules, *, half_price: bool = False) -> tuple[Batch, int, int]:
    """Draw the picked drafts in high quality, at once or at half the price within a day. Returns the batch, how many, and their highest
    cost. Raises BatchProblem."""
    if half_price and not rules.half_price:
        raise BatchProblem("no_half_price")
    items = batch_item_rows.of_batch(tx.connection, batch.id)
    count, cost = finish_price(rules, batch, items, half_price=half_price)
    if batch.state in (BatchState.FINISHING, BatchState.FINISH_PAUSED, BatchState.FINISHED) and not count:
        return batch, 0, 0  # asked for again: it goes on, or is done
    _must_move(batch, BatchEvent.FINISH)
    if not count:
        raise BatchProblem("nothing_picked")
    batch_rows.mark(tx, batch.id, plan=dataclasses.replace(batch.plan, half_price=half_price))
    for item in items:
        if item.state is ItemState.PICKED:
            batch_item_rows.move(tx, item, ItemEvent.FINISH, reason="")
    return _moved(tx, batch, BatchEvent.FINISH), count, cost


def take_back(tx: Tx, batch: Batch) -> bool:
    """Cancel the requests of a batch that wait: nothing was sent for them yet, or what was sent was turned away. Returns whether there
    were any."""
    found = False
    for item in batch_item_rows.of_batch(tx.connection, batch.id):
        request = request_rows.get(tx.connection, item.request_id) if item.request_id else None
        if request is not None and request.state in (RequestState.RECEIVED, RequestState.QUEUED):
            answer(tx, request, RequestEvent.CANCEL, Answer.CANCELLED, epoch=request.epoch + 1, failure=None, refusal=None)
            batch_item_rows.mark(tx, item, request_id="")
            found = True
    return found


def _cancel_tasks(tx: Tx, batch: Batch) -> None:
    """Ask the service to stop the tasks of its Batch API. What it has drawn by then still comes; the rest costs nothing."""
    for item in batch_item_rows.of_batch(tx.connection, batch.id):
        request = request_rows.get(tx.connection, item.request_id) if item.request_id else None
        if request is not None and request.service == HALF_PRICE:
            stop_open_task(tx, request)


def must_exist(connection: Connection, batch_id: str) -> Batch:
    """A batch that is known to be there."""
    found = batch_rows.get(connection, batch_id)
    assert found is not None, "batches aren't deleted"
    return found


def _item(tx: Tx, batch: Batch, number: int) -> BatchItem:
    found = batch_item_rows.by_number(tx.connection, batch.id, number)
    if found is None:
        raise BatchProblem("no_item", number=number)
    return found


def _decided(tx: Tx, batch: Batch, item: BatchItem, event: ItemEvent, who: Person, **values: object) -> BatchItem:
    if batch.state is BatchState.STOPPED:
        raise BatchProblem("over", batch=batch.number)
    if (item.state, event) not in ITEMS.table:
        raise BatchProblem(f"item_{item.state.value}", number=item.number)
    decided = {"decided_by": who.id, "decided_name": who.name[:120], "decided_at": tx.now}
    batch_item_rows.move(tx, item, event, **decided, **values)
    _show(tx, batch)
    return _item(tx, batch, item.number)


def _moved(tx: Tx, batch: Batch, event: BatchEvent, **values: object) -> Batch:
    _must_move(batch, event)
    moved = batch_rows.move(tx, batch, event, **values)
    _show(tx, moved)
    return moved


def _must_move(batch: Batch, event: BatchEvent) -> None:
    if (batch.state, event) not in BATCHES.table:
        _refused(batch, event)


def _refused(batch: Batch, event: BatchEvent) -> Batch:
    raise BatchProblem(f"state_{batch.state.value}", batch=batch.number, event=event.value)


def _show(tx: Tx, batch: Batch) -> None:
    """Its message changes, and the engine looks at it."""
    message_rows.bump(tx, f"batch:{batch.id}")
    tx.wake(BATCH, batch.id)
