"""Batches of a chat that has to stop by itself: the bot was removed from its community, or its owner has a break after several blocks."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.chat.views import ActionName
from bot.domain.batches import BatchState, ItemState
from bot.ledger import batch_item_rows, batch_rows, block_rows
from bot.ledger.store import Tx
from bot.texts import say
from tests.unit.batch.kit import items, painter, reach, state, until
from tests.unit.batch.test_actions import buttons, said, shown, started
from tests.world import BLOCK, RATE, Service, bad, world


async def test_where_the_bot_was_removed_nothing_more_is_drawn_and_it_goes_on_once_it_is_back(tmp_path: Path) -> None:
    service, store = painter(tmp_path)
    service.hold = asyncio.Event()
    async with world(tmp_path, service, pictures=store) as there:
        batch = await started(there, "\n".join(f"topic {number}" for number in range(16)))
        await until(lambda: _true(service.calls))
        await there.bot.core.community_left("test", "elsewhere")
        assert (await state(there, batch)).state is BatchState.RUNNING
        await there.bot.core.community_left("test", "home")
        assert (await state(there, batch)).reason == batch_rows.REMOVED
        drawing = len(service.calls)
        service.hold.set()

        async def quiet() -> bool:
            return not any(one.request_id for one in await items(there, batch))

        await until(quiet)
        await asyncio.sleep(0.3)
        assert len(service.calls) == drawing < 16
        used = await there.bot.ledger.read(lambda c: batch_rows.spent(c, batch.id))
        assert (used.reserved, used.pictures) == (0, drawing), "what waited costs nothing"
        view = await shown(there, batch, "because the bot was removed from here")
        assert ActionName.BATCH_RESUME in buttons(view)
        assert "continues" in await there.press(ActionName.BATCH_RESUME, batch.id)
        await reach(there, batch, BatchState.DRAFTED, 40.0)
        assert len(service.calls) == 16


async def _true(found: object) -> bool:
    return bool(found)


async def test_a_batch_that_waits_for_a_choice_is_left_alone(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        batch = await reach(there, await started(there), BatchState.DRAFTED)
        await there.bot.core.community_left("test", "home")
        assert (await state(there, batch)).state is BatchState.DRAFTED


async def test_a_break_after_several_blocks_is_said_in_the_readers_words_and_then_it_goes_on(tmp_path: Path) -> None:
    service, store = painter(tmp_path, *[bad(BLOCK)] * 5)
    async with world(tmp_path, service, pictures=store) as there:
        batch = await reach(there, await started(there, "\n".join(f"a fight, number {number}" for number in range(30))), BatchState.PAUSED)
        view = await shown(there, batch, "Several of your prompts were blocked")
        (why,) = [one for one in view.text if "so you have a break until" in one]
        assert "hast du bis" in say(why, "de")
        assert {one.state for one in await items(there, batch)} <= {ItemState.FAILED, ItemState.DRAWN, ItemState.DRAFT}
        drawn = len(service.calls)
        assert "so you have a break until" in await there.press(ActionName.BATCH_RESUME, batch.id)
        assert "continues" in await there.press(ActionName.BATCH_RESUME, batch.id, "mia")
        await reach(there, batch, BatchState.PAUSED)
        await shown(there, batch, "Several of your prompts were blocked")
        assert len(service.calls) == drawn, "while the break lasts, going on sends nothing"
        await there.bot.ledger.write(lambda tx: block_rows.pause_member(tx, batch.place.community, batch.person.id, tx.now - 1.0, "mia"))
        await there.press(ActionName.BATCH_RESUME, batch.id)
        await reach(there, batch, BatchState.DRAFTED, 40.0)
        found = [one.state for one in await items(there, batch)]
        assert (found.count(ItemState.FAILED), found.count(ItemState.DRAWN)) == (5, 25)
        assert "Several" not in said(await shown(there, batch, "ready to choose from"))


async def test_a_call_that_was_turned_away_after_a_pause_is_not_made_again_before_it_goes_on(tmp_path: Path) -> None:
    hold = asyncio.Event()
    async with world(tmp_path, Service([bad(RATE)], hold=hold)) as there:
        batch = await started(there, "a lighthouse")
        await until(lambda: _true(there.service.calls))
        await there.press(ActionName.BATCH_PAUSE, batch.id)
        assert "Being drawn: 1" in said(await shown(there, batch, "nothing more is drawn until"))
        hold.set()

        async def quiet() -> bool:
            return not any(one.request_id for one in await items(there, batch))

        await until(quiet)
        await there.until(lambda: (now := there.chat.about(f"batch:{batch.id}")) is not None and "Being drawn" not in said(now), 20.0)
        await asyncio.sleep(1.5)  # the service asked for a second
        assert len(there.service.calls) == 1
        await there.press(ActionName.BATCH_RESUME, batch.id)
        await reach(there, batch, BatchState.DRAFTED)
        assert len(there.service.calls) == 2


async def test_another_try_of_a_draft_and_of_a_finished_picture_draws_both(tmp_path: Path) -> None:
    service, store = painter(tmp_path)
    async with world(tmp_path, service, pictures=store) as there:
        batch = await reach(there, await started(there, "a lighthouse\na mill", max_pictures="9", budget="5"), BatchState.DRAFTED)
        await there.press(ActionName.BATCH_PICK, batch.id, values={"numbers": "1"})
        await there.press(ActionName.BATCH_FINISH, batch.id)
        await there.press(ActionName.BATCH_FINISH_NOW, batch.id)
        await reach(there, batch, BatchState.FINISHED)

        def broken(tx: Tx) -> None:
            first, second = batch_item_rows.of_batch(tx.connection, batch.id)
            batch_item_rows.mark(tx, first, state=ItemState.FAILED.value, reason="server_error")
            batch_item_rows.mark(tx, second, state=ItemState.FAILED.value, reason="server_error", draft_request="")

        await there.bot.ledger.write(broken)
        await there.press(ActionName.BATCH_RETRY, batch.id)  # its price is new, so it's said first
        assert "drawn again" in await there.press(ActionName.BATCH_RETRY, batch.id)
        await reach(there, batch, BatchState.DRAFTED)
        assert [one.state for one in await items(there, batch)] == [ItemState.FINISHED, ItemState.DRAWN]
        assert [one.quality for one in service.calls] == ["low", "low", "high", "high", "low"]
