"""Messages to the member about a case: a new one for every step that asks or decides something, with the question in it.

Neutral words, no blame; the buttons disappear when the question is closed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.port import Message
from bot.chat.views import About, ActionName, Audience, Button, ButtonStyle, Fact, Tone, View
from bot.domain.case_states import HELD_EDIT, REPORTED, REVIEW, WAITING, CaseEvent, CaseState
from bot.domain.own_services import is_own
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.ledger import case_rows, request_rows
from bot.ledger.case_rows import OTHER_PICTURE, Case, Note, Rewrite, Step
from bot.moderation.card import HELD_BACK, card, gather, reason
from bot.moderation.offers import highest_cost
from bot.moderation.opening import REPHRASE
from bot.moderation.rewording import newest_candidate
from bot.moderation.transitions import ABOUT
from bot.requests.rules import Rules
from bot.texts import has, paragraphs, text
from bot.texts.phrases import moment, money

REMIND = "remind"
"""The step that repeats a question."""
SHOWN = 60
"""Characters of a prompt by which its author recognises it."""


@dataclass(frozen=True, slots=True)
class StepFacts:
    case: Case
    step: Step
    request: Request | None
    rewrite: Rewrite | None
    cost: int | None
    """Maximum cost of the suggested wording for the member; None if the model doesn't accept it."""
    notes: Mapping[str, Note]
    picture: Request | None = None
    """The member's latest picture that may use their new wording."""
    question: StepFacts | None = None
    """The question that a reminder repeats."""


@dataclass(frozen=True, slots=True)
class Views:
    """Projections of the subject kinds `case` and `step`."""

    rules: Rules

    def project_case(self, connection: Connection, message: Message, now: float) -> View | None:
        case = case_rows.get(connection, message.subject.partition(":")[2])
        return None if case is None or message.audience is not Audience.MODERATORS else card(gather(connection, case, now))

    def project_step(self, connection: Connection, message: Message, now: float) -> View | None:
        """Projection of `step:<number>`: an audit log entry, as the member's message."""
        step = case_rows.step(connection, int(message.subject.partition(":")[2]))
        case = None if step is None else case_rows.get(connection, step.case_id)
        return None if step is None or case is None else self._step_view(connection, case, step)

    def with_case_step(self, connection: Connection, request: Request, shown: View) -> View:
        """The request's view for /imagine-show, plus its case's latest question or decision, in case that message was never delivered."""
        case = case_rows.get(connection, request.case_id or "")
        step = None if case is None or case.shown_step is None else case_rows.step(connection, case.shown_step)
        if case is None or step is None or case.person.id != request.person.id or not _concerns(case, request):
            return shown
        said = self._step_view(connection, case, step)
        if not said.buttons and step.event not in _DECIDED:
            return shown  # answered, or over
        named = {(one.action, one.row) for one in said.buttons}
        return dataclasses.replace(
            shown,
            text=(*shown.text, said.title, *said.text),
            facts=(*shown.facts, *said.facts),
            buttons=(*said.buttons, *(one for one in shown.buttons if (one.action, one.row) not in named)),
        )

    def _step_view(self, connection: Connection, case: Case, step: Step) -> View:
        return step_view(self._facts(connection, case, step))

    def _facts(self, connection: Connection, case: Case, step: Step) -> StepFacts:
        rewrite = case_rows.rewrite(connection, str(step.facts.get("rewrite", "")))
        request = request_rows.get(connection, str(step.facts.get(ABOUT) or case.request_id))
        cost = None if rewrite is None or request is None else highest_cost(connection, request, self.rules, rewrite.prompt)
        notes = {note.id: note for note in case_rows.notes_of(connection, case.id)}
        picture = newest_candidate(connection, case) if step.event == OTHER_PICTURE else None
        asked = case_rows.step(connection, case.shown_step) if step.event == REMIND and case.shown_step is not None else None
        question = None if asked is None else self._facts(connection, case, asked)
        return StepFacts(case, step, request, rewrite, cost, notes, picture, question)


