"""Acceptance of received requests: normalise the prompt once, validate everything before any money is involved, then queue, hold or
refuse."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.catalogue.check import Checked, Problem
from bot.catalogue.check import check as check_options
from bot.catalogue.sizes import label
from bot.domain.attachments import AttachmentRole, ReferenceLimits, StoredAttachment
from bot.domain.case_states import HELD_EDIT, CaseState
from bot.domain.failure import certain
from bot.domain.kinds import Kind
from bot.domain.own_services import own_service_of
from bot.domain.refusal import FactValue, Nearest, Refusal
from bot.domain.request_states import RequestEvent, RequestState
from bot.domain.requests import Origin, Request
from bot.ledger import attachment_rows, block_rows, case_rows, memory_rows, picture_rows, request_rows
from bot.ledger.block_rows import BlockedPrompt
from bot.ledger.store import Tx
from bot.prompts.edit_words import doubtful_edit
from bot.prompts.normalise import UnusableText, fingerprint, normalise
from bot.requests.affordable import shortage
from bot.requests.block_memory import blocked_before, blocked_member, remembered_failure
from bot.requests.change_choices import MOST_PICTURES, ChangeProblem, caption_lines
from bot.requests.choices import Choices, chosen_model, combined
from bot.requests.own_key import home_of, unusable
from bot.requests.rules import Rules
from bot.requests.tiers import limited, roles_named, settings_for
from bot.requests.transitions import DROPPED, CaseOpener, hold, queue, refuse, show


@dataclass(frozen=True, slots=True)
class Unfetched:
    """The request is valid but for its pictures, which have to be fetched and checked first (`bot.requests.attachments`)."""

    request_id: str


class RolesUnknown(Exception):
    """The community's tiers name roles, and the platform has to be asked first which of them the member holds."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.id)
        self.request = request


LINEAGE = 50
"""Number of ancestors that are searched for a moderator's approval of the same edit."""
RAW_PROMPT = 100_000
"""Maximum characters of a prompt to store; the models' own limits are far lower."""


def accept(tx: Tx, request_id: str, rules: Rules, opener: CaseOpener, *, roles_known: bool = True) -> Request | Refusal | Unfetched | None:
    """Validate and queue a received request. Returns None if it isn't `received` any longer, so a second call changes nothing.

    The caller has acknowledged the command, so the member is now told about a request that was silently dropped. Raises RolesUnknown if
    the caller hasn't asked about the member's roles (`roles_known`) and they count here.
    """
    request = request_rows.get(tx.connection, request_id)
    if request is not None and request.refusal is not None and request.refusal.reason == DROPPED:
        show(tx, request)
        return request.refusal
    if request is None or request.state is not RequestState.RECEIVED:
        return None
    own = settings_for(tx.connection, request.place.platform, request.place.community, request.person.id, rules, tx.now)
    if not roles_known and roles_named(own, request.person.id):
        raise RolesUnknown(request)
    attached = attachment_rows.of_request(tx.connection, request_id)
    checked = check(tx, request, own, attached, rules)
    if isinstance(checked, Refusal):
        return refuse_unasked(tx, request, checked, rules)
    if not all(one.taken for one in attached):
        show(tx, request)
        return Unfetched(request_id)
    if checked.caption != request.caption:
        request_rows.annotate(tx, request_id, caption=checked.caption)
    if attached:
        request_rows.annotate(tx, request_id, references=list(checked.references), mask=checked.mask)
        attachment_rows.forget_handles(tx, request_id)
    return _queue_or_question(tx, checked, attached, rules, opener)


def _queue_or_question(
    tx: Tx, request: Request, attached: Sequence[StoredAttachment], rules: Rules, opener: CaseOpener
) -> Request | Refusal:
    """Refuse a valid request that was blocked before or needs a moderator first, hold one that its member has to be asked about, and queue
    all others."""
    memory = blocked_before(tx, request)
    if memory is not None:
        return _refuse_blocked(tx, request, memory, rules, opener)
    doubt = _reason_for_review(tx, request, attached)
    if doubt is not None:
        return _refuse_held(tx, request, doubt, rules, opener)
    # The member has seen and accepted a moderator's wording: send that exact text without another question.
    held = None if request.origin is Origin.REWRITE else upload_question(tx, request, attached) or prompt_question(request, rules)
    values = _values(request, rules, tx.now)
    if held is not None and request.batch:
        # Nobody sits beside a batch to answer forty questions: its owner changes the topic instead.
        return refuse_unasked(tx, request, Refusal("batch_question"), rules)
    if held is not None:
        hold(tx, request, held, rules.held_for, due_at=tx.now, **values)
        return dataclasses.replace(request, state=RequestState.AWAITING_MEMBER, refusal=held)
    queue(tx, request, RequestEvent.ACCEPT, tx.now, **values)
    return dataclasses.replace(request, state=RequestState.QUEUED, due_at=tx.now, deadline_at=tx.now + rules.deadline_of(request))


