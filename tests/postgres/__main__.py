"""For `make test-databases`: the versions of PostgreSQL that are here, or (`--tests`) the tests whose ledgers can be on it."""

from __future__ import annotations

import sys

from tests.postgres import binaries
from tests.postgres.each import WHEREVER

print(" ".join(WHEREVER if "--tests" in sys.argv else map(str, sorted(binaries.found()))))
