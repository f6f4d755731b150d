"""Health service of one process: the listener from the beginning, the probe as soon as there is a bot."""

from __future__ import annotations

from importlib.metadata import version

import structlog

from bot.health.listener import Listener
from bot.health.metrics import Metrics
from bot.health.probe import Probe
from bot.health.verdict import HealthLimits, Pulse
from bot.ledger.store import Ledger
from bot.messages.notices import Notices
from bot.ports import Ports
from bot.requests.scheduler import Scheduler
from bot.requests.services import ImageServices
from bot.supervise import Supervisor

log = structlog.get_logger()


class HealthService:
    """Listens from construction until `close`. Raises SetupProblem if the address isn't available."""

    def __init__(self, host: str, port: int, ports: Ports, limits: HealthLimits | None = None) -> None:
        self._ports = ports
        limits = limits or HealthLimits()
        self.pulse = Pulse(beat=ports.monotonic())
        self.metrics = Metrics(self.pulse, ports.monotonic, limits, version("imagine-bot"))
        self._listener = Listener(host, port, self.pulse, self.metrics, ports.monotonic, limits)
        log.info("health_listening", host=host, port=self.port)

    @property
    def port(self) -> int:
        return self._listener.port

    def observe(
        self, ledger: Ledger, scheduler: Scheduler, services: ImageServices, supervisor: Supervisor, notices: Notices, ports: Ports
    ) -> None:
        """Count the bot's events from now on. `ports` has the ledger's clock."""
        notices.events.subscribers.append(self.metrics.on_event)
        zone = scheduler.deps.rules.limits.zone
        self.probe = Probe(self.pulse, ledger, scheduler, services, supervisor, ports, zone, self.metrics.on_seen)
        self._notices, self._supervisor = notices, supervisor

    def started(self) -> None:
        """The bot has recovered from the previous process: begin to observe it."""
        self.metrics.known_notices(self._notices.open)
        self.pulse.beat, self.pulse.started = self._ports.monotonic(), True
        self._supervisor.start("health", self.probe.run)

    def stopping(self) -> None:
        """The bot takes no more commands."""
        self.pulse.stopping = True

    def close(self) -> None:
        self._listener.close()
