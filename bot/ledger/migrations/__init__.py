"""Forward-only migrations of the ledger."""
