"""Text normalisation for everything a member types, and the folding behind prompt fingerprints.

It removes invisible characters (controls, direction overrides, zero width, tags) and keeps what scripts and emoji need. It doesn't judge
content (`bot.prompts.lint` does) or length (the catalogue does).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

ALT_TEXT_MAX = 1000
"""In UTF-16 units, the strictest way a platform counts. Discord allows 1,024 and Slack 2,000 characters."""


class TextProblem(StrEnum):
    """Why a text can't be accepted."""

    EMPTY = "empty"
    """Nothing visible is left."""
    SURROGATE = "surrogate"
    """A lone surrogate (`\\ud800`): no encoding can represent it, and httpx, sqlite and hashing would crash on it."""


class UnusableText(ValueError):
    """The text can't be accepted; `problem` selects the message."""

    def __init__(self, problem: TextProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


# Remove terminal sequences as a whole: without its ESC, "[2J" would stay in the prompt.
_TERMINAL = re.compile("(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\\]|\x9d)[^\x07\x1b\x9c\n]{0,200}(?:\x07|\x1b\\\\|\x9c)")
_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Look blank but survive str.strip(): Hangul fillers and the empty Braille cell.
_LOOKS_BLANK = re.compile("[\t\u115f\u1160\u2800\u3164\uffa0]")
_ENGLAND_SCOTLAND_WALES = tuple(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f" for region in ("gbeng", "gbsct", "gbwls")
)
_FLAG_HOLES = tuple(chr(0xFDD0 + n) for n in range(3))
"""Placeholders while tags are removed; noncharacters, which no valid text contains."""
_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls
    "\u00ad\u034f\u180b-\u180f\u200b\u2060-\u2064\u206a-\u206f\ufeff"  # soft hyphen, grapheme joiner, zero width
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks, overrides and isolates
    "\ue0f0-\ue0f2"  # marks of the bot's own times (bot.texts.clocks)
    "\ufdd3-\ufdef\ufff0-\ufffc\ufffe\uffff"  # non-characters, annotations, object replacement
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"  # shorthand and musical format, tags
    "]|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U000efffe\U000effff\U000ffffe\U000fffff\U0010fffe\U0010ffff]"
)
_MARK_RUN = 8
"""Maximum combining marks per letter. Living scripts need up to five; thousands would draw over neighbouring messages."""
_JOINERS = "\u200c\u200d"
# Scripts in which a zero-width (non-)joiner changes letter shapes: Arabic to Syriac and N'Ko, Indic to Sinhala, Tibetan, Myanmar, Khmer,
# Mongolian, and their extensions.
_JOINED_SCRIPTS = re.compile("[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua8e0-\ua8ff\ufb50-\ufdcf\ufe70-\ufefc]")
_EMOJI = re.compile("[\u00a9\u00ae\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff\ufe0f]")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_TAKES_SELECTOR = ("L", "N", "S", "P")


def normalise(text: str) -> str:
    """Normalise a text for storage, display, hashing and sending: NFC, `\\n` line breaks, no invisible characters, no surrounding spaces.

    Idempotent. Raises UnusableText.
    """
    text = _whole(text)
    text = _LINE_BREAK.sub("\n", _TERMINAL.sub("", text))
    text = _LOOKS_BLANK.sub(" ", text)
    for hole in _FLAG_HOLES:
        text = text.replace(hole, "")
    for flag, hole in zip(_ENGLAND_SCOTLAND_WALES, _FLAG_HOLES, strict=True):
        text = text.replace(flag, hole)
    text = _UNSEEN.sub("", text)
    for flag, hole in zip(_ENGLAND_SCOTLAND_WALES, _FLAG_HOLES, strict=True):
        text = text.replace(hole, flag)
    # Limit marks before NFC, which sorts a run of them in quadratic time. Each step can create work for the other (without a stray joiner
    # two characters compose; composing moves a mark), so repeat until nothing changes: two or three rounds.
    cleaned = None
    while cleaned != text:
        cleaned, text = text, unicodedata.normalize("NFC", _without_stray_joiners(_bounded_marks(text))).strip()
    if not any(unicodedata.category(char).startswith(_SEEN) for char in text):
        raise UnusableText(TextProblem.EMPTY)
    return text


