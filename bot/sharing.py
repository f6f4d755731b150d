"""Lifecycle of a process that shares its ledger: join the fleet, recover from dead processes, and do the leader's work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.domain.request_states import RequestState
from bot.domain.requests import Place
from bot.domain.roles import ProcessRole
from bot.gate.gate import AdaptiveGate
from bot.gate.settings import GateSettings
from bot.ledger import grant_rows, process_rows, request_rows
from bot.ledger.clock_rows import bound
from bot.ledger.shared_clock import SharedClock
from bot.ledger.store import Ledger, Tx
from bot.messages.sender import Sender
from bot.moderation.moderator_forms import longest
from bot.ports.steady import SteadyPorts
from bot.processes.fleet import Fleet
from bot.processes.places import SharedPlaces
from bot.requests.recover import Recovered, interrupt, recover_dead
from bot.requests.rules import Rules
from bot.requests.scheduler import Scheduler
from bot.requests.services import ImageService
from bot.requests.shared_handover import SharedHandover
from bot.requests.stranded_tasks import settle_stranded
from bot.supervise import Supervisor


@dataclass(slots=True)
class Sharing:
    """What `bot.lifecycle` does differently if several processes share the ledger."""

    ledger: Ledger
    fleet: Fleet
    clock: SharedClock
    scheduler: Scheduler
    sender: Sender
    places: SharedPlaces
    rules: Rules
    _received: Sequence[tuple[str, Place]] = ()
    """Commands that were stored but not accepted when this process joined: another live process may be about to accept them."""

    async def join(self, platforms: Collection[str], supervisor: Supervisor) -> Recovered:
        kept = tuple(platforms)
        self.fleet.platforms, self.fleet.on_dead, self.fleet.on_elected = (
            (lambda: kept),
            self._recover_dead,
            lambda tx, token: grant_rows.withdraw(tx),
        )
        self.fleet.on_change = self._look_again
        self.sender.fleet = self.fleet
        await self.fleet.beat(first=True)

        alone = not self.fleet.others

        def begin(tx: Tx) -> Recovered:
            bound(tx, longest(self.rules))
            request_rows.extend_received(tx)
            interrupted = recover_dead(tx, process_rows.live_calls(tx.connection))
            if alone:  # otherwise the leader settles what no live process collects with the settings that it was started with
                settle_stranded(tx, self.scheduler.services.half_price_key)
            received = tuple((one.id, one.place) for one in request_rows.in_state(tx.connection, RequestState.RECEIVED))
            # Another live process may be between storing a command and accepting it.
            self._received = () if alone else received
            return Recovered(received if alone else (), interrupted, ())

        found = await self.ledger.write(begin)
        await self.scheduler.handover.sync()  # a new leader loads what the last one had learned
        await self.places.exchange(self.ledger)
        supervisor.start("fleet", self.fleet.run)
        if self.has_role(ProcessRole.CHAT):
            self.sender.find_unsent()
        return found

    def has_role(self, role: ProcessRole) -> bool:
        return role in self.fleet.roles

    @property
    def is_leader(self) -> bool:
        """Whether this process runs the gate and the periodic jobs."""
        return self.fleet.leader_token is not None

    def _look_again(self) -> None:
        self.scheduler.wake("*")
        if self.has_role(ProcessRole.CHAT):
            self.sender.find_unsent()

    def _recover_dead(self, tx: Tx) -> None:
        """Clean up after dead processes: interrupt their calls and resend their unsettled messages."""
        recover_dead(tx, process_rows.live_calls(tx.connection))
        tx.wake("unshown", "*")
        tx.wake("request", "*")

    def received_by_dead(self) -> Sequence[tuple[str, Place]]:
        """Commands from before this process joined, once no other live process can accept them. A process killed just before the join still
        counted as live then."""
        if self.fleet.others:
            return ()
        found, self._received = self._received, ()
        return found

    def sweep(self, tx: Tx) -> None:
        """Do what each process does from time to time, and what the leader does for all."""
        self.interrupt_lost_calls(tx)
        if self.is_leader:
            settle_stranded(tx, self.scheduler.services.half_price_key, process_rows.tasks_polled_elsewhere(tx.connection, tx.owner or ""))

    def interrupt_lost_calls(self, tx: Tx) -> None:
        """Interrupt calls that the ledger ascribes to this process although it isn't making them. Only a bug leads here, but the member
        must not wait forever."""
        for request_id in process_rows.calls_of(tx.connection, tx.owner or ""):
            request = request_rows.get(tx.connection, request_id)
            if request is not None and request.state is RequestState.CALLING and not self.scheduler.is_running(request_id):
                interrupt(tx, request)


async def share(scheduler: Scheduler, sender: Sender, ports: SteadyPorts, places: SharedPlaces, roles: frozenset[ProcessRole]) -> Sharing:
    """Wire a process that shares its ledger. It uses the database's clock from now on."""
    ledger, services = scheduler.ledger, scheduler.services
    assert ledger.participant is not None
    fleet, clock = Fleet(ledger, ports, ledger.participant, roles), SharedClock(ledger, ports)
    scheduler.handover = SharedHandover(
        fleet,
        ledger,
        ports,
        services,
        lambda service, learned, age: AdaptiveGate(_limits_of(service), ports.uniform, learned, age),
        lambda: len(scheduler.running()),
    )
    await clock.begin()
    return Sharing(ledger, fleet, clock, scheduler, sender, places, scheduler.deps.rules)


def _limits_of(service: ImageService) -> GateSettings:
    """The limits that a service's gate had, for its next one."""
    return service.gate.settings if isinstance(service.gate, AdaptiveGate) else GateSettings()
