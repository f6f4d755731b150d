"""Collects the facts of one failed request from the ledger, already scrubbed, as JSON values in the order in which people read them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from bot.domain.failure import Failure
from bot.domain.requests import Request
from bot.evidence.private import Private, quoted
from bot.evidence.reproduce import PROMPT, request_shape
from bot.evidence.scrub import ID_HEADERS, Scrubber
from bot.evidence.surroundings import Surroundings, environment
from bot.failures.classify import classify
from bot.failures.explain import explain
from bot.ledger import evidence_rows
from bot.ledger.evidence_rows import Tried
from bot.texts import text

Facts = dict[str, Any]
MAX_ID = 128


@dataclass(frozen=True, slots=True)
class FailedRequest:
    """Raw material: what the ledger knows about a request, and the wordings that must not be quoted."""

    request: Request
    attempts: Sequence[Tried]
    prompts: Sequence[str]
    """This request's prompt, and those of others that its evidence may quote."""


def find(connection: Connection, asked: str | None, kind: str | None = None) -> FailedRequest | None:
    """The named request, or the last one that failed (in this way); None if there is none."""
    request = evidence_rows.last_failed(connection, kind) if asked is None else evidence_rows.request_named(connection, asked)
    if request is None:
        return None
    attempts = evidence_rows.tried(connection, request.id)
    raw = "\n".join(str(one.evidence) for one in attempts) + str(request.failure)
    # Thousands of prompts are looked for once; only those that are quoted matter further.
    others = [wording for wording in evidence_rows.wordings(connection) if quoted(raw, [wording])]
    return FailedRequest(request, attempts, list(dict.fromkeys([request.prompt, *others])))


def private_values(found: FailedRequest, about: Surroundings, vocabulary: Collection[str]) -> Private:
    """Everything private that is known by value, and the request ids that may be named. A name in `vocabulary` is an ordinary word."""
    place, person = found.request.place, found.request.person
    named = (person.id, person.name, place.channel, place.community, place.thread or "", found.request.id)
    people = {one for one in named if one and one.lower() not in vocabulary}
    known = Private(tuple(about.secrets), about.hosts(), people, about.public_host)
    ids = {one.provider_request_id for one in found.attempts if one.provider_request_id}
    for one in found.attempts:
        headers = {} if one.evidence is None else {name.lower(): value for name, value in one.evidence.headers.items()}
        ids |= {value for name, value in headers.items() if name in ID_HEADERS}
    short = {one for one in ids if one.isascii() and one.isprintable() and " " not in one and len(one) <= MAX_ID}
    allowed = frozenset(one for one in short if known.may_name(one) and not quoted(one, found.prompts))
    return Private(known.secrets, known.hosts, known.people, known.public_host, allowed)


def collect(found: FailedRequest, about: Surroundings, private: Private, now: float, status_page: str) -> Facts:
    scrubber = Scrubber(private, found.prompts)
    request, last = found.request, _last(found.attempts)
    failure = request.failure or (None if last is None or last.evidence is None else classify(last.evidence))
    # The request's own shape is ours: only the values that members choose are scrubbed.
    shape = request_shape(request, max(1, request.count), about)
    facts: Facts = {
        "when": {"failed": _moment(_time_of(request, last)), "bundle_made": _moment(now)},
        "service": {
            "host": about.public_host or text("evidence.private_host"),
            "api": api_name(last, about),
            "model": scrubber.text(request.model, 120),
            "account_plan": scrubber.text(about.account_plan, 120) or text("evidence.not_stated"),
            "region": _region(last, scrubber) or text("evidence.not_known"),
            "through_a_proxy": about.proxied,
        },
        "failure": _failure(failure, scrubber),
        "request": {**shape, "prompt": _prompt(request)},
        "response": _response(last, scrubber),
        "ids": sorted(private.allowed),
        "attempts": [_attempt(one, scrubber) for one in found.attempts],
        "status_page": scrubber.text(status_page, 300) or text("evidence.not_looked_at"),
        "second_environment": {"reproduced": None, "how": text("evidence.how")},
        "environment": environment(),
    }
    return facts


def api_name(last: Tried | None, about: Surroundings) -> str:
    """The API's name, as the attempt or the address says."""
    if last is not None and last.evidence is not None and last.evidence.provider:
        return last.evidence.provider
    return about.service or "openai"


def _prompt(request: Request) -> dict[str, object]:
    return {"sent_here": PROMPT, "originally_characters": len(request.prompt), "originally_words": len(request.prompt.split())}


def _last(attempts: Sequence[Tried]) -> Tried | None:
    return next((one for one in reversed(attempts) if one.evidence is not None), attempts[-1] if attempts else None)


def _time_of(request: Request, last: Tried | None) -> float:
    return request.created_at if last is None else last.closed_at or last.opened_at


def _failure(failure: Failure | None, scrubber: Scrubber) -> Facts:
    if failure is None:
        return {"kind": None}
    facts = {key: scrubber.text(str(value), 200) for key, value in failure.facts.items()}
    said = replace(failure, facts=facts)
    about = {"kind": failure.kind.value, "group": failure.group.value, "confidence": round(failure.confidence, 2), "facts": facts}
    return {**about, "meaning": explain(said, "operator").split("\n\n")[0]}


def _response(last: Tried | None, scrubber: Scrubber) -> Facts:
    if last is None or last.evidence is None:
        return {"status": None if last is None else last.status, "note": text("evidence.no_answer_kept")}
    seen = last.evidence
    body = seen.body.decode("utf-8", "replace") if isinstance(seen.body, bytes) else seen.body
    return {
        "status": seen.status,
        "api": seen.api,
        "phase": seen.phase.value,
        "headers": scrubber.headers(seen.headers),
        "body": scrubber.value(_parsed(body)),
        "exception": None if seen.exception is None else scrubber.text(seen.exception),
    }


def _parsed(body: object) -> object:
    """The body as JSON if it's JSON, so that its structure is kept."""
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return body


def _attempt(one: Tried, scrubber: Scrubber) -> Facts:
    failure = None if one.evidence is None else classify(one.evidence)
    named = one.provider_request_id
    return {
        "number": one.number,
        "began": _moment(one.opened_at),
        "seconds": None if one.latency is None else round(one.latency, 2),
        "status": one.status,
        "result": "pictures" if failure is None and one.status == 200 else None if failure is None else failure.kind.value,
        "request_id": None if named is None else named if named in scrubber.private.allowed else scrubber.text(named, 128),
        "billed": one.billed,
    }


def _region(last: Tried | None, scrubber: Scrubber) -> str:
    headers: Mapping[str, str] = {} if last is None or last.evidence is None else last.evidence.headers
    return scrubber.text(headers.get("x-ms-region", ""), 60)


def _moment(at: float) -> dict[str, str]:
    """A time as the operator's clock shows it, with its zone, and in UTC."""
    utc = datetime.fromtimestamp(at, UTC)
    local = utc.astimezone()
    return {"local": local.isoformat(timespec="milliseconds"), "zone": local.tzname() or "", "utc": utc.isoformat(timespec="milliseconds")}
