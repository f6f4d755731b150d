"""Calls that another process's gate let start, booked in the gate that replaces it."""

from __future__ import annotations

from bot.gate.gate import AdaptiveGate
from bot.gate.in_flight import InFlight
from bot.gate.port import Grant, Waiting


def adopt(gate: AdaptiveGate, waiting: Waiting, timeout: float, launched: float, now: float) -> Grant:
    """Count a running call. It isn't a probe here, and counts as let in: its gate saw that it wasn't rejected, or will never tell."""
    gate.snapshot(now)  # takes in its memory first
    gate.ids += 1
    grant = Grant(gate.ids, waiting.request_id, timeout)
    level = gate.rate_model.bucket.level
    gate.running[grant.id] = InFlight(grant, waiting, launched, len(gate.running), waited=False, left=level, admitted=True)
    return grant
