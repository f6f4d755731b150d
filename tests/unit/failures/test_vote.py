"""The vote between rules and learned reader: its weights, and what it answers where neither is sure."""

from __future__ import annotations

import tomllib

import pytest

from bench.classifier.before import digest, rulings
from bench.classifier.records import OPENED, load
from bot.domain.failure import Evidence
from bot.domain.kinds import Action, Group, Kind
from bot.failures import vote
from bot.failures.classify import STRUCTURE_DECIDES, classify
from bot.failures.data import FOLDER
from bot.failures.rules import tables
from bot.failures.vote import shipped

DECISION = FOLDER / "decision.toml"


def test_each_opened_record_has_what_the_rules_said_before() -> None:
    assert set(rulings()) == {record.id for record in load(OPENED)}, "docs/labels.md: python -m bench.classifier.before"


def test_the_shipped_weights_were_learned_from_these_rulings() -> None:
    learned_from = tomllib.loads(DECISION.read_text(encoding="utf-8"))["learned_from"]
    assert learned_from == digest(), "the records or the rulings changed: make classifier"


def test_each_confidence_of_a_rule_has_a_weight_of_its_own() -> None:
    """A confidence between two weights would take the nearest, so its rule would count as another does."""
    known = tables()
    said = {rule.confidence for rules in (known.steps, known.transport, known.rules, known.without_error) for rule in rules}
    assert {one for one in said if one <= STRUCTURE_DECIDES} <= set(shipped().rule)


def test_what_failed_for_certain_is_no_ordinary_text() -> None:
    read = {Kind.QUOTA_EXHAUSTED: 0.3, Kind.TIMEOUT: 0.1, Kind.SERVER_ERROR: 0.02}
    assert vote.vote(Kind.SERVER_ERROR, 0.2, read, failed=True).kind is Kind.QUOTA_EXHAUSTED
    ordinary = {Kind.QUOTA_EXHAUSTED: 0.02, Kind.TIMEOUT: 0.01, Kind.MALFORMED_RESPONSE: 0.01}
    assert vote.vote(Kind.MALFORMED_RESPONSE, 0.2, ordinary).kind is None


@pytest.mark.parametrize(
    ("evidence", "kinds"),
    [
        (Evidence(api="images.generations", exception="APIクォータを超過しました。"), {Kind.QUOTA_EXHAUSTED, Kind.RATE_LIMITED}),
        (Evidence(api="images.generations", exception="A cota da sua conta chegou ao fim."), {Kind.QUOTA_EXHAUSTED, Kind.RATE_LIMITED}),
    ],
)
def test_few_words_of_an_exception_still_name_their_cause(evidence: Evidence, kinds: set[Kind]) -> None:
    assert classify(evidence).kind in kinds


@pytest.mark.parametrize(
    "said",
    [
        "Error: The answer was cut off (reason: OTHER).",
        "La respuesta se interrumpió (motivo: OTHER)",
        "生成中断，原因：IMAGE_OTHER",
        "Image generation stopped, finish reason: UNEXPECTED_TOOL_CALL",
    ],
)
def test_what_stopped_for_a_named_reason_is_not_sent_again(said: str) -> None:
    failure = classify(Evidence(api="generateContent", exception=said))
    assert failure.action is Action.NONE, failure


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (413, "The image provider sent an oversized response."),
        (None, "httpx error: response body too large (max 20971520 bytes)"),
        (502, "upstream response is too large"),
    ],
)
def test_an_answer_that_is_too_large_for_the_client_is_not_asked_for_again(status: int | None, said: str) -> None:
    seen = Evidence(api="images.generations", status=status, body={"error": said} if status else None, exception=None if status else said)
    failure = classify(seen)
    assert (failure.kind, failure.action) == (Kind.NOT_TAKEN, Action.NONE)
    assert failure.group is not Group.PARAMETERS, "the request wasn't too large"
