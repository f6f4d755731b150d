"""Discord's ChatPort: finds the way by which a view can be shown, from the interaction's own answer down to a direct message.

Ways of a request: `@original` while the token lives, the same message as the bot, a channel post with its own nonce, an answer with the
token, a direct message. Private ones never go to a channel. It decides nothing about what is shown, and never widens who can read it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import structlog

from adapters.discord.errors import ClassifiedError, ErrorClass, classify_error
from adapters.discord.handles import Handle, of_reply
from adapters.discord.image_fitting import ImageFitting
from adapters.discord.placeholders import Placeholders
from adapters.discord.routes import Draft, MessageRef, Route, Wire, first_ways, same_way
from bot.chat.port import Later, Message, Refused, RefusedWhy, SendResult, Sent, Unknown
from bot.chat.views import Audience, Tone, View
from bot.ports import Ports
from bot.texts import text

log = structlog.get_logger()

CLOSED_FOR = 60.0
"""Seconds for which a channel that refused us is not tried again; a change of its permissions ends it earlier."""
WITHOUT_PICTURES, WITH_PICTURES = 20.0, 40.0
"""Seconds that one way may take."""
WHY: dict[ErrorClass, RefusedWhy] = {
    ErrorClass.GONE: RefusedWhy.GONE,
    ErrorClass.NO_CHANNEL: RefusedWhy.GONE,
    ErrorClass.TOO_OLD: RefusedWhy.GONE,
    ErrorClass.TOKEN_OVER: RefusedWhy.EXPIRED,
    ErrorClass.FORBIDDEN: RefusedWhy.FORBIDDEN,
    ErrorClass.FILTERED: RefusedWhy.FORBIDDEN,
    ErrorClass.TOO_LARGE: RefusedWhy.INVALID,
    ErrorClass.INVALID: RefusedWhy.INVALID,
}
"""Troubles that end a way; the others end the whole send for now."""


@dataclass(slots=True)
class DiscordChat:
    """Sends one view at a time per message; the core's sender calls it."""

    wire: Wire
    ports: Ports
    placeholders: Placeholders
    fitting: ImageFitting
    _closed: dict[int, tuple[float, ClassifiedError]] = field(default_factory=dict)
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
        message_ref = MessageRef.of(message.ref)
        pictures, notes = await self.fitting.load(view.pictures)
        draft = Draft(view, pictures, tuple(notes))
        last = ClassifiedError(ErrorClass.TOKEN_OVER, "no_way_left")
        if message_ref.gone and (_done(view) if _staff(message) else message_ref.final or not view.final):
            return Sent(message_ref.ref())
        if message_ref.known:
            result = await self._edit_known(message, view, message_ref, draft)
            if not isinstance(result, ClassifiedError):
                return result
            last = result
            message_ref = message_ref.anew()
        return await self._go(message, view, message_ref, draft, last)

    async def _edit_known(self, message: Message, view: View, message_ref: MessageRef, draft: Draft) -> SendResult | ClassifiedError:
        """Edit the message where it is; a ClassifiedError means that it must be shown somewhere else."""
        judged = ClassifiedError(ErrorClass.TOKEN_OVER, "no_way_left")
        for route in same_way(message, view, message_ref, self._handle(message), self.ports.now()):
            result = await self._try(route, message, message_ref, draft)
            if not isinstance(result, ClassifiedError):
                return result
            judged = result
        staff = _staff(message)
        if judged.error_class in (ErrorClass.GONE, ErrorClass.NO_CHANNEL) and (_done(view) if staff else message_ref.final):
            # somebody removed what had been said to the end: it stays removed
            return Sent(replace(message_ref.anew(gone=True), final=True).ref())
        if staff:
            return judged
        if judged.error_class is ErrorClass.GONE and not view.final:
            return Sent(message_ref.anew(gone=True).ref())  # the answer is still owed and will be a new message
        if not view.final:
            return Later(15.0, progress=True)  # progress alone is not worth a new message
        return judged

    async def _go(self, message: Message, view: View, message_ref: MessageRef, draft: Draft, last: ClassifiedError) -> SendResult:
        """Down the ways until one takes it."""
        for route in first_ways(message, view, self._handle(message), self.ports.now(), self._is_closed):
            if route.home and not self._take_home(message, message_ref):
                continue
            result = await self._try(route, message, message_ref, draft)
            if not isinstance(result, ClassifiedError):
                if isinstance(result, Sent):
                    self.refused_messages.pop(message.id, None)
                return result
            last = result
            log.warning("discord_way_closed", route=route.name, message=message.id, channel=message.place.channel, detail=last.detail)
        channel = int(message.place.channel) if message.place.channel.isdigit() else 0
        if self._is_closed(channel):
            last = self._closed[channel][1]
        if _staff(message):
            self.refused_messages[message.id] = channel
        return Refused(WHY.get(last.error_class, RefusedWhy.EXPIRED), last.detail)

    def _take_home(self, message: Message, message_ref: MessageRef) -> bool:
        handle = self._handle(message)
        return handle is not None and message_ref.posts == 0 and self.placeholders.claim(handle.interaction, message.id)

    async def _try(self, route: Route, message: Message, message_ref: MessageRef, draft: Draft) -> SendResult | ClassifiedError:
        """One way, with smaller pictures or neutral words where Discord asks for that."""
        draft = replace(draft, pictures=await self.fitting.fit(draft.pictures, route.limit), mention=route.mention)
        for _ in range(12):
            judged = await self._call(route, message, message_ref, draft)
            if not isinstance(judged, ClassifiedError):
                return judged
            if judged.error_class is ErrorClass.TOO_LARGE and draft.pictures:
                draft = await self._smaller(draft)
            elif judged.error_class is ErrorClass.FILTERED and not draft.neutral:
                draft = _neutral(draft)
            else:
                return self._final_word(judged, route, message_ref)
        return judged

    async def _call(self, route: Route, message: Message, message_ref: MessageRef, draft: Draft) -> SendResult | ClassifiedError:
        limit = WITH_PICTURES if draft.pictures else WITHOUT_PICTURES
        if route.handle is not None:
            limit = max(1.0, min(limit, route.handle.expires - self.ports.now()))
        try:
            async with asyncio.timeout(limit):
                found = await route.run(self.wire, message, message_ref, draft)
        except Exception as error:
            judged = classify_error(error)
            if judged is None:
                raise
            return judged
        return Sent(replace(found, final=message_ref.final or draft.view.final).ref())

    def _final_word(self, judged: ClassifiedError, route: Route, message_ref: MessageRef) -> SendResult | ClassifiedError:
        """What a trouble means for the whole send: an end for now, or another way."""
        if judged.error_class is ErrorClass.LOST:
            return Unknown(message_ref.ref())
        if judged.error_class is ErrorClass.WAIT:
            return Later(max(0.5, judged.wait))
        if judged.error_class in (ErrorClass.BANNED, ErrorClass.UNAUTHORISED):
            self._stopped_until = self.ports.monotonic() + judged.wait
            log.error("discord_stopped_sending", detail=judged.detail, seconds=judged.wait)
            return Later(judged.wait)
        if judged.error_class in (ErrorClass.FORBIDDEN, ErrorClass.NO_CHANNEL) and route.channel is not None:
            self._closed[route.channel] = (self.ports.monotonic() + CLOSED_FOR, judged)
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
