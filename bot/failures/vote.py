"""Combination of the rules' answer and the learned reader's where structure doesn't decide.

A log-linear model: the logarithms of the reader's probabilities, plus weights for the kind that a rule named and for its group. How much a
rule counts depends on its confidence. The weights, the thresholds and the calibration are data (`tables/decision.toml`),
which `make classifier` learns on failures that the reader has not seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.domain.kinds import KINDS, NO_CREDIT, Action, Group, Kind
from bot.failures.data import table


class Agreement(StrEnum):
    """Agreement of rules and reader; an answer's certainty depends on it."""

    AGREE = "agree"
    DIFFER = "differ"
    ALONE = "alone"
    """The rules know the status at most."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The contents of `tables/decision.toml`."""

    reader: float
    """Factor of the logarithm of the reader's probability."""
    floor: float
    """Added to every probability of the reader, so that no kind is impossible."""
    ordinary: float
    """Added for ordinary text, which isn't a kind."""
    rule: Mapping[float, float]
    """Rule confidence -> weight of the kind it named."""
    group: Mapping[float, float]
    """Rule confidence -> weight of every kind of that kind's group."""
    kind: Mapping[Kind, float]
    """Added for a kind: the reader's machines are trained one by one, so some speak up too easily."""
    calibration: Mapping[Agreement, tuple[tuple[float, float], ...]]
    """A probability of the model, and how often answers with it are right; rising, linear between the points."""
    accuse: float
    """Minimum probability of the safety kinds together if a rule named one of them."""
    accuse_alone: float
    """The same if only the reader speaks of one."""
    repeat: float
    """Minimum probability that a repeat is allowed; below it, nothing that may have been paid for or blocked is sent again."""
    spent: float
    """Probability of used-up money or allowance from which on not even what was turned away at once is sent again."""


@cache
def shipped() -> Weights:
    """The shipped weights."""
    data = table("decision")
    return Weights(
        reader=data["reader"],
        floor=data["floor"],
        ordinary=data["ordinary"],
        rule={float(confidence): weight for confidence, weight in data["rule"].items()},
        group={float(confidence): weight for confidence, weight in data["group"].items()},
        kind={Kind(kind): weight for kind, weight in data["kind"].items()},
        calibration={Agreement(which): tuple((said, right) for said, right in steps) for which, steps in data["calibration"].items()},
        accuse=data["accuse"],
        accuse_alone=data["accuse_alone"],
        repeat=data["repeat"],
        spent=data["spent"],
    )


_in_use: list[Weights] = []


def weights() -> Weights:
    """The weights in use."""
    return _in_use[-1] if _in_use else shipped()


def use(known: Weights | None) -> None:
    """Use other weights, or the shipped ones again: benches judge records with weights that were learned without them."""
    _in_use[:] = [] if known is None else [known]


@dataclass(frozen=True, slots=True)
class Belief:
    """The combined result."""

    kind: Kind | None
    """None for ordinary text."""
    confidence: float
    """Calibrated: how often such answers are right."""
    safety: float
    """Probability of the safety kinds together."""
    repeatable: float
    """Probability that a repeat is allowed."""
    spent: float
    """Probability of used-up money or allowance."""


def shares(rule_kind: Kind, confidence: float, read: Mapping[Kind, float], known: Weights) -> dict[Kind | None, float]:
    """Probability of each kind, and of ordinary text (None)."""
    group = KINDS[rule_kind].group
    for_kind, for_group = _nearest(known.rule, confidence), _nearest(known.group, confidence)
    totals: dict[Kind | None, float] = {}
    for kind, share in read.items():
        total = known.reader * math.log(share + known.floor) + known.kind.get(kind, 0.0)
        if KINDS[kind].group is group:
            total += for_group + (for_kind if kind is rule_kind else 0.0)
        totals[kind] = total
    totals[None] = known.ordinary + known.reader * math.log(max(0.0, 1 - sum(read.values())) + known.floor)
    highest = max(totals.values())
    raised = {kind: math.exp(total - highest) for kind, total in totals.items()}
    whole = sum(raised.values())
    return {kind: share / whole for kind, share in raised.items()}


ONLY_STATUS = 0.45
"""Up to this rule confidence, the rules go by the status at most."""


