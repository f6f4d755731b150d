"""What members read about a failure of their community's own service: nobody says that the operator has been told."""

from __future__ import annotations

import dataclasses

import pytest

from bot.domain.kinds import Action, Kind
from bot.domain.own_services import name_for
from bot.failures.explain import explain
from bot.gate.gate import STATES
from bot.gate.port import Snapshot
from bot.messages.own_notices import explained
from bot.messages.status_view import status_view
from bot.requests.services import DEFAULT
from bot.texts import text
from tests.unit.requests.ground import failure

OWN = name_for("openai", "a")


@pytest.mark.parametrize("kind", list(Kind))
def test_nobody_is_said_to_be_told_who_is_not(kind: Kind) -> None:
    plain = failure(kind)
    for one in (
        plain,
        dataclasses.replace(plain, action=Action.NONE),
        dataclasses.replace(plain, facts={"unchosen": "yes"}),
        dataclasses.replace(plain, facts={"why": "address"}),
    ):
        said = str(explained(one, OWN))
        assert "operator has been told" not in said
        assert kind is not Kind.NOT_TAKEN or "was made" not in said, "the guard turns calls away before anything is sent"


@pytest.mark.parametrize("kind", list(Kind))
def test_the_operators_service_and_what_an_administrator_cant_mend_keep_their_words(kind: Kind) -> None:
    plain = failure(kind)
    assert explained(plain, DEFAULT) == explain(plain, "member")
    if kind in (Kind.RATE_LIMITED, Kind.NETWORK_DNS, Kind.TASK_LOST, Kind.OVERLOADED, Kind.SAFETY_PROMPT):
        assert explained(plain, OWN) == explain(plain, "member")
    unbilled = dataclasses.replace(plain, action=Action.NONE)
    assert (explained(unbilled, OWN) == text("own.member_other")) == (
        explained(plain, OWN) == text("own.member_other") or kind is Kind.RATE_LIMITED
    )


@pytest.mark.parametrize(("state", "stage"), [(state, "") for state in ("open", *STATES)] + [("open", "stopped"), ("open", "few")])
def test_the_status_sends_members_to_whom_it_may_concern(state: str, stage: str) -> None:
    seen = Snapshot(0, None, None, 0.0, state, 60.0, None, None, 0, stage=stage)
    theirs, operators = (" ".join(status_view(seen, 0, [], own=own).text) for own in (True, False))
    assert "operator" not in theirs
    assert ("administrator" in theirs) == ("operator" in operators)
