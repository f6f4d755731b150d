"""Two communities with two keys against the sandbox: who was billed, who was told what, and what is left of a key."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.views import Audience, FieldKind, Form
from bot.core import Visitor
from bot.domain.own_services import SETTING, CommunityKeys, name_for
from bot.domain.request_states import Answer
from bot.evidence.collect import find
from bot.health.metrics import Metrics
from bot.health.probe import Seen
from bot.health.verdict import HealthLimits, Pulse
from bot.ledger import health_rows, notice_rows, own_rows, settings_rows, statistics_rows
from bot.ledger.store import Tx
from bot.ledger.tables import audit, spend
from bot.observe import Redactor
from tests.own_keys import ALPHA, BASE, BETA, GAMMA, OPERATOR, PUBLIC, Door, Town, encryption_key, town


@pytest.fixture
def keys() -> list[str]:
    return [encryption_key()]


async def answered(t: Town, community: str, prompt: str, **options: object) -> str:
    """What a request's message says in the end."""
    view = await t.answer(await t.ask(community, prompt, **options))
    return " ".join((view.title, *view.text, *(f"picture {one.sha256[:4]}" for one in view.pictures)))


async def owners(t: Town) -> dict[str, set[str]]:
    rows = await t.bot.ledger.read(lambda c: c.execute(select(spend).where(spend.c.spent > 0)).all())
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.scope, set()).add(row.owner)
    return found


async def test_each_community_pays_with_its_own_key_and_everybody_else_with_the_operators(
    tmp_path: Path, door: Door, keys: list[str]
) -> None:
    async with town(tmp_path, door, keys) as t:
        assert (
            await t.set_key("alpha", ALPHA) == "Saved. images.art.example accepts the key, and pictures here are drawn with it from now on."
        )
        assert (await t.set_key("beta", BETA)).startswith("Saved.")
        said = await asyncio.gather(*(answered(t, place, f"a lighthouse of {place}") for place in ("alpha", "beta", "gamma")))
        assert all("picture" in one for one in said), said
        assert sorted(door.billed()) == [
            (ALPHA, "a lighthouse of alpha"),
            (BETA, "a lighthouse of beta"),
            (OPERATOR, "a lighthouse of gamma"),
        ]
        assert set(door.reached) == {(PUBLIC, "images.art.example")}, "only the checked address, for the name's certificate"
        found = await owners(t)
        assert found["everybody"] == {"*"}
        assert found["community"] == {"test:gamma"}
        assert found["member"] == {"test:ana"}
        assert found["own_community"] == {"test:alpha", "test:beta"}
        assert {one.partition("-")[0] for one in found["own_service"]} == {"own"}
        assert len(found["own_service"]) == 2


