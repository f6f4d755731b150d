"""What a press on a batch is answered: prices at once and at half the price, forms, and whether anything changed."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.batch import steps
from bot.batch.actions import BatchActions, sentence
from bot.batch.estimate import OFFERED_AGAIN, finish_price, retry_price
from bot.batch.forms import limits_form, numbers_form
from bot.batch.messages import look_at
from bot.batch.steps import BatchProblem
from bot.batch.view import batch_view, finish_view, retry_view
from bot.catalogue.model import Price
from bot.chat.views import Act, ActionName, Form, Reply
from bot.domain.requests import Person
from bot.ledger import batch_item_rows, batch_rows, block_rows
from bot.ledger.batch_rows import REMOVED
from bot.moderation.access import AccessCheck
from bot.texts import text
from tests.unit.batch.bench import ANA, HOME, Bench, N, S
from tests.world import Everybody

A = ActionName
TOPICS = "a lighthouse\na harbour"


def actions(bench: Bench) -> BatchActions:
    return BatchActions(bench.ground.ledger, bench.ground.rules, AccessCheck(lambda platform: Everybody(), bench.ground.ledger))


async def press(bench: Bench, action: ActionName, row: str, person: str = "ana", key: str = "", **values: str) -> Reply:
    bench.ground.events += 1
    act = Act(key or f"p{bench.ground.events}", person, person.title(), "test", "home", "imagine", action, row, values, {"token": "t"})
    return await actions(bench).handlers.actions[action](act)


async def form(bench: Bench, action: ActionName, row: str) -> Form | Reply:
    return await actions(bench).handlers.forms[action](Act("f", "ana", "Ana", "test", "home", "imagine", action, row))


async def picked(bench: Bench, count: int = 2) -> str:
    made = await bench.drafted(count)
    await press(bench, A.BATCH_PICK, made, numbers="all")
    return made


async def prices(bench: Bench, batch_id: str) -> tuple[int, int]:
    """What finishing costs, at once and at half the price."""
    batch, items = await bench.now(batch_id), await bench.items(batch_id)
    return finish_price(bench.ground.rules, batch, items)[1], finish_price(bench.ground.rules, batch, items, half_price=True)[1]


async def test_an_offer_names_both_prices_and_what_is_left(bench: Bench) -> None:
    made = await picked(bench)
    cost, half = await prices(bench, made)
    assert 0 < half < cost
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[0], state=N.DRAWN.value))
    await press(bench, A.BATCH_REDRAW, made, numbers="1")
    await bench.step(made)
    [request] = await bench.asked(made)
    await bench.ground.called(request.id)  # reserves its price
    await bench.write(lambda tx: batch_rows.mark(tx, made, state=S.DRAFTED.value))
    used = await bench.ground.ledger.read(lambda c: batch_rows.spent(c, made))
    assert used.spent > 0 < used.reserved
    cost, half = await prices(bench, made)
    for left in (cost, cost - 1):
        await bench.rescaled(made, budget=left + used.spent + used.reserved)
        reply = await press(bench, A.BATCH_FINISH, made)
        batch = await bench.now(made)
        assert (reply.changed, batch.facts) == (False, {OFFERED_AGAIN: 0, "offered": cost, "offered_half": half})
        assert reply.view == finish_view(batch, 1, (cost, half), left)


async def test_without_half_price_none_is_offered_or_taken(bench: Bench) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, equals={})
    made = await picked(bench)
    await press(bench, A.BATCH_FINISH, made)
    assert (await bench.now(made)).facts["offered_half"] is None
    reply = await press(bench, A.BATCH_FINISH_HALF, made)
    assert ((await bench.now(made)).state, reply.changed) == (S.DRAFTED, False)


@pytest.mark.parametrize(
    ("action", "offered", "offered_half", "finishes"),
    [
        (A.BATCH_FINISH_NOW, 0, 0, True),
        (A.BATCH_FINISH_NOW, -1, 0, False),
        (A.BATCH_FINISH_NOW, 0, -1, True),
        (A.BATCH_FINISH_HALF, 0, 0, True),
        (A.BATCH_FINISH_HALF, 0, -1, False),
        (A.BATCH_FINISH_HALF, -1, 0, True),
        (A.BATCH_FINISH_HALF, 0, None, False),
    ],
)
async def test_each_way_costs_at_most_what_was_shown_for_it(
    bench: Bench, action: ActionName, offered: int, offered_half: int | None, finishes: bool
) -> None:
    made = await picked(bench)
    cost, half = await prices(bench, made)
    facts = {"offered": cost + offered, "offered_half": None if offered_half is None else half + offered_half}
    await bench.write(lambda tx: batch_rows.mark(tx, made, facts=facts))
    reply = await press(bench, action, made)
    now = await bench.now(made)
    assert (reply.changed, reply.view is None, now.state) == (finishes, finishes, S.FINISHING if finishes else S.DRAFTED)
    if finishes:
        assert (now.plan.half_price, reply.text) == (action is A.BATCH_FINISH_HALF, text("batch.said_finishing", count=2))
        again = await press(bench, action, made)
        assert (again.changed, again.text) == (False, text("batch.finishing_already"))


async def test_answers_that_change_nothing_say_so(bench: Bench) -> None:
    made = await bench.drafted(2)
    assert (await press(bench, A.BATCH_PICK, made, key="once", numbers="1")).changed
    found = [
        await press(bench, A.BATCH_PICK, made, key="once", numbers="2"),
        await press(bench, A.BATCH_PICK, "2" * 16, numbers="1"),
        await press(bench, A.BATCH_START, made, "ben"),
        await press(bench, A.BATCH_PICK, made, "ben", numbers="1"),
        await press(bench, A.BATCH_PICK, made, numbers="9"),
        await press(bench, A.BATCH_START, made),
    ]
    keys = ("reply.already_done", "batch.gone", "batch.only_owner", "batch.only_owner_and_moderators", None, "batch.started_before")
    for reply, key in zip(found, keys, strict=True):
        assert not reply.changed
        assert key is None or reply.text == text(key)
    assert [one.state for one in await bench.items(made)] == [N.PICKED, N.DRAWN]


async def test_each_button_opens_its_own_form(bench: Bench) -> None:
    made = await bench.drafted(1)
    batch = await bench.now(made)
    assert await form(bench, A.BATCH_RAISE, made) == limits_form(batch)
    for action in (A.BATCH_PICK, A.BATCH_REJECT, A.BATCH_REDRAW):
        assert await form(bench, action, made) == numbers_form(action, batch)
    sizes = next(one for one in actions(bench).form({}).fields if one.name == "size")
    assert [one.value for one in sizes.choices][1:] == list(bench.ground.rules.model.sizes.popular)


async def failed_draft(bench: Bench) -> tuple[str, int]:
    """A batch whose first topic failed for the service's sake, and what another try costs."""
    made = await bench.drafted(2)
    failed = {"state": N.FAILED.value, "reason": "server_error", "draft_request": ""}
    await bench.write(lambda tx: batch_item_rows.mark(tx, batch_item_rows.of_batch(tx.connection, made)[0], **failed))
    return made, retry_price(bench.ground.rules, await bench.now(made), await bench.items(made))[1]


