"""`python -m bench.classifier.folds [--misses]`: how well the decision generalises, by cross-validation. About two minutes.

For each fold, reader, weights, thresholds and calibration are learned without the records of its groups (a repository, a page, a set) and
without whatever says nearly the same as one of them. The rules stay as they are: only the records of the first set are new to them, so the
rows of the other sets flatter the rules.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.classifier import Answer, by_classifier, by_reader, by_rules, calibration, line
from bench.classifier.decide import by_fold, cases, learned
from bench.classifier.records import FOLDER, OPENED, TRAINED_ON, Record, envelopes, load, ordinary, ordinary_records
from bench.classifier.train import FOLDS, examples, fold_of, folds
from bot.domain.failure import Evidence
from bot.domain.kinds import Group
from bot.failures import reader, vote
from bot.failures.classify import classify
from bot.failures.reader.model import LinearModel
from bot.failures.vote import Weights

SURE = 0.9
Row = tuple[Answer, Answer, Answer]
"""What rules, reader and classifier say."""


def sets(records: Sequence[Record]) -> dict[str, list[Record]]:
    """The records by what rules know of them."""
    opened = {path.stem for path in OPENED}
    named: dict[str, list[Record]] = {}
    for record in records:
        file = record.id.partition(":")[0]
        if file in opened:
            name = "public, new to the rules"
        elif file.endswith("-train"):
            name = "public, read for the rules"
        else:
            name = file if ":" in record.id else "shared corpora"
        named.setdefault(name, []).append(record)
    return dict(sorted(named.items(), key=lambda one: "new" not in one[0]))


def look_alikes() -> list[tuple[str, Evidence]]:
    """Ordinary texts in every envelope, then sentences that only sound like a verdict."""
    found = [(text, seen) for text in ordinary() for seen in envelopes(text)]
    for written in (FOLDER / "no_verdicts.txt").read_text(encoding="utf-8").splitlines():
        status, _, message = written.partition("|")
        found.append((message, Evidence(status=int(status), body={"error": {"message": message}})))
    return found


def judged(records: Sequence[Record], models: Sequence[LinearModel], decisions: Sequence[Weights]) -> list[Row]:
    """What rules, reader and classifier say of each record; reader and decision of its fold have not seen its group."""
    rows: dict[str, Row] = {}
    for fold in range(FOLDS):
        with using(models[fold], decisions[fold]):
            for record in records:
                if fold_of(record.group) == fold:
                    rows[record.id] = by_rules(record), by_reader(record), by_classifier(record)
    return [rows[record.id] for record in records]


def alarms(models: Sequence[LinearModel], decisions: Sequence[Weights]) -> tuple[list[str], int]:
    """The look-alikes that are taken for a block by a model that has not seen them, and how many there are."""
    texts = look_alikes()
    found: list[str] = []
    for fold in range(FOLDS):
        with using(models[fold], decisions[fold]):
            found += [text for text, seen in texts if fold_of(text) == fold and classify(seen).group is Group.SAFETY]
    return found, len(texts)


@contextmanager
def using(model: LinearModel, weights: Weights) -> Iterator[None]:
    """Classify with these."""
    reader.use(model)
    vote.use(weights)
    try:
        yield
    finally:
        reader.use(None)
        vote.use(None)


def report(rows: Sequence[Row], accused: Sequence[str], texts: int, *, misses: bool = False) -> None:
    """Print the tables."""
    by_id = {row[0].record.id: row for row in rows}
    print(f"{'':<28} {'n':>5} {'kind':>6} {'retry':>6} {'wrong':>6} {'missed':>6} {'false':>6} | {SURE} and more, right")
    records = [row[0].record for row in rows]
    for name, chosen in {**sets(records), "all": records}.items():
        print(name)
        for number, who in enumerate(("rules alone", "reader alone", "the classifier")):
            said = [by_id[record.id][number] for record in chosen]
            sure = [one.right for one in said if one.confidence >= SURE]
            print(f"{line(f'  {who}', said)} | {len(sure):>4} {sum(sure) / max(1, len(sure)):.3f}")
        either = sum(by_id[record.id][0].right or by_id[record.id][1].right for record in chosen)
        print(f"{'  at least one right':<28} {len(chosen):>5} {either / len(chosen):>6.3f}")
    print("confidence of the classifier: how many, and how many of them are right")
    print(calibration([both for _, _, both in rows]))
    print(f"{len(accused)} of {texts} ordinary texts and sentences that only sound like a verdict are taken for a block")
    if misses:
        print(*accused, sep="\n")
        for _, _, one in rows:
            if not one.right or one.wrong_retry or one.missed or one.accused:
                signs = " ".join(what for what in ("wrong_retry", "missed", "accused") if getattr(one, what))
                print(f"{one.record.id}: {one.kind} ({one.confidence:.2f}) instead of {'|'.join(one.record.kinds)} {signs}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train the folds, and print their tables."""
    arguments = sys.argv[1:] if arguments is None else arguments
    records = load(TRAINED_ON)
    models, *_ = folds(examples(records))
    given = cases([*records, *ordinary_records()], models)
    fitted = by_fold(given)
    decisions = [learned(given, fitted, fold) for fold in range(FOLDS)]
    report(judged(records, models, decisions), *alarms(models, decisions), misses="--misses" in arguments)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
