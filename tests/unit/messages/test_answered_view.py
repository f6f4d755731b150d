"""What an answered request's message says and offers: pictures, blocks, failures, and what is tried again."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.chat.views import ActionName, Audience, ButtonStyle, Tone, View
from bot.domain.case_states import CaseState, Standing
from bot.domain.kinds import SAFETY_REVIEWABLE, Action, Kind
from bot.domain.outcome import Picture
from bot.domain.refusal import Refusal
from bot.domain.request_states import REST_MISSING, Answer
from bot.domain.requests import Person
from bot.failures.explain import explain
from bot.messages.refusal_view import refusal_lines
from bot.texts import text
from tests.unit.messages.views import LINE, NOW, PNG, A, S, actions, failed, shown
from tests.unit.requests.ground import failure


@pytest.mark.parametrize(
    ("answer", "attempts", "title", "line", "buttons"),
    [
        (Answer.CANCELLED, 0, "cancelled", "cancelled_free", [A.RETRY, A.EDIT]),
        (Answer.CANCELLED, 1, "cancelled", "cancelled_running", [A.RETRY, A.EDIT]),
        (Answer.EXPIRED, 0, "expired", "expired_why", [A.RETRY, A.EDIT]),
        (Answer.INTERRUPTED, 1, "interrupted", "interrupted_why", [A.RETRY, A.EDIT]),
        (Answer.FAILED, 1, "failed", "failed_unknown", [A.RETRY, A.EDIT]),
    ],
)
def test_how_it_ended_without_a_picture(answer: Answer, attempts: int, title: str, line: str, buttons: list[ActionName]) -> None:
    view = shown(answer=answer, attempts=attempts)
    assert (view.title, view.text, actions(view)) == (text(f"request.{title}"), (text(f"request.{line}"), LINE), buttons)
    assert (view.quote, view.tone, view.mention, view.final, view.amends) == ("a red bicycle", Tone.PROBLEM, "ana", True, False)
    assert [one.style for one in view.buttons] == [ButtonStyle.PRIMARY, ButtonStyle.PLAIN]


def test_a_blocked_prompt_is_not_offered_again_as_it_is() -> None:
    for kind in SAFETY_REVIEWABLE:
        why = failure(kind)
        view = shown(answer=Answer.BLOCKED, why=why)
        assert (view.title, actions(view), view.text) == (text("request.blocked"), [A.EDIT], (explain(why, "member"), LINE))
        with_case = shown(answer=Answer.BLOCKED, why=why, case=Standing(7, CaseState.OPEN))
        assert with_case.text == (explain(why, "member"), text("request.case_open", number=7), LINE)
    assert shown(answer=Answer.BLOCKED, why=failure(Kind.SAFETY_ACCOUNT_FLAGGED), case=Standing(7, CaseState.OPEN)).text[1:] == (LINE,)
    assert shown(answer=Answer.BLOCKED, case=Standing(7, CaseState.OPEN)).text == (LINE,)


@pytest.mark.parametrize("state", list(CaseState))
def test_where_its_case_stands(state: CaseState) -> None:
    def lines(**values: Any) -> View:
        return shown(answer=Answer.BLOCKED, why=failure(Kind.SAFETY_PROMPT), case=Standing(7, state), **values)

    said = text(f"request.case_{state.value}", number=7, person="Ana")
    assert lines().text[1] == said
    assert lines().amends is (state is not CaseState.OPEN)
    assert (lines(reviewed=False).text[1] == text("request.case_unreviewed", number=7)) is (state is CaseState.OPEN)
    if state is CaseState.WITH_MEMBER:
        assert lines(person=Person("ana")).text[1] == text("request.case_with_member", number=7, person="ana")


def test_a_failure_is_explained_and_says_how_often_it_was_tried() -> None:
    why = failure(Kind.SERVER_ERROR)
    view = shown(answer=Answer.FAILED, why=why, attempts=1)
    assert (view.title, view.text, actions(view)) == (text("request.failed"), (explain(why, "member"), LINE), [A.RETRY, A.EDIT])
    assert shown(answer=Answer.FAILED, why=why, attempts=1, unbilled_tries=1).text[1] == text("request.tried", count=2)
    assert shown(answer=Answer.FAILED, why=why, attempts=3, unbilled_tries=0).text[1] == text("request.tried", count=3)


def test_a_refusal_that_came_later_gives_its_own_reason() -> None:
    view = shown(answer=Answer.FAILED, refusal={"reason": "member_blocked", "until": NOW})
    assert view.text[0] == text("refusal.member_blocked", until="15 Jan, 08:00 UTC")


def test_what_the_member_can_fix_is_edited_or_takes_the_nearest_value() -> None:
    size = failure(Kind.UNSUPPORTED_SIZE)
    assert actions(shown(answer=Answer.FAILED, why=size)) == [A.EDIT]
    assert actions(shown(answer=Answer.FAILED, why=size, refusal={"nearest": "1024x1024"})) == [A.NEAREST, A.EDIT]
    ours = {"reason": "unsupported_size", "value": "9x9", "allowed": ["1024x1024"], "nearest": "1024x1024"}
    assert shown(answer=Answer.FAILED, why=size, refusal=ours).text == (explain(size, "member"), LINE), "it was the service that refused"
    assert actions(shown(answer=Answer.FAILED, why=failure(Kind.INVALID_MODEL))) == [A.RETRY, A.EDIT]
    assert actions(shown(answer=Answer.FAILED, why=failure(Kind.OUTPUT_REJECTED))) == [A.RETRY, A.EDIT]


@pytest.mark.parametrize(("why", "buttons"), [("pixels", [A.EDIT]), ("bytes", [A.EDIT]), ("memory", [A.EDIT]), ("type", [])])
def test_a_picture_that_would_not_be_taken_again_is_not_offered_again(why: str, buttons: list[ActionName]) -> None:
    assert actions(shown(answer=Answer.FAILED, why=failed(Kind.NOT_TAKEN, **{"why": why, why: "9"}))) == buttons


def drawn(*pictures: Picture, **values: Any) -> View:
    return shown(answer=Answer.PICTURES, pictures=pictures, **values)


def test_pictures_with_what_can_be_done_with_them() -> None:
    view = drawn(PNG)
    assert (view.title, view.text, view.quote) == (text("request.done_one"), (f"{LINE} · made with AI",), "a red bicycle")
    assert (view.tone, view.mention, view.final, view.amends) == (Tone.DONE, "ana", True, False)
    assert [(one.action, one.style) for one in view.buttons] == [
        (A.AGAIN, ButtonStyle.PRIMARY),
        (A.EDIT, ButtonStyle.PLAIN),
        (A.NOT_RIGHT, ButtonStyle.PLAIN),
        (A.CROP, ButtonStyle.PLAIN),
        (A.REPORT, ButtonStyle.PLAIN),
        (A.DELETE, ButtonStyle.DANGER),
    ]
    [one] = view.pictures
    assert (one.sha256, one.format, one.width, one.height, one.size) == ("f" * 64, "png", 1024, 1024, 99)
    assert (one.alt, one.filename) == ("Picture made with AI: a red bicycle", f"imagine-{'a' * 16}-1.png")
    assert drawn(PNG, case=Standing(7, CaseState.CLAIMED)).amends


def test_several_pictures_are_numbered() -> None:
    view = drawn(PNG, dataclasses.replace(PNG, format="jpeg"), count=2, prompt="p" * 2000)
    assert view.title == text("request.done_many", count=2)
    assert [one.filename[-5:] for one in view.pictures] == ["1.png", "2.jpg"]
    assert view.pictures[1].alt.startswith("Picture 2 of 2, made with AI: p")
    assert all(len(one.alt) <= 1000 for one in view.pictures)


def test_a_private_picture_may_be_published_once() -> None:
    assert A.PUBLISH in actions(drawn(PNG, private=True))
    for values in ({}, {"published": True}, {"private": True, "published": True}):
        assert A.PUBLISH not in actions(drawn(PNG, **values))
    said = text("request.published")
    assert said in drawn(PNG, private=True, published=True, audience=Audience.MEMBER).text
    for values in ({"private": True, "published": True}, {"private": True, "audience": Audience.MEMBER}, {"audience": Audience.MEMBER}):
        assert said not in drawn(PNG, **values).text


def test_fewer_pictures_than_asked_for_say_why() -> None:
    error = failure(Kind.SERVER_ERROR)
    view = drawn(PNG, count=3, why=error)
    assert view.title == text("request.done_one_of", wanted=3)
    assert view.text[:-1] == (text("request.some_missing"), explain(error, "member"))
    block = failure(Kind.SAFETY_OUTPUT)
    assert drawn(PNG, count=3, why=block).text[:-1] == (text("request.some_blocked"),)
    of_case = drawn(PNG, count=3, why=block, case=Standing(7, CaseState.OPEN))
    assert of_case.text[:-1] == (text("request.some_blocked"), text("request.case_open", number=7))
    assert drawn(PNG, count=3).title == text("request.done_one")
    assert drawn(PNG, PNG, count=2, why=error).title == text("request.done_many", count=2)


def test_a_wording_that_the_service_drew_instead_is_quoted() -> None:
    def said(*revised: str | None) -> list[str]:
        view = drawn(*(dataclasses.replace(PNG, revised_prompt=one) for one in revised))
        return [one for one in view.text if one.startswith("The image service reworded")]

    assert said("a bike") == said(None, "a bike") == said("a red bicycle", "a bike") == [text("request.revised", prompt="a bike")]
    assert said(None) == said("") == said(" a red bicycle ") == []
    assert said("w" * 700) == [text("request.revised", prompt="w" * 600)]


def test_what_was_tried_again_is_not_paid_for_a_second_time() -> None:
    view = shown(answer=Answer.FAILED, why=failure(Kind.SERVER_ERROR), tried_again=True)
    assert (view.text, actions(view)) == ((text("request.tried_again"), LINE), [A.EDIT])
    assert view.amends, "nobody is called for that"
    refusal = {"reason": "unsupported_size", "value": "9x9", "allowed": ["a"], "nearest": "1024x1024"}
    assert actions(shown(S.REFUSED, refusal=refusal, tried_again=True)) == [A.EDIT]


@pytest.mark.parametrize("action", [Action.FETCH, Action.NONE])
def test_before_a_retry_of_a_picture_that_was_made_it_is_said_that_it_is_paid_again(action: Action) -> None:
    view = shown(answer=Answer.FAILED, why=dataclasses.replace(failed(Kind.DOWNLOAD_FAILED), action=action))
    assert actions(view)[0] is A.RETRY
    assert "charges the bot for that again" in view.text[0]


def test_other_proportions_than_were_asked_for_are_said() -> None:
    def lines(width: int, height: int, **values: Any) -> list[str]:
        pictures = (PNG, dataclasses.replace(PNG, width=width, height=height))
        view = shown(answer=Answer.PICTURES, count=2, pictures=pictures, **values)
        return [one for one in view.text if "1024" in one and one is not view.text[-1]]

    assert lines(1536, 1024) == [text("request.other_shape", asked="1024×1024", drawn="1536×1024")]
    assert lines(1024, 1024) == []
    assert lines(2048, 2048) == []  # the same proportions
    assert lines(1044, 1024) == []  # services round
    for left_to_the_service in ({"size": "auto"}, {"size": ""}, {"left_out": ("size",)}):
        assert lines(1536, 1024, **left_to_the_service) == []
    assert lines(1536, 1024, left_out=("quality",)) != []


def test_the_price_stands_beside_the_picture_where_the_operator_shows_it() -> None:
    assert "$0.04" in shown(answer=Answer.PICTURES, pictures=(PNG,), cost=40_000).text[-1]
    assert "$" not in shown(answer=Answer.PICTURES, pictures=(PNG,)).text[-1]


def test_a_channel_reads_no_prompt_that_its_member_was_not_asked_about() -> None:
    assert [shown(S.RECEIVED, audience).quote for audience in (Audience.CHANNEL, Audience.MEMBER)] == ["", "a red bicycle"]
    unquoted = {"reason": "cancelled", "unquoted": True}
    assert shown(answer=Answer.CANCELLED, refusal=unquoted).quote == ""
    assert shown(answer=Answer.CANCELLED, refusal={"reason": "cancelled"}).quote == "a red bicycle"


@pytest.mark.parametrize(("found", "title"), [(1, "done_one_of"), (4, "done_some")])
def test_the_title_counts_the_pictures_that_came(found: int, title: str) -> None:
    view = shown(answer=Answer.PICTURES, count=10, pictures=(PNG,) * found, why=failure(Kind.SERVER_ERROR))
    assert view.title == text(f"request.{title}", count=found, wanted=10)


def test_how_many_pictures_are_ready_is_said_while_the_others_are_drawn() -> None:
    ready = text("request.some_ready", count=4, wanted=10)
    assert ready in shown(S.CALLING, count=10, pictures=(PNG,) * 4).text
    assert not any("ready" in line for line in shown(S.CALLING, count=10).text)


def test_why_the_rest_is_missing_is_said_once_and_a_failure_that_came_later_counts() -> None:
    reasons = set(REST_MISSING.values())
    for reason in reasons:
        view = shown(answer=Answer.PICTURES, count=10, pictures=(PNG,), refusal={"reason": reason}, why=failure(Kind.SERVER_ERROR))
        assert text("request.some_missing") not in view.text
        assert list(view.text[:1]) == refusal_lines(Refusal(reason))[:1]
    other = shown(answer=Answer.PICTURES, count=10, pictures=(PNG,), refusal={"reason": "budget"}, why=failure(Kind.SERVER_ERROR))
    assert other.text[0] == text("request.some_missing")
    unexplained = shown(answer=Answer.PICTURES, count=10, settled=10, pictures=(PNG,) * 9)
    assert (unexplained.title, len(unexplained.text)) == (text("request.done_some", count=9, wanted=10), 1)
