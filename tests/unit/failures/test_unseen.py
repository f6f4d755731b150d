"""Failures that the rules were not written from: texts of documentation pages and public threads, labelled before they were tried.

`unseen.jsonl` holds one a line: the kinds that a careful reader would accept, whether it may be repeated (null: either), source, evidence.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.domain.failure import Evidence
from bot.domain.kinds import Kind
from bot.failures.classify import classify

RECORDS = [json.loads(line) for line in (Path(__file__).parent / "unseen.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: f"{record['kinds'][0]}-{RECORDS.index(record)}")
def test_a_failure_nobody_wrote_a_rule_for_is_recognised(record: dict[str, object]) -> None:
    evidence = Evidence(
        api=str(record["api"]),
        status=record["status"],  # type: ignore[arg-type]
        headers=record["headers"],  # type: ignore[arg-type]
        body=record["body"],
        exception=record["exception"],  # type: ignore[arg-type]
    )
    failure = classify(evidence)
    assert failure.kind in [Kind(kind) for kind in record["kinds"]]  # type: ignore[attr-defined]
    if record["retryable"] is not None:
        assert failure.retryable == record["retryable"]