async def test_only_a_retry_draws_what_the_service_failed_to_draw(bench: Bench) -> None:
    made, cost = await failed_draft(bench)
    await bench.write(lambda tx: batch_rows.mark(tx, made, facts={OFFERED_AGAIN: cost}))
    reply = await press(bench, A.BATCH_RETRY, made)
    assert (reply.changed, [one.state for one in await bench.items(made)]) == (True, [N.DRAFT, N.DRAWN])
    assert OFFERED_AGAIN not in (await bench.now(made)).facts, "what a button said is good for one press"


@pytest.mark.parametrize("shown", [None, 0, -1])
async def test_a_retry_that_costs_more_than_its_button_said_asks_again(bench: Bench, shown: int | None) -> None:
    made, cost = await failed_draft(bench)
    facts = {} if shown is None else {OFFERED_AGAIN: shown and cost + shown}
    await bench.write(lambda tx: batch_rows.mark(tx, made, facts=facts))
    reply = await press(bench, A.BATCH_RETRY, made)
    assert (reply.changed, [one.state for one in await bench.items(made)]) == (False, [N.FAILED, N.DRAWN])
    assert reply.view == retry_view(await bench.now(made), cost, False)
    await press(bench, A.BATCH_FINISH, made)  # another offer leaves it as it is
    assert (await press(bench, A.BATCH_RETRY, made)).changed


