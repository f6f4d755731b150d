"""What all tests of the Slack adapter share."""

from __future__ import annotations

import pytest

from adapters.slack import admission, wire
from bot.messages import sender


@pytest.fixture(autouse=True)
def quick_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    """The half minute before a final view is repeated after a lost answer is the sender's own test; here it would only be waited for."""
    monkeypatch.setattr(sender, "REPEAT_FINAL_AFTER", 0.2)


@pytest.fixture(autouse=True)
def strict_payloads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A payload that Slack would refuse is an error here, instead of a line in the log."""
    monkeypatch.setattr(wire, "STRICT", True)


@pytest.fixture(autouse=True)
def patient_admission(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the stand-in may take longer than 0.8 s to say who somebody is; only the tests of admission are about that."""
    if not request.module.__name__.endswith(("test_admission", "test_faults")):
        monkeypatch.setattr(admission, "WITHIN", 2.5)
