"""From "received" to "queued": the text is cleaned once, everything is checked before money is thought of, or the member hears why not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import structlog

from bot.catalogue.check import Problem
from bot.catalogue.check import check as check_options
from bot.catalogue.sizes import label
from bot.chat.views import Audience
from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Kind
from bot.domain.request_states import RequestEvent, RequestState
from bot.domain.requests import Origin, Request
from bot.ledger import block_rows, message_rows, request_rows, settings_rows
from bot.ledger.block_rows import BlockedPrompt, MemberPause
from bot.ledger.store import Tx
from bot.messages.question_view import ask_member
from bot.prompts.normalise import UnusableText, fingerprint, normalise
from bot.requests.affordable import shortage
from bot.requests.rules import Question, Rules

CaseOpener = Callable[[Tx, Request, Failure], str]
"""Opens a case for moderators, or joins the member's open one; returns the case's id. Handed in by the composition root."""

AGREED = (Origin.CLEANED, Origin.REWRITE)
"""Wordings that the member was shown and accepted: that very text is sent, without another question."""
DROPPED = "abandoned"
"""Why a command was refused whose member saw it fail: nothing is said, unless the platform takes an acknowledgement later."""
RAW_PROMPT = 100_000
"""Characters of a prompt that are stored at the door; the models' own limits are far below."""


log = structlog.get_logger()


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """Turned down before anything was sent."""

    reason: str
    """Key under `refusal.` in the texts."""
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)


def accept(tx: Tx, request_id: str, rules: Rules, open_case: CaseOpener) -> Request | Refusal | None:
    """Check and queue what was received; None when it is no longer waiting for that (a second call changes nothing). Whoever calls has
    acknowledged the command, so for one that was dropped in silence the member is told now."""
    request = request_rows.get(tx.connection, request_id)
    if request is not None and (request.refusal or {}).get("reason") == DROPPED:
        show(tx, request)
        return Refusal(DROPPED)
    if request is None or request.state is not RequestState.RECEIVED:
        return None
    checked = check(tx, request, rules)
    if isinstance(checked, Refusal):
        return _refuse(tx, request, checked, rules)
    memory = blocked_before(tx, checked)
    if memory is not None:
        return _refuse_blocked(tx, checked, memory, open_case)
    question = None if request.origin in AGREED or rules.lint is None else rules.lint(checked.prompt)
    values = _values(checked, rules, tx.now)
    if question is not None:
        return _hold(tx, checked, question, values, rules)
    request_rows.move(tx, request, RequestEvent.ACCEPT, **values)
    show(tx, checked)
    tx.wake("request", request.id)
    return dataclasses.replace(checked, state=RequestState.QUEUED, due_at=tx.now, deadline_at=tx.now + rules.deadline)


def drop(tx: Tx, request: Request) -> None:
    """Forget what was received: its acknowledgement failed and the member saw that, so nothing is said and nothing is sent."""
    request_rows.move(tx, request, RequestEvent.REFUSE, refusal={"reason": DROPPED}, answered_at=tx.now, prompt="")


def check(tx: Tx, request: Request, rules: Rules) -> Request | Refusal:
    """The request with cleaned prompt and checked options, or why not. Reads only."""
    typed = request_rows.typed_options(tx.connection, request.id)
    if typed.get("unreadable"):
        return Refusal("unreadable")
    try:
        prompt = normalise(request.prompt)
    except UnusableText as problem:
        return Refusal("prompt_empty" if problem.problem.value == "empty" else "unreadable")
    own = settings_rows.of_community(tx.connection, request.place.platform, request.place.community)
    refused = _door(tx, request, rules, own)
    if refused is not None:
        return refused
    quality = typed.get("quality") or own.get("quality") or rules.default_quality
    found = check_options(rules.model, prompt, typed.get("size") or own.get("size"), quality, typed.get("count"))
    if isinstance(found, Problem):
        return Refusal(found.kind.value, wrong_value(found))
    ready = dataclasses.replace(
        request,
        prompt=prompt,
        fingerprint=fingerprint(prompt),
        model=rules.model.id,
        size=found.size,
        quality=found.quality,
        count=found.count,
    )
    short = shortage(tx.connection, ready, rules, rules.limits.within(own), tx.now)
    return ready if short is None else Refusal("budget", short)


def wrong_value(problem: Problem) -> dict[str, object]:
    """A value the model does not take, as the facts of a refusal: what was asked, what is allowed, the nearest for a button."""
    sized = problem.kind is Kind.UNSUPPORTED_SIZE
    nearest = problem.nearest
    return {
        "value": problem.value,
        "allowed": [label(one) for one in problem.allowed] if sized else list(problem.allowed),
        "nearest": nearest,
        "nearest_label": label(nearest) if sized and nearest else nearest,
    }


