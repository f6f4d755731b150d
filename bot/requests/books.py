"""Settlement of one call: its actual cost replaces the reservation."""

from __future__ import annotations

from bot import budgets
from bot.catalogue.cost import cost_from_usage
from bot.chat.views import Audience
from bot.domain.outcome import Billed, Outcome
from bot.domain.requests import Attempt, Request
from bot.ledger import attempt_rows, message_rows, request_rows
from bot.ledger.store import Tx
from bot.requests.rules import Rules


def close(tx: Tx, request: Request, attempt: Attempt, outcome: Outcome, rules: Rules, *, late: bool) -> bool:
    """Record the outcome and settle the cost. Returns False, changing nothing, if that was done before or the attempt was written off when
    its member cancelled."""
    cost = cost_of(request, outcome, attempt, rules)
    if not attempt_rows.close_attempt(tx, attempt.id, outcome, cost):
        return False
    # Pictures that arrive after the request ended aren't shown, so the member doesn't pay for them.
    delivered = 0 if late else len(outcome.pictures)
    charged = cost * delivered // max(outcome.made, delivered, 1)  # the member doesn't pay for pictures that were made but lost
    reserved, wanted = attempt.reserved_micros, attempt.wanted
    budgets.settle(tx, attempt.periods, reserved=reserved, wanted=wanted, cost=cost, delivered=delivered, charged=charged)
    _show_cost(tx, request)
    return True


def write_off(tx: Tx, attempt: Attempt) -> None:
    """Close an attempt with an unknown outcome: booked as spent for community and operator, never for the member."""
    reserved = attempt.reserved_micros
    cost = attempt.cost_micros or reserved
    if attempt_rows.close_attempt(tx, attempt.id, Outcome(billed=Billed.UNKNOWN), cost):
        budgets.settle(tx, attempt.periods, reserved=reserved, wanted=attempt.wanted, cost=cost, delivered=0)
        request = request_rows.get(tx.connection, attempt.request_id)
        if request is not None:
            _show_cost(tx, request)


def cost_of(request: Request, outcome: Outcome, attempt: Attempt, rules: Rules) -> int:
    """Cost of a call in micros: zero if not billed, what the provider said when it took the task, or the reservation if unknown, otherwise
    from usage or the price table."""
    reserved = attempt.reserved_micros
    if outcome.billed is Billed.NO:
        return 0
    if outcome.billed is Billed.UNKNOWN:
        return attempt.cost_micros or reserved
    stated = cost_from_usage(rules.model, outcome.usage)
    if stated is not None or attempt.cost_micros:
        return attempt.cost_micros if stated is None else stated  # a stated cost may be nothing: a free model
    if rules.model.known and "size" in request.left_out and len(outcome.pictures) >= max(outcome.made, 1):
        # Reserved as the most expensive size because the service chose; the pictures show which one it was.
        drawn = (f"{picture.width}x{picture.height}" for picture in outcome.pictures)
        others = request.left_out - {"size"}
        return min(
            reserved, sum(rules.highest_cost(size, request.quality, 1, request.prompt, others, len(request.references)) for size in drawn)
        )
    count = max(len(outcome.pictures), outcome.made) if outcome.pictures else attempt.wanted
    # From the reservation, not the row: the prompt, which also costs, may have been deleted during the call.
    return min(reserved, -(-reserved * count // attempt.wanted))


def _show_cost(tx: Tx, request: Request) -> None:
    """Update the case's card, which shows the total cost, after each call of one of its requests."""
    if request.case_id is not None:
        message_rows.bump(tx, f"case:{request.case_id}", Audience.MODERATORS)
