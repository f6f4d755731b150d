"""From stored to queued, held or turned down: what is checked, in which order, and what is written."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from bot.budgets import Limits
from bot.chat.views import ActionName, Audience
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Lineage, Origin, Person, Place, Request, Submission
from bot.ledger import settings_rows
from bot.ledger.store import Tx, Wake
from bot.ledger.tables import blocked_members, blocked_prompts
from bot.prompts.normalise import fingerprint
from bot.requests.accept import RAW_PROMPT, accept
from bot.requests.rules import Question
from bot.requests.submit import store_submission
from tests.unit.requests.ground import NOON, Ground

A = ActionName


async def settings(ground: Ground, **values: object) -> None:
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", values, "olu"))


async def refused(ground: Ground, prompt: str = "a red bicycle", **options: object) -> Refusal:
    request = await ground.received(prompt, **options)
    found = await ground.accept(request)
    assert isinstance(found, Refusal)
    row = await ground.row(request)
    assert (row.state, row.answered_at) == (RequestState.REFUSED, ground.at[0])
    assert row.refusal == found
    assert await ground.shown(request)
    return found


async def stop(ground: Ground, until: float, by: str = "olu", person: str = "ana", community: str = "home") -> None:
    row = {"community": community, "person": person, "until": until, "by": by}
    await ground.ledger.write(lambda tx: tx.connection.execute(blocked_members.insert().values(row)))


async def block(ground: Ground, prompt: str, person: str, case_id: str = "", until: float = 60.0, community: str = "home") -> None:
    row = {"community": community, "fingerprint": fingerprint(prompt), "person": person, "case_id": case_id, "until": ground.at[0] + until}
    await ground.ledger.write(lambda tx: tx.connection.execute(blocked_prompts.insert().values(row)))


# ---- taken ---------------------------------------------------------------------------------------------------------------------


async def test_what_is_taken_waits_from_now_on_with_cleaned_words_and_checked_options(ground: Ground) -> None:
    request = await ground.received("  a \u200bred bicycle ", size="1536X1024", quality="low", count="2")
    ground.at[0] += 5
    ground.wakes.clear()
    found = await ground.accept(request)
    row = await ground.row(request)
    assert found == row
    assert (row.state, row.prompt, row.fingerprint) == (RequestState.QUEUED, "a red bicycle", fingerprint("a red bicycle"))
    assert (row.model, row.size, row.quality, row.count) == (ground.rules.model.id, "1536x1024", "low", 2)
    assert (row.due_at, row.deadline_at) == (NOON + 5, NOON + 5 + ground.rules.deadline)
    assert Wake("request", request, ground.at[0]) in ground.wakes
    assert await ground.accept(request) is None
    assert await ground.accept("2222222222222222") is None
    assert await ground.row(request) == row


@pytest.mark.parametrize(("private", "seen_by"), [(False, Audience.CHANNEL), (True, Audience.MEMBER)])
async def test_it_is_shown_in_the_channel_or_to_its_member_alone(ground: Ground, private: bool, seen_by: Audience) -> None:
    request = await ground.asked(private=private)
    [message] = (await ground.shown(request.id)).values()
    assert (message.message.audience, message.message.person) == (seen_by, "ana" if private else None)


async def test_a_published_private_request_changes_in_both_places(ground: Ground) -> None:
    request = await ground.drawn(private=True)
    await ground.press(A.PUBLISH, request.id)
    before = {audience: one.wanted for audience, one in (await ground.shown(request.id)).items()}
    assert set(before) == {Audience.MEMBER, Audience.CHANNEL}
    await ground.press(A.DELETE, request.id)
    assert all(one.wanted > before[audience] for audience, one in (await ground.shown(request.id)).items())


@pytest.mark.parametrize(
    ("own", "typed", "expected"),
    [
        ({}, {}, ("1024x1024", "medium")),
        ({"size": "1536x1024", "quality": "high"}, {}, ("1536x1024", "high")),
        ({"size": "1536x1024", "quality": "high"}, {"size": "1024x1536", "quality": "low"}, ("1024x1536", "low")),
    ],
)
async def test_what_was_typed_comes_before_the_communitys_and_the_operators_own(
    ground: Ground, own: dict[str, object], typed: dict[str, str], expected: tuple[str, str]
) -> None:
    ground.rules = dataclasses.replace(ground.rules, default_quality="medium")
    await settings(ground, **own)
    request = await ground.asked(**typed)
    assert (request.size, request.quality) == expected


# ---- turned down ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "options", "reason"),
    [
        ("", {}, "prompt_empty"),
        (" \u200b\n", {}, "prompt_empty"),
        ("...", {}, "prompt_empty"),
        ("？！", {}, "prompt_empty"),
        ("a \ud800 cat", {}, "unreadable"),
        ("a cat", {"size": "17x17"}, "unsupported_size"),
        ("a cat", {"quality": "splendid"}, "unsupported_quality"),
        ("a cat", {"count": "99"}, "unsupported_count"),
        ("a cat", {"count": "some"}, "unsupported_count"),
    ],
)
async def test_what_cannot_be_sent_is_named(ground: Ground, prompt: str, options: dict[str, str], reason: str) -> None:
    found = await refused(ground, prompt, **options)
    assert found.reason == reason
    if reason.startswith("unsupported"):
        assert found.facts["value"] == next(iter(options.values()))
        assert found.facts["allowed"]
        assert any("×" in str(one) for one in list(found.facts["allowed"])) == (reason == "unsupported_size")  # type: ignore[arg-type]
        assert found.nearest is not None
        labelled = found.nearest.label != found.nearest.value
        assert labelled == (reason == "unsupported_size")


async def test_a_prompt_is_kept_up_to_a_bound(ground: Ground) -> None:
    request = await ground.received("x" * (RAW_PROMPT + 1))
    assert len((await ground.row(request)).prompt) == RAW_PROMPT
    assert isinstance(await ground.accept(request), Refusal)


async def test_what_no_encoding_carries_is_marked_also_in_names_and_options(ground: Ground) -> None:
    where = Place("test", "home", "imagine")
    typed = Submission(Person("ana", "An\ud800a"), where, "a \ud800cat\0", size="\ud800", quality="q" * 200, count="9" * 200)
    await ground.ledger.write(lambda tx: store_submission(tx, "made", "event", typed, ground.rules))
    row = await ground.row("made")
    assert (row.person.name, row.prompt) == ("An?a", "a ?cat")
    assert row.typed == {"size": "?", "quality": "q" * 100, "count": "9" * 100, "unreadable": True}
    assert await ground.accept("made") == Refusal("unreadable")


async def test_the_same_event_is_stored_once(ground: Ground) -> None:
    first = await ground.received("a cat")
    submission = (await ground.row(first)).place

    def again(tx: Tx) -> str | None:
        return store_submission(tx, tx.new_id(), f"event of {first}", Submission(Person("ben"), submission, "a dog"), ground.rules)

    assert await ground.ledger.write(again) == first
    assert (await ground.row(first)).prompt == "a cat"


@pytest.mark.parametrize(
    ("allowed", "community", "served"),
    [
        ({}, "home", True),
        ({"test": frozenset({"home"})}, "home", True),
        ({"test": frozenset({"home"})}, "away", False),
        ({"test": frozenset({"home"})}, "dm:ana", True),
        ({"other": frozenset({"away"})}, "home", True),
        ({"test": frozenset()}, "away", True),
    ],
)
async def test_communities(ground: Ground, allowed: dict[str, frozenset[str]], community: str, served: bool) -> None:
    ground.rules = dataclasses.replace(ground.rules, allowed=allowed)
    place = Place("test", community, "imagine")
    if served:
        assert (await ground.asked(place=place)).state is RequestState.QUEUED
    else:
        assert (await refused(ground, place=place)).reason == "community_not_allowed"


@pytest.mark.parametrize(
    ("channels", "community", "channel", "served"),
    [
        (["imagine"], "home", "imagine", True),
        (["art", "imagine"], "home", "imagine", True),
        (["art"], "home", "imagine", False),
        ([], "home", "imagine", True),
        ("art", "home", "imagine", True),
        (["art"], "away", "imagine", True),
    ],
)
async def test_channels(ground: Ground, channels: object, community: str, channel: str, served: bool) -> None:
    await settings(ground, channels=channels)
    place = Place("test", community, channel)
    if served:
        assert (await ground.asked(place=place)).state is RequestState.QUEUED
    else:
        found = await refused(ground, place=place)
        assert (found.reason, found.facts) == ("channel_not_allowed", {"channels": channels})


async def test_channels_that_direct_messages_of_that_name_would_have_are_no_matter(ground: Ground) -> None:
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "dm:ana", {"channels": ["art"]}, "olu"))
    assert (await ground.asked(place=Place("test", "dm:ana", "d1"))).state is RequestState.QUEUED


@pytest.mark.parametrize(("by", "reason"), [("olu", "member_blocked"), ("cool_down", "cool_down")])
@pytest.mark.parametrize("left", [-1.0, 0.0, 1.0])
async def test_who_is_stopped_is_stopped_here_and_until_then(ground: Ground, by: str, reason: str, left: float) -> None:
    await stop(ground, NOON + left, by)
    if left > 0:
        assert await refused(ground) == Refusal(reason, until=NOON + left)
    else:
        assert (await ground.asked()).state is RequestState.QUEUED
    assert (await ground.asked(person="ben")).state is RequestState.QUEUED
    assert (await ground.asked(place=Place("test", "away", "imagine"))).state is RequestState.QUEUED


@pytest.mark.parametrize(("by", "state"), [("olu", RequestState.REFUSED), ("cool_down", RequestState.QUEUED)])
async def test_a_moderators_wording_passes_a_pause_and_no_moderators_stop(ground: Ground, by: str, state: RequestState) -> None:
    await stop(ground, NOON + 60, by)

    def offered(tx: Tx) -> Request | Refusal | None:
        asked = Submission(Person("ana"), Place("test", "home", "imagine"), "a meadow")
        store_submission(tx, "rewrite", "event", asked, ground.rules, Lineage(Origin.REWRITE))
        return accept(tx, "rewrite", ground.rules, ground.open_case)

    await ground.ledger.write(offered)
    assert (await ground.row("rewrite")).state is state


@pytest.mark.parametrize(("most", "taken"), [(1, 1), (2, 2), (None, 3)])
async def test_so_many_at_once(ground: Ground, most: int | None, taken: int) -> None:
    ground.rules = dataclasses.replace(ground.rules, max_unfinished=most)
    # The one that is being accepted is stored already, and counts.
    states = [(await ground.asked(f"bicycle {number}")).state for number in range(3)]
    assert states.count(RequestState.QUEUED) == taken
    if most is not None:
        assert await refused(ground) == Refusal("too_many_waiting", {"limit": most})
    assert (await ground.asked(person="ben")).state is RequestState.QUEUED


@pytest.mark.parametrize("spare", [-1, 0])
async def test_a_budget_is_looked_at_before_anything_is_sent(ground: Ground, spare: int) -> None:
    cost = ground.rules.highest_cost("1024x1024", "low", 2, "a red bicycle")
    ground.rules = dataclasses.replace(ground.rules, limits=Limits(member_month=cost + spare))
    options = {"size": "1024x1024", "quality": "low", "count": 2}
    if spare < 0:
        found = await refused(ground, **options)
        assert found.reason == "budget"
        assert found.budget is not None
        assert (found.budget.scope, found.budget.period, found.budget.unit) == ("member", "month", "money")
        assert (found.budget.left, found.budget.limit) == (cost - 1, cost - 1)
    else:
        assert (await ground.asked(**options)).state is RequestState.QUEUED


async def test_a_communitys_own_budget_counts(ground: Ground) -> None:
    await settings(ground, budget_member_day=1)
    found = await refused(ground)
    assert found.budget is not None
    assert found.budget.limit == 1


# ---- blocked before --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "case_id", "opens"), [("ana", "case 7", False), ("ana", "", True), ("ben", "case 7", True), ("ben", "", True)]
)
async def test_a_wording_that_was_blocked_here_is_not_sent_and_somebody_looks_at_it(
    ground: Ground, person: str, case_id: str, opens: bool
) -> None:
    await block(ground, "a RED bicycle!", person, case_id)
    request = await ground.received("a red bicycle")
    found = await ground.accept(request)
    expected = f"case of {request}" if opens else case_id
    assert found == Refusal("blocked_before", {"case_id": expected})
    assert ground.opened == ([request] if opens else [])
    row = await ground.row(request)
    assert (row.state, row.case_id, row.prompt, row.fingerprint) == (
        RequestState.REFUSED,
        expected,
        "a red bicycle",
        fingerprint("a red bicycle"),
    )
    assert row.answered_at == NOON
    assert row.refusal == Refusal("blocked_before", {"case_id": expected})
    assert await ground.shown(request)


@pytest.mark.parametrize(("left", "community"), [(0.0, "home"), (60.0, "away")])
async def test_a_block_of_elsewhere_or_of_yesterday_is_no_matter(ground: Ground, left: float, community: str) -> None:
    await block(ground, "a red bicycle", "ana", until=left, community=community)
    assert (await ground.asked()).state is RequestState.QUEUED


async def test_a_case_that_cannot_be_opened_lets_nothing_out(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ground, "open_case", lambda *_: None)
    await block(ground, "a red bicycle", "ben")
    request = await ground.asked()
    assert (request.state, request.case_id) == (RequestState.REFUSED, None)


# ---- a question first --------------------------------------------------------------------------------------------------------------


def asks(prompt: str) -> Question | None:
    return Question("email", cleaned="a cat", facts={"found": "an address"}) if "@" in prompt else None


async def test_doubtful_words_are_held_for_a_while(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, lint=asks)
    request = await ground.received("mail to ana@example.org")
    ground.wakes.clear()
    found = await ground.accept(request)
    row = await ground.row(request)
    assert isinstance(found, Request)
    assert (found.state, found.refusal) == (row.state, row.refusal)
    assert (row.state, row.deadline_at) == (RequestState.AWAITING_MEMBER, NOON + ground.rules.held_for)
    assert row.refusal == Refusal("email", {"found": "an address"}, cleaned="a cat")
    assert row.fingerprint == fingerprint("mail to ana@example.org")
    assert Wake("request", request, NOON + ground.rules.held_for) in ground.wakes
    assert await ground.shown(request)
    assert (await ground.asked("a cat")).state is RequestState.QUEUED


@pytest.mark.parametrize(("origin", "state"), [(Origin.REWRITE, RequestState.QUEUED), (Origin.EDIT, RequestState.AWAITING_MEMBER)])
async def test_what_the_member_was_shown_and_accepted_is_not_asked_about_again(ground: Ground, origin: Origin, state: RequestState) -> None:
    ground.rules = dataclasses.replace(ground.rules, lint=asks)

    def body(tx: Tx) -> None:
        asked = Submission(Person("ana"), Place("test", "home", "imagine"), "mail to ana@example.org")
        store_submission(tx, "made", "event", asked, ground.rules, Lineage(origin))
        accept(tx, "made", ground.rules, ground.open_case)

    await ground.ledger.write(body)
    assert (await ground.row("made")).state is state


@pytest.mark.parametrize(("prompt", "unquoted"), [("mail to ana@example.org", True), ("a cat", False)])
async def test_doubtful_words_are_not_quoted_because_the_size_was_wrong(ground: Ground, prompt: str, unquoted: bool) -> None:
    ground.rules = dataclasses.replace(ground.rules, lint=asks)
    request = await ground.asked(prompt, size="17x17")
    assert request.refusal is not None
    assert request.refusal.unquoted is unquoted
    assert not (await ground.ledger.read(lambda c: c.execute(select(blocked_prompts)).all()))


@pytest.mark.parametrize(
    ("prompt", "agreed", "refusal"),
    [
        ("mail to ana@example.org", False, Refusal("cancelled", unquoted=True)),
        ("a cat", False, None),
        ("mail to ana@example.org", True, None),
    ],
)
async def test_words_that_nobody_was_asked_about_are_not_quoted_after_cancel(
    ground: Ground, prompt: str, agreed: bool, refusal: Refusal | None
) -> None:
    request = await ground.received(prompt)
    if agreed:
        await ground.accept(request)
    ground.rules = dataclasses.replace(ground.rules, lint=asks)
    await ground.press(ActionName.CANCEL, request)
    row = await ground.row(request)
    assert (row.answer, row.refusal) == (Answer.CANCELLED, refusal)


async def test_a_batch_is_asked_nothing_and_waits_for_no_tiers_pause(ground: Ground) -> None:
    ground.rules = dataclasses.replace(ground.rules, lint=asks)
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {"pause": 60, "tier": "Slow"}, "olu"))
    doubtful, plain, further = [await ground.asked(one, batch="b") for one in ("mail to ana@example.org", "a cat", "a dog")]
    assert doubtful.refusal is not None
    assert (doubtful.state, doubtful.refusal.reason) == (RequestState.REFUSED, "batch_question")
    assert [plain.state, further.state] == [RequestState.QUEUED] * 2
    assert (await ground.asked("mail to bea@example.org")).state is not RequestState.REFUSED
