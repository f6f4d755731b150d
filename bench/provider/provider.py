"""The provider without a network: what it answers to whom and when. `server.py` puts it behind HTTP, `fast.py` drives it directly.

All luck comes from (scenario, seed): failures and service times are keyed by (seed, job, n-th admission of that job), so that every
client meets the same luck.
"""

from __future__ import annotations

import collections
import datetime
import email.utils
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bench.provider.limiter import Limiter, Scenario, duration

EPOCH = 1_790_000_000.0
"""Wall clock at scenario time 0, for date headers."""
HINTS = ("retry_after_s", "message", "none", "retry_after_ms", "limit_message")


def in_windows(t: float, windows: Iterable[dict[str, Any]] | None) -> dict[str, Any] | None:
    """The window that t lies in."""
    for window in windows or ():
        if window["from"] <= t < window["to"]:
            return window
    return None


class Draw:
    """What happens to the k-th admission of a job (shared with ideal.py)."""

    def __init__(self, scenario: Scenario, seed: int, job: str, k: int) -> None:
        luck = random.Random(f"{seed}:{job}:{k}")
        faults = scenario.get("faults", {})
        self.u503, reset, slow, self.share = luck.random(), luck.random(), luck.random(), luck.uniform(0.1, 0.9)
        service = scenario["service"]
        drawn = luck.lognormvariate(math.log(service["median"]), service["sigma"])
        self.seconds = min(service.get("max", 90), max(service.get("min", 2), drawn))
        self.reset = reset < faults.get("reset_p", 0)
        self.slow = slow < faults.get("slow_p", 0)
        if luck.random() < service.get("long_p", 0):
            self.seconds = service["long_s"]
        self.p503 = faults.get("p503", 0)
        if self.slow:
            self.seconds = faults.get("slow_s", 400)

    def is503(self, scenario: Scenario, t: float) -> bool:
        """Whether the server fails on it at once."""
        burst = in_windows(t, scenario.get("faults", {}).get("bursts503"))
        return bool(self.u503 < (burst["p"] if burst else self.p503))


@dataclass(slots=True)
class Reply:
    """What a client will get, and after how long. `status` 0: the connection is reset."""

    job: str
    after: float
    status: int
    code: str | None = None
    type: str = ""
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    details: list[dict[str, str]] | None = None
    admitted: bool = False
    """Holds one of the provider's places until it ends."""


class Episode:
    """A few refusals that no limit explains: the next requests from a time on, each with the seconds of its Retry-After or None."""

    def __init__(self, planned: dict[str, Any]) -> None:
        self.start, self.kind, self.hints = planned["from"], planned.get("kind", "rate"), list(planned["hints"])
        self.longest = max((hint for hint in self.hints if hint), default=0)
        self.last: float | None = None
        """When the last of them was given, once all were."""

    def due(self, t: float, in_flight: int) -> bool:
        """Whether a request at this time is refused."""
        return bool(self.hints) and t >= self.start and (self.kind != "concurrency" or in_flight > 0)

    def refuse(self, t: float) -> int | None:
        """Its hint."""
        hint: int | None = self.hints.pop(0)
        self.last = None if self.hints else t
        return hint


