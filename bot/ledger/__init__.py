"""The ledger: tables, transactions, queries and migrations of the database that is the only source of truth."""
