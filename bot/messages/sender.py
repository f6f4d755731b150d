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
from bot.chat.port import (
    ChatPort,
    Later,
    LocalizesViews,
    Message,
    OwnClocks,
    Refused,
    RefusedWhy,
    SendResult,
    Sent,
    StatesLanguage,
    Unknown,
)
from bot.chat.views import Audience, View
from bot.domain.requests import Place
from bot.events import EventStream, MessageRefused
from bot.ledger import message_rows
from bot.ledger.store import Ledger, LedgerProblem, Tx
from bot.messages.readers import Reader, language_for_audience
from bot.messages.send_state import SendState
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
REPEAT_AFTER_RESTART = 1.5
"""Factor on that pause after a restart, because this process hasn't already waited some 15 s for the outcome."""
LONGEST_BACKOFF = 300.0
MAX_REPAIRS = 4
"""Maximum number of repairs of a final view (an older copy, missing files). The pause doubles each time."""
AT_ONCE = 24
"""Maximum number of concurrent sends."""
LINK_WITHIN, LINK_POLL = 5.0, 0.2
"""Seconds for which a new message waits for the message that it links to, and seconds between two checks."""


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
    _states: dict[str, SendState] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _stopped: bool = False
    _finding: asyncio.Task[None] | None = None

    def wake(self, message_id: str) -> None:
        """Deliver this message's latest view. Never blocks, never raises."""
        if self._stopped:
            return
        state = self._states.setdefault(message_id, SendState())
        if state.task is None:
            state.task = asyncio.get_running_loop().create_task(self._run(message_id, state))
        else:
            state.woken = True

    def wake_unsettled(self, message_id: str) -> None:
        """Deliver a message that another process left unsettled, and whose last edit may still be in flight."""
        state = self._states.setdefault(message_id, SendState())
        state.uncertain, state.repeat_at = True, self.ports.monotonic() + REPEAT_FINAL_AFTER * REPEAT_AFTER_RESTART
        self.wake(message_id)

    def find_unsent(self, _: str = "") -> None:
        """Look for unsettled messages that nothing here is about to send, and send those that this process delivers. Never blocks."""
        if not self._stopped and (self._finding is None or self._finding.done()):
            self._finding = asyncio.get_running_loop().create_task(self._find_unsent())

    async def _find_unsent(self) -> None:
        ours: dict[tuple[str, str], bool] = {}
        try:
            for message_id, place in await self.ledger.read(message_rows.unsettled_places):
                community = place.platform, place.community
                if community not in ours:
                    ours[community] = self.fleet is None or await self._claim(message_id, place, self.fleet)
                if ours[community]:
                    self.nudge(message_id)
        except LedgerProblem as problem:
            log.error("ledger_problem", problem=str(problem))  # the next sweep looks again

    def nudge(self, message_id: str) -> None:
        """Wake an unsettled message, unless it's being sent or a timer is set."""
        state = self._states.get(message_id)
        if state is None or (state.task is None and state.timer is None and state.shown is None):
            self.wake(message_id)

    async def stop(self, drain: float) -> None:
        """Wait at most `drain` seconds for sends in progress, then cancel them. The next process repeats them."""
        self._stopped = True
        if self._finding is not None:
            self._finding.cancel()
        for state in self._states.values():
            if state.timer is not None:
                state.timer.cancel()
        tasks = [state.task for state in self._states.values() if state.task is not None]
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
        while tasks := [state.task for state in self._states.values() if state.task is not None]:
            await asyncio.wait(tasks)

    async def _run(self, message_id: str, state: SendState) -> None:
        try:
            while True:
                state.woken = False
                await self._reconcile(message_id, state)
                if not state.woken or self._stopped:
                    break
        except Exception:
            log.exception("message_failed", message=message_id)
            self._retry(message_id, state)
        finally:
            state.task = None
            if state.shown is None and state.timer is None and not state.tries:
                self._states.pop(message_id, None)

    async def _reconcile(self, message_id: str, state: SendState) -> None:
        if await self._repair_if_replaced(message_id, state):
            return
        self.before_render()
        stored, view, link_resolved = await self.ledger.read(lambda c: self._read(c, message_id))
        if stored is None or view is None or stored.settled:
            state.shown, state.tries = None, 0
            return
        if not link_resolved and not stored.message.ref and self._wait_for_link(message_id, state):
            return
        if state.ref is not None:
            await self._keep_ref(message_id, state, stored, state.ref)
            stored = dataclasses.replace(stored, message=dataclasses.replace(stored.message, ref=state.ref))
        message = stored.message
        if self.fleet is not None and not await self._claim(message_id, message.place, self.fleet):
            state.shown, state.tries = None, 0
            return
        if state.uncertain and not message.ref:
            message = dataclasses.replace(message, maybe_shown=True)
        if view.final is not state.final:
            state.final, state.tries = view.final, 0
        if _looks_same(view, state.shown) and self._schedule_repeat(message_id, state):
            return
        if _looks_same(view, state.shown) and not view.final:
            self._schedule_refresh(message_id, state, view)
            return
        now = self.ports.monotonic()
        progress = 0.0 if view.final else max(state.progress_not_before - now, max(PACE, view.pace) - (now - state.sent_at))
        pause = max(state.not_before - now, progress)
        if pause > 0:
            self._set_timer(message_id, state, pause)
            return
        state.sent_under = None if self.fleet is None else self.fleet.participant.times_replaced
        result = await self._send(message, view)
        state.sent_at = self.ports.monotonic()
        if not await self._repair_if_replaced(message_id, state):
            await self._handle_result(message_id, state, stored, view, result)

    async def _repair_if_replaced(self, message_id: str, state: SendState) -> bool:
        """Deliver the message again if this process was declared dead before the end of its last send: another one delivers now, and that
        view may have overwritten its newer one. Returns whether it was. Raises LedgerProblem, and is called again."""
        if self.fleet is None or state.sent_under is None:
            return False
        if replaced := not await self.fleet.is_still_live(state.sent_under):
            state.shown, state.ref, state.tries = None, None, 0
            await self.ledger.write(lambda tx: message_rows.unsettle(tx, message_id))
        state.sent_under = None
        return replaced

    async def _claim(self, message_id: str, place: Place, fleet: Fleet) -> bool:
        """Claim delivery to the message's community. Returns False if another process has it. Messages that the previous owner left
        unsettled are delivered again, because their last edits may still be in flight."""
        ours, taken_over = await fleet.claim_delivery(place)
        if taken_over:
            for one in await self.ledger.read(lambda c: message_rows.unsettled_at(c, place.platform, place.community)):
                state = self._states.setdefault(one, SendState())
                state.uncertain, state.repeat_at = True, self.ports.monotonic() + REPEAT_FINAL_AFTER * REPEAT_AFTER_RESTART
                if one != message_id:
                    self.wake(one)
        return ours

    def _read(self, connection: Connection, message_id: str) -> tuple[message_rows.Stored | None, View | None, bool]:
        """Read the message and render its latest view. Returns also whether its link is resolved: sendable now, or never."""
        stored = message_rows.get(connection, message_id)
        if stored is None or stored.settled or (self.fleet is not None and self.fleet.is_delivered_elsewhere(stored.message.place)):
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

    def _wait_for_link(self, message_id: str, state: SendState) -> bool:
        """Schedule another check while the message that this one links to is being sent. Returns False once it has waited long enough."""
        now = self.ports.monotonic()
        if state.link_deadline is None:
            state.link_deadline = now + LINK_WITHIN
        if now < state.link_deadline:
            self._set_timer(message_id, state, LINK_POLL)
        return now < state.link_deadline

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
                        shown = localize(zoned(view, message.zone, isinstance(chat, OwnClocks)), language)
                        return await chat.send(dataclasses.replace(message, language=language), shown)
            except TimeoutError:
                return Unknown(detail="timeout")
            except Exception as error:
                log.exception("chat_send_failed", platform=message.place.platform, message=message.id)
                return Unknown(detail=type(error).__name__)

    async def _handle_result(self, message_id: str, state: SendState, stored: message_rows.Stored, view: View, result: SendResult) -> None:
        match result:
            case Sent(ref, repair):
                if repair:
                    self.on_unanswered(stored.message, repair, 0)
                self.on_arrived(stored.message)
                if repair and view.final and state.repairs < MAX_REPAIRS:
                    state.repairs += 1
                    state.repeat_at = self.ports.monotonic() + REPEAT_FINAL_AFTER * 2.0 ** (state.repairs - 1)
                await self._note_sent(message_id, state, stored, view, ref or stored.message.ref)
            case Unknown(ref, detail):
                state.uncertain, state.shown, state.repeat_at = True, None, None
                if ref:
                    await self._keep_ref(message_id, state, stored, ref)
                self._retry(message_id, state, progress=not view.final)
                self.on_unanswered(stored.message, detail, state.tries)
            case Later(seconds, progress):
                state.shown = None
                until = self.ports.monotonic() + seconds
                state.not_before, state.progress_not_before = (state.not_before, until) if progress else (until, state.progress_not_before)
                self._set_timer(message_id, state, max(0.05, seconds))
            case Refused() if view.amends and stored.sent:
                await self._note_sent(message_id, state, stored, view, stored.message.ref)  # the message that it amends stays as it is
            case Refused(why, detail):
                self.events.publish(MessageRefused(stored.message.place.platform, message_id, why.value, detail))
                state.shown, state.tries = None if view.final else view, 0
                if view.final or why is not RefusedWhy.INVALID:
                    await self.ledger.write(lambda tx: message_rows.refuse(tx, message_id, why.value, sent=stored.wanted))
                self.on_refused(stored.message, result)

    async def _note_sent(self, message_id: str, state: SendState, stored: message_rows.Stored, view: View, ref: Mapping[str, str]) -> None:
        state.shown, state.tries, state.ref = view, 0, ref
        if view.final:
            if state.uncertain and state.repeat_at is None:
                state.repeat_at = self.ports.monotonic() + REPEAT_FINAL_AFTER
            if self._schedule_repeat(message_id, state):
                await self._keep_ref(message_id, state, stored, ref)
                return

            def settle(tx: Tx) -> bool:
                return message_rows.shown(tx, message_id, sent=stored.wanted, ref=ref, final=True)

            state.uncertain, state.repeat_at, state.repairs = False, None, 0
            if await self.ledger.write(settle):
                state.shown, state.ref = None, None
            else:
                state.woken = True
            return
        await self._keep_ref(message_id, state, stored, ref)
        self._schedule_refresh(message_id, state, view)

    async def _keep_ref(self, message_id: str, state: SendState, stored: message_rows.Stored, ref: Mapping[str, str]) -> None:
        """Store a message reference, in memory first: if the write fails, a message that is already shown must not be posted again."""
        state.ref = ref
        if dict(ref) != dict(stored.message.ref):
            await self.ledger.write(lambda tx: message_rows.keep_ref(tx, message_id, ref))

    def _schedule_repeat(self, message_id: str, state: SendState) -> bool:
        """Schedule the repeat of the final view, if one is planned. Returns False if none is."""
        left = 0.0 if state.repeat_at is None else state.repeat_at - self.ports.monotonic()
        if left > LEAST_PAUSE:
            self._set_timer(message_id, state, left)
        return left > LEAST_PAUSE

    def _schedule_refresh(self, message_id: str, state: SendState, view: View) -> None:
        if view.refresh_at is not None and not view.final:
            self._set_timer(message_id, state, max(view.refresh_at - self.ports.now(), PACE))

    def _set_timer(self, message_id: str, state: SendState, delay: float) -> None:
        """Set the timer to this many seconds from now, unless it fires earlier anyway."""
        loop = asyncio.get_running_loop()
        if state.timer is not None:
            if state.timer.when() <= loop.time() + delay:
                return
            state.timer.cancel()
        state.timer = loop.call_later(delay, self._fire, message_id, state)

    def _fire(self, message_id: str, state: SendState) -> None:
        state.timer = None
        self.wake(message_id)

    def _retry(self, message_id: str, state: SendState, *, progress: bool = False) -> None:
        """Schedule a retry with exponential back-off. After unanswered progress only progress backs off: a final view is sent at once."""
        state.tries += 1
        delay = min(LONGEST_BACKOFF, 2.0 ** min(state.tries, 9)) * self.ports.uniform(0.75, 1.25)
        if progress:
            state.progress_not_before = self.ports.monotonic() + delay
        else:
            state.not_before = self.ports.monotonic() + delay
        self._set_timer(message_id, state, delay)


async def _language(chat: ChatPort, message: Message) -> str:
    """Language of a message: the reader's, else the one that the platform states for the place, else the default."""
    if isinstance(chat, LocalizesViews) and chat.localizes_views:
        return DEFAULT_LANGUAGE
    stated = await chat.language_at(message.place) if not message.language and isinstance(chat, StatesLanguage) else ""
    return language_for_audience(message, message.language or stated or DEFAULT_LANGUAGE)


def _looks_same(view: View, last: View | None) -> bool:
    """Whether two views look the same to people, which ignores `refresh_at`."""
    return last is not None and dataclasses.replace(view, refresh_at=last.refresh_at) == last