class Provider:
    """Times are scenario time in seconds."""

    def __init__(self, scenario: Scenario, seed: int, jobs: list[dict[str, Any]]) -> None:
        self.scenario, self.seed = scenario, seed
        self.kind = {job["id"]: job.get("kind", "ok") for job in jobs}
        self.limiter, self.in_flight, self.max_in_flight = Limiter(scenario), 0, 0
        self.count: collections.Counter[str] = collections.Counter()
        self.admissions: collections.Counter[str] = collections.Counter()
        self.final: dict[str, str] = {}
        """job -> code of an answer that must not be repeated"""
        self.delivered: dict[str, float] = {}
        self.arrivals: list[float] = []
        self.rejections = 0
        self.episodes = [Episode(planned) for planned in scenario.get("refusals", ())]
        self.admitted_at: list[tuple[float, str]] = []
        self.latency = random.Random(f"{seed}:lat")

    def receive(self, t: float, job: str) -> Reply:
        """A request has come in. The caller waits `after`, then calls `finish`, or `give_up` when the client hung up before."""
        reply = self._decide(t, job)
        if not reply.admitted and reply.status:
            self.count[f"http_{reply.status}"] += 1
        reply.headers["x-request-id"] = f"req_{self.count['received']:06d}"
        return reply

    def finish(self, reply: Reply, t: float) -> None:
        """The answer goes out; fills in what is only known now."""
        if reply.status == 0:
            self.count["resets"] += 1
        if not reply.admitted:
            return
        self.in_flight -= 1
        if reply.status != 200:
            return
        self.count["billed"] += 1
        if reply.job in self.delivered:
            self.count["duplicates"] += 1
        else:
            self.delivered[reply.job] = t
        if self.scenario["limit"].get("headers"):
            reply.headers.update(self.limiter.headers(t))

    def give_up(self, reply: Reply) -> None:
        """The client hung up: the picture is lost but billed."""
        if reply.admitted:
            self.in_flight -= 1
            self.count["wasted"] += 1
            self.count["billed"] += 1

    def _decide(self, t: float, job: str) -> Reply:
        scenario, count = self.scenario, self.count
        count["received"] += 1
        self.arrivals.append(t)
        if job in self.final:
            count["wrong_retries"] += 1
        if job in self.delivered:
            count["after_delivery"] += 1
        at_once = self.latency.uniform(*scenario.get("reject_latency", (0.06, 0.15)))
        outage = in_windows(t, scenario.get("outages"))
        if outage:
            count["during_outage"] += 1
            if outage.get("mode", "503") == "reset":
                return Reply(job, at_once, 0)
            headers = {"retry-after": str(outage["retry_after"])} if outage.get("retry_after") else {}
            text = "The server is overloaded or not ready yet."
            return Reply(job, outage.get("latency", at_once), 503, None, "server_error", text, headers)
        if in_windows(t, scenario.get("quota")):
            count["during_quota"] += 1
            self.final.setdefault(job, "insufficient_quota")
            text = "You exceeded your current quota, please check your plan and billing details."
            return Reply(job, at_once, 429, "insufficient_quota", "insufficient_quota", text)
        kind = self.kind.get(job, "ok")
        if kind == "badparam":
            self.final.setdefault(job, "invalid_value")
            return Reply(job, at_once, 400, "invalid_value", "invalid_request_error", "Invalid value: '999x999'.")
        if kind == "safety":
            self.final.setdefault(job, "moderation_blocked")
            text = "Your request was rejected as a result of our safety system."
            return Reply(job, 1.0, 400, "moderation_blocked", "image_generation_user_error", text)
        episode = next((one for one in self.episodes if one.due(t, self.in_flight)), None)
        if episode is not None:
            return self._refuse_as_planned(t, job, at_once, episode)
        if self.in_flight >= scenario["limit"]["concurrency"]:
            self.limiter.wait(t)
            self.limiter.reject(t)
            return self._too_many(t, job, at_once, 0.0, concurrency=True)
        if self.limiter.wait(t) > 0:
            self.limiter.reject(t)
            return self._too_many(t, job, at_once, self.limiter.wait(t), concurrency=False)
        return self._admit(t, job)

    def _admit(self, t: float, job: str) -> Reply:
        self.limiter.take(t)
        self.count["admitted"] += 1
        self.admitted_at.append((t, job))
        draw = Draw(self.scenario, self.seed, job, self.admissions[job])
        self.admissions[job] += 1
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        if draw.is503(self.scenario, t):
            text = "The server had an error while processing your request."
            return Reply(job, 0.5, 503, None, "server_error", text, admitted=True)
        seconds, status = draw.seconds, 200
        if draw.reset and not draw.slow:
            seconds, status = draw.seconds * draw.share, 0
        for outage in self.scenario.get("outages", ()):
            if outage.get("kill_inflight") and t < outage["from"] < t + seconds:
                seconds, status = outage["from"] - t, 0
        return Reply(job, seconds, status, admitted=True)

    def _refuse_as_planned(self, t: float, job: str, after: float, episode: Episode) -> Reply:
        """Refused for something that is none of this client's doing: somebody else uses the key, or the provider is short of machines."""
        hint = episode.refuse(t)
        headers = {} if hint is None else {"retry-after": str(hint)}
        self.count["planned_refusals"] += 1
        if episode.kind == "overloaded":
            return Reply(job, after, 503, None, "server_error", "The server is overloaded or not ready yet.", headers)
        text = "Too many concurrent requests for this model." if episode.kind == "concurrency" else "Too Many Requests"
        return Reply(job, after, 429, "rate_limit_exceeded", "requests", text, headers)

    def _too_many(self, t: float, job: str, after: float, wait: float, *, concurrency: bool) -> Reply:
        self.rejections += 1
        limit, headers, text = self.scenario["limit"], {}, "Too Many Requests"
        details = None
        hint = limit.get("hint", "none")
        if hint == "mixed":
            hint = HINTS[self.rejections % len(HINTS)]
        if concurrency:
            self.count["rejected_concurrency"] += 1
            if limit.get("concurrency_text", True):
                text = "Too many concurrent requests for this model. Reduce parallel requests."
        else:
            self.count["rejected_rate"] += 1
            wait *= limit.get("hint_error", 1.0)
            rate = int(self.limiter.rpm(t))
            match hint:
                case "retry_after_s":
                    headers, text = {"retry-after": str(max(1, math.ceil(wait)))}, "Rate limit exceeded."
                case "retry_after_ms":
                    headers, text = {"retry-after-ms": str(max(1, math.ceil(wait * 1000)))}, "Rate limit exceeded."
                case "retry_after_date":
                    when = datetime.datetime.fromtimestamp(EPOCH + math.ceil(t + wait), datetime.UTC)
                    headers, text = {"retry-after": email.utils.format_datetime(when, usegmt=True)}, "Rate limit exceeded."
                    headers["date"] = email.utils.format_datetime(datetime.datetime.fromtimestamp(EPOCH + t, datetime.UTC), usegmt=True)
                case "message":
                    text = f"Rate limit reached for images per min. Please try again in {duration(wait)}."
                case "google":
                    text, details = (
                        "Resource has been exhausted.",
                        [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{wait:.3f}s"}],
                    )
                case "limit_message":
                    text = f"Rate limit exceeded for images per minute. Limit: {rate}/1min. Current: {rate + 1}/1min."
        if limit.get("headers"):
            headers.update(self.limiter.headers(t))
        return Reply(job, after, 429, "rate_limit_exceeded", "requests", text, headers, details)