def _concerns(case: Case, request: Request) -> bool:
    """Whether this request of a case was blocked, rather than made later because of it."""
    refused = request.refusal is not None and request.refusal.reason in HELD_BACK
    return request.id == case.request_id or request.answer is Answer.BLOCKED or refused


def step_view(facts: StepFacts) -> View:
    """The member's message about one step, with a link to its request. Pure."""
    return dataclasses.replace(_STEP_VIEWS[facts.step.event](facts), about=_about(facts))


def _about(facts: StepFacts) -> About:
    words = " ".join(facts.request.prompt.split()) if facts.request is not None else ""
    short = words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"
    label = text("case.to_member.about", prompt=short) if short else text("case.to_member.about_removed")
    return About(f"request:{facts.case.request_id if facts.request is None else facts.request.id}", label)


def _view(facts: StepFacts, name: str, *, buttons: tuple[Button, ...] = (), tone: Tone = Tone.NEUTRAL, **values: object) -> View:
    known = {"number": facts.case.number, "by": facts.step.actor_name or text("case.a_moderator"), **values}
    return View(
        title=text(f"case.to_member.{name}", **known),
        text=paragraphs(text(f"case.to_member.{name}_text", **known)),
        buttons=buttons,
        tone=tone,
        mention=facts.case.person.id,
        final=True,
    )


def _suggest(facts: StepFacts) -> View:
    """Both wordings, the author of the new one, and its maximum cost; the button accepts that exact text."""
    rewrite, case = facts.rewrite, facts.case
    if rewrite is None:
        return _view(facts, "question_over")
    open_ = case.state is CaseState.WITH_MEMBER and case.asked == rewrite.id and rewrite.answer is None
    price = text("case.to_member.price_unknown") if facts.cost is None else text("case.to_member.price", cost=money(facts.cost))
    buttons = (
        Button(ActionName.REWRITE_ACCEPT, rewrite.id, text("case.button.rewrite_accept"), ButtonStyle.PRIMARY),
        Button(ActionName.REWRITE_DECLINE, rewrite.id, text("case.button.rewrite_decline")),
    )
    answered = f"case.to_member.rewrite_{rewrite.answer or 'over'}"
    base = _view(facts, "suggest", tone=Tone.WAITING if open_ else Tone.NEUTRAL, price=price)
    removed = text("case.prompt.removed")
    words = " ".join(facts.request.caption.split()) if facts.request is not None else ""
    kept = (text("gallery.same_caption", text=words),) if words else ()
    return View(
        title=base.title,
        text=(*base.text, *kept) if open_ else (text(answered),),
        facts=(
            Fact(text("case.to_member.yours"), (facts.request.prompt if facts.request else "") or removed),
            Fact(text("case.to_member.theirs", by=rewrite.author.name or text("case.a_moderator")), rewrite.prompt or removed),
        ),
        buttons=buttons if open_ else (),
        tone=base.tone,
        mention=base.mention,
        final=True,
    )


def _ask_rephrase(facts: StepFacts) -> View:
    case = facts.case
    if case.state is not CaseState.WITH_MEMBER or case.asked != REPHRASE or case.shown_step != facts.step.seq:
        return _view(facts, "question_over")  # over, or asked again in a newer message
    button = Button(ActionName.REPHRASE, case.id, text("case.button.rephrase"), ButtonStyle.PRIMARY, opens_form=True)
    view = _view(facts, "ask_rephrase", buttons=(button,), tone=Tone.WAITING)
    note = facts.notes.get(str(facts.step.facts.get("note")))
    return view if note is None else _with_fact(view, text("case.to_member.hint"), note.text)


def _other_picture(facts: StepFacts) -> View:
    """Question whether the latest picture used the new wording, which only the member knows."""
    case, made = facts.case, facts.picture
    if made is None:
        return _view(facts, "reworded" if case.state is CaseState.CLOSED_REPHRASED else "question_over")
    button = Button(ActionName.REWORDED, made.id, text("case.button.reworded"), ButtonStyle.PRIMARY)
    view = _view(facts, "other_picture", buttons=(button,), tone=Tone.WAITING)
    return _with_fact(view, text("case.to_member.your_picture"), made.prompt)


