"""`explain(failure, audience) -> str`: a failure in plain words for a member, a moderator or an operator.

All sentences come from `bot/texts`. Only facts checked by `facts` are filled in, never a provider's own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bot.domain.failure import Failure
from bot.domain.kinds import Action, Group, Kind
from bot.failures.guards import UNNAMED
from bot.failures.named_options import LEAVABLE
from bot.failures.why import RESET
from bot.texts import has, joined, text
from bot.texts.phrases import listed

Told = Literal["member", "moderator", "operator"]
AUDIENCES: tuple[Told, ...] = ("member", "moderator", "operator")

_K = Kind
LADDERS: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys((_K.SAFETY_PROMPT, _K.SAFETY_REFERENCE_IMAGE, _K.SAFETY_OUTPUT, _K.SAFETY_ACCOUNT_FLAGGED), ("safety",)),
    **dict.fromkeys((_K.INVALID_MODEL, _K.MODEL_ACCESS_DENIED, _K.ENDPOINT_NOT_FOUND), ("whose_fault", "parameters")),
    **dict.fromkeys(
        (
            _K.UNSUPPORTED_SIZE,
            _K.UNSUPPORTED_QUALITY,
            _K.UNSUPPORTED_COUNT,
            _K.UNSUPPORTED_OPTION,
            _K.PROMPT_TOO_LONG,
            _K.PROMPT_EMPTY,
            _K.INVALID_REFERENCE_IMAGE,
            _K.PAYLOAD_TOO_LARGE,
        ),
        ("parameters",),
    ),
    _K.BAD_REQUEST_OTHER: ("no_clear_message", "whose_fault", "nothing_helped"),
    **dict.fromkeys((_K.AUTH_MISSING_KEY, _K.AUTH_INVALID_KEY, _K.AUTH_PERMISSION, _K.ORG_VERIFICATION_REQUIRED), ("key",)),
    _K.REGION_BLOCKED: ("network",),
    **dict.fromkeys((_K.QUOTA_EXHAUSTED, _K.BILLING_LIMIT), ("quota",)),
    **dict.fromkeys((_K.RATE_LIMITED, _K.OVERLOADED), ("rate",)),
    **dict.fromkeys((_K.SERVER_ERROR, _K.GATEWAY_ERROR, _K.TIMEOUT), ("network", "nothing_helped")),
    **dict.fromkeys((_K.NETWORK_TLS, _K.NETWORK_PROXY, _K.NETWORK_DNS, _K.NETWORK_CONNECT, _K.NETWORK_RESET), ("network",)),
    **dict.fromkeys((_K.TASK_RUNNING_TIMEOUT, _K.TASK_LOST), ("nothing_helped",)),
    _K.MALFORMED_RESPONSE: ("unusable", "whose_fault"),
    **dict.fromkeys((_K.EMPTY_RESULT, _K.CORRUPT_IMAGE, _K.DOWNLOAD_FAILED, _K.OUTPUT_REJECTED, _K.NOT_TAKEN), ("unusable",)),
}
"""Kind -> ladders of steps for the operator; each is a text `failures.ladder.*`."""

SHOWN = ("status", "code", "param", "allowed", "limit", "stage", "categories", "request_id", "way", "address")
_LONGEST_WAIT_SAID = 3600.0
"""Seconds; members aren't told to come back after a longer wait."""


def explain(failure: Failure, audience: Told) -> str:
    """What happened and what to do now, for one audience. Pure; never raises for a Failure made by classify."""
    if audience == "operator":
        return _operator(failure)
    said = _said(failure, audience)
    if failure.is_guess and failure.group is not Group.SAFETY:
        return joined(" ", (said, text("failures.words.unsure_" + audience)))
    return said


