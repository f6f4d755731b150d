"""Rules for moderation cases: every committed audit log entry is checked against who pressed what, what the platform said about them, and a
separate model of the case. Numbered as in docs/reliability.md."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.domain.case_states import CASES, REVIEW, WAITING, CaseEvent, CaseState
from tests.simulation.crew import OPERATOR, Crew
from tests.simulation.records import Thread, Wording
from tests.simulation.sqlite import Step

MACHINE = "imagine-bot"
BY_CLOCK = frozenset({"lease_end", "expire", "remind"})
BY_HOLDER = frozenset({"release", "suggest", "ask_rephrase", "deny", "not_policy", "publish"})
BY_MODERATOR = BY_HOLDER | {"claim", "take_over", "comment", "read_prompt", "block_member", "unblock_member"}
BY_MEMBER = frozenset({"accept", "decline", "appeal", "rephrase"})
BY_BLOCK = frozenset({"opened", "joined", "blocked_again"})
AUDIT_EVENTS = {
    "case_claim": "claim",
    "case_release": "release",
    "case_take_over": "take_over",
    "case_rewrite": "suggest",
    "case_rephrase": "ask_rephrase",
    "case_deny": "deny",
    "case_not_policy": "not_policy",
    "case_publish": "publish",
    "case_block_member": "block_member",
    "case_unblock_member": "unblock_member",
    "case_comment": "comment",
    "case_prompt": "read_prompt",
    "rewrite_accept": "accept",
    "rewrite_decline": "decline",
    "rephrase": "rephrase",
    "appeal": "appeal",
    "privacy_delete": "privacy_delete",
}
"""Name of each press in the audit log."""
LEASE, EXPIRY, APPEAL_WAITS = 600.0, 72 * 3600.0, 12 * 3600.0
AT_CLICK = 30.0
"""Maximum seconds of a press, including its queries to the platform."""
IN_FLIGHT = 1.0


@dataclass(slots=True)
class Pressed:
    """A press as delivered by the platform."""

    key: str
    who: str
    event: str
    row: str
    at: float
    ended_at: float | None = None
    changed: bool | None = None


@dataclass(slots=True)
class CaseModel:
    """The expected state of a case, derived from its audit log. Times are the world's own, which nobody changes."""

    member: str
    state: CaseState = CaseState.OPEN
    request: str = ""
    """What is to be published, in a review."""
    holder: str | None = None
    lease_until: float = 0.0
    asked: str | None = None
    denied_by: str | None = None
    appealed_at: float | None = None
    waiting_since: float = 0.0
    reminded: int = 0
    passed: list[CaseState] = field(default_factory=list)
    """States since the last commit."""


class Ground(Protocol):
    """The part of the checker that these rules need."""

    slack: float
    ahead: float

    def fail(self, rule: str, *detail: object) -> None: ...


