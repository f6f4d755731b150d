"""A PostgreSQL server of the tests' own: socket in a temporary folder, no port, no fsync; it ends with the tests that use it."""
