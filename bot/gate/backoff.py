"""Back-off of a single request after its own failure. The gate handles every wait that concerns the provider as a whole."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.failure import Failure
from bot.domain.kinds import NOT_STARTED

CAP = 60.0


def own_wait(failure: Failure, tries: int, uniform: Callable[[float, float], float]) -> float:
    """Seconds until this request is due again after its `tries`-th failed try (1 for the first).

    A rejection before generation concerns all requests, so the gate delays them together: this one is due at once and keeps its place.
    Any other failure may be the request's own: min(60, 2^tries) s, minus up to a quarter as jitter, so that simultaneous failures don't
    retry in the same moment.
    """
    if failure.kind in NOT_STARTED:
        return 0.0
    return min(CAP, 2.0 ** max(1, min(tries, 10))) * uniform(0.75, 1.0)
