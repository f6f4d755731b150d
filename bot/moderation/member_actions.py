"""Members' actions in a case: accept or decline a rewrite, rephrase, appeal. Only here does a blocked request become a new one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Audience, FieldKind, Form, FormField, Reply
from bot.domain.case_states import REVIEW, CaseEvent, CaseState
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer
from bot.domain.requests import Lineage, Origin, Request
from bot.ledger import act_rows, case_rows, message_rows, request_rows
from bot.ledger.case_rows import Case, Rewrite
from bot.ledger.store import Ledger, Tx
from bot.moderation.authorization import FORGED, REFUSED, STALE, refuse
from bot.moderation.decisions import NOTE_MAX, add_words
from bot.moderation.offers import submission
from bot.moderation.opening import REPHRASE, is_remembered
from bot.moderation.rewording import is_candidate, settle_by
from bot.moderation.timeouts import EXPIRY
from bot.moderation.timers import catch_up
from bot.moderation.transitions import step, unnamed
from bot.requests.actions import imagine_fields
from bot.requests.rules import Rules
from bot.requests.submit import submit_press
from bot.requests.tiers import rules_here
from bot.requests.transitions import CaseOpener
from bot.texts import text


@dataclass(frozen=True, slots=True)
class MemberActions:
    ledger: Ledger
    rules: Rules
    open_case: CaseOpener
    others: Callable[[Case], Awaitable[bool | None]]
    """Whether a moderator other than the one who denied the case could decide the appeal."""

    @property
    def handlers(self) -> Handlers:
        return Handlers(
            {
                ActionName.REWRITE_ACCEPT: self.accept,
                ActionName.REWRITE_DECLINE: self.decline,
                ActionName.REPHRASE: self.rephrase,
                ActionName.REWORDED: self.reworded,
                ActionName.APPEAL: self.appeal,
            },
            {ActionName.REPHRASE: self.rephrase_form, ActionName.APPEAL: self.appeal_form},
        )

    async def accept(self, act: Act) -> Reply:
        """Accept that exact text: a new request on the member's budget, linked to the case."""

        def body(tx: Tx) -> Reply:
            found = self._rewrite(tx, act)
            if isinstance(found, Reply):
                return found
            case, rewrite, request = found
            if is_remembered(tx, case.community, rewrite.fingerprint):
                reply = refuse(tx, act, case, REFUSED, "blocked_meanwhile")
                timing = {"waiting_since": tx.now, "expires_at": tx.now + EXPIRY, "reminded": 0}
                back = {"asked": None, "decided_by": None, "decided_name": None, **timing}
                step(tx, case, CaseEvent.BLOCKED_AGAIN, unnamed(act.person), {"rewrite": rewrite.id}, back)
                return reply
            sent = self._send(tx, act, case, request, rewrite.prompt, Origin.REWRITE)
            if isinstance(sent, Reply):
                return sent  # the offer stays open, because the reason (a used-up budget, a pause) may pass
            case_rows.answer_rewrite(tx, rewrite.id, "accepted")
            facts = {"rewrite": rewrite.id, "request": sent}
            step(tx, case, CaseEvent.ACCEPT, unnamed(act.person), facts, {"asked": None, "closed_at": tx.now})
            return Reply(text("case.done.accept"))

        return await self.ledger.write(body)

    async def decline(self, act: Act) -> Reply:
        def body(tx: Tx) -> Reply:
            found = self._rewrite(tx, act)
            if isinstance(found, Reply):
                return found
            case, rewrite, _ = found
            case_rows.answer_rewrite(tx, rewrite.id, "declined")
            step(tx, case, CaseEvent.DECLINE, unnamed(act.person), {"rewrite": rewrite.id}, {"asked": None, "closed_at": tx.now})
            return Reply(text("case.done.decline"))

        return await self.ledger.write(body)

    async def rephrase(self, act: Act) -> Reply:
        """Send the member's own new wording, after a moderator asked for it."""

        def body(tx: Tx) -> Reply:
            found = self._asked_to_rephrase(tx, act)
            if isinstance(found, Reply):
                return found
            case, request = found
            sent = self._send(tx, act, case, request, act.values.get("prompt", ""), Origin.EDIT)
            if isinstance(sent, Reply):
                return sent
            case_rows.write_audit(tx, case.id, case.community, unnamed(act.person), "rephrase", facts={"request": sent})
            message_rows.bump(tx, f"case:{case.id}", Audience.MODERATORS)
            return Reply(text("case.done.rephrase"))

        return await self.ledger.write(body)

    async def reworded(self, act: Act) -> Reply:
        """The member confirms that a newly typed picture was their new wording, which settles the case."""

        def body(tx: Tx) -> Reply:
            made = request_rows.get(tx.connection, act.row)
            if made is None or made.place.platform != act.platform or made.person.id != act.person:
                return refuse(tx, act, None, FORGED, "unknown")
            case = case_rows.waiting_of(tx.connection, made.place.platform, made.place.community, made.person.id)
            if case is None:
                return refuse(tx, act, None, STALE, "question_over")
            found = self._own_case(tx, act, case.id)
            if isinstance(found, Reply):
                return found
            case, _ = found
            if made.answer is not Answer.PICTURES or not is_candidate(tx.connection, case, made):
                return refuse(tx, act, case, STALE, "question_over")
            settle_by(tx, case, made)
            return Reply(text("case.done.reworded", number=case.number))

        return await self.ledger.write(body)

    async def appeal(self, act: Act) -> Reply:
        """Appeal a denial, once per case; another moderator decides."""
        denied = await self.ledger.read(lambda c: case_rows.get(c, act.row))
        others = None if denied is None or _appeal_problem(denied) is not None else await self.others(denied)

        def body(tx: Tx) -> Reply:
            case = self._denied(tx, act)
            if isinstance(case, Reply):
                return case
            note = add_words(tx, case, "appeal", case.person, act.values.get("why", ""))
            values = {"appeals": 1, "waiting_since": tx.now, "expires_at": tx.now + EXPIRY, "reminded": 0, "closed_at": None}
            step(tx, case, CaseEvent.APPEAL, unnamed(act.person), {"note": note, "others": others}, values)
            return Reply(text("case.done.appeal", number=case.number))

        return await self.ledger.write(body)

    async def rephrase_form(self, act: Act) -> Form | Reply:
        """The /imagine form with the blocked prompt, to be edited."""

        def body(tx: Tx) -> Form | Reply:
            found = self._asked_to_rephrase(tx, act, opening=True)
            if isinstance(found, Reply):
                return found
            case, request = found
            fields = imagine_fields(rules_here(tx.connection, request.place, self.rules), request)
            return Form(ActionName.REPHRASE, case.id, text("case.form.rephrase"), fields, text("form.edit_submit"))

        return await self.ledger.write(body)

    async def appeal_form(self, act: Act) -> Form | Reply:
        def body(tx: Tx) -> Form | Reply:
            case = self._denied(tx, act, opening=True)
            if isinstance(case, Reply):
                return case
            field = FormField("why", text("case.form.why"), FieldKind.PARAGRAPH, required=False, max_length=NOTE_MAX)
            title, submit = text("case.form.appeal", number=case.number), text("case.form.appeal_submit")
            return Form(ActionName.APPEAL, case.id, title, (field,), submit, text("case.form.appeal_text"))

        return await self.ledger.write(body)

    def _send(self, tx: Tx, act: Act, case: Case, request: Request, prompt: str, origin: Origin) -> str | Reply:
        """Store and accept the new request. Returns its id, or why it was turned down (the request's own message says so too)."""
        asked = submission(request, prompt, act, act.values if origin is Origin.EDIT else None)
        made, taken = submit_press(tx, act.event_key, asked, self.rules, self.open_case, Lineage(origin, request.id, case.id))
        if isinstance(taken, Refusal):
            facts = {"why": taken.reason, "request": made, "origin": origin.value}
            case_rows.write_audit(tx, case.id, case.community, unnamed(act.person), "send", REFUSED, facts)
            return Reply(text("case.no.not_sent"), changed=False)
        return made

    def _rewrite(self, tx: Tx, act: Act) -> tuple[Case, Rewrite, Request] | Reply:
        """The offer behind a press, if it's still open and belongs to the presser."""
        rewrite = case_rows.rewrite(tx.connection, act.row)
        if rewrite is None:
            return refuse(tx, act, None, FORGED, "unknown")
        found = self._own_case(tx, act, rewrite.case_id)
        if isinstance(found, Reply):
            return found
        case, request = found
        if case.state is not CaseState.WITH_MEMBER or case.asked != rewrite.id or rewrite.answer is not None:
            return refuse(tx, act, case, STALE, "question_over")
        return case, rewrite, request

    def _asked_to_rephrase(self, tx: Tx, act: Act, *, opening: bool = False) -> tuple[Case, Request] | Reply:
        """The presser's own case while a moderator waits for their wording, with the blocked request."""
        found = self._own_case(tx, act, act.row, opening=opening)
        if isinstance(found, Reply) or (found[0].state is CaseState.WITH_MEMBER and found[0].asked == REPHRASE):
            return found
        return refuse(tx, act, found[0], STALE, "question_over")

    def _denied(self, tx: Tx, act: Act, *, opening: bool = False) -> Case | Reply:
        """The presser's own case while it may be appealed."""
        found = self._own_case(tx, act, act.row, opening=opening)
        if isinstance(found, Reply):
            return found
        problem = _appeal_problem(found[0])
        return found[0] if problem is None else refuse(tx, act, found[0], STALE, problem)

    def _own_case(self, tx: Tx, act: Act, case_id: str, *, opening: bool = False) -> tuple[Case, Request] | Reply:
        """The presser's own case in its current state, with the blocked request. Opening a form isn't deduplicated, because it may be
        opened again. A case with a private request stays private: moderators write their wording with all its requests before them."""
        case = case_rows.get(tx.connection, case_id)
        if case is None:
            return refuse(tx, act, None, FORGED, "unknown")
        if case.platform != act.platform or case.person.id != act.person:
            return refuse(tx, act, case, REFUSED, "not_yours")
        case = catch_up(tx, case)
        if not opening and not act_rows.claim_act(tx, act.event_key):
            return refuse(tx, act, case, STALE, "repeated")
        request = request_rows.get(tx.connection, case.request_id)
        if request is None or case.texts_removed:
            return refuse(tx, act, case, STALE, "texts_removed")
        private = request.private or any(one.private for one in case_rows.requests_of(tx.connection, case.id))
        return case, replace(request, private=private)


def _appeal_problem(case: Case) -> str | None:
    if case.kind == REVIEW:
        return "question_over"  # the member asks again instead
    if case.state is CaseState.CLOSED_DENIED:
        return "appealed_before" if case.appeals else None
    return "appealed_before" if case.appeals else "question_over"
