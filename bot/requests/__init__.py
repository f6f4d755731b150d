"""Lifecycle of a request: accept, attempt, record, recover, sweep."""
