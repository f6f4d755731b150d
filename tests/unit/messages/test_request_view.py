"""What a request's message says and offers, state by state: who may press what, what may be read in a channel, what is claimed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from bot.chat.views import Audience, Button, ButtonStyle, Pressers, Tone, View
from bot.domain.case_states import CaseState, Standing
from bot.domain.kinds import NOT_STARTED, Kind
from bot.domain.outcome import Pending
from bot.domain.request_states import Answer
from bot.domain.requests import Person
from bot.gate.port import Estimate
from bot.messages.question_view import asked, question
from bot.messages.request_view import REFRESH, REFRESH_SOON
from bot.texts import text
from tests.unit.messages.views import LINE, NOW, PNG, A, S, actions, failed, request, shown
from tests.unit.requests.ground import failure

# ---- what is common --------------------------------------------------------------------------------------------------------------

EVERY: list[Mapping[str, Any]] = [
    {"state": S.RECEIVED},
    {"state": S.QUEUED},
    {"state": S.CALLING},
    {"state": S.COLLECTING},
    {"state": S.AWAITING_MEMBER, "refusal": {"reason": "email", "cleaned": "a bicycle"}},
    {"state": S.AWAITING_MEMBER, "refusal": {"reason": "email"}, "audience": Audience.MEMBER},
    {"state": S.REFUSED, "refusal": {"reason": "unsupported_size", "value": "1x1", "allowed": ["a"], "nearest": "1024x1024"}},
    *({"answer": one, "attempts": 1} for one in Answer if one is not Answer.PICTURES),
    {"answer": Answer.PICTURES, "pictures": (PNG,), "private": True},
]


@pytest.mark.parametrize("values", EVERY)
def test_every_button_but_report_is_the_members_own(values: Mapping[str, Any]) -> None:
    view = shown(**values)
    assert view.buttons
    assert all(one.row == "a" * 16 for one in view.buttons)
    assert all(one.pressers == Pressers(only="ana") for one in view.buttons if one.action is not A.REPORT)
    assert all(one.opens_form is (one.action in (A.EDIT, A.NOT_RIGHT, A.CROP, A.REPORT)) for one in view.buttons)
    assert all(one.confirm is (one.action is A.DELETE) for one in view.buttons)


@pytest.mark.parametrize("values", EVERY)
def test_of_a_deleted_request_nothing_is_shown(values: Mapping[str, Any]) -> None:
    assert shown(**values, deleted=True) == View(title=text("request.deleted"), tone=Tone.NEUTRAL, final=True)


def test_one_line_says_what_was_asked_for_and_claims_nothing_that_the_service_chose() -> None:
    def line(**values: Any) -> str:
        return shown(S.CALLING, **values).text[-1]

    assert line() == LINE
    assert line(left_out=frozenset({"size"})) == "medium · for Ana"
    assert line(left_out=frozenset({"quality"})) == "1024×1024 · for Ana"
    assert line(quality="") == "1024×1024 · for Ana"
    assert line(person=Person("ana")) == "1024×1024 · medium · for ana"
    assert line(private=True) == "1024×1024 · medium · only you can see this"
    assert line(private=True, published=True) == LINE
    assert line(published=True) == LINE


# ---- on its way ------------------------------------------------------------------------------------------------------------------


def waits(**values: Any) -> View:
    return shown(S.QUEUED, **values)


def test_a_place_in_line_is_told_and_looked_at_again() -> None:
    assert waits() == View(
        title=text("request.queued"),
        text=(LINE,),
        quote="a red bicycle",
        buttons=(Button(A.CANCEL, "a" * 16, "Cancel", pressers=Pressers(only="ana")),),
        tone=Tone.WAITING,
        refresh_at=NOW + REFRESH_SOON,
    )
    assert waits(estimate=Estimate(3, None, "")).title == text("request.position", position=3)
    assert waits(estimate=Estimate(2, 0.0, "")).title == "You're number 2 in line, about a second to go"
    assert waits(estimate=Estimate(1, 30.0, "")).title == "You're next in line, about 30 seconds to go"
    assert waits(estimate=Estimate(1, 30.0, "")).refresh_at == NOW + REFRESH
    assert waits(estimate=Estimate(1, 30.0, "unheard_of")).text == (LINE,)


def test_the_gates_reason_ends_in_the_future_or_not_at_all() -> None:
    def reason(until: float | None) -> str:
        return waits(estimate=Estimate(1, None, "rate"), estimate_until=until).text[0]

    alone = text("waiting.rate")
    assert reason(NOW + 30) == f"{alone} {text('waiting.for_about', wait='30 seconds')}"
    assert reason(NOW) == reason(NOW - 30) == reason(None) == alone


def test_why_it_is_tried_again_when_and_how_often() -> None:
    def why(kind: Kind, **values: Any) -> str:
        return waits(why=failed(kind, **values.pop("facts", {})), attempts=1, **values).text[0]

    server, next_try = text("waiting.after_server_error"), text("waiting.next_try", number=2, most=3)
    soon, later = text("waiting.trying_again"), text("waiting.trying_again_in", wait="30 seconds")
    assert why(Kind.SERVER_ERROR) == f"{server} {soon} {next_try}"
    assert why(Kind.SERVER_ERROR, due_at=NOW + 1) == f"{server} {soon} {next_try}"
    assert why(Kind.SERVER_ERROR, due_at=NOW + 1.5) == f"{server} {text('waiting.trying_again_in', wait='2 seconds')} {next_try}"
    assert why(Kind.SERVER_ERROR, due_at=NOW + 30) == f"{server} {later} {next_try}"
    assert why(Kind.SERVER_ERROR, estimate_until=NOW + 30) == f"{server} {later} {next_try}"
    assert why(Kind.SERVER_ERROR, max_attempts=5).endswith(text("waiting.next_try", number=2, most=5))
    assert why(Kind.CORRUPT_IMAGE) == f"{text('waiting.after_failure')} {soon} {next_try}"
    for kind in NOT_STARTED:
        assert why(kind) == f"{text(f'waiting.after_{kind.value}')} {soon}"
    assert why(Kind.UNSUPPORTED_OPTION, facts={"left_out": "quality"}) == f"{text('waiting.without')} {soon}"


def test_a_reason_of_ones_own_comes_before_the_gates_which_says_what_it_waits_for_now() -> None:
    def why(estimate: Estimate, **more: Any) -> str:
        return waits(why=failure(Kind.RATE_LIMITED), estimate=estimate, **more).text[0]

    own, soon = text("waiting.after_rate_limited"), text("waiting.trying_again")
    assert why(Estimate(2, None, "concurrency")) == f"{own} {text('waiting.concurrency')}"
    assert why(Estimate(1, None, "rate"), estimate_until=NOW + 30) == f"{own} {text('waiting.trying_again_in', wait='30 seconds')}"
    assert why(Estimate(1, None, "gap")) == f"{own} {soon}"
    assert why(Estimate(2, None, "queue")) == own


def test_what_is_worked_on_says_which_try_it_is_and_may_be_cancelled() -> None:
    view = shown(S.CALLING, attempts=1)
    assert (view.title, view.text, view.quote, view.tone, view.final) == (
        text("request.drawing"),
        (LINE,),
        "a red bicycle",
        Tone.WORKING,
        False,
    )
    assert actions(view) == [A.CANCEL]
    assert shown(S.CALLING, attempts=2).title == text("request.drawing_again", number=2, most=3)
    assert shown(S.COLLECTING).title == text("request.collecting")
    assert shown(S.COLLECTING, why=failure(Kind.DOWNLOAD_FAILED)).title == text("request.fetching")
    assert shown(S.COLLECTING, why=failure(Kind.SAFETY_OUTPUT)).title == text("request.collecting")


def test_a_task_whose_service_asked_to_wait_says_for_how_long() -> None:
    def view(kind: Kind, wait: float | None, due: float) -> View:
        return shown(S.COLLECTING, why=dataclasses.replace(failure(kind), wait=wait), due_at=NOW + due)

    asked = view(Kind.RATE_LIMITED, 30.0, 30.0)
    assert (asked.title, asked.refresh_at) == (text("request.collecting_wait", wait="30 seconds"), NOW + REFRESH)
    assert view(Kind.DOWNLOAD_FAILED, 30.0, 30.0).title == text("request.fetching_wait", wait="30 seconds")
    assert view(Kind.DOWNLOAD_FAILED, None, 30.0).title == text("request.fetching")
    assert view(Kind.RATE_LIMITED, 30.0, 0.0).title == text("request.collecting")
    assert view(Kind.RATE_LIMITED, 30.0, 0.0).refresh_at is None


def test_a_running_task_says_how_far_it_is_if_the_service_does() -> None:
    def title(ahead: int | None = None, progress: float | None = None) -> str:
        return shown(S.COLLECTING, task=Pending("t", ahead=ahead, progress=progress)).title

    assert title() == title(ahead=0) == text("request.collecting")
    assert "with 4 others before it" in title(ahead=4)
    assert "up next" in title(ahead=1)
    assert "40% done" in title(progress=0.4)
    assert "99% done" in title(progress=1.0)  # it isn't there yet


def test_one_hint_at_most_and_only_while_it_can_help() -> None:
    prompt = "a photo of a screenshot with a QR code, tiny text, a logo and small print"
    for state in (S.QUEUED, S.CALLING):
        assert [one.startswith("A tip") for one in shown(state, prompt=prompt).text] == [True, False]


# ---- a question ------------------------------------------------------------------------------------------------------------------


def test_a_held_prompt_is_read_by_its_member_alone() -> None:
    held = {"reason": "email", "cleaned": "a bicycle"}
    public = shown(S.AWAITING_MEMBER, refusal=held)
    assert public == asked(request(S.AWAITING_MEMBER, refusal=held))
    assert "bicycle" not in str(public)
    assert (actions(public), public.title) == ([A.SHOW], text("held.asked", person="Ana"))
    assert shown(S.AWAITING_MEMBER, refusal=held, person=Person("ana")).title == text("held.asked", person="ana")
    own = shown(S.AWAITING_MEMBER, Audience.MEMBER, refusal=held)
    assert own == question(request(S.AWAITING_MEMBER, refusal=held))
    assert own.text == (text("held.email"), text("held.what_now"))
    assert [one.value for one in own.facts] == ["a bicycle"]
    assert [(one.action, one.style) for one in own.buttons] == [
        (A.SEND_CLEANED, ButtonStyle.PRIMARY),
        (A.EDIT, ButtonStyle.PLAIN),
        (A.SEND_ANYWAY, ButtonStyle.PLAIN),
        (A.DISCARD, ButtonStyle.DANGER),
    ]


def test_without_a_cleaned_wording_none_is_offered() -> None:
    own = shown(S.AWAITING_MEMBER, Audience.MEMBER, refusal={"reason": "email", "cleaned": ""})
    assert (own.text[1], own.facts) == (text("held.what_now_without"), ())
    assert [(one.action, one.style) for one in own.buttons][:2] == [(A.EDIT, ButtonStyle.PRIMARY), (A.SEND_ANYWAY, ButtonStyle.PLAIN)]


# ---- turned down -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["no_answer", "discarded", "edited", "abandoned"])
def test_what_may_hold_private_words_is_not_quoted(reason: str) -> None:
    assert shown(S.REFUSED, refusal={"reason": reason}).quote == ""


def test_another_refusal_quotes_a_part_and_offers_to_edit() -> None:
    view = shown(S.REFUSED, refusal={"reason": "unreadable"}, prompt="p" * 600)
    assert (view.title, view.text, view.quote) == (text("request.refused"), (text("refusal.unreadable"),), "p" * 500)
    assert (actions(view), view.tone, view.final, view.amends) == ([A.EDIT], Tone.PROBLEM, True, False)
    assert shown(S.REFUSED, refusal={"reason": "unreadable", "unquoted": True}).quote == ""
    assert shown(S.REFUSED, refusal={"reason": "prompt_empty"}, prompt=" ").buttons == ()


def test_a_wrong_value_is_named_with_what_is_possible_and_the_nearest() -> None:
    refusal = {"reason": "unsupported_size", "value": "9x9", "allowed": ["a", "b"], "nearest": "1536x1024"}
    view = shown(S.REFUSED, refusal=refusal)
    assert view.text == (text("refusal.unsupported_size", value="9x9", allowed="a and b"),)
    assert [(one.action, one.label, one.style) for one in view.buttons] == [
        (A.NEAREST, "Use 1536×1024", ButtonStyle.PRIMARY),
        (A.EDIT, "Edit prompt", ButtonStyle.PLAIN),
    ]
    assert shown(S.REFUSED, refusal={**refusal, "nearest_label": "wide"}).buttons[0].label == "Use wide"
    assert len(shown(S.REFUSED, refusal={**refusal, "nearest_label": "w" * 99}).buttons[0].label) == 80


def test_until_when_somebody_is_stopped() -> None:
    for until in (NOW, int(NOW)):
        [line] = shown(S.REFUSED, refusal={"reason": "member_blocked", "until": until}).text
        assert "15 Jan, 08:00 UTC" in line


def test_a_wording_that_was_blocked_before_names_its_case() -> None:
    def lines(reason: str, case: Standing | None) -> tuple[str, ...]:
        return shown(S.REFUSED, refusal={"reason": reason}, case=case).text

    case = Standing(7, CaseState.CLAIMED)
    assert lines("blocked_before", case)[1:] == (text("request.case_claimed", number=7),)
    assert lines("blocked_before", None)[1:] == lines("unreadable", case)[1:] == ()


SHORT = {"reason": "budget", "scope": "member", "period": "day", "unit": "money", "left": 10_000, "limit": 500_000, "until": NOW}


def test_a_budget_is_used_up_too_small_or_off() -> None:
    def lines(**facts: object) -> tuple[str, ...]:
        return shown(S.REFUSED, refusal={**SHORT, **facts}).text

    used_up = text("refusal.budget_used_up_money", What="Your budget for today", left="$0.01", limit="$0.50", when="15 Jan, 08:00 UTC")
    assert lines() == lines(shortage="used_up") == (used_up,)
    assert lines(shortage="off") == (text("refusal.budget_off_member"),)
    assert lines(shortage="off", scope="community") == (text("refusal.budget_off_community"),)
    had = text("refusal.budget_used_up_pictures_member", limit="1 picture", when="15 Jan, 08:00 UTC")
    assert lines(unit="pictures", limit=1) == (had,)
    dear = text("refusal.budget_too_dear_money", price="$0.17", what="your budget for today", left="$0.01", limit="$0.50")
    never, renews = text("refusal.budget_never", limit="$0.50"), text("refusal.budget_renews", when="15 Jan, 08:00 UTC")
    assert lines(shortage="too_dear", price=170_000) == (dear, never)
    assert lines(shortage="too_dear", price=170_000, renewed_fits=True) == (dear, renews)
    alone = text("refusal.budget_nothing_fits", limit="$0.01")
    assert lines(shortage="too_dear", price=170_000, limit=10_000)[1] == alone
    offers = {"fewer": {"size": "a", "quality": "b", "count": 1, "price": 10}}
    assert lines(shortage="too_dear", price=170_000, offers=offers, renewed_fits=True)[1] == f"{text('refusal.budget_offers')} {renews}"
    asked_for = text("refusal.budget_too_dear_pictures_community", asked="3 pictures", left="1 picture", most=2)
    assert lines(shortage="too_dear", unit="pictures", scope="community", count=3, left=1, limit=2)[0] == asked_for
    assert lines(left=0, limit=0, until=0)[0].count("$0.00") == 2


def test_a_budgets_missing_numbers_count_as_nothing() -> None:
    bare = {"reason": "budget", "scope": "member", "period": "day", "shortage": "too_dear"}
    [money, _] = shown(S.REFUSED, refusal={**bare, "unit": "money"}).text
    assert money == text("refusal.budget_too_dear_money", price="$0.00", what="your budget for today", left="$0.00", limit="$0.00")
    [pictures, _] = shown(S.REFUSED, refusal={**bare, "unit": "pictures"}).text
    assert pictures == text("refusal.budget_too_dear_pictures_member", asked="0 pictures", left="0 pictures", most=0)


def test_what_fits_the_budget_names_what_changes_and_its_price() -> None:
    asked_for = {"size": "1536x1024", "quality": "high", "count": 3}
    offers = {
        "fewer": {**asked_for, "count": 1, "price": 10_000},
        "lower": {**asked_for, "quality": "low", "price": 20_000},
        "smaller": {"size": "1024x1024", "quality": "low", "count": 2, "price": 30_000},
    }
    refusal = {**SHORT, **asked_for, "shortage": "too_dear", "offers": offers}
    view = shown(S.REFUSED, refusal=refusal)
    assert [(one.action, one.label, one.style) for one in view.buttons] == [
        (A.FIT_FEWER, "1 picture (up to $0.01)", ButtonStyle.PRIMARY),
        (A.FIT_LOWER, "Quality low (up to $0.02)", ButtonStyle.PRIMARY),
        (A.FIT_SMALLER, "2 pictures, 1024×1024, quality low (up to $0.03)", ButtonStyle.PRIMARY),
        (A.EDIT, "Edit prompt", ButtonStyle.PLAIN),
    ]
    long = {"fewer": {**asked_for, "quality": "q" * 99, "price": 10_000}}
    assert len(shown(S.REFUSED, refusal={**refusal, "offers": long}).buttons[0].label) == 80
    later = shown(answer=Answer.FAILED, refusal=refusal)
    assert (later.buttons, later.text[:-1]) == (view.buttons, view.text)
    assert actions(shown(S.REFUSED, refusal={**refusal, "offers": None})) == [A.EDIT]
    assert actions(shown(S.REFUSED, refusal={"reason": "unreadable", "offers": offers})) == [A.EDIT]
