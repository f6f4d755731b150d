"""Defaulted options: which of them may be omitted, which a service rejected, and how long that is remembered."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from sqlalchemy import Connection

from bot.catalogue.check import check_quality, check_size
from bot.catalogue.model import AUTO, Model
from bot.catalogue.sizes import edges, label
from bot.domain.failure import Failure
from bot.domain.kinds import Fixer, Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.refusal import Nearest, Refusal
from bot.domain.requests import Request
from bot.failures.named_options import LEAVABLE, kind_by_rules, named_options
from bot.ledger.store import Tx
from bot.messages.notices import Notices
from bot.requests import parts
from bot.requests.learned_values import Learned, recall, remember
from bot.requests.rules import Rules
from bot.requests.tiers import settings_for

NOTICE = "left_out"
_OF_KIND: Mapping[Kind, str] = {Kind.UNSUPPORTED_QUALITY: "quality", Kind.UNSUPPORTED_SIZE: "size", Kind.UNSUPPORTED_COUNT: "n"}
_NAMES_OPTIONS = frozenset({*_OF_KIND, Kind.UNSUPPORTED_OPTION, Kind.BAD_REQUEST_OTHER})
_NEVER_THEIRS = frozenset({Kind.UNSUPPORTED_OPTION, Kind.PROMPT_EMPTY})
"""Kinds that members can't cause: no form has those options, and an empty prompt is never sent."""
_CAUSE = "left_out:"


def defaulted_options(connection: Connection, request: Request, rules: Rules, now: float) -> frozenset[str]:
    """Options that this request carries but its member didn't choose. Forms submit their defaults, so a default counts as not chosen."""
    own = settings_for(connection, request.place.platform, request.place.community, request.person.id, rules, now)
    found = {"response_format", "safety_identifier", "stream"}
    default = str(own.get("quality") or rules.default_quality or "") or None
    quality = str(request.typed.get("quality") or "")
    if own.get("qualities"):
        pass  # without it, the service might choose one that the member's tier doesn't allow
    elif not quality or check_quality(rules.model, quality) in (AUTO, check_quality(rules.model, default)):
        found.add("quality")
    size = str(request.typed.get("size") or "")
    if own.get("largest"):
        pass  # likewise: it might choose a larger one
    elif not size or check_size(rules.model, size) in (AUTO, check_size(rules.model, str(own.get("size") or "") or None)):
        found.add("size")
    if parts.next_count(request, rules.model) == 1:
        found.add("n")
    return frozenset(found)


def to_leave_out(connection: Connection, request: Request, rules: Rules, service: str, now: float) -> frozenset[str]:
    """Options to omit from the next call: always the operator's, and otherwise only defaulted ones."""
    known = rules.model.leave_out | learned(connection, service, request.model, now)
    defaulted = known & defaulted_options(connection, request, rules, now) if known else known
    return rules.leave_out | request.left_out | defaulted


def refused_options(request: Request, outcome: Outcome, failure: Failure, defaulted: frozenset[str]) -> frozenset[str]:
    """Defaulted options that the service rejected free of charge, so one try without them is worthwhile. Pure."""
    if failure.kind not in _NAMES_OPTIONS or outcome.shortfall is None or outcome.pictures:
        return frozenset()
    if outcome.billed is not Billed.NO or outcome.status not in (400, 422):
        return frozenset()
    carried = outcome.carried - request.left_out
    # A service that rejects without a known reason may have rejected the prompt: don't resend it because of a word that may be the prompt's
    # own, nor on a guess, nor on what was learned from similar sentences.
    by_rules = kind_by_rules(outcome.shortfall)
    known = not failure.is_guess and by_rules in _NAMES_OPTIONS and Kind.BAD_REQUEST_OTHER not in (failure.kind, by_rules)
    named = named_options(outcome.shortfall, LEAVABLE, by_words=known)
    if not named and known and failure.kind is Kind.UNSUPPORTED_OPTION and "param" not in failure.facts:
        named = carried  # it says that one is wrong, but not which
    if not named and known and failure.kind in _OF_KIND:
        named = frozenset({_OF_KIND[failure.kind]})
    return named & carried & defaulted


def learned(connection: Connection, service: str, model: str, now: float) -> frozenset[str]:
    """Options that this service has rejected for this model, shown by a successful try without them within the last days. Services change,
    so older results are tried again."""
    kept = recall(connection, Learned.LEFT_OUT, service, model, now) or {}
    return frozenset(kept.get("options", ())) & frozenset(LEAVABLE)


