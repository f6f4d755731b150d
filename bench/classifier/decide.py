"""Learns how much rules and reader count (`bot/failures/tables/decision.toml`), on the failures that no rule was written from.

Every record is judged by a reader that has not seen its source. The figures, the thresholds and the calibration are those of nested
cross-validation: the weights that judge a record were learned without its fold, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

from bench.classifier.records import OPENED, Record, load
from bench.classifier.train import FOLDS, fold_of
from bot.domain.kinds import KINDS, Action, Group, Kind
from bot.failures.classify import ORDINARY, STRUCTURE_DECIDES, judge
from bot.failures.data import FOLDER
from bot.failures.reader.features import features, marks
from bot.failures.reader.model import LinearModel
from bot.failures.refine import refine
from bot.failures.rules import tables
from bot.failures.rules.rule import Text
from bot.failures.signals import read
from bot.failures.vote import Weights, shares

FILE = FOLDER / "decision.toml"
CONFIDENCES = (0.2, 0.4, 0.45, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9)
BANDS = (0.3, 0.6, 0.85)
"""Rule confidences that share a weight for the group."""
FLOOR = 0.001
PULL = 1.0
"""How strongly weights are pulled to nothing (the reader's factor: to one)."""
ACCUSING = tuple(round(0.2 + 0.05 * step, 2) for step in range(13))
MORE_ALONE = (0.05, 0.1, 0.15, 0.2)
"""How much more probability a block may need that no rule names."""
REPEATING = tuple(round(0.3 + 0.05 * step, 2) for step in range(12))
SURE, UNSAID = 0.94, 0.89
"""Answers that are right less often than the first are never called more certain than the second: 0.9 is a promise."""
KINDS_AND_ORDINARY = (*(kind for kind in Kind if kind is not Kind.OUTPUT_REJECTED), None)


@dataclass(frozen=True, slots=True)
class Case:
    """A record of which neither structure nor silence decides."""

    record: Record
    rule: Kind
    confidence: float
    heard: dict[Kind, float]


def cases(records: Sequence[Record], models: Sequence[LinearModel]) -> list[Case]:
    """What rules and reader say of each."""
    found = []
    for record in records:
        seen = read(record.evidence)
        text = Text(f" {seen.words} ")
        kind, action, confidence, decided = judge(seen, text, tables())
        if not decided:
            kind, _ = refine(kind, action, seen, text)
            heard = models[fold_of(record.source)].score(features(seen.words, seen.status, seen.api, marks(seen)))
            found.append(Case(record, kind, confidence, heard))
    return found


def _of(vector: Sequence[float]) -> Weights:
    reader, ordinary, *rest = (round(float(one), 3) for one in vector)
    return Weights(
        reader=reader,
        floor=FLOOR,
        ordinary=ordinary,
        rule=dict(zip(CONFIDENCES, rest, strict=False)),
        group=dict(zip(BANDS, rest[len(CONFIDENCES) :], strict=True)),
        steps=((0.0, 0.0), (1.0, 1.0)),
        accuse=0.5,
        accuse_alone=0.5,
        repeat=0.5,
    )


def _fitted(given: Sequence[Case]) -> Weights:
    """The weights under which the accepted kinds are most probable."""
    heard = np.array(
        [
            [np.log(max(case.heard.get(kind, 0.0) if kind else 1 - sum(case.heard.values()), 0) + FLOOR) for kind in KINDS_AND_ORDINARY]
            for case in given
        ]
    )
    columns = [heard, np.array([[float(kind is None) for kind in KINDS_AND_ORDINARY]] * len(given))]
    nearest = [min(CONFIDENCES, key=lambda one, case=case: abs(one - case.confidence)) for case in given]  # type: ignore[misc]
    bands = [min(BANDS, key=lambda one, case=case: abs(one - case.confidence)) for case in given]  # type: ignore[misc]
    named = np.array([[float(kind is case.rule) for kind in KINDS_AND_ORDINARY] for case in given])
    related = np.array(
        [[float(kind is not None and KINDS[kind].group is KINDS[case.rule].group) for kind in KINDS_AND_ORDINARY] for case in given]
    )
    columns += [named * (np.array(nearest) == one)[:, None] for one in CONFIDENCES]
    columns += [related * (np.array(bands) == one)[:, None] for one in BANDS]
    x = np.stack(columns, axis=2)
    right = np.array([[float(kind in case.record.kinds) for kind in KINDS_AND_ORDINARY] for case in given])
    start = np.zeros(x.shape[2])
    start[0] = 1

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        totals = x @ vector
        raised = np.exp(totals - totals.max(axis=1, keepdims=True))
        share = raised / raised.sum(axis=1, keepdims=True)
        good = share * right
        whole = good.sum(axis=1, keepdims=True) + 1e-12
        slope = ((share - good / whole)[:, :, None] * x).sum(axis=(0, 1))
        pull = vector - start
        return float(-np.log(whole).sum() + PULL * (pull**2).sum()), slope + 2 * PULL * pull

    return _of(minimize(loss, start, jac=True, method="L-BFGS-B").x)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the decision would be of one case, for two thresholds."""

    right: bool
    share: float
    accused: bool
    repeated: bool


def _outcome(case: Case, found: dict[Kind | None, float], accuse: tuple[float, float], repeat: float) -> Outcome:
    safe = {kind for kind in found if kind is None or KINDS[kind].group is not Group.SAFETY}
    safety = sum(share for kind, share in found.items() if kind not in safe)
    verdict = case.rule not in safe and case.confidence >= STRUCTURE_DECIDES and 1 - sum(case.heard.values()) < ORDINARY
    accused = verdict or safety >= accuse[case.rule in safe]
    if verdict:
        found = {kind: share / safety for kind, share in found.items() if kind not in safe}
    kind = max((kind for kind in found if (kind in safe) != accused), key=found.__getitem__)
    free = sum(share for one, share in found.items() if one is not None and KINDS[one].action is not Action.NONE)
    repeated = kind is not None and KINDS[kind].action is not Action.NONE and free >= repeat
    return Outcome(kind in case.record.kinds, found[kind], accused, repeated)


def learned(models: Sequence[LinearModel]) -> str:
    """The text of the decision's table; prints what nested cross-validation says."""
    records = load(OPENED)
    given = cases(records, models)
    found: dict[str, dict[Kind | None, float]] = {}
    for fold in range(FOLDS):
        known = _fitted([case for case in given if fold_of(case.record.source) != fold])
        found |= {
            case.record.id: shares(case.rule, case.confidence, case.heard, known) for case in given if fold_of(case.record.source) == fold
        }
    blocks = {id(case) for case in given if case.record.safety}
    innocent = {id(case) for case in given if all(KINDS[kind].group is not Group.SAFETY for kind in case.record.kinds)}

    def outcomes(accuse: tuple[float, float], repeat: float) -> list[tuple[Case, Outcome]]:
        return [(case, _outcome(case, found[case.record.id], accuse, repeat)) for case in given]

    def cost(accuse: tuple[float, float]) -> float:
        return sum(
            5.0 * (id(case) in innocent and one.accused) + 2.0 * (id(case) in blocks and not one.accused) - one.right
            for case, one in outcomes(accuse, 0.5)
        )

    pairs = [(one, round(one + more, 2)) for one in ACCUSING for more in MORE_ALONE]
    accuse = min(pairs, key=lambda one: (cost(one), abs(one[0] - 0.5), -one[1]))

    def repeats(repeat: float) -> tuple[int, int]:
        wrong = sum(one.repeated and case.record.retryable is False for case, one in outcomes(accuse, repeat))
        late = sum(not one.repeated and case.record.retryable is True for case, one in outcomes(accuse, repeat))
        return wrong, late

    repeat = min(REPEATING, key=lambda one: (2 * repeats(one)[0] + repeats(one)[1], -one))
    done = outcomes(accuse, repeat)
    curve = IsotonicRegression(y_min=0.02, y_max=0.99, out_of_bounds="clip").fit(
        [one.share for _, one in done], [float(one.right) for _, one in done]
    )
    known = replace(_fitted(given), accuse=accuse[0], accuse_alone=accuse[1], repeat=repeat, steps=_points(curve))
    missed, accused = (
        sum(id(case) in blocks and not one.accused for case, one in done),
        sum(id(case) in innocent and one.accused for case, one in done),
    )
    wrong, late = repeats(repeat)
    print(
        f"decision, nested: {len(given)} of {len(records)} are left to it, kind {sum(one.right for _, one in done) / len(done):.3f}, "
        f"repeated wrongly {wrong}, not repeated {late}, blocks missed {missed}, false alarms {accused}"
    )
    return _written(known)


def _points(curve: IsotonicRegression) -> tuple[tuple[float, float], ...]:
    """The curve at a few places, which smooths its steps."""
    at = np.array([0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.92, 0.97, 0.995])
    spread = np.array([np.mean(curve.predict(np.clip(np.linspace(one - 0.08, one + 0.08, 33), 0, 1))) for one in at])
    return tuple(
        (float(one), round(float(right if right >= SURE else min(right, UNSAID)), 3)) for one, right in zip(at, spread, strict=True)
    )


def _written(known: Weights) -> str:
    lines = [
        "# How rules and reader are combined; see bot/failures/vote.py. Written by `make classifier`.",
        f"reader = {known.reader}",
        f"floor = {known.floor}",
        f"ordinary = {known.ordinary}",
        f"accuse = {known.accuse}",
        f"accuse_alone = {known.accuse_alone}",
        f"repeat = {known.repeat}",
        f"calibration = [{', '.join(f'[{said}, {right}]' for said, right in known.steps)}]",
        *("", "[rule]"),
        *(f'"{confidence}" = {weight}' for confidence, weight in known.rule.items()),
        *("", "[group]"),
        *(f'"{confidence}" = {weight}' for confidence, weight in known.group.items()),
    ]
    return "\n".join(lines) + "\n"
