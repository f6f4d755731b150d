"""`python -m bench.classifier.sets [--misses]`: the forecast for failures that nothing has seen, one opened set after the other.

Each set is read by a model that knows nothing of it, nor anything that says nearly the same. The rules are those of before it was opened,
and the weights of the vote were learned without it. Words and features that were found since then stay, which flatters a little. About five
minutes on a quiet machine.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

from bench.classifier import Answer, by_reader, calibration, line
from bench.classifier.before import rulings
from bench.classifier.decide import by_fold, cases, fold, learned
from bench.classifier.folds import SURE, using
from bench.classifier.records import TRAINED_ON, Record, load, ordinary_records
from bench.classifier.train import FOLDS, Example, examples, folds, trained, without
from bot.failures.classify import classify_with
from bot.failures.reader.model import LinearModel, unpacked
from bot.failures.rules import tables
from bot.failures.vote import Weights

TOGETHER = {"sdks": "asia", "services": "asia"}
"""Sets that were opened together."""


def collection(record: Record) -> str | None:
    """The opened set that a record is from."""
    name = record.id.partition("-")[0]
    return TOGETHER.get(name, name) if record.id in rulings() else None


def _model(given: Sequence[Example], groups: frozenset[str]) -> LinearModel:
    return unpacked(trained(without(given, [example.group in groups for example in given])))


def _by_classifier(record: Record) -> Answer:
    failure = classify_with(record.evidence, tables(), rulings()[record.id])
    return Answer(record, failure.kind, failure.retryable, failure.confidence)


def judged(records: Sequence[Record], model: LinearModel, weights: Weights) -> list[tuple[Answer, Answer]]:
    """What reader and classifier say of each."""
    with using(model, weights):
        return [(by_reader(record), _by_classifier(record)) for record in records]


def main(arguments: Sequence[str] | None = None) -> int:
    """Train without each set, learn the weights without it, and print what is said of it."""
    arguments = sys.argv[1:] if arguments is None else arguments
    records = load(TRAINED_ON)
    names = sorted({name for name in map(collection, records) if name})
    of_set = {name: [record for record in records if collection(record) == name] for name in names}
    given = examples(records)
    with ProcessPoolExecutor() as pool:
        groups = [frozenset(record.group for record in of_set[name]) for name in names]
        without_sets = list(pool.map(partial(_model, given), groups))
    in_folds, temperature, block = folds(given)
    models = dict(enumerate(in_folds)) | {
        FOLDS + at: replace(model, bias=tuple(one / temperature for one in model.bias), scale=model.scale / temperature, block=block)
        for at, model in enumerate(without_sets)
    }

    def place(record: Record) -> int:
        name = collection(record)
        return fold(record) if name is None else FOLDS + names.index(name)

    found = cases([*records, *ordinary_records()], models, place)
    fitted = by_fold(found)
    said = []
    print(f"{'':<28} {'n':>5} {'kind':>6} {'retry':>6} {'wrong':>6} {'missed':>6} {'false':>6}")
    for at, name in enumerate(names, FOLDS):
        rows = judged(of_set[name], models[at], learned(found, fitted, at))
        said += rows
        print(line(name, [both for _, both in rows]), flush=True)
    print(line("all: the reader alone", [one for one, _ in said]))
    print(line("all: the classifier", [both for _, both in said]))
    sure = [both.right for _, both in said if both.confidence >= SURE]
    print(f"with {SURE} and more: {len(sure)}, of which right {sum(sure) / len(sure):.3f}")
    print(calibration([both for _, both in said]))
    if "--misses" in arguments:
        for _, one in said:
            if not one.right or one.wrong_retry or one.missed or one.accused:
                print(f"{one.record.id}: {one.kind} ({one.confidence:.2f}) instead of {'|'.join(one.record.kinds)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