def _reason_for_review(tx: Tx, request: Request, attached: Sequence[StoredAttachment]) -> str | None:
    """Reason this edit needs a moderator first; None if it doesn't, or if one has approved it already."""
    if not attached or request.origin is Origin.REWRITE or (kind := doubtful_edit(request.prompt)) is None:
        return None
    parent = request_rows.get(tx.connection, request.parent or "")
    for _ in range(LINEAGE):
        if parent is None or parent.fingerprint != request.fingerprint:
            return kind
        case = case_rows.standing(tx.connection, parent.case_id or "")
        if case is not None and case.state is CaseState.CLOSED_NOT_POLICY:
            return None
        parent = request_rows.get(tx.connection, parent.parent or "")
    return kind


def _refuse_held(tx: Tx, request: Request, kind: str, rules: Rules, opener: CaseOpener) -> Refusal:
    """Open a case for a moderator, who decides whether the edit is sent. Nothing is sent before."""
    failure = certain(Kind.SAFETY_PROMPT, {"code": HELD_EDIT, "categories": kind})
    case_id = opener(tx, request, failure)
    refusal = Refusal("held_for_moderator", {"case_id": case_id})
    return refuse_unasked(tx, request, refusal, rules, prompt=request.prompt, fingerprint=request.fingerprint, case_id=case_id)


def upload_question(tx: Tx, request: Request, attached: Sequence[StoredAttachment]) -> Refusal | None:
    """Question about the attached pictures: do the people in them agree, and, once per member, do they show anything confidential? None if
    both were answered before, or if the bot made the pictures for this member or from words alone."""
    if all(one.attachment.made_here and not _of_somebody_else(tx, request, one) for one in attached):
        return None
    first = memory_rows.recall(tx.connection, uploads_answered_key(request)) is None
    if not first and request.consent:
        return None
    return Refusal("uploads_first" if first and not request.consent else "uploads_data" if first else "uploads_people")


def _of_somebody_else(tx: Tx, request: Request, one: StoredAttachment) -> bool:
    """True if a picture that the bot made may show people whose consent only another member obtained: it was made from pictures for
    somebody else, or no request has it any longer."""
    given = one.attachment
    if given.role is AttachmentRole.MASK:
        return False
    if not given.stored:
        return bool(given.handle)  # not taken by hash; one without a handle came with the request before this one
    made = [request_rows.get(tx.connection, id) for id in picture_rows.requests_showing(tx.connection, given.stored)]
    makers = [maker for maker in made if maker is not None]
    own = any((maker.place.platform, maker.person.id) == (request.place.platform, request.person.id) for maker in makers)
    return not own and (not makers or any(maker.references for maker in makers))


def uploads_answered_key(request: Request) -> str:
    """Memory key that says that a member has answered the question about confidential pictures."""
    return f"uploads:{request.place.platform}:{request.person.id}"


def prompt_question(request: Request, rules: Rules) -> Refusal | None:
    """Question about a suspicious prompt; None if the prompt is unsuspicious."""
    question = None if rules.lint is None else rules.lint(request.prompt)
    return None if question is None else Refusal(question.reason, question.facts, cleaned=question.cleaned)


