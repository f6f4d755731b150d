"""Lifecycle of a running bot: start, periodic work, and the order of shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from bot.adapter import Adapter
from bot.batch.local import SilentChat
from bot.batch.messages import SHEETS
from bot.batch.service import Batches
from bot.batch.sheet_maker import BatchSheets
from bot.chat.port import ChatPort, OwnClocks
from bot.core import Core
from bot.domain.own_services import CHANGED
from bot.domain.request_states import RequestState
from bot.domain.requests import LOCAL, Place
from bot.domain.roles import ProcessRole
from bot.events import EventStream, Started
from bot.greeting import ModelList, greet
from bot.ledger import process_rows, request_rows
from bot.ledger.announcing import EVERYTHING
from bot.ledger.clock_rows import bound, follow
from bot.ledger.store import Ledger, LedgerProblem, Tx, Wake
from bot.messages import model_end
from bot.messages.background import BackgroundWrites
from bot.messages.incidents import Incidents
from bot.messages.notices import Notices
from bot.messages.sender import Sender
from bot.messages.status_hint import StatusHint
from bot.moderation.moderator_forms import longest
from bot.moderation.service import Moderation
from bot.platforms import Platforms
from bot.ports.steady import SteadyPorts
from bot.reports import weekly_report
from bot.requests.captioning import Captioning
from bot.requests.contact_sheets import ContactSheets
from bot.requests.gate_memory import GateMemoryWriter
from bot.requests.orphaned_files import OrphanedFiles
from bot.requests.own_services import OwnServices
from bot.requests.recover import Recovered, recover
from bot.requests.rules import Rules
from bot.requests.scheduler import Scheduler
from bot.requests.services import ImageServices
from bot.requests.shared_handover import CANCEL, GRANT, VERDICT
from bot.requests.stranded_tasks import settle_stranded
from bot.requests.sweep import sweep
from bot.requests.transitions import BATCH, CAPTION, SHEET, UNWANTED_TASK
from bot.requests.unwanted_tasks import UnwantedTasks
from bot.sharing import Sharing
from bot.shutdown import DRAIN, INTERACTIONS_END, Shutdown
from bot.startup import Startup
from bot.supervise import Supervisor
from bot.wakeups import WakeUps

if TYPE_CHECKING:
    from bot.health.service import HealthService

log = structlog.get_logger()

SWEEP_EVERY = 30.0
"""Seconds between two sweeps."""
RECEIVED_FOR = 60.0
"""Seconds until a command that was stored but not accepted is accepted again; adapters need a few."""


class Pictures(Protocol):
    """The part of the picture store that this file uses."""

    async def read(self, sha256: str) -> bytes: ...

    async def delete(self, sha256: str) -> bool: ...

    async def keep(self, content: bytes, sha256: str, format: str) -> None: ...

    async def work(self, job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]: ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Bot:
    """A wired bot. `start` recovers and starts the background loops; `stop` drains them."""

    ledger: Ledger
    ports: SteadyPorts
    wakeups: WakeUps
    services: ImageServices
    own_services: OwnServices
    scheduler: Scheduler
    unwanted_tasks: UnwantedTasks
    sender: Sender
    notices: Notices
    moderation: Moderation
    batches: Batches
    core: Core
    pictures: Pictures
    orphaned_files: OrphanedFiles
    writes: BackgroundWrites
    supervisor: Supervisor
    incidents: Incidents
    events: EventStream
    adapters: dict[str, Adapter] = field(default_factory=dict)
    weekly_report: bool = False
    status_hint: StatusHint | None = None
    sharing: Sharing | None = None
    """Set if several processes share the ledger."""
    gate_memory: GateMemoryWriter = field(init=False)
    sheets: ContactSheets = field(init=False)
    captioning: Captioning = field(init=False)
    batch_sheets: BatchSheets = field(init=False)

    def __post_init__(self) -> None:
        self.gate_memory = GateMemoryWriter(self.scheduler, self.notices)
        self.sheets = ContactSheets(self.ledger, self.pictures)
        self.captioning = Captioning(self.ledger, self.pictures, self.core.rules)
        self.batch_sheets = BatchSheets(self.ledger, self.pictures)

    def watch_status(self, hint: StatusHint) -> None:
        """Show what the provider's status page reports next to failures."""
        self.status_hint, self.notices.hint, self.core.service_status.hint = hint, hint.words, hint.words
        self.events.subscribers.append(hint.notice)

    def add(self, adapter: Adapter) -> None:
        self.adapters[adapter.name] = adapter

    def chats(self) -> dict[str, ChatPort]:
        return {LOCAL: SilentChat(), **{name: adapter.chat for name, adapter in self.adapters.items()}}

    async def start(self) -> Recovered:
        """Recover what the previous process left, then start the background loops."""
        self.sender.chats = self.chats()
        self.core.own_clocks = {name for name, chat in self.sender.chats.items() if isinstance(chat, OwnClocks)}
        self.ledger.on_commit = self._deliver
        self._listen()
        self.ledger.listen(self._deliver)
        if self.sharing is None:
            found = await self.ledger.write(lambda tx: _recover(tx, self.core.rules, self.services))
        else:
            found = await self.sharing.join(self.sender.chats, self.supervisor)
        await self.own_services.refresh()
        await self.ledger.read(self.notices.load)
        await self.ledger.write(self.moderation.sweep)
        await self._batches()
        for message_id in found.messages:
            self.sender.wake_unsettled(message_id)
        await self._model()
        await self.core.storage.start()
        self.incidents.start()
        self.supervisor.start("scheduler", self.scheduler.run)
        self.supervisor.start("sweep", self._sweep)
        self.supervisor.start("left", self._accept_left)
        self.supervisor.start("gate-memory", self.gate_memory.run)
        self.events.publish(Started(found.interrupted, len(found.received), len(found.messages)))
        return found

    def _listen(self) -> None:
        """Subscribe to the wake-ups that this process handles, according to its roles."""
        self.wakeups.on("request", self.scheduler.wake)
        if self._has_role(ProcessRole.CHAT):
            self.wakeups.on("message", self.sender.wake)
            self.wakeups.on("unshown", self.sender.find_unsent)
            self.wakeups.on("attachments", self.core.attachments.wake)
        if self._has_role(ProcessRole.WORK):
            self.wakeups.on(GRANT, self.scheduler.look_again)
            self.wakeups.on(CANCEL, self.scheduler.cancel_here)
        self.wakeups.on(VERDICT, self.scheduler.wake)
        self.wakeups.on(CHANGED, self.own_services.wake)
        self.wakeups.on(EVERYTHING, lambda _: self.scheduler.wake("*"))
        self.wakeups.on(UNWANTED_TASK, self._by_one(self.unwanted_tasks.wake, picture_job=True))
        self.wakeups.on("case", self._by_one(self.moderation.wake))
        self.wakeups.on(BATCH, self._by_one(self.batches.wake))
        self.wakeups.on(SHEET, self._by_one(self.sheets.work.wake, picture_job=True))
        self.wakeups.on(SHEETS, self._by_one(self.batch_sheets.work.wake, picture_job=True))
        self.wakeups.on(CAPTION, self._by_one(self.captioning.work.wake, picture_job=True))

    def _has_role(self, role: ProcessRole) -> bool:
        return self.sharing is None or self.sharing.has_role(role)

    def _by_one(self, handler: Callable[[str], None], *, picture_job: bool = False) -> Callable[[str], None]:
        """Wrap a handler so that only one process runs it: the leader, or the one that holds the lock for picture jobs."""
        sharing = self.sharing
        if sharing is None:
            return handler

        def one(row: str) -> None:
            if sharing.fleet.picture_jobs_token is not None if picture_job else sharing.is_leader:
                handler(row)

        return one

    async def accept_received(self, found: Recovered) -> None:
        """Accept commands that were stored and acknowledged before a crash; drop those that the member saw fail."""
        for request_id, place in found.received:
            try:
                await self._finish(request_id, place)
            except Exception:
                log.exception("received_not_finished", request=request_id)  # the sweep will retry it

    async def _finish(self, request_id: str, place: Place) -> None:
        if not self._has_role(ProcessRole.CHAT):
            return
        adapter, found = self.adapters.get(place.platform), await self.ledger.read(lambda c: request_rows.get(c, request_id))
        if adapter is None or found is None or found.state is not RequestState.RECEIVED:
            return  # somebody has accepted it since it was found: of many left ones, the last wait long
        if await adapter.acknowledged(place):
            await self.core.accept(request_id)
        else:
            await self.core.abandon(request_id)

    async def stop(self, drain: float = DRAIN) -> None:
        """Start nothing new, wait at most `drain` seconds for calls in flight, send what's due, and close the ledger."""
        await self.scheduler.drain(drain)
        await self.supervisor.stop()
        await self.batches.stop()
        await self.core.attachments.stop()
        await self.sheets.work.stop()
        await self.captioning.work.stop()
        await self.batch_sheets.work.stop()
        await self.core.calls.close(min(INTERACTIONS_END, drain))
        await self.sender.stop(min(5.0, drain))
        self.wakeups.stop()
        await self.own_services.stop()
        await self.unwanted_tasks.close(min(5.0, drain))
        await self.moderation.stop()
        self.incidents.stop()
        if self.status_hint is not None:
            await self.status_hint.stop()
        await self.writes.stop()
        await self.core.storage.stop()
        for service in self.services:
            if self.sharing is None:
                await self.gate_memory.keep(service)  # otherwise kept when it resigned
            await service.provider.aclose()
        self.pictures.close()
        await self.ledger.close()

    def _deliver(self, wakes: list[Wake]) -> None:
        for wake in wakes:
            self.wakeups.wake(wake.topic, wake.id, wake.at)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            for part in self._parts():
                try:
                    await part()
                except LedgerProblem as problem:
                    log.error("ledger_problem", problem=str(problem))
                except Exception:
                    # One failing part must not stop the others, and must not fail silently.
                    log.exception("sweep_failed", part=part.__name__)

    def _parts(self) -> Sequence[Callable[[], Awaitable[None]]]:
        leaders = (self._overdue, self._cases, self._batches, self._files, self._model, self._week)
        if self.sharing is None:
            return self._clock, self.own_services.refresh, *leaders
        return self._clock, self._shared, self.own_services.refresh, *(leaders if self.sharing.is_leader else ())

    async def _clock(self) -> None:
        changed = await (follow(self.ledger, self.ports) if self.sharing is None else self.sharing.clock.follow())
        if changed:
            self.scheduler.wake("*")

    async def _shared(self) -> None:
        assert self.sharing is not None
        await self.ledger.write(self.sharing.sweep)
        await self.sharing.places.exchange(self.ledger)
        await self.ledger.read(self.notices.load)

    async def _overdue(self) -> None:
        def look(tx: Tx) -> None:
            there = frozenset(process_rows.live_calls(tx.connection)) if self.sharing is not None else None
            sweep(tx, self.scheduler.is_running if there is None else there.__contains__)

        await self.ledger.write(look)

    async def _cases(self) -> None:
        await self.ledger.write(self.moderation.sweep)

    async def _batches(self) -> None:
        await self.ledger.write(self.batches.sweep)
        await self.ledger.write(self.batch_sheets.sweep)

    async def _model(self) -> None:
        await model_end.look(self.ledger, self.notices, self.core.rules.model)

    async def _week(self) -> None:
        if self.weekly_report:
            zone = self.core.rules.limits.zone
            await self.ledger.write(lambda tx: weekly_report.look(tx, self.notices, zone))

    async def _files(self) -> None:
        await self.ledger.write(self.core.attachments.sweep)
        await self.orphaned_files.round()

    async def _accept_left(self) -> None:
        """Accept commands whose acceptance failed without a crash, and those of processes that died. Separate from the sweep, because a
        platform may be slow to say whether it showed the acknowledgement."""
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            before = self.ports.now() - RECEIVED_FOR
            try:
                rows = await self.ledger.read(lambda c: request_rows.in_state(c, RequestState.RECEIVED))
                waiting = [(row.id, row.place) for row in rows if row.created_at <= before]
                left = () if self.sharing is None else self.sharing.received_by_dead()
                await self.accept_received(Recovered((*left, *waiting), 0, ()))
            except Exception:
                log.exception("sweep_failed", part="received")


