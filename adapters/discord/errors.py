"""Meaning of Discord's errors: one table from error code to error class."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
import discord

from adapters.kit.errors import NETWORK, ClassifiedError, ErrorClass

CODES: dict[int, ErrorClass] = {
    10003: ErrorClass.NO_CHANNEL,
    10004: ErrorClass.NO_CHANNEL,
    10008: ErrorClass.GONE,
    10015: ErrorClass.OVER,
    10062: ErrorClass.OVER,
    30046: ErrorClass.TOO_OLD,
    40005: ErrorClass.TOO_LARGE,
    40333: ErrorClass.BANNED,
    50001: ErrorClass.FORBIDDEN,
    50007: ErrorClass.FORBIDDEN,
    50013: ErrorClass.FORBIDDEN,
    50027: ErrorClass.OVER,
    50083: ErrorClass.FORBIDDEN,  # the thread is archived
    50278: ErrorClass.FORBIDDEN,  # no server in common anymore
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
"""For answers without a known code."""


@dataclass(slots=True, eq=False)
class StillFailing(Exception):
    """Discord answered with server errors, even after retries."""

    status: int


def classify_error(error: BaseException) -> ClassifiedError | None:
    """Classify an exception of discord.py; None if it isn't an answer from Discord (a bug)."""
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
