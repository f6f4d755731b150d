"""Batches: many topics, a draft of each, and finished pictures of those that people choose. Rows and state tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.machine import Machine
from bot.domain.requests import Person, Place


class BatchState(StrEnum):
    PROPOSED = "proposed"
    """Its price is shown; nothing is drawn before somebody presses Start."""
    RUNNING = "running"
    """Drafts are being drawn."""
    PAUSED = "paused"
    DRAFTED = "drafted"
    """Every topic has a draft or a reason why it hasn't; people choose."""
    FINISHING = "finishing"
    """Finished pictures of the picked drafts are being drawn."""
    FINISH_PAUSED = "finish_paused"
    FINISHED = "finished"
    STOPPED = "stopped"


class BatchEvent(StrEnum):
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    DRAFTS_DONE = "drafts_done"
    DRAW_MORE = "draw_more"
    """Another draft of a topic, or one more try of a topic that failed."""
    FINISH = "finish"
    FINALS_DONE = "finals_done"
    STOP = "stop"


_S, _E = BatchState, BatchEvent

BATCHES: Machine[BatchState, BatchEvent] = Machine(
    name="batch",
    table={
        (_S.PROPOSED, _E.START): _S.RUNNING,
        (_S.PROPOSED, _E.STOP): _S.STOPPED,
        (_S.RUNNING, _E.PAUSE): _S.PAUSED,
        (_S.RUNNING, _E.DRAW_MORE): _S.RUNNING,
        (_S.RUNNING, _E.DRAFTS_DONE): _S.DRAFTED,
        (_S.RUNNING, _E.STOP): _S.STOPPED,
        (_S.PAUSED, _E.RESUME): _S.RUNNING,
        (_S.PAUSED, _E.DRAW_MORE): _S.PAUSED,
        (_S.PAUSED, _E.STOP): _S.STOPPED,
        (_S.DRAFTED, _E.DRAW_MORE): _S.RUNNING,
        (_S.DRAFTED, _E.FINISH): _S.FINISHING,
        (_S.DRAFTED, _E.STOP): _S.STOPPED,
        (_S.FINISHING, _E.PAUSE): _S.FINISH_PAUSED,
        (_S.FINISHING, _E.FINALS_DONE): _S.FINISHED,
        (_S.FINISHING, _E.STOP): _S.STOPPED,
        (_S.FINISH_PAUSED, _E.RESUME): _S.FINISHING,
        (_S.FINISH_PAUSED, _E.STOP): _S.STOPPED,
        (_S.FINISHED, _E.DRAW_MORE): _S.RUNNING,
        (_S.FINISHED, _E.FINISH): _S.FINISHING,
        (_S.FINISHED, _E.STOP): _S.STOPPED,
    },
    final=frozenset({_S.STOPPED}),
)

ACTIVE = frozenset({BatchState.RUNNING, BatchState.FINISHING})
"""States in which pictures are asked for."""


class ItemState(StrEnum):
    DRAFT = "draft"
    """Waits for its draft, or is being drawn."""
    DRAWN = "drawn"
    PICKED = "picked"
    REJECTED = "rejected"
    FINAL = "final"
    """Waits for its finished picture, or is being drawn."""
    FINISHED = "finished"
    """The finished picture is there."""
    FAILED = "failed"


class ItemEvent(StrEnum):
    DRAWN = "drawn"
    FAIL = "fail"
    PICK = "pick"
    REJECT = "reject"
    REDRAW = "redraw"
    """Somebody asked for another draft."""
    FINISH = "finish"
    REFINISH = "refinish"
    """One more try of a finished picture that failed."""
    FINISHED = "finished"


_I, _D = ItemState, ItemEvent

