"""Slack's ChatPort: one message per subject, posted once, edited from then on, found again when its post's answer was lost.

Ways of a request: a post of the bot in the channel or thread, an answer over the command's response_url where the bot is no member, a
direct message. Private ones never go to a channel. It decides nothing about what is shown, and never widens who can read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import structlog

from adapters.slack.callers import Caller
from adapters.slack.delivery import NOT_NOW, Delivery, Draft, judged_call
from adapters.slack.handles import Handle, of_reply
from adapters.slack.journal import Journal
from adapters.slack.troubles import Judged, Trouble
from adapters.slack.ways import Kind, Spot, Way, first_ways, is_staff
from adapters.slack.wire import SlackWire
from bot.chat.port import Later, Message, Refused, RefusedWhy, SendResult, Sent
from bot.chat.views import Audience, Tone, View
from bot.ports import Ports
from bot.texts import text

log = structlog.get_logger()

REMEMBERED = 5000
"""Messages and presses remembered at once."""
WHY: dict[Trouble, RefusedWhy] = {
    Trouble.GONE: RefusedWhy.GONE,
    Trouble.NO_CHANNEL: RefusedWhy.GONE,
    Trouble.NOT_MEMBER: RefusedWhy.FORBIDDEN,
    Trouble.FORBIDDEN: RefusedWhy.FORBIDDEN,
    Trouble.SCOPE: RefusedWhy.FORBIDDEN,
    Trouble.NO_DIRECT: RefusedWhy.FORBIDDEN,
    Trouble.OVER: RefusedWhy.EXPIRED,
    Trouble.TOO_LONG: RefusedWhy.INVALID,
    Trouble.INVALID: RefusedWhy.INVALID,
    Trouble.FILE_NOT_READY: RefusedWhy.INVALID,
}
"""Troubles that end a way; the others end the whole send for now."""
NO_WAY = Judged(Trouble.OVER, "no_way_left")
SAID_BEFORE = Judged(Trouble.OVER, "said_before")
"""Whether it arrived is not known and cannot be found out: it is not said there again, and the member gets it directly."""


@dataclass(slots=True)
class SlackChat:
    """Sends one view at a time per message; the core's sender calls it."""

    wire: SlackWire
    delivery: Delivery
    journal: Journal
    ports: Ports
    bot_name: str = "imagine"
    """For the invitation; set when Slack has told it."""
    _presses: dict[str, tuple[Caller, float]] = field(default_factory=dict)
    """Row -> the newest press on its message, and when."""

    async def send(self, message: Message, view: View) -> SendResult:
        wait = self.delivery.stopped_until - self.ports.monotonic()
        if wait > 0:
            return Later(wait)
        if not self.wire.online:
            return Later(3.0)
        spot = Spot.of(message.ref)
        if spot.gone and (_done(view) if is_staff(message) else spot.final or not view.final):
            return Sent(spot.ref())
        if spot.way == "url":
            return await self._after_url(message, view, spot)
        ways = first_ways(message, view, _handle(message), self.ports.now())
        if not spot.way:
            return await self._posted(message, view, spot, ways, NO_WAY)
        edited = await self._edited(message, view, spot)
        if not isinstance(edited, Judged):
            return edited
        result = await self._posted(message, view, spot.anew(), ways, edited)
        if isinstance(result, Sent) and not spot.final:
            # What cannot be edited may still be deleted: it must not go on waiting beside its answer.
            await judged_call(self.wire.delete(spot.channel, spot.ts))
        return result

    def pressed_on(self, row: str, caller: Caller) -> None:
        """Somebody pressed a button of this row's message: that press can replace a message which the bot cannot reach itself."""
        if caller.url:
            self._presses[row] = (caller, self.ports.now())
            if len(self._presses) > REMEMBERED:
                self._presses.pop(next(iter(self._presses)))

    # ---- a message that is there ---------------------------------------------------------------------------------------------

    async def _edited(self, message: Message, view: View, spot: Spot) -> SendResult | Judged:
        """Edit it where it is; a Judged means that it must be shown somewhere else."""
        thread = message.place.thread if spot.channel == message.place.channel else None
        notes = (self._here_instead(),) if message.audience is Audience.CHANNEL and spot.channel != message.place.channel else ()
        result = await self.delivery.put(message, view, spot, Way(Kind.POST, spot.channel, thread), notes)
        if not isinstance(result, Judged):
            return result
        if spot.files and not view.pictures:
            spot = await self._without_files(spot)
            await judged_call(self.wire.delete(spot.channel, spot.ts))
        staff = is_staff(message)
        if result.trouble in (Trouble.GONE, Trouble.NO_CHANNEL):
            if _done(view) if staff else spot.final:
                return Sent(replace(spot.anew(gone=True), final=True).ref())  # removed after it had been said to the end: stays removed
            if not staff and not view.final and result.trouble is Trouble.GONE:
                return Sent(spot.anew(gone=True).ref())  # the answer is still owed and will be a new message
        if not staff and not view.final:
            return Later(15.0, progress=True)  # progress alone is not worth a new message
        return result

    # ---- a message that is not there (yet) -----------------------------------------------------------------------------------

    async def _posted(self, message: Message, view: View, spot: Spot, ways: list[Way], last: Judged) -> SendResult:
        """Down the ways until one takes it."""
        for way in ways:
            if way.kind in (Kind.URL, Kind.WORDS):
                result = await self._over_url(message, view, spot, way.kind)
            else:
                result = await self._post(message, view, spot, way)
            if not isinstance(result, Judged):
                return result
            last = result
            log.info("slack_way_closed", way=way.kind.value, message=message.id, channel=way.channel, detail=last.detail)
        return Refused(WHY.get(last.trouble, RefusedWhy.EXPIRED), last.detail)

    async def _post(self, message: Message, view: View, spot: Spot, way: Way) -> SendResult | Judged:
        notes: tuple[str, ...] = ()
        if way.kind is Kind.DIRECT:
            if message.audience is Audience.CHANNEL:
                notes = (self._here_instead(),)
            channel = await judged_call(self.wire.direct_channel(way.person))
            if isinstance(channel, Judged):
                return self.delivery.final_word(channel, spot, safe=True)
            way = replace(way, channel=channel)
        found = await self._found(message, spot, way)
        if isinstance(found, Judged):
            return self.delivery.final_word(found, spot, safe=True)
        return await self.delivery.put(message, view, found or spot, way, notes)

    async def _found(self, message: Message, spot: Spot, way: Way) -> Spot | Judged | None:
        """The message where a lost post, or a process that died, may have left it; None when it is not there."""
        if not (message.maybe_shown or spot.lost):
            return None
        handle = _handle(message)
        since = float(spot.lost) if spot.lost else None if handle is None else handle.at
        found = await judged_call(self.wire.find(way.channel, way.thread, message.id, since))
        if not isinstance(found, Judged):
            return None if found is None else spot.at(way.channel, found)
        if found.trouble in NOT_NOW:
            return found
        # Where nothing can be looked up, an answer that may be there twice is better than none.
        log.warning("slack_cannot_look_for_lost_message", message=message.id, detail=found.detail)
        return None

    # ---- where the bot is no member ------------------------------------------------------------------------------------------

    async def _over_url(self, message: Message, view: View, spot: Spot, kind: Kind) -> SendResult | Judged:
        """An answer over the command's response_url, with the invitation to add the bot. Progress is said once and to the member alone; the
        answer to the audience of the request, once: it cannot be edited, looked up or taken back."""
        handle = _handle(message)
        if handle is None:
            return NO_WAY
        public = view.final and message.audience is Audience.CHANNEL
        draft = await self._url_draft(message, view, kind)
        if isinstance(draft, Judged):
            return self.delivery.final_word(draft, spot, safe=True)
        if view.final and not self.journal.begin(message.id):
            return SAID_BEFORE
        judged = await judged_call(self.wire.respond(handle.url, draft.body(""), public=public))
        if judged is None or (judged.trouble is Trouble.LOST and not view.final):
            files = ",".join(one.file for one in draft.shown)
            return Sent(replace(spot, way="url", final=view.final, lost="", files=files).ref())
        if judged.trouble is Trouble.LOST:
            return SAID_BEFORE
        if view.final:
            self.journal.withdraw(message.id)
        return self.delivery.final_word(judged, spot, safe=True)

    async def _url_draft(self, message: Message, view: View, kind: Kind) -> Draft | Judged:
        """What is said over a response_url. Ephemeral messages show no private files, and words alone name the way to the picture."""
        if message.audience is Audience.MEMBER:
            return Draft(view, notes=(text("slack.no_direct_picture" if view.pictures else "slack.no_direct"),))
        invitation = text("slack.invite_me" if view.final else "slack.invite_me_meanwhile", name=self.bot_name)
        if not view.pictures:
            return Draft(view).with_note(invitation)
        if kind is Kind.WORDS:
            return Draft(view).with_note(text("slack.picture_needs_me", name=self.bot_name))
        draft = await self.delivery.draft(message, view, Spot())
        if isinstance(draft, Draft) and draft.unready:
            return Judged(Trouble.FILE_NOT_READY, "not_in_time")
        return draft if isinstance(draft, Judged) else draft.with_note(invitation)

    async def _after_url(self, message: Message, view: View, spot: Spot) -> SendResult:
        """What comes after an answer over a response_url."""
        if not spot.final:
            if not view.final:
                return Sent(spot.ref())
            # Somebody may have invited the bot meanwhile, so its own message is tried first.
            ways = first_ways(message, view, _handle(message), self.ports.now())
            return await self._posted(message, view, replace(spot, way=""), ways, NO_WAY)
        if spot.files and not view.pictures:
            spot = await self._without_files(spot)
        press, at = self._presses.get(message.subject.partition(":")[2], (None, 0.0))
        if press is not None and _same_readers(message, press) and Handle("", press.url, at).alive(self.ports.now()):
            public = message.audience is Audience.CHANNEL
            judged = await judged_call(self.wire.respond(press.url, Draft(view).body(""), public=public, replace=True))
            if judged is not None:
                log.warning("slack_answer_not_changed", message=message.id, detail=judged.detail)
        return Sent(spot.ref())

    def _here_instead(self) -> str:
        return text("slack.here_instead", name=self.bot_name)

    async def _without_files(self, spot: Spot) -> Spot:
        """Pictures that were deleted go from Slack also where the message itself cannot be changed."""
        await self.delivery.uploads.forget(spot.files.split(","))
        return replace(spot, files="")


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
