"""What a member's presses do to a request, by its state: rows, money and messages."""

from __future__ import annotations

import dataclasses

import pytest

from bot.budgets import Limits
from bot.chat.views import ActionName, Audience, Form, FormField, Reply
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome, Pending
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Origin, Place, Request
from bot.ledger.store import Wake
from bot.requests.actions import imagine_fields
from bot.requests.rules import Question
from bot.texts import text
from tests.unit.requests.ground import PICTURE, Ground, failure

A = ActionName
TASK = Outcome(pending=Pending("task-1", poll_after=60.0), billed=Billed.UNKNOWN, status=202)


def asks(prompt: str) -> Question | None:
    return Question("email", cleaned="a  CAT ", facts={"found": "1"}) if "@" in prompt else None


async def held(ground: Ground, **options: object) -> str:
    ground.rules = dataclasses.replace(ground.rules, lint=asks)
    request = await ground.asked("mail to ana@example.org", **options)
    assert request.state is RequestState.AWAITING_MEMBER
    return request.id


# ---- the same again ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "origin"), [(A.AGAIN, Origin.AGAIN), (A.RETRY, Origin.RETRY)])
async def test_again_and_retry_ask_for_the_same_with_the_same_options(ground: Ground, action: ActionName, origin: Origin) -> None:
    first = await ground.drawn(size="1536x1024", quality="low", count=2, private=True)
    assert await ground.press(action, first.id) == Reply(text(f"reply.started_{origin.value}"))
    [child] = await ground.children(first.id)
    assert (child.origin, child.state, child.prompt) == (origin, RequestState.QUEUED, first.prompt)
    assert (child.size, child.quality, child.count, child.private) == ("1536x1024", "low", 2, True)
    assert (child.place.channel, child.place.reply, child.person.name) == ("imagine", {"token": "t"}, "Ana")


@pytest.mark.parametrize("action", [A.AGAIN, A.RETRY, A.EDIT])
async def test_what_comes_from_a_templates_request_keeps_the_templates_name(ground: Ground, action: ActionName) -> None:
    first = await ground.drawn(template="Weekly cover")
    await ground.press(action, first.id, values={"prompt": "a red bicycle in the rain"})
    [child] = await ground.children(first.id)
    assert (first.template, child.template, (await ground.drawn()).template) == ("Weekly cover", "Weekly cover", "")


async def test_again_of_a_turned_down_request_asks_with_what_was_typed(ground: Ground) -> None:
    first = await ground.asked(size="17x17", count="2")
    assert first.state is RequestState.REFUSED
    await ground.press(A.AGAIN, first.id)
    [child] = await ground.children(first.id)
    assert child.state is RequestState.REFUSED  # the size is as wrong as before
    await ground.press(A.NEAREST, first.id)
    nearest = next(one for one in await ground.children(first.id) if one.origin is Origin.NEAREST)
    assert (nearest.state, nearest.count) == (RequestState.QUEUED, 2)
    assert first.refusal is not None
    assert first.refusal.nearest is not None
    assert nearest.size == first.refusal.nearest.value


async def test_the_second_half_of_a_double_click_starts_nothing(ground: Ground) -> None:
    first = await ground.drawn()
    await ground.press(A.AGAIN, first.id)
    [child] = await ground.children(first.id)
    await ground.end(await ground.called(child.id), Outcome(pictures=(PICTURE,), billed=Billed.YES, status=200))
    for after, started in ((2.0, False), (0.1, True)):  # the answer came at once: two seconds are still the same press
        ground.at[0] += after
        reply = await ground.press(A.AGAIN, first.id)
        assert (reply.text, reply.changed) == ((text("reply.started_again"), True) if started else (text("reply.already_started"), False))
    assert (await ground.press(A.AGAIN, first.id)).text == text("reply.already_started")  # that one is still under way
    assert (await ground.press(A.RETRY, first.id)).changed  # another button
    assert len(await ground.children(first.id)) == 3


