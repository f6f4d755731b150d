"""Simplify where a service refuses a hidden detail: its member presses what is offered, and the detail is named."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.chat.views import ActionName, Form, Reply
from bot.domain.failure import Evidence
from bot.domain.outcome import Outcome
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.ledger import ladder_rows
from bot.prompts.details import Detail, details_of
from bot.prompts.normalise import normalise
from bot.providers.port import Call, OnPartial
from bot.texts import text
from tests.unit.prompts.test_ladder import PROMPTS
from tests.world import BLOCK, Service, World, bad, world

A = ActionName


REFUSED = Evidence(
    provider="openai",
    api="images.generations",
    status=400,
    body={"error": {"type": "invalid_request_error", "code": None, "param": None, "message": "Your request could not be processed."}},
)


@dataclass
class Refusing(Service):
    """Refuses every prompt with certain words, without saying why."""

    words: str = ""

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        drawn = await super().call(call, on_partial)
        return bad(REFUSED) if self.words and self.words in call.prompt else drawn


async def newest(w: World) -> Request:
    """Ana's latest request, once it has its answer."""
    async with asyncio.timeout(60):
        while True:
            found = (await w.requests())[0]
            if found.answer is not None or found.refusal is not None:
                return found
            await asyncio.sleep(0.02)


def hidden_in(details: Sequence[Detail], number: int) -> Detail:
    """A detail of a prompt other than its subject, whose words are in no other one."""
    usable = [one for one in details[1:] if sum(one.words in other.words for other in details) == 1]
    return usable[number % len(usable)]


async def test_the_hidden_detail_is_named_and_every_wording_is_seen_before_it_is_sent(tmp_path: Path) -> None:
    service = Refusing()
    async with world(tmp_path, service) as w:
        for number, prompt in enumerate(PROMPTS[1::6]):
            details = details_of(normalise(prompt))
            hidden = hidden_in(details, number)
            service.words = hidden.words
            row = await w.imagine(prompt, quality="low")
            first = await newest(w)
            assert (first.id, first.answer) == (row, Answer.FAILED), prompt
            calls, reply = 0, await w.reply(A.SIMPLIFY, row)
            shown = await w.answer(row)
            assert A.SIMPLIFY in {one.action for one in shown.buttons}
            while reply.view is not None and reply.view.buttons:
                # Down to the minimal version without paying for what lies between.
                minimal = next((one for one in reply.view.buttons if one.label == "Go to the minimal version"), None)
                if minimal is not None:
                    reply = await w.reply(minimal.action, minimal.row)
                    continue
                send = reply.view.buttons[0]
                assert send.label == "Send this wording"
                assert (await w.reply(send.action, send.row, "ben")).text.startswith("Only the person")
                assert (await w.reply(send.action, send.row)).changed
                calls += 1
                step = await newest(w)
                assert step.prompt == reply.view.quote, "what was shown is what was sent"
                assert step.parent == row
                again = await w.reply(send.action, send.row)
                assert (again.changed, again.text) == (False, "That's already on its way.")
                reply = await w.reply(A.SIMPLIFY, step.id)
            assert reply.view is not None, reply.text
            assert reply.view.title == f"This made it fail: “{hidden.words}”.", prompt
            assert calls <= math.ceil(math.log2(len(details))) + 2, prompt
            assert step.answer is Answer.PICTURES, "the last picture has all the rest"
            assert hidden.words not in step.prompt


async def reject(w: World, row: str, reason: str = "composition") -> Reply:
    return await w.reply(A.NOT_RIGHT, row, values={"reason": reason, "words": "not what I asked for"})


