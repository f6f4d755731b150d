"""What each action gives, in one table for all platforms."""

from __future__ import annotations

import pytest

from bot.chat.actions import ActionName, Effect, Gives, effect_of
from bot.chat.views import Button
from bot.texts import has


@pytest.mark.parametrize("action", list(ActionName))
def test_a_question_is_asked_before_what_cannot_be_undone_and_nothing_else(action: ActionName) -> None:
    assert effect_of(action).confirm is has(f"confirm.{action.value}")
    assert Button(action, "row", "Go").confirm is effect_of(action).confirm


def test_an_action_without_a_line_gives_words() -> None:
    assert effect_of(ActionName.CASE_CLAIM) == Effect(Gives.WORDS)


@pytest.mark.parametrize("gives", list(Gives))
def test_a_view_for_the_presser_alone_is_one_wherever_it_is_shown(gives: Gives) -> None:
    assert gives.is_view is (gives not in (Gives.WORDS, Gives.MESSAGE, Gives.DROPPED))
