"""Error classes: what a platform's error means for a message. Each adapter maps its error codes to these."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import aiohttp

from bot.chat.port import RefusedWhy

T = TypeVar("T")

NETWORK = (aiohttp.ClientError, OSError, TimeoutError)


class ErrorClass(StrEnum):
    GONE = "gone"
    """The message was deleted or can't be edited anymore."""
    TOO_OLD = "too_old"
    """Too many edits of an old message; a new message works."""
    NO_CHANNEL = "no_channel"
    """The channel or thread was deleted or archived, or the bot never had access."""
    NOT_MEMBER = "not_member"
    """The bot isn't in the channel and has to be invited."""
    FORBIDDEN = "forbidden"
    """The community doesn't allow it there."""
    FILTERED = "filtered"
    """The community's filter blocked the text."""
    UNAUTHORISED = "unauthorised"
    """Nothing works until the operator acts: the token is revoked, expired or wrong."""
    BANNED = "banned"
    """Rejected in front of the platform's API after too many errors: stop everything for a while."""
    SCOPE = "scope"
    """The app lacks a scope; the operator has to reinstall it."""
    NO_DIRECT = "no_direct"
    """This person can't be written to, or not here."""
    WAIT = "wait"
    """Not now; nothing was done."""
    LOST = "lost"
    """The answer was lost; the call may or may not have been carried out."""
    FILE_NOT_READY = "file_not_ready"
    """The platform doesn't show this file (yet)."""
    TRIGGER = "trigger"
    """A form's trigger has expired; the person has to press again."""
    OVER = "over"
    """The answer's handle (interaction token, response_url) is used up or expired; use another route."""
    TOO_LARGE = "too_large"
    """The file exceeds the limit here; re-encode it."""
    TOO_LONG = "too_long"
    INVALID = "invalid"
    """The platform rejects the payload: a bug."""


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
    """Short machine token."""
    wait: float = 0.0
    """In seconds, for WAIT and BANNED."""


NO_ROUTE = ClassifiedError(ErrorClass.OVER, "no_way_left")

Classify = Callable[[BaseException], ClassifiedError | None]
"""Classifies an exception of a call; None if it isn't an answer from the platform or network (a bug)."""


async def outcome(call: Awaitable[T], within: float, classify: Classify) -> T | ClassifiedError:
    """The call's result, or the class of its failure. Raises bugs. `within` is the call's timeout in seconds."""
    try:
        async with asyncio.timeout(within):
            return await call
    except Exception as error:
        classified = classify(error)
        if classified is None:
            raise
        return classified