ITEMS: Machine[ItemState, ItemEvent] = Machine(
    name="batch item",
    table={
        (_I.DRAFT, _D.DRAWN): _I.DRAWN,
        (_I.DRAFT, _D.FAIL): _I.FAILED,
        (_I.DRAWN, _D.PICK): _I.PICKED,
        (_I.DRAWN, _D.REJECT): _I.REJECTED,
        (_I.DRAWN, _D.REDRAW): _I.DRAFT,
        (_I.PICKED, _D.PICK): _I.PICKED,
        (_I.PICKED, _D.REJECT): _I.REJECTED,
        (_I.PICKED, _D.REDRAW): _I.DRAFT,
        (_I.PICKED, _D.FINISH): _I.FINAL,
        (_I.REJECTED, _D.PICK): _I.PICKED,
        (_I.REJECTED, _D.REJECT): _I.REJECTED,
        (_I.REJECTED, _D.REDRAW): _I.DRAFT,
        (_I.FINAL, _D.FINISHED): _I.FINISHED,
        (_I.FINAL, _D.FAIL): _I.FAILED,
        (_I.FAILED, _D.REDRAW): _I.DRAFT,
        (_I.FAILED, _D.REFINISH): _I.FINAL,
    },
    final=frozenset({_I.FINISHED}),
)

DRAWING = frozenset({ItemState.DRAFT, ItemState.FINAL})
"""States in which a picture is asked for."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as somebody typed it."""

    topic: str
    line: int = 0
    """Where it stands in the file, counted from 1."""
    template: str = ""
    """A prompt with `{topic}` in it; empty for the batch's own."""
    size: str = ""
    style: str = ""
    caption: str = ""
    """Text for the finished picture. The bot draws it; the image service never sees it."""


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What a batch is to do, as its owner chose it."""

    max_pictures: int
    """Most pictures, drafts and finished ones together."""
    budget: int
    """Most money, in micros."""
    drafts: int = 1
    """Drafts of each topic."""
    template: str = ""
    style: str = ""
    size: str = ""
    model: str = ""
    draft_quality: str = ""
    final_quality: str = ""
    half_price: bool = False
    """Finished pictures are asked for at the service's Batch API, at half the price and within a day."""
    tag: str = ""
    """Cost tag, as in `imagine-bot usage --by tag`."""
    folder: str = ""
    """Where the command line writes the pictures; empty for a batch from a chat."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One row of the ledger's `batches` table."""

    id: str
    number: int
    """What people call it by."""
    state: BatchState
    person: Person
    place: Place
    title: str
    """Name of its file, or its first topic."""
    plan: BatchPlan
    created_at: float
    changed_at: float
    started_at: float | None = None
    reason: str = ""
    """Why it's paused: a key below `batch.paused.`."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """Values of the sentence about the pause."""
    refused: int = 0
    """Failures in a row that only the operator can mend."""

    @property
    def forgotten(self) -> bool:
        """Whether its owner had everything about them deleted: it has neither topics nor a name."""
        return not self.title


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One row of the ledger's `batch_items` table: a topic and what became of it."""

    id: str
    batch_id: str
    number: int
    """Its place in the batch, counted from 1: what people pick it by."""
    state: ItemState
    topic: Topic
    prompt: str
    tries: int = 0
    """Requests made for it so far; part of their event keys, so that none is made twice."""
    request_id: str = ""
    """The request that draws it now; empty while none does."""
    draft_request: str = ""
    """The request whose pictures are its drafts."""
    final_request: str = ""
    picked: str = ""
    """SHA-256 of the picked draft."""
    decided_by: str = ""
    """Who picked or rejected it."""
    decided_name: str = ""
    decided_at: float | None = None
    note: str = ""
    """Why it was rejected, in the person's words."""
    reason: str = ""
    """Why it failed: a kind of failure, the reason of a refusal, or `interrupted` or `expired`."""
    changed_at: float = 0.0

    @property
    def failed_finishing(self) -> bool:
        """Whether a failed item failed while it was being finished, even if that was before its request was made."""
        return bool(self.final_request or self.picked)
