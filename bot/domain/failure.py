"""What was seen of an exchange (`Evidence`) and what it means (`Failure`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.kinds import Action, Fixer, Group, Kind

MAX_EVIDENCE_BYTES = 64 * 1024
"""How much of a response body is kept and looked at."""


class Phase(StrEnum):
    """How far an exchange had come when it broke; decides whether it may have been billed."""

    BEFORE_SEND = "before_send"
    """The request never left: nothing was generated."""
    AFTER_SEND = "after_send"
    """The request may have reached the provider: it may have been billed."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of one failed or short exchange, raw and bounded. It may echo prompts and keys: never shown, never logged as it is."""

    provider: str = ""
    """Name of the dialect or family, as far as known (`openai`, `azure`, ...); empty when unknown."""
    api: str = ""
    """The call, as `images.generations`, `images.edits`, `models`, `download`; empty when unknown."""
    status: int | None = None
    """HTTP status, None when no answer came."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers; names in any case."""
    body: object = None
    """The body as received: bytes, text, or an already parsed JSON value; at most MAX_EVIDENCE_BYTES."""
    exception: str | None = None
    """`ClassName: text`, causes appended with ` <- `; None when an answer came."""
    phase: Phase = Phase.UNKNOWN
    via_proxy: bool = False
    """A proxy is configured for this exchange."""
    peer: str = ""
    """Host and port that were asked for a finished picture; empty for the image service itself."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What an `Evidence` means and what may be done about it."""

    group: Group
    kind: Kind
    action: Action
    wait: float | None
    """Seconds the provider asked to wait, bounded; None when it named none."""
    who_can_fix: Fixer
    confidence: float
    """0..1; below 0.5 only the status family is known."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Short safe facts for cards, texts and logs: `code`, `status`, `request_id`, `stage`, `categories`, `param`, `allowed`, `limit`,
    `billed` (`no` when the provider said so), `guard` (whose page refused this machine, `unknown` where it does not say), `tls` (why no
    secure connection came about, a word of bot/failures/tls.py), `proxy` (`yes` when one lies on the way), `reading` (`yes` for a call
    that only reads and can cost nothing); of a finished picture that was not fetched or not taken also `address` (host and port), `way`
    (the kind of what went wrong on the way), and `why` with the value under that name (`type`, `pixels`, ...).
    Values are machine tokens that were checked against a pattern, never sentences of the provider.
    The gate reads `limit` of a rate answer: `concurrency` when too many ran at once, `20/60s` when the text names a rate
    ("Limit: 20/1min" and the like: requests, then seconds)."""

    @property
    def retryable(self) -> bool:
        """Whether the machine may do something again by itself."""
        return self.action is not Action.NONE
