"""Delivery of messages: a reconciliation loop per message renders the latest view and sends it until the shown revision is the wanted one.

Progress is rate-limited and kept in memory. Only final views and new message references are stored, so a kill may repeat an edit but never
loses an answer. After a send whose outcome is unknown, the final view is sent once more, because a late edit may still overwrite it.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection

from bot.chat.localize import localize, zoned
from bot.chat.port import ChatPort, Later, Message, Refused, RefusedWhy, SaysItself, SendResult, Sent, StatesLanguage, Unknown
from bot.chat.views import Audience, View
from bot.events import EventStream, MessageRefused
from bot.ledger import message_rows
from bot.ledger.store import Ledger, Tx
from bot.messages.readers import Reader, spoken_to
from bot.observe import hide
from bot.ports import Ports
from bot.processes.fleet import Fleet
from bot.texts import DEFAULT_LANGUAGE, speaking

log = structlog.get_logger()

Project = Callable[[Connection, Message, float], View | None]
"""Renders a message's view from its rows; None if its subject no longer exists."""

SEND_TIMEOUT = 60.0
"""Timeout of a send in seconds, uploads included."""
LEAST_PAUSE = 0.001
"""Minimum pause in seconds. A shorter one is lost in rounding and would repeat forever."""
PACE = 1.0
"""Minimum seconds between two progress edits of a message."""
REPEAT_FINAL_AFTER = 30.0
"""Seconds from a send with an unknown outcome until the final view is sent once more: a platform may execute an edit that late."""
REPEAT_FOUND = 1.5
"""Factor on that pause after a restart, because this process hasn't already waited some 15 s for the outcome."""
LONGEST_BACKOFF = 300.0
MAX_REPAIRS = 4
"""Maximum number of repairs of a final view (an older copy, missing files). The pause doubles each time."""
AT_ONCE = 24
"""Maximum number of concurrent sends."""
LEADS_WITHIN, LEADS_POLL = 5.0, 0.2
"""Seconds for which a new message waits for the message that it links to, and seconds between two checks."""


@dataclass(slots=True)
class Line:
    """Delivery state of an unsettled message, in memory only."""

    task: asyncio.Task[None] | None = None
    again: bool = False
    """The message was woken during a send."""
    last: View | None = None
    """View that the platform last confirmed."""
    last_at: float = float("-inf")
    """Loop time of the last send."""
    lost: bool = False
    """A send with an unknown outcome has happened since the last confirmed final view."""
    repeat_at: float | None = None
    """Loop time at which the final view is sent again; None if it needn't be."""
    final: bool = False
    """The latest rendered view is final."""
    repairs: int = 0
    """Number of repairs of the final view so far."""
    tries: int = 0
    """Consecutive sends with an unknown outcome, of progress or of the final view."""
    ref: Mapping[str, str] | None = None
    """Latest message reference that isn't stored yet; None if the row has it."""
    timer: asyncio.TimerHandle | None = None
    """Timer of the next check."""
    not_before: float = float("-inf")
    """Loop time before which the platform wants no send."""
    progress_not_before: float = float("-inf")
    """Loop time before which it wants no progress."""
    leads_until: float | None = None
    """Loop time until which it waits for the message that it links to."""


