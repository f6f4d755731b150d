"""Names of a batch's files: readable, unique, and never outside the folder. Pure."""

from __future__ import annotations

import unicodedata

from bot.domain.batches import BatchItem

MAX_BYTES = 60
"""Of a slug; names of up to 255 bytes are allowed nearly everywhere."""
ENDINGS = {"jpeg": "jpg"}
"""Format of a picture -> ending of its file, where they differ."""


def slug(words: str) -> str:
    """Letters and digits of any script in lower case, with a hyphen between words. Never empty, never a path, never hidden."""
    plain = (one for one in unicodedata.normalize("NFKD", words).casefold() if not "\u0300" <= one <= "\u036f")
    kept = unicodedata.normalize("NFC", "".join(one if unicodedata.category(one)[0] in "LNM" else "-" for one in plain))
    named = "-".join(part for part in kept.split("-") if part)
    cut = named.encode("utf-8")[:MAX_BYTES].decode("utf-8", "ignore").strip("-")
    return cut or "topic"


def folder_of(item: BatchItem) -> str:
    """Name of the folder with an item's pictures: `0007-slug`."""
    return f"{item.number:04d}-{slug(item.topic.topic)}"


def letters(position: int) -> str:
    """`a` for the first of several drafts of a topic."""
    return "abcdefghijklmnopqrstuvwxyz"[position % 26]


def label(number: int, position: int, drafts: int) -> str:
    """What people pick a draft by: `7`, or `7b` where a topic has several."""
    return str(number) if drafts == 1 else f"{number}{letters(position)}"


def ending(format: str) -> str:
    """Ending of a picture's file."""
    return ENDINGS.get(format, format)