async def test_the_detail_that_leads_a_picture_astray_is_named_by_its_member_saying_what_isnt_right(tmp_path: Path) -> None:
    prompt, wrong = "a red robot with a lantern, a blue scarf, a green hat, watercolour, wide shot", "a blue scarf"
    async with world(tmp_path) as w:
        row = await w.imagine(prompt, quality="low")
        assert (await newest(w)).answer is Answer.PICTURES
        assert A.SIMPLIFY not in {one.action for one in ((await reject(w, row, "crop")).view or await w.answer(row)).buttons}
        helps = await reject(w, row)
        assert helps.view is not None
        [button] = [one for one in helps.view.buttons if one.action is A.SIMPLIFY]
        calls, reply = 0, await w.reply(A.SIMPLIFY, button.row)
        while reply.view is not None and reply.view.buttons:
            minimal = next((one for one in reply.view.buttons if one.label == "Go to the minimal version"), None)
            if minimal is not None:
                reply = await w.reply(minimal.action, minimal.row)
                continue
            await w.reply(A.LADDER_SEND, reply.view.buttons[0].row)
            calls += 1
            assert calls < 10
            step = await newest(w)
            if wrong in step.prompt:
                await reject(w, step.id)
            reply = await w.reply(A.SIMPLIFY, step.id)
        assert reply.view is not None
        assert reply.view.title == f"This made it fail: \u201c{wrong}\u201d."
        assert calls <= math.ceil(math.log2(len(details_of(prompt)))) + 2


async def test_a_step_of_last_week_says_so_and_a_new_ladder_begins(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(REFUSED)])) as w:
        failed = await w.imagine("a red robot with a lantern, watercolour, oil painting")
        await w.answer(failed)
        step = _row(await w.reply(A.SIMPLIFY, failed))
        await w.bot.ledger.write(lambda tx: ladder_rows.drop_before(tx, tx.now + 1))
        for action in (A.LADDER_SEND, A.LADDER_SHOW):
            late = await w.reply(action, step)
            assert (late.text, late.changed) == (text("simplify.over"), False)
        assert (await w.reply(A.SIMPLIFY, failed)).view is not None
        assert len(w.service.calls) == 1


async def test_a_block_gets_no_ladder_and_its_form_notes_the_case(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        row = await w.imagine("a knight with a sword, covered in blood")
        await w.answer(row)
        reply = await w.reply(A.SIMPLIFY, row)
        assert (reply.changed, reply.view, reply.text.startswith("Simplify isn't a way around a block")) == (False, None, True)
        again = await w.imagine("a knight with a sword, covered in blood")
        refused = (await newest(w)).refusal
        assert refused is not None
        assert refused.reason == "blocked_before"
        assert (await w.reply(A.SIMPLIFY, again)).text.startswith("Simplify isn't a way around a block")
        form = await w.form(A.EDIT, row)
        assert isinstance(form, Form)
        assert form.text.startswith("Case 1 is on record")
        assert "“covered in blood”" in form.text
        assert {one.name: one.value for one in form.fields}["prompt"] == "a knight with a sword, covered in blood"


async def test_a_block_on_the_way_ends_the_ladder(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(REFUSED), bad(BLOCK)])) as w:
        row = await w.imagine("a knight with a sword, a castle, oil painting")
        await w.answer(row)
        reply = await w.reply(A.SIMPLIFY, row)
        assert reply.view is not None
        others = reply.view.buttons
        await w.reply(A.LADDER_SEND, others[0].row)
        step = await newest(w)
        assert step.answer is Answer.BLOCKED
        late = await w.reply(A.LADDER_SEND, (await shown_again(w, others[1].row)) or others[1].row)
        assert late.view is not None
        assert late.view.title == "This wording was blocked, so Simplify ends here"
        assert late.view.text == (text("simplify.case_noted", number=1), text("simplify.not_a_block"))
        assert late.view.buttons == ()
        assert len(w.service.calls) == 2


async def shown_again(w: World, row: str) -> str:
    """The row of a step that another panel still shows."""
    return _row(await w.reply(A.LADDER_SHOW, row))


def _row(reply: Reply) -> str:
    return reply.view.buttons[0].row if reply.view is not None and reply.view.buttons else ""
