"""Look before publishing: the member sees a result first, and others only once somebody let them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, true, update

from bot.chat.views import ActionName, Audience, Form, Reply, View
from bot.core import Received
from bot.domain.case_states import CaseState
from bot.domain.requests import Person, Place, Request, Submission
from bot.ledger import case_rows, request_rows, settings_rows
from bot.ledger.case_rows import Case
from bot.ledger.tables import audit, cases
from bot.moderation.timeouts import EXPIRY, REMINDERS
from tests.unit.requests.test_picture_changes import Stage, stage
from tests.world import BLOCK, bad

A = ActionName


async def set_to(s: Stage, community: str = "home", **values: object) -> None:
    await s.world.bot.ledger.write(lambda tx: settings_rows.replace(tx, "test", community, values, "olu"))


@contextlib.asynccontextmanager
async def reviewed(folder: Path, **values: object) -> AsyncIterator[tuple[Stage, str]]:
    """A community that reviews results, and a result of Ana's."""
    async with stage(folder) as s:
        await set_to(s, **{"results": "reviewed", **values})
        made = await s.result()
        yield s, made


def public(s: Stage, request_id: str) -> View | None:
    return s.world.chat.about(f"request:{request_id}", Audience.CHANNEL)


async def case_of(s: Stage, request_id: str) -> Case:
    """The newest case about publishing a result."""

    def look(connection: Any) -> Case | None:
        request = request_rows.get(connection, request_id)
        return None if request is None else case_rows.get(connection, request.review)

    found = await s.world.bot.ledger.read(look)
    assert found is not None
    return found


async def card(s: Stage, case: Case, words: str) -> View:
    await s.world.until(lambda: words in str(s.world.chat.about(f"case:{case.id}")))
    view = s.world.chat.about(f"case:{case.id}", Audience.MODERATORS)
    assert view is not None
    return view


async def asked(s: Stage, request_id: str) -> Case:
    reply = await s.press(A.PUBLISH, request_id)
    assert reply.changed, reply.text
    return await case_of(s, request_id)


async def events(s: Stage, case: Case) -> list[tuple[str, str, str]]:
    rows = await s.world.bot.ledger.read(lambda c: c.execute(select(audit).where(audit.c.case_id == case.id).order_by(audit.c.seq)).all())
    return [(row.event, row.actor, row.outcome) for row in rows]