def agreement(rule_kind: Kind, confidence: float, read: Mapping[Kind, float]) -> Agreement:
    """Whether the reader finds the rule's kind the most probable one, if a rule named one."""
    if max(read, key=read.__getitem__) is rule_kind:
        return Agreement.AGREE
    return Agreement.ALONE if confidence <= ONLY_STATUS else Agreement.DIFFER


ORDINARY = 0.85
"""How probable it has to be that a text is no failure at all to outweigh words that sound like a verdict."""


WITHOUT_A_WORD = 0.2
"""Minimum probability of the safety kinds without any one of the words, if only the reader speaks of a block: nobody is accused over a
single odd word."""
SURE_ALONE, ENOUGH_WORDS = 0.95, 6
"""How probable the reader finds a block that may hang on a word, in a sentence of at least so many: what a filter stopped is said once."""


def hangs_on_a_word(rule_kind: Kind, confidence: float, shortened: Iterable[Mapping[Kind, float]], known: Weights, *, sure: bool) -> bool:
    """Whether the reader would not speak of a block if one word were missing; `shortened` are its scores without each word."""
    tried = [block(shares(rule_kind, confidence, read, known)) for read in shortened]
    return min(tried, default=1.0) < WITHOUT_A_WORD and not (sure and len(tried) >= ENOUGH_WORDS)


MAYBE_BLOCK = 0.3
"""From this probability of the safety kinds on, a failure that isn't called a block keeps the kind that the rules give it: any other
would be a guess beside the cause."""


def is_no_answer(safety: float, *, failed: bool) -> bool:
    """Whether ordinary text can't be the answer: that it failed is certain, and hardly because of a block."""
    return failed and safety < MAYBE_BLOCK


def block(found: Mapping[Kind, float] | Mapping[Kind | None, float]) -> float:
    """Probability of the safety kinds together."""
    return sum(share for kind, share in found.items() if kind is not None and KINDS[kind].group is Group.SAFETY)


def vote(
    rule_kind: Kind,
    confidence: float,
    read: Mapping[Kind, float],
    shortened: Iterable[Mapping[Kind, float]] = (),
    *,
    verdict: bool = False,
    cleared: bool = False,
    failed: bool = False,
) -> Belief:
    """The most probable kind. With a `verdict`, that it's a block is certain, and only its side is voted on. If a check is said to have
    found nothing (`cleared`), it's a block only if a rule says so. `failed`: that it failed is certain.

    Otherwise a safety kind needs enough of the probability of the safety group, so that nobody is accused on a guess; a block that's
    probable but not probable enough is never repeated, because it takes away from `repeatable`.
    """
    known = weights()
    found = shares(rule_kind, confidence, read, known)
    safety = block(found)
    if 1 - sum(read.values()) >= ORDINARY:
        accused = False
    elif KINDS[rule_kind].group is Group.SAFETY:
        accused = verdict or safety >= known.accuse
    elif cleared:
        accused = False
    else:
        sure = block(read) >= SURE_ALONE
        accused = safety >= known.accuse_alone and not hangs_on_a_word(rule_kind, confidence, shortened, known, sure=sure)
    ordinary = not is_no_answer(safety, failed=failed)
    open_kinds = [
        kind for kind in found if accused == (kind is not None and KINDS[kind].group is Group.SAFETY) and (ordinary or kind is not None)
    ]
    kind = max(open_kinds, key=lambda one: found[one])
    if verdict and accused:
        found = {one: found[one] / max(safety, 1e-9) for one in open_kinds}
    repeatable = sum(share for one, share in found.items() if one is not None and KINDS[one].action is not Action.NONE)
    certainty = calibrated(found[kind], known.calibration[agreement(rule_kind, confidence, read)])
    return Belief(kind, round(certainty, 3), safety, repeatable, sum(found.get(one, 0.0) for one in NO_CREDIT))


def calibrated(share: float, steps: Sequence[tuple[float, float]]) -> float:
    """How often answers with this probability are right."""
    below, above = steps[0], steps[-1]
    for step in steps:
        if step[0] <= share:
            below = step
        else:
            above = step
            break
    else:
        return below[1]
    if share <= below[0]:
        return below[1]
    return below[1] + (above[1] - below[1]) * (share - below[0]) / (above[0] - below[0])


def _nearest(by_confidence: Mapping[float, float], confidence: float) -> float:
    return by_confidence[min(by_confidence, key=lambda one: (abs(one - confidence), one))]
