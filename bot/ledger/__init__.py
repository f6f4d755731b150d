"""The only truth: tables, transactions, queries, migrations."""
