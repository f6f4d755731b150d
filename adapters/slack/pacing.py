"""Shared pacing of chat.postMessage and chat.update per workspace, below Slack's rate limits. Pure: the clock is passed in.

Final views go before progress, keep their place while they wait, and have capacity that progress can't use.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from adapters.slack.errors import BackOff

MethodKind = Literal["post", "update"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` calls within any `seconds`."""

    count: int
    seconds: float


# Source of all limits: docs.slack.dev/apis/web-api/rate-limits; counted per method, app and workspace.
UPDATES = Limit(16, 20.5)
"""47 a minute; chat.update is Tier 3, 50+ a minute. With a window of a third of a minute, sixteen answers can go at once, the seventeenth
waits at most twenty seconds, and three windows stay below 50 even if calls arrive closer together than they were sent."""
PROGRESS = Limit(12, 20.5)
"""Share for progress, 35 a minute: four final answers can go at any time."""
EDITS_OF_ONE = 3.0
"""Seconds between progress edits of one message."""
POSTS_HERE, BURST_HERE = Limit(4, 4.2), Limit(3, 3.15)
"""Per channel; chat.postMessage allows about one a second with short bursts. Two windows, so that a burst of three isn't followed by a
second one."""
POSTS = Limit(10, 3.0)
"""200 a minute; a workspace allows "several hundred" posts a minute."""

ASK_AGAIN = 5.0
"""Maximum wait for progress; a view that becomes final earlier asks immediately."""
FINAL_ASKS_AGAIN = 30.0
"""Maximum wait for final views, so that an abandoned place is freed soon."""
KEPT_FOR_PROGRESS, KEPT_FOR_FINAL = 3.0, 10.0
"""Seconds for which a place is kept for a caller that doesn't return in time."""
LEADS: dict[MethodKind, float] = {"post": 30.0, "update": 1e9}
"""Seconds by which a final view overtakes progress that has waited longer. Progress edits may starve, first messages may not."""
LONGEST_CLOSED = 300.0
SHORTEST = 0.05
TIDY_EVERY = 5.0
_SAME = 1e-6

Key = tuple[str, str]
"""Key of a limit: (kind, channel); an empty channel means the whole workspace."""
PacingLane = tuple[str, str, bool]
"""Calls with the same limits: (kind, channel, final)."""


@dataclass(slots=True)
class CallLog:
    """Past and planned calls against one limit."""

    limit: Limit
    times: list[float] = field(default_factory=list)

    def earliest(self, start: float) -> float:
        """The first moment from `start` at which one more call keeps every window within the limit."""
        moment, times, count, seconds = start, self.times, self.limit.count, self.limit.seconds
        for index in range(bisect_left(times, start - seconds), len(times) - count + 1):
            first, last = times[index], times[index + count - 1]
            if first >= moment + seconds:
                break
            if max(moment, last) - min(moment, first) < seconds - _SAME:
                moment = first + seconds
        return moment

    def turn(self, now: float, start: float = 0.0, longest: float = 0.0) -> float:
        """Book the next call, not before `start`. Returns the seconds until then; raises BackOff if they're more than `longest`."""
        self.forget(now)
        wait = self.earliest(max(now, start)) - now
        if wait > longest:
            raise BackOff(wait)
        self.add(now + wait)
        return wait

    def add(self, moment: float) -> None:
        insort(self.times, moment)

    def forget(self, now: float) -> None:
        del self.times[: bisect_left(self.times, now - self.limit.seconds)]


@dataclass(slots=True)
class WaitingCall:
    """A caller that has to ask again later."""

    kind: MethodKind
    channel: str
    final: bool
    since: float
    number: int
    """Order among callers at the same moment."""
    not_before: float
    back: float = 0.0
    """When it should ask again."""

    def lane(self) -> PacingLane:
        return self.kind, self.channel if self.kind == "post" else "", self.final

    def priority(self) -> tuple[float, int]:
        return self.since - (LEADS[self.kind] if self.final else 0.0), self.number

    def over(self, now: float) -> bool:
        return now > self.back + (KEPT_FOR_FINAL if self.final else KEPT_FOR_PROGRESS)


