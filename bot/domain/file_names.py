"""Names of files that people download: readable, and never a path. Pure."""

from __future__ import annotations

import unicodedata

MAX_BYTES = 60
"""Of a slug; names of up to 255 bytes are allowed nearly everywhere."""
ENDINGS = {"jpeg": "jpg"}
"""Format of a picture -> ending of its file, where they differ."""


def slug(words: str, empty: str = "topic") -> str:
    """Letters and digits of any script in lower case, with a hyphen between words. Never empty, never a path, never hidden."""
    plain = (one for one in unicodedata.normalize("NFKD", words).casefold() if not "\u0300" <= one <= "\u036f")
    kept = unicodedata.normalize("NFC", "".join(one if unicodedata.category(one)[0] in "LNM" else "-" for one in plain))
    named = "-".join(part for part in kept.split("-") if part)
    cut = named.encode("utf-8")[:MAX_BYTES].decode("utf-8", "ignore").strip("-")
    return cut or empty


def ending(format: str) -> str:
    return ENDINGS.get(format, format)
