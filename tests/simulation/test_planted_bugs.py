"""The checker sees: every planted bug breaks a promise under a small plan, and the real core passes the same plan unharmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.case_bugs import BUGS, PROMISE
from tests.simulation.plan import Command, Nature, Plan, Press
from tests.simulation.run import run

PLANNED = [name for name in BUGS if name != "a_blocks_verdict_lost_with_its_fenced_writer"]


@pytest.mark.parametrize("bug", PLANNED)
def test_a_planted_bug_is_found(bug: str) -> None:
    plan = Plan.load(Path(__file__).with_name("planted") / f"{bug}.json")
    with BUGS[bug]():
        broken = run(plan).violations
    assert any(violation.rule.startswith(PROMISE.get(bug, tuple("1234567"))) for violation in broken), (
        f"the checker is blind to {bug}: {broken[:3]}"
    )
    assert not run(plan).violations, "the real core breaks under the plan of a planted bug"


def test_a_block_that_arrives_in_the_moment_of_a_cancel_is_remembered() -> None:
    """The window is as short as one commit, so the moment of the answer is looked up first."""
    command = Command(0, 1.0, "member1", Nature.SAFETY_PROMPT.value)
    dry = run(Plan(1, [command], horizon=600.0), keep=True)
    answered = next(float(line.split()[0]) for line in dry.lines if " RECEIVED " in line)
    found = 0
    for step in range(8):
        cancel = Press(0, answered - command.at - 0.0004 * step, "cancel")
        plan = Plan(1, [command], [cancel, Press(0, 120.0, "retry")], horizon=600.0)
        assert not run(plan).violations
        with BUGS["a_blocks_verdict_lost_with_its_fenced_writer"]():
            found += any(violation.rule.startswith("5-") for violation in run(plan).violations)
    assert found, "the checker is blind to a verdict that is lost with its fenced writer"
