"""What the sender remembers of a message until it's settled."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat.views import View


@dataclass(slots=True)
class SendState:
    """Delivery state of an unsettled message, in memory only."""

    task: asyncio.Task[None] | None = None
    woken: bool = False
    """The message was woken during a send."""
    shown: View | None = None
    """View that the platform last confirmed."""
    sent_at: float = float("-inf")
    """Loop time of the last send."""
    uncertain: bool = False
    """A send with an unknown outcome has happened since the last confirmed final view."""
    repeat_at: float | None = None
    """Loop time at which the final view is sent again; None if it needn't be."""
    final: bool = False
    """The latest rendered view is final."""
    repairs: int = 0
    """Number of repairs of the final view so far."""
    tries: int = 0
    """Consecutive sends with an unknown outcome, of progress or of the final view."""
    ref: Mapping[str, str] | None = None
    """Latest message reference that isn't stored yet; None if the row has it."""
    timer: asyncio.TimerHandle | None = None
    """Timer of the next check."""
    not_before: float = float("-inf")
    """Loop time before which the platform wants no send."""
    progress_not_before: float = float("-inf")
    """Loop time before which it wants no progress."""
    link_deadline: float | None = None
    """Loop time until which it waits for the message that it links to."""
    sent_under: int | None = None
    """If several processes share the ledger: how often this one had been replaced when it began a send that it hasn't yet been found to
    have been entitled to; None otherwise."""
