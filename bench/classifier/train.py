"""`make classifier`: trains the learned reader on the labelled records of this repository and writes its weights.

Before it writes, it prints what a model reaches on records of sources that it was not trained on. The result is the same on every machine.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bench.classifier.records import CORPUS, TRAINED_ON, Record, digest, envelopes, load, ordinary, ordinary_records, sentences
from bot.domain.failure import Evidence
from bot.domain.kinds import KINDS, Group, Kind
from bot.failures import reader
from bot.failures.reader.features import features, marks
from bot.failures.reader.model import NO_FAILURE, RARITY, SHORT, BlockWeights, LinearModel, bounded_logit, packed, unpacked
from bot.failures.signals import read

FOLDS = 5
FEATURES = 90_000
"""How many features are kept: those that move the totals of all examples most. With 60,000, kind is 0.5 points lower on unseen records;
with 120,000, it's no higher."""
WRITTEN = 0.5
"""How much a sentence that was written for training counts against a failure that was seen: there are several times as many."""
ENVELOPED = 0.3
"""The same for an ordinary text in one of its five envelopes. Without the envelopes' marks, four times as many are called a block."""
STRENGTH = 1.0
"""The inverse of the regularisation; chosen by the figures that this prints."""
TOLERANCE = 1e-2
LEANING = 0.4
"""The part of a feature's influence that depends on how much more frequent it is in one kind than in the others: without, the reader finds
0.8 points fewer kinds of unseen records; with 0.3 to 0.5 it's the same, with 1 half of that is lost."""
ALIKE = 0.8
"""From this share of common word pieces on, two texts say the same, and one isn't judged by a model that knows the other."""
STRANGE = 0.3
"""How much a feature that was never seen counts for a text's length, compared with one that was seen once."""


ALONE = BlockWeights(1.0, 0.0, 0.0)
"""The kinds alone say how probable a block is."""
ORDINARY_TEXT = 0.06
"""How much an ordinary text in one of its envelopes counts where blocks are weighed: far fewer answers are ordinary texts than there are of
them here."""


@dataclass(frozen=True, slots=True)
class Example:
    """One text with its label, and the group it must not be judged with; a written sentence has none."""

    found: frozenset[str]
    label: str
    group: str
    accepted: frozenset[str]
    record: bool = False

    @property
    def block(self) -> bool | None:
        """Whether it's a block; None where both would be accepted."""
        found = {one != NO_FAILURE and KINDS[Kind(one)].group is Group.SAFETY for one in (self.label, *self.accepted)}
        return found.pop() if len(found) == 1 else None


def examples(records: Sequence[Record]) -> list[Example]:
    """The records as the reader sees them, then the written sentences, then the ordinary texts in their envelopes."""
    found = []
    for record in records:
        accepted = frozenset(map(str, record.kinds))
        found.append(Example(_as_read(record.evidence), record.kinds[0], record.group, accepted, record=True))
    for kind, status, text in sentences():
        found.append(Example(frozenset(features(text, status, "images.generations")), kind, "", frozenset({kind})))
    for text in ordinary():
        for evidence in envelopes(text):
            found.append(Example(_as_read(evidence), NO_FAILURE, text, frozenset({NO_FAILURE})))
    return found


def _as_read(evidence: Evidence) -> frozenset[str]:
    seen = read(evidence)
    return frozenset(features(seen.words, seen.status, seen.api, marks(seen)))


def fold_of(group: str) -> int:
    """All records of a group are in one fold."""
    return hashlib.sha256(group.encode()).digest()[0] % FOLDS


def without_fold(given: Sequence[Example], fold: int) -> list[Example]:
    """What a fold may be judged with."""
    return without(given, [bool(example.group) and fold_of(example.group) == fold for example in given])