@dataclass(slots=True)
class Pacing:
    """Ask before every post and update; one object per workspace."""

    _logs: dict[Key, CallLog] = field(default_factory=dict)
    _waiting: dict[str, WaitingCall] = field(default_factory=dict)
    _shown: dict[str, float] = field(default_factory=dict)
    """Message -> when it was last posted or edited."""
    _closed: dict[Key, float] = field(default_factory=dict)
    """Limits that Slack closed, and until when."""
    _tidied: float = float("-inf")
    _number: int = 0

    def ask(self, now: float, kind: MethodKind, channel: str, message_id: str, final: bool) -> float:
        """Zero: call now (it's booked). Otherwise the seconds until asking again; a final view keeps its place until then."""
        self._tidy(now)
        me = self._enter(now, kind, channel, message_id, final)
        moment = self._place(now, me)
        if moment <= now + _SAME:
            del self._waiting[message_id]
            self._shown[message_id] = now
            for key, limit in _limits(me.kind, me.channel, me.final):
                self._logs.setdefault(key, CallLog(limit)).add(now)
            return 0.0
        wait = min(max(SHORTEST, moment - now), FINAL_ASKS_AGAIN if final else ASK_AGAIN)
        me.back = now + wait
        return wait

    def rate_limited(self, now: float, kind: MethodKind, channel: str, wait: float) -> None:
        """Slack reported too many calls: pause the method until then, and restart slowly."""
        until = now + min(LONGEST_CLOSED, max(0.0, wait))
        key: Key = (kind, channel if kind == "post" else "")
        if any(other != key and other[0] == kind and end > now for other, end in self._closed.items()):
            key = (kind, "")  # a second channel, so it's the workspace's own limit
        before = self._closed.get(key, 0.0)
        self._closed[key] = max(before, until)
        if until <= max(before, now) + 1.0:
            return  # the same answer to several calls in flight
        for one, limit in _limits(kind, channel, False):
            if key[1] in ("", one[1]):
                log = self._logs.setdefault(one, CallLog(limit))
                for _ in range(limit.count // 2):
                    log.add(until)

    def _enter(self, now: float, kind: MethodKind, channel: str, message_id: str, final: bool) -> WaitingCall:
        known = self._waiting.get(message_id)
        since, number = (known.since, known.number) if known is not None and known.final == final else (now, self._number)
        self._number += 1
        start = max(now, self._closed.get((kind, channel), 0.0), self._closed.get((kind, ""), 0.0))
        if kind == "update" and not final:
            start = max(start, self._shown.get(message_id, float("-inf")) + EDITS_OF_ONE)
        me = self._waiting[message_id] = WaitingCall(kind, channel, final, since, number, start, back=now)
        return me

    def _place(self, now: float, me: WaitingCall) -> float:
        """When this caller's turn is, after everyone ahead of it."""
        logs: dict[Key, CallLog] = {}
        lanes: dict[PacingLane, tuple[float, float]] = {}
        for one in [*self._before(now, me), me]:
            start = max(now, one.not_before)
            # Behind a caller with the same limits it's never sooner, so earlier times don't have to be checked.
            ahead = lanes.get(one.lane())
            if ahead is not None and ahead[0] <= start:
                start = max(start, ahead[1])
            moment = self._earliest(logs, one, start)
            if one is me or (not me.final and moment > now + ASK_AGAIN and one.lane() == me.lane()):
                break
            lanes[one.lane()] = (max(now, one.not_before), moment)
            for key, _ in _limits(one.kind, one.channel, one.final):
                logs[key].add(moment)
        return moment

    def _before(self, now: float, me: WaitingCall) -> Sequence[WaitingCall]:
        priority = me.priority()
        found = [
            one
            for one in self._waiting.values()
            if one is not me and one.kind == me.kind and one.priority() < priority and not one.over(now)
        ]
        return sorted(found, key=WaitingCall.priority)

    def _earliest(self, logs: dict[Key, CallLog], one: WaitingCall, start: float) -> float:
        mine = []
        for key, limit in _limits(one.kind, one.channel, one.final):
            if key not in logs:
                known = self._logs.get(key)
                logs[key] = CallLog(limit, [] if known is None else list(known.times))
            mine.append(logs[key])
        moment = start
        while True:
            found = moment
            for log in mine:
                found = log.earliest(found)
            if found <= moment:
                return moment
            moment = found

    def _tidy(self, now: float) -> None:
        if now - self._tidied < TIDY_EVERY:
            return
        self._tidied = now
        self._waiting = {name: one for name, one in self._waiting.items() if not one.over(now)}
        self._shown = {name: at for name, at in self._shown.items() if now - at < EDITS_OF_ONE}
        self._closed = {key: until for key, until in self._closed.items() if until > now}
        for log in self._logs.values():
            log.forget(now)
        self._logs = {key: log for key, log in self._logs.items() if log.times}


def _limits(kind: MethodKind, channel: str, final: bool) -> list[tuple[Key, Limit]]:
    if kind == "post":
        return [(("post", channel), POSTS_HERE), (("burst", channel), BURST_HERE), (("post", ""), POSTS)]
    return [(("update", ""), UPDATES), *([] if final else [(("progress", ""), PROGRESS)])]
