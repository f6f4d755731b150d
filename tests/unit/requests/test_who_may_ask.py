"""Who may ask, where, how often and for how much: each rule through the core, so that none of them can go without a test failing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.chat.views import Act, ActionName
from bot.core import Received, Visitor
from bot.domain.requests import Person, Place, Submission
from bot.ledger import settings_rows
from bot.ledger.tables import blocked_members, cases, requests
from bot.requests.rules import Question, Rules
from bot.requests.sweep import sweep
from bot.texts import text
from tests.world import BLOCK, RATE, Service, World, bad, good, world

A = ActionName
NOT_SENT = "Not sent"
MINE = [A.AGAIN, A.RETRY, A.EDIT, A.NEAREST, A.CANCEL, A.DELETE, A.PUBLISH, A.SEND_ANYWAY, A.SEND_CLEANED, A.DISCARD]


async def ask(w: World, place: Place, person: str = "ana", prompt: str = "a red bicycle") -> str:
    w.events += 1
    received = await w.bot.core.receive(f"there:{w.events}", Submission(Person(person), place, prompt))
    assert isinstance(received, Received)
    await w.bot.core.accept(received.request_id)
    return received.request_id


async def test_a_community_that_names_channels_is_served_in_these_alone_and_in_direct_messages(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.bot.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {"channels": ["imagine", "art"]}, "olu"))
        for place in (Place("test", "home", "imagine"), Place("test", "home", "art"), Place("test", "dm:ana", "d1")):
            assert (await w.answer(await ask(w, place))).pictures
        drawn = len(w.service.calls)
        view = await w.answer(await ask(w, Place("test", "home", "general")))
        assert view.title == NOT_SENT
        assert len(w.service.calls) == drawn
        assert (await w.answer(await ask(w, Place("test", "elsewhere", "general")))).pictures  # another community's own business


@pytest.mark.parametrize("allowed", [{}, {"test": frozenset()}, {"test": frozenset({"home"})}, {"other": frozenset({"home"})}])
async def test_communities_that_the_operator_names_are_served_and_no_others(tmp_path: Path, allowed: dict[str, frozenset[str]]) -> None:
    async with world(tmp_path, allowed=allowed) as w:
        assert (await w.answer(await w.imagine())).pictures
        view = await w.answer(await ask(w, Place("test", "elsewhere", "general")))
        assert (view.title == NOT_SENT) == bool(allowed.get("test"))
        assert (await w.answer(await ask(w, Place("test", "dm:ana", "d1")))).pictures


async def test_five_blocks_within_an_hour_stop_the_member_and_nobody_else(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)] * 5)) as w:
        for number in range(5):
            await w.answer(await w.imagine(f"dragon number {number}"))
        view = await w.answer(await w.imagine("a quiet meadow"))
        assert view.title == NOT_SENT
        assert len(w.service.calls) == 5
        assert (await w.answer(await w.imagine("a quiet meadow", person="ben"))).pictures
        await w.bot.ledger.write(lambda tx: tx.connection.execute(update(blocked_members).values(until=tx.now - 1)))
        assert (await w.answer(await w.imagine("a quiet meadow"))).pictures


async def test_four_blocks_stop_nobody(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)] * 4)) as w:
        for number in range(4):
            await w.answer(await w.imagine(f"dragon number {number}"))
        assert (await w.answer(await w.imagine("a quiet meadow"))).pictures


async def test_who_is_stopped_while_a_request_waits_gets_nothing_drawn(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK), bad(RATE)])) as w:
        await w.answer(await w.imagine("a dragon"))
        case = (await w.bot.ledger.read(lambda c: c.execute(select(cases)).all()))[0].id
        await w.press(A.CASE_CLAIM, case, "mia")
        waiting = await w.imagine("a quiet meadow")
        await w.until(lambda: len(w.service.calls) == 2)
        await w.press(A.CASE_BLOCK_MEMBER, case, "mia", {"pause": "3600"})
        assert not (await w.answer(waiting)).pictures
        assert len(w.service.calls) == 2


@pytest.mark.parametrize("spare", [-1, 0, 1])
async def test_what_fits_exactly_into_a_budget_is_drawn_and_a_millionth_more_is_not(tmp_path: Path, spare: int) -> None:
    model = Catalogue.load().default()
    rules = Rules(model=model)
    most = rules.highest_cost(model.sizes.default, model.default_quality, 2, "a red bicycle")
    async with world(tmp_path, limits=Limits(member_day=most + spare)) as w:
        view = await w.answer(await w.imagine("a red bicycle", count=2))
        assert bool(view.pictures) == (spare >= 0)
        assert len(w.service.calls) == (spare >= 0)


@pytest.mark.parametrize(("most", "drawn"), [(1, False), (2, True), (3, True)])
async def test_the_last_pictures_of_a_day_are_drawn(tmp_path: Path, most: int, drawn: bool) -> None:
    async with world(tmp_path, limits=Limits(member_pictures_day=most)) as w:
        assert bool((await w.answer(await w.imagine(count=2))).pictures) == drawn


@pytest.mark.parametrize("most", [1, 2])
async def test_so_many_requests_of_one_person_wait_at_once_and_no_more(tmp_path: Path, most: int) -> None:
    async with world(tmp_path, Service([bad(RATE)] * 9), max_unfinished=most) as w:
        for number in range(most):
            await w.imagine(f"bicycle number {number}")
        assert (await w.answer(await w.imagine("one more"))).title == NOT_SENT


async def everything(w: World) -> list[object]:
    return [tuple(row) for row in await w.bot.ledger.read(lambda c: c.execute(select(requests)).all())]


@pytest.mark.parametrize("action", MINE)
@pytest.mark.parametrize("private", [False, True])
async def test_a_namesake_on_another_platform_can_do_nothing_with_a_request(tmp_path: Path, action: ActionName, private: bool) -> None:
    """Ids of people are the platform's own: the same one elsewhere is somebody else."""
    lint = lambda prompt: Question("email", cleaned="a cat") if "@" in prompt else None  # noqa: E731
    async with world(tmp_path, Service([good()]), lint=lint) as w:
        held = action in (A.SEND_ANYWAY, A.SEND_CLEANED, A.DISCARD)
        request = await w.imagine("mail to ana@example.org" if held else "a red bicycle", private=private)
        if held:
            await w.until(lambda: w.chat.about(f"request:{request}") is not None)
        else:
            await w.answer(request)
        before = await everything(w)
        act = Act("other:1", "ana", "Ana", "other", "home", "imagine", action, request, {"prompt": "another"})
        reply = await w.bot.core.act(act)
        assert (reply.text, reply.changed) == (text("reply.not_yours"), False)
        assert await everything(w) == before


