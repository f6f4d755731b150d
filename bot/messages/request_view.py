"""View of a request in every state: a pure function of the row, its pictures and the gate's estimate."""

from __future__ import annotations

import dataclasses

from bot.chat.views import ActionName, Audience, Button, ButtonStyle, Tone, View
from bot.domain.case_states import CaseState, Standing
from bot.domain.failure import Failure
from bot.domain.kinds import NOT_STARTED, SAFETY_REVIEWABLE, WORDING, Action, Fixer, Group, Kind
from bot.domain.outcome import Pending
from bot.domain.own_services import is_own
from bot.domain.refusal import Refusal
from bot.domain.request_states import REST_MISSING, Answer, RequestState
from bot.domain.requests import Request, undrawn
from bot.failures.explain import explain
from bot.messages.applied_lines import applied_lines
from bot.messages.candidate_view import choice_pictures, is_choosing
from bot.messages.own_notices import explained
from bot.messages.picture_view import changed_lines, picture_views, preview, undrawn_lines
from bot.messages.published_lines import published_lines
from bot.messages.question_view import asked, question
from bot.messages.refusal_view import offered, own_button, refusal_lines
from bot.messages.request_facts import RequestFacts
from bot.messages.result_buttons import delete_button, edit_button, result_buttons
from bot.prompts.lint_words import hints
from bot.texts import has, joined, text
from bot.texts.phrases import duration, money, size

REFRESH, REFRESH_SOON = 5.0, 1.0
"""Seconds until a waiting view is rendered again, to keep position and countdown current; shorter until both are known."""


def render(facts: RequestFacts, audience: Audience) -> View:
    request = facts.request
    if request.deleted:
        return View(title=text("request.deleted"), tone=Tone.NEUTRAL, final=True)
    match request.state:
        case RequestState.RECEIVED:
            title = text("request.fetching_references")
            # Nobody has looked for private data in the prompt yet, so the channel doesn't see it before that.
            seen = request.prompt if audience is Audience.MEMBER else ""
            return View(title=title, quote=seen, buttons=(_cancel(request),), tone=Tone.WAITING)
        case RequestState.QUEUED:
            return _waiting(facts)
        case RequestState.AWAITING_MEMBER:
            return question(request) if audience is Audience.MEMBER else asked(request)
        case RequestState.CALLING:
            return _working(facts, _trying(facts))
        case RequestState.COLLECTING:
            return _collecting(facts)
        case RequestState.REFUSED:
            return _without_paying_again(facts, _refused(facts))
        case RequestState.ANSWERED:
            return _without_paying_again(facts, _answered(facts, audience))


_PAYS_AGAIN = frozenset({ActionName.RETRY, ActionName.NEAREST, ActionName.FIT_FEWER, ActionName.FIT_LOWER, ActionName.FIT_SMALLER})


def _without_paying_again(facts: RequestFacts, view: View) -> View:
    """After a retry, remove the buttons that would pay a second time; the result is in a newer message."""
    if not facts.tried_again or facts.request.answer is Answer.PICTURES:
        return view
    buttons = tuple(one for one in view.buttons if one.action not in _PAYS_AGAIN)
    return dataclasses.replace(view, text=(text("request.tried_again"), _line(facts.request)), buttons=buttons, amends=True)


def _waiting(facts: RequestFacts) -> View:
    request, estimate = facts.request, facts.estimate
    failure = request.failure
    lines: list[str] = []
    if failure is not None:
        lines.append(_why_waiting(facts, failure))
    elif estimate is not None and has(f"waiting.{estimate.reason}"):
        until = facts.estimate_until
        reason = _gate_reason(request, estimate.reason)
        if until is not None and until > facts.now:
            reason += " " + text("waiting.for_about", wait=duration(until - facts.now))
        lines.append(reason)
    title = text("request.queued")
    if estimate is not None:
        title = text("request.position", position=estimate.position)
        if estimate.position == 1:
            title = text("request.next")
        if estimate.seconds is not None:
            title += text("request.about", wait=duration(estimate.seconds))
    return View(
        title=title,
        text=(*lines, *_ready(facts), *_hints(request), _line(request)),
        quote=request.prompt,
        buttons=(_cancel(request),),
        tone=Tone.WAITING,
        refresh_at=facts.now + (REFRESH if estimate is not None else REFRESH_SOON),
    )


