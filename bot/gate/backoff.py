"""How long one request stays away after a failure of its own. The gate owns every wait that concerns the provider as a whole."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.failure import Failure
from bot.domain.kinds import RATE_ANSWERS

CAP = 60.0


def own_wait(failure: Failure, tries: int, uniform: Callable[[float, float], float]) -> float:
    """Seconds until this request may be granted again after its `tries`-th bad answer (1 for the first).

    A rate answer concerns everybody, so the gate's shared pause holds all requests and this one is due at once, keeping its place in
    the line. Any other failure may be this request's own: min(60, 2^n) s, less up to a quarter so that requests that failed together
    do not come back together.
    """
    if failure.kind in RATE_ANSWERS:
        return 0.0
    return min(CAP, 2.0 ** max(1, min(tries, 10))) * uniform(0.75, 1.0)
