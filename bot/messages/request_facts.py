"""Everything that the view of a request depends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.case_states import Standing
from bot.domain.limits import MAX_ATTEMPTS
from bot.domain.outcome import Pending, Picture
from bot.domain.rejections import Candidates
from bot.domain.requests import Request
from bot.gate.port import Estimate
from bot.messages.published_lines import Review


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """Everything that a request's view depends on."""

    request: Request
    now: float
    pictures: Sequence[Picture] = ()
    estimate: Estimate | None = None
    cost: int | None = None
    """What the request cost in micros, where the operator shows it."""
    drawn_by: str = ""
    """The service that stood in for the configured one."""
    preview: Picture | None = None
    """The unfinished picture to show."""
    task: Pending | None = None
    """What the service last said about the running task."""
    estimate_until: float | None = None
    """Wall-clock time at which the gate's reason for waiting ends."""
    tried_again: bool = False
    """A retry is in progress or gave pictures."""
    max_attempts: int = MAX_ATTEMPTS
    case: Standing | None = None
    report: Standing | None = None
    """The case about a report of its pictures, which are hidden meanwhile."""
    captions: bool = False
    """Text can be drawn on a result."""
    candidates: Candidates | None = None
    """What there is to pick from."""
    others: bool = False
    """Candidates that weren't picked can still be fetched."""
    takes_pictures: bool = False
    """The model can start from a result."""
    reviewed: bool = True
    """The community has moderators who look at blocks."""
    review: Review | None = None
    """The case about publishing it."""
    asks_to_publish: bool = False
    """A reviewer decides about publishing."""
