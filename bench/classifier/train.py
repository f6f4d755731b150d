"""`make classifier`: trains the learned reader on the labelled records of this repository and writes its weights.

Before it writes, it prints what a model reaches on records of sources that it was not trained on. The result is the same on every machine.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bench.classifier.records import PUBLIC, TRAINED_ON, Record, digest, load, ordinary, sentences
from bot.failures import reader
from bot.failures.reader.features import features
from bot.failures.reader.model import NO_FAILURE, LinearModel, packed, unpacked
from bot.failures.signals import read

FOLDS = 5
FEATURES = 24_000
"""How many features are kept: those with the largest weights."""
STRENGTH = 1.0
"""The inverse of the regularisation; chosen by the figures that this prints."""


@dataclass(frozen=True, slots=True)
class Example:
    """One text with its label, and the source it must not be judged with."""

    found: frozenset[str]
    label: str
    source: str
    accepted: frozenset[str]
    judged: bool = True


def examples(records: Sequence[Record]) -> list[Example]:
    """The records as the reader sees them, once with and once without their circumstances, then the written sentences."""
    found = []
    for record in records:
        evidence = record.evidence
        accepted = frozenset(map(str, record.kinds))
        words = read(evidence).words
        found.append(Example(frozenset(features(words, evidence.status, evidence.api)), record.kinds[0], record.source, accepted))
        found.append(Example(frozenset(features(words)), record.kinds[0], record.source, accepted, judged=False))
    for kind, status, text in sentences():
        found.append(Example(frozenset(features(text, status, "images.generations")), kind, "", frozenset({kind}), judged=False))
    for text in ordinary():
        found.append(Example(frozenset(features(text, 200, "images.generations")), NO_FAILURE, "", frozenset({NO_FAILURE}), judged=False))
    return found


def fold_of(source: str) -> int:
    """All records of a source are in one fold."""
    return hashlib.sha256(source.encode()).digest()[0] % FOLDS


def trained(given: Sequence[Example], digest: str = "", temperature: float | None = None) -> bytes:
    """The weights file of a model trained on these examples."""
    if temperature is None:
        temperature = _temperature(given)
    counts = Counter(feature for example in given if example.judged or not example.source for feature in example.found)
    names = sorted(feature for feature, count in counts.items() if count > 1)
    weights, _, kinds = _fit(given, names)
    strongest = np.argsort(-np.abs(weights).max(axis=0), kind="stable")[:FEATURES]
    names = sorted(names[at] for at in strongest)
    weights, bias, kinds = _fit(given, names)
    scale = float(np.quantile(np.abs(weights), 0.9999)) / 127
    rows = (np.clip(np.rint(weights / scale), -127, 127) + 128).astype(np.uint8).T
    by_name = {name: rows[at].tobytes() for at, name in enumerate(names)}
    return packed(kinds, [one / temperature for one in bias], round(scale / temperature, 8), digest, by_name)


def _fit(given: Sequence[Example], names: Sequence[str]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    column = {name: at for at, name in enumerate(names)}
    rows = [sorted(column[feature] for feature in example.found if feature in column) for example in given]
    values = np.concatenate([np.full(len(row), 1 / math.sqrt(len(row) or 1)) for row in rows])
    starts = np.cumsum([0, *map(len, rows)])
    matrix = csr_matrix((values, np.concatenate([np.array(row, dtype=np.int64) for row in rows]), starts), (len(rows), len(names)))
    machine = LinearSVC(C=STRENGTH, random_state=0, tol=1e-3).fit(matrix, [example.label for example in given])
    return machine.coef_, machine.intercept_, [str(kind) for kind in machine.classes_]


def _temperature(given: Sequence[Example]) -> float:
    """What to divide scores by so that their probabilities hold on sources that were not trained on."""
    models = {fold: unpacked(trained([one for one in given if _kept(one, fold)], "", 1.0)) for fold in range(3)}
    judged = [(models[fold_of(one.source) % 3], one) for one in given if one.judged and one.source]
    totals = [(np.log(np.maximum(model.shares(one.found), 1e-30)), model, one) for model, one in judged]

    def loss(temperature: float) -> float:
        lost = 0.0
        for logs, model, one in totals:
            shares = np.exp((logs - logs.max()) / temperature)
            right = sum(share for share, kind in zip(shares, model.kinds, strict=True) if kind in one.accepted)
            lost -= math.log(max(right / shares.sum(), 1e-9))
        return lost

    return min((0.1 * 1.15**step for step in range(30)), key=loss)


def _kept(example: Example, fold: int) -> bool:
    return not example.source or fold_of(example.source) % 3 != fold


def folds(given: Sequence[Example]) -> list[LinearModel]:
    """For every fold a model that has seen no record of it."""
    temperature = _temperature(given)
    return [
        unpacked(trained([one for one in given if not one.source or fold_of(one.source) != fold], "", temperature)) for fold in range(FOLDS)
    ]


def main() -> int:
    """Print the figures of the folds, then write the weights of a model trained on everything."""
    given = examples(load(TRAINED_ON))
    print(f"{len(given):,} examples, {sum(not one.source for one in given):,} of them written sentences")
    models = folds(given)
    public = {record.source for record in load(PUBLIC)}
    for name, chosen in (("all records", lambda one: True), ("public failures", lambda one: one.source in public)):
        judged = [one for one in given if one.judged and one.source and chosen(one)]
        scores = [models[fold_of(one.source)].score(one.found) for one in judged]
        best = [max(one, key=one.__getitem__) for one in scores]
        right = [kind in one.accepted for kind, one in zip(best, judged, strict=True)]
        sure = [ok for ok, one in zip(right, scores, strict=True) if max(one.values()) >= 0.9]
        print(f"{name}: {len(judged)}, kind {sum(right) / len(right):.3f}", end="; ")
        print(f"with .9 or more: {len(sure)}, right {sum(sure) / max(1, len(sure)):.3f}")
    data = trained(given, digest())
    print(f"{len(data) / 1024:,.0f} KiB, {len(unpacked(data).weights):,} features")
    if "--dry" not in sys.argv:
        reader.WEIGHTS.write_bytes(data)
        print(f"written: {reader.WEIGHTS.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
