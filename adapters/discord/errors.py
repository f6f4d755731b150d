"""What Discord's errors mean for a message: one table from error code to what to do next."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import aiohttp
import discord


class ErrorClass(StrEnum):
    TOO_LARGE = "too_large"
    """A file is above the limit here: encode it smaller."""
    TOKEN_OVER = "too_late"  # noqa: S105
    """The interaction token is dead: another path."""
    GONE = "gone"
    """The message was deleted."""
    NO_CHANNEL = "no_channel"
    """The channel was deleted."""
    FORBIDDEN = "forbidden"
    FILTERED = "filtered"
    """A filter of the server blocked the text."""
    TOO_OLD = "too_old"
    """Too many edits of an old message: it takes no more, a new one does."""
    WAIT = "wait"
    """Not now; nothing was done."""
    BANNED = "banned"
    """Refused in front of Discord's API after too many errors: stop everything for a while."""
    UNAUTHORISED = "unauthorised"
    """The bot's token is not valid any more."""
    LOST = "lost"
    """The answer was lost: it may have been done or not."""
    INVALID = "invalid"
    """Discord does not like the payload: a bug of ours."""


CODES: dict[int, ErrorClass] = {
    10003: ErrorClass.NO_CHANNEL,
    10004: ErrorClass.NO_CHANNEL,
    10008: ErrorClass.GONE,
    10015: ErrorClass.TOKEN_OVER,
    10062: ErrorClass.TOKEN_OVER,
    30046: ErrorClass.TOO_OLD,
    40005: ErrorClass.TOO_LARGE,
    40333: ErrorClass.BANNED,
    50001: ErrorClass.FORBIDDEN,
    50007: ErrorClass.FORBIDDEN,
    50013: ErrorClass.FORBIDDEN,
    50027: ErrorClass.TOKEN_OVER,
    50083: ErrorClass.FORBIDDEN,  # the thread is archived
    50278: ErrorClass.FORBIDDEN,  # no server in common any more
    160005: ErrorClass.FORBIDDEN,  # the thread is locked
    200000: ErrorClass.FILTERED,
    200001: ErrorClass.FILTERED,
    240000: ErrorClass.FILTERED,
}
STATUSES: dict[int, ErrorClass] = {
    401: ErrorClass.UNAUTHORISED,
    403: ErrorClass.FORBIDDEN,
    404: ErrorClass.NO_CHANNEL,
    413: ErrorClass.TOO_LARGE,
    429: ErrorClass.BANNED,
}
"""For answers without a code that we know."""

NETWORK = (aiohttp.ClientError, OSError, TimeoutError, asyncio.TimeoutError)


class StillFailing(Exception):
    """Discord answered a call with errors of its own, also when it was repeated."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


@dataclass(frozen=True, slots=True)
class ClassifiedError:
    error_class: ErrorClass
    detail: str
    """A short machine token."""
    wait: float = 0.0
    """Seconds, for WAIT and BANNED."""


def classify_error(error: BaseException) -> ClassifiedError | None:
    """What an exception of discord.py means; None for one that is no answer of Discord (a bug)."""
    if isinstance(error, discord.RateLimited):
        return ClassifiedError(ErrorClass.WAIT, "rate_limited", error.retry_after)
    if isinstance(error, discord.HTTPException):
        detail = f"{error.status}/{error.code}"
        if error.status >= 500:
            return ClassifiedError(ErrorClass.LOST, detail)
        found = CODES.get(error.code) or STATUSES.get(error.status) or ErrorClass.INVALID
        return ClassifiedError(found, detail, wait=300.0 if found is ErrorClass.BANNED else 60.0)
    if isinstance(error, StillFailing):
        return ClassifiedError(ErrorClass.LOST, f"{error.status}/0")
    if isinstance(error, aiohttp.ClientConnectorError):
        return ClassifiedError(ErrorClass.WAIT, "not_reachable", 5.0)
    if isinstance(error, NETWORK):
        return ClassifiedError(ErrorClass.LOST, type(error).__name__)
    return None