async def test_a_namesake_on_another_platform_sees_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        request = await w.imagine("a purple walrus")
        await w.answer(request)
        for visitor in (Visitor("other", "home", "imagine", "ana"), Visitor("test", "home", "imagine", "ben")):
            assert "walrus" not in str(await w.bot.core.show(visitor, request))
            assert "walrus" not in str(await w.bot.core.show(visitor))
            form = await w.bot.core.form(Act("f", visitor.person, "", visitor.platform, "home", "imagine", A.EDIT, request))
            assert "walrus" not in str(form)
        assert "walrus" in str(await w.bot.core.show(Visitor("test", "home", "imagine", "ana"), request))


async def test_a_repeated_press_is_known_after_any_number_of_sweeps(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        request = await w.imagine()
        await w.answer(request)
        assert await w.press(A.AGAIN, request, key="one press") == text("reply.started_again")
        await w.until(lambda: len(w.service.calls) == 2)
        await w.bot.ledger.write(lambda tx: tx.connection.execute(update(requests).values(created_at=requests.c.created_at - 60)))
        for _ in range(3):
            await w.bot.ledger.write(lambda tx: sweep(tx, w.bot.scheduler.is_running))
            assert await w.press(A.AGAIN, request, key="one press") == text("reply.already_done")
        assert len(await everything(w)) == 2


async def test_what_was_deleted_is_shown_to_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        request = await w.imagine("a red bicycle")
        await w.answer(request)
        await w.press(A.DELETE, request)
        assert (await w.bot.core.show(Visitor("test", "home", "imagine", "ana"), request)).title == text("show.unknown")
