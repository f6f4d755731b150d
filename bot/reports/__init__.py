"""Reports for operators from the ledger: spending and its pace, failures and what helps, the dashboard. Read-only."""
