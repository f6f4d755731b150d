"""A batch of a community whose key is set, replaced, removed or unreadable: it pauses, and no topic is lost."""

from __future__ import annotations

import dataclasses

import pytest

from bot.batch import steps
from bot.batch.judge import BackInLine, judge
from bot.batch.messages import look_at
from bot.batch.overview import pause_sentence
from bot.batch.view import batch_view
from bot.domain.kinds import Kind
from bot.domain.own_services import SETTING, CommunityKeys, OwnService, name_for
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.ledger import settings_rows
from bot.requests.own_key import KEY_REASONS
from bot.requests.tiers import rules_here
from tests.unit.batch.bench import HOME, Bench, N, S
from tests.unit.messages.views import request

MINE = OwnService(name_for("openai", "a"), "openai", "https://api.openai.com/v1", ("gpt-image-2",), "1", "olu", 5.0)


async def key(bench: Bench, service: OwnService | None) -> None:
    values = {} if service is None else {SETTING: service.as_stored()}
    await bench.write(lambda tx: settings_rows.replace(tx, "test", "home", values, "olu"))


async def go_on(bench: Bench, made: str) -> None:
    rules = bench.ground.rules
    await bench.write(lambda tx: steps.resume(tx, steps.must_exist(tx.connection, made), rules_here(tx.connection, HOME, rules)))


@pytest.mark.parametrize("reason", sorted(KEY_REASONS))
@pytest.mark.parametrize("state", [RequestState.REFUSED, RequestState.ANSWERED])
def test_a_refusal_about_a_key_pauses_instead_of_using_up_a_topic(reason: str, state: RequestState) -> None:
    answer = Answer.FAILED if state is RequestState.ANSWERED else None
    ended = request(state=state, answer=answer, refusal=Refusal(reason))
    assert judge(ended) == BackInLine(Refusal(reason))


async def test_a_removed_key_pauses_a_batch_and_another_one_goes_on(bench: Bench) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, community_keys=CommunityKeys.REQUIRED)
    await key(bench, MINE)
    made = await bench.batch(3)
    await bench.step(made)
    asked = (await bench.asked(made))[0]
    await key(bench, None)
    await bench.ground.begin(asked.id)
    now = await bench.step(made)
    assert (now.state, now.reason) == (S.PAUSED, "refused")
    assert "own key" in pause_sentence(now)
    assert {one.state for one in await bench.items(made)} == {N.DRAFT}
    await key(bench, MINE)
    await go_on(bench, made)
    for _ in range(3):
        await bench.step(made)
        await bench.draw(made)
    assert (await bench.step(made)).state is S.DRAFTED


async def test_half_price_that_a_communitys_key_ends_costs_nothing(bench: Bench) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, community_keys=CommunityKeys.OPTIONAL)
    made = await bench.finishing(2, half_price=True)
    await key(bench, MINE)
    await bench.step(made)
    assert [(one.state, one.reason) for one in await bench.items(made)] == [(N.FAILED, "half_price_gone")] * 2
    assert (await bench.step(made)).state is S.FINISHED


async def test_a_service_that_turns_everything_away_pauses_it_and_nobody_claims_to_have_told_the_operator(bench: Bench) -> None:
    bench.ground.rules = dataclasses.replace(bench.ground.rules, community_keys=CommunityKeys.OPTIONAL)
    await key(bench, MINE)
    made = await bench.batch(3)
    await bench.step(made)
    for one in (await bench.asked(made))[:2]:
        await bench.fail(one.id, Kind.AUTH_INVALID_KEY)
    now = await bench.step(made)
    assert (now.state, now.reason) == (S.PAUSED, "own_service")
    rules = bench.ground.rules
    shown = await bench.ground.ledger.read(lambda c: batch_view(look_at(c, now, rules_here(c, HOME, rules), 0.0)))
    said = " ".join(shown.text)
    assert "An administrator here can see why" in said
    assert "operator" not in said
    await go_on(bench, made)
    assert {one.state for one in await bench.items(made)} == {N.DRAFT}, "no topic is lost"
