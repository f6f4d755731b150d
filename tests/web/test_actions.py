"""What a sent line, a pressed button and a submitted form ask of the core, and what the person is told."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from adapters.web.actions import TypedLine, WebActions
from adapters.web.people import PEOPLE, Persona
from adapters.web.room import Room
from adapters.web.sheet import Submit
from adapters.web.uploads import Uploads
from bot.chat.views import Act, ActionName, Button, Form, Reply, View
from bot.core import Refusal
from bot.domain.requests import Request, Submission
from bot.ledger.store import LedgerProblem
from bot.ports import SystemPorts
from bot.texts import text
from tests.web.stage import PROMPT_FORM, StageCore, message

KEY = "k" * 20


@dataclass
class Page:
    """What a page would have shown."""

    who: Persona = PEOPLE["ben"]
    channel: str = "imagine"
    notices: list[tuple[str, bool]] = field(default_factory=list)
    sheets: list[tuple[Form, Submit]] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)

    def notice(self, sentence: str, problem: bool = False) -> None:
        self.notices.append((sentence, problem))

    def sheet(self, form: Form, submit: Submit) -> None:
        self.sheets.append((form, submit))

    def sent(self, key: str) -> None:
        self.emptied.append(key)


@dataclass
class Scene:
    core: StageCore = field(default_factory=StageCore)
    page: Page = field(default_factory=Page)
    room: Room = field(default_factory=lambda: Room(lambda: 1.0))

    def __post_init__(self) -> None:
        self.handlers = WebActions(self.core, self.room, SystemPorts(), self.page, Uploads())

    def submission(self) -> Submission:
        (found,) = [what for name, what in self.core.asked if name == "receive"]
        assert isinstance(found, Submission)
        return found

    def whispers(self) -> list[str]:
        return [one.view.title for one in self.room.read(self.page.who, self.page.channel) if one.whisper]


async def test_a_line_is_received_then_accepted_and_leaves_the_text_box() -> None:
    scene = Scene()
    await scene.handlers.send(TypedLine("/imagine a fox", KEY, {"size": "1536x1024", "quality": "medium", "count": "1"}))
    sent = scene.submission()
    # The usual values are nobody's choice.
    assert (sent.prompt, sent.size, sent.quality, sent.count, sent.private) == ("a fox", "1536x1024", None, None, False)
    assert (sent.person.id, sent.place.platform, sent.place.community, sent.place.channel) == ("ben", "web", "local", "imagine")
    assert [name for name, _ in scene.core.asked] == ["receive", "accept"]
    assert scene.page.emptied == [KEY]


async def test_pressing_enter_twice_is_one_request() -> None:
    scene = Scene()
    for _ in range(2):
        await scene.handlers.send(TypedLine("/imagine a fox", KEY))
    assert [name for name, _ in scene.core.asked] == ["receive", "accept", "accept"]
    assert len({what for name, what in scene.core.asked if name == "accept"}) == 1


async def test_a_line_that_was_stored_and_never_accepted_is_accepted_when_it_is_sent_again() -> None:
    """As after a disk that was full for a moment, when Enter was pressed twice."""

    class FullOnce(StageCore):
        async def accept(self, request_id: str) -> Request | Refusal:
            await super().accept(request_id)
            if len(self.asked) == 2:
                raise LedgerProblem("the disk is full")
            return Refusal(request_id, "stage")

    scene = Scene(FullOnce())
    for _ in range(2):
        await scene.handlers.send(TypedLine("/imagine a fox", KEY))
    assert [what for name, what in scene.core.asked if name == "accept"] == ["r1", "r1"]
    assert scene.page.notices[-1] == ("", False)


async def test_what_is_stored_and_not_accepted_is_not_called_untaken() -> None:
    """It is drawn a minute later: nobody may be told that nothing was taken, and type it again."""

    class Full(StageCore):
        async def accept(self, request_id: str) -> Request | Refusal:
            raise LedgerProblem("the disk is full")

    scene = Scene(Full())
    await scene.handlers.send(TypedLine("/imagine a fox", KEY))
    assert scene.page.notices[-1] == (text("web.accept_later"), False)
    assert scene.page.emptied == [KEY]


async def test_a_key_that_is_not_ours_is_replaced() -> None:
    scene = Scene()
    await scene.handlers.send(TypedLine("/imagine a fox", "../../etc"))
    assert all("etc" not in key for key in scene.core.keys)


async def test_typed_options_come_before_those_beside_the_box() -> None:
    scene = Scene()
    await scene.handlers.send(
        TypedLine("/imagine --size 7x7 --count 99 a fox", KEY, {"size": "1024x1024", "quality": "low", "count": "1", "private": "true"})
    )
    sent = scene.submission()
    assert (sent.size, sent.quality, sent.count, sent.private) == ("7x7", "low", "99", True)


async def test_what_is_not_a_command_stays_in_the_box_and_gets_a_hint() -> None:
    scene = Scene()
    await scene.handlers.send(TypedLine("hello", KEY))
    assert scene.core.asked == []
    assert scene.page.emptied == []
    assert "/imagine" in scene.page.notices[-1][0]


async def test_the_command_alone_opens_the_form_with_the_options_already_chosen() -> None:
    scene = Scene()
    await scene.handlers.send(TypedLine("/imagine", KEY, {"size": "1536x1024", "private": "true"}))
    form, submit = scene.page.sheets[0]
    assert {one.name: one.value for one in form.fields} == {"prompt": "a red bicycle", "size": "1536x1024", "private": "true"}
    assert await submit({"prompt": "a fox", "size": "1024x1024", "private": "false"}) is None
    sent = scene.submission()
    assert (sent.prompt, sent.size, sent.private) == ("a fox", "1024x1024", False)


async def test_a_free_size_typed_with_the_command_alone_is_in_the_forms_list() -> None:
    scene = Scene()
    scene.core.free_sizes = True
    await scene.handlers.send(TypedLine("/imagine --size 1008x1008", KEY, {"size": "1536x1024"}))
    form, _ = scene.page.sheets[0]
    [size] = [one for one in form.fields if one.name == "size"]
    assert size.value == "1008x1008"
    assert [one.value for one in size.choices] == ["1008x1008", "1024x1024", "1536x1024"]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("/imagine-show", "Your last pictures"),
        ("/imagine-status", "All is well"),
        ("/imagine-help", "Help"),
        ("/imagine-privacy", "Privacy"),
    ],
)
async def test_answers_to_commands_are_whispered(line: str, title: str) -> None:
    scene = Scene()
    await scene.handlers.send(TypedLine(line, KEY))
    assert scene.whispers() == [title]
    assert scene.room.read(PEOPLE["ana"], "imagine") == []


async def test_show_passes_the_id_on() -> None:
    scene = Scene()
    await scene.handlers.send(TypedLine("/imagine-show abc", KEY))
    assert scene.core.asked == [("show", "abc")]


async def test_settings_for_somebody_else_are_refused_in_words() -> None:
    scene = Scene()
    await scene.handlers.send(TypedLine("/imagine-settings", KEY))
    assert scene.page.notices[-1] == ("Only administrators change settings.", True)


async def test_a_core_that_breaks_gives_a_sentence_and_keeps_the_text() -> None:
    scene = Scene(core=StageCore(broken=True))
    await scene.handlers.send(TypedLine("/imagine a fox", KEY))
    assert "went wrong" in scene.page.notices[-1][0]
    assert scene.page.emptied == []


async def _press(scene: Scene, **button: bool) -> Act:
    entry = scene.room.show(message(by="ana"), View("Done"))
    await scene.handlers.press(entry, Button(ActionName.CANCEL, "row9", "Cancel", **button))  # type: ignore[arg-type]
    act = scene.core.asked[-1][1]
    assert isinstance(act, Act)
    return act


async def test_a_press_says_who_pressed_which_row_and_where() -> None:
    act = await _press(Scene())
    assert (act.person, act.platform, act.community, act.channel, act.action, act.row) == (
        "ben",
        "web",
        "local",
        "imagine",
        ActionName.CANCEL,
        "row9",
    )
    assert act.event_key.startswith("web:")


async def test_two_presses_are_two_events() -> None:
    scene = Scene()
    assert (await _press(scene)).event_key != (await _press(scene)).event_key


async def test_a_reply_is_shown_to_the_presser_and_marked_when_nothing_changed() -> None:
    scene = Scene()
    scene.core.reply = Reply("That is not yours.", changed=False)
    await _press(scene)
    assert scene.page.notices[-1] == ("That is not yours.", True)


async def test_a_richer_reply_is_whispered() -> None:
    scene = Scene()
    scene.core.reply = Reply("", view=View("The blocked prompt"))
    await _press(scene)
    assert scene.whispers() == ["The blocked prompt"]


@pytest.mark.parametrize(("sentence", "notice"), [("Let's get it right", ""), ("Ready. Only you see it.", "Ready. Only you see it.")])
async def test_a_richer_reply_says_nothing_twice(sentence: str, notice: str) -> None:
    scene = Scene()
    scene.core.reply = Reply(sentence, changed=False, view=View("Let's get it right"))
    await _press(scene)
    assert scene.page.notices[-1] == (notice, False)


async def test_a_button_with_a_form_opens_it_and_its_values_are_the_act() -> None:
    scene = Scene()
    await _press(scene, opens_form=True)
    form, submit = scene.page.sheets[0]
    assert form == PROMPT_FORM
    assert await submit({"prompt": "a fox"}) is None
    name, act = scene.core.asked[-1]
    assert isinstance(act, Act)
    assert (name, act.action, act.row, act.values) == ("act", ActionName.EDIT, "row1", {"prompt": "a fox"})


async def test_a_refused_form_stays_open_with_the_reason() -> None:
    scene = Scene()
    await _press(scene, opens_form=True)
    scene.core.reply = Reply("The prompt is empty.", changed=False)
    assert await scene.page.sheets[0][1]({"prompt": ""}) == "The prompt is empty."


@pytest.mark.parametrize(("action", "stays"), [(ActionName.DELETE, False), (ActionName.CANCEL, False), (ActionName.AGAIN, True)])
async def test_a_whisper_that_an_action_has_overtaken_goes_away(action: ActionName, stays: bool) -> None:
    scene = Scene()
    entry = scene.room.whisper("w", scene.page.who, "imagine", "local", View("Your picture"))
    await scene.handlers.press(entry, Button(action, "row9", "Press"))
    assert bool(scene.whispers()) is stays


async def test_the_price_of_what_is_typed_is_whispered_and_nothing_is_received() -> None:
    scene = Scene()
    await scene.handlers.price(TypedLine("a cat, 16:9", KEY, {"count": "3"}, attached=("ab" * 32,)))
    assert [what for name, what in scene.core.asked if name == "receive"] == []
    [(prompt, typed, references)] = [what for name, what in scene.core.asked if name == "price"]
    assert (prompt, typed["count"], typed["inline"], references) == ("a cat, 16:9", "3", True, 1)
    assert scene.whispers() == ["price"]
    await scene.handlers.price(TypedLine(line="/imagien a cat", key=KEY))
    assert scene.page.notices[-1][0]
