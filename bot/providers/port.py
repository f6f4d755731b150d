"""Provider port: one call in, one Outcome out. No retries, no queueing."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.domain.outcome import Outcome, Pending, Picture

REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-oneapi-request-id", "apim-request-id", "x-litellm-call-id", "x-ms-request-id")
"""Headers of an answer with the service's own id of the request, the most telling one first."""


@dataclass(frozen=True, slots=True)
class InputPicture:
    """A reference or mask as it is sent."""

    content: bytes
    format: str
    """`png` or `jpeg`."""

    @property
    def media_type(self) -> str:
        return f"image/{self.format}"

    @property
    def base64(self) -> str:
        return base64.b64encode(self.content).decode("ascii")

    @property
    def data_uri(self) -> str:
        return f"data:{self.media_type};base64,{self.base64}"


@dataclass(frozen=True, slots=True)
class Call:
    """Everything needed for one call. The prompt is final: providers send it unchanged."""

    attempt_id: str
    model: str
    prompt: str
    size: str
    quality: str
    count: int
    timeout: float
    """Seconds for the whole call."""
    member_hash: str
    """Salted hash of the member, for the provider's abuse detection (`safety_identifier`)."""
    leave_out: frozenset[str] = frozenset()
    """Options not to send, under the bot's own names: `quality`, `size`, `n` (for a single picture), `response_format`,
    `safety_identifier`, `stream`."""
    references: tuple[str, ...] = ()
    """SHA-256 of the pictures that it starts from."""
    mask: str = ""
    """SHA-256 of the mask for the first of them; empty for none."""
    pictures: tuple[InputPicture, ...] = ()
    """The bytes of `references`, filled in by the provider for its `ImageApi`."""
    mask_picture: InputPicture | None = None
    partials: int = 0
    """Unfinished pictures to send while it draws, 0 to 3, if the service streams."""


OnPartial = Callable[[Picture], Awaitable[None]]


class Provider(Protocol):
    """One image API with one key."""

    name: str
    """Name for logs and evidence, such as `openai`."""
    gate_key: str
    """Gate identity: host plus a short hash of the key. Contains no secret."""

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        """Make one call. Unfinished pictures go to `on_partial`, stored; whoever takes them deletes them.

        Raises only asyncio.CancelledError; everything else is an Outcome. If cancelled after the answer arrived but before its pictures are
        stored, it returns an Outcome with `cancelled` set and no pictures, because verdict and price are known.
        """
        ...

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        """Poll a running task once."""
        ...

    async def cancel(self, pending: Pending) -> bool:
        """Ask the service to stop a running task. Returns whether it accepted; False if it has no such call. Never raises."""
        ...

    async def aclose(self) -> None: ...
