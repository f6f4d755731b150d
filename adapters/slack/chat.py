"""Slack's ChatPort: one message per subject, posted once, edited afterwards, and looked up if its post's answer was lost.

Routes of a request: the bot's post in the channel or thread, an answer over the command's response_url where the bot isn't a member, a
direct message. Private results never go to a channel. The kit decides when to edit and when to post anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import structlog
from cachetools import FIFOCache

from adapters.kit.editing_chat import EditingChat
from adapters.kit.errors import NO_ROUTE, ClassifiedError, ErrorClass
from adapters.kit.files import AppendLog
from adapters.kit.ttl_cache import TtlCache
from adapters.slack.callers import Caller
from adapters.slack.delivery import NOT_NOW, Delivery, Draft, classified_call
from adapters.slack.errors import classify_error, why_not
from adapters.slack.routes import Handle, MessageRef, Route, RouteKind, new_message_routes, of_reply
from adapters.slack.wire import SlackWire
from bot.chat.port import Message, SendResult, Sent, Unknown
from bot.chat.views import Audience, Tone, View
from bot.domain.requests import Place
from bot.ports import Ports
from bot.texts import language_or_none, text

log = structlog.get_logger()

CACHE_SIZE = 5000
"""Maximum number of cached messages, channels and presses."""
SAID_BEFORE = ClassifiedError(ErrorClass.OVER, "said_before")
"""It may have arrived and can't be looked up, so it isn't repeated there; the member gets it directly."""
UNANSWERED = "unanswered"
LOCALES_LIFE, LOCALE_WITHIN = 3600.0, 4.0
"""Seconds for which a channel's language is kept, and for which its answer is waited for."""


