"""Names that are used from outside the code vulture can see (frameworks, tests, adapters of others). Each line says by whom."""
