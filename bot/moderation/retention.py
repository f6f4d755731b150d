"""Deletion of texts, keeping the record: prompts, rewrites and notes of closed cases after the retention time, and a member's own data on
request."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Audience, Button, ButtonStyle, Fact, FieldKind, Form, FormField, Reply, View
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer
from bot.domain.requests import Person
from bot.domain.visitor import Visitor
from bot.ledger import (
    act_rows,
    attachment_rows,
    attempt_rows,
    case_rows,
    gallery_rows,
    ladder_rows,
    memory_rows,
    message_rows,
    own_rows,
    picture_rows,
    privacy_rows,
    request_rows,
    template_rows,
)
from bot.ledger.case_rows import Case
from bot.ledger.store import Ledger, Tx
from bot.moderation.community import retention_days
from bot.requests.forgotten_batches import forget_batches
from bot.requests.ready import key_of
from bot.requests.tiers import forget_roles
from bot.texts import paragraphs, text

PRIVACY_ROW = "privacy222delete"
"""Row id of the delete button. It's about the presser, so it names nothing."""
PRIVACY_EVENT = "privacy_delete"
DAY = 86400.0


def remove_old_texts(tx: Tx) -> int:
    """Delete the texts of closed cases past their retention, or whose member asked for it. Returns the number of cases."""
    days: dict[tuple[str, str], int] = {}
    done = 0
    for closed in privacy_rows.closed_with_texts(tx.connection):
        key = (closed.platform, closed.community)
        if key not in days:
            days[key] = retention_days(tx.connection, *key)
        if closed.forget or closed.closed_at + days[key] * DAY <= tx.now:
            case = case_rows.get(tx.connection, closed.id)
            assert case is not None
            remove_texts(tx, case)
            done += 1
    return done


def remove_texts(tx: Tx, case: Case) -> None:
    """Delete the texts of a case. Fingerprints, ids, times and decisions stay. A request that gave pictures belongs to the member: it's
    only deleted if they asked for that after it was made."""
    unwanted = _asked_to_forget(tx.connection, case)
    for request in case_rows.requests_of(tx.connection, case.id):
        if request.id in unwanted:
            _forget_request(tx, request.id, request.deleted)
        elif request.answer is not Answer.PICTURES:
            _empty_request(tx, request.id)
            if request.prompt:
                message_rows.bump(tx, f"request:{request.id}")
    privacy_rows.empty_wordings(tx, case.id)
    case_rows.change(tx, case, texts_removed=True)
    if case.forget:
        privacy_rows.remove_names(tx, case.id, case.person.id)
    message_rows.bump(tx, f"case:{case.id}", Audience.MODERATORS)
    for line in case_rows.audit_log(tx.connection, case.id):
        message_rows.bump(tx, f"step:{line.seq}")  # older messages to the member show the wordings too


def _asked_to_forget(connection: Connection, case: Case) -> frozenset[str]:
    """Requests that existed when the member asked for deletion, except those still being drawn. Listed by id, because a clock may have been
    set back."""
    lines = privacy_rows.steps_by(connection, case.person.id, PRIVACY_EVENT)
    decided = {one for line in lines for one in line.facts.get("decided", ())}
    drawn = {one for line in lines for one in line.facts.get("drawn", ())}
    unnamed = max((line.at for line in lines if "drawn" not in line.facts), default=0.0)  # written by an older version that used times
    return frozenset(
        one.id
        for one in case_rows.requests_of(connection, case.id)
        if one.id in decided or one.created_at <= unnamed or (one.id in drawn and one.answer is not Answer.PICTURES)
    )


def _forget_request(tx: Tx, request_id: str, deleted: bool) -> Sequence[str]:
    """Delete the text, name and pictures of an ended request. Returns hashes whose files may be deleted."""
    hashes = picture_rows.drop(tx, request_id)
    found = request_rows.get(tx.connection, request_id)
    if found is not None and found.review:
        message_rows.bump(tx, f"case:{found.review}")
    _empty_request(tx, request_id, person_name="", typed={}, deleted=True)
    if not deleted:
        message_rows.bump(tx, f"request:{request_id}")
    return hashes


def _empty_request(tx: Tx, request_id: str, **values: object) -> None:
    found = request_rows.get(tx.connection, request_id)
    refusal = None if found is None or found.refusal is None else _without_words(found.refusal)
    if found is not None and found.caption:
        request_rows.annotate(tx, request_id, caption="")
    request_rows.mark(tx, request_id, prompt="", refusal=refusal, **values)
    picture_rows.release(tx, attachment_rows.drop(tx, request_id), request_id)
    attempt_rows.remove_evidence_of(tx, request_id)