class SlackChat(EditingChat[MessageRef, None, Route]):
    platform = "slack"
    own_clocks: Literal[True] = True
    refs = MessageRef

    def __init__(self, wire: SlackWire, delivery: Delivery, answer_log: AnswerLog, ports: Ports) -> None:
        super().__init__(ports)
        self.wire, self.delivery, self.answer_log = wire, delivery, answer_log
        self.bot_name = "imagine"
        """Name in the invitation; set after `identify`."""
        self.workspace = ""
        """The workspace's URL, for links to messages; set after `identify`."""
        self._why: FIFOCache[str, str] = FIFOCache(CACHE_SIZE)
        """Channel -> error code of its latest rejection."""
        self._interactions: FIFOCache[str, tuple[Caller, float]] = FIFOCache(CACHE_SIZE)
        """Row -> the latest press on its message, and when."""
        self._locales = TtlCache(self.platform, ports, wire.channel_locale, LOCALES_LIFE, classify_error)

    async def language_at(self, place: Place) -> str:
        """See bot.chat.port.StatesLanguage. Slack states a language for each channel."""
        return language_or_none(await self._locales.get(place.channel, LOCALE_WITHIN) or "") or ""

    def pressed_on(self, row: str, caller: Caller) -> None:
        """Record a press on this row's message: it can be used to replace a message that the bot can't reach itself."""
        if caller.url:
            self._interactions[row] = (caller, self.ports.now())

    def _pause_left(self) -> float:
        return self.delivery.stopped_until - self.ports.monotonic()

    async def _online(self) -> bool:
        return self.wire.online

    def _address(self, message: Message) -> str:
        return MessageRef.of(message.ref).address(self.workspace)

    async def _prepare(self, message: Message, view: View) -> None:
        """Nothing: pictures are uploaded when a route is tried, because each place has its own."""

    async def _edit_or_post(self, message: Message, view: View, ref: MessageRef, draft: None) -> SendResult:
        if ref.route == "url":
            return await self._after_url(message, view, ref)
        return await super()._edit_or_post(message, view, ref, draft)

    # ---- a message that is there ---------------------------------------------------------------------------------------------

    async def _edit(self, message: Message, view: View, ref: MessageRef, draft: None) -> SendResult | ClassifiedError:
        here = ref.channel == message.place.channel
        notes = () if here or message.audience is not Audience.CHANNEL else (self._here_instead(message),)
        route = Route(RouteKind.POST, ref.channel, message.place.thread if here else None)
        result = await self.delivery.put(message, view, ref, route, notes)
        if isinstance(result, Unknown):
            self.unanswered.record(message.id, "update", result.detail, files=False)
        return result

    async def _after_refused_edit(self, view: View, ref: MessageRef) -> MessageRef:
        if ref.files and not view.pictures:
            ref = await self._without_files(ref)
            await classified_call(self.wire.delete(ref.channel, ref.ts))
        return ref

    async def _after_replacing(self, ref: MessageRef) -> None:
        if not ref.final:
            # A message that can't be edited may still be deletable; it must not keep waiting beside its answer.
            await classified_call(self.wire.delete(ref.channel, ref.ts))

    def _ref_after_moving(self, message: Message, ref: MessageRef) -> MessageRef:
        return ref.left()

    async def _delete_copy(self, message: Message, copy: str) -> bool:
        channel, _, ts = copy.partition(":")
        classified = await classified_call(self.wire.delete(channel, ts))
        return classified is None or classified.error_class not in NOT_NOW

    # ---- a message that is not there (yet) -----------------------------------------------------------------------------------

    def _routes(self, message: Message, view: View) -> Sequence[Route]:
        return new_message_routes(message, view, _handle(message), self.ports.now())

    async def _try(self, route: Route, message: Message, view: View, ref: MessageRef, draft: None) -> SendResult | ClassifiedError:
        if route.kind in (RouteKind.URL, RouteKind.WORDS):
            result = await self._over_url(message, view, ref, route.kind)
        else:
            result = await self._post(message, view, ref, route)
        if isinstance(result, Unknown):
            self.unanswered.record(message.id, route.kind.value, result.detail, files=False)
            self._why[message.place.channel] = UNANSWERED
        return result

    def _log_refused_route(self, route: Route, message: Message, error: ClassifiedError) -> None:
        if route.kind is RouteKind.POST and self._why.get(route.channel) != error.detail:
            self._why[route.channel] = error.detail
            explained = why_not(error.detail, self.bot_name)
            log.warning("slack_channel_refused", channel=route.channel, code=error.detail, what_to_do=explained)
        log.info("slack_way_closed", route=route.kind.value, message=message.id, channel=route.channel, detail=error.detail)

    async def _post(self, message: Message, view: View, message_ref: MessageRef, route: Route) -> SendResult | ClassifiedError:
        notes: tuple[str, ...] = ()
        if route.kind is RouteKind.DIRECT:
            if message.audience is Audience.CHANNEL:
                notes = (self._here_instead(message),)
            channel = await classified_call(self.wire.direct_channel(route.person))
            if isinstance(channel, ClassifiedError):
                return self.delivery.send_result(channel, message_ref, safe=True)
            route = replace(route, channel=channel)
        found = await self._found(message, message_ref, route)
        if isinstance(found, ClassifiedError):
            return self.delivery.send_result(found, message_ref, safe=True)
        return await self.delivery.put(message, view, found or message_ref, route, notes)

    async def _found(self, message: Message, message_ref: MessageRef, route: Route) -> MessageRef | ClassifiedError | None:
        """Look up a message that may have been posted by a lost call or an earlier process; None if it isn't there."""
        if not (message.maybe_shown or message_ref.lost):
            return None
        handle = _handle(message)
        since = float(message_ref.lost) if message_ref.lost else None if handle is None else handle.at
        found = await classified_call(self.wire.find(route.channel, route.thread, message.id, since))
        if not isinstance(found, ClassifiedError):
            return None if found is None else message_ref.at(route.channel, found)
        if found.error_class in NOT_NOW:
            return found
        # If nothing can be looked up, a duplicate answer is better than none.
        log.warning("slack_cannot_look_for_lost_message", message=message.id, detail=found.detail)
        return None

    # ---- where the bot is no member ------------------------------------------------------------------------------------------

    async def _over_url(self, message: Message, view: View, message_ref: MessageRef, kind: RouteKind) -> SendResult | ClassifiedError:
        """Answer over the command's response_url, with an invitation to add the bot.

        Progress is sent once, to the member only. The final answer is sent once to the request's audience: it can't be edited, looked up or
        deleted.
        """
        handle = _handle(message)
        if handle is None:
            return NO_ROUTE
        public = view.final and message.audience is Audience.CHANNEL
        draft = await self._url_draft(message, view, kind)
        if isinstance(draft, ClassifiedError):
            return self.delivery.send_result(draft, message_ref, safe=True)
        if view.final and not self.answer_log.begin(message.id):
            return SAID_BEFORE
        classified = await classified_call(self.wire.respond(handle.url, draft.body(), public=public))
        if classified is None or (classified.error_class is ErrorClass.LOST and not view.final):
            files = ",".join(one.file for one in draft.shown)
            return Sent(replace(message_ref, route="url", final=view.final, lost="", files=files).ref())
        if classified.error_class is ErrorClass.LOST:
            return SAID_BEFORE
        if view.final:
            self.answer_log.withdraw(message.id)
        return self.delivery.send_result(classified, message_ref, safe=True)

    async def _url_draft(self, message: Message, view: View, kind: RouteKind) -> Draft | ClassifiedError:
        """The draft for a response_url. Ephemeral messages can't show private files, so the text says how to get the picture."""
        if message.audience is Audience.MEMBER:
            return Draft(view, notes=(text("slack.no_direct_picture" if view.pictures else "slack.no_direct"),))
        if not view.final and view.mention is None:
            return Draft(_on_its_way(view, self._why_not(message)))
        invitation = text("slack.stays", why=self._why_not(message))
        if not view.pictures:
            return Draft(view).with_note(invitation)
        if kind is RouteKind.WORDS:
            return Draft(view).with_note(text("slack.picture_needs_me", why=self._why_not(message)))
        draft = await self.delivery.draft(message, view, MessageRef())
        if isinstance(draft, Draft) and draft.unready:
            return ClassifiedError(ErrorClass.FILE_NOT_READY, "not_in_time")
        return draft if isinstance(draft, ClassifiedError) else draft.with_note(invitation)

    async def _after_url(self, message: Message, view: View, message_ref: MessageRef) -> SendResult:
        if not message_ref.final:
            if not view.final:
                return Sent(message_ref.ref())
            # Somebody may have invited the bot meanwhile, so try its own message first.
            return await self._post_anew(message, view, replace(message_ref, route=""), None, NO_ROUTE)
        if message_ref.files and not view.pictures:
            message_ref = await self._without_files(message_ref)
        press, at = self._interactions.get(message.subject.partition(":")[2], (None, 0.0))
        if press is not None and _same_readers(message, press) and Handle("", press.url, at).alive(self.ports.now()):
            public = message.audience is Audience.CHANNEL
            classified = await classified_call(self.wire.respond(press.url, Draft(view).body(), public=public, replace=True))
            if classified is not None:
                log.warning("slack_answer_not_changed", message=message.id, detail=classified.detail)
        return Sent(message_ref.ref())

    def _why_not(self, message: Message) -> str:
        return why_not(self._why.get(message.place.channel, "not_in_channel"), self.bot_name)

    def _here_instead(self, message: Message) -> str:
        return text("slack.here_instead", why=self._why_not(message))

    async def _without_files(self, message_ref: MessageRef) -> MessageRef:
        """Delete removed pictures from Slack even if the message itself can't be changed."""
        await self.delivery.uploads.forget(message_ref.files.split(","))
        return replace(message_ref, files="")


