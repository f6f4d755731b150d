"""Discord's ChatPort: finds the way by which a view can be shown, from the interaction's own answer down to a direct message.

Ways of a request: `@original` while the token lives, the same message as the bot, a channel post with its own nonce, an answer with the
token, a direct message. Private ones never go to a channel. It decides nothing about what is shown, and never widens who can read it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace

import structlog

from adapters.discord.errors import ClassifiedError, ErrorClass, classify_error
from adapters.discord.handles import Handle, of_reply
from adapters.discord.image_fitting import ImageFitting
from adapters.discord.placeholders import Placeholders
from adapters.discord.routes import Draft, MessageRef, Route, Wire, address, first_ways, same_way
from adapters.discord.wire import few_repeats
from bot.chat.doubts import REMEMBERED, Doubts
from bot.chat.port import Later, Message, Refused, RefusedWhy, SendResult, Sent, Unknown
from bot.chat.views import Audience, Tone, View
from bot.ports import Ports
from bot.texts import text

log = structlog.get_logger()

CLOSED_FOR = 60.0
"""Seconds for which a channel that refused us is not tried again; a change of its permissions ends it earlier."""
WITHOUT_PICTURES, WITH_PICTURES = 15.0, 25.0
"""Seconds that one way may take."""
ALL_WAYS, LEAST = 50.0, 3.0
"""Seconds that one send may take, and that a further way must have left; the core gives up after sixty."""
TIDY_WITHIN = 5.0
"""Seconds to take an older copy away."""
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
NO_WAY = ClassifiedError(ErrorClass.TOKEN_OVER, "no_way_left")
SMALLEST = 25_000
"""Bytes; what is not taken even so small is not taken at all."""


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
    _sizes: dict[int, int] = field(default_factory=dict)
    """Channel -> bytes per file above which Discord refused one there: not tried again by this process."""
    _fresh: dict[str, tuple[str, View]] = field(default_factory=dict)
    """Message -> the new message and view that it became after unanswered edits: no late edit can overwrite that."""
    doubts: Doubts = field(init=False)

    def __post_init__(self) -> None:
        self.doubts = Doubts(self.ports.monotonic)

    async def send(self, message: Message, view: View) -> SendResult:
        wait = self._stopped_until - self.ports.monotonic()
        if wait > 0:
            return Later(wait)
        if not await self.wire.online():
            return Later(3.0)
        view = _linked(message, view)
        message_ref = MessageRef.of(message.ref)
        if message_ref.gone and (_done(view) if _staff(message) else message_ref.final or not view.final):
            return Sent(message_ref.ref())
        before = self.doubts.count(message.id)
        if message_ref.known and not message_ref.bare and self._fresh.get(message.id) == (message_ref.message, view):
            return self._mended(message, await self._tidied(message, message_ref), before)
        until = self.ports.monotonic() + ALL_WAYS
        pictures, notes = await self.fitting.load(view.pictures)
        draft = Draft(view, pictures, tuple(notes))
        if pictures and self.doubts.without_files(message.id):
            draft = _bare(draft)
        result = await self._shown(message, view, message_ref, draft, until)
        if isinstance(result, Unknown) and draft.pictures and self.doubts.may_move(message, view):
            # Nothing takes it with its files: the words come alone, and say where the picture is.
            alone = await self._shown(message, view, message_ref, _bare(draft), until)
            result = result if isinstance(alone, Refused) else alone
        if not isinstance(result, Sent):
            return result
        return self._mended(message, await self._tidied(message, MessageRef.of(result.ref)), before)

    async def _shown(self, message: Message, view: View, message_ref: MessageRef, draft: Draft, until: float) -> SendResult:
        """Where it stands already, or anew."""
        last = NO_WAY
        if message_ref.known:
            result = await self._edit_known(message, view, message_ref, draft, until)
            if not isinstance(result, ClassifiedError):
                return result
            if result.error_class is ErrorClass.LOST:
                if not self.doubts.may_move(message, view):
                    return Unknown(message_ref.ref(), result.detail)
                log.warning("discord_message_moves", message=message.id, detail=result.detail)
                self.doubts.moved(message.id)
                message_ref = message_ref.left(self._handle(message))
            else:
                message_ref = message_ref.anew()
            last = result
        return await self._go(message, view, message_ref, draft, last, until)

    async def _tidied(self, message: Message, message_ref: MessageRef) -> MessageRef:
        """Take away older copies whose edits were not answered: they must not go on saying what is over."""
        left: list[str] = []
        handle = self._handle(message)
        for copy in message_ref.stale:
            route, channel, identity = copy.split("/")
            if route != "post" and handle is not None and handle.alive(self.ports.now()):
                call = self.wire.delete_answer(handle, "@original" if route == "original" else identity)
            elif channel.isdigit() and identity.isdigit():
                call = self.wire.delete_as_bot(int(channel), int(identity))
            else:
                continue
            judged = await self._answered(call, TIDY_WITHIN)
            if judged is not None and judged.error_class in (ErrorClass.LOST, ErrorClass.WAIT):
                left.append(copy)
        return replace(message_ref, stale=tuple(left))

    def _mended(self, message: Message, message_ref: MessageRef, before: int) -> Sent:
        """Shown; with what is left to mend, if anything."""
        doubt = self.doubts.of(message.id)
        if doubt is None:
            return Sent(message_ref.ref())
        left = bool(message_ref.stale) or message_ref.bare
        if not left:
            self.doubts.over(message.id)
        return Sent(message_ref.ref(), doubt.detail if left or doubt.count > before else "")

    async def _answered(self, call: Awaitable[object], within: float) -> ClassifiedError | None:
        """None when it worked."""
        try:
            async with asyncio.timeout(within):
                with few_repeats():
                    await call
        except Exception as error:
            if (judged := classify_error(error)) is None:
                raise
            return judged
        return None

    async def _edit_known(
        self, message: Message, view: View, message_ref: MessageRef, draft: Draft, until: float
    ) -> SendResult | ClassifiedError:
        """Edit the message where it is; a ClassifiedError means that it must be shown somewhere else, or is not known to be shown."""
        judged, lost = NO_WAY, None
        for route in same_way(message, view, message_ref, self._handle(message), self.ports.now()):
            result = await self._try(route, message, message_ref, draft, until)
            if not isinstance(result, ClassifiedError):
                return result
            judged = result
            lost = judged if judged.error_class is ErrorClass.LOST else lost
        if lost is not None:
            return lost  # that one way was not answered weighs more than what the other one refused
        staff = _staff(message)
        if judged.error_class in (ErrorClass.GONE, ErrorClass.NO_CHANNEL) and (_done(view) if staff else message_ref.final):
            # somebody removed what had been said to the end: it stays removed
            return Sent(replace(message_ref.anew(gone=True), final=True).ref())
        if staff:
            return judged
        if view.amends and message_ref.final:
            return Sent(message_ref.ref())  # what it adds to is out of reach, and was said to the end
        if judged.error_class is ErrorClass.GONE and not view.final:
            return Sent(message_ref.anew(gone=True).ref())  # the answer is still owed and will be a new message
        if not view.final:
            return Later(15.0, progress=True)  # progress alone is not worth a new message
        return judged

    async def _go(
        self, message: Message, view: View, message_ref: MessageRef, draft: Draft, last: ClassifiedError, until: float
    ) -> SendResult:
        """Down the ways until one takes it. Past one that is not answered only when somebody has waited long enough."""
        lost: ClassifiedError | None = None
        moved = message_ref
        for route in first_ways(message, view, self._handle(message), self.ports.now(), self._is_closed):
            if route.home and not self._take_home(message, message_ref):
                continue
            doubt = self.doubts.of(message.id)
            if route.once and doubt is not None and route.name in doubt.routes:
                continue  # it has no nonce: each repeat might be one message more
            result = await self._try(route, message, moved, draft, until)
            if isinstance(result, Sent):
                self.refused_messages.pop(message.id, None)
                if self.doubts.of(message.id) is not None and not route.home:
                    self._remember(message.id, MessageRef.of(result.ref).message, view)
                return result
            if not isinstance(result, ClassifiedError):
                return result
            last = result
            if result.error_class is ErrorClass.LOST:
                lost = result
                if not self.doubts.may_move(message, view):
                    return Unknown(message_ref.ref(), result.detail)
                if route.home:
                    moved = message_ref.left(self._handle(message))
                continue
            log.warning("discord_way_closed", route=route.name, message=message.id, channel=message.place.channel, detail=last.detail)
        if lost is not None:
            return Unknown(message_ref.ref(), lost.detail)
        channel = int(message.place.channel) if message.place.channel.isdigit() else 0
        if self._is_closed(channel):
            last = self._closed[channel][1]
        if _staff(message):
            self.refused_messages[message.id] = channel
        return Refused(WHY.get(last.error_class, RefusedWhy.EXPIRED), last.detail)

    def _take_home(self, message: Message, message_ref: MessageRef) -> bool:
        handle = self._handle(message)
        return handle is not None and message_ref.posts == 0 and self.placeholders.claim(handle.interaction, message.id)

    def _remember(self, message: str, identity: str, view: View) -> None:
        self._fresh[message] = (identity, view)
        if len(self._fresh) > REMEMBERED:
            del self._fresh[next(iter(self._fresh))]

    async def _try(
        self, route: Route, message: Message, message_ref: MessageRef, draft: Draft, until: float
    ) -> SendResult | ClassifiedError:
        """One way, with smaller pictures or neutral words where Discord asks for that."""
        place = route.channel or (route.handle.channel if route.handle is not None else message_ref.channel)
        limit = min(route.limit, self._sizes.get(place, route.limit))
        draft = replace(draft, pictures=await self.fitting.fit(draft.pictures, limit), mention=route.mention)
        for _ in range(12):
            judged = await self._call(route, message, message_ref, draft, until)
            if not isinstance(judged, ClassifiedError):
                return judged
            if judged.error_class is ErrorClass.TOO_LARGE and draft.pictures:
                draft = await self._smaller(draft)
                self._sizes[place] = max((len(one.content) for one in draft.pictures), default=SMALLEST)
            elif judged.error_class is ErrorClass.FILTERED and not draft.neutral:
                draft = _neutral(draft)
            else:
                return self._final_word(judged, route, message_ref)
        return judged

    async def _call(
        self, route: Route, message: Message, message_ref: MessageRef, draft: Draft, until: float
    ) -> SendResult | ClassifiedError:
        left = until - self.ports.monotonic()
        if left < LEAST:
            return ClassifiedError(ErrorClass.LOST, "no_time_left")
        limit = min(WITH_PICTURES if draft.pictures else WITHOUT_PICTURES, left)
        if route.handle is not None:
            limit = max(1.0, min(limit, route.handle.expires - self.ports.now()))
        try:
            async with asyncio.timeout(limit):
                with few_repeats():
                    found = await route.run(self.wire, message, message_ref, draft)
        except Exception as error:
            judged = classify_error(error)
            if judged is None:
                raise
            if judged.error_class is ErrorClass.LOST:
                self.doubts.unanswered(message.id, route.name, judged.detail, files=bool(draft.pictures))
            return judged
        return Sent(replace(found, final=message_ref.final or draft.view.final, bare=draft.bare).ref())

    def _final_word(self, judged: ClassifiedError, route: Route, message_ref: MessageRef) -> SendResult | ClassifiedError:
        """What a trouble means for the whole send: an end for now, or another way."""
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


def _linked(message: Message, view: View) -> View:
    """With the way to what the message answers."""
    if view.about is None or message.about is None:
        return view
    return replace(view, about=replace(view.about, link=address(message.about, of_reply(message.about.place.reply))))


def _staff(message: Message) -> bool:
    return message.audience in (Audience.MODERATORS, Audience.OPERATORS)


def _done(view: View) -> bool:
    """Whether nobody has to do anything about a moderators' or operators' message any more: a deleted one stays deleted then."""
    return view.tone in (Tone.NEUTRAL, Tone.DONE)


def _bare(draft: Draft) -> Draft:
    """Without its pictures, whose upload is not answered."""
    return replace(draft, pictures=[], notes=(*draft.notes, text("discord.picture_not_taken")), bare=True)


def _neutral(draft: Draft) -> Draft:
    """Without the words that a server's filter may dislike; the state line, pictures and buttons stay."""
    view = replace(draft.view, quote="", text=(text("discord.filtered"),), facts=(), about=None)
    return replace(draft, view=view, pictures=[replace(one, alt="") for one in draft.pictures], notes=(), neutral=True)
