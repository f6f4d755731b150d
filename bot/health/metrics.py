"""Prometheus metrics: a subscriber of the event stream, plus the probe's observations at the time of a scrape.

Labels are bounded. Kinds, answers and gate states are closed lists; models and sizes, which members and operators choose, keep their first
few values, and everything after that is `other`. No label contains an id, a name or a text. What happens at communities' own services is
counted separately (`imagine_own_key_…`): alerts should concern what the operator can fix.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from bot.domain.kinds import KINDS
from bot.events import CallEnded, Event, GateChanged, MessageRefused, NoticeOpened, NoticeResolved, StorageFailed
from bot.health.probe import Seen
from bot.health.verdict import HealthLimits, Pulse, health, readiness

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for every counter, which nobody reads
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_VALUES = 20
"""Values of a label before the rest becomes `other`."""
BUCKETS = (1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0)
"""Seconds. A picture takes 5 to 60 s; the longest call is cut off after 300."""
OTHER, NO_FAILURE = "other", "none"
GATE_STATES = ("open", "paused", "probing", "down", "no_credit")
_GATE = {
    "in_flight": "Calls in progress.",
    "concurrency": "Learned limit of calls at the same time.",
    "per_minute": "Learned limit of requests per minute.",
    "paused_for": "Seconds until the gate opens again.",
    "failures_in_a_row": "Consecutive failures of the service.",
    "latency_p50": "Median duration of recent calls, in seconds.",
    "latency_p95": "95th percentile of the duration of recent calls, in seconds.",
}
"""Field of the gate's snapshot -> what the metric means."""
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,59}", re.ASCII)


@dataclass(slots=True)
class BoundedLabel:
    """Admits the first few well-formed values of a label."""

    most: int = MOST_VALUES
    _known: set[str] = field(default_factory=set)

    def __call__(self, value: str | None) -> str:
        if value is None or _LABEL.fullmatch(value) is None:
            return OTHER
        if value not in self._known and len(self._known) >= self.most:
            return OTHER
        self._known.add(value)
        return value


