"""Result of one call to an image API."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.failure import Evidence
from bot.domain.picture_changes import PictureChange


class Billed(StrEnum):
    """Whether the provider charges for a call."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """Possibly: counted as spent for community and operator, never for the member."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A fully decoded, stored picture; the bytes are in the picture store under its hash."""

    sha256: str
    format: str
    """`png`, `jpeg` or `webp`."""
    width: int
    height: int
    size: int
    """In bytes, as stored."""
    revised_prompt: str | None = None
    """The revised prompt, if the provider states one."""
    signed: bool = False
    """It arrived with Content Credentials (a C2PA manifest)."""
    kept: bool = False
    """The Content Credentials are intact because the service's bytes are stored unchanged. Otherwise the picture was re-encoded, with the
    bot's own origin mark."""
    change: PictureChange | None = None
    """How the bot made it from another one; None if the service drew it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as counted by the provider; None if it didn't say."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    image_input_tokens: int | None = None
    """The part of the input tokens that counts the references."""
    cost_micros: int | None = None
    """Micro-dollars, if the provider states the cost itself."""


@dataclass(frozen=True, slots=True)
class Applied:
    """Options that the provider states it applied; empty fields for those that it omits."""

    quality: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A task still running at the provider: poll it, never submit it again."""

    task_id: str
    poll_url: str | None = None
    poll_after: float = 2.0
    """In seconds."""
    ahead: int | None = None
    """Tasks before this one in the service's own queue; None if it doesn't say. Shown, not stored."""
    progress: float | None = None
    """Share that is done, from 0 to 1; None if the service doesn't say. Shown, not stored."""
    handed_to: str = ""
    """As in `Attempt`, for whoever looks it up."""

    @property
    def is_download(self) -> bool:
        """Whether the task is over and only its pictures are still to be downloaded."""
        return self.task_id.startswith(DOWNLOAD)


SUBMITTED = "attempt:"
"""Prefix of the `task_id` of a task whose name isn't known yet, followed by the attempt's id, by which the service can be asked for it."""
DOWNLOAD = "fetch:"
"""Prefix of a pending download's `task_id`, followed by the number of tries."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one call. Partial success is normal: some pictures and a shortfall."""

    pictures: tuple[Picture, ...] = ()
    pending: Pending | None = None
    shortfall: Evidence | None = None
    """Why fewer pictures came than requested; None if all came."""
    usage: Usage | None = None
    billed: Billed = Billed.UNKNOWN
    status: int | None = None
    provider_request_id: str | None = None
    latency: float = 0.0
    """Duration of the call in seconds."""
    rate_headers: dict[str, str] = field(default_factory=dict)
    """The answer's `x-ratelimit-*` and `retry-after*` headers in lower case, on success too: the gate learns from them."""
    cancelled: bool = False
    """The bot aborted the call because the member cancelled or the process is stopping."""
    carried: frozenset[str] = frozenset()
    """Options sent besides model and prompt, under the bot's own names: a rejection can only be about these."""
    applied: Applied = field(default_factory=Applied)
    made: int = 0
    """Pictures that the provider handed over and charges for, including damaged ones and failed downloads."""
