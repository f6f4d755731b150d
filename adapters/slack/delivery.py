"""One view at one spot: its pictures uploaded first, then ONE post or edit that shows text, pictures and buttons together.

Where Slack takes a file and cannot show it inside a message, public results get it as a share beside the message; private ones never do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

import structlog

from adapters.slack import render
from adapters.slack.fitting import Fitted, Fitting
from adapters.slack.pace import Pace
from adapters.slack.patience import Patience
from adapters.slack.troubles import Judged, Trouble, judge
from adapters.slack.uploads import NotReady, NotShared, Uploads
from adapters.slack.ways import Spot, Way
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
"""Seconds before each further try to show a file that Slack has taken and may not know everywhere yet."""
AGAIN_IN = 5.0
"""Seconds until a send is tried again whose preparations were lost."""
NOT_NOW = (Trouble.WAIT, Trouble.LOST, Trouble.UNAUTHORISED)
"""Troubles that end a send for now, whatever it was for."""
STOPPED = 60.0
"""Seconds for which nothing is sent after Slack refused the bot's token."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A view with its pictures as files of Slack."""

    view: View
    shown: tuple[render.Shown, ...] = ()
    unready: tuple[Fitted, ...] = ()
    """Pictures that Slack took and does not show in a message."""
    notes: tuple[str, ...] = ()
    known: bool = False
    """The files are those that the message shows already."""
    bare: bool = False
    """Without the words that Slack may have choked on."""

    def body(self, identity: str) -> render.Body:
        view = self.view
        if self.bare:
            view = replace(view, quote="", text=(text("slack.shortened"),), facts=())
        return render.message(view, identity=identity, pictures=self.shown, notes=self.notes)

    def with_note(self, note: str) -> Draft:
        return replace(self, notes=(*self.notes, note))


