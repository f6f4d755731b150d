"""Slack's ChatPort: one message per subject, posted once, edited from then on, found again when its post's answer was lost.

Ways of a request: a post of the bot in the channel or thread, an answer over the command's response_url where the bot is no member, a
direct message. Private ones never go to a channel. It decides nothing about what is shown, and never widens who can read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import structlog

from adapters.slack.answer_log import AnswerLog
from adapters.slack.callers import Caller
from adapters.slack.delivery import NOT_NOW, Delivery, Draft, judged_call
from adapters.slack.errors import ClassifiedError, ErrorClass
from adapters.slack.handles import Handle, of_reply
from adapters.slack.refusals import why_not
from adapters.slack.routes import MessageRef, Route, RouteKind, first_ways, is_staff
from adapters.slack.wire import SlackWire
from bot.chat.doubts import Doubts
from bot.chat.port import Later, Message, Refused, RefusedWhy, SendResult, Sent, Unknown
from bot.chat.views import Audience, Tone, View
from bot.ports import Ports
from bot.texts import text

log = structlog.get_logger()

REMEMBERED = 5000
"""Messages and presses remembered at once."""
WHY: dict[ErrorClass, RefusedWhy] = {
    ErrorClass.GONE: RefusedWhy.GONE,
    ErrorClass.NO_CHANNEL: RefusedWhy.GONE,
    ErrorClass.NOT_MEMBER: RefusedWhy.FORBIDDEN,
    ErrorClass.FORBIDDEN: RefusedWhy.FORBIDDEN,
    ErrorClass.SCOPE: RefusedWhy.FORBIDDEN,
    ErrorClass.NO_DIRECT: RefusedWhy.FORBIDDEN,
    ErrorClass.OVER: RefusedWhy.EXPIRED,
    ErrorClass.TOO_LONG: RefusedWhy.INVALID,
    ErrorClass.INVALID: RefusedWhy.INVALID,
    ErrorClass.FILE_NOT_READY: RefusedWhy.INVALID,
}
"""Troubles that end a way; the others end the whole send for now."""
NO_WAY = ClassifiedError(ErrorClass.OVER, "no_way_left")
SAID_BEFORE = ClassifiedError(ErrorClass.OVER, "said_before")
"""Whether it arrived is not known and cannot be found out: it is not said there again, and the member gets it directly."""


UNANSWERED = "unanswered"


@dataclass(slots=True)
class SlackChat:
    """Sends one view at a time per message; the core's sender calls it."""

    wire: SlackWire
    delivery: Delivery
    answer_log: AnswerLog
    ports: Ports
    bot_name: str = "imagine"
    """For the invitation; set when Slack has told it."""
    workspace: str = ""
    """Address of the workspace, for links to messages; set when Slack has told it."""
    doubts: Doubts = field(init=False)
    _fresh: dict[str, tuple[str, View]] = field(default_factory=dict)
    """Message -> ts and view of the new message that it became after unanswered edits: no late edit can overwrite that."""
    _why: dict[str, str] = field(default_factory=dict)
    """Channel -> error code with which it refused us last."""
    _interactions: dict[str, tuple[Caller, float]] = field(default_factory=dict)
    """Row -> the newest press on its message, and when."""

    def __post_init__(self) -> None:
        self.doubts = Doubts(self.ports.monotonic)

    async def send(self, message: Message, view: View) -> SendResult:
        wait = self.delivery.stopped_until - self.ports.monotonic()
        if wait > 0:
            return Later(wait)
        if not self.wire.online:
            return Later(3.0)
        if view.about is not None and message.about is not None:
            view = replace(view, about=replace(view.about, link=MessageRef.of(message.about.ref).address(self.workspace)))
        message_ref = MessageRef.of(message.ref)
        if message_ref.gone and (_done(view) if is_staff(message) else message_ref.final or not view.final):
            return Sent(message_ref.ref())
        before = self.doubts.count(message.id)
        if message_ref.ts and self._fresh.get(message.id) == (message_ref.ts, view):
            return await self._mended(message, message_ref, before)
        result = await self._shown(message, view, message_ref)
        return await self._mended(message, MessageRef.of(result.ref), before) if isinstance(result, Sent) else result

    async def _shown(self, message: Message, view: View, message_ref: MessageRef) -> SendResult:
        """Where it stands already, or anew."""
        if message_ref.route == "url":
            return await self._after_url(message, view, message_ref)
        routes = first_ways(message, view, _handle(message), self.ports.now())
        if not message_ref.route:
            return await self._posted(message, view, message_ref, routes, NO_WAY)
        edited = await self._edited(message, view, message_ref)
        if isinstance(edited, Unknown):
            self.doubts.unanswered(message.id, "update", edited.detail, files=False)
            if not self.doubts.may_move(message, view):
                return edited
            log.warning("slack_message_moves", message=message.id, detail=edited.detail)
            self.doubts.moved(message.id)
            return await self._posted(message, view, message_ref.left(), routes, NO_WAY)
        if not isinstance(edited, ClassifiedError):
            return edited
        result = await self._posted(message, view, message_ref.anew(), routes, edited)
        if isinstance(result, Sent) and not message_ref.final:
            # What cannot be edited may still be deleted: it must not go on waiting beside its answer.
            await judged_call(self.wire.delete(message_ref.channel, message_ref.ts))
        return result

    def pressed_on(self, row: str, caller: Caller) -> None:
        """Somebody pressed a button of this row's message: that press can replace a message which the bot cannot reach itself."""
        if caller.url:
            self._interactions[row] = (caller, self.ports.now())
            if len(self._interactions) > REMEMBERED:
                self._interactions.pop(next(iter(self._interactions)))

    # ---- a message that is there ---------------------------------------------------------------------------------------------

    async def _edited(self, message: Message, view: View, message_ref: MessageRef) -> SendResult | ClassifiedError:
        """Edit it where it is; a ClassifiedError means that it must be shown somewhere else."""
        thread = message.place.thread if message_ref.channel == message.place.channel else None
        notes = (
            (self._here_instead(message),) if message.audience is Audience.CHANNEL and message_ref.channel != message.place.channel else ()
        )
        result = await self.delivery.put(message, view, message_ref, Route(RouteKind.POST, message_ref.channel, thread), notes)
        if not isinstance(result, ClassifiedError):
            return result
        if message_ref.files and not view.pictures:
            message_ref = await self._without_files(message_ref)
            await judged_call(self.wire.delete(message_ref.channel, message_ref.ts))
        staff = is_staff(message)
        if result.error_class in (ErrorClass.GONE, ErrorClass.NO_CHANNEL):
            if _done(view) if staff else message_ref.final:
                return Sent(
                    replace(message_ref.anew(gone=True), final=True).ref()
                )  # removed after it had been said to the end: stays removed
            if not staff and not view.final and result.error_class is ErrorClass.GONE:
                return Sent(message_ref.anew(gone=True).ref())  # the answer is still owed and will be a new message
        if view.amends and message_ref.final:
            return Sent(message_ref.ref())  # what it adds to is out of reach, and was said to the end
        if not staff and not view.final:
            return Later(15.0, progress=True)  # progress alone is not worth a new message
        return result

    # ---- a message that is not there (yet) -----------------------------------------------------------------------------------

    async def _posted(
        self, message: Message, view: View, message_ref: MessageRef, routes: list[Route], last: ClassifiedError
    ) -> SendResult:
        """Down the ways until one takes it. Past one that is not answered only when somebody has waited long enough."""
        unknown: Unknown | None = None
        for route in routes:
            if route.kind in (RouteKind.URL, RouteKind.WORDS):
                result = await self._over_url(message, view, message_ref, route.kind)
            else:
                result = await self._post(message, view, message_ref, route)
            if isinstance(result, Unknown):
                self.doubts.unanswered(message.id, route.kind.value, result.detail, files=False)
                self._why[message.place.channel] = UNANSWERED
                unknown = result
                if not self.doubts.may_move(message, view):
                    return result
                continue
            if isinstance(result, Sent) and self.doubts.of(message.id) is not None:
                self._remember(message.id, MessageRef.of(result.ref).ts, view)
            if not isinstance(result, ClassifiedError):
                return result
            last = result
            if route.kind is RouteKind.POST:
                self._refused(route.channel, last)
            log.info("slack_way_closed", route=route.kind.value, message=message.id, channel=route.channel, detail=last.detail)
        if unknown is not None:
            return unknown
        return Refused(WHY.get(last.error_class, RefusedWhy.EXPIRED), last.detail)

    def _remember(self, message: str, ts: str, view: View) -> None:
        self._fresh[message] = (ts, view)
        if len(self._fresh) > REMEMBERED:
            del self._fresh[next(iter(self._fresh))]

    async def _mended(self, message: Message, message_ref: MessageRef, before: int) -> Sent:
        """Shown. Older copies whose edits were not answered are taken away: they must not go on saying what is over."""
        left = []
        for copy in message_ref.stale:
            channel, _, ts = copy.partition(":")
            judged = await judged_call(self.wire.delete(channel, ts))
            if judged is not None and judged.error_class in NOT_NOW:
                left.append(copy)
        message_ref = replace(message_ref, stale=tuple(left))
        doubt = self.doubts.of(message.id)
        if doubt is None:
            return Sent(message_ref.ref())
        if not left:
            self.doubts.over(message.id)
        return Sent(message_ref.ref(), doubt.detail if left or doubt.count > before else "")

    async def _post(self, message: Message, view: View, message_ref: MessageRef, route: Route) -> SendResult | ClassifiedError:
        notes: tuple[str, ...] = ()
        if route.kind is RouteKind.DIRECT:
            if message.audience is Audience.CHANNEL:
                notes = (self._here_instead(message),)
            channel = await judged_call(self.wire.direct_channel(route.person))
            if isinstance(channel, ClassifiedError):
                return self.delivery.final_word(channel, message_ref, safe=True)
            route = replace(route, channel=channel)
        found = await self._found(message, message_ref, route)
        if isinstance(found, ClassifiedError):
            return self.delivery.final_word(found, message_ref, safe=True)
        return await self.delivery.put(message, view, found or message_ref, route, notes)

    async def _found(self, message: Message, message_ref: MessageRef, route: Route) -> MessageRef | ClassifiedError | None:
        """The message where a lost post, or a process that died, may have left it; None when it is not there."""
        if not (message.maybe_shown or message_ref.lost):
            return None
        handle = _handle(message)
        since = float(message_ref.lost) if message_ref.lost else None if handle is None else handle.at
        found = await judged_call(self.wire.find(route.channel, route.thread, message.id, since))
        if not isinstance(found, ClassifiedError):
            return None if found is None else message_ref.at(route.channel, found)
        if found.error_class in NOT_NOW:
            return found
        # Where nothing can be looked up, an answer that may be there twice is better than none.
        log.warning("slack_cannot_look_for_lost_message", message=message.id, detail=found.detail)
        return None

    # ---- where the bot is no member ------------------------------------------------------------------------------------------

    async def _over_url(self, message: Message, view: View, message_ref: MessageRef, kind: RouteKind) -> SendResult | ClassifiedError:
        """An answer over the command's response_url, with the invitation to add the bot. Progress is said once and to the member alone; the
        answer to the audience of the request, once: it cannot be edited, looked up or taken back."""
        handle = _handle(message)
        if handle is None:
            return NO_WAY
        public = view.final and message.audience is Audience.CHANNEL
        draft = await self._url_draft(message, view, kind)
        if isinstance(draft, ClassifiedError):
            return self.delivery.final_word(draft, message_ref, safe=True)
        if view.final and not self.answer_log.begin(message.id):
            return SAID_BEFORE
        judged = await judged_call(self.wire.respond(handle.url, draft.body(""), public=public))
        if judged is None or (judged.error_class is ErrorClass.LOST and not view.final):
            files = ",".join(one.file for one in draft.shown)
            return Sent(replace(message_ref, route="url", final=view.final, lost="", files=files).ref())
        if judged.error_class is ErrorClass.LOST:
            return SAID_BEFORE
        if view.final:
            self.answer_log.withdraw(message.id)
        return self.delivery.final_word(judged, message_ref, safe=True)

    async def _url_draft(self, message: Message, view: View, kind: RouteKind) -> Draft | ClassifiedError:
        """What is said over a response_url. Ephemeral messages show no private files, and words alone name the way to the picture."""
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
        """What comes after an answer over a response_url."""
        if not message_ref.final:
            if not view.final:
                return Sent(message_ref.ref())
            # Somebody may have invited the bot meanwhile, so its own message is tried first.
            routes = first_ways(message, view, _handle(message), self.ports.now())
            return await self._posted(message, view, replace(message_ref, route=""), routes, NO_WAY)
        if message_ref.files and not view.pictures:
            message_ref = await self._without_files(message_ref)
        press, at = self._interactions.get(message.subject.partition(":")[2], (None, 0.0))
        if press is not None and _same_readers(message, press) and Handle("", press.url, at).alive(self.ports.now()):
            public = message.audience is Audience.CHANNEL
            judged = await judged_call(self.wire.respond(press.url, Draft(view).body(""), public=public, replace=True))
            if judged is not None:
                log.warning("slack_answer_not_changed", message=message.id, detail=judged.detail)
        return Sent(message_ref.ref())

    def _refused(self, channel: str, error: ClassifiedError) -> None:
        """Remember why a channel took nothing, and log it once in words."""
        if self._why.get(channel) != error.detail:
            self._why.pop(channel, None)
            self._why[channel] = error.detail
            if len(self._why) > REMEMBERED:
                del self._why[next(iter(self._why))]
            log.warning("slack_channel_refused", channel=channel, code=error.detail, what_to_do=why_not(error.detail, self.bot_name))

    def _why_not(self, message: Message) -> str:
        return why_not(self._why.get(message.place.channel, "not_in_channel"), self.bot_name)

    def _here_instead(self, message: Message) -> str:
        return text("slack.here_instead", why=self._why_not(message))

    async def _without_files(self, message_ref: MessageRef) -> MessageRef:
        """Pictures that were deleted go from Slack also where the message itself cannot be changed."""
        await self.delivery.uploads.forget(message_ref.files.split(","))
        return replace(message_ref, files="")


def _on_its_way(view: View, why: str) -> View:
    """Progress that is said once and never changed: nothing in it may become untrue."""
    return replace(view, title=text("slack.on_its_way"), text=(text("slack.on_its_way_why", why=why),), facts=(), tone=Tone.NEUTRAL)


def _handle(message: Message) -> Handle | None:
    return of_reply(message.place.reply)


def _same_readers(message: Message, press: Caller) -> bool:
    """Whether what was pressed may be replaced by the message: it stands where the message does, or its member sees it alone."""
    if message.audience is Audience.MEMBER:
        return press.ephemeral
    return not press.ephemeral and (press.in_direct or press.channel == message.place.channel)


def _done(view: View) -> bool:
    """Whether nobody has to do anything about a moderators' or operators' message any more: a deleted one stays deleted then."""
    return view.tone in (Tone.NEUTRAL, Tone.DONE)
