"""The moderators' card and reminder: projections of a case's rows, identical after any restart or deletion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.port import Message
from bot.chat.views import ActionName, Button, ButtonStyle, Fact, PictureView, Pressers, Tone, View
from bot.domain.attachments import AttachmentRole, StoredAttachment
from bot.domain.case_states import HELD_EDIT, REPORTED, REVIEW, WAITING, WITHOUT_SERVICE, CaseEvent, CaseState
from bot.domain.failure import certain
from bot.domain.kinds import SAFETY_REVIEWABLE, Kind
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.failures.explain import explain
from bot.ledger import attachment_rows, attempt_rows, block_rows, case_rows, picture_rows, request_rows
from bot.ledger.case_rows import MACHINE, Case, Note, Step
from bot.messages.picture_view import picture_views
from bot.moderation.timeouts import APPEAL_WAITS, DUE, HOUR
from bot.texts import has, joined, text
from bot.texts.direction import isolate
from bot.texts.phrases import duration, moment, money, size

PROMPT_SHOWN, NOTE_SHOWN = 900, 300
"""Characters shown on the card; Show prompt has the whole prompt."""
HISTORY = 8
"""Number of steps on the card; `imagine-bot cases show` lists all of them."""
HELD_BACK = frozenset({"blocked_before", "held_for_moderator"})
"""Reasons of refusals that a case is about."""
OUR_CODES = frozenset({"block_memory", HELD_EDIT})
"""Codes of cases about something that the bot didn't send, so the service said nothing."""
NOTES = ("comment", "appeal", "denial", "hint", "report")
QUIET = frozenset({"read_prompt"})
"""Steps in the audit log that the card doesn't show."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    case: Case
    request: Request | None
    joined: Sequence[Request]
    """Other blocked wordings of the member that belong to this case, oldest first."""
    earlier: int
    references: Sequence[str]
    """The attached pictures in words. They aren't shown: one of them may be the reason."""
    cost: int
    steps: Sequence[Step]
    notes: Sequence[Note]
    now: float
    paused_until: float | None
    pictures: tuple[PictureView, ...] = ()
    """What is to be published."""


def gather(connection: Connection, case: Case, now: float) -> CaseFacts:
    linked = [one for one in case_rows.requests_of(connection, case.id) if one.id != case.request_id]
    request = request_rows.get(connection, case.request_id)
    ids = [case.request_id, *(one.id for one in linked)]
    cost = attempt_rows.cost_of(connection, ids)
    pause = block_rows.member_pause(connection, case.community, case.person.id, now)
    return CaseFacts(
        case=case,
        request=request,
        joined=further(linked, request),
        earlier=case_rows.earlier(connection, case),
        references=[_reference(one) for one in attachment_rows.of_request(connection, case.request_id)],
        cost=cost,
        steps=[one for one in case_rows.audit_log(connection, case.id) if one.outcome == "done" and one.event not in QUIET],
        notes=case_rows.notes_of(connection, case.id),
        now=now,
        paused_until=None if pause is None else pause.until,
        pictures=_to_publish(connection, case, request),
    )


def _to_publish(connection: Connection, case: Case, request: Request | None) -> tuple[PictureView, ...]:
    """The pictures that a reviewer decides about, until that's over; nothing blocked is among them."""
    seen = case.kind == REVIEW and case.state in WAITING and request is not None and not (request.deleted or request.reported)
    return picture_views(request, picture_rows.of_request(connection, request.id)) if seen and request is not None else ()


def further(linked: Iterable[Request], first: Request | None) -> list[Request]:
    """The case's requests with a different blocked wording. Accepted rewrites and new wordings that gave pictures weren't blocked, and a
    repeat of the same wording doesn't count."""
    seen = {"" if first is None else first.fingerprint}
    found = []
    for one in linked:
        if one.fingerprint not in seen and was_blocked(one):
            seen.add(one.fingerprint)
            found.append(one)
    return found


def was_blocked(request: Request) -> bool:
    """Whether the service or the block memory held back this request or a part of it."""
    if request.answer is None:
        return request.refusal is not None and request.refusal.reason in HELD_BACK
    safety = request.failure is not None and request.failure.kind in SAFETY_REVIEWABLE
    return request.answer is Answer.BLOCKED or (request.answer is Answer.PICTURES and safety)


def card(facts: CaseFacts) -> View:
    """Render the card. Pure."""
    case = facts.case
    return View(
        title=title(case),
        text=_reasons(case) if case.state in WAITING else (),
        facts=tuple(_facts(facts)),
        pictures=facts.pictures,
        buttons=tuple(_buttons(facts)),
        tone=Tone.WAITING if case.state in WAITING else Tone.NEUTRAL,
        final=True,
    )


