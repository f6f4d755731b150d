"""Escaping of plain text for Discord's markdown, so that it's shown as typed: no formatting, hidden links or mentions."""

from __future__ import annotations

import re
import unicodedata

from bot.texts.clocks import MARK, in_words, spelled
from bot.texts.direction import balanced

ELLIPSIS = "…"
_LINE_START = re.compile(r"^(?P<space>[ \t]*)(?P<mark>-#|#{1,3}|>{1,3}|[-+]|\d{1,9}(?=[.)]))", re.MULTILINE)
_INVISIBLE = frozenset("\u200b\u2060\ufeff\u061c\u200e\u200f")
"""Zero-width and direction marks that would reach from a quotation into the bot's own words. Joiners of scripts and emoji stay, and so do
closed isolates (`bot.texts.direction`)."""


def clean(text: str) -> str:
    """Remove control and direction characters, tags and lone surrogates; line breaks and marked times stay."""
    pieces = MARK.split(balanced(text.replace("\r\n", "\n").replace("\r", "\n")))
    pieces[::2] = ("".join(one for one in in_words(piece) if one in "\n\t" or _visible(one)) for piece in pieces[::2])
    return "".join(pieces)


def time(at: int, words: str) -> str:
    """Markup that Discord shows to each reader in their own time zone and language. It has no place for the words."""
    return f"<t:{at}:f>"


def _visible(one: str) -> bool:
    return one not in _INVISIBLE and unicodedata.category(one) not in ("Cc", "Cs", "Co") and not "\U000e0000" <= one <= "\U000e0fff"


def escape(text: str) -> str:
    """Markdown that displays exactly this text, with marked times as each reader's client writes them."""
    pieces = MARK.split(clean(text))
    pieces = [spelled(piece, time) if number % 2 else "".join(_pieces(piece)) for number, piece in enumerate(pieces)]
    return _LINE_START.sub(_mark, "".join(pieces))


def _mark(found: re.Match[str]) -> str:
    mark = found["mark"]
    return found["space"] + (mark + "\\" if mark[0].isdigit() else "\\" + mark)


def _pieces(text: str) -> list[str]:
    """Each character, escaped where it could begin or end formatting."""
    out = []
    for index, one in enumerate(text):
        before, after = text[index - 1 : index], text[index + 1 : index + 2]
        risky = (
            one in "\\*`|<"
            or (one == "_" and not (before.isalnum() and after.isalnum()))
            or (one == "~" and "~" in (before, after))
            or (one == "(" and before == "]")
        )
        out.append("\\" + one if risky else one)
    return out


def fit(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters, shortened with an ellipsis if necessary; what is cut has its times in words."""
    whole = escape(text)
    if len(whole) <= limit:
        return whole
    text = in_words(text)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if len(escape(text[:middle])) <= limit - 1:
            low = middle
        else:
            high = middle - 1
    return escape(text[:low]) + ELLIPSIS


def label(text: str, limit: int) -> str:
    """Cleaned and cut text for places without markdown (buttons, alt texts, form labels)."""
    cleaned = clean(in_words(text)).strip()
    if len(cleaned) <= limit:
        return cleaned
    room = limit - 1
    while len(cut := balanced(cleaned[:room].rstrip())) > limit - 1:
        room -= 1
    return cut + ELLIPSIS
