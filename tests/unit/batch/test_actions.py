"""Batches in a chat, through the core's doors: the proposal, presses and who may press, messages, contact sheets, restarts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.chat.views import Act, ActionName, Audience, Button, View
from bot.domain.batches import Batch, BatchState, ItemState
from bot.domain.requests import Person, Place
from bot.ledger import batch_rows, memory_rows, picture_rows, settings_rows
from tests.platforms.stage import png
from tests.unit.batch.kit import items, painter, reach, state, until
from tests.world import BLOCK, Service, World, bad, good, world

TOPICS = "a lighthouse\na harbour\na bridge"


async def propose(there: World, topics: str = TOPICS, event: str = "e1", file: tuple[str, bytes] | None = None, **values: str) -> str:
    """Ask for a batch as Ana. Returns the answer."""
    owner = (Person("ana", "Ana"), Place("test", "home", "imagine"))
    return (await there.bot.core.new_batch(event, owner, {"topics": topics, **values}, file)).text


async def proposed(there: World, topics: str = TOPICS, **values: str) -> Batch:
    await propose(there, topics, **values)
    (found,) = await there.bot.ledger.read(lambda c: batch_rows.latest(c, 1))
    return found


async def started(there: World, topics: str = TOPICS, **values: str) -> Batch:
    batch = await proposed(there, topics, **values)
    await there.press(ActionName.BATCH_START, batch.id)
    return batch


async def shown(there: World, batch: Batch, words: str) -> View:
    """The batch's message once it says this."""

    def look() -> View | None:
        view = there.chat.about(f"batch:{batch.id}")
        return view if view is not None and words in said(view) else None

    await there.until(look, 20.0)
    found = look()
    assert found is not None
    return found


def said(view: View) -> str:
    return "\n".join([view.title, *view.text, *(f"{one.label}: {one.value}" for one in view.facts)])


def buttons(view: View) -> dict[ActionName, Button]:
    return {one.action: one for one in view.buttons}


async def test_a_batch_says_its_price_and_draws_nothing_before_its_owner_presses_start(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        batch = await proposed(there, max_pictures="10", budget="$2,50")
        view = await shown(there, batch, "waiting for your start")
        assert "3 topics, one draft of each" in said(view)
        assert "at most $" in said(view)
        assert "Start, for at most $2.50" in [one.label for one in view.buttons]
        assert "person who made this batch" in await there.press(ActionName.BATCH_START, batch.id, "mia")
        assert there.service.calls == []
        for answer in ("has begun", "started before"):
            assert answer in await there.press(ActionName.BATCH_START, batch.id)
        batch = await reach(there, batch, BatchState.DRAFTED)
        assert (batch.plan.max_pictures, batch.plan.budget) == (10, 2_500_000)
        assert len(there.service.calls) == 3


async def test_without_limits_it_may_finish_every_topic_and_not_more(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        batch = await proposed(there, drafts="2")
        assert (batch.plan.max_pictures, batch.plan.drafts) == (9, 2)
        assert 0 < batch.plan.budget < 10_000_000


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"topics": "  \n"}, "no topic in this file"),
        ({"budget": "much"}, "isn't an amount of money"),
        ({"budget": "0.0001"}, "The drafts alone can cost"),
        ({"max_pictures": "2"}, "3 pictures, more than your limit of 2"),
        ({"max_pictures": "-1"}, "isn't a number of pictures"),
        ({"drafts": "9"}, "isn't a number of drafts that works here"),
        ({"template": "a poster"}, "Put {topic} into it"),
        ({"size": "7x7"}, "doesn't draw 7x7"),
    ],
)
async def test_a_wrong_form_is_a_sentence_and_stores_nothing(tmp_path: Path, values: dict[str, str], words: str) -> None:
    async with world(tmp_path) as there:
        assert words in await propose(there, **{"topics": TOPICS, **values})
        assert await there.bot.ledger.read(lambda c: batch_rows.latest(c, 5)) == []
        assert there.chat.all == []