def _gate_reason(request: Request, reason: str) -> str:
    """Why the gate grants nothing now. Operators aren't told about the credit of a community's own service."""
    return text("waiting.after_quota_exhausted" if reason == "quota" and is_own(request.service) else f"waiting.{reason}")


def _why_waiting(facts: RequestFacts, failure: Failure) -> str:
    """Why the request waits for another try, in plain words, and which try is next."""
    request, estimate = facts.request, facts.estimate
    key = "waiting.without" if "left_out" in failure.facts else f"waiting.after_{failure.kind.value}"
    reason = text(key) if has(key) else text("waiting.after_failure")
    until = max(request.due_at, facts.estimate_until or 0.0)
    if until > facts.now + 1:
        reason += " " + text("waiting.trying_again_in", wait=duration(until - facts.now))
    elif estimate is not None and has(f"waiting.{estimate.reason}"):
        reason += " " + _gate_reason(request, estimate.reason)
    elif estimate is None or estimate.position == 1:
        reason += " " + text("waiting.trying_again")
    if failure.kind not in NOT_STARTED and "left_out" not in failure.facts:
        reason += " " + text("waiting.next_try", number=request.attempts + 1, most=facts.max_attempts)
    return reason


def _trying(facts: RequestFacts) -> str:
    request = facts.request
    if request.attempts > 1:
        return text("request.drawing_again", number=request.attempts, most=facts.max_attempts)
    return text("request.drawing")


def _working(facts: RequestFacts, title: str) -> View:
    request = facts.request
    lines = (*_ready(facts), *_hints(request), _line(request))
    shown = () if facts.preview is None else (preview(request, facts.preview),)
    return View(title=title, text=lines, quote=request.prompt, pictures=shown, buttons=(_cancel(request),), tone=Tone.WORKING)


def _collecting(facts: RequestFacts) -> View:
    """A task that is polled, or whose picture is being fetched; if the service asked for time, how long that takes."""
    failure, wait = facts.request.failure, facts.request.due_at - facts.now
    fetching = failure is not None and failure.action is Action.FETCH
    if failure is not None and wait > 1 and (failure.kind in NOT_STARTED or (fetching and failure.wait is not None)):
        title = text("request.fetching_wait" if fetching else "request.collecting_wait", wait=duration(wait))
        return dataclasses.replace(_working(facts, title), refresh_at=facts.now + REFRESH)
    return _working(facts, text("request.fetching") if fetching else _progress(facts.task))


def _progress(task: Pending | None) -> str:
    """How far the service is with its task, if it says so."""
    if task is not None and task.ahead:
        return text("request.collecting_ahead", count=task.ahead) if task.ahead > 1 else text("request.collecting_next")
    if task is not None and task.progress is not None:
        return text("request.collecting_share", percent=f"{min(99, round(task.progress * 100))}%")
    return text("request.collecting")


def _ready(facts: RequestFacts) -> tuple[str, ...]:
    """How many pictures of a request that is made in parts are there already."""
    found = len(facts.pictures)
    return (text("request.some_ready", count=found, wanted=facts.request.count),) if found else ()


def _hints(request: Request) -> tuple[str, ...]:
    """Optional tips about what may come out badly."""
    found = hints(request.prompt)[:1]
    return tuple(text("hint.line", hint=text(f"hint.{name}")) for name in found)


UNQUOTED = frozenset({"no_answer", "discarded", "edited", "abandoned"})
"""Reasons whose prompts may contain private data, so the channel's message doesn't quote them."""


def _refused(facts: RequestFacts) -> View:
    request = facts.request
    refusal = request.refusal or Refusal("")
    buttons = [*offered(refusal, request), edit_button(request)]
    if refusal.nearest is not None:
        buttons.insert(0, _nearest(request, refusal.nearest.label))
    lines = refusal_lines(refusal)
    if refusal.reason in ("blocked_before", "held_for_moderator") and facts.case is not None:
        lines.append(_case_line(facts, facts.case))
    return View(
        title=text("request.refused"),
        text=tuple(lines),
        quote="" if refusal.reason in UNQUOTED or refusal.unquoted else request.prompt[:500],
        buttons=tuple(buttons) if request.prompt.strip() else (),
        tone=Tone.PROBLEM,
        final=True,
        amends=_amends(facts),
    )