def check(tx: Tx, request: Request, own: Mapping[str, Any], attached: Sequence[StoredAttachment], rules: Rules) -> Request | Refusal:
    """Normalise the prompt and validate the options. Returns the request with them, or the refusal. Writes nothing."""
    if request.typed.get("unreadable"):
        return Refusal("unreadable")
    try:
        prompt = normalise(request.prompt)
    except UnusableText:
        return Refusal("prompt_empty")  # lone surrogates, the other problem, were marked as unreadable when it was stored
    admitted = _admission(tx, request, rules, own) or home_of(own_service_of(own), request)
    if isinstance(admitted, Refusal):
        return admitted
    request, rules = admitted, rules.in_community(own)
    wanted = _with_caption(tx, request, combined(prompt, request.typed, captions=rules.captions), rules)
    if isinstance(wanted, Refusal):
        return wanted
    prompt, model = wanted.prompt, chosen_model(wanted.model, own, rules)
    found = model if isinstance(model, Problem) else checked_options(wanted, own, rules := rules.for_call(request.service, model))
    if isinstance(found, Problem):
        return wrong_value(found)
    wrong = _caption_problem(wanted.caption, found.count) or reference_problem(request, attached, rules.references)
    if wrong is not None:
        return wrong
    references = tuple(one.sha256 for one in attached if one.attachment.role is AttachmentRole.PICTURE) or request.references
    ready = dataclasses.replace(
        request,
        prompt=prompt,
        references=references,
        mask=next((one.sha256 for one in attached if one.attachment.role is AttachmentRole.MASK), ""),
        fingerprint=fingerprint(prompt, references),
        caption=wanted.caption,
        model=rules.model.id,
        size=found.size,
        quality=found.quality,
        count=found.count,
    )
    short = shortage(tx.connection, ready, rules, rules.limits.within(own), tx.now)
    return ready if short is None else Refusal("budget", budget=short)


def _with_caption(tx: Tx, request: Request, wanted: Choices | Refusal, rules: Rules) -> Choices | Refusal:
    """Validate the caption as Add text does. Returns the choices with the text as it will be drawn, or the refusal."""
    if isinstance(wanted, Refusal) or not wanted.caption:
        return wanted
    found = caption_lines(wanted.caption) if rules.captions else ChangeProblem("library")
    if isinstance(found, ChangeProblem):
        return Refusal(f"caption_{found.reason}", {"value": found.value})
    if block_rows.blocked_prompt(tx.connection, request.place.community, fingerprint(found), tx.now) is not None:
        return Refusal("caption_blocked")
    asked = rules.lint is not None and rules.lint(found) is not None
    return Refusal("caption_asked") if asked else dataclasses.replace(wanted, caption=found)


def _caption_problem(caption: str, count: int) -> Refusal | None:
    """Refusal for more pictures than a message can show with and without their text."""
    most = MOST_PICTURES // 2
    return Refusal("caption_many", {"value": str(most)}, nearest=Nearest(str(most), str(most))) if caption and count > most else None


def reference_problem(request: Request, attached: Sequence[StoredAttachment], limits: ReferenceLimits) -> Refusal | None:
    """Refusal for the number or kind of attached pictures, before any of them is fetched; None if they're fine."""
    count = sum(one.attachment.role is AttachmentRole.PICTURE for one in attached) or len(request.references)
    masks = sum(one.attachment.role is AttachmentRole.MASK for one in attached)
    if count and limits.count == 0:
        return Refusal("pictures_not_taken")
    if count > limits.count:
        return Refusal("pictures_too_many", {"value": count, "most": limits.count})
    if masks and not limits.mask:
        return Refusal("mask_not_taken")
    if masks and not count:
        return Refusal("mask_alone")
    if masks > 1:
        return Refusal("masks_too_many")
    if request.parent is not None and request.references and not attached:
        return Refusal("pictures_gone")
    return None


def checked_options(wanted: Choices, own: Mapping[str, object], rules: Rules) -> Checked | Problem:
    """The options of a request for one model, with the community's and the operator's defaults."""
    size, quality = own.get("size"), own.get("quality")
    usual_size = size if isinstance(size, str) else None
    usual_quality = quality if isinstance(quality, str) else None
    asked, usual_quality = wanted.size_for(rules.model), usual_quality or rules.default_quality
    found = check_options(rules.model, wanted.prompt, asked or usual_size, wanted.quality or usual_quality, wanted.count)
    return limited(found, asked, wanted.quality, own, rules, (usual_size, usual_quality))


