"""Combination of rules and the learned reader where only words are left.

Each rule has a confidence that stands for how often rules like it are right on unseen answers (`RIGHT`). The reader gives a probability for
every kind. Their normalised product is the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.kinds import KINDS, Action, Group, Kind

RIGHT = {
    0.1: 0.05,
    0.2: 0.08,
    0.3: 0.1,
    0.4: 0.15,
    0.45: 0.6,
    0.5: 0.5,
    0.6: 0.55,
    0.7: 0.78,
    0.75: 0.85,
    0.8: 0.9,
    0.85: 0.9,
    0.9: 0.95,
    0.95: 0.97,
}
"""Rule confidence -> share of correct answers on public failures that nobody had read before."""
READER_WEIGHT = 0.7
"""Exponent of the reader's probabilities: it learned from the same few thousand records as the rules, so it counts less than a rule."""
OTHER_KINDS = 12
"""Number of kinds that share the rest of a rule's probability."""
ACCUSED_BY_BOTH = 0.3
"""Minimum probability of the safety kinds together if a rule named one of them."""
ACCUSED_BY_READER = 0.8
GUESSED = 0.2
"""Up to here a rule has guessed, and a reader that is `SURE` of a block is believed alone."""
SURE = 0.9
_UNHEARD = 1e-4
"""Minimum probability that the reader gives a kind."""


@dataclass(frozen=True, slots=True)
class Belief:
    """The combined result."""

    kind: Kind
    confidence: float
    repeatable: float
    """Probability that a repeat is allowed."""


def vote(rule_kind: Kind, rule_confidence: float, read: Mapping[Kind, float]) -> Belief:
    """The most probable kind. A safety kind needs more than half of the safety group's probability, so that nobody is accused on a
    guess."""
    right = RIGHT.get(rule_confidence, rule_confidence)
    other = (1 - right) / OTHER_KINDS
    shares = {kind: (share + _UNHEARD) ** READER_WEIGHT * (right if kind is rule_kind else other) for kind, share in read.items()}
    whole = sum(shares.values())
    safety = sum(share for kind, share in shares.items() if KINDS[kind].group is Group.SAFETY) / whole
    enough = ACCUSED_BY_BOTH if KINDS[rule_kind].group is Group.SAFETY else ACCUSED_BY_READER
    certain = right <= GUESSED and sum(share for kind, share in read.items() if KINDS[kind].group is Group.SAFETY) >= SURE
    open_kinds = [kind for kind in shares if (KINDS[kind].group is Group.SAFETY) == (certain or safety > enough)]
    kind = max(open_kinds, key=lambda one: shares[one])
    repeatable = sum(share for one, share in shares.items() if KINDS[one].action is not Action.NONE) / whole
    return Belief(kind, round(shares[kind] / whole, 3), repeatable)