@pytest.mark.parametrize(("name", "kept"), [("", "Ana"), ("Anna", "Anna")])
async def test_the_name_is_the_newest_one_that_is_known(ground: Ground, name: str, kept: str) -> None:
    first = await ground.drawn()
    await ground.press(A.AGAIN, first.id, person_name=name)
    [child] = await ground.children(first.id)
    assert child.person.name == kept


async def test_two_edits_at_once_are_two_requests(ground: Ground) -> None:
    first = await ground.drawn()
    for wording in ("a green bicycle", "a blue bicycle"):
        assert (await ground.press(A.EDIT, first.id, values={"prompt": wording})).changed
    assert {one.prompt for one in await ground.children(first.id)} == {"a green bicycle", "a blue bicycle"}


async def test_a_press_counts_once(ground: Ground) -> None:
    first = await ground.drawn()
    await ground.press(A.EDIT, first.id, values={"prompt": "a green bicycle"}, event_key="same")
    reply = await ground.press(A.EDIT, first.id, values={"prompt": "a blue bicycle"}, event_key="same")
    assert (reply.text, reply.changed) == (text("reply.already_done"), False)
    assert len(await ground.children(first.id)) == 1


async def test_what_is_under_way_is_not_retried(ground: Ground) -> None:
    request = await ground.asked()
    for _ in range(2):
        reply = await ground.press(A.RETRY, request.id)
        assert (reply.text, reply.changed) == (text("reply.still_running"), False)
        await ground.begin(request.id)
    assert await ground.children(request.id) == []


# ---- the form ------------------------------------------------------------------------------------------------------------------


async def test_the_form_holds_what_was_asked_for_and_what_it_says_is_asked_for(ground: Ground) -> None:
    first = await ground.drawn(size="1536x1024", quality="low", count=2, private=True)
    form = await ground.presses.handlers.forms[A.EDIT](ground.act(A.EDIT, first.id))
    assert isinstance(form, Form)
    assert {one.name: one.value for one in form.fields} == {
        "prompt": "a red bicycle",
        "size": "1536x1024",
        "quality": "low",
        "count": "2",
        "private": "true",
    }
    await ground.press(A.EDIT, first.id, values={"prompt": "a green one", "size": "1024x1024", "quality": "", "private": "false"})
    [child] = await ground.children(first.id)
    assert (child.prompt, child.size, child.quality, child.count, child.private) == ("a green one", "1024x1024", "low", 2, False)
    await ground.press(A.EDIT, first.id, values={"prompt": "another"})
    assert (await ground.children(first.id))[-1].private


async def test_somebody_elses_form_stays_shut(ground: Ground) -> None:
    first = await ground.drawn()
    for person, row in (("ben", first.id), ("ana", "2222222222222222")):
        assert await ground.presses.handlers.forms[A.EDIT](ground.act(A.EDIT, row, person)) == Reply(text("reply.not_yours"), changed=False)


async def test_a_new_wording_answers_the_question_about_the_old_one_unless_it_is_turned_down(ground: Ground) -> None:
    request = await held(ground)
    await ground.press(A.EDIT, request, values={"prompt": "a cat", "size": "17x17"})
    assert (await ground.row(request)).state is RequestState.AWAITING_MEMBER
    await ground.press(A.EDIT, request, values={"prompt": "a cat"})
    row = await ground.row(request)
    assert (row.state, row.refusal, row.prompt, row.answered_at) == (RequestState.REFUSED, Refusal("edited"), "", ground.at[0])
    assert [one.state for one in await ground.children(request)] == [RequestState.REFUSED, RequestState.QUEUED]