async def test_a_result_is_published_once_a_moderator_has_looked(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as (s, made):
        seen = s.world.chat.about(f"request:{made}", Audience.MEMBER)
        assert seen is not None
        assert "Ask to publish" in [one.label for one in seen.buttons]
        assert public(s, made) is None
        case = await asked(s, made)
        shown = await card(s, case, "asks to publish")
        assert [one.sha256 for one in shown.pictures] == [one.sha256 for one in seen.pictures]
        assert [one.label for one in shown.buttons] == ["Claim", "Comment", "Show prompt"]
        again = await s.press(A.PUBLISH, made)
        assert (again.text, again.changed) == (f"A reviewer already has it (case {case.number}). You'll hear what they decide.", False)

        assert (await s.press(A.CASE_PUBLISH, case.id, person="mia")).text.startswith("Claim case")
        assert (await s.press(A.CASE_CLAIM, case.id, person="ana")).text.startswith("Only moderators")
        assert (await s.press(A.CASE_CLAIM, case.id, person="mia")).changed
        claimed = await card(s, case, "is deciding")
        assert [one.label for one in claimed.buttons][:3] == ["Publish it", "Send it back", "Release"]
        assert (await s.press(A.CASE_PUBLISH, case.id, person="noor")).text.startswith("Mia has case")
        assert public(s, made) is None
        assert (await s.press(A.CASE_PUBLISH, case.id, person="mia")).text == f"Published. Case {case.number} is closed."
        await s.world.until(lambda: public(s, made) is not None)
        view = public(s, made)
        assert view is not None
        assert len(view.pictures) == 1
        assert any(one.startswith("Made for Ana with gpt-image-2, ") and "published by Mia." in one for one in view.text)
        assert not (await card(s, case, "published by Mia")).pictures
        assert (await s.press(A.CASE_PUBLISH, case.id, person="mia")).text.startswith("Case")
        done = [one for one in await events(s, case) if one[2] == "done"]
        assert done == [("review", "ana", "done"), ("claim", "mia", "done"), ("publish", "mia", "done")]


async def test_a_review_reminds_and_ends_at_the_times_of_every_case(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as (s, made):
        case = await asked(s, made)
        assert case.expires_at - case.due_at == EXPIRY - REMINDERS[0]


async def test_it_is_sent_back_with_words_and_can_be_asked_again(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as (s, made):
        case = await asked(s, made)
        await s.press(A.CASE_CLAIM, case.id, person="mia")
        form = await s.world.form(A.CASE_DENY, case.id, person="mia")
        assert isinstance(form, Form)
        assert (form.title, form.fields[1].label) == (f"Send it back, case {case.number}", "What should change? (optional)")
        said = await s.press(A.CASE_DENY, case.id, person="mia", reason="rules", note="Please without the slogan")
        assert said.text.startswith("Sent back.")
        back = "Your result was sent back"
        await s.world.until(lambda: any(view.title.startswith(back) for view in s.world.chat.now.values()))
        told = next(view for view in s.world.chat.now.values() if view.title.startswith(back))
        assert [one.value for one in told.facts] == ["Please without the slogan"]
        assert not told.buttons
        assert (await s.press(A.APPEAL, case.id, why="but")).changed is False
        assert public(s, made) is None
        second = await asked(s, made)
        assert second.id != case.id
        assert (await case_of(s, made)).state is CaseState.OPEN


async def test_nobody_decides_in_time_and_it_stays_private(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as (s, made):
        case = await asked(s, made)
        bot = s.world.bot

        def late(tx: Any) -> None:
            tx.connection.execute(update(cases).where(cases.c.id == case.id).values(expires_at=tx.now - 1, due_at=tx.now - 1))
            bot.moderation.sweep(tx)

        await bot.ledger.write(late)
        assert (await case_of(s, made)).state is CaseState.CLOSED_EXPIRED
        await s.world.until(lambda: any(one.title.startswith("Your result wasn't published") for one in s.world.chat.now.values()))
        assert public(s, made) is None
        assert (await s.press(A.CASE_CLAIM, case.id, person="mia")).changed is False
        assert (await asked(s, made)).id != case.id


async def test_members_publish_themselves_where_results_are_theirs_first(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await set_to(s, results="private")
        made = await s.result()
        assert public(s, made) is None
        assert (await s.press(A.PUBLISH, made)).text == "Published to the channel."
        await s.world.until(lambda: public(s, made) is not None)
        view = public(s, made)
        assert view is not None
        assert any(one.startswith("Made for Ana with gpt-image-2, ") and "look by" not in one for one in view.text)


async def test_whatever_is_made_from_a_result_is_private_too(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as (s, made):
        for action, values in ((A.AGAIN, {}), (A.EDIT, {"prompt": "a blue one", "private": "false"})):
            await s.press(action, made, **values)
        await s.press(A.CANDIDATES, made, prompt="a bicycle", count="2", private="false")
        await s.press(A.USE_AS_REFERENCE, made, prompt="a bicycle", private="false")
        rows: list[Request] = list(await s.world.bot.ledger.read(lambda c: request_rows.requests_where(c, true())))
        assert len(rows) == 5
        assert all(one.private for one in rows)


async def test_direct_messages_and_other_communities_are_as_before(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await set_to(s, results="reviewed")
        await set_to(s, "odd", results="something newer")
        for number, (community, private) in enumerate((("dm:ana", False), ("other", False), ("odd", True))):
            asks = Submission(Person("ana"), Place("test", community, "c"), "a bicycle")
            received = await s.world.bot.core.receive(f"e{number}", asks)
            assert isinstance(received, Received)
            row = await s.world.row(received.request_id)
            assert row.private is private
            assert await s.world.bot.core.keeps_private(Place("test", community, "c")) is private


async def test_where_nobody_can_review_nothing_is_published(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await set_to(s, "far", results="reviewed")
        received = await s.world.bot.core.receive("e", Submission(Person("ana"), Place("test", "far", "c"), "a bicycle"))
        assert isinstance(received, Received)
        await s.world.bot.core.accept(received.request_id)
        await s.world.answer(received.request_id)
        said = await s.press(A.PUBLISH, received.request_id)
        assert said.text.startswith("Results are reviewed here before others see them, but nobody is set up")
        assert not said.changed
        assert public(s, received.request_id) is None


async def test_named_reviewers_decide_about_results_alone(tmp_path: Path) -> None:
    async with reviewed(tmp_path, reviewers=["rita"], reviews_channel="reviews") as (s, made):
        case = await asked(s, made)
        await card(s, case, "asks to publish")
        place = next(one.place for one in s.world.chat.messages.values() if one.subject == f"case:{case.id}")
        assert place.channel == "reviews"
        assert (await s.press(A.CASE_CLAIM, case.id, person="ben")).text.startswith("Only moderators")
        assert (await s.press(A.CASE_CLAIM, case.id, person="rita")).changed
        assert (await s.press(A.CASE_BLOCK_MEMBER, case.id, person="rita", pause="3600")).text.startswith("Only moderators")
        assert (await s.press(A.CASE_PUBLISH, case.id, person="rita")).changed
        s.world.service.script.append(bad(BLOCK))
        blocked = await s.world.imagine("something else")
        await s.world.answer(blocked)
        row = await s.world.row(blocked)
        assert (await s.press(A.CASE_CLAIM, row.case_id or "", person="rita")).text.startswith("Only moderators")
        card_of_block = next(one.place for one in s.world.chat.messages.values() if one.subject == f"case:{row.case_id}")
        assert card_of_block.channel == "moderators"


async def test_a_case_has_only_the_buttons_of_its_kind(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as (s, made):
        case = await asked(s, made)
        await s.press(A.CASE_CLAIM, case.id, person="mia")
        for action in (A.CASE_NOT_POLICY, A.CASE_REWRITE, A.CASE_REPHRASE):
            assert (await s.press(action, case.id, person="mia", prompt="x")).text == "That case doesn't exist."
        s.world.service.script.append(bad(BLOCK))
        blocked = await s.world.imagine("something else")
        await s.world.answer(blocked)
        row = await s.world.row(blocked)
        assert row.case_id != case.id  # a block doesn't join a review
        await s.press(A.CASE_CLAIM, row.case_id or "", person="mia")
        assert (await s.press(A.CASE_PUBLISH, row.case_id or "", person="mia")).text == "That case doesn't exist."


async def test_moderators_never_publish_their_own(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await set_to(s, results="reviewed")
        made = await s.world.imagine("a bicycle", person="mia")
        await s.world.answer(made)
        await s.press(A.PUBLISH, made, person="mia")
        case = await case_of(s, made)
        assert (await s.press(A.CASE_CLAIM, case.id, person="mia")).text.startswith("This is about your own request")


async def test_what_a_reviewer_looks_at_stays_as_it_is(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as (s, made):
        ready = await s.preview(A.CROP, made, ratio="1:1")
        case = await asked(s, made)
        for _ in range(2):
            for reply in (
                await s.press(A.USE_CHANGE, ready.buttons[0].row),
                await s.press(A.ADD_TEXT, made, text="Buy now"),
                await s.press(A.CROP, made, ratio="16:9"),
            ):
                assert (reply.changed, reply.text[:22]) == (False, "A reviewer is looking ")
            await s.press(A.CASE_CLAIM, case.id, person="mia")
            await s.press(A.CASE_PUBLISH, case.id, person="mia")
        assert len(await s.pictures(made)) == 1


async def test_a_result_whose_words_are_still_to_be_drawn_is_not_published_without_them(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await set_to(s, results="reviewed")
        s.world.bot.wakeups.on("caption", lambda request_id: None)
        made = await s.result(1, caption="Open today")
        early = await s.press(A.PUBLISH, made)
        assert (early.changed, early.text.startswith("I'm still drawing your text")) == (False, True)
        await s.world.bot.captioning._draw(made)
        case = await asked(s, made)
        assert len((await card(s, case, "asks to publish")).pictures) == 2


async def test_a_deleted_result_leaves_the_card_and_is_not_published(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as (s, made):
        case = await asked(s, made)
        await card(s, case, "asks to publish")
        await s.press(A.CASE_CLAIM, case.id, person="mia")
        await s.press(A.DELETE, made)
        await s.world.until(lambda: not (s.world.chat.about(f"case:{case.id}") or View("")).pictures)
        said = await s.press(A.CASE_PUBLISH, case.id, person="mia")
        assert said.text.startswith("That result isn't there anymore")
        assert public(s, made) is None


async def test_a_restart_changes_nothing_about_a_review(tmp_path: Path) -> None:
    async with reviewed(tmp_path) as (s, made):
        case = await asked(s, made)
        await s.press(A.CASE_CLAIM, case.id, person="mia")
    async with stage(tmp_path) as s:
        assert (await s.press(A.PUBLISH, made)).text.startswith("A reviewer already has it")
        assert (await s.press(A.CASE_PUBLISH, case.id, person="mia")).changed
        await s.world.until(lambda: public(s, made) is not None)


async def test_the_page_of_the_settings(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        row = "settings2results"

        async def press(**values: str) -> Reply:
            return await s.world.reply(A.SETTINGS, row, "olu", values)

        form = await s.world.form(A.SETTINGS, row, "olu")
        assert isinstance(form, Form)
        assert [one.name for one in form.fields] == ["results", "reviewers", "reviews_channel"]
        assert form.fields[0].value == "public"
        assert (await press(results="reviewed", reviewers="<@&role-7>, rita", reviews_channel="#looks")).text == "Saved."
        own = await s.world.bot.ledger.read(lambda c: settings_rows.of_community(c, "test", "home"))
        assert own == {"results": "reviewed", "reviewers": ["role-7", "rita"], "reviews_channel": "looks"}
        assert (await press(results="sometimes")).text.startswith("“sometimes” doesn't work here. You can choose public")
        assert (await press(results="public", reviewers="", reviews_channel="")).changed
        assert await s.world.bot.ledger.read(lambda c: settings_rows.of_community(c, "test", "home")) == {}


@pytest.mark.parametrize("pressed", [A.PUBLISH])
async def test_a_choice_is_not_published_before_one_is_picked(tmp_path: Path, pressed: ActionName) -> None:
    async with stage(tmp_path) as s:
        await set_to(s, results="private")
        made = await s.result()
        await s.press(A.CANDIDATES, made, prompt="a bicycle", count="2")
        rows = await s.world.bot.ledger.read(lambda c: request_rows.requests_where(c, true()))
        child = next(one.id for one in rows if one.parent == made)
        await s.world.answer(child)
        assert (await s.press(pressed, child)).text == "Please pick one first: a choice isn't published."
