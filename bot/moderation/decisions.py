"""Moderators' actions on a case: claim, release, take over, suggest a rewrite, ask to rephrase, deny, mark as not a policy matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.catalogue.check import Problem
from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Reply
from bot.domain.case_states import HELD_EDIT, REPORTED, REVIEW, CaseEvent, CaseState
from bot.domain.own_services import is_own
from bot.domain.requests import Person
from bot.ledger import block_rows, case_rows, message_rows, request_rows
from bot.ledger.case_rows import Case
from bot.ledger.store import Tx
from bot.messages.notices import Notices
from bot.moderation.access import AccessLevel
from bot.moderation.authorization import REFUSED, STALE, Authorizer, refuse
from bot.moderation.community import deny_reasons
from bot.moderation.offers import options
from bot.moderation.opening import REPHRASE, is_remembered
from bot.moderation.timeouts import APPEAL_WAITS, LEASE, MEMBER_TIME
from bot.moderation.transitions import step
from bot.prompts.normalise import UnusableText, fingerprint, normalise
from bot.requests.block_memory import picture_fingerprint
from bot.requests.publishing import publish, unpublishable
from bot.requests.rules import Rules
from bot.texts import text
from bot.texts.phrases import moment

NOTE_MAX = 1000
"""Maximum characters of a moderator's note."""


@dataclass(frozen=True, slots=True)
class Decisions:
    guard: Authorizer
    rules: Rules
    notices: Notices

    @property
    def handlers(self) -> Handlers:
        return Handlers(
            {
                ActionName.CASE_CLAIM: self.claim,
                ActionName.CASE_TAKE_OVER: self.take_over,
                ActionName.CASE_RELEASE: self.release,
                ActionName.CASE_REWRITE: self.suggest,
                ActionName.CASE_REPHRASE: self.ask_to_rephrase,
                ActionName.CASE_DENY: self.deny,
                ActionName.CASE_NOT_POLICY: self.not_policy,
                ActionName.CASE_PUBLISH: self.publish,
            }
        )

    async def claim(self, act: Act) -> Reply:
        """Take the case for ten minutes."""
        others = await self._others(act)

        def body(tx: Tx, case: Case, person: Person) -> Reply:
            if case.state is CaseState.CLAIMED:
                own = case.holder is not None and case.holder.id == person.id
                return refuse(tx, act, case, STALE, "already_yours" if own else "held")
            if case.state not in (CaseState.OPEN, CaseState.APPEALED):
                return refuse(tx, act, case, STALE, "with_member" if case.state is CaseState.WITH_MEMBER else "closed")
            if _anothers_turn(case, person, others, tx.now):
                return refuse(tx, act, case, REFUSED, "appeal_of_own")
            return _held(tx, case, CaseEvent.CLAIM, person)

        return await self.guard.moderator(act, body, lease=False)

    async def take_over(self, act: Act) -> Reply:
        """Take over another moderator's lease as an administrator, for ten minutes from now."""

        def body(tx: Tx, case: Case, person: Person) -> Reply:
            if case.state is not CaseState.CLAIMED or case.holder is None:
                return refuse(tx, act, case, STALE, "not_held")
            if case.holder.id == person.id:
                return refuse(tx, act, case, STALE, "already_yours")
            return _held(tx, case, CaseEvent.TAKE_OVER, person, {"holder": case.holder.id})

        return await self.guard.moderator(act, body, lease=False, wanted=AccessLevel.ADMINISTRATOR)

    async def release(self, act: Act) -> Reply:
        def body(tx: Tx, case: Case, person: Person) -> Reply:
            step(tx, case, CaseEvent.RELEASE, person)
            return Reply(text("case.done.release", number=case.number))

        return await self.guard.moderator(act, body, lease=True)

    async def suggest(self, act: Act) -> Reply:
        """Offer the member a human-written rewrite. Nothing is sent until the member accepts it."""

        def body(tx: Tx, case: Case, person: Person) -> Reply:
            try:
                prompt = normalise(act.values.get("prompt", ""))
            except UnusableText:
                return refuse(tx, act, case, REFUSED, "rewrite_empty")
            problem = self._wording_problem(tx, case, prompt)
            if problem is not None:
                return refuse(tx, act, case, REFUSED, problem)
            made = case_rows.add_rewrite(tx, case.id, prompt, self._fingerprint(tx, case, prompt), person)
            values = {
                "asked": made.id,
                "expires_at": max(case.expires_at, tx.now + MEMBER_TIME),
                "decided_by": person.id,
                "decided_name": person.name,
            }
            step(tx, case, CaseEvent.SUGGEST, person, {"rewrite": made.id}, values, notify=True)
            return Reply(text("case.done.suggest", number=case.number, member=case.person.name or case.person.id))

        return await self.guard.moderator(act, body, lease=True)

    def _fingerprint(self, tx: Tx, case: Case, prompt: str) -> str:
        """Fingerprint of another wording with the blocked request's pictures."""
        request = request_rows.get(tx.connection, case.request_id)
        return fingerprint(prompt, () if request is None else request.references)

    def _wording_problem(self, tx: Tx, case: Case, prompt: str) -> str | None:
        """Why a rewrite can't be offered; a key under `case.no.`. A blocked wording stays blocked in any spelling."""
        prompt_fingerprint = self._fingerprint(tx, case, prompt)
        if prompt_fingerprint in {request.fingerprint for request in case_rows.requests_of(tx.connection, case.id)}:
            return "rewrite_same"
        if is_remembered(tx, case.community, prompt_fingerprint):
            return "rewrite_blocked_before"
        request = request_rows.get(tx.connection, case.request_id)
        if request is not None and isinstance(options(tx.connection, request, self.rules, prompt), Problem):
            return "rewrite_too_long"
        return "rewrite_private" if self.rules.lint is not None and self.rules.lint(prompt) is not None else None

    async def ask_to_rephrase(self, act: Act) -> Reply:
        """Ask the member for a new wording of their own, with an optional hint."""

        def body(tx: Tx, case: Case, person: Person) -> Reply:
            note = add_words(tx, case, "hint", person, act.values.get("note", ""))
            values = {"asked": REPHRASE, "expires_at": max(case.expires_at, tx.now + MEMBER_TIME)}
            step(tx, case, CaseEvent.ASK_REPHRASE, person, {"note": note}, values, notify=True)
            return Reply(text("case.done.ask_rephrase", number=case.number, member=case.person.name or case.person.id))

        return await self.guard.moderator(act, body, lease=True)

    async def deny(self, act: Act) -> Reply:
        """Deny the request, for a reason from the community's list."""

        def body(tx: Tx, case: Case, person: Person) -> Reply:
            reason = act.values.get("reason", "")
            if reason not in {choice.value for choice in deny_reasons(tx.connection, case.platform, act.community)}:
                return refuse(tx, act, case, REFUSED, "no_reason")
            kind = "hint" if case.kind == REVIEW else "denial"
            note = add_words(tx, case, kind, person, act.values.get("note", ""))
            values = {"reason": reason, "decided_by": person.id, "decided_name": person.name, "closed_at": tx.now}
            step(tx, case, CaseEvent.DENY, person, {"reason": reason, "note": note}, values, notify=True)
            said = {REPORTED: "kept_hidden", REVIEW: "deny_review"}.get(case.kind, "deny")
            return Reply(text(f"case.done.{said}", number=case.number))

        return await self.guard.moderator(act, body, lease=True)

    async def publish(self, act: Act) -> Reply:
        """Show a result that a member asked to be published to everybody in its channel."""

        def body(tx: Tx, case: Case, person: Person) -> Reply:
            request = request_rows.get(tx.connection, case.request_id)
            if request is None or request.review != case.id or unpublishable(tx, request) is not None:
                return refuse(tx, act, case, STALE, "unpublishable")
            values = {"decided_by": person.id, "decided_name": person.name, "closed_at": tx.now}
            step(tx, case, CaseEvent.PUBLISH, person, values=values, notify=True)
            publish(tx, request)
            return Reply(text("case.done.publish", number=case.number))

        return await self.guard.moderator(act, body, lease=True)

    async def not_policy(self, act: Act) -> Reply:
        """Mark the block as technical: the operator is told, unless the service is the community's own; the block memory is cleared, and
        the member may retry."""

        def body(tx: Tx, case: Case, person: Person) -> Reply:
            values = {"decided_by": person.id, "decided_name": person.name, "closed_at": tx.now}
            step(tx, case, CaseEvent.NOT_POLICY, person, values=values, notify=True)
            if case.kind == REPORTED:
                request_rows.annotate(tx, case.request_id, reported="")
                message_rows.bump(tx, f"request:{case.request_id}")
                return Reply(text("case.done.report_dismissed", number=case.number))
            forget_blocks(tx, case)
            facts = {key: case.facts[key] for key in ("status", "code", "request_id") if key in case.facts}
            if case.facts.get("code") == HELD_EDIT:
                return Reply(text("case.done.allowed", number=case.number))
            request = request_rows.get(tx.connection, case.request_id)
            if request is not None and is_own(request.service):
                return Reply(text("case.done.not_policy_own", number=case.number))
            self.notices.report(tx, f"not_policy:{case.number}", "not_policy", {**facts, "case": str(case.number)})
            return Reply(text("case.done.not_policy", number=case.number))

        return await self.guard.moderator(act, body, lease=True)

    async def _others(self, act: Act) -> bool | None:
        """Whether another moderator could decide; only for an appeal claimed by the one who denied it."""
        case = await self.guard.ledger.read(lambda c: case_rows.get(c, act.row))
        if case is None or not case.appeals or case.decided_by is None or case.decided_by.id != act.person:
            return None
        return await self.guard.others(case)


