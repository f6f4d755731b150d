"""How grants get from the gate to the process that makes the call, and verdicts back. With one process: not at all."""

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
    """A granted call."""

    grant: Grant
    service: ImageService
    row: str = ""
    """The grant's id in the ledger, if another process's gate gave it."""
    token: int = 0
    """Fencing token of the gate, if several processes share the ledger."""


class Handover:
    """The only process: what its gate grants, it calls. `bot.requests.shared_handover` is for several."""

    poll_every: float | None = None
    """Longest seconds between two looks, because others change the queue; None if only this process does."""
    runs_gate = True
    """Whether this process's gate says which call starts next."""
    makes_calls = True
    """Whether this process makes calls."""

    def hand_over(self, grant: Grant, service: ImageService) -> Ticket | None:
        """A call that this process makes itself; None if another one does."""
        return Ticket(grant, service)

    def queue_read_due(self) -> bool:
        """Whether to read the queue again, now that it has changed."""
        return True

    def is_handed_over(self, request_id: str) -> bool:
        """Whether a call for this request was granted to another process."""
        return False

    def tasks_polled_elsewhere(self, connection: Connection) -> frozenset[str]:
        """Requests whose task another process polls."""
        return frozenset()

    def claim_task(self, tx: Tx, attempt_id: str) -> bool:
        """Whether this process polls a task, from now on alone."""
        return True

    async def sync(self) -> Sequence[Ticket]:
        """Take in what other processes did. Returns the calls that were granted to this one."""
        return ()

    async def flush(self) -> None:
        """Give other processes what was granted to them."""

    def open(self, tx: Tx, ticket: Ticket, opening: Opening) -> Opened | NotNow | Ended:
        """Open the attempt, if the grant is still good."""
        return opening(tx)

    def record_verdict(self, tx: Tx, ticket: Ticket, verdict: Verdict) -> None:
        """The call's outcome is written in this transaction."""

    def cancel(self, request_id: str) -> None:
        """Cancel the call wherever it's made."""

    async def resign(self) -> None:
        """This process stops: another one decides from now on."""
