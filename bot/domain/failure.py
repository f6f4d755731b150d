"""`Evidence`: what was observed of a call. `Failure`: what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.kinds import Action, Fixer, Group, Kind

MAX_EVIDENCE_BYTES = 64 * 1024
"""Maximum bytes of a response body to keep and examine."""


class Phase(StrEnum):
    """How far a call got before it broke; decides whether it may have been billed."""

    BEFORE_SEND = "before_send"
    """The request was never sent, so nothing was generated."""
    AFTER_SEND = "after_send"
    """The request may have reached the provider and been billed."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Raw, bounded observations of one failed or incomplete call. It may echo prompts and keys: never show or log it as is."""

    provider: str = ""
    """Dialect or vendor, if known (`openai`, `azure`, ...); otherwise empty."""
    api: str = ""
    """The call: `images.generations`, `images.edits`, `models` or `download`; empty if unknown."""
    status: int | None = None
    """HTTP status; None if no answer came."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers; names in any case."""
    body: object = None
    """The body as received: bytes, text, or an already parsed JSON value; at most MAX_EVIDENCE_BYTES."""
    exception: str | None = None
    """`ClassName: text`, with causes appended after ` <- `; None if an answer came."""
    phase: Phase = Phase.UNKNOWN
    via_proxy: bool = False
    """A proxy is configured for this call."""
    peer: str = ""
    """Host and port of a finished picture's URL; empty for the image service itself."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The meaning of an `Evidence`, and what may be done about it."""

    group: Group
    kind: Kind
    action: Action
    wait: float | None
    """Seconds the provider asked to wait, bounded; None if it didn't say."""
    who_can_fix: Fixer
    confidence: float
    """0..1; below 0.5, only the status family is known."""
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
        """Whether the bot may do something about it automatically."""
        return self.action is not Action.NONE
