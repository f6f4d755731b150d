"""What a member reads above their own rewording after a block: the case, and what may be the reason. Nothing is reworded for them."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.ledger import case_rows
from bot.messages.simplify_view import named
from bot.prompts.details import Rung, details_of
from bot.texts import text


def block_advice(connection: Connection, request: Request) -> str:
    """The lines above the form; empty for a request that wasn't blocked."""
    case = case_rows.standing(connection, request.case_id) if request.answer is Answer.BLOCKED and request.case_id else None
    if case is None or not request.prompt:
        return ""
    details = details_of(request.prompt)
    risky = [number for number, one in enumerate(details) if one.rung is Rung.RISKY]
    if not risky:
        return text("simplify.after_block_plain", number=case.number)
    return text("simplify.after_block", number=case.number, details=named(details, risky))