def title(case: Case) -> str:
    """Number, state, and who holds or decided the case."""
    words = {
        "number": case.number,
        "member": name_of(case),
        "holder": "" if case.holder is None else case.holder.name or case.holder.id,
        "until": "" if case.lease_until is None else moment(case.lease_until),
        "by": "" if case.decided_by is None else case.decided_by.name or case.decided_by.id,
        "at": "" if case.closed_at is None else moment(case.closed_at),
        "reason": reason(case),
    }
    key = f"case.card.{case.state.value}"
    if case.appeals and case.decided_by is not None and case.state is CaseState.OPEN:
        key = "case.card.appealed"
    own = f"{key}_{case.kind}"
    return text(own if has(own) else key, **words)


def reason(case: Case) -> str:
    """A denial's reason in words."""
    if not case.reason:
        return ""
    return text(f"case.reason.{case.reason}") if has(f"case.reason.{case.reason}") else case.reason


def name_of(case: Case) -> str:
    """The member's name, if still stored."""
    return case.person.name or case.person.id


def _reasons(case: Case) -> tuple[str, ...]:
    # A block's own words end with it, and the service has no part in the others.
    return (_why(case), text("case.card.no_overrule")) if case.facts.get("code") == "block_memory" else (_why(case),)


def _why(case: Case) -> str:
    """Why the case is here, in the moderators' words."""
    if case.kind == REVIEW:
        return text("case.card.why_review")
    if case.kind == REPORTED:
        return text("case.card.why_reported", reason=text(f"case.report.{case.facts.get('code', 'other')}"))
    if case.facts.get("code") == HELD_EDIT:
        return text("case.card.why_held")
    if case.facts.get("code") == "block_memory":
        return text("case.card.why_memory")
    return explain(certain(Kind(case.kind), case.facts), "moderator")


def _facts(facts: CaseFacts) -> list[Fact]:
    case, request = facts.case, facts.request
    shown: list[tuple[str, str, bool]] = [("state", text(f"case.state.{case.state.value}"), False)]
    shown.append(("kind", text(f"case.kind.{case.kind}"), False))
    if case.kind not in WITHOUT_SERVICE and case.facts.get("code") not in OUR_CODES:
        technical = " · ".join(f"{key} {case.facts[key]}" for key in ("status", "code", "stage", "categories") if case.facts.get(key))
        shown.append(("code", technical, False))
    shown.append(("request_id", case.facts.get("request_id", ""), False))
    shown.append(("prompt", _prompt(case, request), True))
    if facts.joined:
        newest = [one.prompt for one in facts.joined if one.prompt][-1:]
        shown.append(("joined", text("case.card.joined", count=len(facts.joined), prompt=_cut(newest[0], 400) if newest else "…"), True))
    shown.append(("member", _member(facts), False))
    if request is not None:
        shown.append(("channel", request.place.channel, False))
        if request.size:
            line = " · ".join((request.model, size(request.size), request.quality, str(request.count)))
            shown.append(("model", line, False))
        shown.append(("request", request.id, False))
        shown.append(("references", "\n".join(facts.references), False))
    shown.append(("cost", money(facts.cost), False))
    shown.append(("opened", text("case.card.opened_at", at=moment(case.opened_at)), False))
    if case.state in WAITING:
        due = text("case.card.due_at", due=moment(case.waiting_since + DUE), expires=moment(case.expires_at))
        shown.append(("due", due, False))
    for note in [one for one in facts.notes if one.text and one.kind in NOTES][-4:]:
        who = note.author.name or note.author.id
        shown.append(
            (
                f"note_{note.kind}",
                isolate(_cut(note.text, NOTE_SHOWN)) + f" ({isolate(who)}, " + moment(note.at) + ")",
                note.kind == "appeal",
            )
        )
    shown.append(("history", joined("\n", history(case, facts.steps)[-HISTORY:]), False))
    return [Fact(text(f"case.fact.{key}"), value, hidden, channel=key == "channel") for key, value, hidden in shown if value]


def history(case: Case, steps: Sequence[Step]) -> list[str]:
    """One line per step: when, who, what."""
    return [text("case.history", at=moment(step.at), who=_actor(case, step), what=text(f"case.step.{step.event}")) for step in steps]


def _actor(case: Case, step: Step) -> str:
    if step.actor == MACHINE:
        return text("case.clock")
    return step.actor_name or (name_of(case) if step.actor == case.person.id else step.actor)


def _reference(one: StoredAttachment) -> str:
    given = one.attachment
    key = "made_here" if given.made_here else "uploaded"
    key = "mask" if given.role is AttachmentRole.MASK else key
    return text(f"case.card.reference_{key}", width=one.width, height=one.height, fingerprint=one.sha256[:12])


def _member(facts: CaseFacts) -> str:
    key = "case.card.member_first" if not facts.earlier else "case.card.member_earlier"
    line = text(key, member=name_of(facts.case), person=facts.case.person.id, count=facts.earlier)
    if facts.paused_until is not None:
        line += ". " + text("case.card.member_paused", until=moment(facts.paused_until))
    return line


