"""What follows the first picture, in every state that it can be left in: somebody else's press changes nothing and is told so, the same
press works after a restart, and pressing twice does one thing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.chat.views import ActionName, Form, Reply, View
from bot.core import Visitor
from bot.ledger import message_rows, request_rows, template_rows
from bot.ledger.tables import metadata
from bot.messages import sender
from bot.messages.status_view import NOTIFY_ROW
from bot.moderation.community import TEMPLATES_ROW
from bot.requests.guide import USE_ROWS
from bot.requests.questions import ask_about
from tests.unit.moderation.test_reviews import asked, set_to
from tests.unit.requests.test_candidates import choices, draws
from tests.unit.requests.test_candidates import made as candidates_of
from tests.unit.requests.test_guide import COVER
from tests.unit.requests.test_picture_changes import Stage, row_of, stage
from tests.unit.requests.test_simplify import REFUSED
from tests.world import bad

A = ActionName
NOISE = {"audit", "acts", "messages", "gallery_searches", "spend", "contact_sheets", "processes", "holdings", "grants"}
"""Tables that a press without effect may write: refused presses, ids of events, a page that is turned, a made sheet, heartbeats."""
PROMPT = "a red robot with a lantern, a blue scarf, watercolour, oil painting"
PRIVATE = "Call +49 151 2345 6789"


@dataclass(frozen=True)
class Press:
    """A press in a state, and who may make it."""

    action: ActionName
    row: str
    values: Mapping[str, str] = field(default_factory=dict)
    person: str = "ana"
    stranger: str = "ben"
    """Whose press must change nothing; empty if everybody has their own."""
    again: str = ""
    """What the second press is told; empty if it shows the same once more."""


Scene = Callable[[Stage], Awaitable[Press]]
SCENES: dict[str, Scene] = {}


def scene(setup: Scene) -> Scene:
    SCENES[setup.__name__.replace("_", " ")] = setup
    return setup


# ---- not right, candidates, a pick ---------------------------------------------------------------------------------------------


@scene
async def result_isnt_right(s: Stage) -> Press:
    return Press(A.NOT_RIGHT, await s.result(), {"reason": "composition", "words": "more sky"})


@scene
async def candidates_are_asked_for(s: Stage) -> Press:
    parent = await s.result()
    await s.press(A.NOT_RIGHT, parent, reason="crop", words="")
    await draws(s, 2)
    return Press(A.CANDIDATES, parent, {"prompt": "all of a red bicycle", "count": "2"}, again="already")


@scene
async def one_of_three_is_picked(s: Stage) -> Press:
    child = await candidates_of(s, await s.result())
    return Press(A.PICK, (await choices(s, child))["Pick 2"], again="already")


@scene
async def another_one_is_picked(s: Stage) -> Press:
    child = await candidates_of(s, await s.result())
    rows = await choices(s, child)
    await s.press(A.PICK, rows["Pick 2"])
    return Press(A.PICK, rows["Pick 3"], again="already")


@scene
async def others_are_looked_at(s: Stage) -> Press:
    child = await candidates_of(s, await s.result())
    await s.press(A.PICK, (await choices(s, child))["Pick 1"])
    return Press(A.OTHERS, child)


@scene
async def picked_one_isnt_right_either(s: Stage) -> Press:
    child = await candidates_of(s, await s.result())
    await s.press(A.PICK, (await choices(s, child))["Pick 1"])
    return Press(A.NOT_RIGHT, child, {"reason": "other", "words": "too dark"})


# ---- text and crops ------------------------------------------------------------------------------------------------------------


@scene
async def text_is_drawn(s: Stage) -> Press:
    return Press(A.ADD_TEXT, await s.result(), {"text": "Open today"})


@scene
async def crop_is_made(s: Stage) -> Press:
    return Press(A.CROP, await s.result(), {"ratio": "16:9"})


@scene
async def text_of_a_preview_is_changed(s: Stage) -> Press:
    draft = row_of(await s.preview(A.ADD_TEXT, await s.result(), text="Open"))
    return Press(A.ADD_TEXT, draft, {"text": "Open today"}, again="over")


@scene
async def preview_of_a_text_is_used(s: Stage) -> Press:
    return Press(A.USE_CHANGE, row_of(await s.preview(A.ADD_TEXT, await s.result(), text="Open")), again="over")


@scene
async def preview_of_a_crop_is_used(s: Stage) -> Press:
    return Press(A.USE_CHANGE, row_of(await s.preview(A.CROP, await s.result(), ratio="1:1")), again="over")


@scene
async def preview_is_discarded(s: Stage) -> Press:
    return Press(A.DROP_CHANGE, row_of(await s.preview(A.CROP, await s.result(), ratio="1:1")), again="over")


@scene
async def private_words_are_drawn_anyway(s: Stage) -> Press:
    return Press(A.DRAW_ANYWAY, row_of(await s.preview(A.ADD_TEXT, await s.result(), text=PRIVATE)), again="over")


@scene
async def private_words_are_left_out(s: Stage) -> Press:
    return Press(A.DRAW_CLEANED, row_of(await s.preview(A.ADD_TEXT, await s.result(), text=f"Garage sale\n{PRIVATE}")), again="over")


@scene
async def question_about_words_is_dropped(s: Stage) -> Press:
    return Press(A.DROP_CHANGE, row_of(await s.preview(A.ADD_TEXT, await s.result(), text=PRIVATE)), again="over")


# ---- the guide -----------------------------------------------------------------------------------------------------------------


async def wording(s: Stage) -> str:
    reply = await s.press(A.GUIDE, USE_ROWS["cover"], subject="a red robot")
    assert reply.view is not None
    return row_of(reply.view)


@scene
async def wording_is_sent(s: Stage) -> Press:
    return Press(A.GUIDE_SEND, await wording(s), again="already on its way")


@scene
async def wording_is_sent_privately(s: Stage) -> Press:
    return Press(A.GUIDE_SEND_PRIVATE, await wording(s), again="already on its way")


@scene
async def wording_is_edited(s: Stage) -> Press:
    return Press(A.GUIDE_WORDING, await wording(s), {"prompt": "Subject: a blue robot"}, again="newer wording")


@scene
async def fields_are_changed(s: Stage) -> Press:
    return Press(A.GUIDE, await wording(s), {"subject": "a blue robot"})


@scene
async def wording_is_discarded(s: Stage) -> Press:
    return Press(A.GUIDE_DROP, await wording(s), again="newer wording")


@scene
async def template_is_saved(s: Stage) -> Press:
    return Press(A.TEMPLATE_EDIT, TEMPLATES_ROW, {"name": "Cover", "fields": "Style: comic"}, person="olu", again="already")


@scene
async def template_is_deleted(s: Stage) -> Press:
    await s.world.bot.ledger.write(lambda tx: template_rows.save(tx, "test", "home", COVER, "olu"))
    return Press(A.TEMPLATE_EDIT, COVER.id, {"delete": "true"}, person="olu", again="isn't there anymore")


# ---- simplify ------------------------------------------------------------------------------------------------------------------


async def failed(s: Stage) -> str:
    s.world.service.script.append(bad(REFUSED))
    request = await s.world.imagine(PROMPT)
    await s.world.answer(request)
    return request


async def first_step(s: Stage) -> View:
    reply = await s.press(A.SIMPLIFY, await failed(s))
    assert reply.view is not None
    return reply.view


@scene
async def simplify_is_pressed(s: Stage) -> Press:
    return Press(A.SIMPLIFY, await failed(s))


@scene
async def another_step_is_looked_at(s: Stage) -> Press:
    view = await first_step(s)
    return Press(A.LADDER_SHOW, next(one.row for one in view.buttons if one.action is A.LADDER_SHOW))


@scene
async def step_is_sent(s: Stage) -> Press:
    view = await first_step(s)
    return Press(A.LADDER_SEND, row_of(view), again="already on its way")


@scene
async def detail_is_added_back(s: Stage) -> Press:
    view = await first_step(s)
    await s.press(A.LADDER_SEND, row_of(view))
    sent = (await s.world.requests())[0]
    await s.world.answer(sent.id)
    return Press(A.SIMPLIFY, sent.id)


# ---- look before publishing ----------------------------------------------------------------------------------------------------


@scene
async def member_publishes(s: Stage) -> Press:
    await set_to(s, results="private")
    return Press(A.PUBLISH, await s.result(), again="already")


@scene
async def review_is_asked_for(s: Stage) -> Press:
    await set_to(s, results="reviewed")
    return Press(A.PUBLISH, await s.result(), again="already has it")


@scene
async def review_is_claimed(s: Stage) -> Press:
    await set_to(s, results="reviewed")
    return Press(A.CASE_CLAIM, (await asked(s, await s.result())).id, person="mia", again="you")


async def claimed(s: Stage) -> str:
    await set_to(s, results="reviewed")
    case = (await asked(s, await s.result())).id
    await s.press(A.CASE_CLAIM, case, person="mia")
    return case


@scene
async def reviewer_publishes(s: Stage) -> Press:
    return Press(A.CASE_PUBLISH, await claimed(s), person="mia", stranger="noor", again="already decided")


@scene
async def reviewer_sends_it_back(s: Stage) -> Press:
    return Press(
        A.CASE_DENY, await claimed(s), {"reason": "rules", "note": "Too dark"}, person="mia", stranger="noor", again="already decided"
    )


@scene
async def reviewer_releases_it(s: Stage) -> Press:
    return Press(A.CASE_RELEASE, await claimed(s), person="mia", stranger="ana", again="Claim")


@scene
async def sent_back_result_is_asked_for_again(s: Stage) -> Press:
    case = await claimed(s)
    await s.press(A.CASE_DENY, case, person="mia", reason="rules")
    sent = (await s.world.requests())[0]
    return Press(A.PUBLISH, sent.id, again="already has it")


# ---- the gallery, and being told -----------------------------------------------------------------------------------------------


@scene
async def result_is_shown(s: Stage) -> Press:
    return Press(A.SHOW, await s.result(), stranger="")


@scene
async def result_becomes_a_favourite(s: Stage) -> Press:
    return Press(A.FAVOURITE, await s.result(), again="already")


@scene
async def result_is_no_favourite_any_more(s: Stage) -> Press:
    request = await s.result()
    await s.press(A.FAVOURITE, request)
    return Press(A.UNFAVOURITE, request, again="already")


@scene
async def result_gets_a_tag(s: Stage) -> Press:
    return Press(A.GALLERY_TAG, await s.result(), {"tag": "shop"}, again="already")


@scene
async def result_is_downloaded(s: Stage) -> Press:
    return Press(A.DOWNLOAD, await s.result())


@scene
async def page_is_turned(s: Stage) -> Press:
    for number in range(11):
        await s.world.imagine(f"lantern {number}", size="7x7")
    view = await s.world.bot.core.show(Visitor("test", "home", "imagine", "ana"))
    return Press(A.GALLERY_NEXT, next(one.row for one in view.buttons if one.action is A.GALLERY_NEXT))


@scene
async def setting_is_saved(s: Stage) -> Press:
    return Press(A.NOTIFY_ME, NOTIFY_ROW, {"way": "direct"}, stranger="")


# ---- the three promises --------------------------------------------------------------------------------------------------------


def undated(value: object) -> object:
    """A stored value; of a time only that there is one, because writing the same again may date it anew."""
    return "a time" if isinstance(value, float) and value > 1e9 else value


async def settled(s: Stage) -> dict[str, list[tuple[Any, ...]]]:
    """What the ledger knows, once everything is drawn and shown."""

    def unfinished(connection: Connection) -> bool:
        live = [one for one in request_rows.of_person(connection, "test", "ana") if one.state in request_rows.UNFINISHED]
        return bool(live or message_rows.unsettled(connection))

    def everything(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        tables = (table for table in metadata.sorted_tables if table.name not in NOISE)
        rows = {table.name: [tuple(map(undated, row)) for row in connection.execute(select(table))] for table in tables}
        rows["memory"] = [row for row in rows["memory"] if str(row[0]).startswith("tell:")]
        return {name: sorted(found, key=repr) for name, found in rows.items()}

    async with asyncio.timeout(30):
        while await s.world.bot.ledger.read(unfinished):  # noqa: ASYNC110 - the ledger tells nobody
            await asyncio.sleep(0.01)
    return await s.world.bot.ledger.read(everything)


async def pressed(s: Stage, press: Press, person: str) -> Reply:
    return await s.press(press.action, press.row, person, **press.values)


def told(reply: Form | Reply) -> tuple[bool, bool, bool]:
    """Whether a reply changes something, shows something, or hands something over."""
    assert isinstance(reply, Reply)
    return reply.changed, reply.view is not None, reply.document is not None


@pytest.mark.parametrize("name", SCENES)
async def test_a_state_is_kept_from_others_a_restart_and_a_second_press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sender, "REPEAT_FINAL_AFTER", 0.1)  # several processes: who takes over delivery repeats what wasn't settled
    options: dict[str, Any] = {"lint": ask_about} if "words" in name else {}
    async with stage(tmp_path, **options) as s:
        press = await SCENES[name](s)
        before = await settled(s)
        if press.stranger:
            said = await pressed(s, press, press.stranger)
            assert said.text
            assert told(said) == (False, False, False), said.text
            opened = await s.world.form(press.action, press.row, press.stranger)
            assert isinstance(opened, Reply)
            assert await settled(s) == before, "somebody else's press changed something"
    async with stage(tmp_path, **options) as s:
        s.world.events = 1000
        first = await pressed(s, press, press.person)
        assert first.changed or first.view is not None or first.document is not None, first.text
        after = await settled(s)
        second = await pressed(s, press, press.person)
        assert await settled(s) == after, "the second press did something as well"
        if press.again:
            assert press.again in second.text
            assert not second.changed
        else:
            assert told(second)[1:] == told(first)[1:]