def says_something(text: str) -> bool:
    """Whether a text has more than punctuation: a letter, a number or a symbol such as an emoji."""
    return any(unicodedata.category(char).startswith(_MEANS) for char in text)


_MEANS = ("L", "N", "S", "Co", "Cn")
"""Cn: emoji newer than this Python's Unicode tables."""
_SEEN = (*_MEANS, "P")


def _whole(text: str) -> str:
    """Join surrogate pairs into characters. Raises UnusableText for a lone one."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise UnusableText(TextProblem.SURROGATE) from None


def _bounded_marks(text: str) -> str:
    """At most `_MARK_RUN` marks in a row, and a variation selector only after something it can vary."""
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if _SELECTORS.match(char):
            if not kept or not unicodedata.category(kept[-1]).startswith(_TAKES_SELECTOR):
                continue
        elif category.startswith("M"):
            marks += 1
            if marks > _MARK_RUN:
                continue
        elif char not in _JOINERS:
            marks = 0
        kept.append(char)
    return "".join(kept)


def _without_stray_joiners(text: str) -> str:
    """Keep zero-width joiners and non-joiners only where they shape letters or emoji."""
    kept: list[str] = []
    for index, char in enumerate(text):
        if char in _JOINERS and not _joins(kept[-1] if kept else "", char, text[index + 1 : index + 2]):
            continue
        kept.append(char)
    return "".join(kept)


def _joins(before: str, joiner: str, after: str) -> bool:
    if not before:
        return False
    if unicodedata.combining(before) == 9:  # virama: Indic conjuncts and chillu letters, also at a word's end
        return True
    if not after:
        return False
    if _JOINED_SCRIPTS.match(before) and _JOINED_SCRIPTS.match(after):
        return True
    return joiner == "\u200d" and bool(_EMOJI.match(before)) and bool(_EMOJI.match(after)) and not _SELECTORS.match(after)


# Letters that look like a small Latin one after casefolding; for comparison only, never for what is sent or shown.
_LOOK_ALIKE = str.maketrans(
    {
        **dict(zip("авекмнорстухіѕјԁԛԝһ", "abekmhopctyxisjdqwh", strict=True)),
        **dict(zip("αεικνορτυχ", "aeikvoptux", strict=True)),
        "ı": "i",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        **dict.fromkeys("\ue0f0\ue0f1\ue0f2"),
    }
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_COMPARED = ("L", "N", "So", "Sc", "Mc", "Mn", "Co", "Cn")


def fold(text: str) -> str:
    """The text without spelling tricks: case, width, accents, spaces, punctuation, invisible and look-alike characters removed."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text[:_FOLD_MAX]).casefold())
    text = _ACCENTS.sub("", text).translate(_LOOK_ALIKE)
    letters = [char for char in text if unicodedata.category(char).startswith(_COMPARED) and not _SELECTORS.match(char)]
    # Two different prompts of punctuation alone stay different.
    return "".join(letters) or "".join(text.split())


_FOLD_MAX = 100_000
"""Maximum characters to compare; three times the longest prompt of any model."""


def fingerprint(text: str, references: Sequence[str] = ()) -> str:
    """SHA-256 (hex) of the folded text: equal for trivial rewordings, and safe to log. Accepts normalised and raw text alike.

    `references` are the hashes of attached pictures, in any order: the same words about another picture are another request.
    """
    attached = "".join(f"\0{one}" for one in sorted(references))
    return hashlib.sha256((fold(text) + attached).encode("utf-8", "surrogatepass")).hexdigest()


def alt_text(prompt: str) -> str:
    """Alt text for a picture: the prompt on one line, cut at a word if it's too long for a platform."""
    line = " ".join(prompt.split())
    if _units(line) <= ALT_TEXT_MAX:
        return line
    cut = line[:ALT_TEXT_MAX]
    while _units(cut) > ALT_TEXT_MAX - 1:
        cut = cut[: -max(1, (_units(cut) - ALT_TEXT_MAX + 1) // 2)]
    head, _, _ = cut.rpartition(" ")
    if len(head) > len(cut) - 100:
        return head.rstrip() + "…"
    while cut and (cut[-1] in _JOINERS or line[len(cut)] in _JOINERS or unicodedata.category(line[len(cut)]).startswith("M")):
        cut = cut[:-1]
    return cut + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