def wrong_value(problem: Problem) -> Refusal:
    """Refusal for a value that the model or the member's tier doesn't accept: the value, the allowed ones, and the nearest for a button."""
    sized, nearest = problem.kind is Kind.UNSUPPORTED_SIZE, problem.nearest
    allowed = [label(one) for one in problem.allowed] if sized else list(problem.allowed)
    near = None if nearest is None else Nearest(nearest, label(nearest) if sized else nearest)
    if problem.tier:
        return Refusal(_OF_TIER[problem.kind], {"value": problem.value, "allowed": allowed, "tier": problem.tier}, nearest=near)
    return Refusal(problem.kind.value, {"value": problem.value, "allowed": allowed}, nearest=near)


_OF_TIER = {Kind.INVALID_MODEL: "tier_model", Kind.UNSUPPORTED_SIZE: "tier_size", Kind.UNSUPPORTED_QUALITY: "tier_quality"}


def _admission(tx: Tx, request: Request, rules: Rules, own: Mapping[str, object]) -> Refusal | None:
    """Refusal for a person who may not use the bot here and now; None if they may."""
    place = request.place
    allowed = rules.allowed.get(place.platform)
    # Admission in direct messages is the adapter's job, because only it knows which communities a person belongs to.
    if allowed and not place.is_direct and place.community not in allowed:
        return Refusal("community_not_allowed")
    if (refused := unusable(place, own, rules)) is not None:
        return refused
    channels = own.get("channels")
    if isinstance(channels, list) and channels and place.channel not in channels and not place.is_direct:
        return Refusal("channel_not_allowed", {"channels": [str(one) for one in channels]})
    blocked = blocked_member(tx, request)
    if blocked is not None:
        return Refusal(blocked.reason, until=blocked.until)
    if (
        rules.max_unfinished is not None
        and not request.batch
        and request_rows.unfinished_count(tx.connection, place.platform, request.person.id) > rules.max_unfinished
    ):
        return Refusal("too_many_waiting", {"limit": rules.max_unfinished})
    return _pause(tx, request, own)


def _pause(tx: Tx, request: Request, own: Mapping[str, object]) -> Refusal | None:
    """The pause that the member's tier asks for between two requests. What brought no picture doesn't count, and a moderator's wording may
    be sent at once."""
    pause = own.get("pause")
    if not isinstance(pause, int) or request.batch or request.origin is Origin.REWRITE:
        return None
    last = request_rows.latest_before(tx.connection, request, tx.now - pause)
    return None if last is None else Refusal("tier_pause", {"tier": str(own.get("tier")), "seconds": pause}, until=last + pause)


def _values(checked: Request, rules: Rules, now: float) -> dict[str, object]:
    return {
        "prompt": checked.prompt,
        "fingerprint": checked.fingerprint,
        "model": checked.model,
        "size": checked.size,
        "quality": checked.quality,
        "count": checked.count,
        "service": checked.service or None,
        "deadline_at": now + rules.deadline_of(checked),
    }


def refuse_unasked(tx: Tx, request: Request, refusal: Refusal, rules: Rules, **values: object) -> Refusal:
    """Refuse a request whose member wasn't asked about its prompt. Returns the refusal as stored.

    If the prompt would have needed a question, it isn't quoted in the channel just because something else was wrong.
    """
    refusal = dataclasses.replace(refusal, unquoted=needs_question(request, rules))
    refuse(tx, request, refusal, **values)
    return refusal


def needs_question(request: Request, rules: Rules) -> bool:
    """Whether the prompt is suspicious, so that the member has to be asked before it's sent or quoted."""
    return rules.lint is not None and rules.lint(request.prompt[: rules.model.prompt_max_chars]) is not None


def _refuse_blocked(tx: Tx, request: Request, memory: BlockedPrompt, rules: Rules, opener: CaseOpener) -> Refusal:
    """Refuse a remembered wording. The same member sees the existing case; another member gets their own. Nothing is sent for either."""
    own = memory.person == request.person.id
    case_id = memory.case_id if own and memory.case_id else opener(tx, request, remembered_failure(memory.what))
    facts: dict[str, FactValue] = {"case_id": case_id, "what": memory.what.value} if memory.what else {"case_id": case_id}
    refusal = Refusal("blocked_before", facts)
    return refuse_unasked(tx, request, refusal, rules, prompt=request.prompt, fingerprint=request.fingerprint, case_id=case_id)
