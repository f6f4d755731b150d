"""Several processes on one ledger: membership by heartbeat, and locks for what only one process may do."""
