"""Reports of results: who may make one, how many, and what one leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.chat.views import Act, ActionName, Form, Reply
from bot.domain.case_states import REPORTED
from bot.ledger import case_rows
from bot.moderation.decisions import NOTE_MAX
from bot.moderation.reports import MOST, REASONS
from bot.moderation.timeouts import EXPIRY, REMINDERS
from bot.texts import text
from tests.world import BLOCK, Service, World, bad, world


def act(row: str, key: str = "r", person: str = "ben", platform: str = "test", community: str = "home", **values: str) -> Act:
    return Act(key, person, person.title(), platform, community, "imagine", ActionName.REPORT, row, values)


async def pictured(w: World, **options: object) -> str:
    made = await w.imagine(**options)
    await w.answer(made)
    return made


async def test_the_form_asks_for_a_reason_and_takes_a_note(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        form = await w.bot.core.form(act(await pictured(w)))
        assert isinstance(form, Form)
        assert (form.title, form.submit, form.text) == tuple(text(f"case.form.report{part}") for part in ("", "_submit", "_text"))
        reason, note = form.fields
        assert [one.value for one in reason.choices] == list(REASONS)
        assert [one.label for one in reason.choices] == [text(f"case.report.{one}") for one in REASONS]
        assert (reason.required, note.required, note.max_length) == (True, False, NOTE_MAX)


@pytest.mark.parametrize("where", [{"platform": "other"}, {"community": "elsewhere"}])
async def test_nobody_elsewhere_learns_that_a_picture_exists(tmp_path: Path, where: dict[str, str]) -> None:
    async with world(tmp_path) as w:
        made = await pictured(w)
        for reply in (await w.bot.core.form(act(made, **where)), await w.bot.core.act(act(made, **where, reason="hate"))):
            assert isinstance(reply, Reply)
            assert (reply.text, reply.changed) == (text("case.report_gone"), False)


async def test_there_must_be_a_picture_that_this_person_can_see(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        blocked, deleted, private = await pictured(w), await pictured(w, prompt="b"), await pictured(w, prompt="c", private=True)
        await w.press(ActionName.DELETE, deleted)
        for row in (blocked, deleted, private, "nothing"):
            reply = await w.bot.core.act(act(row, row, reason="hate"))
            assert (reply.text, reply.changed) == (text("case.report_gone"), False)
        assert (await w.bot.core.act(act(private, "own", "ana", reason="people"))).changed


async def test_a_report_is_made_once_and_says_why(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        first, second = await pictured(w), await pictured(w, prompt="another")
        odd = await w.bot.core.act(act(first, "odd", reason="because"))
        assert (odd.text, odd.changed) == (text("case.no.no_reason"), False)
        assert (await w.bot.core.act(act(first, reason="rights", note="my logo"))).changed
        repeated = await w.bot.core.act(act(second, reason="rights"))  # the same press again
        assert (repeated.text, repeated.changed) == (text("reply.already_done"), False)
        twice = await w.bot.core.act(act(first, "later", "mia", reason="hate"))
        assert (twice.text, twice.changed) == (text("case.report_twice"), False)
        now = w.bot.ports.now()

        request = await w.row(first)
        case_id = request.reported or ""
        case = await w.bot.ledger.read(lambda c: case_rows.get(c, case_id))
        assert case is not None
        step = next(one for one in await w.bot.ledger.read(lambda c: case_rows.audit_log(c, case_id)) if one.event == REPORTED)
        assert (step.facts["request"], step.facts["reason"]) == (first, "rights")
        assert step.facts["note"]
        assert case.due_at == pytest.approx(now + REMINDERS[0], abs=30.0)
        assert case.expires_at == pytest.approx(now + EXPIRY, abs=30.0)


async def test_somebody_who_reports_everything_is_stopped(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        made = [await pictured(w, prompt=f"picture {n}") for n in range(MOST + 1)]
        for n in range(MOST):
            assert (await w.bot.core.act(act(made[n], f"r{n}", reason="other"))).changed
        enough = await w.bot.core.act(act(made[MOST], "last", reason="other"))
        assert (enough.text, enough.changed) == (text("case.report_enough"), False)
        assert (await w.bot.core.act(act(made[MOST], "mia", "mia", reason="other"))).changed