async def test_a_file_is_read_in_its_encoding_and_its_repetitions_are_said(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        content = "topic,style\n灯塔,蓝色\n港口,红色\n港口,红色\n".encode("gb18030")
        await propose(there, "", file=("covers.csv", content))
        (batch,) = await there.bot.ledger.read(lambda c: batch_rows.latest(c, 1))
        view = await shown(there, batch, "gb18030")
        assert "covers.csv" in view.title
        assert "One line repeats another one" in said(view)
        assert [one.prompt for one in await items(there, batch)] == ["灯塔, 蓝色", "港口, 红色"]
        assert "isn't a text file" in await propose(there, "", "e2", file=("a.csv", png()))


async def test_people_choose_on_contact_sheets_and_only_what_they_picked_is_finished(tmp_path: Path) -> None:
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        batch = await reach(there, await started(there, "\n".join(f"topic {n}" for n in range(25))), BatchState.DRAFTED)
        subjects = [f"batchsheet:{batch.id}-{page}" for page in (1, 2)]
        await there.until(lambda: all(there.chat.about(one) for one in subjects), 30.0)
        first, second = (there.chat.about(one) for one in subjects)
        assert first is not None
        assert second is not None
        assert "sheet 1 of 2" in first.title
        assert "20: topic 19" in first.pictures[0].alt
        assert "21: topic 20" in second.pictures[0].alt
        assert "You haven't picked anything yet" in await there.press(ActionName.BATCH_FINISH, batch.id)
        assert "isn't a draft's number" in await there.press(ActionName.BATCH_PICK, batch.id, values={"numbers": "1 99"})
        assert [one.state for one in await items(there, batch)].count(ItemState.PICKED) == 0
        assert "Picked: 1, 2 and 21" in await there.press(ActionName.BATCH_PICK, batch.id, "mia", {"numbers": "1-2 21"})
        await there.until(lambda: there.chat.about(subjects[0]) != first, 20.0)  # marked on the sheet too
        assert "in a few words why" in await there.press(ActionName.BATCH_REJECT, batch.id, values={"numbers": "3"})
        await there.press(ActionName.BATCH_REJECT, batch.id, values={"numbers": "3", "reason": "too dark"})
        view = await shown(there, batch, "too dark")
        assert "Picked: 1, 2 and 21." in said(view)
        there.events += 1
        offer = await there.reply(ActionName.BATCH_FINISH, batch.id)
        assert offer.view is not None
        assert "3 pictures in high quality: up to $" in said(offer.view)
        assert len(service.calls) == 25
        for _ in range(2):
            await there.press(ActionName.BATCH_FINISH_NOW, batch.id)
        batch = await reach(there, batch, BatchState.FINISHED, 40.0)
        assert [one.quality for one in service.calls[25:]] == ["high"] * 3
        await there.until(lambda: there.chat.about(f"batchfinals:{batch.id}-1"), 20.0)
        finals = there.chat.about(f"batchfinals:{batch.id}-1")
        assert finals is not None
        assert len(finals.pictures) == 3


async def test_nobody_pays_more_than_the_price_that_was_shown(tmp_path: Path) -> None:
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        await there.press(ActionName.BATCH_PICK, batch.id, values={"numbers": "1"})
        await there.reply(ActionName.BATCH_FINISH, batch.id)
        await there.press(ActionName.BATCH_PICK, batch.id, values={"numbers": "all"})
        again = await there.reply(ActionName.BATCH_FINISH_NOW, batch.id)
        assert again.view is not None
        assert "3 pictures" in said(again.view)
        assert (await state(there, batch)).state is BatchState.DRAFTED
        await there.press(ActionName.BATCH_FINISH_NOW, batch.id)
        await reach(there, batch, BatchState.FINISHED)


@pytest.mark.parametrize(("person", "may"), [("ana", True), ("mia", True), ("olu", True), ("ben", False)])
async def test_its_owner_and_the_moderators_pause_it_go_on_and_stop_it(tmp_path: Path, person: str, may: bool) -> None:
    async with world(tmp_path, Service(hold=(hold := asyncio.Event()))) as there:
        batch = await started(there)
        await until(lambda: _true(there.service.calls))
        answers = [await there.press(one, batch.id, person) for one in (ActionName.BATCH_PAUSE, ActionName.BATCH_RESUME)]
        stopped = await there.press(ActionName.BATCH_STOP, batch.id, person)
        hold.set()
        expected = ["is paused", "continues", "is stopped"] if may else ["and the moderators here"] * 3
        assert all(words in answer for words, answer in zip(expected, [*answers, stopped], strict=True))
        assert (await state(there, batch)).state is (BatchState.STOPPED if may else BatchState.RUNNING)


async def _true(found: object) -> bool:
    return bool(found)


async def test_whoever_cannot_be_checked_is_no_moderator(tmp_path: Path) -> None:
    async with world(tmp_path) as there:

        async def broken(person: str, community: str) -> bool:
            raise ConnectionError

        there.platform.moderators.is_moderator = there.platform.moderators.is_administrator = broken  # type: ignore[method-assign]
        batch = await proposed(there)
        assert "and the moderators here" in await there.press(ActionName.BATCH_STOP, batch.id, "mia")
        assert (await state(there, batch)).state is BatchState.PROPOSED
        assert "that you may see" in said(await look(there, "mia", batch.number))
        assert "waiting for your start" in said(await look(there, "ana", batch.number))


async def look(there: World, person: str, number: int) -> View:
    from bot.core import Visitor

    return await there.bot.core.batch(Visitor("test", "home", "imagine", person), number)


async def test_a_batch_of_another_platform_cannot_be_pressed(tmp_path: Path) -> None:

    async with world(tmp_path) as there:
        batch = await proposed(there)
        foreign = Act("press:other", "ana", "Ana", "other", "home", "imagine", ActionName.BATCH_START, batch.id)
        assert "isn't there anymore" in (await there.bot.core.act(foreign)).text
        assert (await state(there, batch)).state is BatchState.PROPOSED


async def test_where_results_are_their_members_first_a_batch_is_its_owners_alone(tmp_path: Path) -> None:
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        await there.bot.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {"results": "private"}, "olu"))
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        await there.until(lambda: there.chat.about(f"batchsheet:{batch.id}-1"), 20.0)
        found = {(one.audience, one.person) for one in there.chat.messages.values() if one.subject.startswith("batch")}
        assert found == {(Audience.MEMBER, "ana")}