@pytest.mark.parametrize("private_now", ["true", "false"])
async def test_what_follows_a_private_result_that_came_directly_belongs_where_it_was_asked_for(ground: Ground, private_now: str) -> None:
    first = await ground.drawn(private=True, place=Place("test", "home", "imagine", "thread1"))
    directly = {"direct": True, "community": "dm:ana", "channel": "d1", "reply": {"token": "direct"}}
    await ground.press(A.EDIT, first.id, values={"prompt": "a green one", "private": private_now}, **directly)
    [child] = await ground.children(first.id)
    where = child.place.community, child.place.channel, child.place.thread, dict(child.place.reply)
    assert where == ("home", "imagine", "thread1", {"token": "direct"} if private_now == "false" else {})


@pytest.mark.parametrize(("channel", "thread"), [("imagine", "thread1"), ("elsewhere", None)])
async def test_a_new_request_stays_in_the_thread_of_its_channel(ground: Ground, channel: str, thread: str | None) -> None:
    first = await ground.drawn(place=Place("test", "home", "imagine", "thread1"))
    await ground.press(A.AGAIN, first.id, channel=channel)
    [child] = await ground.children(first.id)
    assert (child.place.channel, child.place.thread) == (channel, thread)


# ---- cancel --------------------------------------------------------------------------------------------------------------------


async def cancelled(ground: Ground, request_id: str) -> Reply:
    before = await ground.row(request_id)
    reply = await ground.press(A.CANCEL, request_id)
    row = await ground.row(request_id)
    assert (row.state, row.answer, row.answered_at) == (RequestState.ANSWERED, Answer.CANCELLED, ground.at[0])
    assert row.epoch == before.epoch + 1
    assert row.refusal is None
    assert row.failure is None
    assert ground.broken_off == [request_id]
    return reply


async def test_cancel_while_it_waits(ground: Ground) -> None:
    request = await ground.asked()
    await ground.end(await ground.called(request.id), Outcome(billed=Billed.NO, status=500), failure(Kind.SERVER_ERROR))
    assert (await ground.row(request.id)).failure is not None
    assert await cancelled(ground, request.id) == Reply(text("reply.cancelled"))
    assert await ground.reserved() == {0}


async def test_cancel_while_it_is_drawn_leaves_the_books_to_the_exchange(ground: Ground) -> None:
    request = await ground.asked()
    attempt = await ground.called(request.id)
    assert await cancelled(ground, request.id) == Reply(text("reply.cancelled_running"))
    assert (await ground.attempts(request.id))[0].closed_at is None
    await ground.end(attempt, Outcome(billed=Billed.UNKNOWN))
    assert await ground.reserved() == {0}
    assert (await ground.row(request.id)).answer is Answer.CANCELLED


async def test_cancel_between_two_polls_closes_the_books(ground: Ground) -> None:
    request = await ground.asked()
    await ground.end(await ground.called(request.id), TASK)
    assert (await ground.row(request.id)).state is RequestState.COLLECTING
    await cancelled(ground, request.id)
    [attempt] = await ground.attempts(request.id)
    assert (attempt.billed, attempt.cost, attempt.closed_at) == ("unknown", attempt.reserved, ground.at[0])
    assert await ground.reserved() == {0}


async def test_what_has_ended_or_is_not_begun_is_not_cancelled(ground: Ground) -> None:
    for request in ((await ground.drawn()).id, await held(ground)):
        before = await ground.row(request)
        reply = await ground.press(A.CANCEL, request)
        assert (reply.text, reply.changed) == (text("reply.too_late_to_cancel"), False)
        assert await ground.row(request) == before
    assert ground.broken_off == []


# ---- delete, publish -------------------------------------------------------------------------------------------------------------