@dataclass(slots=True)
class CaseRules:
    """Checks every commit."""

    ground: Ground
    crew: Crew
    now: Callable[[], float]
    threads: list[Thread]
    pressed: list[Pressed] = field(default_factory=list)
    case_models: dict[str, CaseModel] = field(default_factory=dict)
    lines: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    blocked: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Members paused by a moderator: (time, seconds)."""
    _before: tuple[dict[str, CaseModel], int, dict[str, tuple[float, float]], list[tuple[Wording, float | None]]] = field(
        default_factory=lambda: ({}, 0, {}, [])
    )
    """The state before the last commit."""

    def press(self, key: str, who: str, action: str, row: str) -> Pressed:
        """Record a press."""
        one = Pressed(key, who, AUDIT_EVENTS.get(action, action), row, self.now())
        self.pressed.append(one)
        return one

    def replied(self, one: Pressed, changed: bool) -> None:
        """A press was answered, so it must be in the audit log, whatever the answer."""
        one.ended_at, one.changed = self.now(), changed
        if changed and one.event in BY_MODERATOR and not self.crew.vouches(one.who, one.key, one.at):
            self.ground.fail("6-decided-without-a-moderator", one.event, one.who, one.key)
        if one.event not in BY_MODERATOR | BY_MEMBER:
            return
        events = {one.event, "send"} if one.event in ("accept", "rephrase") else {one.event}
        lines = [line for at, line in self.lines if at >= one.at and line["actor"] == one.who and line["event"] in events]
        if not lines:
            self.ground.fail("6-press-not-on-record", one.who, one.event, one.key)
        elif changed and all(line["outcome"] != "done" for line in lines):
            self.ground.fail("6-done-and-not-on-record", one.who, one.event, one.key)

    # ---- a commit

    def committed(self, steps: Iterable[Step]) -> None:
        """All steps of one transaction: of requests, of cases, and audit log entries."""
        self._before = copy.deepcopy(self.case_models), len(self.lines), dict(self.blocked), []
        moved: list[Step] = []
        lines: list[dict[str, Any]] = []
        blocks = 0
        for step in steps:
            if step.table == "audit":
                lines.append({**json.loads(step.detail or "{}"), "event": step.after})
            elif step.table == "cases" and step.before != step.after:
                moved.append(step)
            elif step.table == "requests" and step.detail == "blocked" and step.before != step.after:
                blocks += 1
        done = [line for line in lines if line["outcome"] == "done"]
        if blocks and not any(line["event"] in BY_BLOCK for line in done):
            self.ground.fail("1-block-without-a-case", "a request was answered with a block, and nobody will look at it")
        for line in lines:
            self.lines.append((self.now(), line))
        for line in done:
            self._line(line)
        for row in {step.row: None for step in moved}:
            case_model = self.case_models.get(row)
            written = [] if case_model is None else [state.value for state in case_model.passed]
            taken = [step.after for step in moved if step.row == row]
            if written != taken:
                self.ground.fail("6-step-without-a-line", f"steps {taken}, by the trail {written}")
        for case_model in self.case_models.values():
            case_model.passed.clear()

    def lost(self) -> None:
        """The power failed before the last commit reached the disk, so it never happened."""
        self.case_models, kept, self.blocked, forgiven = self._before
        del self.lines[kept:]
        for wording, blocked_at in forgiven:
            wording.blocked_at = blocked_at

    def _line(self, line: dict[str, Any]) -> None:
        event, actor, at = line["event"], line["actor"], self.now()
        case_model = self.case_models.get(line["case"])
        if event == "opened":
            self.case_models[line["case"]] = CaseModel(actor, waiting_since=at, passed=[CaseState.OPEN])
            return
        if event == REVIEW:
            request = str(line["facts"]["request"])
            self.case_models[line["case"]] = CaseModel(actor, request=request, waiting_since=at, passed=[CaseState.OPEN])
            return
        if case_model is None:
            return  # an entry of a community, not of a case
        if event in BY_MODERATOR:
            self._by_moderator(line, case_model)
        elif event in BY_MEMBER:
            if actor != case_model.member:
                self.ground.fail("6-answered-by-somebody-else", event, actor)
            if not self._presses_of(actor, event):
                self.ground.fail("5-yes-that-nobody-said" if event == "accept" else "6-press-that-nobody-made", event, actor)
            if event == "accept" and line["facts"].get("rewrite") != case_model.asked:
                self.ground.fail("5-accepted-an-outdated-text", actor)
        elif actor == MACHINE and event not in BY_CLOCK:
            self.ground.fail("6-decided-by-the-clock", event)
        elif event == "expire" and at < case_model.waiting_since + EXPIRY - 1 - self.ground.ahead:
            self.ground.fail("6-expired-too-early", f"{at - case_model.waiting_since:.0f} s")
        self._step(line, case_model)

    def _by_moderator(self, line: dict[str, Any], case_model: CaseModel) -> None:
        event, actor, at = line["event"], line["actor"], self.now()
        fail = self.ground.fail
        if actor == case_model.member:
            fail("6-decided-own-case", event, actor)
        presses = self._presses_of(actor, event)
        vouched = [one for one in presses if self.crew.vouches(actor, one.key, one.at)]
        if not presses:
            fail("6-press-that-nobody-made", event, actor)
        elif not vouched:
            fail("6-decided-without-a-moderator", event, actor)
        if event in BY_HOLDER and case_model.holder != actor:
            fail("6-decided-without-the-lease", event, actor, "held by", case_model.holder)
        if event in BY_HOLDER and at >= case_model.lease_until + self.ground.slack - self.ground.ahead:
            fail("6-decided-after-the-lease", event, actor, f"{at - case_model.lease_until:.1f} s")
        if event == "take_over" and actor != OPERATOR:
            fail("6-taken-over-by-a-moderator", actor)
        if event == "claim" and case_model.state is CaseState.APPEALED and actor == case_model.denied_by and vouched:
            waited = case_model.appealed_at is not None and at >= case_model.appealed_at + APPEAL_WAITS - self.ground.ahead
            told = [self.crew.rolls_for(one.key, one.at) for one in vouched]
            if all(any(roll - {actor} for roll in rolls) or (not rolls and not waited) for rolls in told):
                fail("6-appeal-by-who-denied", actor)
        if event == "not_policy":
            for thread in self.threads:
                if thread.who == case_model.member:
                    for one in (thread.wording, *thread.others):
                        self._before[3].append((one, one.blocked_at))
                        one.blocked_at = None
        if event == "block_member":
            self.blocked[case_model.member] = (at, float(line["facts"]["until"]) - float(line["at"]))
        elif event == "unblock_member":
            self.blocked.pop(case_model.member, None)

    def _step(self, line: dict[str, Any], case_model: CaseModel) -> None:
        event, actor, at = line["event"], line["actor"], self.now()
        if event == "remind":
            case_model.reminded += 1
            if case_model.reminded > 2:
                self.ground.fail("6-reminded-too-often", case_model.reminded)
        if event not in {one.value for one in CaseEvent}:
            return
        after = CASES.table.get((case_model.state, CaseEvent(event)))
        if after is None:
            self.ground.fail("6-step-out-of-turn", f"{event} while {case_model.state}", actor)
            return
        if event == "deny":
            case_model.denied_by = actor
        if event in ("appeal", "blocked_again"):
            case_model.waiting_since, case_model.reminded = at, 0
        case_model.appealed_at = at if event == "appeal" else case_model.appealed_at
        case_model.asked = line["facts"].get("rewrite") if event == "suggest" else case_model.asked if after is CaseState.CLAIMED else None
        case_model.holder = actor if after is CaseState.CLAIMED else None
        case_model.lease_until = at + LEASE if after is CaseState.CLAIMED else 0.0
        if after is not case_model.state:
            case_model.passed.append(after)
        case_model.state = after

    def _presses_of(self, actor: str, event: str) -> list[Pressed]:
        """The presses that may have caused an entry: two clicks are two presses, and either may be the one that was accepted."""
        now = self.now()
        return [
            one
            for one in self.pressed
            if one.who == actor and one.event == event and now <= one.at + AT_CLICK and (one.ended_at is None or one.ended_at >= now)
        ]

    def approved(self, request: str | None) -> bool:
        """Whether a reviewer let others see this result."""
        return any(one.request == request and one.state is CaseState.CLOSED_PUBLISHED for one in self.case_models.values())

    # ---- what reaches the provider

    def asked(self, wording: Wording) -> None:
        """Nothing may be drawn for a paused member."""
        owners = {thread.who for thread in self.threads if wording in (thread.wording, *thread.others)}
        if owners and all(who in self.blocked for who in owners):
            latest = max(self.blocked[who][0] for who in owners)
            until = min(sum(self.blocked[who]) for who in owners)
            if latest + IN_FLIGHT < self.now() < until - self.ground.slack:
                self.ground.fail("6-drawn-for-who-was-stopped", wording.tag, sorted(owners))

    # ---- at the end

    def waiting(self) -> list[str]:
        """Cases that still need action."""
        return [name for name, case_model in self.case_models.items() if case_model.state in WAITING]
