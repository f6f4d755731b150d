"""Failures and evidence as JSON values in rows, and back."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.failure import MAX_EVIDENCE_BYTES, Evidence, Failure, Phase
from bot.domain.kinds import Action, Fixer, Group, Kind


def failure_to_json(failure: Failure) -> dict[str, object]:
    """A failure as a JSON object."""
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
    """The failure that `failure_to_json` wrote."""
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


def evidence_to_json(evidence: Evidence) -> dict[str, object]:
    """Evidence as a JSON object, for `imagine-bot explain REQUEST`. Bytes are kept as text, bounded."""
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
    """The evidence that `evidence_to_json` wrote."""
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