def _on_its_way(view: View, why: str) -> View:
    """Progress that is sent once and never updated, so nothing in it may become untrue."""
    return replace(view, title=text("slack.on_its_way"), text=(text("slack.on_its_way_why", why=why),), facts=(), tone=Tone.NEUTRAL)


def _handle(message: Message) -> Handle | None:
    return of_reply(message.place.reply)


def _same_readers(message: Message, press: Caller) -> bool:
    """Whether the message may replace the one that was pressed: it's in the same place, or only its member sees it."""
    if message.audience is Audience.MEMBER:
        return press.ephemeral
    return not press.ephemeral and (press.in_direct or press.channel == message.place.channel)


KEPT = 1000
"""Number of latest entries kept at start."""


@dataclass(slots=True)
class AnswerLog:
    """Write-ahead log of final answers over a response_url: they can't be looked up, so after a kill they aren't sent there again.

    A small append-only file without fsync: it survives a kill, and a power cut costs one repeated message.
    """

    file: AppendLog
    _begun: dict[str, None] = field(default_factory=dict)
    """Ids of messages with a recorded answer."""

    def load(self) -> None:
        lines = self.file.lines()
        for line in lines:
            if line.startswith("-"):
                self._begun.pop(line[1:], None)
            else:
                self._begun[line] = None
        self._begun = dict.fromkeys(list(self._begun)[-KEPT:])
        if len(lines) > 2 * KEPT:
            self.file.rewrite(self._begun)

    def begin(self, message: str) -> bool:
        """Record that an answer is about to be sent. Returns False if it was recorded before."""
        if message in self._begun:
            return False
        self._begun[message] = None
        self.file.append(message)
        return True

    def withdraw(self, message: str) -> None:
        """Remove the record: the answer definitely wasn't sent."""
        if self._begun.pop(message, "") is None:
            self.file.append(f"-{message}")