@pytest.mark.parametrize(
    ("paused", "person", "goes_on"), [("ana", "ana", False), ("ana", "mia", True), ("mia", "mia", True), ("", "ana", True)]
)
async def test_who_is_paused_does_not_let_their_own_batch_go_on(bench: Bench, paused: str, person: str, goes_on: bool) -> None:
    made = await bench.batch(1)
    await press(bench, A.BATCH_PAUSE, made)
    if paused:
        until = bench.ground.at[0] + 60
        await bench.write(lambda tx: block_rows.pause_member(tx, "home", paused, until, "noor"))
    reply = await press(bench, A.BATCH_RESUME, made, person)
    now = await bench.now(made)
    assert (reply.changed, now.state) == (goes_on, S.RUNNING if goes_on else S.PAUSED)
    assert (reply.text == text("batch.said_resumed", batch=now.number)) is goes_on


async def proposed(bench: Bench, *, file: tuple[str, bytes] | None = None, **values: str) -> Any:
    reply = await actions(bench).propose("e1", (ANA, HOME), values, file)
    found = await bench.ground.ledger.read(lambda c: batch_rows.latest(c, 1))
    assert reply.changed is bool(found)
    return found[0] if found else reply


@pytest.mark.parametrize(
    ("values", "pictures", "budget"),
    [
        ({}, 4, None),
        ({"drafts": "3"}, 8, None),
        ({"max_pictures": "7", "budget": "5"}, 7, 5_000_000),
        ({"drafts": "2", "max_pictures": "4"}, 4, None),
        ({"drafts": "2", "budget": "1000000"}, 6, 10**12),
    ],
)
async def test_a_limit_that_nobody_named_lets_every_topic_be_finished(
    bench: Bench, values: dict[str, str], pictures: int, budget: int | None
) -> None:
    batch = await proposed(bench, topics=TOPICS, **values)
    cost = await bench.ground.ledger.read(lambda c: steps.estimated(c, batch, bench.ground.rules))
    assert (batch.plan.max_pictures, batch.plan.budget) == (pictures, budget or cost.all)


async def test_where_pictures_cost_nothing_the_budget_is_the_least_there_is(bench: Bench) -> None:
    free = dataclasses.replace(bench.ground.rules.model, price=Price(0.0, 0.0, 0.0), picture_prices={})
    bench.ground.rules = dataclasses.replace(bench.ground.rules, model=free)
    assert (await proposed(bench, topics=TOPICS)).plan.budget == 1


async def test_nine_columns_that_mean_nothing_are_remembered(bench: Bench) -> None:
    names = [f"column{number}" for number in range(10)]
    batch = await proposed(bench, topics="\n".join([",".join(["topic", *names]), ",".join(["a", *names])]))
    assert batch.facts["ignored"] == names[:9]


async def test_a_batch_is_called_by_its_file_or_its_first_topic(bench: Bench) -> None:
    batch = await proposed(bench, topics="x" * 81 + "\ny")
    assert (batch.title, batch.facts, batch.person) == ("x" * 80, {"encoding": "", "repeated": 0, "ignored": []}, ANA)


