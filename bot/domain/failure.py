"""`Evidence`: the observations of a call. `Failure`: their meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.kinds import KINDS, Action, Fixer, Group, Kind

UNSURE = 0.5
"""Confidence below which a failure is a guess."""
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
    """0..1; below UNSURE, only the status family is known."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Short, safe facts for cards, texts and logs. Values are machine tokens checked against a pattern, never a provider's sentences.

    `code`, `status`, `request_id`, `stage`, `categories`, `param`, `allowed`, `limit`; `billed` (`no` if the provider said so), `guard`
    (whose page refused this machine, or `unknown`), `tls` (reason of a failed secure connection, a word from bot/failures/tls.py), `proxy`
    (`yes` if the route has one), `reading` (`yes` for a free, read-only call). For a finished picture that wasn't downloaded or accepted
    also `address` (host and port), `way` (kind of the network problem), and `why` with its value under that name (`type`, `pixels`, ...).

    The gate reads a rejection's `limit`: `concurrency`, or `20/60s` (requests, then seconds) if the text states a rate such as "Limit:
    20/1min".
    """

    @property
    def is_guess(self) -> bool:
        """Whether too little is known to do anything that could cost money or repeat a block."""
        return self.confidence < UNSURE

    @property
    def retryable(self) -> bool:
        """Whether the bot may do something about it automatically."""
        return self.action is not Action.NONE


def certain(kind: Kind, facts: Mapping[str, str]) -> Failure:
    """A failure whose kind is certain, as its rule in `KINDS` says."""
    rule = KINDS[kind]
    return Failure(rule.group, kind, rule.action, None, rule.who_can_fix, 1.0, facts)
