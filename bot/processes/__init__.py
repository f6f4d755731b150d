"""Several processes that share a ledger on a server: who is here, and who does what only one may do."""