def _answered(facts: RequestFacts, audience: Audience) -> View:
    request = facts.request
    failure = request.failure
    match request.answer:
        case Answer.PICTURES:
            return _with_pictures(facts, audience, failure)
        case Answer.BLOCKED:
            title, lines = text("request.blocked"), _block_lines(facts, failure)
            buttons: tuple[Button, ...] = (edit_button(request),)
        case Answer.CANCELLED:
            title, buttons = text("request.cancelled"), (_retry(request), edit_button(request))
            lines = [text("request.cancelled_running" if request.attempts else "request.cancelled_free")]
        case Answer.EXPIRED:
            late = failure is not None and failure.kind is Kind.TASK_RUNNING_TIMEOUT
            why = explain(failure, "member") if failure is not None and late else text("request.expired_why")
            title, lines = text("request.expired"), [why]
            # Where the first picture may still come, nobody is asked to buy another.
            buttons = () if late else (_retry(request), edit_button(request))
        case Answer.INTERRUPTED:
            title, lines, buttons = text("request.interrupted"), [text("request.interrupted_why")], (_retry(request), edit_button(request))
        case _:
            title, lines = text("request.failed"), _failure_lines(facts, failure)
            buttons = _failure_buttons(request, failure)
    return View(
        title=title,
        text=(*lines, _line(request)),
        quote="" if request.refusal is not None and request.refusal.unquoted else request.prompt,
        buttons=buttons,
        tone=Tone.PROBLEM,
        mention=request.person.id,
        final=True,
        amends=_amends(facts),
    )


def _with_pictures(facts: RequestFacts, audience: Audience, failure: Failure | None) -> View:
    request, found = facts.request, facts.pictures
    if facts.report is not None:
        return _hidden(request, facts.report)
    lines: list[str] = []
    drawn = [one for one in found if one.change is None]
    title = text("request.done_one") if len(drawn) == 1 else text("request.done_many", count=len(drawn))
    if len(drawn) < request.count and not request.picked and (failure is not None or request.settled):
        key = "request.done_one_of" if len(drawn) == 1 else "request.done_some"
        title = text(key, count=len(drawn), wanted=request.count)
        lines = _missing_lines(facts, failure)
        if undrawn(request, len(drawn)):
            lines.append(text("request.rest_elsewhere" if facts.tried_again else "request.rest_on_demand"))
    revised = next((one.revised_prompt for one in drawn if one.revised_prompt and one.revised_prompt.strip() != request.prompt), None)
    lines += applied_lines(request, drawn)
    lines += changed_lines(found) + undrawn_lines(request, found)
    if facts.drawn_by:
        lines.append(text("request.drawn_by", service=facts.drawn_by))
    if revised:
        lines.append(text("request.revised", prompt=revised[:600]))
    if request.private and request.published and audience is Audience.MEMBER:
        lines.append(text("request.published"))
    lines += published_lines(request, facts.review, audience)
    shown = picture_views(request, found)
    if facts.candidates is not None and is_choosing(request, facts.candidates):
        title, shown = text("candidates.title", count=len(facts.candidates.found)), choice_pictures(request, facts.candidates)
        lines.insert(0, text("candidates.how"))
    return View(
        title=title,
        text=(*lines, joined(" · ", (_line(request), *_price(facts), text("request.made_with_ai")))),
        quote=request.prompt,
        pictures=shown,
        buttons=result_buttons(facts),
        tone=Tone.DONE,
        mention=request.person.id,
        final=True,
        amends=_amends(facts),
    )


def _hidden(request: Request, report: Standing) -> View:
    """A result whose pictures somebody reported."""
    kept = report.state in (CaseState.CLOSED_DENIED, CaseState.CLOSED_EXPIRED)
    return View(
        title=text("request.kept_hidden" if kept else "request.reported"),
        text=(text("request.kept_hidden_why" if kept else "request.reported_why", number=report.number), _line(request)),
        buttons=(delete_button(request),),
        final=True,
    )


def _price(facts: RequestFacts) -> tuple[str, ...]:
    return () if facts.cost is None else (money(facts.cost),)


