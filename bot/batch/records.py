"""What a batch has made so far, as files for its folder: pictures with their papers, and failures with their reasons."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from bot.batch.judge import SERVICE_CHANGED
from bot.batch.naming import folder_of, letters
from bot.domain.batches import Batch, BatchItem, ItemState
from bot.domain.kinds import KINDS, Kind
from bot.domain.outcome import Picture
from bot.domain.requests import Request
from bot.ledger import attempt_rows, batch_item_rows, picture_rows, request_rows
from bot.texts import has, text

Papers = dict[str, Any]
FindPapers = Callable[[Connection, str], Papers | None]
"""The redacted evidence about a failed request."""
MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One picture and its papers, or the papers of a failure."""

    folder: str
    """`0007-slug`, or `failures`."""
    stem: str
    """File name without its ending: `final`, `draft-a`, or `0012-slug` of a failure."""
    papers: Papers
    key: str
    """What it is, for the manifest: one line for each."""
    picture: Picture | None = None
    caption: str = ""
    """Text for a second file of the same picture."""


def output_files(connection: Connection, batch: Batch, evidence: FindPapers, known: Container[str] = frozenset()) -> Iterator[OutputFile]:
    """The files of a batch, item by item, without those whose keys are known."""
    for item in batch_item_rows.of_batch(connection, batch.id):
        drafts, final, failed = (f"{batch.id}:{item.number}:{kind}:" for kind in ("draft", "final", "failed"))
        if item.draft_request and (drafts := f"{drafts}{item.draft_request}") not in known:
            yield from _drafts(connection, batch, item, drafts)
        if item.state is ItemState.FINISHED and (final := f"{final}{item.final_request}") not in known:
            yield from _final(connection, batch, item, final)
        if item.state is ItemState.FAILED and (failed := f"{failed}{item.tries}") not in known:
            yield _failure(connection, batch, item, evidence, failed)


def _drafts(connection: Connection, batch: Batch, item: BatchItem, key: str) -> Iterator[OutputFile]:
    request = request_rows.get(connection, item.draft_request)
    if request is None:
        return
    for position, picture in enumerate(picture_rows.of_request(connection, request.id)):
        papers = _papers(connection, batch, item, request, picture) | {"stage": "draft", "letter": letters(position)}
        yield OutputFile(folder_of(item), f"draft-{letters(position)}", papers, key if position == 0 else f"{key}:{position}", picture)


def _final(connection: Connection, batch: Batch, item: BatchItem, key: str) -> Iterator[OutputFile]:
    request = request_rows.get(connection, item.final_request)
    found = () if request is None else picture_rows.of_request(connection, request.id)
    if request is None or not found:
        return
    lineage = {"draft_request": item.draft_request, "draft_sha256": item.picked}
    picked = {"by": item.decided_name or item.decided_by, "at": moment(item.decided_at)}
    papers = _papers(connection, batch, item, request, found[0]) | {"stage": "final", "lineage": lineage, "picked": picked}
    yield OutputFile(folder_of(item), "final", papers, key, found[0], item.topic.caption)


def _papers(connection: Connection, batch: Batch, item: BatchItem, request: Request, picture: Picture) -> Papers:
    tries = attempt_rows.of_request(connection, request.id)
    cost = sum(one.cost_micros for one in tries)
    return {
        **_about(batch, item),
        "prompt": request.prompt,
        "revised_prompt": picture.revised_prompt,
        "model": request.applied.get("model") or request.model,
        "service": request.service or "default",
        "size": f"{picture.width}x{picture.height}",
        "quality": request.quality,
        "seed": None,  # no service that the bot speaks to returns one for its pictures
        "asked_at": moment(request.created_at),
        "answered_at": moment(request.answered_at),
        "cost_usd": round(cost / MICROS, 6),
        "cost_micros": cost,
        "request": request.id,
        "attempts": [
            {"id": one.id, "number": one.number, "provider_request_id": one.provider_request_id, "cost_micros": one.cost_micros}
            for one in tries
        ],
        "references_sha256": list(request.references),
        "sha256": picture.sha256,
        "content_credentials": picture.kept,
    }


def _failure(connection: Connection, batch: Batch, item: BatchItem, evidence: FindPapers, key: str) -> OutputFile:
    request_id = failed_request(connection, item)
    cost = attempt_rows.cost_of(connection, [request_id]) if request_id else 0
    papers = {
        **_about(batch, item),
        "prompt": item.prompt,
        "stage": "final" if item.failed_finishing else "draft",
        "reason": item.reason,
        "sentence": str(reason_sentence(item.reason)),
        "failed_at": moment(item.changed_at),
        "request": request_id,
        "cost_usd": round(cost / MICROS, 6),
        "cost_micros": cost,
        "evidence": evidence(connection, request_id) if request_id else None,
    }
    return OutputFile("failures", folder_of(item), papers, key)


def failed_request(connection: Connection, item: BatchItem) -> str:
    """The last request of a failed item; empty if there is none."""
    return request_rows.of_event(connection, f"batch:{item.id}:{item.tries - 1}") or ""


def reason_sentence(reason: str) -> str:
    """Why a topic failed, in a few words."""
    if reason == SERVICE_CHANGED:
        return text("refusal.service_changed")
    if has(key := f"batch.reason.{reason}"):
        return text(key)
    kind = reason.replace("_", " ")
    return text(f"batch.reason.group_{KINDS[Kind(reason)].group.value}" if reason in set(Kind) else "batch.reason.other", kind=kind)


def _about(batch: Batch, item: BatchItem) -> Mapping[str, Any]:
    plan = batch.plan
    return {
        "batch": batch.number,
        "number": item.number,
        "topic": item.topic.topic,
        "template": item.topic.template or plan.template,
        "style": item.topic.style or plan.style,
        "caption": item.topic.caption,
        "cost_tag": plan.tag,
    }


def moment(at: float | None) -> str | None:
    """A time with its zone, as ISO 8601."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
