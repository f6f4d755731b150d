"""Messages about pictures that go in, come out half done, or are hidden after a report."""

from __future__ import annotations

import pytest

from bot.chat.views import ActionName, Audience, Pressers, Tone, View
from bot.domain.case_states import CaseState, Standing
from bot.domain.kinds import Kind
from bot.domain.request_states import Answer
from bot.failures.explain import explain
from bot.messages.picture_view import preview
from bot.texts import text
from tests.unit.messages.views import LINE, PNG, A, S, actions, failed, request, shown


def test_while_attached_pictures_are_fetched_it_says_so() -> None:
    view = shown(S.RECEIVED)
    assert (view.title, view.tone, view.final, actions(view)) == (text("request.fetching_references"), Tone.WAITING, False, [A.CANCEL])


def test_an_unfinished_picture_is_shown_while_it_is_drawn() -> None:
    assert shown(S.CALLING).pictures == ()
    assert shown(S.CALLING, preview=PNG).pictures == (preview(request(S.CALLING), PNG),)
    assert shown(S.COLLECTING, preview=PNG).pictures == (preview(request(S.COLLECTING), PNG),)


def test_why_the_time_ran_out_is_said_where_the_service_was_the_reason() -> None:
    late = failed(Kind.TASK_RUNNING_TIMEOUT)
    assert shown(answer=Answer.EXPIRED, why=late).text[0] == explain(late, "member")
    for why in (None, failed(Kind.SERVER_ERROR)):
        assert shown(answer=Answer.EXPIRED, why=why).text[0] == text("request.expired_why")


@pytest.mark.parametrize("answer", [Answer.EXPIRED, Answer.FAILED])
def test_nobody_is_asked_to_buy_a_second_picture_while_the_first_may_still_come(answer: Answer) -> None:
    assert shown(answer=answer, why=failed(Kind.TASK_RUNNING_TIMEOUT)).buttons == ()
    assert A.RETRY in actions(shown(answer=answer, why=failed(Kind.TIMEOUT)))


def test_what_a_picture_was_made_from_is_in_its_line() -> None:
    def line(*references: str, mask: str = "") -> str:
        return shown(S.CALLING, references=references, mask=mask).text[-1]

    with_one, with_two = text("request.with_one", count=1), text("request.with_many", count=2)
    assert line() == LINE
    assert line("a") == f"1024×1024 · medium · {with_one} · for Ana"
    assert line("a", "b") == f"1024×1024 · medium · {with_two} · for Ana"
    assert line("a", mask="m") == f"1024×1024 · medium · {with_one} · {text('request.with_mask')} · for Ana"


@pytest.mark.parametrize(
    ("facts", "more"),
    [
        ({}, []),
        ({"takes_pictures": True}, [A.EDIT_PICTURE, A.USE_AS_REFERENCE]),
    ],
)
def test_a_result_offers_to_start_from_it_and_to_report_it(facts: dict[str, bool], more: list[ActionName]) -> None:
    view = shown(answer=Answer.PICTURES, pictures=(PNG,), **facts)
    assert actions(view) == [A.AGAIN, A.EDIT, A.NOT_RIGHT, *more, A.CROP, A.REPORT, A.DELETE]
    for one in view.buttons:
        assert one.opens_form is (one.action not in (A.AGAIN, A.DELETE))
        assert one.pressers == (Pressers() if one.action is A.REPORT else Pressers(only="ana")), "anybody may report"


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize(
    ("state", "key"),
    [
        (CaseState.OPEN, "reported"),
        (CaseState.CLAIMED, "reported"),
        (CaseState.APPEALED, "reported"),
        (CaseState.CLOSED_DENIED, "kept_hidden"),
        (CaseState.CLOSED_EXPIRED, "kept_hidden"),
    ],
)
def test_of_a_reported_result_nothing_is_shown(state: CaseState, key: str, audience: Audience) -> None:
    view = shown(answer=Answer.PICTURES, pictures=(PNG,), audience=audience, report=Standing(7, state))
    assert view == View(
        title=text(f"request.{key}"), text=(text(f"request.{key}_why", number=7), LINE), buttons=view.buttons, tone=Tone.NEUTRAL, final=True
    )
    [delete] = view.buttons
    assert (delete.action, delete.confirm, delete.pressers) == (A.DELETE, True, Pressers(only="ana"))


def test_attached_pictures_are_asked_about_with_a_yes_and_a_no() -> None:
    view = shown(S.AWAITING_MEMBER, audience=Audience.MEMBER, refusal={"reason": "uploads_people"})
    assert view.text == (text("held.uploads_people"), text("held.what_now_uploads"))
    assert [(one.action, one.style.value) for one in view.buttons] == [
        (A.SEND_ANYWAY, "primary"),
        (A.EDIT, "plain"),
        (A.DISCARD, "danger"),
    ]
