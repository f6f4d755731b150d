"""Discord's ChatPort: finds the way by which a view can be shown, from the interaction's own answer down to a direct message.

Ways of a request: `@original` while the token lives, the same message as the bot, a channel post with its own nonce, an answer with the
token, a direct message. Private ones never go to a channel. It decides nothing about what is shown, and never widens who can read it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import structlog

from adapters.discord.fitting import Fitting
from adapters.discord.handles import Handle, of_reply
from adapters.discord.placeholders import Placeholders
from adapters.discord.troubles import Judged, Trouble, judge
from adapters.discord.ways import Draft, Spot, Way, Wire, first_ways, same_way
from bot.chat.port import Later, Message, Refused, RefusedWhy, SendResult, Sent, Unknown
from bot.chat.views import Audience, Tone, View
from bot.ports import Ports
from bot.texts import text

log = structlog.get_logger()

CLOSED_FOR = 60.0
"""Seconds for which a channel that refused us is not tried again; a change of its permissions ends it earlier."""
WITHOUT_PICTURES, WITH_PICTURES = 20.0, 40.0
"""Seconds that one way may take."""
WHY: dict[Trouble, RefusedWhy] = {
    Trouble.GONE: RefusedWhy.GONE,
    Trouble.NO_CHANNEL: RefusedWhy.GONE,
    Trouble.TOO_OLD: RefusedWhy.GONE,
    Trouble.TOKEN_OVER: RefusedWhy.EXPIRED,
    Trouble.FORBIDDEN: RefusedWhy.FORBIDDEN,
    Trouble.FILTERED: RefusedWhy.FORBIDDEN,
    Trouble.TOO_LARGE: RefusedWhy.INVALID,
    Trouble.INVALID: RefusedWhy.INVALID,
}
"""Troubles that end a way; the others end the whole send for now."""


@dataclass(slots=True)
class DiscordChat:
    """Sends one view at a time per message; the core's sender calls it."""

    wire: Wire
    ports: Ports
    placeholders: Placeholders
    fitting: Fitting
    _closed: dict[int, tuple[float, Judged]] = field(default_factory=dict)
    """Channel -> when it may be tried again, and why not now."""
    _stopped_until: float = 0.0
    refused_messages: dict[str, int] = field(default_factory=dict)
    """Moderators' and operators' messages that a channel refused: message id -> channel."""

    async def send(self, message: Message, view: View) -> SendResult:
        wait = self._stopped_until - self.ports.monotonic()
        if wait > 0:
            return Later(wait)
        if not await self.wire.online():
            return Later(3.0)
        spot = Spot.of(message.ref)
        pictures, notes = await self.fitting.load(view.pictures)
        draft = Draft(view, pictures, tuple(notes))
        last = Judged(Trouble.TOKEN_OVER, "no_way_left")
        if spot.gone and (_done(view) if _staff(message) else spot.final or not view.final):
            return Sent(spot.ref())
        if spot.known:
            result = await self._edit_known(message, view, spot, draft)
            if not isinstance(result, Judged):
                return result
            last = result
            spot = spot.anew()
        return await self._go(message, view, spot, draft, last)

    async def _edit_known(self, message: Message, view: View, spot: Spot, draft: Draft) -> SendResult | Judged:
        """Edit the message where it is; a Judged means that it must be shown somewhere else."""
        judged = Judged(Trouble.TOKEN_OVER, "no_way_left")
        for way in same_way(message, view, spot, self._handle(message), self.ports.now()):
            result = await self._try(way, message, spot, draft)
            if not isinstance(result, Judged):
                return result
            judged = result
        staff = _staff(message)
        if judged.trouble in (Trouble.GONE, Trouble.NO_CHANNEL) and (_done(view) if staff else spot.final):
            return Sent(replace(spot.anew(gone=True), final=True).ref())  # somebody removed what had been said to the end: it stays removed
        if staff:
            return judged
        if judged.trouble is Trouble.GONE and not view.final:
            return Sent(spot.anew(gone=True).ref())  # the answer is still owed and will be a new message
        if not view.final:
            return Later(15.0, progress=True)  # progress alone is not worth a new message
        return judged

    async def _go(self, message: Message, view: View, spot: Spot, draft: Draft, last: Judged) -> SendResult:
        """Down the ways until one takes it."""
        for way in first_ways(message, view, self._handle(message), self.ports.now(), self._is_closed):
            if way.home and not self._take_home(message, spot):
                continue
            result = await self._try(way, message, spot, draft)
            if not isinstance(result, Judged):
                if isinstance(result, Sent):
                    self.refused_messages.pop(message.id, None)
                return result
            last = result
            log.warning("discord_way_closed", way=way.name, message=message.id, channel=message.place.channel, detail=last.detail)
        channel = int(message.place.channel) if message.place.channel.isdigit() else 0
        if self._is_closed(channel):
            last = self._closed[channel][1]
        if _staff(message):
            self.refused_messages[message.id] = channel
        return Refused(WHY.get(last.trouble, RefusedWhy.EXPIRED), last.detail)

    def _take_home(self, message: Message, spot: Spot) -> bool:
        handle = self._handle(message)
        return handle is not None and spot.posts == 0 and self.placeholders.claim(handle.interaction, message.id)

    async def _try(self, way: Way, message: Message, spot: Spot, draft: Draft) -> SendResult | Judged:
        """One way, with smaller pictures or neutral words where Discord asks for that."""
        draft = replace(draft, pictures=await self.fitting.fit(draft.pictures, way.limit), mention=way.mention)
        for _ in range(12):
            judged = await self._call(way, message, spot, draft)
            if not isinstance(judged, Judged):
                return judged
            if judged.trouble is Trouble.TOO_LARGE and draft.pictures:
                draft = await self._smaller(draft)
            elif judged.trouble is Trouble.FILTERED and not draft.neutral:
                draft = _neutral(draft)
            else:
                return self._final_word(judged, way, spot)
        return judged

    async def _call(self, way: Way, message: Message, spot: Spot, draft: Draft) -> SendResult | Judged:
        limit = WITH_PICTURES if draft.pictures else WITHOUT_PICTURES
        if way.handle is not None:
            limit = max(1.0, min(limit, way.handle.expires - self.ports.now()))
        try:
            async with asyncio.timeout(limit):
                found = await way.run(self.wire, message, spot, draft)
        except Exception as error:
            judged = judge(error)
            if judged is None:
                raise
            return judged
        return Sent(replace(found, final=spot.final or draft.view.final).ref())

    def _final_word(self, judged: Judged, way: Way, spot: Spot) -> SendResult | Judged:
        """What a trouble means for the whole send: an end for now, or another way."""
        if judged.trouble is Trouble.LOST:
            return Unknown(spot.ref())
        if judged.trouble is Trouble.WAIT:
            return Later(max(0.5, judged.wait))
        if judged.trouble in (Trouble.BANNED, Trouble.UNAUTHORISED):
            self._stopped_until = self.ports.monotonic() + judged.wait
            log.error("discord_stopped_sending", detail=judged.detail, seconds=judged.wait)
            return Later(judged.wait)
        if judged.trouble in (Trouble.FORBIDDEN, Trouble.NO_CHANNEL) and way.channel is not None:
            self._closed[way.channel] = (self.ports.monotonic() + CLOSED_FOR, judged)
        return judged

    async def _smaller(self, draft: Draft) -> Draft:
        smaller = await self.fitting.smaller(draft.pictures)
        if smaller is None:
            return replace(draft, pictures=[], notes=(*draft.notes, text("discord.picture_too_large")))
        return replace(draft, pictures=smaller)

    def _is_closed(self, channel: int) -> bool:
        until = self._closed.get(channel)
        return until is not None and until[0] > self.ports.monotonic()

    def reopen(self, channel: int | None = None) -> list[str]:
        """Permissions changed: try again. Returns the messages that a channel had refused and that should be sent now."""
        if channel is None:
            self._closed.clear()
        else:
            self._closed.pop(channel, None)
        waiting = [one for one, where in self.refused_messages.items() if channel in (None, where)]
        for one in waiting:
            del self.refused_messages[one]
        return waiting

    @staticmethod
    def _handle(message: Message) -> Handle | None:
        return of_reply(message.place.reply)


def _staff(message: Message) -> bool:
    return message.audience in (Audience.MODERATORS, Audience.OPERATORS)


def _done(view: View) -> bool:
    """Whether nobody has to do anything about a moderators' or operators' message any more: a deleted one stays deleted then."""
    return view.tone in (Tone.NEUTRAL, Tone.DONE)


def _neutral(draft: Draft) -> Draft:
    """Without the words that a server's filter may dislike; the state line, pictures and buttons stay."""
    view = replace(draft.view, quote="", text=(text("discord.filtered"),), facts=())
    return replace(draft, view=view, pictures=[replace(one, alt="") for one in draft.pictures], notes=(), neutral=True)
