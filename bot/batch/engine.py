"""The engine of batches: asks for their pictures, a few at a time, as ordinary requests in the batch lane, and books what became of them.

One step is one transaction over rows, and repeating it changes nothing: an item and the request that it asks for are written together, and
the request's event key follows from the item and its tries. So a kill at any point leaves nothing half-asked, and nothing is asked twice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot import budgets
from bot.batch.enqueued import FACT, Full, full_of, made_room, turned_down
from bot.batch.estimate import OFFERED_AGAIN, checked, draft_quality, final_quality, final_references, price, retry_price
from bot.batch.judge import HALF_PRICE_GONE, REFUSED_IN_A_ROW, BackInLine, ItemDrawn, ItemFailed, judge, shows_service_works
from bot.batch.steps import must_exist, pause, take_back
from bot.catalogue.check import Problem
from bot.domain.attachments import Attachment
from bot.domain.batches import ACTIVE, DRAWING, Batch, BatchEvent, BatchItem, BatchState, ItemEvent, ItemState
from bot.domain.own_services import is_own
from bot.domain.refusal import Refusal
from bot.domain.request_states import RequestState
from bot.domain.requests import COMMAND, LOCAL, Lineage, Origin, Request, Submission
from bot.ledger import batch_item_rows, batch_rows, message_rows, request_rows
from bot.ledger.codec import refusal_to_json
from bot.ledger.store import Tx
from bot.requests.accept import Unfetched, accept
from bot.requests.rules import Rules
from bot.requests.services import HALF_PRICE
from bot.requests.submit import store_submission
from bot.requests.tiers import allowed_model, rules_here, settings_for
from bot.requests.transitions import BATCH, CaseOpener
from bot.texts import text

AT_ONCE = 12
"""Requests of one batch that wait or run at the same time: enough for the gate to see that a queue waits, few enough that a pause takes
effect at once."""

TASKS_AT_ONCE = 1_000
"""The same for tasks of the Batch API, each of which may take a day."""


@dataclass(slots=True)
class BatchEngine:
    """Moves batches on. Every method is a transaction's body."""

    rules: Rules
    open_case: CaseOpener
    on_change: Callable[[Tx, Batch], None] = field(default=lambda tx, batch: None)

    def step(self, tx: Tx, batch_id: str) -> None:
        """Book what has ended, ask for what is next, and say when nothing is left to ask for."""
        batch = batch_rows.get(tx.connection, batch_id)
        if batch is None:
            return
        changed = self._book(tx, batch)
        batch = must_exist(tx.connection, batch_id)
        # Otherwise: a call that ran at the pause may wait again, because the service turned it away.
        changed = (self._ask(tx, batch) if batch.state in ACTIVE else take_back(tx, batch)) or changed
        if changed:
            message_rows.bump(tx, f"batch:{batch_id}")
        if changed or batch.state not in ACTIVE:
            self.on_change(tx, must_exist(tx.connection, batch_id))

    # ---- what became of the requests

    def _book(self, tx: Tx, batch: Batch) -> bool:
        changed = False
        for item in batch_item_rows.of_batch(tx.connection, batch.id):
            if not item.request_id:
                continue
            request = request_rows.get(tx.connection, item.request_id)
            if request is not None and request.state is RequestState.RECEIVED:
                tx.wake("attachments", request.id)  # whoever fetched its reference may have been killed
            changed = (request is None or self._ended(tx, batch, item, request)) or changed
        return changed

    def _ended(self, tx: Tx, batch: Batch, item: BatchItem, request: Request) -> bool:
        meaning = judge(request)
        match meaning:
            case None:
                return False
            case ItemDrawn():
                self._drawn(tx, item, request)
                if batch.refused:
                    batch_rows.mark(tx, batch.id, refused=0)
                if request.service == HALF_PRICE and (full := full_of(must_exist(tx.connection, batch.id).facts)) is not None:
                    self._note_full(tx, batch.id, made_room(full, tx.now))
            case BackInLine(why, full=is_full):
                batch_item_rows.mark(tx, item, request_id="")
                if why is not None:
                    self._pause(tx, batch.id, why)
                if is_full:
                    self._full(tx, batch.id)
            case ItemFailed(reason, operator):
                self._failed(tx, item, reason)
                if operator:
                    self._refused(tx, batch.id, request, reason)
                elif batch.refused and shows_service_works(reason):
                    batch_rows.mark(tx, batch.id, refused=0)
        return True

    def _drawn(self, tx: Tx, item: BatchItem, request: Request) -> None:
        if item.state is ItemState.FINAL:
            batch_item_rows.move(tx, item, ItemEvent.FINISHED, request_id="", final_request=request.id, reason="")
        elif item.state is ItemState.DRAFT:
            batch_item_rows.move(tx, item, ItemEvent.DRAWN, request_id="", draft_request=request.id, reason="")
        else:
            batch_item_rows.mark(tx, item, request_id="")

    def _failed(self, tx: Tx, item: BatchItem, reason: str) -> None:
        if item.state is ItemState.DRAFT and item.draft_request:
            # Only another draft failed: the earlier one is still there to be picked.
            batch_item_rows.move(tx, item, ItemEvent.DRAWN, request_id="", reason=reason)
        elif item.state in DRAWING:
            batch_item_rows.move(tx, item, ItemEvent.FAIL, request_id="", reason=reason)
        else:
            batch_item_rows.mark(tx, item, request_id="")

    def _refused(self, tx: Tx, batch_id: str, request: Request, reason: str) -> None:
        batch = must_exist(tx.connection, batch_id)
        batch_rows.mark(tx, batch_id, refused=batch.refused + 1)
        if batch.refused + 1 >= REFUSED_IN_A_ROW and batch.state in ACTIVE:
            pause(tx, batch, "own_service" if is_own(request.service) else "operator", kind=reason)

    def _pause(self, tx: Tx, batch_id: str, why: Refusal) -> None:
        batch = must_exist(tx.connection, batch_id)
        if batch.state not in ACTIVE:
            return
        if why.budget is not None and why.budget.scope == budgets.BATCH:
            short = why.budget
            pause(tx, batch, short.unit, need=short.price, left=short.left, limit=short.limit)
        else:
            pause(tx, batch, "refused", refusal=refusal_to_json(why))

    def _full(self, tx: Tx, batch_id: str) -> None:
        """The Batch API takes no more for now: wait until something has ended there."""
        batch = must_exist(tx.connection, batch_id)
        if batch.state is not BatchState.FINISHING:
            return
        full = turned_down(full_of(batch.facts), batch_item_rows.at_the_service(tx.connection, batch_id, HALF_PRICE), tx.now)
        if full.gives_up:
            pause(tx, batch, FACT)
        else:
            self._note_full(tx, batch_id, full)

    def _note_full(self, tx: Tx, batch_id: str, full: Full) -> None:
        batch = must_exist(tx.connection, batch_id)
        batch_rows.mark(tx, batch_id, facts={**batch.facts, FACT: full.as_fact()})
        tx.wake(BATCH, batch_id, full.until)

    # ---- what is asked for next

    def _ask(self, tx: Tx, batch: Batch) -> bool:
        """Ask for the next pictures. Returns whether anything changed."""
        wanted = ItemState.FINAL if batch.state is BatchState.FINISHING else ItemState.DRAFT
        items = batch_item_rows.of_batch(tx.connection, batch.id, wanted)
        rules = rules_here(tx.connection, batch.place, self.rules).for_model(batch.plan.model)
        running, waiting = [one for one in items if one.request_id], [one for one in items if not one.request_id]
        if not waiting and not running:
            self._done(tx, batch)
            return True
        if waiting and _half_price_is_gone(batch, rules):
            for item in waiting:
                batch_item_rows.move(tx, item, ItemEvent.FAIL, reason=HALF_PRICE_GONE)
            tx.wake(BATCH, batch.id)
            return True
        left = self._left(tx, batch, running, rules)
        changed = False
        for item in waiting[: max(0, _at_once(batch, tx.now) - len(running))]:
            need, count = price(rules, batch.plan, item, final=item.state is ItemState.FINAL), self._count(batch, item)
            if need > left[0] or count > left[1]:
                if len(running) == 0 and not changed:
                    self._short(tx, batch, need, left)
                return changed
            left = (left[0] - need, left[1] - count)
            self._submit(tx, batch, item, rules)
            changed = True
            if must_exist(tx.connection, batch.id).state not in ACTIVE:
                break
        return changed

    def _done(self, tx: Tx, batch: Batch) -> None:
        """Nothing is left to ask for in this state. Topics of the other kind that wait, after another try of both, are drawn next."""
        if batch_item_rows.asked_for(tx.connection, batch.id):
            return
        finals = batch.state is BatchState.FINISHING
        counts = batch_item_rows.counts(tx.connection, batch.id)
        again = retry_price(rules_here(tx.connection, batch.place, self.rules), batch, batch_item_rows.of_batch(tx.connection, batch.id))
        facts = {**batch.facts, OFFERED_AGAIN: again[1]}
        moved = batch_rows.move(tx, batch, BatchEvent.FINALS_DONE if finals else BatchEvent.DRAFTS_DONE, facts=facts)
        if counts.get(ItemState.DRAFT if finals else ItemState.FINAL):
            batch_rows.move(tx, moved, BatchEvent.DRAW_MORE if finals else BatchEvent.FINISH)
        tx.wake(BATCH, batch.id)

    def _count(self, batch: Batch, item: BatchItem) -> int:
        return 1 if item.state is ItemState.FINAL else batch.plan.drafts

    def _left(self, tx: Tx, batch: Batch, running: Sequence[BatchItem], rules: Rules) -> tuple[int, int]:
        """Money and pictures that are neither spent nor spoken for. A running call has its reservation; a waiting request has none yet."""
        used, plan = batch_rows.spent(tx.connection, batch.id), batch.plan
        money, pictures = plan.budget - used.reserved - used.spent, plan.max_pictures - used.pictures
        for item in running:
            request = request_rows.get(tx.connection, item.request_id)
            if request is not None and request.state in (RequestState.RECEIVED, RequestState.QUEUED):
                money -= price(rules, plan, item, final=item.state is ItemState.FINAL)
                pictures -= self._count(batch, item)
        return money, pictures

    def _short(self, tx: Tx, batch: Batch, need: int, left: tuple[int, int]) -> None:
        """The batch's own limit is reached, and nothing runs that could give money back."""
        if need > left[0]:
            pause(tx, batch, "money", need=need, left=max(0, left[0]), limit=batch.plan.budget)
        else:
            pause(tx, batch, "pictures", left=max(0, left[1]), limit=batch.plan.max_pictures)

    def _submit(self, tx: Tx, batch: Batch, item: BatchItem, rules: Rules) -> None:
        final = item.state is ItemState.FINAL
        request_id = tx.new_id()
        lineage = Lineage(Origin.REFERENCE, item.draft_request) if final and item.draft_request else COMMAND
        known = store_submission(tx, request_id, event_key(item), self._submission(tx, batch, item, rules), self.rules, lineage)
        request_id = known or request_id
        values: dict[str, object] = {"request_id": request_id, "tries": item.tries + 1}
        batch_item_rows.mark(tx, item, **values, **({"final_request": request_id} if final else {}))
        if known is None and isinstance(accept(tx, request_id, self.rules, self.open_case), Unfetched):
            tx.wake("attachments", request_id)
        asked = batch_item_rows.by_number(tx.connection, batch.id, item.number)
        request = request_rows.get(tx.connection, request_id)
        if asked is not None and request is not None:
            self._ended(tx, batch, asked, request)

    def _submission(self, tx: Tx, batch: Batch, item: BatchItem, rules: Rules) -> Submission:
        plan, final = batch.plan, item.state is ItemState.FINAL
        place = batch.place
        own = settings_for(tx.connection, place.platform, place.community, batch.person.id, self.rules, tx.now)
        rules = dataclasses.replace(rules, model=allowed_model(own, rules.model))
        options = checked(rules, plan, item, final=final)
        size = item.topic.size or plan.size or None
        reference = final and final_references(rules) and item.picked
        return Submission(
            person=batch.person,
            place=batch.place,
            prompt=item.prompt,
            size=size if isinstance(options, Problem) else options.size,
            quality=final_quality(rules.model, plan) if final else draft_quality(rules.model, plan),
            count=self._count(batch, item),
            attachments=(Attachment(text("batch.draft_of", number=item.number), stored=item.picked, made_here=True),) if reference else (),
            model=plan.model or None,
            batch=batch.id,
            tag=plan.tag,
            service=HALF_PRICE if final and plan.half_price else "",
            caption=item.topic.caption if final and rules.captions and batch.place.platform != LOCAL else "",
        )


def _half_price_is_gone(batch: Batch, rules: Rules) -> bool:
    """Whether its finished pictures were promised for half the price, and its community's image service doesn't do that anymore."""
    return batch.state is BatchState.FINISHING and batch.plan.half_price and not rules.half_price


def _at_once(batch: Batch, now: float) -> int:
    """How many of a batch's requests may wait or run at the same time."""
    if batch.state is not BatchState.FINISHING or not batch.plan.half_price:
        return AT_ONCE
    full = full_of(batch.facts)
    if full is None:
        return TASKS_AT_ONCE
    return 0 if now < full.until else min(TASKS_AT_ONCE, full.most)


def event_key(item: BatchItem) -> str:
    """Key of the request that an item asks for next."""
    return f"batch:{item.id}:{item.tries}"
