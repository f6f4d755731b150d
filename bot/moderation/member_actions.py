"""What the member does in a case: accept or decline a rewrite, rephrase, appeal. Only here does a blocked request become a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat.handlers import FormMaker, Handler
from bot.chat.views import Act, ActionName, Audience, FieldKind, Form, FormField, Reply
from bot.domain.case_states import CaseEvent, CaseState
from bot.domain.requests import Origin, Request
from bot.ledger import case_rows, message_rows, request_rows
from bot.ledger.case_rows import Case, Rewrite
from bot.ledger.store import Ledger, Tx
from bot.moderation.authorization import FORGED, REFUSED, STALE, refuse
from bot.moderation.decisions import NOTE_MAX, add_words
from bot.moderation.offers import submission
from bot.moderation.opening import REPHRASE, is_remembered
from bot.moderation.timeouts import EXPIRY
from bot.moderation.timers import catch_up
from bot.moderation.transitions import step, unnamed
from bot.prompts.normalise import fold
from bot.requests.accept import CaseOpener, Refusal, accept
from bot.requests.actions import imagine_fields
from bot.requests.rules import Rules
from bot.requests.submit import store_submission
from bot.texts import text

LINEAGE = 10
"""How many parents are looked at to find the block that a new wording goes back to."""


@dataclass(frozen=True, slots=True)
class MemberActions:
    """The member's desk in a case."""

    ledger: Ledger
    rules: Rules
    open_case: CaseOpener

    @property
    def actions(self) -> Mapping[ActionName, Handler]:
        """Handlers by button."""
        return {
            ActionName.REWRITE_ACCEPT: self.accept,
            ActionName.REWRITE_DECLINE: self.decline,
            ActionName.REPHRASE: self.rephrase,
            ActionName.APPEAL: self.appeal,
        }

    @property
    def forms(self) -> Mapping[ActionName, FormMaker]:
        """Forms by button."""
        return {ActionName.REPHRASE: self.rephrase_form, ActionName.APPEAL: self.appeal_form}

    async def accept(self, act: Act) -> Reply:
        """The member takes that very text: a new request, from the member's budget, with the case as its origin."""

        def body(tx: Tx) -> Reply:
            found = self._rewrite(tx, act)
            if isinstance(found, Reply):
                return found
            case, rewrite, request = found
            if is_remembered(tx, case.community, rewrite.fingerprint):
                reply = refuse(tx, act, case, REFUSED, "blocked_meanwhile")
                back = {"asked": None, "waiting_since": tx.now, "expires_at": tx.now + EXPIRY, "reminded": 0}
                step(tx, case, CaseEvent.BLOCKED_AGAIN, unnamed(act.person), {"rewrite": rewrite.id}, back)
                return reply
            sent = self._send(tx, act, case, request, rewrite.prompt, Origin.REWRITE)
            if isinstance(sent, Reply):
                return sent  # the offer stays open: the reason (a used-up budget, a pause) may pass
            case_rows.answer_rewrite(tx, rewrite.id, "accepted")
            facts = {"rewrite": rewrite.id, "request": sent}
            step(tx, case, CaseEvent.ACCEPT, unnamed(act.person), facts, {"asked": None, "closed_at": tx.now})
            return Reply(text("case.done.accept"))

        return await self.ledger.write(body)

    async def decline(self, act: Act) -> Reply:
        """The member does not want that text."""

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
        """The member's own new wording, after a moderator asked for it."""

        def body(tx: Tx) -> Reply:
            found = self._own_case(tx, act, act.row)
            if isinstance(found, Reply):
                return found
            case, request = found
            if case.state is not CaseState.WITH_MEMBER or case.asked != REPHRASE:
                return refuse(tx, act, case, STALE, "question_over")
            sent = self._send(tx, act, case, request, act.values.get("prompt", ""), Origin.EDIT)
            if isinstance(sent, Reply):
                return sent
            case_rows.write_audit(tx, case.id, case.community, unnamed(act.person), "rephrase", facts={"request": sent})
            message_rows.bump(tx, f"case:{case.id}", Audience.MODERATORS)
            return Reply(text("case.done.rephrase"))

        return await self.ledger.write(body)

    async def appeal(self, act: Act) -> Reply:
        """Once per case: the denial goes to another moderator."""

        def body(tx: Tx) -> Reply:
            found = self._own_case(tx, act, act.row)
            if isinstance(found, Reply):
                return found
            case, _ = found
            problem = _appeal_problem(case)
            if problem is not None:
                return refuse(tx, act, case, STALE, problem)
            note = add_words(tx, case, "appeal", case.person, act.values.get("why", ""))
            values = {"appeals": 1, "waiting_since": tx.now, "expires_at": tx.now + EXPIRY, "reminded": 0, "closed_at": None}
            step(tx, case, CaseEvent.APPEAL, unnamed(act.person), {"note": note}, values)
            return Reply(text("case.done.appeal", number=case.number))

        return await self.ledger.write(body)

    async def rephrase_form(self, act: Act) -> Form | Reply:
        """The /imagine form with the blocked wording, to be changed."""

        def body(tx: Tx) -> Form | Reply:
            found = self._own_case(tx, act, act.row, opening=True)
            if isinstance(found, Reply):
                return found
            case, request = found
            if case.state is not CaseState.WITH_MEMBER or case.asked != REPHRASE:
                return refuse(tx, act, case, STALE, "question_over")
            fields = imagine_fields(self.rules, request)
            return Form(ActionName.REPHRASE, case.id, text("case.form.rephrase"), fields, text("form.edit_submit"))

        return await self.ledger.write(body)

    async def appeal_form(self, act: Act) -> Form | Reply:
        """Why the member thinks otherwise."""

        def body(tx: Tx) -> Form | Reply:
            found = self._own_case(tx, act, act.row, opening=True)
            if isinstance(found, Reply):
                return found
            case, _ = found
            problem = _appeal_problem(case)
            if problem is not None:
                return refuse(tx, act, case, STALE, problem)
            field = FormField("why", text("case.form.why"), FieldKind.PARAGRAPH, required=False, max_length=NOTE_MAX)
            title, submit = text("case.form.appeal", number=case.number), text("case.form.appeal_submit")
            return Form(ActionName.APPEAL, case.id, title, (field,), submit, text("case.form.appeal_text"))

        return await self.ledger.write(body)

    def _send(self, tx: Tx, act: Act, case: Case, request: Request, prompt: str, origin: Origin) -> str | Reply:
        """Store and accept the new request; its id, or why it was turned down (the member also sees that in the request's own message)."""
        made = tx.new_id()
        asked = submission(tx.connection, request, prompt, act, act.values if origin is Origin.EDIT else None)
        store_submission(tx, made, f"act:{act.event_key}", asked, self.rules, origin=origin, parent=request.id, case_id=case.id)
        result = accept(tx, made, self.rules, self.open_case)
        if isinstance(result, Refusal):
            case_rows.write_audit(
                tx,
                case.id,
                case.community,
                unnamed(act.person),
                "send",
                REFUSED,
                {"why": result.reason, "request": made, "origin": origin.value},
            )
            return Reply(text("case.no.not_sent"), changed=False)
        return made

    def _rewrite(self, tx: Tx, act: Act) -> tuple[Case, Rewrite, Request] | Reply:
        """The offer that a press is about, when it is still open and the presser's own."""
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

    def _own_case(self, tx: Tx, act: Act, case_id: str, *, opening: bool = False) -> tuple[Case, Request] | Reply:
        """The presser's own case as it is now, with the blocked request. Opening a form is not remembered: it may be opened again."""
        case = case_rows.get(tx.connection, case_id)
        if case is None:
            return refuse(tx, act, None, FORGED, "unknown")
        if case.platform != act.platform or case.person.id != act.person:
            return refuse(tx, act, case, REFUSED, "not_yours")
        case = catch_up(tx, case)
        if not opening and not message_rows.first_time(tx, act.event_key):
            return refuse(tx, act, case, STALE, "repeated")
        request = request_rows.get(tx.connection, case.request_id)
        if request is None or case.texts_removed:
            return refuse(tx, act, case, STALE, "texts_removed")
        return case, request


