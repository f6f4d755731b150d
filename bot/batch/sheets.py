"""Which drafts stand on which contact sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.batch.naming import label
from bot.batch.steps import drafts_of
from bot.domain.batches import Batch, ItemState
from bot.domain.outcome import Picture
from bot.ledger import batch_item_rows

PER_SHEET = 20
_MARKS = {ItemState.PICKED: "picked", ItemState.FINAL: "picked", ItemState.FINISHED: "picked", ItemState.REJECTED: "rejected"}


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One numbered draft."""

    label: str
    title: str
    mark: str
    picture: Picture


def cells_of(connection: Connection, batch: Batch) -> Sequence[SheetCell]:
    """All drafts of a batch in order."""
    found = []
    for item in batch_item_rows.of_batch(connection, batch.id):
        drafts = drafts_of(connection, item)
        for position, picture in enumerate(drafts):
            mark = _MARKS.get(item.state, "")
            mark = "" if mark == "picked" and picture.sha256 != item.picked else mark
            found.append(SheetCell(label(item.number, position, len(drafts)), item.topic.topic, mark, picture))
    return found


def pages(cells: Sequence[SheetCell]) -> list[Sequence[SheetCell]]:
    """The cells of each sheet."""
    return [cells[at : at + PER_SHEET] for at in range(0, len(cells), PER_SHEET)]


def job_values(cells: Sequence[SheetCell], sizes: Sequence[int]) -> dict[str, Any]:
    """Values of the picture worker's job `sheet`; `sizes` are the files' lengths in bytes."""
    return {
        "cells": [
            {"label": one.label, "title": one.title[:80], "mark": one.mark, "bytes": size} for one, size in zip(cells, sizes, strict=True)
        ]
    }
