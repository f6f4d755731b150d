"""What all tests of the Discord adapter share."""

from __future__ import annotations

import pytest

from bot.messages import sender


@pytest.fixture(autouse=True)
def quick_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    """The half minute before a final view is repeated after a lost answer is the sender's own test; here it would only be waited for."""
    monkeypatch.setattr(sender, "REPEAT_FINAL_AFTER", 0.2)