def _with_fact(view: View, label: str, value: str) -> View:
    return View(view.title, view.text, facts=(Fact(label, value),), buttons=view.buttons, tone=view.tone, mention=view.mention, final=True)


def _deny(facts: StepFacts) -> View:
    case = facts.case
    can_appeal = case.state is CaseState.CLOSED_DENIED and not case.appeals and not case.texts_removed
    name = "deny_final" if case.appeals and case.state is CaseState.CLOSED_DENIED and case.shown_step == facts.step.seq else "deny"
    if name == "deny" and not can_appeal:
        name = "deny_appealed" if case.appeals and case.state in WAITING else "deny_over"
    button = Button(ActionName.APPEAL, case.id, text("case.button.appeal"), opens_form=True)
    shown = str(facts.step.facts.get("reason", ""))
    label = text(f"case.reason.{shown}") if has(f"case.reason.{shown}") else shown or reason(case)
    if facts.case.kind == REVIEW:
        view = _view(facts, "review_returned", reason=label)
        note = facts.notes.get(str(facts.step.facts.get("note")))
        return view if note is None else _with_fact(view, text("case.to_member.hint_review"), note.text)
    if facts.case.kind == REPORTED:
        name = "report_kept"
    return _view(facts, name, buttons=(button,) if can_appeal else (), reason=label)


def _not_policy(facts: StepFacts) -> View:
    if facts.case.kind == REPORTED:
        return _view(facts, "report_dismissed")
    request = facts.request
    buttons: tuple[Button, ...] = ()
    if request is not None and request.prompt and facts.case.state is CaseState.CLOSED_NOT_POLICY:
        buttons = (Button(ActionName.RETRY, request.id, text("button.retry"), ButtonStyle.PRIMARY),)
    told = "not_policy_own" if request is not None and is_own(request.service) else "not_policy"
    return _view(facts, "allowed" if facts.case.facts.get("code") == HELD_EDIT else told, buttons=buttons)


def _expire(facts: StepFacts) -> View:
    if facts.case.kind == REPORTED:
        return _view(facts, "report_expired")
    if facts.case.kind == REVIEW:
        return _view(facts, "review_expired")
    request = facts.request
    buttons: tuple[Button, ...] = ()
    if request is not None and request.prompt:
        buttons = (Button(ActionName.EDIT, request.id, text("button.edit"), opens_form=True),)
    was_asked = facts.step.facts.get("from") == CaseState.WITH_MEMBER.value
    return _view(facts, "expire_asked" if was_asked else "expire", buttons=buttons)


def _remind(facts: StepFacts) -> View:
    """Reminder that repeats the whole question, so that the member needn't find an older message."""
    if facts.case.state is not CaseState.WITH_MEMBER or facts.question is None:
        return _view(facts, "question_over")
    question = step_view(facts.question)
    said = _view(facts, "remind", expires=moment(facts.case.expires_at))
    return dataclasses.replace(question, title=said.title, text=(question.title, *question.text, *said.text))


_DECIDED = (CaseEvent.DENY.value, CaseEvent.NOT_POLICY.value, CaseEvent.EXPIRE.value)
_STEP_VIEWS: Mapping[str, Callable[[StepFacts], View]] = {
    CaseEvent.SUGGEST.value: _suggest,
    CaseEvent.ASK_REPHRASE.value: _ask_rephrase,
    CaseEvent.DENY.value: _deny,
    CaseEvent.NOT_POLICY.value: _not_policy,
    CaseEvent.EXPIRE.value: _expire,
    CaseEvent.PUBLISH.value: lambda facts: _view(facts, "review_published"),
    OTHER_PICTURE: _other_picture,
    REMIND: _remind,
    "block_member": lambda facts: _view(facts, "block_member", until=moment(facts.step.facts["until"])),
    "unblock_member": lambda facts: _view(facts, "unblock_member"),
}