async def test_a_reached_limit_asks_its_owner_for_another_one(tmp_path: Path) -> None:
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        batch = await reach(there, await started(there, max_pictures="3"), BatchState.DRAFTED)
        await there.press(ActionName.BATCH_PICK, batch.id, values={"numbers": "all"})
        await there.reply(ActionName.BATCH_FINISH, batch.id)
        await there.press(ActionName.BATCH_FINISH_NOW, batch.id)
        await reach(there, batch, BatchState.FINISH_PAUSED)
        view = await shown(there, batch, "Raise the number")
        assert buttons(view)[ActionName.BATCH_RAISE].opens_form
        assert "person who made" in await there.press(ActionName.BATCH_RAISE, batch.id, "mia", {"max_pictures": "6", "budget": "5"})
        assert "isn't an amount" in await there.press(ActionName.BATCH_RAISE, batch.id, values={"max_pictures": "6", "budget": "five"})
        await there.press(ActionName.BATCH_RAISE, batch.id, values={"max_pictures": "6", "budget": "5"})
        await reach(there, batch, BatchState.FINISHED)


async def test_a_blocked_topic_says_why_and_is_not_offered_again(tmp_path: Path) -> None:
    service, store = painter(tmp_path, good(), bad(BLOCK))
    async with world(tmp_path, service, pictures=store) as there:
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        view = await shown(there, batch, "ready to choose from")
        assert "filter blocked it" in said(view)
        assert ActionName.BATCH_RETRY not in buttons(view)


async def test_another_draft_makes_the_sheet_anew_and_the_old_file_is_let_go(tmp_path: Path) -> None:
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        subject = f"batchsheet:{batch.id}-1"
        await there.until(lambda: there.chat.about(subject), 20.0)
        before = there.chat.about(subject)
        assert before is not None
        sheet = before.pictures[0].sha256
        assert await there.bot.ledger.read(lambda c: picture_rows.shown_of(c, [sheet])) == {sheet}
        await there.press(ActionName.BATCH_REDRAW, batch.id, values={"numbers": "2"})
        await there.until(lambda: (now := there.chat.about(subject)) is not None and now.pictures[0].sha256 != sheet, 30.0)
        assert len(service.calls) == 4
        assert sheet in await there.bot.ledger.read(picture_rows.unshown)


async def test_a_sheet_that_a_kill_left_unmade_is_made_at_the_next_start(tmp_path: Path) -> None:
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        there.bot.batch_sheets.work._one = _nothing  # type: ignore[method-assign]
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        await until(lambda: there.bot.ledger.read(lambda c: memory_rows.keys(c, "batch-sheets:")))
        assert there.chat.about(f"batchsheet:{batch.id}-1") is None
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        await there.until(lambda: there.chat.about(f"batchsheet:{batch.id}-1"), 20.0)
        assert service.calls == []


async def _nothing(batch_id: str) -> None:
    return None


async def test_progress_is_paced_and_its_end_is_shown_at_once(tmp_path: Path) -> None:
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        batch = await started(there, "\n".join(f"topic {n}" for n in range(20)))
        await shown(there, batch, "ready to choose from")
        views = [view for key, view in there.chat.all if there.chat.messages[key].subject == f"batch:{batch.id}"]
        assert len([one for one in views if not one.final]) <= 4


async def test_deleting_what_is_stored_takes_a_batch_back_and_leaves_none_of_its_words(tmp_path: Path) -> None:
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        await there.until(lambda: there.chat.about(f"batchsheet:{batch.id}-1"), 20.0)
        sheet = there.chat.about(f"batchsheet:{batch.id}-1")
        assert sheet is not None
        waiting = await proposed(there, "a secret garden", event="e2")
        overview = await there.bot.core.privacy(visitor("ana"))
        assert "Batches with topics: 2" in said(overview)
        await there.press(ActionName.PRIVACY_DELETE, overview.buttons[0].row, values={"sure": "true"})
        for one in (batch, waiting):
            assert await items(there, one) == []
            left = await state(there, one)
            assert (left.title, left.person.name, left.state) == ("", "", BatchState.STOPPED)
            await there.until(lambda one=one: (v := there.chat.about(f"batch:{one.id}")) is not None and "deleted" in v.title, 20.0)  # type: ignore[misc]
        await there.until(lambda: (v := there.chat.about(f"batchsheet:{batch.id}-1")) is not None and not v.pictures, 20.0)
        with pytest.raises(LookupError):
            await store.read(sheet.pictures[0].sha256)
        assert "isn't there anymore" in await there.press(ActionName.BATCH_START, waiting.id)
        assert len(service.calls) == 3


def visitor(person: str):  # type: ignore[no-untyped-def]
    from bot.core import Visitor

    return Visitor("test", "home", "imagine", person)
