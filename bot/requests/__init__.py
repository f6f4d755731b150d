"""The life of a request: accept, step, recover, sweep."""