class Metrics:
    """All metrics of one process, in a registry of their own."""

    def __init__(self, pulse: Pulse, monotonic: Callable[[], float], limits: HealthLimits, version: str) -> None:
        self._pulse, self._monotonic, self._limits = pulse, monotonic, limits
        self._labels = {name: BoundedLabel() for name in ("model", "size", "platform", "change", "cause", "why", "outcome")}
        self._registry = registry = CollectorRegistry(auto_describe=False)
        self._open_notices: set[str] = set()
        self._exchanges = Counter(
            "imagine_exchanges", "Calls to an image service, by failure kind.", ("model", "size", "kind", "billed"), registry=registry
        )
        self._seconds = Histogram(
            "imagine_exchange_seconds", "Duration of calls to an image service.", ("model",), buckets=BUCKETS, registry=registry
        )
        self._pictures = Counter("imagine_pictures", "Pictures that arrived.", ("model",), registry=registry)
        self._own = Counter("imagine_own_key_exchanges", "Calls with communities' own keys, by failure kind.", ("kind",), registry=registry)
        self._own_requests = Counter(
            "imagine_own_key_requests", "Requests of communities with their own keys that ended.", ("outcome",), registry=registry
        )
        self._requests = Counter(
            "imagine_requests", "Requests that ended at your own services, by outcome.", ("platform", "outcome"), registry=registry
        )
        self._changes = Counter("imagine_gate_changes", "Changes of a gate's state.", ("change",), registry=registry)
        self._notices = Counter("imagine_notices", "Operator notices opened, by kind.", ("kind",), registry=registry)
        self._notices_open = Gauge("imagine_notices_open", "Operator notices that aren't resolved.", registry=registry)
        self._refused = Counter("imagine_messages_refused", "Messages that a platform won't show.", ("platform", "why"), registry=registry)
        self._storage = Counter("imagine_storage_failures", "Episodes in which the database couldn't be written.", registry=registry)
        self._spent = Gauge("imagine_spent_usd", "US dollars spent in the current period.", ("period",), registry=registry)
        Gauge("imagine_info", "The running version.", ("version",), registry=registry).labels(version).set(1)
        registry.register(self)

    def page(self) -> bytes:
        """The metrics in Prometheus's text format. Safe to call from any thread."""
        return generate_latest(self._registry)

    def on_event(self, event: Event) -> None:
        match event:
            case CallEnded():
                self._exchange(event)
            case GateChanged(name=name):
                self._changes.labels(self._labels["change"](name)).inc()
            case NoticeOpened(cause=cause, kind=kind):
                self._open_notices.add(cause)
                self._notices.labels(self._labels["cause"](kind)).inc()
                self._notices_open.set(len(self._open_notices))
            case NoticeResolved(cause=cause):
                self._open_notices.discard(cause)
                self._notices_open.set(len(self._open_notices))
            case MessageRefused(platform=platform, why=why):
                self._refused.labels(self._labels["platform"](platform), self._labels["why"](why)).inc()
            case StorageFailed():
                self._storage.inc()
            case _:
                pass

    def on_seen(self, seen: Seen) -> None:
        """Count the requests that ended since the probe's last look, and what was spent."""
        for one in seen.ended:
            outcome = self._labels["outcome"](one.outcome)
            theirs = (self._labels["platform"](one.platform), outcome)
            (self._own_requests.labels(outcome) if one.own else self._requests.labels(*theirs)).inc(one.count)
        for period, micros in seen.spent.items():
            self._spent.labels(period).set(micros / 1_000_000)

    def known_notices(self, causes: set[str]) -> None:
        """Notices left open by an earlier process."""
        self._open_notices |= causes
        self._notices_open.set(len(self._open_notices))

    def _exchange(self, event: CallEnded) -> None:
        model = self._labels["model"](event.model)
        kind = NO_FAILURE if event.kind is None else event.kind if event.kind in KINDS else OTHER
        if event.own_key:
            self._own.labels(kind).inc()
            return
        self._exchanges.labels(model, self._labels["size"](event.size), kind, event.billed).inc()
        self._seconds.labels(model).observe(event.latency)
        self._pictures.labels(model).inc(event.pictures)

    def collect(self) -> Iterator[Metric]:
        """The probe's observations, for the registry."""
        pulse, now = self._pulse, self._monotonic()
        healthy = all(check.ok for check in health(pulse, now, self._limits).values())
        ready = all(check.ok for check in readiness(pulse, now, self._limits).values())
        yield GaugeMetricFamily("imagine_healthy", "1 if /healthz is good.", value=float(healthy))
        yield GaugeMetricFamily("imagine_ready", "1 if /readyz is good.", value=float(ready))
        yield GaugeMetricFamily("imagine_loop_lag_seconds", "Seconds by which the event loop ran late.", value=pulse.lag)
        yield GaugeMetricFamily("imagine_loop_silent_seconds", "Seconds since the event loop ran.", value=max(0.0, now - pulse.beat))
        yield GaugeMetricFamily(
            "imagine_oldest_due_seconds", "Age of the oldest due request at your own services.", value=pulse.queue.oldest_due
        )
        if pulse.written is not None:
            yield GaugeMetricFamily("imagine_database_written_seconds", "Seconds since the last write.", value=now - pulse.written)
        if pulse.last_exchange is not None:
            about = "When the latest call to one of your image services ended, seconds since the epoch."
            yield GaugeMetricFamily("imagine_last_exchange_timestamp_seconds", about, value=pulse.last_exchange)
        live = GaugeMetricFamily("imagine_live_requests", "Requests in progress at your own services, by state.", labels=("state",))
        for state, count in pulse.queue.states.items():
            live.add_metric([state], count)
        yield live
        links = GaugeMetricFamily("imagine_connection_up", "1 if a connection to a platform is up.", labels=("connection",))
        for name, since in pulse.links.items():
            links.add_metric([name], float(since is None))
        yield links
        yield from _gates(pulse)


def _gates(pulse: Pulse) -> Iterator[Metric]:
    state = GaugeMetricFamily("imagine_gate_state", "1 for the gate's current state.", labels=("service", "state"))
    gauges = {name: GaugeMetricFamily(f"imagine_gate_{name}", about, labels=("service",)) for name, about in _GATE.items()}
    for service, seen in pulse.gates.items():
        for name in GATE_STATES:
            state.add_metric([service, name], float(seen.state == name))
        for name, gauge in gauges.items():
            value = getattr(seen, name)
            if value is not None:  # no limit is known yet
                gauge.add_metric([service], value)
    yield state
    yield from gauges.values()
