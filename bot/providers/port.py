"""The provider's surface: one exchange, one Outcome, no repeats, no waiting for turns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.domain.outcome import Outcome, Pending, Picture


@dataclass(frozen=True, slots=True)
class Call:
    """Everything one exchange needs. The wording is final: a provider sends exactly this prompt."""

    attempt_id: str
    model: str
    prompt: str
    size: str
    quality: str
    count: int
    timeout: float
    """Seconds for the whole exchange."""
    member_hash: str
    """Salted hash of the member, for the provider's abuse handling (`safety_identifier`)."""
    leave_out: frozenset[str] = frozenset()
    """Options that are not sent, in our spelling: `quality`, `size`, `n` (of one picture), `response_format`, `safety_identifier`."""


OnPartial = Callable[[Picture], Awaitable[None]]


class Provider(Protocol):
    """One image API with one key."""

    name: str
    """For logs and evidence, as `openai`."""
    gate_key: str
    """One gate per host and key; holds no secret (host and a short hash of the key)."""

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        """One exchange. Raises only asyncio.CancelledError; all else is an Outcome. Cancelled when the answer is here and only its pictures
        are not stored yet, it is an Outcome too, without pictures and `cancelled`: its verdict and its price are known."""
        ...

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        """One poll of a running task."""
        ...

    async def aclose(self) -> None: ...
