"""Delivery of one view to one place: upload its pictures, then a single post or edit that shows text, pictures and buttons together.

If Slack accepts a file but can't show it in a message, public results get it as a share next to the message; private ones never do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

import structlog
from cachetools import FIFOCache

from adapters.kit.errors import ClassifiedError, ErrorClass, outcome
from adapters.slack import render
from adapters.slack.errors import classify_error, known
from adapters.slack.image_fitting import FittedImage, ImageFitting
from adapters.slack.pacing import Pacing
from adapters.slack.routes import MessageRef, Route
from adapters.slack.uploads import NotReady, Uploads
from adapters.slack.wire import SlackWire
from bot.chat.port import Later, Message, SendResult, Sent, Unknown
from bot.chat.views import Audience, View
from bot.ports import Ports
from bot.texts import text

log = structlog.get_logger()

T = TypeVar("T")

CALL_WITHIN = 15.0
"""Seconds for one call."""
FILE_PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds before each further try to show a file that Slack accepted but may not have replicated yet."""
AGAIN_IN = 5.0
"""Seconds until a send with lost preparations is retried."""
NOT_NOW = (ErrorClass.WAIT, ErrorClass.LOST, ErrorClass.UNAUTHORISED)
"""Errors that stop the current send, regardless of route and content."""
GIVEN_UP_FOR = 600.0
"""Seconds for which a message goes without its files before they're tried again from scratch."""
HOPELESS_AFTER = 2
"""Consecutive abandoned messages after which a single rejection is enough for the next ones."""
CACHE_SIZE = 2000
STOPPED = 60.0
"""Seconds during which nothing is sent after Slack rejected the bot's token."""


@dataclass(frozen=True, slots=True)
class Draft:
    view: View
    shown: tuple[render.Shown, ...] = ()
    unready: tuple[FittedImage, ...] = ()
    """Pictures that Slack accepted but doesn't show in a message."""
    notes: tuple[str, ...] = ()
    known: bool = False
    """The message already shows these files."""
    bare: bool = False
    """Without text that Slack may have rejected."""

    def body(self) -> render.Body:
        view = self.view
        if self.bare:
            view = replace(view, quote="", text=(text("slack.shortened"),), facts=())
        return render.message(view, pictures=self.shown, notes=self.notes)

    def with_note(self, note: str) -> Draft:
        return replace(self, notes=(*self.notes, note))


@dataclass(slots=True)
class FileRetry:
    """Retry policy for files that Slack accepted but doesn't show (yet).

    Kept between sends, so that retries wait for their turn; immediate ones would use up the rate limit for everyone.
    """

    _refusals: FIFOCache[str, int] = field(default_factory=lambda: FIFOCache(CACHE_SIZE))
    _given_up: FIFOCache[str, float] = field(default_factory=lambda: FIFOCache(CACHE_SIZE))
    """Message -> time until which its files aren't tried."""
    _in_a_row: int = 0

    def refused(self, now: float, message: str, pauses: Sequence[float]) -> float | None:
        """Slack didn't show this message's files. Returns seconds until the next try, or None to give up."""
        refusals = self._refusals.pop(message, 0)
        if refusals < len(pauses) and self._in_a_row < HOPELESS_AFTER:
            self._refusals[message] = refusals + 1
            return pauses[refusals]
        self._in_a_row += 1
        self._given_up[message] = now + GIVEN_UP_FOR
        return None

    def shown(self, message: str) -> None:
        self._refusals.pop(message, None)
        self._given_up.pop(message, None)
        self._in_a_row = 0

    def given_up(self, now: float, message: str) -> bool:
        return self._given_up.get(message, now) > now


