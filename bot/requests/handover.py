"""Handover of grants from the gate to the process that makes the call, and of verdicts back. With one process nothing is handed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.gate.port import Grant, Verdict
from bot.ledger.store import Tx
from bot.requests.attempt import Ended, NotNow, Opened
from bot.requests.services import ImageService

Opening = Callable[[Tx], Opened | NotNow | Ended]


@dataclass(frozen=True, slots=True)
class Ticket:
    grant: Grant
    service: ImageService
    row: str = ""
    """Id of the grant's row; empty if this process's own gate granted the call."""
    token: int = 0
    """Leader's fencing token; 0 if only one process uses the ledger."""


class Handover:
    """Handover for a single process, which makes the calls that its gate grants. `SharedHandover` is for several."""

    poll_every: float | None = None
    """Maximum seconds between two reads of the queue, because other processes change it; None for a single process."""
    runs_gate = True
    """Whether this process's gate grants calls."""
    makes_calls = True
    """Whether this process makes calls."""

    def hand_over(self, grant: Grant, service: ImageService) -> Ticket | None:
        """Hand a grant to the process that will make the call. Returns a ticket if that is this process."""
        return Ticket(grant, service)

    def queue_read_due(self) -> bool:
        """Whether the changed queue has to be read now."""
        return True

    def is_handed_over(self, request_id: str) -> bool:
        """Whether another process has a grant for this request."""
        return False

    def tasks_polled_elsewhere(self, connection: Connection) -> frozenset[str]:
        """Requests whose task another live process polls, or which was handed in at a service that this process doesn't have."""
        return frozenset()

    def claim_task(self, tx: Tx, attempt_id: str) -> bool:
        """Claim a service's task for polling. Returns False if another live process has it."""
        return True

    async def sync(self) -> Sequence[Ticket]:
        """Read what other processes wrote. Returns the tickets for this one."""
        return ()

    async def flush(self) -> None:
        """Write the grants for other processes."""

    def open(self, tx: Tx, ticket: Ticket, opening: Opening) -> Opened | NotNow | Ended:
        """Open the attempt if the grant is still valid."""
        return opening(tx)

    def record_verdict(self, tx: Tx, ticket: Ticket, verdict: Verdict) -> None:
        """Store the verdict for the leader, in the transaction that records the outcome."""

    def record_poll(self, tx: Tx, service: ImageService, verdict: Verdict) -> None:
        """Store a poll's verdict for the leader, in the transaction that records its outcome."""

    def cancel(self, request_id: str) -> None:
        """Cancel the call in whichever process makes it."""

    async def resign(self) -> None:
        """Give up leadership, because this process is shutting down."""
