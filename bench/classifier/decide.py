"""Learns how much rules and reader count (`bot/failures/tables/decision.toml`).

Every record is judged by a reader that has not seen its group, and, where it was held back once, by the rules of before it was opened
(`before.py`). The thresholds and the calibration are those of nested cross-validation: the weights that judge a record were learned without
its fold, too. The other failures count for a part: the rules know them by heart, but they show which mistakes of the reader a rule can
prevent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

from bench.classifier.before import digest as before_digest
from bench.classifier.before import rulings
from bench.classifier.records import PUBLIC, Record
from bench.classifier.train import fold_of
from bot.domain.kinds import KINDS, NO_CREDIT, NOT_STARTED, Action, Group, Kind
from bot.failures import reader
from bot.failures.classify import BY_STATUS, NAMED, STRUCTURE_DECIDES, failed, judge, possible
from bot.failures.data import FOLDER
from bot.failures.reader.features import marks
from bot.failures.reader.model import LinearModel
from bot.failures.refine import refine
from bot.failures.rules import tables
from bot.failures.rules.rule import Text
from bot.failures.signals import read
from bot.failures.vote import (
    ENOUGH_WORDS,
    ORDINARY,
    SURE_ALONE,
    WITHOUT_A_WORD,
    Agreement,
    Weights,
    agreement,
    block,
    is_no_answer,
    shares,
)

FILE = FOLDER / "decision.toml"
CONFIDENCES = (0.2, 0.4, 0.45, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9)
BANDS = (0.3, 0.6, 0.85)
"""Rule confidences that share a weight for the group."""
FLOOR = 0.001
PULL = 5.0
"""How strongly weights are pulled to nothing (the reader's factor: to one); 1 and 10 are no better on sets that the weights don't know."""
ACCUSING = tuple(round(0.2 + 0.1 * step, 2) for step in range(7))
ALONE = (0.65, 0.75)
"""How probable a block may have to be that no rule names."""
MAY_ACCUSE = 0.1
REPEATING = tuple(round(0.3 + 0.05 * step, 2) for step in range(12))
SPENT = tuple(round(0.02 + 0.01 * step, 2) for step in range(6))
"""Never more: where reader and rule are of two minds about an empty account, nothing is sent again."""
SURE, ENOUGH = 0.98, 30
"""0.9 is a promise: it's given from the probability on at which this share of at least so many public answers is right."""
SAID, UNSAID = 0.97, 0.89
"""What is said of answers above and at most below that probability."""
KNOWN_TO_RULES = 0.6
"""How much a record counts that rules were written from; chosen on the others, which it costs nothing."""
ORDINARY_TEXT = 0.06
"""How much an ordinary text in one of its envelopes counts: far fewer answers are ordinary texts than this repository has of them."""
FALSE_ALARM, MISSED, REPEATED = 6.0, 4.0, 3.0
"""How much worse than a wrong kind an accusation, an unseen block and a repeat are that must not be."""
KINDS_READ = tuple(kind for kind in Kind if kind is not Kind.OUTPUT_REJECTED)
KINDS_AND_ORDINARY = (*KINDS_READ, None)


@dataclass(frozen=True, slots=True)
class Case:
    """A record of which neither structure nor silence decides."""

    record: Record
    rule: Kind
    confidence: float
    scores: dict[Kind, float]
    weakest: dict[Kind, float]
    """What the reader says without the word that speaks most for a block; only where it may accuse alone."""
    status: int | None
    words: int
    """In how many ways it can be shortened."""
    failed: bool
    """Whether it's certain that it failed."""
    fold: int
    """What knows it isn't asked about it."""

    @property
    def weight(self) -> float:
        if not self.record.kinds:
            return ORDINARY_TEXT
        return 1.0 if self.record.id in rulings() else KNOWN_TO_RULES

    def right(self, kind: Kind | None) -> bool:
        return kind in self.record.kinds if self.record.kinds else kind is None


_PUBLIC = frozenset(path.stem for path in PUBLIC)


def fold(record: Record) -> int:
    """The fold that a record is in."""
    return fold_of(record.group)


def cases(
    records: Sequence[Record], models: Mapping[int, LinearModel] | Sequence[LinearModel], place: Callable[[Record], int] = fold
) -> list[Case]:
    """What rules and reader say of each; `place` is the number of the model that has not seen it."""
    found = []
    for record in records:
        seen = read(record.evidence)
        text = Text(f" {seen.words} ")
        kind, action, confidence, decided = rulings().get(record.id) or judge(seen, text, tables())
        if not decided:
            kind, _ = refine(kind, action, seen, text)
            reader.use(models[place(record)])
            context = {"status": seen.status, "api": seen.api, "also": marks(seen)}
            scores = possible(reader.score(seen.words, **context), seen, text)  # type: ignore[arg-type]
            weakest, ways = scores, 0
            if KINDS[kind].group is not Group.SAFETY and block(scores) >= MAY_ACCUSE:
                shorter = [*reader.score_shortened(seen.words, **context)]  # type: ignore[arg-type]
                weakest, ways = min((scores, *shorter), key=block), len(shorter)
            found.append(Case(record, kind, confidence, scores, weakest, seen.status, ways, failed(seen), place(record)))
    reader.use(None)
    return found


def _of(vector: Sequence[float]) -> Weights:
    reader, ordinary, *rest = (round(float(one), 3) for one in vector)
    return Weights(
        reader=reader,
        floor=FLOOR,
        ordinary=ordinary,
        rule=dict(zip(CONFIDENCES, rest, strict=False)),
        group=dict(zip(BANDS, rest[len(CONFIDENCES) :], strict=False)),
        kind=dict(zip(KINDS_READ, rest[len(CONFIDENCES) + len(BANDS) :], strict=True)),
        calibration=dict.fromkeys(Agreement, ((0.0, 0.0), (1.0, 1.0))),
        accuse=0.5,
        accuse_alone=0.5,
        repeat=0.5,
        spent=0.5,
    )


def _fitted(given: Sequence[Case]) -> Weights:
    """The weights under which the accepted kinds are most probable."""
    logarithms = np.array(
        [
            [np.log(max(case.scores.get(kind, 0.0) if kind else 1 - sum(case.scores.values()), 0) + FLOOR) for kind in KINDS_AND_ORDINARY]
            for case in given
        ]
    )
    columns = [logarithms, np.array([[float(kind is None) for kind in KINDS_AND_ORDINARY]] * len(given))]
    nearest = [min(CONFIDENCES, key=lambda one, case=case: abs(one - case.confidence)) for case in given]  # type: ignore[misc]
    bands = [min(BANDS, key=lambda one, case=case: abs(one - case.confidence)) for case in given]  # type: ignore[misc]
    named = np.array([[float(kind is case.rule) for kind in KINDS_AND_ORDINARY] for case in given])
    related = np.array(
        [[float(kind is not None and KINDS[kind].group is KINDS[case.rule].group) for kind in KINDS_AND_ORDINARY] for case in given]
    )
    columns += [named * (np.array(nearest) == one)[:, None] for one in CONFIDENCES]
    columns += [related * (np.array(bands) == one)[:, None] for one in BANDS]
    columns += [np.array([[float(kind is one) for kind in KINDS_AND_ORDINARY]] * len(given)) for one in KINDS_READ]
    x = np.stack(columns, axis=2).astype(np.float32)
    right = np.array([[float(case.right(kind)) for kind in KINDS_AND_ORDINARY] for case in given])
    weight = np.array([case.weight for case in given])
    start = np.zeros(x.shape[2])
    start[0] = 1

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        totals = x @ vector
        raised = np.exp(totals - totals.max(axis=1, keepdims=True))
        share = raised / raised.sum(axis=1, keepdims=True)
        good = share * right
        whole = good.sum(axis=1, keepdims=True) + 1e-12
        slope = np.tensordot((share - good / whole) * weight[:, None], x, axes=2)
        pull = vector - start
        return float(-(weight * np.log(whole[:, 0])).sum() + PULL * (pull**2).sum()), slope + 2 * PULL * pull

    return _of(minimize(loss, start, jac=True, method="L-BFGS-B").x)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the decision would be of one case, for two thresholds of blocks."""

    right: bool
    share: float
    accused: bool
    may: bool
    """Whether kind and rule allow a repeat."""
    repeatable: float
    spent: float
    turned_away: bool

    def repeated(self, known: Weights) -> bool:
        """Whether it would be sent again."""
        return self.may and (self.spent < known.spent if self.turned_away else self.repeatable >= known.repeat)


def _outcome(case: Case, found: dict[Kind | None, float], accuse: float, *, accused: bool) -> Outcome:
    safe = {kind for kind in found if kind is None or KINDS[kind].group is not Group.SAFETY}
    safety = sum(share for kind, share in found.items() if kind not in safe)
    if accused and case.rule not in safe and case.confidence >= STRUCTURE_DECIDES:
        found = {kind: share / safety for kind, share in found.items() if kind not in safe}
    never = is_no_answer(safety, failed=case.failed)
    kind = max((kind for kind in found if (kind in safe) != accused and not (never and kind is None)), key=found.__getitem__)
    free = sum(share for one, share in found.items() if one is not None and KINDS[one].action is not Action.NONE)
    turned_away = kind in NOT_STARTED and BY_STATUS.get(case.status or 0) in NOT_STARTED and safety < accuse
    outvoted = case.confidence >= NAMED and KINDS[case.rule].action is Action.NONE and (not turned_away or case.rule in NO_CREDIT)
    may = kind is not None and KINDS[kind].action is not Action.NONE and not outvoted
    return Outcome(case.right(kind), found[kind], accused, may, free, sum(found.get(one, 0.0) for one in NO_CREDIT), turned_away)


@dataclass(frozen=True, slots=True)
class _Accusing:
    """What decides of every case whether it's called a block, and what that costs."""

    safety: np.ndarray
    stands: np.ndarray
    """It's sure, or doesn't hang on a word."""
    named: np.ndarray
    """A rule named a block."""
    verdict: np.ndarray
    ordinary: np.ndarray
    innocent: np.ndarray
    block: np.ndarray
    weight: np.ndarray
    right: np.ndarray
    """Whether the most probable kind is right if it isn't called a block, and if it is."""

    @classmethod
    def of(cls, given: Sequence[Case], found: Sequence[dict[Kind | None, float]], fitted: Mapping[int, Weights]) -> _Accusing:
        named = np.array([KINDS[case.rule].group is Group.SAFETY for case in given])
        weakest = [block(shares(case.rule, case.confidence, case.weakest, fitted[case.fold])) for case in given]
        return cls(
            safety=np.array([block(one) for one in found]),
            stands=np.array(
                [
                    (block(case.scores) >= SURE_ALONE and case.words >= ENOUGH_WORDS) or one >= WITHOUT_A_WORD
                    for case, one in zip(given, weakest, strict=True)
                ]
            ),
            named=named,
            verdict=named & np.array([case.confidence >= STRUCTURE_DECIDES for case in given]),
            ordinary=np.array([1 - sum(case.scores.values()) >= ORDINARY for case in given]),
            innocent=np.array([all(KINDS[kind].group is not Group.SAFETY for kind in case.record.kinds) for case in given]),
            block=np.array([case.record.safety for case in given]),
            weight=np.array([case.weight for case in given]),
            right=np.array(
                [
                    [_outcome(case, one, 0.5, accused=accused).right for case, one in zip(given, found, strict=True)]
                    for accused in (False, True)
                ]
            ),
        )

    def accused(self, accuse: float, alone: float) -> np.ndarray:
        """The cases that are called a block, for these thresholds."""
        probable = np.where(self.named, self.safety >= accuse, (self.safety >= alone) & self.stands)
        return np.asarray(~self.ordinary & (self.verdict | probable))

    def cost(self, accuse: float, alone: float) -> float:
        accused = self.accused(accuse, alone)
        lost = FALSE_ALARM * (self.innocent & accused) + MISSED * (self.block & ~accused) - np.where(accused, self.right[1], self.right[0])
        return round(float((self.weight * lost).sum()), 6)


def by_fold(given: Sequence[Case]) -> dict[int, Weights]:
    """For every fold the weights that were learned without its cases."""
    return {fold: _fitted([case for case in given if case.fold != fold]) for fold in sorted({case.fold for case in given})}


def learned(given: Sequence[Case], fitted: Mapping[int, Weights], without: int | None = None) -> Weights:
    """The decision's weights, thresholds and calibration, from all cases or without those of a fold."""
    base = _fitted(given) if without is None else fitted[without]
    given = [case for case in given if case.fold != without]
    found = [shares(case.rule, case.confidence, case.scores, fitted[case.fold]) for case in given]
    accusing = _Accusing.of(given, found, fitted)
    accuse, alone = min(product(ACCUSING, ALONE), key=lambda one: (accusing.cost(*one), abs(one[0] - 0.5), -one[1]))
    base = replace(base, accuse=accuse, accuse_alone=alone)
    done = [
        (case, _outcome(case, shares_, accuse, accused=bool(accused)))
        for case, shares_, accused in zip(given, found, accusing.accused(accuse, alone), strict=True)
    ]
    base = _cautious(base, done, "repeat", [(one, -one) for one in REPEATING])
    base = _cautious(base, done, "spent", [(one, one) for one in SPENT])
    return replace(base, calibration={which: _curve([one for one in done if _agreement(one[0]) is which]) for which in Agreement})


def _cautious(known: Weights, done: Sequence[tuple[Case, Outcome]], threshold: str, tries: Sequence[tuple[float, float]]) -> Weights:
    """With the threshold of repeats whose mistakes cost least; `tries` are thresholds with what decides between equals."""

    def cost(at: float) -> float:
        tried = replace(known, **{threshold: at})  # type: ignore[arg-type]
        return sum(
            case.weight
            * (
                REPEATED * (one.repeated(tried) and case.record.retryable is False)
                + (not one.repeated(tried) and case.record.retryable is True)
            )
            for case, one in done
        )

    return replace(known, **{threshold: min(tries, key=lambda one: (cost(one[0]), one[1]))[0]})  # type: ignore[arg-type]


def _agreement(case: Case) -> Agreement:
    return agreement(case.rule, case.confidence, case.scores)


def _curve(done: Sequence[tuple[Case, Outcome]]) -> tuple[tuple[float, float], ...]:
    """How often answers of a probability are right, on public failures: rules know the others by heart, and those they were written from
    in part."""
    done = [(case, one) for case, one in done if case.record.id.partition(":")[0] in _PUBLIC]
    curve = IsotonicRegression(y_min=0.02, y_max=0.99, out_of_bounds="clip").fit(
        [one.share for _, one in done], [float(one.right) for _, one in done], [case.weight for case, _ in done]
    )
    return _points(curve, done)


def _points(curve: IsotonicRegression, done: Sequence[tuple[Case, Outcome]]) -> tuple[tuple[float, float], ...]:
    """The curve at a few places, which smooths its steps, and the certainty from which on nearly all answers are right."""
    at = np.array([0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.92, 0.97])
    spread = np.array([np.mean(curve.predict(np.clip(np.linspace(one - 0.08, one + 0.08, 33), 0, 1))) for one in at])
    steps = [(float(one), round(float(min(right, UNSAID)), 3)) for one, right in zip(at, spread, strict=True)]
    ranked = sorted(done, key=lambda one: -one[1].share)
    sure = [
        count
        for count in range(ENOUGH, len(ranked) + 1)
        if np.average([one.right for _, one in ranked[:count]], weights=[case.weight for case, _ in ranked[:count]]) >= SURE
    ]
    if not sure:
        return (*steps, (1.0, UNSAID))
    start = ranked[sure[-1] - 1][1].share
    below = [step for step in steps if step[0] < start]
    return (*below, (round(start, 4) - 0.0001, below[-1][1]), (round(start, 4), SAID))


def written(known: Weights) -> str:
    """The text of the decision's table."""
    lines = [
        "# How rules and reader are combined; see bot/failures/vote.py. Written by `make classifier`.",
        f'learned_from = "{before_digest()}"',
        f"reader = {known.reader}",
        f"floor = {known.floor}",
        f"ordinary = {known.ordinary}",
        f"accuse = {known.accuse}",
        f"accuse_alone = {known.accuse_alone}",
        f"repeat = {known.repeat}",
        f"spent = {known.spent}",
        *("", "[rule]"),
        *(f'"{confidence}" = {weight}' for confidence, weight in known.rule.items()),
        *("", "[group]"),
        *(f'"{confidence}" = {weight}' for confidence, weight in known.group.items()),
        *("", "[kind]"),
        *(f"{kind} = {weight}" for kind, weight in known.kind.items()),
        *("", "[calibration]"),
        *(f"{which} = [{', '.join(f'[{said}, {right}]' for said, right in steps)}]" for which, steps in known.calibration.items()),
    ]
    return "\n".join(lines) + "\n"
