"""Messages to people: projections of ledger rows, with one sender per message."""
