"""Whatever the bytes, headers or JSON: an answer, a finite wait, no action after a safety block, and no time lost on hostile input."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.failures import HOSTILE
from bot.domain.failure import Evidence, Failure, Phase
from bot.domain.kinds import KINDS, Action, Group, Kind
from bot.failures.classify import classify_with
from bot.failures.explain import AUDIENCES, explain
from bot.failures.rules import tables

FIELDS = (
    "error", "message", "code", "type", "status", "detail", "details", "msg", "data", "candidates", "finishReason", "retry_after",
    "estimated_time", "base_resp", "status_code", "status_msg", "param", "prompt", "retryDelay", "has_nsfw_concepts", "filtered", "loc",
)  # fmt: skip
WORDS = (
    "moderation_blocked", "safety system rejected", "insufficient balance", "rate limit", "Invalid value", "1301", "SAFETY", "Pending",
    "try again in 99999999999999999999s", "limit: 0/1min", "-1", "inf", "1e400", "余额不足", "敏感内容", '{"error": {"code": "x"}}', "",
)  # fmt: skip
leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.sampled_from(WORDS))
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(st.sampled_from(FIELDS), st.text(max_size=8)), inner, max_size=5)
    ),
    max_leaves=20,
)
bodies = st.one_of(values, st.binary(max_size=300), st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join))
evidences = st.builds(
    Evidence,
    provider=st.text(max_size=10),
    api=st.sampled_from(["", "images.generations", "images.edits", "task.poll", "download", "models"]),
    status=st.one_of(st.none(), st.integers(-5, 1200)),
    headers=st.dictionaries(
        st.one_of(st.sampled_from(["retry-after", "date", "content-type", "x-should-retry"]), st.text(max_size=8)), st.text(max_size=20)
    ),
    body=bodies,
    exception=st.one_of(
        st.none(), st.text(max_size=60), st.sampled_from(["httpx.ReadTimeout: ", "httpx.ConnectError: ", "json.JSONDecodeError: x"])
    ),
    phase=st.sampled_from(list(Phase)),
    via_proxy=st.booleans(),
)


def judged(evidence: Evidence) -> Failure:
    """Without the net that `classify` has below it: here a defect must show."""
    return classify_with(evidence, tables())


@given(evidences)
@settings(max_examples=400, deadline=None)
def test_any_evidence_gives_a_failure_that_keeps_the_contract(evidence: Evidence) -> None:
    failure = judged(evidence)
    rule = KINDS[failure.kind]
    assert failure.group is rule.group
    assert failure.kind is not Kind.OUTPUT_REJECTED
    assert failure.wait is None or (math.isfinite(failure.wait) and failure.wait >= 0)
    assert 0 <= failure.confidence <= 1
    if failure.group is Group.SAFETY or rule.action is Action.NONE:
        assert failure.action is Action.NONE
    if evidence.api == "download":
        assert failure.action is not Action.GENERATE
    assert all(isinstance(value, str) and len(value) <= 160 for value in failure.facts.values())
    for audience in AUDIENCES:
        assert explain(failure, audience)
    assert len(explain(failure, "member")) <= 300


@given(evidences)
@settings(max_examples=50, deadline=None)
def test_the_same_evidence_always_means_the_same(evidence: Evidence) -> None:
    assert judged(evidence) == judged(evidence)


class Strange:
    """A body of a type that nobody expects."""

    def __str__(self) -> str:
        raise RuntimeError("do not look at me")


@pytest.mark.parametrize(
    "body", [Strange(), {"error": Strange()}, {1: 2}, [[[]]], (1, 2), {"a": {1, 2}}, 1j, float("nan"), bytearray(b"x"), memoryview(b"x")]
)
def test_a_body_of_a_strange_type_is_survived(body: object) -> None:
    assert judged(Evidence(status=500, body=body)).kind is Kind.SERVER_ERROR


def test_a_body_nested_without_end_is_survived() -> None:
    body: list[object] = []
    body.append(body)
    assert judged(Evidence(status=502, body=body)).kind is Kind.GATEWAY_ERROR


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_costs_a_few_milliseconds(name: str) -> None:
    """Measured at 3 ms or less; the limit leaves room for a slow and busy machine, not for anything quadratic."""
    evidence = Evidence(status=400, body=HOSTILE[name], headers={"content-type": "application/json"}, exception=str(HOSTILE[name])[:70_000])
    spent = []
    for _ in range(3):
        start = time.process_time()
        judged(evidence)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.06