def _said(failure: Failure, audience: Told) -> str:
    if audience == "member" and "unchosen" in failure.facts:
        return text("failures.words.not_chosen")
    key = f"failures.{failure.kind}.{audience}"
    values: dict[str, object] = dict(failure.facts)
    if allowed := failure.facts.get("allowed"):
        values["allowed"] = listed(allowed.split(", "), None)
    if failure.wait is not None and (_renews(failure) or (failure.action is not Action.NONE and 1 <= failure.wait <= _LONGEST_WAIT_SAID)):
        values["wait"] = spoken_seconds(failure.wait)
    if why := _of_reason(failure, audience):
        return text(why, **values)
    if failure.action is Action.NONE and has(f"{key}_never"):
        return text(f"{key}_never")
    for field in ("guard", "allowed", "limit", "param", "wait"):
        if field in values and has(f"{key}_{field}"):
            return text(f"{key}_{field}", **values)
    return text(key)


def _of_reason(failure: Failure, audience: Told) -> str:
    """Text key of the reason within the kind: the kind's own words for it, or the words that all kinds share; empty if it has none."""
    tail = f"{audience}_{failure.facts.get('why')}"
    return next((key for key in (f"failures.{failure.kind}.{tail}", f"failures.why.{tail}") if has(key)), "")


def _renews(failure: Failure) -> bool:
    """Whether the limit clears at a time that the service named; that time is always said, however far away."""
    return failure.facts.get("why") == RESET


def spoken_seconds(seconds: float) -> str:
    """`90` -> `2 minutes`: rounded up, so that nobody comes back too early."""
    for unit, size in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds > size * (1 if unit == "second" else 1.5) or unit == "second":
            count = max(1, -int(-seconds // size))
            return text(f"failures.words.{unit}s", count=count)
    raise AssertionError("unreachable: every number of seconds has a unit")


def ladder(kind: Kind) -> tuple[str, ...]:
    """The ladders of steps for a kind, as texts."""
    return tuple(text(f"failures.ladder.{name}") for name in LADDERS[kind])


def steps(failure: Failure) -> tuple[str, ...]:
    """The ladders of steps for a failure; the ladder of guards where one answered."""
    return (text("failures.ladder.guard"),) if failure.facts.get("guard") else ladder(failure.kind)


def _operator(failure: Failure) -> str:
    facts = failure.facts
    reading = facts.get("reading") == "yes"
    lines = [text("failures.words.proxy_first")] if facts.get("proxy") == "yes" else []
    renewal = {"wait": spoken_seconds(failure.wait)} if failure.wait is not None and _renews(failure) else {}
    lines.append(text(_what(failure, reading), **{**facts, **renewal, "guard": _guard(facts)}))
    option = facts.get("unchosen")
    if option and option != "yes":
        lines.append(text("failures.words.not_chosen_operator", option=option))
    if option in LEAVABLE:
        lines.append(text("failures.words.not_chosen_leave_out", option=option))
    if failure.is_guess:
        lines.append(text("failures.words.unsure"))
    if failure.group is not Group.SAFETY and failure.kind is not Kind.OUTPUT_REJECTED and not reading:
        lines.append(_repeat(failure))
    if facts.get("billed") == "no" and not reading:
        lines.append(text("failures.words.free"))
    seen = _seen(facts)
    return joined("\n\n", [joined(" ", lines), *([seen] if seen else []), *steps(failure)])


def _what(failure: Failure, reading: bool) -> str:
    """Text key of the first sentence, the most specific one available."""
    key = f"failures.{failure.kind}.operator"
    if why := _of_reason(failure, "operator"):
        return why
    variants = {
        "never": failure.action is Action.NONE,
        "guard": "guard" in failure.facts,
        failure.facts.get("tls", ""): True,
        "reading": reading,
    }
    return next((f"{key}_{name}" for name, holds in variants.items() if holds and has(f"{key}_{name}")), key)


def _guard(facts: Mapping[str, str]) -> str:
    name = facts.get("guard", UNNAMED)
    return text("failures.words.guard_unnamed") if name == UNNAMED else name


def _repeat(failure: Failure) -> str:
    if failure.action is Action.GENERATE and failure.wait is not None:
        return text("failures.words.repeat_generate_wait", wait=spoken_seconds(failure.wait))
    return text(f"failures.words.repeat_{failure.action}")


def _seen(facts: Mapping[str, str]) -> str:
    shown = [text(f"failures.words.{name}", value=facts[name]) for name in SHOWN if facts.get(name)]
    return text("failures.words.seen", facts=listed(shown, len(shown))) if shown else ""
