"""The kit that adapters share: its pure policy, and what it keeps in small files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.kit.editing_chat import after_failed_edit
from adapters.kit.errors import WHY, ClassifiedError, ErrorClass
from adapters.kit.files import AppendLog, read_words, write_words
from adapters.kit.interaction_ids import InteractionId, custom_id, parsed, question, unique
from adapters.kit.message_ref import StoredRef
from adapters.kit.payload import part, parts, word, words
from bot.chat.port import Later, Message, Sent
from bot.chat.views import ActionName, Audience, Button, ButtonStyle, Tone, View
from bot.domain.requests import Place
from bot.texts import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref(StoredRef):
    id: str = ""

    @property
    def identity(self) -> str:
        return self.id

    def anew(self, *, gone: bool = False) -> Ref:
        return Ref(final=self.final, gone=gone)


SHOWN, SAID = Ref(route="post", id="1"), Ref(route="post", id="1", final=True)
GONE, CLOSED, OLD = ErrorClass.GONE, ErrorClass.NO_CHANNEL, ErrorClass.TOO_OLD
STAYS_DELETED = Sent({"v": "1", "final": "1", "gone": "1"})
OWED = Sent({"v": "1", "gone": "1"})
LEFT = Sent({"v": "1", "way": "post", "final": "1", "id": "1"})
WAITS = Later(15.0, progress=True)
MEMBERS, STAFF = Audience.CHANNEL, Audience.MODERATORS
PROGRESS, FINAL, AMENDS = View("…"), View("Done", final=True), View("Deleted", final=True, amends=True)
TO_DO, SETTLED = View("Decide", tone=Tone.WAITING), View("Decided", tone=Tone.DONE)


@pytest.mark.parametrize(
    ("audience", "view", "ref", "error", "follows"),
    [
        (MEMBERS, PROGRESS, SHOWN, GONE, OWED),
        (MEMBERS, PROGRESS, SHOWN, CLOSED, WAITS),
        (MEMBERS, PROGRESS, SHOWN, OLD, WAITS),
        (MEMBERS, FINAL, SHOWN, GONE, None),
        (MEMBERS, FINAL, SHOWN, CLOSED, None),
        (MEMBERS, FINAL, SHOWN, OLD, None),
        (MEMBERS, FINAL, SAID, GONE, STAYS_DELETED),
        (MEMBERS, FINAL, SAID, CLOSED, STAYS_DELETED),
        (MEMBERS, FINAL, SAID, OLD, None),
        (MEMBERS, AMENDS, SAID, GONE, STAYS_DELETED),
        (MEMBERS, AMENDS, SAID, ErrorClass.OVER, LEFT),
        (MEMBERS, AMENDS, SHOWN, ErrorClass.OVER, None),
        (STAFF, TO_DO, SAID, GONE, None),
        (STAFF, TO_DO, SHOWN, OLD, None),
        (STAFF, SETTLED, SHOWN, GONE, STAYS_DELETED),
        (STAFF, SETTLED, SHOWN, OLD, None),
    ],
)
def test_what_follows_from_a_refused_edit(
    audience: Audience, view: View, ref: Ref, error: ErrorClass, follows: Sent | Later | None
) -> None:
    message = Message("m", "request:r", audience, Place("stage", "c", "1"), None)
    assert after_failed_edit(message, view, ref, ClassifiedError(error, "x")) == follows


def test_every_error_that_ends_a_route_says_why_and_the_others_end_the_send() -> None:
    ends_the_send = {ErrorClass.WAIT, ErrorClass.LOST, ErrorClass.UNAUTHORISED, ErrorClass.BANNED, ErrorClass.TRIGGER}
    assert set(ErrorClass) - set(WHY) == ends_the_send


@pytest.mark.parametrize("flags", [{}, {"opens_form": True}, {"sure": True}])
def test_an_interaction_id_comes_back_as_it_was_made(flags: dict[str, bool]) -> None:
    assert parsed(custom_id("delete", "abc", **flags)) == InteractionId(ActionName.DELETE, "abc", **flags)


@pytest.mark.parametrize("strange", ["", "v2:delete:abc", "v1:explode:abc", "v1:delete:abc:x", "v1:delete:a b", "v1:delete:abc:y:f"])
def test_nothing_else_is_an_interaction_id(strange: str) -> None:
    assert parsed(strange) is None


def test_a_button_that_is_there_twice_is_shown_once_and_one_that_cannot_be_undone_asks() -> None:
    again, delete = Button(ActionName.AGAIN, "r", "Again"), Button(ActionName.DELETE, "r", "Delete")
    assert [name for name, _ in unique([again, delete, again], confirm_is_form=True)] == ["v1:again:r", "v1:delete:r:f"]
    assert [name for name, _ in unique([delete], confirm_is_form=False)] == ["v1:delete:r"]


def test_the_question_before_a_deletion_has_the_button_that_confirms_it() -> None:
    asked = question(InteractionId(ActionName.DELETE, "r", opens_form=True))
    button = Button(ActionName.DELETE, "r", text("button.delete"), ButtonStyle.DANGER)
    assert asked == View(text("confirm.delete"), buttons=(button,), final=True)


def test_a_log_keeps_its_lines_for_the_owner_alone_and_lives_with_half_a_line(tmp_path: Path) -> None:
    log = AppendLog(tmp_path / "log")
    assert log.lines() == []
    log.append("one")
    log.append("two")
    (tmp_path / "log").open("ab").write(b"\xff ha")
    assert log.lines()[:2] == ["one", "two"]
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0
    log.rewrite(["two"])
    assert log.lines() == ["two"]
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "{", "[1]", '"words"'])
def test_words_that_nobody_can_read_are_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "words.json"
    assert read_words(path) == {}
    path.write_text(content)
    assert read_words(path) == {}
    write_words(path, {"team": "T1"})
    assert read_words(path) == {"team": "T1"}


def test_fields_of_json_are_read_whatever_their_shape() -> None:
    found = {"a": {"b": "c"}, "d": ["e", "", 1, {"f": 1}, None], "g": "h", "i": 2}
    assert (part(found, "a"), part(found, "g"), part(found, "none")) == ({"b": "c"}, {}, {})
    assert (word(found, "g"), word(found, "i"), word(found, "none")) == ("h", "", "")
    assert (words(found["d"]), words("abc"), words(None)) == (["e"], [], [])
    assert (parts(found["d"]), parts(found), parts(None)) == ([{"f": 1}], [], [])
