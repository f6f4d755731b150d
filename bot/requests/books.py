"""Money of one exchange: what it cost, and its reservation replaced by that."""

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
    """Write down what the service said, and settle. False when that was done before, or written off when its member cancelled: then
    nothing changes."""
    cost = cost_of(request, outcome, attempt.reserved_micros, rules)
    if not attempt_rows.close_attempt(tx, attempt.id, outcome, cost):
        return False
    # Pictures that came after the request had ended are shown to nobody: its member does not pay for them.
    delivered = 0 if late else len(outcome.pictures)
    charged = cost * delivered // max(outcome.made, delivered, 1)  # what was made and lost on the way is no cost of the member's
    reserved, wanted = attempt.reserved_micros, attempt.wanted
    budgets.settle(tx, attempt.periods, reserved=reserved, wanted=wanted, cost=cost, delivered=delivered, charged=charged)
    _show_cost(tx, request)
    return True


def write_off(tx: Tx, attempt: Attempt) -> None:
    """Close an attempt whose outcome nobody will learn: booked as spent for community and operator, never for the member."""
    cost = attempt.reserved_micros
    if attempt_rows.close_attempt(tx, attempt.id, Outcome(billed=Billed.UNKNOWN), cost):
        budgets.settle(tx, attempt.periods, reserved=cost, wanted=attempt.wanted, cost=cost, delivered=0)
        request = request_rows.get(tx.connection, attempt.request_id)
        if request is not None:
            _show_cost(tx, request)


def cost_of(request: Request, outcome: Outcome, reserved: int, rules: Rules) -> int:
    """What an exchange cost, in micros: nothing when not billed, the reservation when unknown, usage or the price table otherwise."""
    if outcome.billed is Billed.NO:
        return 0
    if outcome.billed is Billed.UNKNOWN:
        return reserved
    if outcome.usage is not None:
        known = cost_from_usage(rules.model, outcome.usage)
        if known is not None:
            return known
    if rules.model.known and "size" in request.left_out and len(outcome.pictures) >= max(outcome.made, 1):
        # Reserved as the dearest size, because the service chose; the pictures themselves say which one it was.
        drawn = (f"{picture.width}x{picture.height}" for picture in outcome.pictures)
        others = request.left_out - {"size"}
        return min(reserved, sum(rules.highest_cost(size, request.quality, 1, request.prompt, others) for size in drawn))
    count = max(len(outcome.pictures), outcome.made) if outcome.pictures else request.count
    # By the reservation, not by the row: the prompt, which costs too, may have been deleted while it was drawn.
    return min(reserved, -(-reserved * count // request.count))


def _show_cost(tx: Tx, request: Request) -> None:
    """The moderators' card says what a case has cost: with each exchange of a request that belongs to one, it changes."""
    if request.case_id is not None:
        message_rows.bump(tx, f"case:{request.case_id}", Audience.MODERATORS)