def _anothers_turn(case: Case, person: Person, others: bool | None, now: float) -> bool:
    """Whether an appeal is reserved for another moderator: if there is one, or for half of the due time if nobody can say."""
    if not case.appeals or case.decided_by is None or case.decided_by.id != person.id:
        return False
    return now < case.waiting_since + APPEAL_WAITS if others is None else others


def _held(tx: Tx, case: Case, event: CaseEvent, person: Person, facts: Mapping[str, object] | None = None) -> Reply:
    until = tx.now + LEASE
    step(tx, case, event, person, facts, {"holder": person.id, "holder_name": person.name, "lease_until": until})
    return Reply(text(f"case.done.{event.value}", number=case.number, until=moment(until)))


def add_words(tx: Tx, case: Case, kind: str, person: Person, words: str) -> str | None:
    """Store the text of a form, normalised; None if nothing visible is left."""
    try:
        clean = normalise(words[:NOTE_MAX])
    except UnusableText:
        return None
    return case_rows.add_note(tx, case.id, kind, person, clean)


def forget_blocks(tx: Tx, case: Case) -> None:
    """Remove a case's wordings from the block memory, and end the pause that they caused."""
    requests = case_rows.requests_of(tx.connection, case.id)
    words = {request.fingerprint for request in requests}
    pictures = {picture_fingerprint(sha256) for request in requests for sha256 in request.references}
    block_rows.forget_prompts(tx, case.community, words | pictures)
    block_rows.end_cool_down(tx, case.community, case.person.id)