@dataclass(slots=True)
class Delivery:
    """Puts views where a way leads."""

    wire: SlackWire
    uploads: Uploads
    fitting: Fitting
    pace: Pace
    ports: Ports
    patience: Patience = field(default_factory=Patience)
    stopped_until: float = 0.0
    """Loop time until which nothing is sent, because the token is refused."""

    async def put(self, message: Message, view: View, spot: Spot, way: Way, notes: tuple[str, ...] = ()) -> SendResult | Judged:
        """Post, or edit what is at the spot; a Judged means that this place does not take it."""
        draft = await self.draft(message, view, spot)
        if isinstance(draft, Judged):
            return self.final_word(draft, spot, safe=True)
        draft = replace(draft, notes=(*draft.notes, *notes))
        kind: Literal["post", "update"] = "update" if spot.way else "post"
        wait = self.pace.ask(self.ports.monotonic(), kind, way.channel, message.id, view.final)
        if wait > 0:
            return Later(wait, progress=not view.final)
        found = await self._once(message, draft, spot, way)
        if isinstance(found, Judged) and found.trouble is Trouble.FILE_NOT_READY and draft.shown:
            if draft.known:  # files of an earlier process, which may be gone: new ones are uploaded
                return await self.put(message, view, replace(spot, files=""), way, notes)
            return await self._later_or_without(message, draft)
        if isinstance(found, Judged) and found.trouble in (Trouble.INVALID, Trouble.TOO_LONG):
            found = await self._with_less(message, draft, spot, way, found)
        if isinstance(found, Judged):
            if found.trouble is Trouble.WAIT:
                self.pace.told(self.ports.monotonic(), kind, way.channel, found.wait)
            return self.final_word(found, spot, safe=False)
        if draft.unready and message.audience is Audience.CHANNEL:
            found = await self._share(message, draft, found, way)
        return Sent((await self._tidy(spot, found, view)).ref())

    # ---- pictures ------------------------------------------------------------------------------------------------------------

    async def draft(self, message: Message, view: View, spot: Spot) -> Draft | Judged:
        """The view with its pictures at Slack; a Judged when Slack does not take them now."""
        if not view.pictures:
            return Draft(view)
        if spot.apart:
            return Draft(view).with_note(text("slack.pictures_apart"))
        known = [one for one in spot.files.split(",") if one]
        if len(known) == len(view.pictures):
            shown = [render.Shown(file, one.alt) for file, one in zip(known, view.pictures, strict=True)]
            return Draft(view, tuple(shown), known=True)
        pictures, notes = await self.fitting.load(view.pictures)
        if self.patience.given_up(self.ports.monotonic(), message.id):
            return _with_word(message, Draft(view, (), tuple(pictures), tuple(notes)))
        results = await asyncio.gather(*(self.uploads.ready(message.id, one) for one in pictures), return_exceptions=True)
        ready, unready = [], []
        for one, result in zip(pictures, results, strict=True):
            if isinstance(result, str):
                ready.append(render.Shown(result, one.alt))
                continue
            judged = judge(result)
            if judged is None:
                raise result
            if isinstance(result, NotReady):
                unready.append(one)
            elif judged.trouble in NOT_NOW:
                return judged
            else:
                log.error("slack_picture_refused", message=message.id, detail=judged.detail)
                notes.append(text("slack.picture_refused"))
        return _with_word(message, Draft(view, tuple(ready), tuple(unready), tuple(dict.fromkeys(notes))))

    async def _share(self, message: Message, draft: Draft, spot: Spot, way: Way) -> Spot:
        """Beside the message, for the same people. What Slack does not share either stays stored, and the message says so."""
        try:
            files = await self.uploads.share(draft.unready, way.channel, way.thread)
            return replace(spot, apart=True, files=",".join([*spot.files.split(","), *files]).strip(","))
        except NotShared:
            log.warning("slack_picture_not_shared", message=message.id)
        except Exception as error:
            if (judged := judge(error)) is None:
                raise
            log.warning("slack_picture_not_shared", message=message.id, detail=judged.detail)
        kept = tuple(one for one in draft.notes if one != text("slack.pictures_apart"))
        told = replace(draft, notes=(*kept, text("slack.picture_not_ready")))
        await judged_call(self.wire.update(spot.channel, spot.ts, told.body(message.id), message.id))
        return spot

    async def _tidy(self, before: Spot, spot: Spot, view: View) -> Spot:
        """Files that no message shows any more are deleted at Slack, too."""
        if not view.pictures:
            spot = replace(spot, files="", apart=False)
        gone = set(before.files.split(",")) - set(spot.files.split(",")) - {""}
        if gone:
            await self.uploads.forget(sorted(gone))
        return spot

    # ---- calls ---------------------------------------------------------------------------------------------------------------

    async def _later_or_without(self, message: Message, draft: Draft) -> Later:
        """Slack took the files and does not show them: it may not know them everywhere yet, or never do so here."""
        pause = self.patience.refused(self.ports.monotonic(), message.id, FILE_PAUSES)
        if pause is None:
            log.warning("slack_files_not_shown", message=message.id)
            await self.uploads.forget([one.file for one in draft.shown])
        return Later(pause or 0.0)

    async def _with_less(self, message: Message, draft: Draft, spot: Spot, way: Way, found: Judged) -> Spot | Judged:
        """Slack dislikes the payload, which is a bug of ours: the answer comes all the same, with fewer words, then without pictures."""
        log.error("slack_payload_refused", message=message.id, detail=found.detail)
        bare = replace(draft, bare=True)
        words = replace(bare, shown=(), notes=(*bare.notes, text("slack.picture_refused")))
        for less in [bare, *([words] if draft.shown else [])]:
            result = await self._once(message, less, spot, way)
            if not isinstance(result, Judged):
                return result
        return found

    async def _once(self, message: Message, draft: Draft, spot: Spot, way: Way) -> Spot | Judged:
        body = draft.body(message.id)
        if spot.way:
            judged = await judged_call(self.wire.update(spot.channel, spot.ts, body, message.id))
            if judged is not None:
                return judged
            found = spot
        else:
            posted = await judged_call(self.wire.post(way.channel, way.thread, body, message.id))
            if isinstance(posted, Judged):
                return posted
            found = spot.at(self.wire.where(way.channel), posted)
        if draft.shown:
            self.patience.shown(message.id)
        files = ",".join(one.file for one in draft.shown) or (spot.files if spot.apart else "")
        return replace(found, final=spot.final or draft.view.final, files=files)

    def final_word(self, judged: Judged, spot: Spot, *, safe: bool) -> SendResult | Judged:
        """What a trouble means for the whole send: an end for now, or another way. `safe`: nothing that people see was asked for."""
        if judged.trouble is Trouble.LOST:
            if safe:
                return Later(AGAIN_IN)
            return Unknown((spot if spot.way else replace(spot, lost=f"{self.ports.now():.3f}")).ref())
        if judged.trouble is Trouble.WAIT:
            return Later(max(0.5, judged.wait))
        if judged.trouble is Trouble.UNAUTHORISED:
            self.stopped_until = self.ports.monotonic() + STOPPED
            log.error("slack_stopped_sending", detail=judged.detail, seconds=STOPPED)
            return Later(STOPPED)
        return judged


def _with_word(message: Message, draft: Draft) -> Draft:
    """With what people read about pictures that are not in the message."""
    if not draft.unready:
        return draft
    public = message.audience is Audience.CHANNEL
    return draft.with_note(text("slack.pictures_apart" if public else "slack.picture_not_ready"))


async def judged_call(call: Coroutine[Any, Any, T]) -> T | Judged:
    """The call's result, or what its failure means."""
    try:
        async with asyncio.timeout(CALL_WITHIN):
            return await call
    except Exception as error:
        judged = judge(error)
        if judged is None:
            raise
        return judged
