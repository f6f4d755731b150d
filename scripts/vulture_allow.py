"""Names that are used from outside the code vulture can see (frameworks, tests, adapters of others). Each line says by whom."""

# uvicorn looks for the one and reads the other: the web chat's server (adapters/web/server.py).
assert callable(lambda server: (server.capture_signals, server.should_exit))
