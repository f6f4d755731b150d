"""What adapters get from the core: commands that come twice or in vain, presses that nothing handles, and answers to one person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Form, Reply
from bot.core import Duplicate, Received, Visitor, words_for
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place, Submission
from bot.ledger import message_rows, settings_rows
from bot.ledger.store import LedgerClosed, LedgerProblem
from bot.ledger.tables import requests
from bot.messages.gallery_view import FRESH
from bot.messages.help_view import Drawing, help_view
from bot.requests.tiers import Tier, as_stored
from bot.texts import text
from tests.world import RATE, Service, bad, world

A = ActionName
ANA = Visitor("test", "home", "imagine", "ana", "Ana")
SUBMISSION = Submission(Person("ana", "Ana"), Place("test", "home", "imagine"), "a purple walrus")


@dataclass
class Room:
    """One more room of actions."""

    handlers: Handlers


def act(action: ActionName, row: str, language: str = "en") -> Act:
    return Act("press", "ana", "Ana", "test", "home", "imagine", action, row, language=language)


async def test_a_command_is_stored_once_however_often_and_with_however_long_an_id_it_comes(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        for key in ("one", "k" * 5000):
            first = await w.bot.core.receive(key, SUBMISSION)
            assert isinstance(first, Received)
            assert await w.bot.core.receive(key, replace(SUBMISSION, prompt="other words")) == Duplicate(first.request_id)
        rows = await w.bot.ledger.read(lambda c: c.execute(select(requests)).all())
        assert {(row.event_key, row.prompt) for row in rows} == {("one", "a purple walrus"), ("k" * 200, "a purple walrus")}


async def test_a_command_asks_the_platform_about_the_roles_that_its_communitys_tiers_name(tmp_path: Path) -> None:
    artists = {"ben"}

    async def holds(person: str, community: str, role: str) -> bool:
        return (person in artists, community, role) == (True, "home", "77")

    async with world(tmp_path) as w:
        w.platform.moderators.holds_role = holds  # type: ignore[attr-defined]
        own = {"tiers": as_stored([Tier("e", "Everyone", (), qualities=("low",), day=1_000), Tier("t", "Artists", ("77",), day=900_000)])}
        await w.bot.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", own, "olu"))
        rows = [await w.row(await w.imagine("a cat", person, quality="high")) for person in ("ana", "ben")]
        assert [one.refusal and one.refusal.reason for one in rows] == ["tier_quality", None]


async def test_a_command_whose_acknowledgement_failed_is_dropped_and_one_that_was_accepted_is_not(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.bot.core.abandon("2222222222222222")
        stored = await w.bot.core.receive("one", SUBMISSION)
        await w.bot.core.abandon(stored.request_id)
        row = await w.row(stored.request_id)
        assert (row.state, row.prompt) == (RequestState.REFUSED, "")
        assert w.chat.about(f"request:{stored.request_id}") is None
        asked = await w.imagine()
        await w.bot.core.abandon(asked)
        assert (await w.answer(asked)).pictures


async def test_what_cannot_be_stored_or_handled_is_answered_in_words_and_changes_nothing(tmp_path: Path) -> None:
    assert words_for(LedgerClosed()) == text("reply.stopping")
    assert words_for(LedgerProblem("disk full")) == text("reply.cannot_store")
    assert words_for(ValueError()) is None
    unknown, stopping = (Reply(text(key), changed=False) for key in ("reply.unknown_button", "reply.stopping"))
    async with world(tmp_path) as w:
        core = w.bot.core
        core._handlers = Handlers({}, core._handlers.forms)
        assert await core.act(act(A.AGAIN, "2222222222222222")) == unknown
        assert await core.form(act(A.AGAIN, "2222222222222222")) == unknown
        form = await core.form(act(A.EDIT, await w.imagine("a purple walrus")))
        assert isinstance(form, Form)
        assert form.fields[0].value == "a purple walrus"
        stored = await core.receive("late", SUBMISSION)
        await core.calls.close(0.0)  # the stop has begun; the ledger is still open
        assert await core.act(act(A.SHOW, "")) == await core.form(act(A.EDIT, "")) == stopping
        assert await core.accept(stored.request_id) is None
        await core.abandon(stored.request_id)
        row = await w.row(stored.request_id)
        assert row.state is RequestState.RECEIVED


async def test_one_more_room_of_actions_is_handled_beside_the_others(tmp_path: Path) -> None:
    async def taken(act: Act) -> Reply:
        return Reply(f"taken {act.row}")

    async def opened(act: Act) -> Form | Reply:
        return Reply(f"opened {act.row}", changed=False)

    async with world(tmp_path) as w:
        core = w.bot.core
        core.add_room(Room(Handlers({A.CASE_COMMENT: taken}, {A.CASE_COMMENT: opened})))
        assert (await core.act(act(A.CASE_COMMENT, "2" * 16))).text == f"taken {'2' * 16}"
        assert await core.form(act(A.CASE_COMMENT, "2" * 16)) == Reply(f"opened {'2' * 16}", changed=False)
        assert (await core.act(act(A.AGAIN, "2" * 16))).text == text("reply.not_yours")
        assert isinstance(await core.form(act(A.EDIT, await w.imagine())), Form)


async def test_a_members_own_requests_are_listed_and_shown_by_id_or_button_however_it_is_typed(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        request = await w.imagine("a purple walrus")
        await w.answer(request)
        for empty in (None, "", "  "):
            listed = await w.bot.core.show(ANA, empty)
            assert [(one.action, one.row) for one in listed.buttons] == [(A.SHOW, request), (A.GALLERY_SEARCH, FRESH)]
        view = await w.bot.core.show(ANA, f" {request.upper()}\n")
        assert view.pictures
        reply = await w.bot.core.act(act(A.SHOW, request))
        assert (reply.text, reply.changed, reply.view) == (text("reply.here_it_is"), False, view)
        # What has not the form of an id is asked of nobody, whatever a row may be called.
        await w.bot.ledger.write(lambda tx: tx.connection.execute(requests.update().values(id="x' or 1=1")))
        assert (await w.bot.core.show(ANA, "x' or 1=1")).title == text("gallery.nothing")
        assert (await w.press(A.AGAIN, "x' or 1=1")) == text("reply.not_yours")


async def test_the_status_says_who_waits_and_what_is_left_of_the_lower_budget(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(RATE)] * 9), limits=Limits(member_day=5_000_000)) as w:
        await w.bot.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {"budget_member_day": 2_000_000}, "olu"))
        await w.imagine()
        await w.until(lambda: w.service.calls)
        await w.imagine("another")
        here, elsewhere = await w.bot.core.status(ANA), await w.bot.core.status(replace(ANA, community="elsewhere", person="ben"))
        assert any(text("status.queue", running=text("status.running_none"), waiting=2) == line for line in here.text)
        money = text("status.left_member_day")
        assert [("$2.00" in one.value, "$5.00" in one.value) for one in here.facts if one.label == money and "$" in one.value] == [
            (True, False)
        ]
        assert [("$2.00" in one.value, "$5.00" in one.value) for one in elsewhere.facts if one.label == money and "$" in one.value] == [
            (False, True)
        ]


@pytest.mark.parametrize("quality", [None, "low"])
async def test_the_options_the_help_and_the_empty_form_are_those_of_the_configured_model(tmp_path: Path, quality: str | None) -> None:
    model = Catalogue.load().default()
    async with world(tmp_path, default_quality=quality) as w:
        options = w.bot.core.options()
        assert (options.model, options.default_size, options.max_count) == (model.id, model.sizes.default, model.max_count)
        assert [one.value for one in options.sizes] == list(model.sizes.popular)
        assert ([one.value for one in options.qualities], options.default_quality) == (
            list(model.qualities),
            quality or model.default_quality,
        )
        assert await w.bot.core.help(ANA) == help_view(Drawing(model.sizes.popular, model.qualities, model.max_count, 16))
        form = await w.bot.core.imagine_form(ANA)
        assert {one.name: one.value for one in form.fields} == {
            "prompt": "",
            "size": model.sizes.default,
            "quality": options.default_quality,
            "count": "1",
            "private": "false",
        }


async def test_the_default_model_is_offered_first(tmp_path: Path) -> None:
    models = {name: Catalogue.load().models[name] for name in ("gpt-image-1.5", "gpt-image-2", "gpt-image-2.5-flare")}
    async with world(tmp_path, model=models["gpt-image-2"], models=models) as w:
        assert [one.value for one in w.bot.core.options().models] == ["gpt-image-2", "gpt-image-1.5", "gpt-image-2.5-flare"]


async def test_what_an_adapter_without_a_memory_asks_for_after_its_start(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        asked = [await w.imagine(f"walrus number {number}") for number in range(3)]
        for request in asked:
            await w.answer(request)
        subjects = {key: message.subject for key, message in w.chat.messages.items()}
        everything = await w.bot.core.history("test")
        assert [subjects[message_id] for place, message_id in everything if place.channel == "imagine"] == [
            f"request:{one}" for one in asked
        ]
        assert list(await w.bot.core.history("test", 2)) == list(everything)[-2:]
        assert await w.bot.core.history("other") == []
        shown = len(w.chat.all)
        await w.bot.core.resend(everything[0][1])
        await w.until(lambda: len(w.chat.all) > shown)
        assert w.chat.all[-1][0] == everything[0][1]
        assert await w.bot.core.moderators_place("test", "home") == Place("test", "home", "moderators")

        def more(tx: object) -> None:
            for number in range(250):
                message_rows.want(tx, f"many:{number}", message_rows.Audience.CHANNEL, Place("shelf", "home", "imagine"))  # type: ignore[arg-type]

        await w.bot.ledger.write(more)
        assert len(await w.bot.core.history("shelf")) == 200


async def test_a_price_follows_the_communitys_own_options_and_nothing_is_stored(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.bot.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {"size": "1024x1536"}, "olu"))
        here, elsewhere = [await w.bot.core.status(replace(ANA, community=one), "a cat") for one in ("home", "elsewhere")]
        assert "1024×1536" in here.text[0]
        assert "1024×1536" not in elsewhere.text[0]
        assert await w.bot.ledger.read(lambda c: c.execute(requests.select()).all()) == []


async def test_the_dashboard_counts_what_happened_in_its_time(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.answer(await w.imagine())
        found = await w.bot.core.dashboard(3600.0)
        assert found.until - found.since == pytest.approx(3600.0)
        assert list(found.gates) == ["default"]
        assert {name: sum(counts) for name, counts in found.outcomes.items() if sum(counts)} == {"pictures": 1}


async def test_options_inside_the_words_count_in_a_price_and_pictures_only_where_there_are_some(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        inline = await w.bot.core.status(ANA, "a cat, 2 pictures, 1024x1536")
        assert "1024×1536" in inline.text[0]
        plain, none, two = [await w.bot.core.price(ANA, "a cat", {}, *given) for given in ((), (0,), (2,))]
        assert plain == none != two