def _prompt(case: Case, request: Request | None) -> str:
    if case.texts_removed or request is None or not request.prompt:
        return text("case.prompt.removed")
    return _cut(request.prompt, PROMPT_SHOWN)


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


_DECIDING: tuple[tuple[ActionName, ButtonStyle, bool], ...] = (
    (ActionName.CASE_REWRITE, ButtonStyle.PRIMARY, True),
    (ActionName.CASE_REPHRASE, ButtonStyle.PLAIN, True),
    (ActionName.CASE_NOT_POLICY, ButtonStyle.PLAIN, False),
    (ActionName.CASE_DENY, ButtonStyle.DANGER, True),
    (ActionName.CASE_RELEASE, ButtonStyle.PLAIN, False),
    (ActionName.CASE_TAKE_OVER, ButtonStyle.PLAIN, False),
)


_REVIEWING = ((ActionName.CASE_PUBLISH, ButtonStyle.PRIMARY, False), *_DECIDING[3:])
_ABOUT_WORDS = frozenset({ActionName.CASE_REWRITE, ActionName.CASE_REPHRASE})
_BY_HOLDER = frozenset({*(name for name, _, _ in (*_REVIEWING, *_DECIDING)), ActionName.CASE_BLOCK_MEMBER}) - {ActionName.CASE_TAKE_OVER}


def _buttons(facts: CaseFacts) -> list[Button]:
    case = facts.case
    shown: list[tuple[ActionName, ButtonStyle, bool]] = []
    if case.state in (CaseState.OPEN, CaseState.APPEALED):
        shown.append((ActionName.CASE_CLAIM, ButtonStyle.PRIMARY, False))
    if case.state is CaseState.CLAIMED:
        shown.extend(_REVIEWING if case.kind == REVIEW else [o for o in _DECIDING if case.kind != REPORTED or o[0] not in _ABOUT_WORDS])
    if facts.paused_until is not None:
        shown.append((ActionName.CASE_UNBLOCK_MEMBER, ButtonStyle.PLAIN, False))
    elif case.state is CaseState.CLAIMED or case.state not in WAITING:
        shown.append((ActionName.CASE_BLOCK_MEMBER, ButtonStyle.DANGER, True))
    shown.append((ActionName.CASE_COMMENT, ButtonStyle.PLAIN, True))
    if not case.texts_removed:
        shown.append((ActionName.CASE_PROMPT, ButtonStyle.PLAIN, False))
    return [Button(name, case.id, _label(case, name), style, form, _pressers(facts, name)) for name, style, form in shown]


def _label(case: Case, name: ActionName) -> str:
    own = f"case.button.{name.value}_{case.kind}"
    return text(own if has(own) else f"case.button.{name.value}")


def _pressers(facts: CaseFacts, name: ActionName) -> Pressers:
    """People who may press the buttons: never the requester, and only the holder of a claimed case."""
    case = facts.case
    holder = case.holder.id if case.state is CaseState.CLAIMED and case.holder is not None else None
    if name is ActionName.CASE_TAKE_OVER:
        return Pressers(never=frozenset() if holder is None else frozenset({holder}), administrators=True)
    if holder is not None and name in _BY_HOLDER:
        return Pressers(only=holder)
    denied_it = _denied_it(facts) if name is ActionName.CASE_CLAIM else frozenset[str]()
    return Pressers(never=denied_it | {case.person.id})


def _denied_it(facts: CaseFacts) -> frozenset[str]:
    """The moderator who denied an appealed case, while it's reserved for others (see `decisions.claim`)."""
    case = facts.case
    if not case.appeals or case.decided_by is None:
        return frozenset()
    appeal = next((one for one in reversed(facts.steps) if one.event == CaseEvent.APPEAL.value), None)
    others = None if appeal is None else appeal.facts.get("others")
    kept = facts.now < case.waiting_since + APPEAL_WAITS if others is None else bool(others)
    return frozenset({case.decided_by.id}) if kept else frozenset()


def project_reminder(connection: Connection, message: Message, now: float) -> View | None:
    step = case_rows.step(connection, int(message.subject.partition(":")[2]))
    case = None if step is None else case_rows.get(connection, step.case_id)
    if step is None or case is None:
        return None
    if case.state not in WAITING:
        return View(title=title(case), tone=Tone.NEUTRAL, final=True)
    return View(
        title=text("case.reminder.title", number=case.number, wait=duration(step.facts["hours"] * HOUR)),
        text=(text("case.reminder.text", expires=moment(case.expires_at)),),
        tone=Tone.WAITING,
        final=True,
    )


def project_setup(connection: Connection, message: Message, now: float) -> View | None:
    """Projection of the one-time message to administrators where no moderators' channel is set."""
    return View(title=text("case.setup.title"), text=(text("case.setup.text"),), tone=Tone.NEUTRAL, final=True)