@dataclass(slots=True)
class Sender:
    """Delivers the messages of all platforms. Other rooms call `wake(message_id)` after a change."""

    ledger: Ledger
    ports: Ports
    chats: Mapping[str, ChatPort]
    projections: dict[str, Project] = field(default_factory=dict)
    """Projections by kind of subject (`request`, `question`, `case`, `step`, `notice`, …)."""
    before_render: Callable[[], None] = lambda: None
    """Called on the event loop before a ledger reader thread renders a view."""
    on_refused: Callable[[Message, Refused], None] = lambda message, refused: None
    """Called after a platform has refused a message for good."""
    on_arrived: Callable[[Message], None] = lambda message: None
    """Called after a platform has confirmed a send."""
    on_unanswered: Callable[[Message, str, int], None] = lambda message, detail, tries: None
    """Called with a machine token after a send with an unknown outcome (and how many in a row), or after a switch of routes because of
    one (0)."""
    reader_of: Callable[[Connection, Message], Reader] = lambda connection, message: Reader()
    """Returns the language and time zone of a message's readers."""
    events: EventStream = field(default_factory=EventStream)
    fleet: Fleet | None = None
    """Set if several processes share the ledger: one of them delivers to each community."""
    _lines: dict[str, Line] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _stopped: bool = False

    def wake(self, message_id: str) -> None:
        """Deliver this message's latest view. Never blocks, never raises."""
        if self._stopped:
            return
        line = self._lines.setdefault(message_id, Line())
        if line.task is None:
            line.task = asyncio.get_running_loop().create_task(self._run(message_id, line))
        else:
            line.again = True

    def found(self, message_id: str) -> None:
        """Deliver a message that another process left unsettled, and whose last edit may still be in flight."""
        line = self._lines.setdefault(message_id, Line())
        line.lost, line.repeat_at = True, self.ports.monotonic() + REPEAT_FINAL_AFTER * REPEAT_FOUND
        self.wake(message_id)

    def nudge(self, message_id: str) -> None:
        """Wake a message that the sweep found unsettled, unless it's being sent or a timer is set."""
        line = self._lines.get(message_id)
        if line is None or (line.task is None and line.timer is None and line.last is None):
            self.wake(message_id)

    async def stop(self, drain: float) -> None:
        """Wait at most `drain` seconds for sends in progress, then cancel them. The next process repeats them."""
        self._stopped = True
        for line in self._lines.values():
            if line.timer is not None:
                line.timer.cancel()
        tasks = [line.task for line in self._lines.values() if line.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=drain)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    async def settle(self, seconds: float) -> None:
        """Wait for sends in progress, at most this many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.idle()

    async def idle(self) -> None:
        """Wait until no send is in progress."""
        while tasks := [line.task for line in self._lines.values() if line.task is not None]:
            await asyncio.wait(tasks)

    async def _run(self, message_id: str, line: Line) -> None:
        try:
            while True:
                line.again = False
                await self._once(message_id, line)
                if not line.again or self._stopped:
                    break
        except Exception:
            log.exception("message_failed", message=message_id)
            self._retry(message_id, line)
        finally:
            line.task = None
            if line.last is None and line.timer is None and not line.tries:
                self._lines.pop(message_id, None)

    async def _once(self, message_id: str, line: Line) -> None:
        self.before_render()
        stored, view, leads = await self.ledger.read(lambda c: self._look(c, message_id))
        if stored is None or view is None or stored.settled:
            line.last, line.tries = None, 0
            return
        if not leads and not stored.message.ref and self._leads_later(message_id, line):
            return
        if line.ref is not None:
            await self._keep_ref(message_id, line, stored, line.ref)
            stored = dataclasses.replace(stored, message=dataclasses.replace(stored.message, ref=line.ref))
        message = stored.message
        if self.fleet is not None and not await self._is_ours(message_id, message, self.fleet):
            line.last, line.tries = None, 0
            return
        if line.lost and not message.ref:
            message = dataclasses.replace(message, maybe_shown=True)
        if view.final is not line.final:
            line.final, line.tries = view.final, 0
        if _looks_like(view, line.last) and self._repeats_later(message_id, line):
            return
        if _looks_like(view, line.last) and not view.final:
            self._schedule(message_id, line, view)
            return
        now = self.ports.monotonic()
        progress = 0.0 if view.final else max(line.progress_not_before - now, max(PACE, view.pace) - (now - line.last_at))
        pause = max(line.not_before - now, progress)
        if pause > 0:
            self._alarm(message_id, line, pause)
            return
        term = 0 if self.fleet is None else self.fleet.participant.times_replaced
        result = await self._send(message, view)
        line.last_at = self.ports.monotonic()
        if self.fleet is not None and not await self.fleet.is_still_live(term):
            # Another process delivers now, and this view may have overwritten its newer one.
            line.last, line.ref, line.tries = None, None, 0
            await self.ledger.write(lambda tx: message_rows.unsettle(tx, message_id))
            return
        await self._after(message_id, line, stored, view, result)

    async def _is_ours(self, message_id: str, message: Message, fleet: Fleet) -> bool:
        """Claim delivery to the message's community. Returns False if another process has it. Messages that the previous owner left
        unsettled are delivered again, because their last edits may still be in flight."""
        place = message.place
        ours, taken_over = await fleet.claim_delivery(place)
        if taken_over:
            for one in await self.ledger.read(lambda c: message_rows.unsettled_at(c, place.platform, place.community)):
                if one == message_id:
                    line = self._lines[message_id]
                    line.lost, line.repeat_at = True, self.ports.monotonic() + REPEAT_FINAL_AFTER * REPEAT_FOUND
                else:
                    self.found(one)
        return ours

    def _look(self, connection: Connection, message_id: str) -> tuple[message_rows.Stored | None, View | None, bool]:
        """Read the message and render its latest view. Returns also whether its link is resolved: sendable now, or never."""
        stored = message_rows.get(connection, message_id)
        if stored is None or stored.settled:
            return stored, None, True
        reader = self.reader_of(connection, stored.message)
        stored = dataclasses.replace(stored, message=dataclasses.replace(stored.message, language=reader.language or "", zone=reader.zone))
        kind = stored.message.subject.partition(":")[0]
        view = self.projections[kind](connection, stored.message, self.ports.now())
        if view is None or view.about is None:
            return stored, view, True
        found = message_rows.of_subject(connection, view.about.subject)
        about = [one.message for one in found if one.message.ref]
        # A message in the channel first: an ephemeral one may be gone from its reader's screen.
        about.sort(key=lambda one: one.audience is not Audience.CHANNEL)
        message = dataclasses.replace(stored.message, about=about[0] if about else None)
        return dataclasses.replace(stored, message=message), view, bool(about) or all(one.settled for one in found)

    def _leads_later(self, message_id: str, line: Line) -> bool:
        """Schedule another check while the message that this one links to is being sent. Returns False once it has waited long enough."""
        now = self.ports.monotonic()
        if line.leads_until is None:
            line.leads_until = now + LEADS_WITHIN
        if now < line.leads_until:
            self._alarm(message_id, line, LEADS_POLL)
        return now < line.leads_until

    async def _send(self, message: Message, view: View) -> SendResult:
        chat = self.chats.get(message.place.platform)
        if chat is None:
            return Later(LONGEST_BACKOFF)  # this process isn't connected to the platform
        # A platform library's error may quote the view.
        about = "" if view.about is None else view.about.label
        hide(view.quote, about, *(fact.value for fact in view.facts), *(picture.alt for picture in view.pictures))
        async with self._slots:
            try:
                async with asyncio.timeout(SEND_TIMEOUT):
                    language = await _language(chat, message)
                    with speaking(language):
                        shown = localize(zoned(view, message.zone), language)
                        return await chat.send(dataclasses.replace(message, language=language), shown)
            except TimeoutError:
                return Unknown(detail="timeout")
            except Exception as error:
                log.exception("chat_send_failed", platform=message.place.platform, message=message.id)
                return Unknown(detail=type(error).__name__)

    async def _after(self, message_id: str, line: Line, stored: message_rows.Stored, view: View, result: SendResult) -> None:
        match result:
            case Sent(ref, repair):
                if repair:
                    self.on_unanswered(stored.message, repair, 0)
                self.on_arrived(stored.message)
                if repair and view.final and line.repairs < MAX_REPAIRS:
                    line.repairs += 1
                    line.repeat_at = self.ports.monotonic() + REPEAT_FINAL_AFTER * 2.0 ** (line.repairs - 1)
                await self._sent(message_id, line, stored, view, ref or stored.message.ref)
            case Unknown(ref, detail):
                line.lost, line.last, line.repeat_at = True, None, None
                if ref:
                    await self._keep_ref(message_id, line, stored, ref)
                self._retry(message_id, line, progress=not view.final)
                self.on_unanswered(stored.message, detail, line.tries)
            case Later(seconds, progress):
                line.last = None
                until = self.ports.monotonic() + seconds
                line.not_before, line.progress_not_before = (line.not_before, until) if progress else (until, line.progress_not_before)
                self._alarm(message_id, line, max(0.05, seconds))
            case Refused() if view.amends and stored.sent:
                await self._sent(message_id, line, stored, view, stored.message.ref)  # the message that it amends stays as it is
            case Refused(why, detail):
                self.events.publish(MessageRefused(stored.message.place.platform, message_id, why.value, detail))
                line.last, line.tries = None if view.final else view, 0
                if view.final or why is not RefusedWhy.INVALID:
                    await self.ledger.write(lambda tx: message_rows.refuse(tx, message_id, why.value, sent=stored.wanted))
                self.on_refused(stored.message, result)

    async def _sent(self, message_id: str, line: Line, stored: message_rows.Stored, view: View, ref: Mapping[str, str]) -> None:
        line.last, line.tries, line.ref = view, 0, ref
        if view.final:
            if line.lost and line.repeat_at is None:
                line.repeat_at = self.ports.monotonic() + REPEAT_FINAL_AFTER
            if self._repeats_later(message_id, line):
                await self._keep_ref(message_id, line, stored, ref)
                return

            def settle(tx: Tx) -> bool:
                return message_rows.shown(tx, message_id, sent=stored.wanted, ref=ref, final=True)

            line.lost, line.repeat_at, line.repairs = False, None, 0
            if await self.ledger.write(settle):
                line.last, line.ref = None, None
            else:
                line.again = True
            return
        await self._keep_ref(message_id, line, stored, ref)
        self._schedule(message_id, line, view)

    async def _keep_ref(self, message_id: str, line: Line, stored: message_rows.Stored, ref: Mapping[str, str]) -> None:
        """Store a message reference, in memory first: if the write fails, a message that is already shown must not be posted again."""
        line.ref = ref
        if dict(ref) != dict(stored.message.ref):
            await self.ledger.write(lambda tx: message_rows.keep_ref(tx, message_id, ref))

    def _repeats_later(self, message_id: str, line: Line) -> bool:
        """Schedule the repeat of the final view, if one is planned. Returns False if none is."""
        left = 0.0 if line.repeat_at is None else line.repeat_at - self.ports.monotonic()
        if left > LEAST_PAUSE:
            self._alarm(message_id, line, left)
        return left > LEAST_PAUSE

    def _schedule(self, message_id: str, line: Line, view: View) -> None:
        if view.refresh_at is not None and not view.final:
            self._alarm(message_id, line, max(view.refresh_at - self.ports.now(), PACE))

    def _alarm(self, message_id: str, line: Line, delay: float) -> None:
        """Set the timer to this many seconds from now, unless it fires earlier anyway."""
        loop = asyncio.get_running_loop()
        if line.timer is not None:
            if line.timer.when() <= loop.time() + delay:
                return
            line.timer.cancel()
        line.timer = loop.call_later(delay, self._fire, message_id, line)

    def _fire(self, message_id: str, line: Line) -> None:
        line.timer = None
        self.wake(message_id)

    def _retry(self, message_id: str, line: Line, *, progress: bool = False) -> None:
        """Schedule a retry with exponential back-off. After unanswered progress only progress backs off: a final view is sent at once."""
        line.tries += 1
        delay = min(LONGEST_BACKOFF, 2.0 ** min(line.tries, 9)) * self.ports.uniform(0.75, 1.25)
        if progress:
            line.progress_not_before = self.ports.monotonic() + delay
        else:
            line.not_before = self.ports.monotonic() + delay
        self._alarm(message_id, line, delay)


async def _language(chat: ChatPort, message: Message) -> str:
    """Language of a message: the reader's, else the one that the platform states for the place, else the default."""
    if isinstance(chat, SaysItself) and chat.says_itself:
        return DEFAULT_LANGUAGE
    stated = await chat.language_at(message.place) if not message.language and isinstance(chat, StatesLanguage) else ""
    return spoken_to(message, message.language or stated or DEFAULT_LANGUAGE)


def _looks_like(view: View, last: View | None) -> bool:
    """Whether two views look the same to people, which ignores `refresh_at`."""
    return last is not None and dataclasses.replace(view, refresh_at=last.refresh_at) == last