async def test_a_file_has_its_name_its_encoding_and_its_repetitions(bench: Bench) -> None:
    content = "a\nb\nb\n".encode("utf-16")
    batch = await proposed(bench, file=("n" * 118 + ".csv", content))
    assert (batch.title, batch.facts["repeated"]) == ("n" * 118 + ".c", 1)
    assert batch.facts["encoding"] not in ("", "utf-8")


@pytest.mark.parametrize("values", [{"topics": ""}, {"topics": "a", "size": "7x7"}, {"topics": "a", "drafts": "9"}])
async def test_a_wrong_proposal_changes_nothing(bench: Bench, values: dict[str, str]) -> None:
    assert isinstance(await proposed(bench, **values), Reply)


async def test_a_size_that_the_model_draws_is_taken(bench: Bench) -> None:
    assert (await proposed(bench, topics="a", size="1536x1024")).plan.size == "1536x1024"


async def test_a_size_that_the_model_lacks_is_said_with_its_line(bench: Bench) -> None:
    reply = await proposed(bench, file=("t.csv", "主题,尺寸\na,\nb,7x7\n".encode()))
    assert reply.text.startswith("Line 3: ")
    assert "7x7" in reply.text


async def test_the_form_alone_makes_a_batch_of_its_presser(bench: Bench) -> None:
    reply = await press(bench, A.BATCH_NEW, "", "cleo", topics=TOPICS)
    [batch] = await bench.ground.ledger.read(lambda c: batch_rows.latest(c, 1))
    assert (reply.changed, batch.person, dict(batch.place.reply)) == (True, Person("cleo", "Cleo"), {"token": "t"})
    assert (batch.place.platform, batch.place.community, batch.place.channel) == ("test", "home", "imagine")


def test_a_file_is_read_into_the_form_with_a_remark_about_its_encoding(bench: Bench) -> None:
    read = actions(bench).read
    assert read("t.txt", TOPICS.encode()) == (TOPICS, "")
    words, remark = read("t.txt", "灯塔\n港口".encode("gb18030"))
    assert (words, remark) == ("灯塔\n港口", text("batch.read_as_form", encoding="gb18030"))
    words, remark = read("t.txt", b"")
    assert (words, bool(remark)) == ("", True)


def test_a_problem_without_a_sentence_of_its_own_says_that_it_is_gone() -> None:
    assert sentence(BatchProblem("nonsense")) == text("batch.gone")
    assert sentence(BatchProblem("nothing_picked")) == text("batch.no.nothing_picked")


async def test_a_look_is_final(bench: Bench) -> None:
    made = await bench.batch(1)
    number = (await bench.now(made)).number
    found = [await actions(bench).look("test", "home", person, number) for person in ("ana", "ben")]
    assert [one.final for one in found] == [True, True]


async def test_where_the_bot_was_removed_batches_pause_and_what_waits_ends(bench: Bench) -> None:
    made, other = await bench.batch(2), await bench.batch(1, dataclasses.replace(HOME, community="elsewhere"))
    for one in (made, other):
        await bench.step(one)
    waiting = await bench.ground.asked(person="ben")
    assert await actions(bench).leave("test", "home") == 1
    now = await bench.now(made)
    assert (now.state, now.reason) == (S.PAUSED, REMOVED)
    assert (await bench.now(other)).state is S.RUNNING
    assert (await bench.ground.row(waiting.id)).answer is not None
    await bench.write(lambda tx: steps.stop(tx, steps.must_exist(tx.connection, made)))


async def test_columns_that_mean_nothing_stand_beside_the_price(bench: Bench) -> None:
    batch = await proposed(bench, topics="topic,captoin\na harbour,Hello\n")
    view = await bench.ground.ledger.read(lambda c: batch_view(look_at(c, batch, bench.ground.rules, 0.0)))
    assert any("captoin" in line and "aren't used" in line for line in view.text)
