"""States of a moderation case and the transitions between them. No transition approves a case by timeout."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.machine import Machine


class CaseState(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    """A moderator holds the lease (ten minutes)."""
    WITH_MEMBER = "with_member"
    """The member is considering a rewrite or was asked to rephrase; no lease is running."""
    APPEALED = "appealed"
    CLOSED_ACCEPTED = "closed_accepted"
    CLOSED_DECLINED = "closed_declined"
    CLOSED_REPHRASED = "closed_rephrased"
    CLOSED_DENIED = "closed_denied"
    CLOSED_NOT_POLICY = "closed_not_policy"
    CLOSED_EXPIRED = "closed_expired"
    CLOSED_PUBLISHED = "closed_published"
    """A reviewer let others see the result."""


class CaseEvent(StrEnum):
    CLAIM = "claim"
    TAKE_OVER = "take_over"
    """An administrator takes over somebody else's lease."""
    RELEASE = "release"
    LEASE_END = "lease_end"
    SUGGEST = "suggest"
    """A moderator wrote a rewrite; the member is asked."""
    ASK_REPHRASE = "ask_rephrase"
    ACCEPT = "accept"
    """The member accepted that exact text."""
    DECLINE = "decline"
    REPHRASED = "rephrased"
    """The member's own new wording gave a picture."""
    DENY = "deny"
    NOT_POLICY = "not_policy"
    APPEAL = "appeal"
    BLOCKED_AGAIN = "blocked_again"
    """The accepted rewrite, or the requested new wording, was blocked too."""
    EXPIRE = "expire"
    PUBLISH = "publish"


_S, _E = CaseState, CaseEvent

CASES: Machine[CaseState, CaseEvent] = Machine(
    name="case",
    table={
        (_S.OPEN, _E.CLAIM): _S.CLAIMED,
        (_S.OPEN, _E.REPHRASED): _S.CLOSED_REPHRASED,
        (_S.OPEN, _E.EXPIRE): _S.CLOSED_EXPIRED,
        (_S.CLAIMED, _E.TAKE_OVER): _S.CLAIMED,
        (_S.CLAIMED, _E.RELEASE): _S.OPEN,
        (_S.CLAIMED, _E.LEASE_END): _S.OPEN,
        (_S.CLAIMED, _E.SUGGEST): _S.WITH_MEMBER,
        (_S.CLAIMED, _E.ASK_REPHRASE): _S.WITH_MEMBER,
        (_S.CLAIMED, _E.DENY): _S.CLOSED_DENIED,
        (_S.CLAIMED, _E.NOT_POLICY): _S.CLOSED_NOT_POLICY,
        (_S.CLAIMED, _E.PUBLISH): _S.CLOSED_PUBLISHED,
        (_S.CLAIMED, _E.REPHRASED): _S.CLOSED_REPHRASED,
        (_S.CLAIMED, _E.EXPIRE): _S.CLOSED_EXPIRED,
        (_S.WITH_MEMBER, _E.ACCEPT): _S.CLOSED_ACCEPTED,
        (_S.WITH_MEMBER, _E.DECLINE): _S.CLOSED_DECLINED,
        (_S.WITH_MEMBER, _E.REPHRASED): _S.CLOSED_REPHRASED,
        (_S.WITH_MEMBER, _E.BLOCKED_AGAIN): _S.OPEN,
        (_S.WITH_MEMBER, _E.EXPIRE): _S.CLOSED_EXPIRED,
        (_S.CLOSED_DENIED, _E.APPEAL): _S.APPEALED,
        (_S.CLOSED_ACCEPTED, _E.BLOCKED_AGAIN): _S.OPEN,
        (_S.APPEALED, _E.CLAIM): _S.CLAIMED,
        (_S.APPEALED, _E.EXPIRE): _S.CLOSED_EXPIRED,
    },
    final=frozenset(
        {_S.CLOSED_DECLINED, _S.CLOSED_REPHRASED, _S.CLOSED_NOT_POLICY, _S.CLOSED_EXPIRED, _S.CLOSED_PUBLISHED},
    ),
)


REPORTED = "reported"
"""Kind of a case about a result that somebody reported; also its first step in the audit log."""
REVIEW = "review"
"""Kind of a case about publishing a result; also its first step in the audit log."""
WITHOUT_SERVICE = frozenset({REPORTED, REVIEW})
"""Kinds of cases about finished pictures: no service blocked anything."""
HELD_EDIT = "held_edit"
"""Code of a case about an edit that was never sent: a person reads it first."""


@dataclass(frozen=True, slots=True)
class Standing:
    number: int
    """The number that people call it by."""
    state: CaseState


WAITING: frozenset[CaseState] = frozenset({_S.OPEN, _S.CLAIMED, _S.WITH_MEMBER, _S.APPEALED})
"""States in which somebody still has to act; repeats by the same member join such a case."""