async def test_delete_takes_the_pictures_once_and_only_when_it_has_ended(ground: Ground) -> None:
    waiting = await ground.asked()
    reply = await ground.press(A.DELETE, waiting.id)
    assert (reply.text, reply.changed) == (text("reply.still_running"), False)
    request = await ground.drawn()
    before = (await ground.shown(request.id))[Audience.CHANNEL].wanted
    assert await ground.press(A.DELETE, request.id) == Reply(text("reply.deleted"))
    assert ground.forgotten == [PICTURE.sha256]
    assert (await ground.row(request.id)).deleted
    assert (await ground.shown(request.id))[Audience.CHANNEL].wanted > before
    reply = await ground.press(A.DELETE, request.id)
    assert (reply.text, reply.changed) == (text("reply.already_done"), False)
    assert ground.forgotten == [PICTURE.sha256]


@pytest.mark.parametrize(("channel", "token"), [("imagine", "t"), ("elsewhere", "old")])
async def test_publish_shows_it_once_in_the_channel_where_it_was_asked_for(ground: Ground, channel: str, token: str) -> None:
    request = await ground.drawn(private=True, place=Place("test", "home", "imagine", reply={"token": "old"}))
    assert set(await ground.shown(request.id)) == {Audience.MEMBER}
    assert await ground.press(A.PUBLISH, request.id, channel=channel) == Reply(text("reply.published"))
    place = (await ground.shown(request.id))[Audience.CHANNEL].message.place
    assert (place.channel, dict(place.reply)) == ("imagine", {"token": token})
    reply = await ground.press(A.PUBLISH, request.id)
    assert (reply.text, reply.changed) == (text("reply.already_done"), False)


async def test_what_is_public_unfinished_or_deleted_is_not_published(ground: Ground) -> None:
    public = await ground.drawn()
    assert (await ground.press(A.PUBLISH, public.id)).text == text("reply.already_done")
    waiting = await ground.asked(private=True)
    gone = await ground.drawn(private=True)
    await ground.press(A.DELETE, gone.id)
    for request in (waiting, gone):
        reply = await ground.press(A.PUBLISH, request.id)
        assert (reply.text, reply.changed) == (text("reply.nothing_to_publish"), False)
        assert not (await ground.row(request.id)).published


# ---- a question to the member ------------------------------------------------------------------------------------------------------


async def test_send_anyway_sends_what_was_typed(ground: Ground) -> None:
    request = await held(ground)
    ground.at[0] += 100
    ground.wakes.clear()
    assert await ground.press(A.SEND_ANYWAY, request) == Reply(text("reply.sent_on"))
    row = await ground.row(request)
    assert (row.state, row.prompt, row.refusal) == (RequestState.QUEUED, "mail to ana@example.org", None)
    assert (row.due_at, row.deadline_at) == (ground.at[0], ground.at[0] + ground.rules.deadline)
    assert Wake("request", request, ground.at[0]) in ground.wakes


async def test_send_cleaned_sends_the_wording_that_was_shown(ground: Ground) -> None:
    request = await held(ground)
    before = (await ground.row(request)).fingerprint
    await ground.press(A.SEND_CLEANED, request)
    row = await ground.row(request)
    assert (row.state, row.prompt) == (RequestState.QUEUED, "a  CAT")
    assert row.fingerprint != before


async def test_without_a_cleaned_wording_there_is_none_to_send(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, lint=lambda prompt: Question("brand"))
    request = await ground.asked()
    reply = await ground.press(A.SEND_CLEANED, request.id)
    assert (reply.text, reply.changed) == (text("reply.question_over"), False)
    assert (await ground.row(request.id)).state is RequestState.AWAITING_MEMBER


async def test_discard_keeps_no_word(ground: Ground) -> None:
    request = await held(ground)
    assert await ground.press(A.DISCARD, request) == Reply(text("reply.discarded"))
    row = await ground.row(request)
    assert (row.state, row.prompt, row.refusal, row.answered_at) == (RequestState.REFUSED, "", Refusal("discarded"), ground.at[0])


