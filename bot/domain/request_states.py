"""States of a request and the transitions between them. Nothing else changes a request's state."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.machine import Machine


class RequestState(StrEnum):
    RECEIVED = "received"
    """Stored and acknowledged; not checked yet."""
    AWAITING_MEMBER = "held"
    """A question is open, and the member has up to fifteen minutes to answer it. Stored as `held`."""
    QUEUED = "queued"
    """Waiting for the gate; holds no slot and no coroutine."""
    CALLING = "calling"
    """An attempt is open at the provider."""
    COLLECTING = "collecting"
    """The provider is working on it, or has a picture to download: polled, never submitted again."""
    ANSWERED = "answered"
    REFUSED = "refused"
    """Turned down before anything was sent."""


class RequestEvent(StrEnum):
    ACCEPT = "accept"
    ASK_MEMBER = "hold"
    """Ask the member before anything is sent."""
    REFUSE = "refuse"
    RELEASE = "release"
    """The member answered the question; continue."""
    OPEN_ATTEMPT = "open_attempt"
    REQUEUE = "requeue"
    """Try again later."""
    NEXT_PART = "next_part"
    """The pictures of a part are stored, and more were asked for than one call gives."""
    COLLECT = "collect"
    ANSWER = "answer"
    CANCEL = "cancel"
    EXPIRE = "expire"
    INTERRUPT = "interrupt"
    """Found in `calling` after a crash: outcome unknown, so the member is asked and it's never repeated automatically."""


_S, _E = RequestState, RequestEvent

REQUESTS: Machine[RequestState, RequestEvent] = Machine(
    name="request",
    table={
        (_S.RECEIVED, _E.ACCEPT): _S.QUEUED,
        (_S.RECEIVED, _E.ASK_MEMBER): _S.AWAITING_MEMBER,
        (_S.RECEIVED, _E.REFUSE): _S.REFUSED,
        (_S.RECEIVED, _E.CANCEL): _S.ANSWERED,
        (_S.AWAITING_MEMBER, _E.RELEASE): _S.QUEUED,
        (_S.AWAITING_MEMBER, _E.REFUSE): _S.REFUSED,
        (_S.QUEUED, _E.OPEN_ATTEMPT): _S.CALLING,
        (_S.QUEUED, _E.ANSWER): _S.ANSWERED,
        (_S.QUEUED, _E.CANCEL): _S.ANSWERED,
        (_S.QUEUED, _E.EXPIRE): _S.ANSWERED,
        (_S.CALLING, _E.REQUEUE): _S.QUEUED,
        (_S.CALLING, _E.NEXT_PART): _S.QUEUED,
        (_S.CALLING, _E.COLLECT): _S.COLLECTING,
        (_S.CALLING, _E.ANSWER): _S.ANSWERED,
        (_S.CALLING, _E.CANCEL): _S.ANSWERED,
        (_S.CALLING, _E.INTERRUPT): _S.ANSWERED,
        (_S.COLLECTING, _E.COLLECT): _S.COLLECTING,
        (_S.COLLECTING, _E.NEXT_PART): _S.QUEUED,
        (_S.COLLECTING, _E.ANSWER): _S.ANSWERED,
        (_S.COLLECTING, _E.CANCEL): _S.ANSWERED,
        (_S.COLLECTING, _E.EXPIRE): _S.ANSWERED,
    },
    final=frozenset({_S.ANSWERED, _S.REFUSED}),
)


class Answer(StrEnum):
    """How a request ended; set once."""

    PICTURES = "pictures"
    """At least one picture; there can be a shortfall as well."""
    FAILED = "failed"
    BLOCKED = "blocked"
    """A safety block without any picture; a case is open."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    INTERRUPTED = "interrupted"


REST_MISSING = {Answer.CANCELLED: "rest_cancelled", Answer.EXPIRED: "rest_expired", Answer.INTERRUPTED: "rest_interrupted"}
"""How a request ended after some of its parts gave pictures -> the reason, as a refusal's, why the rest is missing."""
