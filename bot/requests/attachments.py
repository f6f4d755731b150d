"""Attached pictures between the acknowledgement and the queue: fetched once, checked and re-encoded in the picture worker, stored by hash.

Every step can be repeated after a kill. A picture that can't be used refuses the whole request at once, with a sentence; nothing of it
stays, and nothing was sent or paid.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from bot.domain.attachments import MAX_BYTES, AttachmentRole, NotFetched, ReferenceLimits, StoredAttachment
from bot.domain.refusal import Refusal
from bot.domain.request_states import RequestState
from bot.domain.requests import Request
from bot.ledger import attachment_rows, picture_rows, request_rows
from bot.ledger.store import Ledger, LedgerProblem, Tx
from bot.pixels.errors import BadPicture, NotTaken
from bot.requests.accept import Unfetched, accept, refuse_unasked
from bot.requests.rules import Rules
from bot.requests.transitions import CaseOpener

log = structlog.get_logger()

FETCH_TIMEOUT = 60.0
"""Seconds per picture."""
AT_ONCE = 2
"""Pictures that are fetched and checked at the same time, which bounds the memory that they take."""
UPLOADS_PER_PERSON = 40
"""Uploads that no request uses yet."""
UPLOAD_KEPT = 3600.0
"""Seconds."""
ALLOWED = ["PNG", "JPEG", "WebP", "HEIC", "AVIF", "GIF", "BMP", "TIFF"]


class StoredPictures(Protocol):
    """The part of the picture store that requests use."""

    async def read(self, sha256: str) -> bytes: ...

    async def work(self, job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]: ...

    async def keep(self, content: bytes, sha256: str, format: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that is checked and stored, for `Attachment.stored`."""

    sha256: str
    format: str
    width: int
    height: int


