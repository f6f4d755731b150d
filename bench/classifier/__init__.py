"""How well failures are understood: `python -m bench classifier [--misses] [--shared | FILE.jsonl ...]`.

Without a file: all labelled records, each judged by a model that has not seen its group (`folds.py`). With files, or `--shared` (the
shared corpus), the shipped weights. Rows: the rules alone, the reader alone, the classifier as it is, and how often one of rules and reader
is right at least.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.classifier.records import PUBLIC, Record, envelopes, load, ordinary
from bot.domain.kinds import KINDS, Action, Group, Kind
from bot.failures import reader
from bot.failures.classify import classify, judge
from bot.failures.reader.features import marks
from bot.failures.refine import refine
from bot.failures.rules import tables
from bot.failures.rules.rule import Text
from bot.failures.signals import read

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one reader said of one record."""

    record: Record
    kind: Kind
    retryable: bool
    confidence: float

    @property
    def right(self) -> bool:
        return self.kind in self.record.kinds

    @property
    def wrong_retry(self) -> bool:
        return self.retryable and self.record.retryable is False

    @property
    def right_retry(self) -> bool:
        return self.record.retryable in (None, self.retryable)

    @property
    def missed(self) -> bool:
        return self.record.safety and KINDS[self.kind].group not in {KINDS[kind].group for kind in self.record.kinds}

    @property
    def accused(self) -> bool:
        return KINDS[self.kind].group is Group.SAFETY and all(KINDS[kind].group is not Group.SAFETY for kind in self.record.kinds)


def by_classifier(record: Record) -> Answer:
    failure = classify(record.evidence)
    return Answer(record, failure.kind, failure.retryable, failure.confidence)


def by_rules(record: Record) -> Answer:
    seen = read(record.evidence)
    text = Text(f" {seen.words} ")
    kind, action, confidence, _ = judge(seen, text, tables())
    kind, action = refine(kind, action, seen, text)
    return Answer(record, kind, (KINDS[kind].action if action is None else action) is not Action.NONE, confidence)


def by_reader(record: Record) -> Answer:
    seen = read(record.evidence)
    scores = reader.score(seen.words, status=seen.status, api=seen.api, also=marks(seen))
    kind = max(scores, key=scores.__getitem__)
    return Answer(record, kind, KINDS[kind].action is not Action.NONE, scores[kind])


def line(name: str, answers: Sequence[Answer]) -> str:
    total = max(1, len(answers))
    counts = [sum(getattr(one, what) for one in answers) for what in ("right", "right_retry", "wrong_retry", "missed", "accused")]
    return f"{name:<28} {len(answers):>5} {counts[0] / total:>6.3f} {counts[1] / total:>6.3f}" + "".join(f" {one:>6}" for one in counts[2:])


def report(title: str, records: Sequence[Record], *, misses: bool = False) -> None:
    """Print the tables for these records."""
    print(f"\n{title}\n{'':<28} {'n':>5} {'kind':>6} {'retry':>6} {'wrong':>6} {'missed':>6} {'false':>6}")
    rules, read_only, both = ([ask(record) for record in records] for ask in (by_rules, by_reader, by_classifier))
    for name, answers in (("rules alone", rules), ("reader alone", read_only), ("the classifier", both)):
        print(line(name, answers))
    either = sum(one.right or other.right for one, other in zip(rules, read_only, strict=True))
    print(f"{'at least one right':<28} {len(records):>5} {either / max(1, len(records)):>6.3f}")
    for what in ("wrapping", "language"):
        print(f"by {what}")
        groups: dict[str, list[Answer]] = {}
        for one in both:
            groups.setdefault(getattr(one.record, what) or "not said", []).append(one)
        for name, answers in sorted(groups.items(), key=lambda group: -len(group[1])):
            print(line(f"  {name}", answers))
    for name, answers in (("the classifier", both), ("the reader", read_only)):
        print(f"confidence of {name}: how many, and how many of them are right")
        print(calibration(answers))
    if misses:
        for one in both:
            if not one.right or one.wrong_retry or one.missed or one.accused:
                signs = " ".join(what for what in ("wrong_retry", "missed", "accused") if getattr(one, what))
                print(f"{one.record.id}: {one.kind} ({one.confidence:.2f}) instead of {'|'.join(one.record.kinds)} {signs}")


def calibration(answers: Sequence[Answer]) -> str:
    rows = []
    for low, high in pairwise(BINS):
        inside = [one.right for one in answers if low <= one.confidence < high]
        if inside:
            rows.append(f"  {low:.2f}-{min(high, 1):.2f} {len(inside):>5} {sum(inside) / len(inside):.3f}")
    return "\n".join(rows)


def false_alarms() -> tuple[list[str], int]:
    """Ordinary texts, in several envelopes, that are taken for a block; and how many texts there are."""
    texts = ordinary()
    accused = [text for text in texts if any(classify(seen).group is Group.SAFETY for seen in envelopes(text))]
    return accused, len(texts)


def speed(records: Sequence[Record]) -> float:
    """Classifications in a second of processor time."""
    rounds = math.ceil(2000 / max(1, len(records)))
    classify(records[0].evidence)
    start = time.process_time()
    for _ in range(rounds):
        for record in records:
            classify(record.evidence)
    return rounds * len(records) / (time.process_time() - start)


def main(arguments: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    misses, shared = "--misses" in arguments, "--shared" in arguments
    files = [Path(one) for one in arguments if not one.startswith("--")]
    if shared:
        files += [SHARED / "failures.jsonl", SHARED / "failures_turn2.jsonl"]
    for path in files:
        report(str(path.name), load([path]), misses=misses)
    if not files:
        from bench.classifier import folds

        return folds.main(arguments)
    accused, texts = false_alarms()
    print(f"\n{len(accused)} of {texts} ordinary texts are taken for a block", *accused, sep="\n  ")
    print(f"{speed(load(files or PUBLIC)):,.0f} classifications a second")
    return 0
