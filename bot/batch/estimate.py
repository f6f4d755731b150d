"""What a batch costs at least and at most, before anything is drawn. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.batch.judge import may_be_tried_again, waits_for_operator
from bot.catalogue.check import Checked, Problem, check
from bot.catalogue.model import AUTO, Model
from bot.domain.batches import Batch, BatchItem, BatchPlan, ItemState
from bot.domain.kinds import Kind
from bot.requests.rules import Rules
from bot.requests.services import HALF_PRICE

CHEAPEST_FIRST = ("low", "standard", "medium", AUTO, "high", "hd")
"""Qualities in the order of their price, where a model has them."""
OFFERED_AGAIN = "offered_again"
"""A batch's fact: the highest cost of another try that its button said, in micros."""


@dataclass(frozen=True, slots=True)
class BatchEstimate:
    """In micros and pictures."""

    drafts: int
    """Highest cost of one draft of every topic (or as many as the plan says): what the batch costs if nobody finishes anything."""
    all: int
    """Highest cost of all drafts and a finished picture of every topic."""
    draft_pictures: int


def draft_quality(model: Model, plan: BatchPlan) -> str:
    """The quality of drafts: the plan's, or the cheapest that the model has."""
    return plan.draft_quality or next((one for one in CHEAPEST_FIRST if one in model.qualities), model.default_quality)


def final_quality(model: Model, plan: BatchPlan) -> str:
    """The quality of finished pictures: the plan's, or the best that the model has a usual name for."""
    return plan.final_quality or next((one for one in reversed(CHEAPEST_FIRST) if one in model.qualities), model.default_quality)


def final_references(rules: Rules) -> int:
    """How many pictures a finished picture is made from: its draft, where the model takes references."""
    return 1 if rules.references.count else 0


def checked(rules: Rules, plan: BatchPlan, item: BatchItem, *, final: bool) -> Checked | Problem:
    """The options of an item's request, or what is wrong with them."""
    model = rules.model
    quality = final_quality(model, plan) if final else draft_quality(model, plan)
    return check(model, item.prompt, item.topic.size or plan.size or None, quality, 1 if final else plan.drafts)


def first_wrong(rules: Rules, plan: BatchPlan, items: Iterable[BatchItem]) -> tuple[BatchItem, Problem] | None:
    """The first item whose draft or finished picture asks for a size or quality that the model doesn't have, with what's wrong: known
    before anything is drawn, so nobody pays for the others first."""
    rules = rules.for_model(plan.model)
    for item in items:
        for final in (False, True):
            found = checked(rules, plan, item, final=final)
            if isinstance(found, Problem) and found.kind in (Kind.UNSUPPORTED_SIZE, Kind.UNSUPPORTED_QUALITY):
                return item, found
    return None


def price(rules: Rules, plan: BatchPlan, item: BatchItem, *, final: bool) -> int:
    """Highest cost of an item's draft or finished picture in micros; 0 if its options are wrong, because then nothing is sent."""
    rules = rules.for_call(HALF_PRICE, rules.model.id) if final and plan.half_price else rules
    found = checked(rules, plan, item, final=final)
    if isinstance(found, Problem):
        return 0
    references = final_references(rules) if final else 0
    return rules.highest_cost(found.size, found.quality, found.count, item.prompt, references=references)


def estimate(rules: Rules, plan: BatchPlan, items: Sequence[BatchItem]) -> BatchEstimate:
    """What drawing these items from the start costs."""
    rules = rules.for_model(plan.model)
    drafts = sum(price(rules, plan, one, final=False) for one in items)
    finals = sum(price(rules, plan, one, final=True) for one in items)
    return BatchEstimate(drafts, drafts + finals, len(items) * plan.drafts)


def finish_price(rules: Rules, batch: Batch, items: Iterable[BatchItem], *, half_price: bool = False) -> tuple[int, int]:
    """How many picked drafts wait to be finished, and the highest cost of that in micros."""
    batch = replace(batch, plan=replace(batch.plan, half_price=half_price))
    rules = rules.for_model(batch.plan.model)
    picked = [one for one in items if one.state is ItemState.PICKED]
    return len(picked), sum(price(rules, batch.plan, one, final=True) for one in picked)


def due_again(items: Iterable[BatchItem], *, asked: bool) -> list[BatchItem]:
    """The failed items that are drawn when the batch goes on: what the operator had to mend, once by itself, because a topic that only
    looks like that would pause it at every start; if somebody `asked` for it, whatever may work now."""
    failed = [one for one in items if one.state is ItemState.FAILED]
    return [one for one in failed if (waits_for_operator(one.reason) and one.tries < 2) or (asked and may_be_tried_again(one.reason))]


def retry_price(rules: Rules, batch: Batch, items: Iterable[BatchItem]) -> tuple[int, int, bool]:
    """How many failed topics are drawn if somebody asks for that, the highest cost of it in micros, and whether a part of it is at half
    the price: as at the latest finish, if the service still has that. If it hasn't, pictures that wait for half the price are drawn at the
    whole one too, so they count."""
    items, plan = list(items), batch.plan
    due = due_again(items, asked=True)
    if plan.half_price and not rules.half_price:
        due += [one for one in items if one.state is ItemState.FINAL]
    plan = replace(plan, half_price=plan.half_price and rules.half_price)
    rules = rules.for_model(plan.model)
    finals = [one for one in due if one.failed_finishing]
    return len(due), sum(price(rules, plan, one, final=one in finals) for one in due), bool(finals) and plan.half_price
