"""JSON encoding of failures, refusals, evidence and changes of pictures in rows. The only place that knows their stored format."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from bot.domain.failure import MAX_EVIDENCE_BYTES, Evidence, Failure, Phase
from bot.domain.kinds import Action, Fixer, Group, Kind
from bot.domain.picture_changes import ChangeKind, PictureChange
from bot.domain.refusal import BudgetShortfall, Nearest, Offer, Refusal, Shortage


def failure_to_json(failure: Failure) -> dict[str, object]:
    return {
        "kind": failure.kind.value,
        "action": failure.action.value,
        "wait": failure.wait,
        "who": failure.who_can_fix.value,
        "confidence": failure.confidence,
        "group": failure.group.value,
        "facts": dict(failure.facts),
    }


def failure_from_json(value: Mapping[str, object]) -> Failure:
    facts = value.get("facts")
    wait = value.get("wait")
    return Failure(
        group=Group(str(value["group"])),
        kind=Kind(str(value["kind"])),
        action=Action(str(value["action"])),
        wait=float(wait) if isinstance(wait, int | float) else None,
        who_can_fix=Fixer(str(value["who"])),
        confidence=float(str(value["confidence"])),
        facts={str(k): str(v) for k, v in facts.items()} if isinstance(facts, Mapping) else {},
    )


def refusal_to_json(refusal: Refusal) -> dict[str, object]:
    """Encode a refusal as a flat JSON object; absent values are omitted."""
    known: dict[str, object] = {"reason": refusal.reason, **refusal.facts}
    if refusal.unquoted:
        known["unquoted"] = True
    if refusal.until is not None:
        known["until"] = refusal.until
    if refusal.cleaned is not None:
        known["cleaned"] = refusal.cleaned
    if refusal.nearest is not None:
        known |= {"nearest": refusal.nearest.value, "nearest_label": refusal.nearest.label}
    if refusal.budget is not None:
        budget = dataclasses.asdict(refusal.budget)
        known |= {"until": budget.pop("renews_at"), **budget}
    return known


def refusal_from_json(value: Mapping[str, Any]) -> Refusal:
    """Decode the output of `refusal_to_json`, from this or an older version."""
    reason = str(value.get("reason") or "")
    until, nearest, cleaned = value.get("until"), value.get("nearest"), value.get("cleaned")
    budget = _budget_from_json(value) if reason == "budget" else None
    apart = _TYPED if budget is None else _TYPED | _BUDGET
    return Refusal(
        reason=reason,
        facts={key: one for key, one in value.items() if key not in apart},
        until=float(until) if isinstance(until, int | float) and budget is None else None,
        unquoted=bool(value.get("unquoted")),
        cleaned=str(cleaned) if cleaned else None,
        nearest=Nearest(str(nearest), str(value.get("nearest_label") or nearest)) if nearest else None,
        budget=budget,
    )


_TYPED = frozenset({"reason", "until", "unquoted", "cleaned", "nearest", "nearest_label"})
_BUDGET = frozenset(one.name for one in dataclasses.fields(BudgetShortfall))


def _budget_from_json(value: Mapping[str, Any]) -> BudgetShortfall:
    offers = value.get("offers")
    return BudgetShortfall(
        scope=str(value.get("scope")),
        period=str(value.get("period")),
        unit=str(value.get("unit")),
        left=int(value.get("left", 0)),
        limit=int(value.get("limit", 0)),
        renews_at=float(value.get("until", 0)),
        shortage=Shortage(value.get("shortage", Shortage.USED_UP)),
        price=int(value.get("price", 0)),
        size=str(value.get("size", "")),
        quality=str(value.get("quality", "")),
        count=int(value.get("count", 0)),
        renewed_fits=bool(value.get("renewed_fits")),
        offers={name: Offer(**offer) for name, offer in offers.items()} if isinstance(offers, Mapping) else {},
    )


def evidence_to_json(evidence: Evidence) -> dict[str, object]:
    """Encode evidence as a JSON object, for `imagine-bot explain REQUEST`. Bytes are stored as bounded text."""
    body = evidence.body
    if isinstance(body, bytes):
        body = body[:MAX_EVIDENCE_BYTES].decode("utf-8", "replace")
    if isinstance(body, str):
        body = body[:MAX_EVIDENCE_BYTES].encode("utf-8", "replace").decode("utf-8")
    return {
        "provider": evidence.provider,
        "api": evidence.api,
        "status": evidence.status,
        "headers": {str(k): str(v)[:500] for k, v in list(evidence.headers.items())[:60]},
        "body": body,
        "exception": evidence.exception,
        "phase": evidence.phase.value,
        "via_proxy": evidence.via_proxy,
        "peer": evidence.peer,
    }


def evidence_from_json(value: Mapping[str, object]) -> Evidence:
    headers = value.get("headers")
    status = value.get("status")
    exception = value.get("exception")
    return Evidence(
        provider=str(value.get("provider") or ""),
        api=str(value.get("api") or ""),
        status=status if isinstance(status, int) else None,
        headers={str(k): str(v) for k, v in headers.items()} if isinstance(headers, Mapping) else {},
        body=value.get("body"),
        exception=str(exception) if exception is not None else None,
        phase=Phase(str(value.get("phase") or Phase.UNKNOWN)),
        via_proxy=bool(value.get("via_proxy")),
        peer=str(value.get("peer") or ""),
    )


def change_to_json(change: PictureChange) -> dict[str, str]:
    """Encode a change as a JSON object; defaults are omitted."""
    usual = PictureChange(change.kind, "")
    found = {one.name: getattr(change, one.name) for one in dataclasses.fields(change)}
    return {name: str(value) for name, value in found.items() if name == "kind" or value != getattr(usual, name)}


def change_from_json(value: Mapping[str, str]) -> PictureChange:
    kind, source = ChangeKind(value["kind"]), value.get("source", "")
    return PictureChange(kind, source, **{name: one for name, one in value.items() if name not in ("kind", "source")})