def _without_words(refusal: Refusal) -> Refusal:
    """Without the suggested prompt, and without the value of an option as it was typed; its sentence still needs one."""
    typed = {"value": "…"} if "value" in refusal.facts else {}
    return dataclasses.replace(refusal, cleaned=None, facts={**refusal.facts, **typed})


@dataclass(frozen=True, slots=True)
class Privacy:
    """Action handlers for /imagine-privacy."""

    ledger: Ledger
    forget_picture: Callable[[str], Awaitable[object]]
    references_kept: float
    """Seconds for which attached pictures are kept."""

    @property
    def handlers(self) -> Handlers:
        return Handlers({ActionName.PRIVACY_DELETE: self.delete}, {ActionName.PRIVACY_DELETE: self.confirm})

    async def overview(self, visitor: Visitor) -> View:
        counts = await self.ledger.read(lambda c: privacy_rows.counts(c, visitor.platform, visitor.person))
        stored = {
            "requests": counts.requests,
            "pictures": counts.pictures,
            "drafts": counts.drafts,
            "attachments": counts.attachments,
            "cases": counts.cases,
            "batches": counts.batches,
        }
        button = Button(ActionName.PRIVACY_DELETE, PRIVACY_ROW, text("case.privacy.button"), ButtonStyle.DANGER, opens_form=True)
        return View(
            title=text("case.privacy.title"),
            text=paragraphs(text("case.privacy.text", days=round(self.references_kept / DAY))),
            facts=tuple(Fact(text(f"case.privacy.{name}"), str(count)) for name, count in stored.items()),
            buttons=(button,) if any(stored.values()) else (),
            final=True,
        )

    async def confirm(self, act: Act) -> Form | Reply:
        """Ask for confirmation, because deletion can't be undone."""
        if act.row != PRIVACY_ROW:
            return Reply(text("reply.unknown_button"), changed=False)
        field = FormField("sure", text("case.privacy.sure"), FieldKind.SWITCH, value="false")
        title, submit = text("case.privacy.form"), text("case.privacy.submit")
        return Form(ActionName.PRIVACY_DELETE, PRIVACY_ROW, title, (field,), submit, text("case.privacy.form_text"))

    async def delete(self, act: Act) -> Reply:
        """Delete the presser's own texts and pictures."""
        if act.row != PRIVACY_ROW or act.values.get("sure") != "true":
            return Reply(text("case.privacy.not_sure"), changed=False)
        gone: list[str] = []

        def body(tx: Tx) -> Reply:
            gone.clear()
            if not act_rows.claim_act(tx, act.event_key):
                return Reply(text("reply.already_done"), changed=False)
            left = forget_person(tx, act.platform, act.person, gone)
            case_rows.write_audit(tx, "", act.community, Person(act.person, ""), PRIVACY_EVENT, facts=left)
            return Reply(text("case.privacy.done_but" if any(left.values()) else "case.privacy.done"))

        reply = await self.ledger.write(body)
        for sha256 in gone:
            await self.forget_picture(sha256)
        return reply


def forget_person(tx: Tx, platform: str, person: str, gone: list[str]) -> Mapping[str, Sequence[str]]:
    """Delete what somebody wrote and made.

    Hashes whose files may be deleted are added to `gone`. Returns the requests that have to stay for now: `drawn` (still being drawn) and
    `decided` (moderators still decide about the wording).
    """
    gone.extend(forget_batches(tx, platform, person))
    waiting = privacy_rows.waiting_cases_of(tx.connection, platform, person)
    drawn = privacy_rows.live_of(tx.connection, platform, person)
    ended = privacy_rows.ended_of(tx.connection, platform, person)
    for one in ended:
        if one.case_id not in waiting:
            gone.extend(_forget_request(tx, one.id, one.deleted))
    uploads = attachment_rows.drop_uploads_of(tx, f"{platform}:{person}")
    gone.extend(picture_rows.release(tx, uploads, "privacy"))
    template_rows.drop_drafts_of(tx, platform, person)
    ladder_rows.drop_of(tx, platform, person)
    gallery_rows.forget(tx, platform, person)
    memory_rows.forget(tx, key_of(platform, person))
    memory_rows.forget(tx, f"uploads:{platform}:{person}")
    forget_roles(tx, platform, person)
    own_rows.forget_name(tx, platform, person)
    case_rows.ask_again_about_pictures(tx, platform, person)
    privacy_rows.forget_cases_of(tx, platform, person)
    remove_old_texts(tx)
    for case_id in privacy_rows.forget_reports_of(tx, platform, person):
        message_rows.bump(tx, f"case:{case_id}", Audience.MODERATORS)
    for case_id in privacy_rows.emptied_cases_of(tx.connection, platform, person):
        privacy_rows.remove_names(tx, case_id, person)
        message_rows.bump(tx, f"case:{case_id}", Audience.MODERATORS)
    return {"drawn": drawn, "decided": [one.id for one in ended if one.case_id in waiting]}