def without(given: Sequence[Example], left_out: Sequence[bool]) -> list[Example]:
    """What these may be judged with: no other example of theirs, and none that says nearly the same as one of their records."""
    held = [example for example, out in zip(given, left_out, strict=True) if out and example.record]
    rest = [example for example, out in zip(given, left_out, strict=True) if not out]
    column: dict[str, int] = {}
    texts = [[column.setdefault(one, len(column)) for one in example.found if one[0] != "\t"] for example in (*held, *rest)]
    starts = np.cumsum([0, *map(len, texts)])
    matrix = csr_matrix((np.ones(starts[-1], dtype=np.float32), np.concatenate(texts), starts), (len(texts), len(column)))
    sizes = np.diff(starts)
    shared = (matrix[len(held) :] @ matrix[: len(held)].T).tocoo()
    alike = shared.data / (sizes[shared.row + len(held)] + sizes[shared.col] - shared.data) >= ALIKE
    repeated = set(shared.row[alike].tolist())
    return [example for at, example in enumerate(rest) if at not in repeated]


def trained(given: Sequence[Example], digest: str = "", temperature: float = 1.0, block: BlockWeights = ALONE) -> bytes:
    """The weights file of a model trained on these examples."""
    counts = Counter(feature for example in given for feature in example.found)
    rarity = {feature: math.log(len(given) / count) for feature, count in counts.items() if count > 1}
    strangeness = round(STRANGE * math.log(len(given)) ** 2, 3)
    names = sorted(rarity)
    weights, bias, kinds = _fit(given, names, rarity, strangeness)
    rare = np.array([rarity[name] for name in names])
    weights = weights * rare
    if len(names) > FEATURES:
        moving = np.abs(weights).max(axis=0) * np.sqrt([counts[name] for name in names])
        kept = np.sort(np.argsort(-moving, kind="stable")[:FEATURES])
        names, weights = [names[at] for at in kept], weights[:, kept]
    scale = float(np.abs(weights).max()) / 127  # a smaller one would cut off the strongest weights, which count most
    rows = (np.rint(weights / scale) + 128).astype(np.uint8).T
    by_name = {name: rows[at].tobytes() + bytes([min(255, round(RARITY * rarity[name] ** 2))]) for at, name in enumerate(names)}
    return packed(kinds, [one / temperature for one in bias], round(scale / temperature, 8), digest, by_name, block, strangeness)


