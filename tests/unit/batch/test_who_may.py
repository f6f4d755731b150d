"""Who may do what with a batch, on every button and form: its owner, moderators of its community, and nobody else."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.batch import steps
from bot.batch.steps import BatchProblem
from bot.chat.views import Act, ActionName, Form, Reply
from bot.core import Visitor
from bot.domain.batches import Batch, BatchState, ItemState
from bot.domain.requests import Person
from bot.ledger import batch_item_rows, batch_rows
from bot.texts import text
from tests.unit.batch.kit import DOLLAR, OWNER, items, reach, state
from tests.unit.batch.test_actions import proposed, started
from tests.world import World, world

A = ActionName
OWNERS = (A.BATCH_START, A.BATCH_RAISE, A.BATCH_REDRAW, A.BATCH_RETRY, A.BATCH_FINISH, A.BATCH_FINISH_NOW, A.BATCH_FINISH_HALF)
MODERATORS = (A.BATCH_PAUSE, A.BATCH_RESUME, A.BATCH_STOP, A.BATCH_PICK, A.BATCH_REJECT)
FORMS = (A.BATCH_PICK, A.BATCH_REJECT, A.BATCH_REDRAW, A.BATCH_RAISE)
TURNED_AWAY = ("batch.only_owner", "batch.only_owner_and_moderators", "batch.gone")


@contextlib.asynccontextmanager
async def stands(folder: Path) -> AsyncIterator[tuple[World, Batch]]:
    async with world(folder) as there:
        yield there, await proposed(there)


async def turned_away(there: World, batch: Batch, action: ActionName, person: str, *, form: bool = False, **where: str) -> str | None:
    """Why somebody may not; None if they may."""
    there.events += 1
    press = Act(f"press:{there.events}", person, person.title(), "test", "home", "imagine", action, batch.id, {"numbers": "1"})
    press = dataclasses.replace(press, **where)  # type: ignore[arg-type]
    reply = await (there.bot.core.form(press) if form else there.bot.core.act(press))
    return None if isinstance(reply, Form) else next((key for key in TURNED_AWAY if reply.text == text(key)), None)


async def test_money_is_its_owners_and_everything_else_also_the_moderators(tmp_path: Path) -> None:
    async with stands(tmp_path) as (there, batch):
        found = {
            (action, person): await turned_away(there, batch, action, person)
            for person in ("ben", "mia", "olu", "ana")
            for action in (*OWNERS, *MODERATORS)
        }
        for action in OWNERS:
            assert [found[action, one] for one in ("ben", "mia", "olu", "ana")] == ["batch.only_owner"] * 3 + [None], action
        for action in MODERATORS:
            expected = ["batch.only_owner_and_moderators", None, None, None]
            assert [found[action, one] for one in ("ben", "mia", "olu", "ana")] == expected, action


async def test_a_form_opens_for_those_who_may_send_it(tmp_path: Path) -> None:
    async with stands(tmp_path) as (there, batch):
        for action in FORMS:
            for person in ("ben", "mia", "olu", "ana"):
                assert await turned_away(there, batch, action, person, form=True) == await turned_away(there, batch, action, person)


@pytest.mark.parametrize("action", [A.BATCH_START, A.BATCH_STOP, A.BATCH_PICK])
async def test_elsewhere_its_owner_is_known_and_no_moderator(tmp_path: Path, action: ActionName) -> None:
    async with stands(tmp_path) as (there, batch):
        assert await turned_away(there, batch, action, "mia", community="elsewhere") is not None
        for person in ("mia", "ana"):
            assert await turned_away(there, batch, action, person, platform="other") == "batch.gone"
        assert await turned_away(there, batch, action, "ana", community="elsewhere") is None


async def test_only_those_who_may_look_learn_that_it_exists(tmp_path: Path) -> None:
    async with stands(tmp_path) as (there, batch):

        async def sees(person: str, platform: str = "test", community: str = "home", number: int = batch.number) -> bool:
            view = await there.bot.core.batch(Visitor(platform, community, "imagine", person), number)
            return view.title != text("batch.unknown", batch=number)

        assert [await sees(one) for one in ("ana", "mia", "olu", "ben")] == [True, True, True, False]
        assert [await sees(one, community="elsewhere") for one in ("ana", "mia", "olu")] == [True, False, False]
        assert [await sees(one, platform="other") for one in ("ana", "mia")] == [False, False]
        assert not await sees("ana", number=batch.number + 1)


async def test_a_batch_without_its_owners_words_is_gone_for_everybody(tmp_path: Path) -> None:
    async with stands(tmp_path) as (there, batch):
        await there.bot.ledger.write(lambda tx: batch_rows.forget(tx, batch))
        for person in ("ana", "mia"):
            assert await turned_away(there, batch, A.BATCH_STOP, person) == "batch.gone"
            view = await there.bot.core.batch(Visitor("test", "home", "imagine", person), batch.number)
            assert view.title == text("batch.unknown", batch=batch.number)


async def test_a_press_that_is_delivered_twice_counts_once(tmp_path: Path) -> None:
    async with stands(tmp_path) as (there, batch):
        assert "has begun" in await there.press(A.BATCH_START, batch.id, key="twice")
        assert await there.press(A.BATCH_STOP, batch.id, key="twice") == text("reply.already_done")


async def finishes(there: World, batch: Batch, *picked: int, **plan: object) -> tuple[Batch, int, int]:
    def body(tx):  # type: ignore[no-untyped-def]
        now = steps.must_exist(tx.connection, batch.id)
        for number in picked:
            steps.pick(tx, now, number, 0, OWNER)
        return steps.finish(tx, now, there.bot.core.rules, **plan)

    return await there.bot.ledger.write(body)  # type: ignore[no-any-return]


async def test_nothing_is_finished_that_nobody_picked_or_was_not_offered(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        with pytest.raises(BatchProblem, match="nothing_picked"):
            await finishes(there, batch)
        with pytest.raises(BatchProblem, match="no_half_price"):
            await finishes(there, batch, 1, half_price=True)
        await there.press(A.BATCH_PICK, batch.id, values={"numbers": "1"})
        drawn = len(there.service.calls)
        for action in (A.BATCH_FINISH_NOW, A.BATCH_FINISH_HALF):
            await there.bot.ledger.write(lambda tx: batch_rows.mark(tx, batch.id, facts={}))
            reply = await there.reply(action, batch.id)
            assert (reply.view is not None, (await state(there, batch)).state) == (True, BatchState.DRAFTED)
        assert len(there.service.calls) == drawn


@pytest.mark.parametrize(("shown", "finished"), [(0, True), (-1, False), (1, True)])
async def test_a_price_above_the_shown_one_is_shown_again(tmp_path: Path, shown: int, finished: bool) -> None:
    async with world(tmp_path) as there:
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        await there.press(A.BATCH_PICK, batch.id, values={"numbers": "1"})
        await there.press(A.BATCH_FINISH, batch.id)
        offered = (await state(there, batch)).facts["offered"]
        assert isinstance(offered, int)
        await there.bot.ledger.write(lambda tx: batch_rows.mark(tx, batch.id, facts={"offered": offered + shown}))
        reply = await there.reply(A.BATCH_FINISH_NOW, batch.id)
        assert (reply.changed, reply.view is None) == (finished, finished)


async def test_who_decided_about_a_draft_and_why_is_kept(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        await there.press(A.BATCH_PICK, batch.id, "mia", {"numbers": "1"})
        await there.press(A.BATCH_REJECT, batch.id, "ana", {"numbers": "2", "reason": " too\n dark "})
        first, second, third = await items(there, batch)
        assert (first.state, first.decided_by, first.decided_name, first.note) == (ItemState.PICKED, "mia", "Mia", "")
        assert (second.state, second.decided_by, second.note, second.picked) == (ItemState.REJECTED, "ana", "too dark", "")
        assert (third.state, third.decided_by) == (ItemState.DRAWN, "")
        assert first.picked
        assert first.decided_at is not None


async def test_numbers_that_are_no_draft_change_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        for values, words in (
            ({"numbers": "1 1b"}, text("batch.no.no_draft", number=1)),
            ({"numbers": " "}, text("batch.no.no_numbers")),
            ({"numbers": "4"}, text("batch.no.label", value="4", last=3)),
        ):
            assert await there.press(A.BATCH_PICK, batch.id, values=values) == words
        assert {one.state for one in await items(there, batch)} == {ItemState.DRAWN}
        for typed in ("ALL", "*"):
            await there.press(A.BATCH_PICK, batch.id, values={"numbers": typed})
            assert {one.state for one in await items(there, batch)} == {ItemState.PICKED}
            await there.press(A.BATCH_REJECT, batch.id, values={"numbers": "all", "reason": "no"})


async def test_after_its_stop_nothing_is_decided_or_drawn(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        await there.press(A.BATCH_STOP, batch.id)
        drawn = len(there.service.calls)
        for action in (A.BATCH_PICK, A.BATCH_REDRAW, A.BATCH_RESUME, A.BATCH_RETRY, A.BATCH_START, A.BATCH_PAUSE):
            await there.press(action, batch.id, values={"numbers": "1"})
        assert {one.state for one in await items(there, batch)} == {ItemState.DRAWN}
        assert ((await state(there, batch)).state, len(there.service.calls)) == (BatchState.STOPPED, drawn)


async def test_a_topic_that_failed_in_a_stopped_batch_is_not_tried_again(tmp_path: Path) -> None:
    async with stands(tmp_path) as (there, batch):

        def body(tx):  # type: ignore[no-untyped-def]
            for one in batch_item_rows.of_batch(tx.connection, batch.id):
                batch_item_rows.mark(tx, one, state=ItemState.FAILED.value, reason="auth_invalid_key", tries=1)
            stopped = steps.stop(tx, batch)
            with pytest.raises(BatchProblem, match="state_stopped"):
                steps.resume(tx, stopped, there.bot.core.rules)

        await there.bot.ledger.write(body)


@pytest.mark.parametrize(
    ("reason", "tries", "again", "due"),
    [
        ("auth_invalid_key", 1, False, True),
        ("auth_invalid_key", 2, False, False),
        ("auth_invalid_key", 2, True, True),
        ("server_error", 1, False, False),
        ("server_error", 9, True, True),
        ("interrupted", 1, False, False),
        ("interrupted", 1, True, True),
        ("safety_prompt", 1, True, False),
        ("safety_account_flagged", 1, True, False),
        ("unsupported_size", 1, True, False),
    ],
)
async def test_going_on_draws_what_was_mended_and_only_a_retry_what_else_may_work(
    tmp_path: Path, reason: str, tries: int, again: bool, due: bool
) -> None:
    async with stands(tmp_path) as (there, batch):

        def body(tx):  # type: ignore[no-untyped-def]
            for one in batch_item_rows.of_batch(tx.connection, batch.id):
                batch_item_rows.mark(tx, one, state=ItemState.FAILED.value, reason=reason, tries=tries)
            batch_rows.mark(tx, batch.id, state=BatchState.PAUSED.value, refused=2, reason="operator", facts={"kind": reason})
            now = steps.resume(tx, steps.must_exist(tx.connection, batch.id), there.bot.core.rules, again=again)
            return now, [one.state for one in batch_item_rows.of_batch(tx.connection, batch.id)]

        now, found = await there.bot.ledger.write(body)
        assert (now.state, now.refused, now.reason, now.facts) == (BatchState.RUNNING, 0, "", {})
        assert found == [ItemState.DRAFT if due else ItemState.FAILED] * 3


async def test_new_limits_replace_only_those_that_are_named(tmp_path: Path) -> None:
    async with stands(tmp_path) as (there, batch):

        def limits(tx, **values):  # type: ignore[no-untyped-def]
            plan = steps.resume(tx, steps.must_exist(tx.connection, batch.id), there.bot.core.rules, **values).plan
            return plan.max_pictures, plan.budget

        pictures, budget = batch.plan.max_pictures, batch.plan.budget
        write = there.bot.ledger.write
        assert await write(lambda tx: limits(tx)) == (pictures, budget)
        assert await write(lambda tx: limits(tx, max_pictures=7)) == (7, budget)
        assert await write(lambda tx: limits(tx, budget=9 * DOLLAR)) == (7, 9 * DOLLAR)


async def test_a_second_person_of_the_same_name_is_not_its_owner(tmp_path: Path) -> None:
    async with stands(tmp_path) as (there, batch):
        assert batch.person == Person("ana", "Ana")
        reply = await there.bot.core.act(Act("x", "ana2", "Ana", "test", "home", "imagine", A.BATCH_START, batch.id))
        assert isinstance(reply, Reply)
        assert reply.text == text("batch.only_owner")
