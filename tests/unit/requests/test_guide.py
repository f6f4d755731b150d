"""/imagine-guide: the form, the wording that its member sees before it's sent, and that nothing else is sent."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.chat.views import ActionName, Form, Reply, View
from bot.core import Visitor
from bot.domain.request_states import RequestState
from bot.ledger import template_rows
from bot.ledger.tables import prompt_drafts
from bot.ledger.template_rows import PromptTemplate
from bot.moderation.retention import forget_person
from bot.prompts.parts import CONSTRAINTS, PARTS
from bot.requests.guide import USE_ROWS
from bot.requests.questions import ask_about
from bot.requests.sweep import DRAFTS_KEPT, sweep
from tests.world import World, world

A = ActionName
COVER = PromptTemplate(
    "template22222222",
    "Weekly cover",
    {"use": "article cover", "style": "flat illustration", "composition": "16:9"},
    size="",
    quality="low",
)


@dataclass
class Stage:
    world: World

    async def start(self, name: str = "", use: str = "") -> Form | Reply:
        return await self.world.bot.core.guide(Visitor("test", "home", "imagine", "ana"), name, use)

    async def press(self, action: ActionName, row: str, person: str = "ana", key: str = "", **values: str) -> Reply:
        return await self.world.reply(action, row, person, values, key)

    async def wording(self, row: str = USE_ROWS["any"], action: ActionName = A.GUIDE, **values: str) -> View:
        reply = await self.press(action, row, **values)
        assert reply.view is not None, reply.text
        return reply.view

    async def template(self, template: PromptTemplate = COVER) -> None:
        await self.world.bot.ledger.write(lambda tx: template_rows.save(tx, "test", "home", template, "olu"))

    async def drafts(self) -> int:
        return await self.world.bot.ledger.read(lambda c: c.execute(select(func.count()).select_from(prompt_drafts)).scalar_one())


@contextlib.asynccontextmanager
async def stage(folder: Path, **rules: Any) -> AsyncIterator[Stage]:
    async with world(folder, **rules) as found:
        yield Stage(found)


def row_of(view: View) -> str:
    return view.buttons[0].row


async def test_the_form_asks_for_six_parts_and_the_wording_is_sent_only_by_its_press(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        form = await s.start()
        assert isinstance(form, Form)
        assert [one.name for one in form.fields] == list(PARTS)
        assert [one.name for one in form.fields if one.required] == ["subject"]
        assert form.fields[-1].value == CONSTRAINTS
        view = await s.wording(form.row, use="article cover", subject="a red robot", scene="a harbour", constraints="no logos")
        assert view.quote == "Use: article cover\nSubject: a red robot\nScene: a harbour\nConstraints: no logos"
        assert [one.label for one in view.buttons] == ["Send", "Send, only for me", "Edit the wording", "Change the fields", "Discard"]
        assert await s.world.requests() == []
        assert (await s.press(A.GUIDE_SEND, row_of(view))).changed
        await s.world.until(lambda: any(one.pictures for one in s.world.chat.now.values()))
        [request] = await s.world.requests()
        assert (request.prompt, request.private, request.template) == (view.quote, False, "")
        [call] = s.world.service.calls
        assert call.prompt == view.quote


async def test_a_second_press_and_another_persons_press_send_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        view = await s.wording(subject="a red robot")
        for action in (A.GUIDE_SEND, A.GUIDE_WORDING, A.GUIDE_DROP, A.GUIDE):
            stranger = await s.press(action, row_of(view), "ben", subject="mine", prompt="mine")
            assert not stranger.changed
            assert "Only the person who wrote this" in stranger.text
        assert isinstance(await s.world.form(A.GUIDE_WORDING, row_of(view), "ben"), Reply)
        first, second = await s.press(A.GUIDE_SEND_PRIVATE, row_of(view)), await s.press(A.GUIDE_SEND, row_of(view))
        assert (first.changed, second.changed, second.text) == (True, False, "That's already on its way.")
        [request] = await s.world.requests()
        assert request.private


async def test_a_changed_wording_is_another_one_and_the_older_ones_press_sends_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        first = await s.wording(subject="a red robot", composition="16:9")
        again = await s.world.form(A.GUIDE, row_of(first))
        assert isinstance(again, Form)
        assert {one.name: one.value for one in again.fields}["subject"] == "a red robot"
        second = await s.wording(row_of(first), subject="a blue robot", composition="16:9")
        form = await s.world.form(A.GUIDE_WORDING, row_of(second))
        assert isinstance(form, Form)
        assert [one.name for one in form.fields] == ["prompt", "size", "quality", "count"]
        third = await s.wording(row_of(second), A.GUIDE_WORDING, prompt="just a boat", size="1024x1024", count="2")
        assert A.GUIDE not in {one.action for one in third.buttons}
        for old in (first, second):
            late = await s.press(A.GUIDE_SEND, row_of(old))
            assert (late.changed, late.text.startswith("There's a newer wording")) == (False, True)
        await s.press(A.GUIDE_SEND, row_of(third))
        [request] = await s.world.requests()
        assert (request.prompt, request.size, request.count) == ("just a boat", "1024x1024", 2)


async def test_a_ratio_in_the_composition_is_the_size(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.press(A.GUIDE_SEND, row_of(await s.wording(subject="a robot", composition="3:2, title on the left")))
        [request] = await s.world.requests()
        assert request.size == "1536x1024"


async def test_a_template_fills_the_form_and_its_name_stays_with_the_request(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        assert "no templates yet" in (await s.start("weekly cover")).text  # type: ignore[union-attr]
        await s.template()
        offer = await s.start()
        assert isinstance(offer, Reply)
        assert offer.view is not None
        assert [one.label for one in offer.view.buttons] == ["Weekly cover", "Without a template"]
        assert "The templates are: Weekly cover." in (await s.start("weakly")).text  # type: ignore[union-attr]
        form = await s.start(" WEEKLY  cover ")
        assert form == await s.world.form(A.GUIDE, offer.view.buttons[0].row)
        assert isinstance(form, Form)
        assert form.title == "Template: Weekly cover"
        assert {one.name: one.value for one in form.fields if one.value} == {**COVER.parts, "constraints": CONSTRAINTS}
        view = await s.wording(form.row, **{one.name: one.value for one in form.fields} | {"subject": "a red robot"})
        await s.press(A.GUIDE_SEND, row_of(view))
        [request] = await s.world.requests()
        assert (request.template, request.quality, request.size) == ("Weekly cover", "low", "2048x1152")


async def test_a_template_deleted_while_its_form_was_open_costs_nobody_their_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.template()
        await s.world.bot.ledger.write(lambda tx: template_rows.remove(tx, "test", "home", COVER.id))
        assert (await s.world.form(A.GUIDE, COVER.id)).text.startswith("There's a newer wording")
        view = await s.wording(COVER.id, subject="a red robot")
        await s.press(A.GUIDE_SEND, row_of(view))
        [request] = await s.world.requests()
        assert (request.prompt, request.template) == ("Subject: a red robot", "")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"scene": "a harbour"}, "the subject is the only field that can't be empty"),
        ({"subject": "\u200b\u2800 "}, "the subject is the only field that can't be empty"),
        ({"subject": "x" * 501}, "Subject has 501 characters, and 500 fit."),
    ],
)
async def test_what_cannot_be_a_wording_is_a_sentence(tmp_path: Path, values: dict[str, str], words: str) -> None:
    async with stage(tmp_path) as s:
        reply = await s.press(A.GUIDE, USE_ROWS["any"], **values)
        assert (reply.changed, reply.view, words in reply.text) == (False, None, True)
        view = await s.wording(subject="a robot")
        assert "wording is empty" in (await s.press(A.GUIDE_WORDING, row_of(view), prompt=" ")).text
        assert (await s.press(A.GUIDE_SEND, row_of(view))).changed


async def test_private_data_in_a_wording_is_asked_about_before_it_is_sent(tmp_path: Path) -> None:
    async with stage(tmp_path, lint=ask_about) as s:
        await s.press(A.GUIDE_SEND, row_of(await s.wording(subject="a robot that calls +49 170 1234567")))
        [request] = await s.world.requests()
        assert request.state is RequestState.AWAITING_MEMBER
        assert s.world.service.calls == []


async def test_wordings_survive_a_restart_and_are_gone_after_a_day_a_discard_or_a_deletion(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        kept, dropped = await s.wording(subject="a red robot"), await s.wording(subject="a boat")
        assert (await s.press(A.GUIDE_DROP, row_of(dropped))).text == "Discarded. Nothing was sent."
        assert not (await s.press(A.GUIDE_DROP, row_of(dropped))).changed
    async with stage(tmp_path) as s:
        assert (await s.press(A.GUIDE_SEND, row_of(kept))).changed
        assert not (await s.press(A.GUIDE_SEND, row_of(kept))).changed
        assert await s.drafts() == 1
        await s.wording(subject="a secret garden")
        await s.world.bot.ledger.write(lambda tx: forget_person(tx, "test", "ana", []))
        assert await s.drafts() == 0
        await s.wording(subject="a red robot")
        await s.world.bot.ledger.write(lambda tx: sweep(_later(tx), lambda _: True))
        assert await s.drafts() == 0


def _later(tx: Any) -> Any:
    tx.now += DRAFTS_KEPT + 1
    return tx