class _Unusable(Exception):
    """A picture that can't be used."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


@dataclass(slots=True)
class Attachments:
    """Takes the pictures of received requests, and of uploads before there is a request."""

    ledger: Ledger
    rules: Rules
    pictures: StoredPictures
    open_case: CaseOpener
    fetch: Callable[[str, Mapping[str, str]], Awaitable[bytes]]
    """Fetches a file from a platform by name and handle. Raises NotFetched and NotTaken."""
    _tasks: dict[str, asyncio.Task[Request | Refusal | None]] = field(default_factory=dict)
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def wake(self, request_id: str) -> None:
        """A request with pictures was stored but not accepted, and they haven't been fetched."""
        self._start(request_id)

    async def finish(self, request_id: str) -> Request | Refusal | None:
        """Take the pictures of a received request and accept it; a second caller waits for the first."""
        return await asyncio.shield(self._start(request_id))

    async def stop(self) -> None:
        """Stop fetching. The next start continues."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def keep_upload(
        self, person: str, name: str, content: bytes, mask_of: tuple[int, int] | None = None, *, fit: bool
    ) -> Upload | Refusal:
        """Check and store an upload before its request exists. It's deleted after an hour if no request uses it.

        `mask_of` is the size of the picture that a mask is for; `fit` makes a usable mask of another one. Raises LedgerProblem and OSError.
        """
        if len(content) > MAX_BYTES:
            return Refusal("picture_heavy", {"name": name, "most": MAX_BYTES >> 20})
        if await self.ledger.read(lambda c: attachment_rows.uploads_of(c, person)) >= UPLOADS_PER_PERSON:
            return Refusal("pictures_waiting", {"most": UPLOADS_PER_PERSON})
        limits = self.rules.references
        values: dict[str, Any] = {"max_edge": limits.max_edge, "max_bytes": limits.max_bytes}
        if mask_of is not None:
            values |= {"max_bytes": limits.mask_bytes, "mask_of": list(mask_of), "fit_mask": fit}
        try:
            async with self._turn:
                made, encoded = await self._encode(name, content, values)
                await self.ledger.write(lambda tx: attachment_rows.add_upload(tx, person, name, made))
                await self.pictures.keep(encoded, made["sha256"], made["format"])
        except _Unusable as problem:
            return problem.refusal
        return Upload(made["sha256"], made["format"], made["width"], made["height"])

    def sweep(self, tx: Tx) -> None:
        """Delete uploads that no request used, and attachments past their retention."""
        gone = attachment_rows.drop_old_uploads(tx, tx.now - UPLOAD_KEPT)
        for request_id in attachment_rows.requests_older_than(tx.connection, tx.now - self.rules.references_kept):
            request = request_rows.get(tx.connection, request_id)
            if request is None or request.state in (RequestState.ANSWERED, RequestState.REFUSED):
                gone |= attachment_rows.drop(tx, request_id)
        picture_rows.release(tx, gone, "sweep")

    def _start(self, request_id: str) -> asyncio.Task[Request | Refusal | None]:
        task = self._tasks.get(request_id)
        if task is None:
            task = self._tasks[request_id] = asyncio.get_running_loop().create_task(self._finish(request_id))
            task.add_done_callback(lambda done: self._on_task_end(request_id, done))
        return task

    def _on_task_end(self, request_id: str, done: asyncio.Task[Request | Refusal | None]) -> None:
        self._tasks.pop(request_id, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            # The request is still `received`, and is picked up again within a minute or two.
            log.error("attachments_not_taken", request=request_id, error=type(error).__name__)

    async def _finish(self, request_id: str) -> Request | Refusal | None:
        try:
            await self._take(request_id)
        except _Unusable as problem:
            refusal = problem.refusal
            return await self.ledger.write(lambda tx: self._refuse(tx, request_id, refusal))
        taken = await self.ledger.write(lambda tx: accept(tx, request_id, self.rules, self.open_case))
        if isinstance(taken, Unfetched):
            raise RuntimeError("pictures were taken and are missing again")
        return taken

    def _refuse(self, tx: Tx, request_id: str, refusal: Refusal) -> Refusal | None:
        request = request_rows.get(tx.connection, request_id)
        if request is None or request.state is not RequestState.RECEIVED:
            return None
        picture_rows.drop(tx, request_id)
        return refuse_unasked(tx, request, refusal, self.rules)

    async def _take(self, request_id: str) -> None:
        """Fetch, check and store everything that a request still lacks. Raises _Unusable."""
        request, rows = await self.ledger.read(
            lambda c: (request_rows.get(c, request_id), attachment_rows.of_request(c, request_id)),
        )
        if request is None or request.state is not RequestState.RECEIVED:
            return
        limits = self.rules.references
        first: Mapping[str, Any] | None = None
        for row in sorted(rows, key=lambda one: (one.attachment.role is AttachmentRole.MASK, one.position)):
            values = _values(row, rows, limits, first)
            async with self._turn:
                raw = await self._read_or_fetch(request.place.platform, row)
                made, encoded = await self._encode(row.attachment.name, raw, values)
                source = row.attachment.stored or (await asyncio.to_thread(_hash_of, raw) if row.attachment.made_here else "")
                del raw
                await self.ledger.write(lambda tx, id=row.id, made=made, source=source: attachment_rows.took(tx, id, made, source))  # type: ignore[misc]
                await self._store(row, encoded, made)
            first = first or made

    async def _read_or_fetch(self, platform: str, row: StoredAttachment) -> bytes:
        given = row.attachment
        if given.size is not None and given.size > MAX_BYTES:
            raise _Unusable(Refusal("picture_heavy", {"name": given.name, "most": MAX_BYTES >> 20}))
        try:
            if given.stored or (row.taken and not given.handle):
                return await self._read_stored(given.stored, row.sha256)
            async with asyncio.timeout(FETCH_TIMEOUT):
                raw = await self.fetch(platform, given.handle)
        except NotTaken as problem:
            raise _Unusable(_refusal_of(problem, given.name)) from None
        except TimeoutError:
            raise _Unusable(Refusal("picture_slow", {"name": given.name})) from None
        except NotFetched as problem:
            raise _Unusable(Refusal(f"picture_{problem.why}", {"name": given.name})) from None
        except LookupError:
            raise _Unusable(Refusal("pictures_gone")) from None
        if len(raw) > MAX_BYTES:
            raise _Unusable(Refusal("picture_heavy", {"name": given.name, "most": MAX_BYTES >> 20}))
        return raw

    async def _read_stored(self, source: str, taken: str) -> bytes:
        """A picture in the store; what was made of it, if its own request was deleted meanwhile. Raises LookupError."""
        try:
            return await self.pictures.read(source or taken)
        except LookupError:
            if not taken or taken == source:
                raise
            return await self.pictures.read(taken)

    async def _encode(self, name: str, raw: bytes, values: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        try:
            return await self.pictures.work("reference", values, raw)
        except BadPicture:
            raise _Unusable(Refusal("picture_damaged", {"name": name})) from None
        except NotTaken as problem:
            raise _Unusable(_refusal_of(problem, name, values)) from None

    async def _store(self, row: StoredAttachment, encoded: bytes, made: Mapping[str, Any]) -> None:
        try:
            await self.pictures.keep(encoded, made["sha256"], made["format"])
        except OSError as error:
            log.error("attachment_not_stored", request=row.request_id, error=type(error).__name__, errno=error.errno)
            raise LedgerProblem("the picture store can't write") from None


def _hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _values(
    row: StoredAttachment, rows: Sequence[StoredAttachment], limits: ReferenceLimits, first: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The worker's values for one attachment. Each picture gets its share of the request's total, so the sum always fits."""
    pictures = [one for one in rows if one.attachment.role is AttachmentRole.PICTURE]
    share = min(limits.max_bytes, limits.total_bytes // max(1, len(pictures)))
    if row.attachment.role is AttachmentRole.PICTURE or first is None:
        return {"max_edge": limits.max_edge, "max_bytes": share}
    fitted = [first["width"], first["height"]]
    return {"max_edge": limits.max_edge, "max_bytes": limits.mask_bytes, "mask_of": list(first["original"]), "fitted": fitted}


_BY_REASON = {
    "type": "picture_type",
    "polyglot": "picture_polyglot",
    "animated": "picture_animated",
    "pixels": "picture_pixels",
    "small": "picture_small",
    "narrow": "picture_narrow",
    "bytes": "picture_heavy",
    "heavy": "picture_heavy",
    "memory": "picture_pixels",
    "worker": "picture_damaged",
    "address": "picture_address",
    "mask_size": "mask_size",
    "mask_opaque": "mask_opaque",
    "mask_empty": "mask_opaque",
}


def _refusal_of(problem: NotTaken, name: str, values: Mapping[str, Any] | None = None) -> Refusal:
    """The sentence for an unusable file: what it is, and which files are allowed."""
    of = (values or {}).get("mask_of")
    return Refusal(
        _BY_REASON.get(problem.why, "picture_failed"),
        {
            "name": name,
            "value": problem.value.replace("x", "×"),
            "most": MAX_BYTES >> 20,
            "allowed": ALLOWED,
            "wanted": "" if of is None else f"{of[0]}×{of[1]}",
        },
    )
