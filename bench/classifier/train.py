"""`make classifier`: trains the learned reader on the labelled records of this repository and writes its weights.

Before it writes, it prints what a model reaches on records of sources that it was not trained on. The result is the same on every machine.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bench.classifier.records import CORPUS, PUBLIC, TRAINED_ON, Record, digest, load, ordinary, sentences
from bot.failures import reader
from bot.failures.reader.features import features, marks
from bot.failures.reader.model import NO_FAILURE, RARITY, SHORT, LinearModel, packed, unpacked
from bot.failures.signals import read

FOLDS = 5
FEATURES = 48_000
"""How many features are kept: those with the largest weights."""
STRENGTH = 1.0
"""The inverse of the regularisation; chosen by the figures that this prints."""
STRANGE = 0.3
"""How much a feature that was never seen counts for a text's length, compared with one that was seen once."""


@dataclass(frozen=True, slots=True)
class Example:
    """One text with its label, and the source it must not be judged with; a written sentence has none."""

    found: frozenset[str]
    label: str
    source: str
    accepted: frozenset[str]


def examples(records: Sequence[Record]) -> list[Example]:
    """The records as the reader sees them, then the written sentences."""
    found = []
    for record in records:
        evidence = record.evidence
        seen = read(evidence)
        accepted = frozenset(map(str, record.kinds))
        here = frozenset(features(seen.words, seen.status, seen.api, marks(seen)))
        found.append(Example(here, record.kinds[0], record.source, accepted))
    for kind, status, text in sentences():
        found.append(Example(frozenset(features(text, status, "images.generations")), kind, "", frozenset({kind})))
    for text in ordinary():
        for status in (200, None, 500):
            found.append(Example(frozenset(features(text, status, "images.generations")), NO_FAILURE, "", frozenset({NO_FAILURE})))
    return found


def fold_of(source: str) -> int:
    """All records of a source are in one fold."""
    return hashlib.sha256(source.encode()).digest()[0] % FOLDS


def trained(given: Sequence[Example], digest: str = "", temperature: float = 1.0) -> bytes:
    """The weights file of a model trained on these examples."""
    counts = Counter(feature for example in given for feature in example.found)
    rarity = {feature: math.log(len(given) / count) for feature, count in counts.items() if count > 1}
    strangeness = round(STRANGE * math.log(len(given)) ** 2, 3)
    weights, _, kinds = _fit(given, sorted(rarity), rarity, strangeness)
    strongest = np.argsort(-np.abs(weights).max(axis=0), kind="stable")[:FEATURES]
    names = sorted(rarity)
    names = sorted(names[at] for at in strongest)
    weights, bias, kinds = _fit(given, names, rarity, strangeness)
    weights = weights * np.array([rarity[name] for name in names])
    scale = float(np.quantile(np.abs(weights), 0.9999)) / 127
    rows = (np.clip(np.rint(weights / scale), -127, 127) + 128).astype(np.uint8).T
    by_name = {name: rows[at].tobytes() + bytes([min(255, round(RARITY * rarity[name] ** 2))]) for at, name in enumerate(names)}
    return packed(kinds, [one / temperature for one in bias], round(scale / temperature, 8), digest, by_name, strangeness)


def _fit(
    given: Sequence[Example], names: Sequence[str], rarity: Mapping[str, float], strangeness: float
) -> tuple[np.ndarray, np.ndarray, list[str]]:
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
    machine = LinearSVC(C=STRENGTH, random_state=0, tol=1e-3).fit(matrix, [example.label for example in given])
    return machine.coef_, machine.intercept_, [str(kind) for kind in machine.classes_]


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


def folds(given: Sequence[Example]) -> tuple[list[LinearModel], float]:
    """For every fold a model that has seen no record of it, and the temperature that fits them."""
    judged = []
    for fold in range(FOLDS):
        model = unpacked(trained([one for one in given if not one.source or fold_of(one.source) != fold], ""))
        judged.append((model, [one for one in given if one.source and fold_of(one.source) == fold]))
    temperature = _best_temperature(judged)
    return [
        replace(model, bias=tuple(one / temperature for one in model.bias), scale=model.scale / temperature) for model, _ in judged
    ], temperature


def main() -> int:
    """Print the figures of the folds, then write the weights of a model trained on everything, and those of the decision."""
    from bench.classifier import decide

    for path in CORPUS:
        if path not in TRAINED_ON:
            print(f"{path} isn't here: the model reads worse without it; don't commit its weights")
    given = examples(load(TRAINED_ON))
    print(f"{len(given):,} examples, {sum(not one.source for one in given):,} of them written sentences")
    models, temperature = folds(given)
    public = {record.source for record in load(PUBLIC)}
    for name, chosen in (("all records", lambda one: True), ("public failures", lambda one: one.source in public)):
        judged = [one for one in given if one.source and chosen(one)]
        scores = [models[fold_of(one.source)].score(one.found) for one in judged]
        best = [max(one, key=one.__getitem__) for one in scores]
        right = [kind in one.accepted for kind, one in zip(best, judged, strict=True)]
        print(f"reader, {name}: {len(judged)}, kind {sum(right) / len(right):.3f}")
    decision = decide.learned(models)
    data = trained(given, digest(), temperature)
    print(f"{len(data) / 1024:,.0f} KiB, {len(unpacked(data).weights):,} features")
    if "--dry" not in sys.argv:
        reader.WEIGHTS.write_bytes(data)
        decide.FILE.write_text(decision, encoding="utf-8")
        print(f"written: {reader.WEIGHTS.name}, {decide.FILE.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