@dataclass(slots=True)
class Delivery:
    wire: SlackWire
    uploads: Uploads
    fitting: ImageFitting
    pace: Pacing
    ports: Ports
    file_retry: FileRetry = field(default_factory=FileRetry)
    stopped_until: float = 0.0
    """Loop time until which nothing is sent, because the token was rejected."""
    wall: Ports | None = None
    """The system clock, for looking up a lost post in Slack's history."""

    async def put(
        self, message: Message, view: View, message_ref: MessageRef, route: Route, notes: tuple[str, ...] = ()
    ) -> SendResult | ClassifiedError:
        """Post, or edit the existing message. Returns ClassifiedError if this place rejects it."""
        draft = await self.draft(message, view, message_ref)
        if isinstance(draft, ClassifiedError):
            return self.send_result(draft, message_ref, safe=True)
        draft = replace(draft, notes=(*draft.notes, *notes))
        kind: Literal["post", "update"] = "update" if message_ref.route else "post"
        wait = self.pace.ask(self.ports.monotonic(), kind, route.channel, message.id, view.final)
        if wait > 0:
            return Later(wait, progress=not view.final)
        found = await self._once(message, draft, message_ref, route)
        if isinstance(found, ClassifiedError) and found.error_class is ErrorClass.FILE_NOT_READY and draft.shown:
            if draft.known:  # files of an earlier process may be gone; upload new ones
                return await self.put(message, view, replace(message_ref, files=""), route, notes)
            return await self._later_or_without(message, draft)
        if isinstance(found, ClassifiedError) and found.error_class in (ErrorClass.INVALID, ErrorClass.TOO_LONG):
            found = await self._with_less(message, draft, message_ref, route, found)
        if isinstance(found, ClassifiedError):
            if found.error_class is ErrorClass.WAIT:
                self.pace.rate_limited(self.ports.monotonic(), kind, route.channel, found.wait)
            return self.send_result(found, message_ref, safe=False)
        if draft.unready and message.audience is Audience.CHANNEL:
            found = await self._share(message, draft, found, route)
        return Sent((await self._tidy(message_ref, found, view)).ref())

    # ---- pictures ------------------------------------------------------------------------------------------------------------

    async def draft(self, message: Message, view: View, message_ref: MessageRef) -> Draft | ClassifiedError:
        """The view with its pictures uploaded; ClassifiedError if Slack doesn't accept them now."""
        if not view.pictures:
            return Draft(view)
        if message_ref.apart:
            return Draft(view).with_note(text("slack.pictures_apart"))
        files = [one for one in message_ref.files.split(",") if one]
        if len(files) == len(view.pictures):
            shown = [render.Shown(file, one.alt) for file, one in zip(files, view.pictures, strict=True)]
            return Draft(view, tuple(shown), known=True)
        pictures, notes = await self.fitting.load(view.pictures)
        if self.file_retry.given_up(self.ports.monotonic(), message.id):
            return _with_word(Draft(view, (), tuple(pictures), tuple(notes)))
        results = await asyncio.gather(*(self.uploads.ready(message.id, one) for one in pictures), return_exceptions=True)
        ready, unready = [], []
        for one, result in zip(pictures, results, strict=True):
            if isinstance(result, str):
                ready.append(render.Shown(result, one.alt))
                continue
            classified = known(result)
            if isinstance(result, NotReady):
                unready.append(one)
            elif classified.error_class in NOT_NOW:
                return classified
            else:
                log.error("slack_picture_refused", message=message.id, detail=classified.detail)
                notes.append(text("slack.picture_refused"))
        return _with_word(Draft(view, tuple(ready), tuple(unready), tuple(dict.fromkeys(notes))))

    async def _share(self, message: Message, draft: Draft, message_ref: MessageRef, route: Route) -> MessageRef:
        """Share the files next to the message, with the same audience; only then does the message say so. Files that Slack doesn't share
        either stay stored."""
        try:
            files = await self.uploads.share(draft.unready, route.channel, route.thread)
        except Exception as error:
            log.warning("slack_picture_not_shared", message=message.id, detail=known(error).detail)
            return message_ref
        kept = tuple(one for one in draft.notes if one != text("slack.picture_not_ready"))
        noted = replace(draft, notes=(*kept, text("slack.pictures_apart")))
        await classified_call(self.wire.update(message_ref.channel, message_ref.ts, noted.body(), message.id))
        return replace(message_ref, apart=True, files=",".join([*message_ref.files.split(","), *files]).strip(","))

    async def _tidy(self, before: MessageRef, message_ref: MessageRef, view: View) -> MessageRef:
        """Delete files from Slack that no message shows anymore."""
        if not view.pictures:
            message_ref = replace(message_ref, files="", apart=False)
        gone = set(before.files.split(",")) - set(message_ref.files.split(",")) - {""}
        if gone:
            await self.uploads.forget(sorted(gone))
        return message_ref

    # ---- calls ---------------------------------------------------------------------------------------------------------------

    async def _later_or_without(self, message: Message, draft: Draft) -> Later:
        """Slack accepted the files but doesn't show them: it may not have replicated them yet, or never will."""
        pause = self.file_retry.refused(self.ports.monotonic(), message.id, FILE_PAUSES)
        if pause is None:
            log.warning("slack_files_not_shown", message=message.id)
            await self.uploads.forget([one.file for one in draft.shown])
        return Later(pause or 0.0)

    async def _with_less(
        self, message: Message, draft: Draft, message_ref: MessageRef, route: Route, found: ClassifiedError
    ) -> MessageRef | ClassifiedError:
        """Slack rejects the payload, which is a bug: send the answer with less text, then without pictures."""
        log.error("slack_payload_refused", message=message.id, detail=found.detail)
        bare = replace(draft, bare=True)
        words = replace(bare, shown=(), notes=(*bare.notes, text("slack.picture_refused")))
        for less in [bare, *([words] if draft.shown else [])]:
            result = await self._once(message, less, message_ref, route)
            if not isinstance(result, ClassifiedError):
                return result
        return found

    async def _once(self, message: Message, draft: Draft, message_ref: MessageRef, route: Route) -> MessageRef | ClassifiedError:
        body = draft.body()
        if message_ref.route:
            classified = await classified_call(self.wire.update(message_ref.channel, message_ref.ts, body, message.id))
            if classified is not None:
                return classified
            found = message_ref
        else:
            posted = await classified_call(self.wire.post(route.channel, route.thread, body, message.id))
            if isinstance(posted, ClassifiedError):
                return posted
            found = message_ref.at(self.wire.where(route.channel), posted)
        if draft.shown:
            self.file_retry.shown(message.id)
        files = ",".join(one.file for one in draft.shown) or (message_ref.files if message_ref.apart else "")
        return replace(found, final=message_ref.final or draft.view.final, files=files)

    def send_result(self, classified: ClassifiedError, message_ref: MessageRef, *, safe: bool) -> SendResult | ClassifiedError:
        """What an error means for the send: stop for now, or another route. `safe`: the call had no visible effect."""
        if classified.error_class is ErrorClass.LOST:
            if safe:
                return Later(AGAIN_IN)
            now = (self.wall or self.ports).now()
            return Unknown((message_ref if message_ref.route else replace(message_ref, lost=f"{now:.3f}")).ref(), classified.detail)
        if classified.error_class is ErrorClass.WAIT:
            return Later(max(0.5, classified.wait))
        if classified.error_class is ErrorClass.UNAUTHORISED:
            self.stopped_until = self.ports.monotonic() + STOPPED
            log.error("slack_stopped_sending", detail=classified.detail, seconds=STOPPED)
            return Later(STOPPED)
        return classified


def _with_word(draft: Draft) -> Draft:
    """Add the sentence about pictures that aren't in the message (yet)."""
    return draft.with_note(text("slack.picture_not_ready")) if draft.unready else draft


async def classified_call(call: Coroutine[Any, Any, T]) -> T | ClassifiedError:
    return await outcome(call, CALL_WITHIN, classify_error)