def _recover(tx: Tx, rules: Rules, services: ImageServices) -> Recovered:
    """Recover what the previous process left, after bounding its stored waits."""
    bound(tx, longest(rules))
    found = recover(tx)
    settle_stranded(tx, services.half_price_key)
    return found


async def serve(
    bot: Bot,
    ready: Callable[[str], None],
    stopping: Callable[[str], None],
    list_models: ModelList | None = None,
    health: HealthService | None = None,
) -> None:
    """Run all connected adapters until a signal or a problem that only the operator can fix; then drain.

    With `list_models`, also checks the image service once at start.
    """
    startup, shutdown = Startup(ready), Shutdown(stopping)
    shutdown.listen()
    found = await bot.start()
    if health is not None:
        health.started()
    serving = asyncio.create_task(Platforms(bot.adapters, bot.core, bot.supervisor, startup.announce).run(), name="platforms")
    finishing = asyncio.create_task(bot.accept_received(found))
    looking = None if list_models is None else asyncio.create_task(greet(list_models, bot.ledger, bot.notices), name="greeting")
    waiter = asyncio.create_task(shutdown.asked.wait())
    starting = asyncio.create_task(startup.finish())
    try:
        await asyncio.wait([waiter, serving], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
    finally:
        if health is not None:
            health.stopping()
        waiter.cancel()
        finishing.cancel()
        starting.cancel()
        if looking is not None:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        # Adapters stay connected until the answers to the last calls and presses are shown.
        await shutdown.drain(bot.scheduler, bot.sender, bot.core.calls)
        serving.cancel()
        await asyncio.gather(waiter, finishing, starting, serving, return_exceptions=True)