def _appeal_problem(case: Case) -> str | None:
    if case.state is CaseState.CLOSED_DENIED:
        return "appealed_before" if case.appeals else None
    return "appealed_before" if case.appeals else "question_over"


def worked(tx: Tx, request: Request) -> None:
    """A request gave pictures. When it is the member's own rewording of what a waiting case is about, that case is settled by it."""
    case = case_rows.waiting_of(tx.connection, request.place.platform, request.place.community, request.person.id)
    if case is None or request.origin is Origin.REWRITE or not _goes_back_to(tx, request, case):
        return
    case = catch_up(tx, case)
    if case.state in (CaseState.OPEN, CaseState.CLAIMED, CaseState.WITH_MEMBER):
        values = {"asked": None, "closed_at": tx.now}
        step(tx, case, CaseEvent.REPHRASED, unnamed(request.person.id), {"request": request.id}, values)


def _goes_back_to(tx: Tx, request: Request, case: Case) -> bool:
    """Whether a request descends from the blocked one, or says much the same right after a moderator asked the member to rephrase."""
    seen: Request | None = request
    for _ in range(LINEAGE):
        if seen is None:
            break
        if seen.case_id == case.id or seen.id == case.request_id:
            return True
        seen = request_rows.get(tx.connection, seen.parent) if seen.parent else None
    if case.state is not CaseState.WITH_MEMBER or case.asked != REPHRASE or request.origin is not Origin.COMMAND:
        return False
    blocked = request_rows.get(tx.connection, case.request_id)
    return blocked is not None and alike(blocked.prompt, request.prompt)


def alike(one: str, other: str) -> bool:
    """Whether two wordings share at least half of the words of the shorter one."""
    words, others = ({fold(word) for word in text_.split()} - {""} for text_ in (one, other))
    return bool(words and others) and 2 * len(words & others) >= min(len(words), len(others))