def _fit(
    given: Sequence[Example], names: Sequence[str], rarity: Mapping[str, float], strangeness: float
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Weights of each kind against the others, and of all blocks against the rest. A record that may be called one of several kinds is no
    example against any of them."""
    column = {name: at for at, name in enumerate(names)}
    rows = [np.array(sorted(column[one] for one in example.found if one in column), dtype=np.int64) for example in given]
    rare = np.array([rarity[name] for name in names])
    lengths = [
        math.sqrt(float((rare[row] ** 2).sum()) + strangeness * (len(example.found) - len(row)) + SHORT)
        for row, example in zip(rows, given, strict=True)
    ]
    values = np.concatenate([rare[row] / length for row, length in zip(rows, lengths, strict=True)])
    starts = np.cumsum([0, *map(len, rows)])
    matrix = csr_matrix((values, np.concatenate(rows), starts), (len(rows), len(names)))
    labels = np.array([str(example.label) for example in given])
    counts = np.array([1.0 if example.record else ENVELOPED if example.label == NO_FAILURE else WRITTEN for example in given])
    kinds = sorted(set(labels))
    machines = []
    for kind in kinds:
        told = np.array([label == kind or kind not in example.accepted for label, example in zip(labels, given, strict=True)])
        machines.append(_separate(matrix[told], labels[told] == kind, counts[told]))
    blocks = [example.block for example in given]
    told = np.array([one is not None for one in blocks])
    machines.append(_separate(matrix[told], np.array([one for one in blocks if one is not None]), counts[told]))
    return np.vstack([weights for weights, _ in machines]), np.array([bias for _, bias in machines]), kinds


def _separate(matrix: csr_matrix, positive: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias of a machine that tells the positive examples from the others."""
    leaning = _leaning(matrix, positive)
    machine = LinearSVC(C=STRENGTH, random_state=0, tol=TOLERANCE).fit(matrix @ diags(leaning), positive, sample_weight=counts)
    return machine.coef_[0] * leaning, float(machine.intercept_[0])


def _leaning(matrix: csr_matrix, positive: np.ndarray) -> np.ndarray:
    """How much each feature counts: more if it's more frequent on one side than on the other, as in an NB-SVM (Wang and Manning, 2012)."""
    present = matrix.astype(bool).astype(np.float64)
    for_it, against = (1 + np.asarray(present[side].sum(axis=0)).ravel() for side in (positive, ~positive))
    ratio = np.abs(np.log(for_it / for_it.sum()) - np.log(against / against.sum()))
    found = (1 - LEANING) * ratio.mean() + LEANING * ratio
    return found / math.sqrt(float((found**2).mean()))


def _best_temperature(judged: Sequence[tuple[LinearModel, Sequence[Example]]]) -> float:
    totals = [(np.log(np.maximum(model.shares(one.found), 1e-30)), model, one) for model, held in judged for one in held]

    def loss(temperature: float) -> float:
        lost = 0.0
        for logs, model, one in totals:
            shares = np.exp((logs - logs.max()) / temperature)
            right = sum(share for share, kind in zip(shares, model.kinds, strict=True) if kind in one.accepted)
            lost -= math.log(max(right / shares.sum(), 1e-9))
        return lost

    return min((0.1 * 1.15**step for step in range(30)), key=loss)


def _block_weights(judged: Sequence[tuple[LinearModel, Sequence[Example]]]) -> BlockWeights:
    """How much the kinds and the question count for a block, by what they say of examples that they haven't seen."""
    seen, right, weight = [], [], []
    for model, held in judged:
        blocks = [kind != NO_FAILURE and KINDS[Kind(kind)].group is Group.SAFETY for kind in model.kinds]
        for one in held:
            if one.block is not None:
                share = sum(share for share, is_block in zip(model.shares(one.found), blocks, strict=True) if is_block)
                seen.append([bounded_logit(share), model.totals(one.found)[-1]])
                right.append(one.block)
                weight.append(1.0 if one.record else ORDINARY_TEXT)
    fitted = LogisticRegression(C=100.0).fit(seen, right, sample_weight=weight)
    return BlockWeights(*(round(float(one), 4) for one in (*fitted.coef_[0], fitted.intercept_[0])))


def _of_fold(given: Sequence[Example], fold: int) -> LinearModel:
    return unpacked(trained(without_fold(given, fold)))


def folds(given: Sequence[Example]) -> tuple[list[LinearModel], float, BlockWeights]:
    """For every fold a model that has seen no record of it, and the temperature and the weights for blocks that fit them."""
    with ProcessPoolExecutor() as pool:
        models = list(pool.map(partial(_of_fold, given), range(FOLDS)))
    judged = [(model, [one for one in given if one.record and fold_of(one.group) == fold]) for fold, model in enumerate(models)]
    temperature = _best_temperature(judged)
    models = [replace(model, bias=tuple(one / temperature for one in model.bias), scale=model.scale / temperature) for model in models]
    block = _block_weights(
        [(model, [one for one in given if one.group and fold_of(one.group) == fold]) for fold, model in enumerate(models)]
    )
    return [replace(model, block=block) for model in models], temperature, block


def main() -> int:
    """Print the figures of the folds, then write the weights of a model trained on everything, and those of the decision."""
    from bench.classifier import decide
    from bench.classifier import folds as folds_of

    for path in CORPUS:
        if path not in TRAINED_ON:
            print(f"{path} isn't here: the model reads worse without it; don't commit its weights")
    given = examples(load(TRAINED_ON))
    print(f"{len(given):,} examples, {sum(not one.record for one in given):,} of them written sentences")
    models, temperature, block = folds(given)
    print(f"a block: {block.kinds} x the kinds + {block.question} x the question {block.bias:+}")
    cases = decide.cases([*load(TRAINED_ON), *ordinary_records()], models)
    fitted = decide.by_fold(cases)
    decisions = [decide.learned(cases, fitted, fold) for fold in range(FOLDS)]
    folds_of.report(folds_of.judged(load(TRAINED_ON), models, decisions), *folds_of.alarms(models, decisions))
    decision = decide.written(decide.learned(cases, fitted))
    data = trained(given, digest(), temperature, block)
    print(f"{len(data) / 1024:,.0f} KiB, {len(unpacked(data).weights):,} features")
    if "--dry" not in sys.argv:
        reader.WEIGHTS.write_bytes(data)
        decide.FILE.write_text(decision, encoding="utf-8")
        print(f"written: {reader.WEIGHTS.name}, {decide.FILE.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
