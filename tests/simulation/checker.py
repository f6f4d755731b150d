"""The promises of docs/reliability.md as rules over what the provider and the chat platform observe. Independent of rows and core
objects."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.chat.views import Audience, View
from tests.simulation.chat import Post, Shown
from tests.simulation.loop import Life
from tests.simulation.plan import Plan
from tests.simulation.provider import KEY, RAW, Asked, Meaning
from tests.simulation.records import Thread, Wording

MAX_ATTEMPTS = 3
MAX_RATE_ANSWERS = 10
DEADLINE = 840.0
IN_FLIGHT = 1.0
"""Seconds within which something that was already decided may still arrive."""
BLOCK_MEMORY = 24 * 3600.0
SLOW = 60.0
"""Seconds after which an answer is late."""
LEFT_OUT = "auto"
"""The size that the provider assumes for a request without one."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken promise."""

    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.detail}"


_STAYS = frozenset({Meaning.OPTION, Meaning.UNAVAILABLE, Meaning.UNUSABLE, Meaning.BLOCK, Meaning.TASK})
_GIVES = frozenset({Meaning.PICTURES, Meaning.TASK})


class Checker:
    """Rules checked as events happen. `money` returns (billed so far, community budget), in micros."""

    def __init__(self, now: Callable[[], float], secrets: Sequence[str]) -> None:
        self._now = now
        self.slack = 0.0
        """Seconds by which waits may be off because the wall clock was set while no process was running. Within a life they're exact."""
        self.ahead = 0.0
        """The part of these seconds by which the clock was set forward; waits may be that much shorter."""
        self._secrets = (KEY, RAW, *secrets)
        self.violations: list[Violation] = []
        self.wordings: list[Wording] = []
        self._hints: dict[tuple[Life, bool], float] = {}
        """Time until which each service asked each life to stay away."""
        self._hinted_at: dict[tuple[Life, bool], float] = {}
        self.billed = 0
        self.budget = 0
        self.results, self.exact = "public", True
        """Who sees results first; whether no clock is set, so that the bot's seconds are the world's."""
        self.approved: Callable[[str | None], bool] = lambda request: False
        self.tells: Mapping[str, str] = {}

    def expect(self, plan: Plan, budget: int, approved: Callable[[str | None], bool]) -> None:
        """What the community and its members have chosen. `approved` says whether a reviewer let others see a request's result."""
        self.budget, self.results, self.tells, self.exact = budget, plan.results, plan.tells, not plan.skews
        self.approved = approved

    def fail(self, rule: str, *detail: object) -> None:
        self.violations.append(Violation(rule, f"t={self._now():.3f} " + " ".join(str(one) for one in detail)))

    # ---- what reaches the provider

    def asked(self, wording: Wording | None, asked: Asked, cost: int) -> None:
        """A request has arrived at the provider. `cost` is what it bills, in micros."""
        self.billed += cost
        if self.billed > self.budget:
            self.fail("4-over-budget", f"billed {self.billed} of {self.budget} micros")
        if wording is None:
            self.fail("5-other-wording", asked.prompt)
            return
        self._second(wording, asked)
        waiting = [one for one in wording.asked if one.open and not one.life.dead]
        refused = [one for one in wording.asked if one.said.meaning is Meaning.OPTION and one.received_at is not None]
        if asked.size != LEFT_OUT and len(refused) >= len(wording.starts):
            self.fail("3-refused-option-sent-again", wording.tag)
        wording.asked.append(asked)
        if wording.unasked:
            self.fail("5-private-words-sent-unasked", wording.tag)
        if wording.blocked_at is not None and not wording.forgiven and asked.at < wording.blocked_at + BLOCK_MEMORY - self.slack:
            self.fail("5-blocked-prompt-sent-again", wording.tag)
        elif wording.offered and not wording.starts:
            self.fail("5-sent-without-the-members-yes", wording.tag)
        elif wording.ended >= wording.allowed:
            self.fail("3-asked-again-after-the-end", wording.tag, f"exchange {len(wording.asked)}, starts {len(wording.starts)}")
        elif len(waiting) + wording.finished >= len(wording.starts):
            self.fail("3-two-exchanges-at-once", wording.tag)
        got = sum(one.count for one in wording.asked[:-1] if one.said.meaning in _GIVES and one.received_at is not None)
        if wording.starts and got + asked.count > len(wording.starts) * wording.most:
            self.fail("3-more-pictures-than-were-asked-for", wording.tag, got, asked.count)
        if wording.cancelled_at is not None and len(wording.starts) == 1 and asked.at > wording.cancelled_at + IN_FLIGHT:
            self.fail("3-sent-after-cancel", wording.tag)
        self._counts(wording)
        if wording.starts:
            # After a start, a deadline is at most as far away as originally set; within a life it's exact.
            begun = max(wording.starts) if self.slack == 0.0 else max(*wording.starts, asked.life.born)
            if asked.at > begun + DEADLINE + IN_FLIGHT:
                self.fail("3-past-the-deadline", wording.tag, f"{asked.at - begun:.0f} s")
        until = self._hints.get((asked.life, asked.second), 0.0)
        if asked.at < until and asked.at > self._hinted_at.get((asked.life, asked.second), 0.0) + IN_FLIGHT:
            self.fail("3-asked-before-the-hint", wording.tag, f"{until - asked.at:.1f} s too early")

    def _second(self, wording: Wording, asked: Asked) -> None:
        """What the first service refused, or may have charged for, never reaches the second one. A member's own new start may."""
        if not asked.second:
            return
        earlier = [one for one in wording.asked if not one.second]
        blocked = any(one.said.meaning is Meaning.BLOCK and one.received_at is not None for one in earlier)
        if blocked and not wording.forgiven:
            self.fail("5-blocked-prompt-at-the-second-service", wording.tag)
        elif len(wording.starts) == 1 and any(one.said.meaning in _STAYS for one in earlier):
            self.fail("5-refused-or-charged-and-sent-elsewhere", wording.tag)

    def _counts(self, wording: Wording) -> None:
        rate = sum(one.said.meaning in (Meaning.RATE, Meaning.OPTION) for one in wording.asked)
        other = len(wording.asked) - rate
        if other > MAX_ATTEMPTS * wording.allowed:
            self.fail("3-too-many-attempts", wording.tag, f"{other} for {len(wording.starts)} requests")
        if rate > MAX_RATE_ANSWERS * wording.allowed:
            self.fail("3-too-many-rate-answers", wording.tag, f"{rate} for {len(wording.starts)} requests")

    def received(self, wording: Wording | None, asked: Asked) -> None:
        """A living process has read the whole answer."""
        asked.received_at = self._now()
        if wording is None:
            return
        match asked.said.meaning:
            case Meaning.PICTURES | Meaning.TASK:
                wording.ended += 1
            case Meaning.FINAL:
                wording.end()
            case Meaning.BLOCK:
                wording.end()
                wording.blocked_at = asked.received_at if wording.blocked_at is None else wording.blocked_at
            case Meaning.RATE if asked.said.wait is not None:
                told = (asked.life, asked.second)
                self._hints[told] = max(self._hints.get(told, 0.0), asked.received_at + asked.said.wait)
                self._hinted_at[told] = asked.received_at

    def verdict(self, wording: Wording | None, life: Life) -> None:
        """A living process has read that a task was blocked."""
        if wording is not None:
            wording.blocked_at = self._now() if wording.blocked_at is None else wording.blocked_at
            asked = next(one for one in reversed(wording.asked) if one.said.meaning is Meaning.TASK)
            asked.verdict = (self._now(), life)

    def abandoned(self, asked: Asked) -> None:
        """The client gave up on an answer."""
        if asked.open:
            asked.abandoned_at = self._now()

    def life_ended(self, life: Life, committed_at: float) -> None:
        """A process was killed. Its pending calls are never repeated automatically; a block that it read but couldn't record can't be known
        to the next one."""
        for wording in self.wordings:
            for asked in wording.asked:
                if asked.verdict is not None and asked.verdict[1] is life and committed_at < asked.verdict[0]:
                    wording.forgiven = wording.blocked_at == asked.verdict[0] or wording.forgiven
                if asked.life is not life:
                    continue
                if asked.open:
                    wording.end()
                elif asked.said.meaning is Meaning.BLOCK and asked.received_at is not None and committed_at < asked.received_at:
                    wording.forgiven = wording.blocked_at == asked.received_at or wording.forgiven

    # ---- what people see

    def saw(self, thread: Thread | None, post: Post, shown: Shown) -> None:
        """Something appeared on the platform."""
        view = shown.view
        if self.results == "reviewed" and thread is not None and self.approved(thread.request_id):
            for wording in (thread.wording, *thread.others):
                wording.private = False
        words = view_text(view)
        for secret in self._secrets:
            if secret in words:
                self.fail("7-secret-shown", post.channel, secret)
        if post.reader is None and shown.audience is not Audience.MODERATORS:
            for wording in self.wordings:
                if wording.private and wording.tag in words:
                    self.fail("7-private-prompt-in-a-channel", post.channel, wording.tag)
        if thread is None:
            return
        public = post.reader is None
        if public and thread.wording.unasked and f"{thread.wording.tag}@" in words:
            self.fail("7-doubtful-words-in-a-channel", thread.wording.tag, view.title)
        if public and thread.private and (view.pictures or view.quote):
            if self.results == "reviewed" and not self.approved(thread.request_id):
                self.fail("7-published-without-approval", thread.wording.tag, view.title)
            elif "publish" not in thread.pressed:
                self.fail("7-private-result-in-a-channel", thread.wording.tag, view.title)
        if post.reader is not None and post.reader != thread.who:
            self.fail("7-shown-to-somebody-else", thread.wording.tag, post.reader)
        if shown.subject.startswith("ready:"):
            self._told(thread, post, shown)
            return
        if shown.subject.startswith("question:"):
            if public:
                self.fail("7-question-in-a-channel", thread.wording.tag, view.title)
            if post not in thread.questions:
                thread.questions.append(post)
            return
        if post not in thread.posts:
            thread.posts.append(post)
        if view.final:
            self._final(thread, shown)

    def _told(self, thread: Thread, post: Post, shown: Shown) -> None:
        """A member is told that their answer is there: once, as they chose it, and nobody else learns what it is."""
        way, tag, view = self.tells.get(thread.who), thread.wording.tag, shown.view
        if way is None:
            self.fail("7-told-who-did-not-ask", tag)
        if post.reader is None and (way != "mention" or thread.private):
            self.fail("7-told-in-a-channel", tag)
        if view.mention != thread.who or view.quote or view.pictures:
            self.fail("7-told-more-than-it-is-there", tag, view.mention)
        if thread.told not in (None, post):
            self.fail("2-told-twice", tag)
        if self.exact and shown.at < thread.began_at + SLOW:
            self.fail("2-told-too-soon", tag, f"{shown.at - thread.began_at:.0f} s")
        thread.told = post

    def _final(self, thread: Thread, shown: Shown) -> None:
        mark = signature(shown.view)
        if thread.finals and thread.finals[-1][1] == mark:
            return
        if thread.finals and "delete" not in thread.pressed and not _only_changed(thread, mark):
            self.fail("2-two-different-answers", thread.wording.tag, thread.finals[-1][1], "then", mark)
        thread.finals.append((shown.at, mark))

    def logged(self, line: str) -> None:
        """Check a log line."""
        for secret in itertools.chain(self._secrets, (wording.tag for wording in self.wordings)):
            if secret in line:
                self.fail("7-secret-logged", secret, line[:300])

    # ---- at the end

    def settled(self, thread: Thread, stored: View | None) -> None:
        """After the calm: the member has the single answer from the ledger, or can fetch it."""
        tag = thread.wording.tag
        if not thread.acknowledged:
            return
        if stored is None or not stored.final:
            self.fail("1-accepted-and-lost", tag, "stored:", None if stored is None else stored.title)
            return
        drawn = any(thread.caption in one.alt for one in stored.pictures) or "use_change" in thread.pressed
        if thread.caption and thread.event.startswith("sim:event") and stored.pictures and not drawn:
            self.fail("1-text-never-drawn", tag)
        for post in thread.posts or [thread.post]:
            if post is None:
                self.fail("1-no-answer-shown", tag, "nothing was ever shown")
                continue
            if post.removed or post.expired:
                continue  # /imagine-show can fetch it
            view = next((one.view for one in reversed(post.shown) if one.subject == f"request:{thread.request_id}"), None)
            if view is None or not view.final:
                self.fail("1-no-answer-shown", tag, post.id, None if view is None else view.title)
            elif signature(view) != signature(stored) and "delete" not in thread.pressed:
                self.fail("2-shown-is-not-stored", tag, signature(view), "stored:", signature(stored))

    def traced(self, thread: Thread, number: int | None) -> None:
        """A request's picture was decoded: its number must come from an answer to exactly these words."""
        asked = [one for words in (thread.wording, *thread.others) for one in words.asked]
        if number is None or not any(number in one.said.pictures for one in asked):
            self.fail("2-picture-of-nobody", thread.wording.tag, number)


def signature(view: View) -> str:
    """What makes two answers equal: the pictures, or otherwise the sentence."""
    return "+".join(one.sha256[:12] for one in view.pictures if "-sheet." not in one.filename) or view.title


def _only_changed(thread: Thread, mark: str) -> bool:
    """Whether the member picked one of the candidates, or let a changed picture join those that were drawn.

    An edit from before it may take effect late; what stands in the end is checked when everything is settled.
    """
    drawn, now = thread.finals[-1][1].split("+"), mark.split("+")
    late = any(mark == earlier for _, earlier in thread.finals)
    if "pick" in thread.pressed and (late or (len(now) == 1 and now[0] in thread.finals[0][1].split("+"))):
        return True
    if thread.caption and drawn[: len(now)] == now[: len(drawn)]:
        return True
    return "use_change" in thread.pressed and (late or (drawn[0] == now[0] and len(drawn) <= len(now)))


def view_text(view: View) -> str:
    """All readable text in a view."""
    parts = [view.title, *view.text, view.quote, view.mention or ""]
    parts += [f"{fact.label} {fact.value}" for fact in view.facts]
    parts += [f"{one.alt} {one.filename}" for one in view.pictures]
    parts += [button.label for button in view.buttons]
    return "\n".join(parts)
