"""What is said when the ledger can't be used."""

from __future__ import annotations


class LedgerProblem(Exception):
    """The ledger can't be used. The text is a complete sentence for the operator, with what to do."""


class LedgerClosed(LedgerProblem):
    """The bot is stopping, so nothing can be stored anymore."""
