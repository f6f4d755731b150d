"""What one exchange with an image API gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.failure import Evidence


class Billed(StrEnum):
    """Whether the provider charges for an exchange."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """It may have: counted as spent for community and operator, never for the member."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One completely decoded and stored picture; the bytes lie in the picture store under its hash."""

    sha256: str
    format: str
    """`png`, `jpeg` or `webp`."""
    width: int
    height: int
    size: int
    """Bytes in the store."""
    revised_prompt: str | None = None
    """The wording the provider says it used, when it says so."""
    signed: bool = False
    """It came with Content Credentials (a C2PA manifest)."""
    kept: bool = False
    """They are still there: the service's bytes are stored unchanged. Otherwise it was encoded anew, with our own mark of origin."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; None where it did not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_micros: int | None = None
    """Millionths of a US dollar, when the provider names the cost itself."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A task that is still running at the provider: poll it, never submit it again."""

    task_id: str
    poll_url: str | None = None
    poll_after: float = 2.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one exchange. Partial success is normal: some pictures and a shortfall."""

    pictures: tuple[Picture, ...] = ()
    pending: Pending | None = None
    shortfall: Evidence | None = None
    """Why fewer pictures came than were asked for; None when all came."""
    usage: Usage | None = None
    billed: Billed = Billed.UNKNOWN
    status: int | None = None
    provider_request_id: str | None = None
    latency: float = 0.0
    """Seconds from the start of the exchange to its end."""
    rate_headers: dict[str, str] = field(default_factory=dict)
    """The `x-ratelimit-*` and `retry-after*` headers of the answer, lower case, also of a success: the gate learns from them."""
    cancelled: bool = False
    """The exchange was broken off by us, because the member cancelled or the process is stopping."""
    carried: frozenset[str] = frozenset()
    """The options beside model and prompt that the call carried, in our spelling: a refusal can be about these only."""
    made: int = 0
    """Pictures that the provider handed over and charges for, also those whose file was damaged or could not be fetched."""
