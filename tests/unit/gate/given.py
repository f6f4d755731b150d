"""What the gate's tests are written with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.kinds import Kind
from bot.domain.requests import Lane
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant, Verdict, Waiting, WakeAt
from bot.gate.settings import GateSettings
from tests.unit.gate.chaos import failure

SERVED = Verdict(None, pictures=1)
DOWN = Verdict(failure(Kind.OVERLOADED))
RESET = Verdict(failure(Kind.NETWORK_RESET))
NO_CREDIT = Verdict(failure(Kind.QUOTA_EXHAUSTED))
TOO_MANY_AT_ONCE = Verdict(failure(Kind.RATE_LIMITED, limit="concurrency"))
BLOCKED = Verdict(failure(Kind.SAFETY_PROMPT))
CANCELLED = Verdict(None, cancelled=True)


def refused(wait: float | None = None, limit: str = "", **headers: str) -> Verdict:
    """A rate answer."""
    return Verdict(failure(Kind.RATE_LIMITED, wait, limit), {name.replace("_", "-"): value for name, value in headers.items()})


def row(
    name: str, person: str = "ana", since: float = 0.0, lane: Lane = Lane.INTERACTIVE, community: str = "c", pictures: int = 1, **more: int
) -> Waiting:
    """A waiting request."""
    return Waiting(name, person, community, lane, since, pictures, more.get("tries", 0), bool(more.get("last_try", 0)))


def rows(count: int, person: str = "ana") -> list[Waiting]:
    """Many of one member."""
    return [row(f"{person}{number}", person, number) for number in range(count)]


def middle(low: float, high: float) -> float:
    """Jitter that is none."""
    return (low + high) / 2


@dataclass
class Play:
    """A gate, a clock and a line, driven as the core drives it."""

    gate: AdaptiveGate = field(default_factory=lambda: AdaptiveGate(GateSettings(), middle))
    waiting: list[Waiting] = field(default_factory=list)
    now: float = 100.0

    def next(self) -> Grant | WakeAt:
        """Ask once; a granted request leaves the line."""
        answer = self.gate.next(self.now, self.waiting)
        if isinstance(answer, Grant):
            self.waiting = [one for one in self.waiting if one.request_id != answer.request_id]
        return answer

    def grant(self) -> Grant:
        """Let time pass until something is granted."""
        for _ in range(100):
            answer = self.next()
            if isinstance(answer, Grant):
                return answer
            assert answer.when < float("inf"), answer
            self.now = answer.when
        raise AssertionError("nothing was granted")

    def hold(self) -> WakeAt:
        """Ask, and expect to wait."""
        answer = self.next()
        assert isinstance(answer, WakeAt)
        return answer

    def report(self, grant: Grant, verdict: Verdict, after: float = 0.1) -> None:
        """The exchange ends."""
        self.now += after
        self.gate.report(grant, verdict, self.now)

    def exchange(self, verdict: Verdict, after: float = 0.1) -> Grant:
        """Grant and end, one after the other."""
        grant = self.grant()
        self.report(grant, verdict, after)
        return grant

    def names(self) -> list[str]:
        """What changed, by name."""
        return [change.name for change in self.gate.changes()]


def launches_within(play: Play, seconds: float, verdict: Verdict, after: float = 0.1) -> int:
    """How many exchanges start within so many seconds when each ends with this verdict and goes back into the line."""
    until, count = play.now + seconds, 0
    line: Sequence[Waiting] = list(play.waiting)
    while play.now < until:
        play.waiting = list(line)
        answer = play.next()
        if isinstance(answer, Grant):
            count += 1
            play.report(answer, verdict, after)
        else:
            play.now = max(answer.when, play.now + 0.01)
    return count
