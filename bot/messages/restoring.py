"""Operator notice of the gradual recovery after a stop: it has begun, it stopped again and why, or all calls run again."""

from __future__ import annotations

from bot.gate.port import Snapshot
from bot.ledger.store import Tx
from bot.messages.notices import Notices

CAUSE = "restoring:"
"""Prefix of the stored causes; the service's name follows."""


def shown_stage(notices: Notices, service: str) -> str:
    """The stage that the operators were last shown; empty if none."""
    return "few" if CAUSE + service in notices.open else ""


def report(tx: Tx, notices: Notices, service: str, seen: Snapshot, waiting: int) -> None:
    """Say that a service's stage has changed. A stop that nothing has followed yet has a notice of its own, about its cause."""
    cause = CAUSE + service
    if seen.stage == "few":
        notices.report(tx, cause, "restoring", {"waiting": str(waiting)})
    elif seen.stage == "stopped" and cause in notices.open:
        notices.report(tx, cause, f"restoring_{seen.step}", {"waiting": str(waiting)})
    elif not seen.stage:
        notices.resolve(tx, cause)
