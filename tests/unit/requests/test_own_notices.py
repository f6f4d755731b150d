"""What moderators read while their community's own service fails, and who may press on it."""

from __future__ import annotations

import dataclasses

import pytest
import pytest_asyncio

from bot.chat.port import Message
from bot.chat.views import ActionName, Audience, Pressers, View
from bot.domain.failure import Failure
from bot.domain.kinds import Kind
from bot.domain.own_services import SETTING, CommunityKeys, OwnService, name_for
from bot.domain.requests import Place, Request
from bot.ledger import message_rows, settings_rows
from bot.ledger.store import Tx
from bot.messages.own_notices import ROW, OwnNotices, outage, project
from bot.texts import text
from bot.texts.phrases import moment
from tests.unit.requests.ground import NOON, Ground, failure

MINE = OwnService(name_for("openai", "a"), "openai", "https://art.example/v1", ("gpt-image-2",), "9f3c", "olu", 5.0)
SUBJECT = "own:test:home"
MODERATORS = Place("test", "home", "moderators")
NOTICES = OwnNotices(place_of=lambda connection, platform, community: MODERATORS if community == "home" else None)


@pytest_asyncio.fixture
async def request_of(ground: Ground) -> Request:
    """A request of a community whose own service draws."""
    ground.rules = dataclasses.replace(ground.rules, community_keys=CommunityKeys.OPTIONAL)
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {SETTING: MINE.as_stored()}, "olu"))
    return await ground.asked()


async def shown(ground: Ground, subject: str = SUBJECT) -> View | None:
    message = Message("m", subject, Audience.MODERATORS, MODERATORS, None)
    return await ground.ledger.read(lambda c: project(c, message, ground.at[0]))


async def failed(ground: Ground, request: Request, why: Failure) -> None:
    await ground.ledger.write(lambda tx: NOTICES.failed(tx, why, request))


async def test_an_outage_is_counted_from_its_first_failure_until_something_is_drawn(ground: Ground, request_of: Request) -> None:
    assert await shown(ground) is None
    assert await shown(ground, "own:test:dm:ana") is None
    for later in (0.0, 60.0, 120.0):
        ground.at[0] = NOON + later
        await failed(ground, request_of, failure(Kind.AUTH_INVALID_KEY))
    view = await shown(ground)
    assert view is not None
    said = text("own.outage_key", host="art.example", kind="", ends=text("own.ends", ends="9f3c"))
    assert view.text == (said, text("own.times", count=3, last=moment(NOON + 120.0)))
    assert [(one.action, one.row, one.pressers) for one in view.buttons] == [(ActionName.OWN_KEY, ROW, Pressers(administrators=True))]
    assert (view.title, view.final) == (text("own.outage_title"), True)
    known = await ground.ledger.read(lambda c: outage(c, "test", "home"))
    assert (known["first"], known["last"]) == (NOON, NOON + 120.0)
    place = await ground.ledger.read(lambda c: [one.message.place for one in message_rows.of_subject(c, SUBJECT)])
    assert place == [MODERATORS]
    for later in (180.0, 240.0):  # the second picture changes nothing
        ground.at[0] = NOON + later
        await ground.ledger.write(lambda tx: NOTICES.works(tx, request_of))
        view = await shown(ground)
        assert view is not None
        assert (view.title, view.text, view.final) == (text("own.outage_over"), (text("own.since", at=moment(NOON + 180.0)),), True)
    await failed(ground, request_of, failure(Kind.QUOTA_EXHAUSTED))
    known = await ground.ledger.read(lambda c: outage(c, "test", "home"))
    assert (known["count"], known["first"], known["what"], known.get("over")) == (1, NOON + 240.0, "credit", None)


@pytest.mark.parametrize(
    ("kind", "facts", "about"),
    [
        (Kind.AUTH_INVALID_KEY, {}, "key"),
        (Kind.INVALID_MODEL, {}, "other"),
        (Kind.NOT_TAKEN, {"address": "art.example:443", "why": "address"}, "address"),
        (Kind.NOT_TAKEN, {"address": "files.example:443", "why": "address"}, "picture"),
        (Kind.NOT_TAKEN, {"address": "art.example:443", "why": "size"}, "picture"),
        (Kind.DOWNLOAD_FAILED, {}, "picture"),
        (Kind.AUTH_INVALID_KEY, {"address": "art.example:443", "why": "address"}, "key"),
    ],
)
async def test_moderators_read_what_an_administrator_can_mend(
    ground: Ground, request_of: Request, kind: Kind, facts: dict[str, str], about: str
) -> None:
    await failed(ground, request_of, dataclasses.replace(failure(kind), facts=facts))
    view = await shown(ground)
    assert view is not None
    kind_said = kind.value.replace("_", " ")
    assert view.text[0] == text(f"own.outage_{about}", host="art.example", kind=kind_said, ends=text("own.ends", ends="9f3c"))


async def test_a_key_that_was_taken_away_is_not_named_and_old_rows_say_the_kind(ground: Ground, request_of: Request) -> None:
    await failed(ground, request_of, failure(Kind.AUTH_INVALID_KEY))
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {}, "olu"))
    view = await shown(ground)
    assert view is not None
    assert view.text[0] == text("own.outage_key", host="", kind="", ends=text("own.stored"))


async def test_nobody_is_told_where_there_is_no_channel_for_it(ground: Ground, request_of: Request) -> None:
    nowhere = OwnNotices()

    def body(tx: Tx) -> None:
        nowhere.failed(tx, failure(Kind.AUTH_INVALID_KEY), request_of)

    await ground.ledger.write(body)
    assert not await ground.ledger.read(lambda c: list(message_rows.of_subject(c, SUBJECT)))
    assert await shown(ground) is not None, "the settings show it all the same"


@pytest.mark.parametrize(
    ("pressers", "admitted"),
    [
        (Pressers(), {"ana", "mia", "olu"}),
        (Pressers(only="ana"), {"ana"}),
        (Pressers(never=frozenset({"ana"})), {"mia", "olu"}),
        (Pressers(administrators=True), {"olu"}),
        (Pressers(only="ana", administrators=True), set()),
        (Pressers(only="olu", never=frozenset({"olu"}), administrators=True), set()),
    ],
)
def test_a_button_is_for_those_whose_press_has_a_chance(pressers: Pressers, admitted: set[str]) -> None:
    assert {one for one in ("ana", "mia", "olu") if pressers.admit(one, administrator=one == "olu")} == admitted
