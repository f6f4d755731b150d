"""Adoption of calls in flight by a new leader's gate."""

from __future__ import annotations

from bot.gate.gate import AdaptiveGate
from bot.gate.in_flight import InFlight
from bot.gate.port import Grant, Waiting


def adopt(gate: AdaptiveGate, waiting: Waiting, timeout: float, launched: float, now: float) -> Grant:
    """Book a call that the previous leader's gate granted. It counts as admitted and never as a probe, because this gate can't know
    better."""
    gate.snapshot(now)  # loads the memory first
    gate.last_id += 1
    grant = Grant(gate.last_id, waiting.request_id, timeout)
    level = gate.rate_model.bucket.level
    gate.running[grant.id] = InFlight(grant, waiting, launched, len(gate.running), waited=False, left=level, admitted=True)
    return grant
