"""Who sees which message in the web chat, and in which order."""

from __future__ import annotations

import pytest

from adapters.web.adapter import WebChat
from adapters.web.people import PEOPLE, WebModerators
from adapters.web.room import MOST, Entry, Room
from bot.chat.port import Message, Sent
from bot.chat.views import Audience, Tone, View
from bot.domain.requests import Place
from tests.web.stage import message, picture


def _room() -> Room:
    return Room(lambda: 1000.0)


def _readers(room: Room, channel: str) -> set[str]:
    return {who.id for who in PEOPLE.values() if room.read(who, channel)}


def test_a_message_for_the_channel_is_seen_by_all_five() -> None:
    room = _room()
    room.show(message(), View("Drawing"))
    assert _readers(room, "imagine") == set(PEOPLE)


def test_a_private_result_is_seen_by_its_requester_alone() -> None:
    room = _room()
    room.show(message(audience=Audience.MEMBER, person="ana"), View("Drawing"))
    assert _readers(room, "imagine") == {"ana"}


def test_cases_are_for_moderators_and_notices_for_the_operator_whatever_the_place_says() -> None:
    room = _room()
    room.show(message("case", Audience.MODERATORS, channel="imagine"), View("Case 1"))
    room.show(message("notice", Audience.OPERATORS, channel="imagine"), View("The key is refused"))
    assert _readers(room, "imagine") == set()
    assert _readers(room, "moderators") == {"mia", "noor"}
    assert _readers(room, "operators") == {"olu"}


def test_a_message_to_one_member_about_a_closed_channel_comes_to_their_own_imagine() -> None:
    room = _room()
    room.show(message(audience=Audience.MEMBER, person="ben", channel="moderators"), View("Do you accept?"))
    room.show(message("dm", audience=Audience.MEMBER, person="ben", channel="somewhere else"), View("Hello"))
    assert [one.view.title for one in room.read(PEOPLE["ben"], "imagine")] == ["Do you accept?", "Hello"]
    assert _readers(room, "moderators") == set()


def test_a_new_view_replaces_the_old_one_in_place() -> None:
    room = _room()
    room.show(message("first", at="10"), View("Waiting"))
    room.show(message("second", at="20"), View("Waiting"))
    room.show(message("first", at="10"), View("Done"))
    assert [one.view.title for one in room.read(PEOPLE["ana"], "imagine")] == ["Done", "Waiting"]


def test_messages_stand_in_the_order_of_what_was_typed_also_after_a_restart() -> None:
    room = _room()
    for id, at in (("c", "30"), ("a", "10"), ("b", "20"), ("b2", "20")):
        room.show(message(id, at=at), View(id))
    assert [one.id for one in room.read(PEOPLE["ana"], "imagine")] == ["a", "b", "b2", "c"]


def test_messages_of_the_same_instant_stand_in_the_order_of_their_arrival() -> None:
    room = _room()
    for id, at in (("a", "10"), ("b", "10"), ("c", "10"), ("d", "10.5"), ("e", "10")):
        room.show(message(id, at=at), View(id))
    assert [one.id for one in room.read(PEOPLE["ana"], "imagine")] == ["a", "b", "c", "e", "d"]


def test_what_somebody_typed_in_a_closed_channel_stays_there() -> None:
    room = _room()
    room.show(message(channel="moderators", by="mia"), View("Done"))
    room.show(message("m2", channel="somewhere else"), View("Done"))
    assert (_readers(room, "imagine"), _readers(room, "moderators")) == (set(PEOPLE), {"mia", "noor"})
    assert [one.id for one in room.read(PEOPLE["mia"], "imagine")] == ["m2"]


def test_a_message_to_one_person_answers_them() -> None:
    entry = _room().show(Message("q", "step:1", Audience.MEMBER, Place("web", "local", "imagine"), "ana"), View("Do you accept?"))
    assert entry.by is PEOPLE["ana"]
    assert _room().show(Message("n", "notice:x", Audience.OPERATORS, Place("web", "local", "operators"), None), View("Oh")).by is None


def test_a_whisper_is_for_one_person_until_they_dismiss_it() -> None:
    room = _room()
    room.whisper("w", PEOPLE["mia"], "moderators", "local", View("Status"))
    assert _readers(room, "moderators") == {"mia"}
    room.dismiss("w", PEOPLE["noor"])
    assert _readers(room, "moderators") == {"mia"}
    room.dismiss("w", PEOPLE["mia"])
    assert _readers(room, "moderators") == set()