@pytest.mark.parametrize("action", [A.SEND_ANYWAY, A.SEND_CLEANED, A.DISCARD])
async def test_a_question_is_answered_once_and_by_its_member(ground: Ground, action: ActionName) -> None:
    request = await held(ground)
    assert not (await ground.press(action, request, "ben")).changed
    assert (await ground.row(request)).state is RequestState.AWAITING_MEMBER
    assert (await ground.press(action, request)).changed
    before = await ground.row(request)
    for again in (A.SEND_ANYWAY, A.SEND_CLEANED, A.DISCARD):
        reply = await ground.press(again, request)
        assert (reply.text, reply.changed) == (text("reply.question_over"), False)
    assert await ground.row(request) == before


# ---- the fields ------------------------------------------------------------------------------------------------------------------


def fields(ground: Ground, request: Request | None = None) -> dict[str, FormField]:
    return {one.name: one for one in imagine_fields(ground.rules, request)}


async def test_an_empty_form_holds_the_defaults(ground: Ground) -> None:
    model = ground.rules.model
    found = fields(ground)
    assert {name: one.value for name, one in found.items()} == {
        "prompt": "",
        "size": model.sizes.default,
        "quality": model.default_quality,
        "count": "1",
        "private": "false",
    }
    assert {name: one.required for name, one in found.items() if not one.required} == {"private": False}
    assert [one.value for one in found["size"].choices] == list(model.sizes.popular)
    assert [one.value for one in found["quality"].choices] == list(model.qualities)
    assert [one.value for one in found["count"].choices] == [str(number) for number in range(1, model.max_count + 1)]
    assert found["prompt"].max_length == min(4000, model.prompt_max_chars)
    ground.rules = dataclasses.replace(ground.rules, default_quality="low")
    assert fields(ground)["quality"].value == "low"


@pytest.mark.parametrize(("private", "shown"), [(True, "true"), (False, "false")])
async def test_a_size_of_ones_own_comes_first(ground: Ground, private: bool, shown: str) -> None:
    request = await ground.asked(size="1280x768", count="3", private=private)
    assert request.state is RequestState.QUEUED, request.refusal
    found = fields(ground, request)
    assert [one.value for one in found["size"].choices] == ["1280x768", *ground.rules.model.sizes.popular]
    assert (found["size"].value, found["count"].value, found["private"].value) == ("1280x768", "3", shown)


# ---- what a refusal offers -------------------------------------------------------------------------------------------------------


async def test_a_button_of_what_would_fit_asks_for_exactly_that(ground: Ground) -> None:
    asked = {"size": "3840x2160", "quality": "high", "count": "10"}
    ground.rules = dataclasses.replace(ground.rules, limits=Limits(member_day=1_000_000))
    first = await ground.asked(**asked)
    assert first.refusal is not None
    assert first.refusal.budget is not None
    offers = first.refusal.budget.offers
    assert offers
    for action in (A.FIT_FEWER, A.FIT_LOWER, A.FIT_SMALLER):
        before = len(await ground.children(first.id))
        ground.at[0] += 10
        await ground.press(action, first.id)
        made = (await ground.children(first.id))[before:]
        offer = offers.get(action.value.removeprefix("fit_"))
        if offer is None:  # no such button was shown: what was typed is asked for again, and is as dear as before
            assert all(one.state is RequestState.REFUSED for one in made)
            continue
        [child] = made
        assert (child.state, child.size, child.quality, child.count) == (
            RequestState.QUEUED,
            offer.size,
            offer.quality,
            offer.count,
        )
        await ground.press(A.CANCEL, child.id)


@pytest.mark.parametrize("action", [A.NEAREST, A.FIT_FEWER])
async def test_a_button_that_no_refusal_offered_changes_no_option(ground: Ground, action: ActionName) -> None:
    for first in (await ground.asked(""), await ground.drawn(count=2)):
        await ground.press(action, first.id)
        [child] = await ground.children(first.id)
        if first.state is RequestState.ANSWERED:
            assert (child.size, child.quality, child.count) == (first.size, first.quality, first.count)
        else:
            assert child.state is RequestState.REFUSED
