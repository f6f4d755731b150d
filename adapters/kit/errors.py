"""What an error of a platform means for a message. Each adapter has its table from error codes to these classes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import aiohttp

from bot.chat.port import RefusedWhy

T = TypeVar("T")

NETWORK = (aiohttp.ClientError, OSError, TimeoutError, asyncio.TimeoutError)


class ErrorClass(StrEnum):
    GONE = "gone"
    """The message was deleted, or cannot be edited any more."""
    TOO_OLD = "too_old"
    """Too many edits of an old message: it takes no more, a new one does."""
    NO_CHANNEL = "no_channel"
    """The channel or thread was deleted or archived, or was never there for us."""
    NOT_MEMBER = "not_member"
    """The bot is not in the channel: somebody has to invite it."""
    FORBIDDEN = "forbidden"
    """The community does not allow it there."""
    FILTERED = "filtered"
    """A filter of the community blocked the text."""
    UNAUTHORISED = "unauthorised"
    """Nothing works until the operator acts: the token is revoked, expired or wrong."""
    BANNED = "banned"
    """Refused in front of the platform's API after too many errors: stop everything for a while."""
    SCOPE = "scope"
    """The app lacks a scope: the operator installs it again."""
    NO_DIRECT = "no_direct"
    """This person cannot be written to (or not there)."""
    WAIT = "wait"
    """Not now; nothing was done."""
    LOST = "lost"
    """The answer was lost: it may have been done or not."""
    FILE_NOT_READY = "file_not_ready"
    """The platform does not show this file (yet)."""
    TRIGGER = "trigger"
    """The trigger of a form is over: the person has to press again."""
    OVER = "over"
    """The handle of an answer (interaction token, response_url) is used up or expired: another path."""
    TOO_LARGE = "too_large"
    """A file is above the limit here: encode it smaller."""
    TOO_LONG = "too_long"
    INVALID = "invalid"
    """The platform does not like the payload: a bug of ours."""


WHY: dict[ErrorClass, RefusedWhy] = {
    **dict.fromkeys((ErrorClass.GONE, ErrorClass.TOO_OLD, ErrorClass.NO_CHANNEL), RefusedWhy.GONE),
    **dict.fromkeys(
        (ErrorClass.NOT_MEMBER, ErrorClass.FORBIDDEN, ErrorClass.FILTERED, ErrorClass.SCOPE, ErrorClass.NO_DIRECT), RefusedWhy.FORBIDDEN
    ),
    **dict.fromkeys((ErrorClass.TOO_LARGE, ErrorClass.TOO_LONG, ErrorClass.FILE_NOT_READY, ErrorClass.INVALID), RefusedWhy.INVALID),
    ErrorClass.OVER: RefusedWhy.EXPIRED,
}
"""Errors that end a route; the others end the whole send for now."""


@dataclass(frozen=True, slots=True)
class ClassifiedError:
    error_class: ErrorClass
    detail: str
    """A short machine token."""
    wait: float = 0.0
    """Seconds, for WAIT and BANNED."""


NO_ROUTE = ClassifiedError(ErrorClass.OVER, "no_way_left")

Classify = Callable[[BaseException], ClassifiedError | None]
"""What an exception of a call means; None for one that is no answer of the platform or the network (a bug)."""


async def outcome(call: Awaitable[T], within: float, classify: Classify) -> T | ClassifiedError:
    """The call's result, or what its failure means. Raises what is a bug; seconds bound the call."""
    try:
        async with asyncio.timeout(within):
            return await call
    except Exception as error:
        judged = classify(error)
        if judged is None:
            raise
        return judged