def test_only_whispers_can_be_dismissed() -> None:
    room = _room()
    room.show(message(audience=Audience.MEMBER, person="ana"), View("Done"))
    room.dismiss("m1", PEOPLE["ana"])
    assert _readers(room, "imagine") == {"ana"}


def test_pictures_are_shown_while_a_message_holds_them() -> None:
    room = _room()
    room.show(message(), View("Done", pictures=(picture("b" * 64),)))
    assert room.shows_picture("b" * 64)
    room.show(message(), View("Deleted"))
    assert not room.shows_picture("b" * 64)


def test_listeners_hear_of_every_change() -> None:
    room, heard = _room(), []

    def listener(entry: Entry, gone: bool) -> None:
        heard.append((entry.id, entry.view.title, gone))

    room.listeners.append(listener)
    room.show(message(), View("Waiting"))
    room.show(message(), View("Done"))
    room.whisper("w", PEOPLE["ana"], "imagine", "local", View("Status"))
    room.dismiss("w", PEOPLE["ana"])
    assert heard == [("m1", "Waiting", False), ("m1", "Done", False), ("w", "Status", False), ("w", "Status", True)]


def test_memory_is_bounded_and_the_oldest_go_first() -> None:
    room, gone = _room(), []
    room.listeners.append(lambda entry, away: gone.append(entry.id) if away else None)
    for number in range(MOST + 3):
        room.show(message(f"m{number}", at=str(number + 1)), View("Done"))
    kept = room.read(PEOPLE["ana"], "imagine")
    assert len(kept) == MOST
    assert kept[0].id == "m3"
    assert gone == ["m0", "m1", "m2"]


@pytest.mark.parametrize("at", ["", "yesterday", "nan", "inf"])
def test_a_damaged_time_is_taken_as_now(at: str) -> None:
    assert _room().show(message(at=at), View("Done")).at == 1000.0


async def test_only_moderators_decide_and_only_in_this_community() -> None:
    rights = WebModerators()
    assert [who for who in PEOPLE if await rights.is_moderator(who, "local")] == ["mia", "noor"]
    assert [who for who in PEOPLE if await rights.is_administrator(who, "local")] == ["olu"]
    assert not await rights.is_moderator("mia", "another")
    assert not await rights.is_moderator("nobody", "local")
    assert not await rights.is_administrator("nobody", "local")


def _step(id: str, at: str = "") -> Message:
    """What ana is told about a request that she typed at 10."""
    place = Place("web", "local", "imagine", reply={"by": "ana", "at": "10"})
    return Message(id, "step:7", Audience.MEMBER, place, "ana", ref={"at": at} if at else {})


def test_what_is_told_about_an_old_request_stands_where_it_came_also_after_a_restart() -> None:
    for at in ("", "900"):  # now, and as it was written down
        room = _room()
        room.show(_step("question", at), View("Please try different words"))
        room.show(message("first", at="10"), View("Blocked"))
        room.show(message("second", at="20"), View("Done"))
        assert [one.id for one in room.read(PEOPLE["ana"], "imagine")] == ["first", "second", "question"]


async def test_when_it_came_is_written_down_for_the_next_life_of_the_process() -> None:
    chat = WebChat(_room())
    sent = await chat.send(_step("question"), View("Please try different words"))
    assert sent == Sent({"at": "1000.000"})


def test_each_person_has_marks_of_their_own_and_a_countdown_is_no_news() -> None:
    room = _room()
    ana, ben = PEOPLE["ana"], PEOPLE["ben"]
    room.show(message(), View("Number 3 in line", tone=Tone.WAITING))
    assert room.unread(ana, "imagine")
    room.saw(ana, "imagine")
    assert not room.unread(ana, "imagine")
    assert room.unread(ben, "imagine")
    room.show(message(), View("Number 2 in line", tone=Tone.WAITING))
    assert not room.unread(ana, "imagine")
    room.show(message(), View("Here is your picture", tone=Tone.DONE, final=True))
    assert room.unread(ana, "imagine")
    assert not room.unread(ana, "moderators")


def test_a_message_leads_to_the_one_that_its_reader_can_see() -> None:
    room = _room()
    room.show(message("m1", Audience.MEMBER, "ana"), View("Mine"))
    assert room.about(PEOPLE["ben"], "request:m1") is None
    found = room.about(PEOPLE["ana"], "request:m1")
    assert found is not None
    assert found.view.title == "Mine"
    room.show(Message("m2", "request:m1", Audience.CHANNEL, Place("web", "local", "imagine"), None), View("Everybody's"))
    found = room.about(PEOPLE["ana"], "request:m1")
    assert found is not None
    assert found.view.title == "Everybody's"
