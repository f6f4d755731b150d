"""How rules and the learned reader decide together where only words are left.

Each rule carries a confidence, which stands for how often rules of its sort are right on answers that nobody wrote them for (`RIGHT`). The
reader gives a probability for every kind. Both are witnesses: their product, normalised, is what is believed.
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
"""Confidence of a rule -> share of its answers that were right on public failures before anybody had read them."""
READER_WEIGHT = 0.5
"""The exponent of the reader's probabilities: it has seen the same few thousand records as the rules, so it counts half."""
OTHER_KINDS = 12
"""Among how many kinds the rest of a rule's probability is shared."""
ACCUSED_BY_BOTH = 0.3
"""How probable the group of safety kinds has to be where a rule named one of them."""
ACCUSED_BY_READER = 0.8
_UNHEARD = 1e-4
"""The least that the reader gives a kind."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed after both were heard."""

    kind: Kind
    confidence: float
    repeatable: float
    """How probable it is that doing something again is allowed."""


def vote(rule_kind: Kind, rule_confidence: float, read: Mapping[Kind, float]) -> Belief:
    """The most probable kind. Nobody is accused on a guess: a safety kind needs more than half of the probability of its group."""
    right = RIGHT.get(rule_confidence, rule_confidence)
    other = (1 - right) / OTHER_KINDS
    shares = {kind: (share + _UNHEARD) ** READER_WEIGHT * (right if kind is rule_kind else other) for kind, share in read.items()}
    whole = sum(shares.values())
    safety = sum(share for kind, share in shares.items() if KINDS[kind].group is Group.SAFETY) / whole
    enough = ACCUSED_BY_BOTH if KINDS[rule_kind].group is Group.SAFETY else ACCUSED_BY_READER
    open_kinds = [kind for kind in shares if (KINDS[kind].group is Group.SAFETY) == (safety > enough)]
    kind = max(open_kinds, key=lambda one: shares[one])
    repeatable = sum(share for one, share in shares.items() if KINDS[one].action is not Action.NONE) / whole
    return Belief(kind, round(shares[kind] / whole, 3), repeatable)
