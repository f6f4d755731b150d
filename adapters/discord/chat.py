"""Discord's ChatPort: picks the route for each view, from the interaction's own answer down to a direct message.

Routes of a request: `@original` while the token is valid, the same message through the bot, a channel post with its own nonce, an answer
with the token, a direct message. Private results never go to a channel. The kit decides when to edit and when to post anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import structlog
from cachetools import FIFOCache, TTLCache

from adapters.discord.answers import Placeholders
from adapters.discord.errors import classify_error
from adapters.discord.handles import Draft, Handle, MessageRef, of_reply
from adapters.discord.image_fitting import ImageFitting
from adapters.discord.routes import Route, address, edit_routes, new_message_routes
from adapters.discord.wire import DiscordWire, few_repeats
from adapters.kit.editing_chat import EditingChat, is_staff
from adapters.kit.errors import NO_ROUTE, ClassifiedError, ErrorClass, outcome
from bot.chat.port import Later, Message, Refused, SendResult, Sent, Unknown
from bot.chat.views import View
from bot.domain.requests import Place
from bot.ports import Ports
from bot.texts import language_or_none, text

log = structlog.get_logger()

CLOSED_FOR = 60.0
"""Seconds until a channel that rejected the bot is tried again; a permission change ends the wait earlier."""
WITHOUT_PICTURES, WITH_PICTURES = 15.0, 25.0
"""Seconds for one route."""
ALL_ROUTES, LEAST = 50.0, 3.0
"""Seconds for all routes of a send, and the minimum for starting another route; the core gives up after sixty."""
TIDY_WITHIN = 5.0
"""Seconds to delete an older copy."""
SMALLEST = 25_000
"""Bytes. If a file isn't accepted at this size, it's not accepted at all."""
CACHE_SIZE = 5000
"""Maximum number of channels and messages to cache."""


class DiscordChat(EditingChat[MessageRef, Draft, Route]):
    platform = "discord"
    own_clocks: Literal[True] = True
    refs = MessageRef

    def __init__(self, wire: DiscordWire, ports: Ports, placeholders: Placeholders, fitting: ImageFitting) -> None:
        super().__init__(ports)
        self.wire, self.placeholders, self.fitting = wire, placeholders, fitting
        self._stopped_until = 0.0
        self._closed_channels: TTLCache[int, ClassifiedError] = TTLCache(CACHE_SIZE, CLOSED_FOR, timer=ports.monotonic)
        """Channel that rejected the bot -> why."""
        self.refused_messages: FIFOCache[str, int] = FIFOCache(CACHE_SIZE)
        """Moderators' and operators' messages rejected by a channel: message id -> channel."""
        self._sizes: FIFOCache[int, int] = FIFOCache(CACHE_SIZE)
        """Channel -> file size that Discord rejected there; larger files aren't tried again by this process."""

    async def language_at(self, place: Place) -> str:
        """See bot.chat.port.StatesLanguage. Discord states a language for each server."""
        return language_or_none(self.wire.server_locale(int(place.community)) if place.community.isdigit() else "") or ""

    def reopen(self, channel: int | None = None) -> list[str]:
        """Permissions changed: open the channel again. Returns rejected messages that should be sent now."""
        if channel is None:
            self._closed_channels.clear()
        else:
            self._closed_channels.pop(channel, None)
        waiting = [one for one, where in self.refused_messages.items() if channel in (None, where)]
        for one in waiting:
            del self.refused_messages[one]
        return waiting

    def _pause_left(self) -> float:
        return self._stopped_until - self.ports.monotonic()

    async def _online(self) -> bool:
        return await self.wire.online()

    def _address(self, message: Message) -> str:
        return address(message, _handle(message))

    async def _prepare(self, message: Message, view: View) -> Draft:
        until = self.ports.monotonic() + ALL_ROUTES
        pictures, notes = await self.fitting.load(view.pictures)
        draft = Draft(view, pictures, tuple(notes), until=until)
        return _bare(draft) if pictures and self.unanswered.without_files(message.id) else draft

    async def _edit_or_post(self, message: Message, view: View, ref: MessageRef, draft: Draft) -> SendResult:
        result = await super()._edit_or_post(message, view, ref, draft)
        if isinstance(result, Unknown) and draft.pictures and self.unanswered.may_move(message, view):
            # No route accepts the files: send the text alone, with a note on where to find the picture.
            alone = await super()._edit_or_post(message, view, ref, _bare(draft))
            return result if isinstance(alone, Refused) else alone
        return result

    async def _edit(self, message: Message, view: View, ref: MessageRef, draft: Draft) -> SendResult | ClassifiedError:
        last, lost = NO_ROUTE, None
        for route in edit_routes(message, view, ref, _handle(message), self.ports.now()):
            result = await self._fitted(route, message, ref, draft)
            if not isinstance(result, ClassifiedError):
                return result
            last = result
            lost = last if last.error_class is ErrorClass.LOST else lost
        # One unanswered route matters more than another route's rejection.
        return last if lost is None else Unknown(ref.ref(), lost.detail)

    def _ref_after_moving(self, message: Message, ref: MessageRef) -> MessageRef:
        return ref.left(_handle(message))

    async def _delete_copy(self, message: Message, copy: str) -> bool:
        route, channel, identity = copy.split("/")
        handle = _handle(message)
        if route != "post" and handle is not None and handle.alive(self.ports.now()):
            call = self.wire.delete_answer(handle, "@original" if route == "original" else identity)
        elif channel.isdigit() and identity.isdigit():
            call = self.wire.delete_as_bot(int(channel), int(identity))
        else:
            return True
        with few_repeats():
            classified = await outcome(call, TIDY_WITHIN, classify_error)
        return classified is None or classified.error_class not in (ErrorClass.LOST, ErrorClass.WAIT)

    # ---- routes --------------------------------------------------------------------------------------------------------------

    def _routes(self, message: Message, view: View) -> Sequence[Route]:
        return new_message_routes(message, view, _handle(message), self.ports.now(), self._closed_channels.__contains__)

    async def _try(self, route: Route, message: Message, view: View, ref: MessageRef, draft: Draft) -> SendResult | ClassifiedError | None:
        if route.home and not self._take_home(message, ref):
            return None
        lost = self.unanswered.of(message.id)
        if route.once and lost is not None and route.name in lost.routes:
            return None  # no nonce: each retry could post another message
        result = await self._fitted(route, message, ref, draft)
        if isinstance(result, Sent):
            self.refused_messages.pop(message.id, None)
        return result

    def _skip_route(self, route: Route, message: Message, ref: MessageRef) -> MessageRef:
        return ref.left(_handle(message)) if route.home else ref

    def _remember(self, route: Route, message: Message, ref: MessageRef, view: View) -> None:
        if not route.home:
            super()._remember(route, message, ref, view)

    def _log_refused_route(self, route: Route, message: Message, error: ClassifiedError) -> None:
        log.warning("discord_way_closed", route=route.name, message=message.id, channel=message.place.channel, detail=error.detail)

    def _refusal(self, message: Message, last: ClassifiedError) -> Refused:
        channel = int(message.place.channel) if message.place.channel.isdigit() else 0
        if is_staff(message):
            self.refused_messages[message.id] = channel
        return super()._refusal(message, self._closed_channels.get(channel, last))

    def _take_home(self, message: Message, ref: MessageRef) -> bool:
        handle = _handle(message)
        return handle is not None and ref.posts == 0 and self.placeholders.claim(handle.interaction, message.id)

    # ---- one route -----------------------------------------------------------------------------------------------------------

    async def _fitted(self, route: Route, message: Message, ref: MessageRef, draft: Draft) -> SendResult | ClassifiedError:
        """Fit the message to the route: smaller pictures or neutral words if Discord asks for that."""
        place = route.channel or (route.handle.channel if route.handle is not None else ref.channel)
        limit = min(route.limit, self._sizes.get(place, route.limit))
        draft = replace(draft, pictures=await self.fitting.fit(draft.pictures, limit), mention=route.mention)
        for _ in range(12):
            classified = await self._call(route, message, ref, draft)
            if not isinstance(classified, ClassifiedError):
                return classified
            if classified.error_class is ErrorClass.TOO_LARGE and draft.pictures:
                draft = await self._smaller(draft)
                self._sizes[place] = max((len(one.content) for one in draft.pictures), default=SMALLEST)
            elif classified.error_class is ErrorClass.FILTERED and not draft.neutral:
                draft = _neutral(draft)
            else:
                return self._send_result(classified, route)
        return classified

    async def _call(self, route: Route, message: Message, ref: MessageRef, draft: Draft) -> Sent | ClassifiedError:
        left = draft.until - self.ports.monotonic()
        if left < LEAST:
            return ClassifiedError(ErrorClass.LOST, "no_time_left")
        limit = min(WITH_PICTURES if draft.pictures else WITHOUT_PICTURES, left)
        if route.handle is not None:
            limit = max(1.0, min(limit, route.handle.expires - self.ports.now()))
        with few_repeats():
            found = await outcome(route.run(self.wire, message, ref, draft), limit, classify_error)
        if not isinstance(found, ClassifiedError):
            return Sent(replace(found, final=ref.final or draft.view.final, bare=draft.bare).ref())
        if found.error_class is ErrorClass.LOST:
            self.unanswered.record(message.id, route.name, found.detail, files=bool(draft.pictures))
        return found

    def _send_result(self, classified: ClassifiedError, route: Route) -> Later | ClassifiedError:
        """What an error means for the send: stop for now, or try another route."""
        if classified.error_class is ErrorClass.WAIT:
            return Later(max(0.5, classified.wait))
        if classified.error_class in (ErrorClass.BANNED, ErrorClass.UNAUTHORISED):
            self._stopped_until = self.ports.monotonic() + classified.wait
            log.error("discord_stopped_sending", detail=classified.detail, seconds=classified.wait)
            return Later(classified.wait)
        if classified.error_class in (ErrorClass.FORBIDDEN, ErrorClass.NO_CHANNEL) and route.channel is not None:
            self._closed_channels[route.channel] = classified
        return classified

    async def _smaller(self, draft: Draft) -> Draft:
        smaller = await self.fitting.smaller(draft.pictures)
        if smaller is None:
            return replace(draft, pictures=[], notes=(*draft.notes, text("discord.picture_too_large")))
        return replace(draft, pictures=smaller)


def _handle(message: Message) -> Handle | None:
    return of_reply(message.place.reply)


def _bare(draft: Draft) -> Draft:
    """The draft without pictures, whose upload isn't answered."""
    return replace(draft, pictures=[], notes=(*draft.notes, text("discord.picture_not_taken")), bare=True)


def _neutral(draft: Draft) -> Draft:
    """The draft without text that a server's filter may block; state line, pictures and buttons stay."""
    view = replace(draft.view, quote="", text=(text("discord.filtered"),), facts=(), about=None)
    return replace(draft, view=view, pictures=[replace(one, alt="") for one in draft.pictures], notes=(), neutral=True)
