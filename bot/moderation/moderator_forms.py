"""Moderators' forms, and actions that aren't decisions: block, unblock, comment, read the prompt.

No form preselects a decision about a person, because the member might be told a reason that no moderator chose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Choice, Fact, FieldKind, Form, FormField, PictureView, Reply, View
from bot.domain.case_states import REVIEW, WAITING, WITHOUT_SERVICE
from bot.domain.limits import COOL_DOWN_LENGTH
from bot.domain.requests import Person, Request
from bot.ledger import block_rows, case_rows, picture_rows, request_rows
from bot.ledger.case_rows import Case
from bot.ledger.clock_rows import Longest
from bot.ledger.store import Tx
from bot.messages.picture_view import picture_views
from bot.moderation.authorization import REFUSED, STALE, Authorizer, lease_problem, refuse
from bot.moderation.card import further
from bot.moderation.community import deny_reasons
from bot.moderation.decisions import NOTE_MAX, add_words
from bot.moderation.timeouts import LEASE
from bot.moderation.transitions import notify_member, settle
from bot.requests.block_memory import BLOCK_MEMORY
from bot.requests.rules import Rules
from bot.texts import text
from bot.texts.phrases import duration, moment

PAUSES = (3600, 24 * 3600, 7 * 24 * 3600, 30 * 24 * 3600)
"""Seconds for which a member can be blocked. Never forever: a human has to look again."""
SHOWN_WORDINGS = 10
PROMPT_MAX = 4000
"""Maximum characters of a form's field (Discord's limit)."""


def longest(rules: Rules) -> Longest:
    """The longest waits, for the check of stored times at start."""
    return Longest(rules.deadline, rules.held_for, BLOCK_MEMORY, LEASE, COOL_DOWN_LENGTH, float(max(PAUSES)))


@dataclass(frozen=True, slots=True)
class ModeratorForms:
    guard: Authorizer
    rules: Rules

    @property
    def handlers(self) -> Handlers:
        return Handlers(
            {
                ActionName.CASE_BLOCK_MEMBER: self.block,
                ActionName.CASE_UNBLOCK_MEMBER: self.unblock,
                ActionName.CASE_COMMENT: self.comment,
                ActionName.CASE_PROMPT: self.read_prompt,
            },
            {
                ActionName.CASE_REWRITE: self.rewrite_form,
                ActionName.CASE_REPHRASE: self.rephrase_form,
                ActionName.CASE_DENY: self.deny_form,
                ActionName.CASE_BLOCK_MEMBER: self.block_form,
                ActionName.CASE_COMMENT: self.comment_form,
            },
        )

    async def block(self, act: Act) -> Reply:
        """Pause the member: the holder decides while the case is open, any moderator afterwards."""

        def body(tx: Tx, case: Case, person: Person) -> Reply:
            problem = lease_problem(case, person.id) if case.state in WAITING else None
            if problem is not None:
                return refuse(tx, act, case, STALE, problem)
            seconds = act.values.get("pause", "")
            if seconds not in {str(one) for one in PAUSES}:
                return refuse(tx, act, case, REFUSED, "no_pause")
            until = tx.now + int(seconds)
            block_rows.pause_member(tx, case.community, case.person.id, until, person.id)
            _write_audit(tx, case, person, "block_member", {"until": until})
            return Reply(text("case.done.block_member", member=_name(case), until=moment(until)))

        return await self.guard.moderator(act, body, lease=False)

    async def unblock(self, act: Act) -> Reply:
        """End the member's pause."""

        def body(tx: Tx, case: Case, person: Person) -> Reply:
            if not block_rows.end_pause(tx, case.community, case.person.id):
                return refuse(tx, act, case, STALE, "not_paused")
            _write_audit(tx, case, person, "unblock_member", {})
            return Reply(text("case.done.unblock_member", member=_name(case)))

        return await self.guard.moderator(act, body, lease=False)

    async def comment(self, act: Act) -> Reply:
        def body(tx: Tx, case: Case, person: Person) -> Reply:
            note = add_words(tx, case, "comment", person, act.values.get("note", ""))
            if note is None:
                return refuse(tx, act, case, REFUSED, "empty_comment")
            case_rows.write_audit(tx, case.id, case.community, person, "comment", facts={"note": note})
            settle(tx, case)
            return Reply(text("case.done.comment", number=case.number))

        return await self.guard.moderator(act, body, lease=False)

    async def read_prompt(self, act: Act) -> Reply:
        """The whole blocked prompt for one moderator only, with the member's other ones."""

        def body(tx: Tx, case: Case, person: Person) -> Reply:
            case_rows.write_audit(tx, case.id, case.community, person, "read_prompt")
            found = case_rows.requests_of(tx.connection, case.id)
            first = request_rows.get(tx.connection, case.request_id)
            others = further(found, first)[-SHOWN_WORDINGS:]
            view = View(
                title=text("case.prompt.title", number=case.number),
                text=(text("case.prompt.removed"),) if case.texts_removed else (),
                quote="" if first is None else first.prompt,
                quoted=_name(case),
                facts=tuple(Fact(text("case.prompt.also", at=moment(one.created_at)), one.prompt) for one in others if one.prompt),
                pictures=_reported_pictures(tx, case, first),
                final=True,
            )
            return Reply(text("case.done.read_prompt", number=case.number), changed=False, view=view)

        return await self.guard.moderator(act, body, lease=False)

    async def rewrite_form(self, act: Act) -> Form | Reply:
        """Form with the blocked prompt, to be rewritten by a human."""
        case = await self.guard.authorize_form(act, lease=True)
        if isinstance(case, Reply):
            return case
        request = await self.guard.ledger.read(lambda c: request_rows.get(c, case.request_id))
        most = min(PROMPT_MAX, self.rules.model.prompt_max_chars)
        field = FormField(
            "prompt",
            text("case.form.rewrite_prompt"),
            FieldKind.PARAGRAPH,
            value="" if request is None else request.prompt[:most],
            max_length=most,
            hint=text("case.form.rewrite_hint"),
        )
        title, submit = text("case.form.rewrite", number=case.number), text("case.form.rewrite_submit")
        return Form(ActionName.CASE_REWRITE, case.id, title, (field,), submit, text("case.form.rewrite_text"))

    async def rephrase_form(self, act: Act) -> Form | Reply:
        case = await self.guard.authorize_form(act, lease=True)
        if isinstance(case, Reply):
            return case
        field = _note("case.form.hint", required=False)
        title, submit = text("case.form.ask_rephrase", number=case.number), text("case.form.ask_rephrase_submit")
        return Form(ActionName.CASE_REPHRASE, case.id, title, (field,), submit, text("case.form.ask_rephrase_text"))

    async def deny_form(self, act: Act) -> Form | Reply:
        """Form for a reason from the list, and a note that only moderators see."""
        case = await self.guard.authorize_form(act, lease=True)
        if isinstance(case, Reply):
            return case
        choices = await self.guard.ledger.read(lambda c: deny_reasons(c, case.platform, act.community))
        reason = FormField("reason", text("case.form.reason"), FieldKind.CHOICE, choices=choices)
        own = "send_back" if case.kind == REVIEW else "deny"
        title, submit = text(f"case.form.{own}", number=case.number), text(f"case.form.{own}_submit")
        fields = (reason, _note(f"case.form.{own}_note", required=False))
        return Form(ActionName.CASE_DENY, case.id, title, fields, submit, text(f"case.form.{own}_text"))

    async def block_form(self, act: Act) -> Form | Reply:
        case = await self.guard.authorize_form(act, lease=False, waiting=True)
        if isinstance(case, Reply):
            return case
        choices = tuple(Choice(str(one), duration(one)) for one in PAUSES)
        field = FormField("pause", text("case.form.pause"), FieldKind.CHOICE, choices=choices)
        title, submit = text("case.form.block_member"), text("case.form.block_member_submit")
        return Form(ActionName.CASE_BLOCK_MEMBER, case.id, title, (field,), submit, text("case.form.block_member_text", member=_name(case)))

    async def comment_form(self, act: Act) -> Form | Reply:
        case = await self.guard.authorize_form(act, lease=False)
        if isinstance(case, Reply):
            return case
        title, submit = text("case.form.comment", number=case.number), text("case.form.comment_submit")
        return Form(ActionName.CASE_COMMENT, case.id, title, (_note("case.form.comment_note", required=True),), submit)


def _write_audit(tx: Tx, case: Case, person: Person, event: str, facts: Mapping[str, object]) -> None:
    line = case_rows.write_audit(tx, case.id, case.community, person, event, facts=facts)
    settle(tx, notify_member(tx, case, line, keep=True))


def _reported_pictures(tx: Tx, case: Case, request: Request | None) -> tuple[PictureView, ...]:
    """The reported pictures, or those to publish, for the deciding moderator only."""
    if case.kind not in WITHOUT_SERVICE or request is None or request.deleted:
        return ()
    return picture_views(request, picture_rows.of_request(tx.connection, request.id))


def _note(label: str, *, required: bool) -> FormField:
    return FormField("note", text(label), FieldKind.PARAGRAPH, required=required, max_length=NOTE_MAX)


def _name(case: Case) -> str:
    return case.person.name or case.person.id
