"""What each action gives, in one table for all platforms."""

from __future__ import annotations

import pytest

from bot.chat.actions import ActionName, Effect, Gives, effect_of
from bot.texts import has


@pytest.mark.parametrize("action", list(ActionName))
def test_a_question_is_asked_before_what_cannot_be_undone_and_nothing_else(action: ActionName) -> None:
    assert effect_of(action).confirm is has(f"confirm.{action.value}")


def test_an_action_without_a_line_gives_words() -> None:
    assert effect_of(ActionName.CASE_CLAIM) == Effect(Gives.WORDS)