def _block_lines(facts: RequestFacts, failure: Failure | None) -> list[str]:
    lines = [explained(failure, facts.request.service)] if failure is not None else []
    if failure is not None and failure.kind in SAFETY_REVIEWABLE and facts.case is not None:
        lines.append(_case_line(facts, facts.case))
    return lines


def _missing_lines(facts: RequestFacts, failure: Failure | None) -> list[str]:
    """Why fewer pictures came. A block's own text would say that there is no picture, next to the ones that came."""
    refusal = facts.request.refusal
    if failure is None or (refusal is not None and refusal.reason in REST_MISSING.values()):
        return [] if refusal is None else refusal_lines(refusal)
    if failure.kind not in SAFETY_REVIEWABLE:
        return [text("request.some_missing"), explained(failure, facts.request.service)]
    lines = [text("request.some_blocked")]
    if facts.case is not None:
        lines.append(_case_line(facts, facts.case))
    return lines


def _case_line(facts: RequestFacts, case: Standing) -> str:
    """The state of the request's case, in words that everyone in the channel may read."""
    if case.state is CaseState.OPEN and not facts.reviewed:
        return text("request.case_unreviewed", number=case.number)
    person = facts.request.person
    return text(f"request.case_{case.state.value}", number=case.number, person=person.name or person.id)


def _amends(facts: RequestFacts) -> bool:
    """Whether the only news is about the case."""
    return facts.case is not None and facts.case.state is not CaseState.OPEN


def _failure_lines(facts: RequestFacts, failure: Failure | None) -> list[str]:
    refusal = facts.request.refusal
    if refusal is not None and (refusal.budget is not None or (failure is None and has(f"refusal.{refusal.reason}"))):
        return refusal_lines(refusal)
    if failure is None:
        return [text("request.failed_unknown")]
    lines = [explained(failure, facts.request.service)]
    tried = facts.request.attempts + facts.request.unbilled_tries
    if tried > 1:
        lines.append(text("request.tried", count=tried))
    return lines


def _failure_buttons(request: Request, failure: Failure | None) -> tuple[Button, ...]:
    refusal = request.refusal
    if failure is not None and failure.kind in WORDING and (refusal is None or refusal.nearest is None):
        first = () if failure.group is Group.PARAMETERS and failure.who_can_fix is Fixer.USER else (_retry(request),)
        return (*first, edit_button(request), own_button(request, ActionName.SIMPLIFY, text("button.simplify")))
    if failure is not None and failure.group is Group.PARAMETERS and failure.who_can_fix is Fixer.USER:
        nearest = None if refusal is None else refusal.nearest
        return (edit_button(request),) if nearest is None else (_nearest(request, nearest.value), edit_button(request))
    if failure is not None and failure.kind is Kind.TASK_RUNNING_TIMEOUT:
        return ()  # the first picture may still come: nobody is asked to buy another
    if failure is not None and failure.kind is Kind.NOT_TAKEN:
        # Another try would be charged and end the same way, unless the picture is smaller.
        return (edit_button(request),) if failure.facts.get("why") in ("pixels", "bytes", "memory") else ()
    if failure is None and refusal is not None and (offers := offered(refusal, request)):
        return (*offers, edit_button(request))
    return (_retry(request), edit_button(request))


def _line(request: Request) -> str:
    asked = (("size", size(request.size)), ("quality", request.quality))
    said = [value for name, value in asked if value and name not in request.left_out]
    if request.references:
        said.append(text("request.with_one" if len(request.references) == 1 else "request.with_many", count=len(request.references)))
        said += [text("request.with_mask")] if request.mask else []
    options = joined(" · ", (*said, "")) if said else ""
    key = "request.line_private" if request.private and not request.published else "request.line"
    return text(key, options=options, count=request.count, person=request.person.name or request.person.id)


def _cancel(request: Request) -> Button:
    return own_button(request, ActionName.CANCEL, text("button.cancel"))


def _retry(request: Request) -> Button:
    return own_button(request, ActionName.RETRY, text("button.retry"), ButtonStyle.PRIMARY)


def _nearest(request: Request, label: str) -> Button:
    return own_button(request, ActionName.NEAREST, text("button.nearest", value=size(label))[:80], ButtonStyle.PRIMARY)