async def test_a_wrong_key_is_a_sentence_and_nothing_is_stored(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        assert await t.set_key("alpha", "sk-wrong-key-000000000000") == (
            "images.art.example doesn't accept this key. Nothing was stored. Please copy it again from your account there."
        )
        assert "has no model “gpt-image-9”, but it has" in await t.set_key("alpha", ALPHA, models="gpt-image-9")
        assert "doesn't lead to a public address" in await t.set_key("alpha", ALPHA, address="https://intranet.company.example/v1")
        for address in (
            "http://images.art.example/v1",
            "https://127.0.0.1/v1",
            "https://art.example:8443/v1",
            "https://a:b@art.example",
            "ftp:x",
        ):
            assert "must be a public one" in await t.set_key("alpha", ALPHA, address=address)
        for key in (
            "two words here 0000",
            "exchange",
            "provider-exchange",
            "0123456789012345",
            "https://images.art.example/v1",
            "a1" * 251,
        ):
            assert "That isn't a key: keys have at least 16 characters" in await t.set_key("alpha", key)
        assert "1 to 10 models as the service spells them, separated by commas; you named 0" in await t.set_key("alpha", ALPHA, models=" ,")
        assert "you named 11" in await t.set_key("alpha", ALPHA, models=",".join(f"model-{n}" for n in range(11)))
        assert "“-x” can't be one" in await t.set_key("alpha", ALPHA, models="gpt-image-2, -x")
        assert "enter the key too" in await t.set_key("alpha", "")
        assert await t.bot.ledger.read(own_rows.everyone) == {}
        assert await t.bot.ledger.read(lambda c: own_rows.sealed(c, 0.0)) == []
        assert door.billed() == [], "no picture is bought for a check"
        assert "picture" in await answered(t, "alpha", "a red bicycle")
        assert door.billed() == [(OPERATOR, "a red bicycle")]


async def test_a_key_is_never_shown_again_and_only_administrators_see_the_page(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        await t.set_key("alpha", ALPHA)
        page = await t.page("alpha")
        assert page.view is not None
        shown = repr(page.view)
        assert ALPHA not in shown
        assert f"ends in …{ALPHA[-4:]}" in shown
        assert "'Olu'" in shown
        form = await t.key_form("alpha")
        assert isinstance(form, Form)
        [secret] = [one for one in form.fields if one.kind is FieldKind.SECRET]
        assert (secret.value, secret.required) == ("", False)
        assert ALPHA not in repr(form)
        assert (await t.page("alpha", person="ana")).text.startswith("Only administrators")
        assert not isinstance(await t.key_form("alpha", person="ana"), Form)
        rows = await t.bot.ledger.read(lambda c: c.execute(select(audit)).all())
        assert [row.facts for row in rows if row.facts.get("how")] == [
            {"changed": ["own_service"], "how": "set", "service": "gateway", "host": "images.art.example"}
        ]
        assert ALPHA not in repr(rows)


async def test_whoever_set_a_key_can_have_their_name_deleted(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        await t.set_key("alpha", ALPHA)
        assert (await t.bot.ledger.read(own_rows.everyone))["test:alpha"].set_by_name == "Olu"
        for platform, person, left in (("test", "ana", "Olu"), ("other", "olu", "Olu"), ("test", "olu", "")):
            await t.bot.ledger.write(lambda tx, platform=platform, person=person: own_rows.forget_name(tx, platform, person))
            assert (await t.bot.ledger.read(own_rows.everyone))["test:alpha"].set_by_name == left
        assert "picture" in await answered(t, "alpha", "a red bicycle")
        assert door.billed() == [(ALPHA, "a red bicycle")]


async def test_one_broken_key_stops_its_own_community_alone_and_its_moderators_are_told(
    tmp_path: Path, door: Door, keys: list[str]
) -> None:
    async with town(tmp_path, door, keys) as t:
        for place, key in (("home", ALPHA), ("beta", BETA)):
            await t.set_key(place, key)
        door.keys.discard(ALPHA)
        assert "doesn't accept the community's key" in await answered(t, "home", "a red bicycle")
        assert "picture" in await answered(t, "beta", "a blue bicycle")
        assert "picture" in await answered(t, "gamma", "a green bicycle")
        assert [prompt for key, prompt in door.billed() if key == OPERATOR] == ["a green bicycle"], "never the operator's key instead"
        told = t.chat.about("own:test:home", Audience.MODERATORS)
        assert told is not None
        assert f"ends in …{ALPHA[-4:]}" in " ".join(told.text)
        assert await t.bot.ledger.read(notice_rows.open_causes) == [], "operators aren't told of every community"
        failed = await t.ask("home", "a grey bicycle")
        await t.answer(failed)
        gates = {one.name: one.gate.snapshot(t.bot.ports.monotonic()).stage for one in t.bot.services}
        assert gates == {"": "", t.bot.services.own_of("test:home"): "stopped", t.bot.services.own_of("test:beta"): ""}
        status = " ".join((await t.bot.core.status(Visitor("test", "home", "imagine", "ana"))).text)
        assert "An administrator here can see why" in status
        assert "operator" not in status
        assert await t.bot.ledger.read(lambda c: find(c, None)) is None, "evidence about it is made only if it's named"
        assert await t.bot.ledger.read(lambda c: find(c, failed)) is not None
        assert await t.bot.ledger.read(lambda c: statistics_rows.failures(c, 0.0)) == []
        page = await t.page("home")
        assert page.view is not None
        assert any("doesn't accept this community's key anymore" in one for one in page.view.text)
        assert (await t.set_key("home", GAMMA)).startswith("Saved.")
        await t.until(lambda: "works again" in (t.chat.about("own:test:home") or told).title)
        assert "picture" in await answered(t, "home", "a yellow bicycle")
        assert door.billed()[-1] == (GAMMA, "a yellow bicycle")


async def test_what_operators_watch_is_about_their_own_service(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        await answered(t, "gamma", "a green bicycle")
        before = await t.bot.ledger.read(health_rows.latest_exchange)
        await t.set_key("home", ALPHA)
        await answered(t, "home", "a blue bicycle")
        door.keys.discard(ALPHA)
        await answered(t, "home", "a red bicycle")
        assert await t.bot.ledger.read(health_rows.latest_exchange) == before
        ended = await t.bot.ledger.read(lambda c: health_rows.ended_between(c, 0.0, t.bot.ports.now() + 60.0))
        assert {(one.outcome, one.own): one.count for one in ended} == {("pictures", False): 1, ("pictures", True): 1, ("failed", True): 1}
        metrics = Metrics(Pulse(beat=0.0), lambda: 0.0, HealthLimits(), "0")
        metrics.on_seen(Seen(ended, {}))
        page = metrics.page().decode()
        assert 'imagine_requests_total{outcome="pictures",platform="test"} 1.0' in page
        assert 'imagine_own_key_requests_total{outcome="failed"} 1.0' in page
        assert 'outcome="failed",platform' not in page
        board = await t.bot.core.dashboard(3600.0)
        assert {name: sum(counts) for name, counts in board.outcomes.items()} == {"pictures": 1}
        assert board.failures.requests == {"gpt-image-2": 1}
        door.hold = asyncio.Event()
        door.keys.add(ALPHA)
        await t.set_key("home", ALPHA)
        waiting = await t.ask("home", "a grey bicycle")
        rows = [await t.bot.ledger.read(lambda c, own=own: health_rows.oldest_due(c, 9e12, own=own)) for own in (False, True)]  # type: ignore[misc]
        assert [[one.id for one in found] for found in rows] == [[], [waiting]]
        assert await t.bot.ledger.read(health_rows.live_by_state) == {}
        door.hold.set()
        await t.answer(waiting)


async def test_administrators_read_what_is_wrong_with_an_address_or_with_pictures(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:

        async def told(begins: str) -> None:
            page = (await t.page("home")).view
            assert page is not None
            assert any(one.startswith(begins) for one in page.text)
            await t.until(lambda: (view := t.chat.about("own:test:home", Audience.MODERATORS)) and view.text[0].startswith(begins))

        await t.set_key("home", ALPHA)
        assert "can't draw this as it's set up" in await answered(t, "home", "a red bicycle sandbox:not_taken")
        await told("images.art.example draws, but the bot can't take its pictures")
        seen, door.inside = len(door.seen), True
        assert "can't draw this as it's set up" in await answered(t, "home", "a blue bicycle")
        await told("images.art.example doesn't lead to a public address anymore")
        assert len(door.seen) == seen, "nothing was sent there"


async def test_after_a_restart_the_same_key_draws_and_without_the_encryption_key_nothing_is_sent(
    tmp_path: Path, door: Door, keys: list[str]
) -> None:
    async with town(tmp_path, door, keys) as t:
        await t.set_key("alpha", ALPHA)
    async with town(tmp_path, door, keys) as t:
        assert "picture" in await answered(t, "alpha", "a red bicycle")
        assert door.billed() == [(ALPHA, "a red bicycle")]
    async with town(tmp_path, door, [encryption_key()]) as t:
        assert "can't open this community's key" in await answered(t, "alpha", "a blue bicycle")
        assert (await t.set_key("alpha", BETA)).startswith("Saved."), "a new one can be set over it"
        assert "picture" in await answered(t, "alpha", "a green bicycle")
    async with town(tmp_path, door, []) as t:
        page = await t.page("alpha")
        assert page.view is not None
        assert any("ENCRYPTION_KEYS" in one for one in page.view.text)
    assert [key for key, _ in door.billed()] == [ALPHA, BETA]


async def test_what_waits_is_drawn_with_the_key_of_the_moment(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        await t.set_key("alpha", ALPHA)
        t.bot.scheduler._draining = True  # nothing is granted meanwhile
        waiting = await t.ask("alpha", "a red bicycle")
        other = await t.ask("alpha", "a blue bicycle", model="gpt-image-2")
        await t.set_key("alpha", BETA)
        t.bot.scheduler._draining = False
        t.bot.scheduler.wake("*")
        assert (await t.answer(waiting)).pictures
        assert (await t.answer(other)).pictures
        assert {key for key, _ in door.billed()} == {BETA}
        t.bot.scheduler._draining = True
        third = await t.ask("alpha", "a green bicycle")
        assert (await t.remove_key("alpha")).startswith("The key is deleted. Pictures here are drawn with the operator's key")
        t.bot.scheduler._draining = False
        t.bot.scheduler.wake("*")
        assert (await t.answer(third)).pictures
        assert door.billed()[-1] == (OPERATOR, "a green bicycle")
        assert await t.bot.ledger.read(lambda c: own_rows.sealed(c, 0.0)) == [], "no key is left behind"


async def test_where_a_key_is_required_nobody_draws_with_the_operators(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys, CommunityKeys.REQUIRED) as t:
        assert "there's none yet" in await answered(t, "alpha", "a red bicycle")
        await t.set_key("alpha", ALPHA)
        t.bot.scheduler._draining = True
        waiting = await t.ask("alpha", "a blue bicycle")
        assert "until another one is set" in await t.remove_key("alpha")
        t.bot.scheduler._draining = False
        t.bot.scheduler.wake("*")
        assert "there's none yet" in " ".join((await t.answer(waiting)).text)
        assert door.billed() == []


async def test_where_the_operator_allows_no_keys_none_is_used_or_taken(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        await t.set_key("alpha", ALPHA)
    async with town(tmp_path, door, keys, CommunityKeys.OFF) as t:
        assert "doesn't allow that anymore" in await answered(t, "alpha", "a red bicycle")
        assert "switched off communities' own keys" in await t.set_key("beta", BETA)
        assert "drawn with the operator's key again" in await t.remove_key("alpha")
        assert "picture" in await answered(t, "alpha", "a blue bicycle")
        assert door.billed() == [(OPERATOR, "a blue bicycle")]


async def test_the_communitys_budget_counts_and_the_operators_does_not(tmp_path: Path, door: Door, keys: list[str]) -> None:
    from bot.budgets import Limits

    nothing = {"limits": Limits(member_day=0, community_day=0)}
    async with town(tmp_path, door, keys, rules=nothing) as t:
        assert "switched off" in await answered(t, "alpha", "a red bicycle")
        await t.set_key("alpha", ALPHA)
        assert "picture" in await answered(t, "alpha", "a blue bicycle")
        from bot.chat.views import Act, ActionName
        from bot.moderation.community import SECTIONS

        values = {"budget_community_day": "0.01"}
        act = Act("money", "olu", "Olu", "test", "alpha", "imagine", ActionName.SETTINGS, SECTIONS["money"], values)
        assert (await t.bot.core.act(act)).changed
        assert "too much" in (said := await answered(t, "alpha", "a green bicycle")) or "used up" in said


async def test_a_block_is_remembered_whoever_paid_for_it(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        blocked = await t.ask("alpha", "sandbox:safety_prompt a dragon")
        await t.answer(blocked)
        row = await t.row(blocked)
        assert row.answer is Answer.BLOCKED
        await t.set_key("alpha", ALPHA)
        assert "earlier" in await answered(t, "alpha", "sandbox:safety_prompt a dragon", person="ben")
        assert door.sent(ALPHA) == []


async def test_the_stored_key_stays_with_its_address(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        await t.set_key("alpha", ALPHA)
        assert "enter the key too" in await t.set_key("alpha", "", address="https://other.art.example/v1")
        assert (await t.set_key("alpha", "", models="gpt-image-1.5, gpt-image-2")).startswith(("Saved.", "images.art.example has no model"))
        assert ALPHA not in "".join(name for _, name in door.reached)
        assert {name for _, name in door.reached} == {"images.art.example"}
        assert (await t.bot.ledger.read(own_rows.everyone))["test:alpha"].base_url == BASE


async def test_only_keys_that_are_held_are_kept_out_of_the_log(tmp_path: Path, door: Door, keys: list[str]) -> None:
    clean, mine = Redactor(), "only.in.this.test.7f3c9a1e"
    door.keys.add(mine)
    async with town(tmp_path, door, keys) as t:
        assert "doesn't accept this key" in await t.set_key("alpha", refused := "request-r1-status-200")
        assert clean(refused) == refused, "whoever types ordinary words doesn't take them out of the log"
        await t.set_key("alpha", mine)
        await t.until(lambda: mine not in clean(f"it sent {mine}"))
        await t.set_key("beta", mine)
        await t.until(lambda: len(t.bot.own_services._held) == 2)
        await t.remove_key("alpha")
        await t.until(lambda: len(t.bot.own_services._held) == 1)
        assert mine not in clean(mine), "another community has the same one"
        await t.remove_key("beta")
        await t.until(lambda: clean(mine) == mine)


@pytest.mark.parametrize("meanwhile", ["replaced", "removed", "demoted"])
async def test_what_another_administrator_did_during_the_check_stays(tmp_path: Path, door: Door, keys: list[str], meanwhile: str) -> None:
    async with town(tmp_path, door, keys) as t:
        await t.set_key("alpha", ALPHA)
        asked, go_on = asyncio.Event(), asyncio.Event()

        async def wait() -> None:
            asked.set()
            await go_on.wait()

        def replaced(tx: Tx) -> None:  # by another process, or this one would make it wait
            own = settings_rows.of_community(tx.connection, "test", "alpha")
            settings_rows.replace(tx, "test", "alpha", {SETTING: {**own[SETTING], "name": name_for("gateway", "other")}}, "pat")

        door.before = wait
        models_only = asyncio.create_task(t.set_key("alpha", "", models="gpt-image-1.5"))
        await asked.wait()
        assert (await t.set_key("alpha", BETA)).startswith("Keys were checked here several times"), "one at a time"
        if meanwhile == "replaced":
            await t.bot.ledger.write(replaced)
        elif meanwhile == "removed":
            await t.remove_key("alpha")
        else:
            t.platform.moderators.administrators.clear()
        there = await t.bot.ledger.read(own_rows.everyone)
        go_on.set()
        expected = "Only administrators" if meanwhile == "demoted" else "Somebody else changed this community's key meanwhile."
        assert (await models_only).startswith(expected)
        assert await t.bot.ledger.read(own_rows.everyone) == there


async def test_a_key_that_a_call_still_needs_is_not_called_deleted(tmp_path: Path, door: Door, keys: list[str]) -> None:
    async with town(tmp_path, door, keys) as t:
        await t.set_key("alpha", ALPHA)
        door.hold = asyncio.Event()
        asked = await t.ask("alpha", "a red bicycle")
        await t.until(lambda: ALPHA in {key for call, key, _ in door.seen if call.startswith("POST")})
        said = await t.remove_key("alpha")
        assert "still being drawn" in said
        assert "is deleted" not in said
        assert await t.bot.ledger.read(lambda c: own_rows.sealed(c, 0.0))
        door.hold.set()
        assert (await t.answer(asked)).pictures
