"""Reports: everyone who sees a result can report it. The picture is hidden at once, and a case of its own kind asks the moderators.

Only a moderator can show it again; without a decision it stays hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Choice, FieldKind, Form, FormField, Reply
from bot.domain.case_states import REPORTED
from bot.domain.requests import Person, Request
from bot.ledger import act_rows, case_rows, message_rows, request_rows
from bot.ledger.store import Ledger, Tx
from bot.moderation.decisions import NOTE_MAX, add_words
from bot.moderation.routing import HomeOf, moderators_place
from bot.moderation.timeouts import EXPIRY, REMINDERS
from bot.moderation.transitions import settle, show_card, unnamed
from bot.requests.visible import visible_result
from bot.texts import text

REASONS = ("people", "sexual", "hate", "harm", "rights", "other")
MOST, WITHIN = 10, 3600.0
"""Maximum reports by one person, and the period in seconds: each report hides a picture."""


@dataclass(frozen=True, slots=True)
class Reports:
    ledger: Ledger
    home: HomeOf

    @property
    def handlers(self) -> Handlers:
        return Handlers({ActionName.REPORT: self.report}, {ActionName.REPORT: self.form})

    async def form(self, act: Act) -> Form | Reply:
        problem = await self.ledger.read(lambda c: _problem(visible_result(c, act)))
        if problem is not None:
            return Reply(text(problem), changed=False)
        choices = tuple(Choice(one, text(f"case.report.{one}")) for one in REASONS)
        reason = FormField("reason", text("case.form.reason"), FieldKind.CHOICE, choices=choices)
        note = FormField("note", text("case.form.report_note"), FieldKind.PARAGRAPH, required=False, max_length=NOTE_MAX)
        title, submit = text("case.form.report"), text("case.form.report_submit")
        return Form(ActionName.REPORT, act.row, title, (reason, note), submit, text("case.form.report_text"))

    async def report(self, act: Act) -> Reply:
        """Hide the picture and open a case about it."""

        def body(tx: Tx) -> Reply:
            request = visible_result(tx.connection, act)
            problem = _problem(request)
            if problem is not None or request is None:
                return Reply(text(problem or "case.report_gone"), changed=False)
            if not act_rows.claim_act(tx, act.event_key):
                return Reply(text("reply.already_done"), changed=False)
            if act.values.get("reason") not in REASONS:
                return Reply(text("case.no.no_reason"), changed=False)
            if case_rows.count_steps(tx.connection, act.community, act.person, (REPORTED,), tx.now - WITHIN) >= MOST:
                return Reply(text("case.report_enough"), changed=False)
            return self._open(tx, request, act)

        return await self.ledger.write(body)

    def _open(self, tx: Tx, request: Request, act: Act) -> Reply:
        reason = act.values["reason"]
        case = case_rows.open_new(tx, request, REPORTED, {"code": reason}, due_at=tx.now + REMINDERS[0], expires_at=tx.now + EXPIRY)
        note = add_words(tx, case, "report", Person(act.person, act.person_name), act.values.get("note", ""))
        facts = {"request": request.id, "reason": reason, "note": note}
        case_rows.write_audit(tx, case.id, act.community, unnamed(act.person), REPORTED, facts=facts)
        request_rows.annotate(tx, request.id, reported=case.id)
        message_rows.bump(tx, f"request:{request.id}")
        settle(tx, case)
        place = moderators_place(tx.connection, case.platform, case.community, self.home)
        if place is None:
            return Reply(text("case.done.report_unreviewed"))
        show_card(tx, case.id, place)
        return Reply(text("case.done.report", number=case.number))


def _problem(request: Request | None) -> str | None:
    """Why this picture can't be reported; a text key."""
    if request is None:
        return "case.report_gone"
    return "case.report_twice" if request.reported else None