def _door(tx: Tx, request: Request, rules: Rules, own: Mapping[str, object]) -> Refusal | None:
    """Whether this person may use the bot here and now."""
    place = request.place
    allowed = rules.allowed.get(place.platform)
    # Who may write directly is asked by the adapter: it alone knows which communities a person belongs to.
    if allowed and not place.community.startswith("dm:") and place.community not in allowed:
        return Refusal("community_not_allowed")
    channels = own.get("channels")
    if isinstance(channels, list) and channels and place.channel not in channels and not place.community.startswith("dm:"):
        return Refusal("channel_not_allowed", {"channels": [str(one) for one in channels]})
    blocked = blocked_member(tx, request)
    if blocked is not None:
        return Refusal("cool_down" if blocked.by == block_rows.COOL_DOWN else "member_blocked", {"until": blocked.until})
    if rules.max_live is not None and request_rows.live_count(tx.connection, place.platform, request.person.id) > rules.max_live:
        return Refusal("too_many_waiting", {"limit": rules.max_live})
    return None


def blocked_before(tx: Tx, request: Request) -> BlockedPrompt | None:
    """Block memory: a wording that was blocked here within a day is not sent again by anybody."""
    return block_rows.blocked_prompt(tx.connection, request.place.community, request.fingerprint, tx.now)


def blocked_member(tx: Tx, request: Request) -> MemberPause | None:
    """Until when and by whom the member is kept from the bot in this community; None when they are not."""
    found = block_rows.member_pause(tx.connection, request.place.community, request.person.id, tx.now)
    if found is not None and found.by == block_rows.COOL_DOWN and request.origin is Origin.REWRITE:
        return None  # the pause is for the member's own tries; this wording is a moderator's
    return found


def case_for(tx: Tx, request: Request, failure: Failure, open_case: CaseOpener) -> str | None:
    """The case of a block; None when opening it failed by a bug of ours. The block itself stays on record either way: without it, a
    member's Retry would send the blocked wording again."""
    opened = tx.isolated(lambda: open_case(tx, request, failure))
    if isinstance(opened, Exception):
        log.error("case_not_opened", request=request.id, error=type(opened).__name__)
        return None
    return opened


def remembered_failure() -> Failure:
    """The failure that stands for "this wording was blocked here before"."""
    rule = KINDS[Kind.SAFETY_PROMPT]
    return Failure(rule.group, Kind.SAFETY_PROMPT, rule.action, None, rule.who_can_fix, 1.0, {"code": "block_memory"})


def show(tx: Tx, request: Request) -> None:
    """Have the request's message show its newest state, to the requester alone when it is private; a question that was open is over."""
    if request.state is RequestState.HELD:
        message_rows.bump(tx, f"question:{request.id}")
    if request.private:
        message_rows.want(tx, f"request:{request.id}", Audience.MEMBER, request.place, request.person.id)
        if request.published:
            message_rows.bump(tx, f"request:{request.id}")
    else:
        message_rows.want(tx, f"request:{request.id}", Audience.CHANNEL, request.place)


def _values(checked: Request, rules: Rules, now: float) -> dict[str, object]:
    return {
        "prompt": checked.prompt,
        "fingerprint": checked.fingerprint,
        "model": checked.model,
        "size": checked.size,
        "quality": checked.quality,
        "count": checked.count,
        "due_at": now,
        "deadline_at": now + rules.deadline,
    }


def _refuse(tx: Tx, request: Request, refusal: Refusal, rules: Rules) -> Refusal:
    """A wording that would have been asked about is not quoted in the channel just because the size was wrong."""
    doubtful = rules.lint is not None and rules.lint(request.prompt[: rules.model.prompt_max_chars]) is not None
    facts = {"reason": refusal.reason, "unquoted": doubtful, **refusal.facts}
    request_rows.move(tx, request, RequestEvent.REFUSE, refusal=facts, answered_at=tx.now)
    show(tx, request)
    return refusal


def _refuse_blocked(tx: Tx, request: Request, memory: BlockedPrompt, open_case: CaseOpener) -> Refusal:
    """The same member is shown the case; somebody else gets a case of their own. Nothing is sent for either."""
    own = memory.person == request.person.id
    case_id = memory.case_id if own and memory.case_id else case_for(tx, request, remembered_failure(), open_case)
    refusal = Refusal("blocked_before", {"case_id": case_id})
    request_rows.move(
        tx,
        request,
        RequestEvent.REFUSE,
        refusal={"reason": refusal.reason, **refusal.facts},
        prompt=request.prompt,
        fingerprint=request.fingerprint,
        case_id=case_id,
        answered_at=tx.now,
    )
    show(tx, request)
    return refusal


def _hold(tx: Tx, request: Request, question: Question, values: Mapping[str, object], rules: Rules) -> Request:
    held = {"reason": question.reason, "cleaned": question.cleaned, **question.facts}
    request_rows.move(tx, request, RequestEvent.HOLD, **{**values, "refusal": held, "deadline_at": tx.now + rules.held_for})
    show(tx, request)
    ask_member(tx, request)
    tx.wake("request", request.id, tx.now + rules.held_for)
    return dataclasses.replace(request, state=RequestState.HELD, refusal=held)