def worked_without(tx: Tx, request: Request, outcome: Outcome, rules: Rules, service: str, notices: Notices) -> None:
    """Pictures arrived: remember the omitted options for this service and model, and tell the operator once. Options that the service
    accepted, or the operator omits, need no notice anymore."""
    causes = [one for one in notices.open if one.startswith(_CAUSE)]
    taken = outcome.carried & defaulted_options(tx.connection, request, rules, tx.now) if causes else frozenset[str]()
    for cause in causes:
        option = cause.split(":")[1]
        if option in rules.leave_out or (option in taken and cause == _cause(option, request.model)):
            notices.resolve(tx, cause)
    if not request.left_out:
        return
    known = learned(tx.connection, service, request.model, tx.now) - outcome.carried
    new = request.left_out - known - rules.leave_out - rules.model.leave_out
    if new:
        options = {"service": service, "model": request.model, "options": sorted(known | new)}
        remember(tx, Learned.LEFT_OUT, service, request.model, options)
    for option in sorted(new):
        notices.report(tx, _cause(option, request.model), NOTICE, {"param": option, "model": request.model})


def _cause(option: str, model: str) -> str:
    return f"{_CAUSE}{option}:{model}"[:80]


def as_told_to_member(request: Request, outcome: Outcome, failure: Failure, defaulted: frozenset[str], model: Model) -> Failure:
    """The failure as its member should see it: they can't change what they didn't choose, and no value is offered that validation would
    reject. Pure."""
    theirs = frozenset(LEAVABLE) - defaulted
    named = frozenset({_OF_KIND[failure.kind]}) if failure.kind in _OF_KIND else frozenset()
    if failure.kind is Kind.UNSUPPORTED_OPTION and outcome.shortfall is not None:
        named = named_options(outcome.shortfall, LEAVABLE)
    never = _NEVER_THEIRS if request.references else _NEVER_THEIRS | {Kind.INVALID_REFERENCE_IMAGE}
    if failure.kind in never | _OF_KIND.keys() and not named & theirs:
        name = next(iter(sorted(named)), failure.facts.get("param", "")) or "yes"
        return dataclasses.replace(failure, who_can_fix=Fixer.OPERATOR, facts={**failure.facts, "unchosen": name})
    return _keep_acceptable_values(failure, request, model)


def proposal(failure: Failure, request: Request) -> Refusal | None:
    """The value closest to the request that the service named and validation accepts, for a button."""
    if failure.who_can_fix is not Fixer.USER:
        return None
    value: str | None = None
    listed = [one for one in failure.facts.get("allowed", "").split(", ") if one]
    if failure.kind is Kind.UNSUPPORTED_COUNT and failure.facts.get("limit"):
        value = failure.facts["limit"]
    elif failure.kind is Kind.UNSUPPORTED_SIZE and listed:
        value = _nearest_of(listed, request.size)
    elif failure.kind is Kind.UNSUPPORTED_QUALITY and listed:
        value = listed[-1] if request.quality in ("max", "xhigh", "high", "hd") else listed[0]
    if value is None:
        return None
    shown = label(value) if failure.kind is Kind.UNSUPPORTED_SIZE else value
    return Refusal(failure.kind.value, nearest=Nearest(value, shown))


def _keep_acceptable_values(failure: Failure, request: Request, model: Model) -> Failure:
    """Keep only values that both the service and the catalogue accept."""
    facts = dict(failure.facts)
    listed = [one for one in facts.pop("allowed", "").split(", ") if one]
    limit = facts.get("limit", "")
    if failure.kind is Kind.UNSUPPORTED_SIZE:
        listed = [one for one in listed if "x" in one and check_size(model, one) == one and one != request.size]
    elif failure.kind is Kind.UNSUPPORTED_QUALITY:
        listed = [one for one in listed if check_quality(model, one) == one and one != request.quality]
    elif failure.kind is Kind.UNSUPPORTED_COUNT:
        most = min(int(limit), model.max_count) if limit.isascii() and limit.isdigit() else 0
        facts["limit"] = str(most) if model.min_count <= most < request.count else ""
    elif failure.kind is Kind.PROMPT_TOO_LONG and limit.isascii() and limit.isdigit() and int(limit) >= len(request.prompt):
        del facts["limit"]  # counted in something other than characters
    facts["allowed"] = ", ".join(listed)
    return dataclasses.replace(failure, facts={name: value for name, value in facts.items() if value})


def _nearest_of(listed: list[str], asked: str) -> str:
    """The listed size closest to the requested one: shape first, then area."""
    if asked == AUTO:
        return listed[0]
    width, height = edges(asked)

    def distance(one: str) -> tuple[float, float]:
        wide, high = edges(one)
        return abs(wide / high - width / height), abs(wide * high - width * height)

    return min(listed, key=distance)
