"""How far a batch is, in numbers: for its message, the command line and `--json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.batch.enqueued import full_of
from bot.batch.steps import estimated
from bot.domain.batches import ACTIVE, Batch, BatchState, ItemState
from bot.domain.kinds import Kind
from bot.ledger import batch_item_rows, batch_rows
from bot.ledger.batch_rows import BatchSpent
from bot.ledger.codec import refusal_from_json
from bot.messages.refusal_view import refusal_sentence
from bot.requests.own_key import CHANGED as OWN_CHANGED
from bot.requests.rules import Rules
from bot.texts import has, text
from bot.texts.phrases import money, pictures


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """One look at a batch."""

    batch: Batch
    counts: Mapping[ItemState, int]
    asked: int
    """Items whose request hasn't ended."""
    spent: BatchSpent

    @property
    def topics(self) -> int:
        return sum(self.counts.values())

    @property
    def quiet(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.batch.state not in ACTIVE and self.asked == 0

    @property
    def drafted(self) -> int:
        """Topics that have a draft or never will."""
        return self.topics - self.counts.get(ItemState.DRAFT, 0)

    @property
    def finishing(self) -> tuple[int, int]:
        """Finished pictures, and those to come."""
        return self.counts.get(ItemState.FINISHED, 0), self.counts.get(ItemState.FINAL, 0)

    @property
    def failed(self) -> int:
        return self.counts.get(ItemState.FAILED, 0)

    @property
    def state_words(self) -> str:
        """The batch's state for people: without a single draft, there's nothing to choose from."""
        nothing = self.batch.state is BatchState.DRAFTED and self.failed == self.topics
        return text("batch.state.nothing_drafted") if nothing else text(f"batch.state.{self.batch.state.value}")


def status_of(connection: Connection, batch: Batch) -> BatchStatus:
    """How far it is now."""
    counts = batch_item_rows.counts(connection, batch.id)
    return BatchStatus(batch, counts, batch_item_rows.asked_for(connection, batch.id), batch_rows.spent(connection, batch.id))


def time_left(now: float, answered: Sequence[float], remaining: int) -> float | None:
    """Seconds that the remaining pictures take at the pace of the latest ones, newest first; None before there's a pace."""
    if len(answered) < 3 or not remaining:
        return None
    # A standstill counts: without pictures, the time that is left grows.
    taken = max(answered[0] - answered[-1], now - answered[0])
    return remaining * taken / (len(answered) - 1)


def as_json(status: BatchStatus) -> dict[str, Any]:
    """The same for programs."""
    batch, plan = status.batch, status.batch.plan
    return {
        "batch": batch.number,
        "id": batch.id,
        "state": batch.state.value,
        "title": batch.title,
        "topics": status.topics,
        "items": {state.value: status.counts.get(state, 0) for state in ItemState},
        "asked_for": status.asked,
        "pictures": status.spent.pictures,
        "max_pictures": plan.max_pictures,
        "spent_micros": status.spent.spent,
        "reserved_micros": status.spent.reserved,
        "budget_micros": plan.budget,
        "tag": plan.tag,
        "folder": plan.folder,
        "paused_because": batch.reason,
        "sentence": str(pause_sentence(batch)),
    }


def pause_sentence(batch: Batch) -> str:
    """Why it's paused, and what to do; empty if it isn't."""
    if batch.state not in (BatchState.PAUSED, BatchState.FINISH_PAUSED) or not batch.reason:
        return ""
    if batch.reason == "refused" and isinstance(refusal := batch.facts.get("refusal"), Mapping):
        why = refusal_from_json(refusal)
        return text("batch.paused.own_changed") if why.reason == OWN_CHANGED else refusal_sentence(why)
    facts = {name: value for name, value in batch.facts.items() if isinstance(value, str)}
    for name in ("need", "left", "limit"):
        if isinstance(value := batch.facts.get(name), int):
            facts[name] = money(value) if batch.reason == "money" else pictures(value)
    if batch.reason == "refused":
        return facts.get("sentence", "")  # as it was stored before it could be said in its reader's language
    if "kind" in facts and facts["kind"] in set(Kind) and has(f"failures.{facts['kind']}.operator"):
        facts["kind"] = facts["kind"].replace("_", " ")
    return text(f"batch.paused.{batch.reason}", **facts)


def full_sentence(status: BatchStatus) -> str:
    """Why only a part of a half-price finish is at the service; empty if everything is."""
    batch, waits = status.batch, status.counts.get(ItemState.FINAL, 0) > status.asked
    return text("batch.full") if batch.state is BatchState.FINISHING and waits and full_of(batch.facts) is not None else ""


def price_lines(connection: Connection, batch: Batch, rules: Rules) -> list[str]:
    """What it costs at least and at most."""
    cost, plan = estimated(connection, batch, rules), batch.plan
    least = text("batch.price_least", drafts=pictures(cost.draft_pictures), least=money(cost.drafts))
    over = cost.all > plan.budget
    whole = text("batch.price_over" if over else "batch.price_all", all=money(cost.all), **({"budget": money(plan.budget)} if over else {}))
    return [least, whole, text("batch.price_most", most=money(plan.budget), pictures=pictures(plan.max_pictures))]
