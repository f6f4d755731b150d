"""Names of a batch's files: readable, unique, and never outside the folder. Pure."""

from __future__ import annotations

from bot.domain.batches import BatchItem
from bot.domain.file_names import MAX_BYTES as MAX_BYTES
from bot.domain.file_names import ending as ending
from bot.domain.file_names import slug as slug


def folder_of(item: BatchItem) -> str:
    """Name of the folder with an item's pictures: `0007-slug`."""
    return f"{item.number:04d}-{slug(item.topic.topic)}"


def letters(position: int) -> str:
    """`a` for the first of several drafts of a topic."""
    return "abcdefghijklmnopqrstuvwxyz"[position % 26]


def label(number: int, position: int, drafts: int) -> str:
    """What people pick a draft by: `7`, or `7b` where a topic has several."""
    return str(number) if drafts == 1 else f"{number}{letters(position)}"
