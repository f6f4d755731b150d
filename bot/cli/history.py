"""A request's history from the ledger, for `explain`: its state, every attempt with the service's own id, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.cli.records import Row, ledger_file, reading
from bot.cli.screen import dollars, moment
from bot.domain.failure import Failure
from bot.domain.request_states import Answer, RequestState
from bot.texts import text

COLUMNS = ("number", "started", "took", "outcome", "status", "service_id", "cost")


@dataclass(frozen=True, slots=True)
class History:
    sentence: str
    attempts: Sequence[Sequence[str]] = ()
    """Rows of COLUMNS, oldest first."""
    failure: Failure | None = None
    """Why something is missing; None if the request got everything or is still in progress."""


def history(env_file: Path, data_dir: Path | None, asked: str) -> History | None:
    """Find a request by its own id, or by the image service's id of one of its attempts; None if there is none."""
    from bot.ledger import read_only

    ledger = ledger_file(env_file, data_dir)
    request = reading(lambda: read_only.request_by_any_id(ledger, asked))
    if request is None:
        return None
    tries = reading(lambda: read_only.attempts_of(ledger, request["id"]))
    whole = request["answer"] == Answer.PICTURES and request["pictures"] >= request["count"]
    ended = request["state"] == RequestState.ANSWERED
    failure = None if whole else failure_in(request, tries if ended else ())
    return History(_sentence(request, len(tries)), [_row(one, request) for one in tries], failure)


def failure_in(request: Row, tries: Sequence[Row]) -> Failure | None:
    """The request's last failure, even if it got its pictures in the end."""
    from bot.ledger.codec import failure_from_json

    if isinstance(kept := request["failure"], dict):
        return failure_from_json(kept)
    return next((found for one in reversed(tries) if (found := _failure_of(one)) is not None), None)


def _failure_of(attempt: Row) -> Failure | None:
    from bot.failures.classify import classify
    from bot.ledger.codec import evidence_from_json

    evidence = attempt["evidence"]
    return classify(evidence_from_json(evidence)) if isinstance(evidence, dict) else None


def _sentence(request: Row, tries: int) -> str:
    fields = {
        "id": request["id"],
        "at": moment(request["answered_at"] or request["created_at"]),
        "pictures": request["pictures"],
        "count": request["count"],
        "tries": text("explain.one_attempt") if tries == 1 else text("explain.attempts", count=tries),
        "reason": str((request["refusal"] or {}).get("reason", "-")).replace("_", " "),
        "due": moment(request["due_at"]),
    }
    ended = request["answer"] or request["state"]
    if ended == Answer.PICTURES:
        ended = "pictures" if request["pictures"] >= request["count"] else "some_pictures" if request["pictures"] else "pictures_gone"
    return text(f"explain.state_{ended}", **fields)


def _row(attempt: Row, request: Row) -> list[str]:
    failure = _failure_of(attempt)
    parts = [text("explain.came", count=attempt["pictures"])] if attempt["pictures"] else []
    if failure is not None:
        parts.append(str(failure.kind))
    elif attempt["closed_at"] is None:
        running = request["state"] in (RequestState.CALLING, RequestState.COLLECTING)
        parts.append(text("explain.open" if running else "explain.unknown_end"))
    took = attempt["latency"] if attempt["latency"] is not None else (attempt["closed_at"] or attempt["opened_at"]) - attempt["opened_at"]
    return [
        str(attempt["number"]),
        moment(attempt["opened_at"]),
        "-" if attempt["closed_at"] is None else f"{took:.1f} s",
        ", ".join(parts) or "-",
        str(attempt["status"] or "-"),
        attempt["provider_request_id"] or (failure.facts.get("request_id") if failure is not None else None) or "-",
        dollars(attempt["cost"]),
    ]
