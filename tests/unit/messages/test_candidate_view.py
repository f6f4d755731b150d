"""What is offered for each reason of a rejection, and the candidates that weren't picked."""

from __future__ import annotations

import pytest

from bot.chat.views import ActionName, ButtonStyle
from bot.domain.rejections import KEPT_ASIDE, Rejected, RejectionReason
from bot.messages.candidate_view import Remedies, others_view, rejected_view
from bot.texts import text
from bot.texts.phrases import moment
from tests.unit.messages.views import NOW, request

A, R = ActionName, RejectionReason
FORM = True


@pytest.mark.parametrize(
    ("reason", "captions", "crop", "key", "buttons"),
    [
        (R.TEXT, True, True, "text", [(A.CANDIDATES, FORM), (A.ADD_TEXT, FORM)]),
        (R.TEXT, False, True, "text_without", [(A.CANDIDATES, FORM)]),
        (R.CROP, True, True, "crop", [(A.CROP, FORM), (A.CANDIDATES, FORM)]),
        (R.CROP, True, False, "composition", [(A.CANDIDATES, FORM)]),
        (R.BRAND, False, False, "brand", [(A.CANDIDATES, FORM), (A.SIMPLIFY, not FORM)]),
        (R.COMPOSITION, True, True, "composition", [(A.CANDIDATES, FORM), (A.SIMPLIFY, not FORM)]),
    ],
)
def test_each_reason_has_its_sentence_and_buttons(
    reason: RejectionReason, captions: bool, crop: bool, key: str, buttons: list[tuple[ActionName, bool]]
) -> None:
    view = rejected_view(request(), Rejected(reason), Remedies("It costs a dollar.", captions, crop, simplify=True))
    assert [(one.action, one.opens_form) for one in view.buttons] == buttons
    assert [one.style for one in view.buttons] == [ButtonStyle.PRIMARY, *[ButtonStyle.PLAIN] * (len(buttons) - 1)]
    simplify = [text("rejected.simplify")] if (A.SIMPLIFY, not FORM) in buttons else []
    assert list(view.text) == [text(f"rejected.{key}"), "It costs a dollar.", *simplify]
    assert view.final


def test_the_others_are_there_for_a_day() -> None:
    view = others_view(request(), [], NOW)
    assert view.text[0] == text("candidates.others_how", until=moment(NOW + KEPT_ASIDE))
    assert view.final
