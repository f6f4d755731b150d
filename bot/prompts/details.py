"""A prompt as single details, each of which may be left out: for Simplify, which finds the one that makes a prompt fail. Pure.

A wording of the guide is split within its parts; any other prompt at commas and at the words that begin a further thing. That's a guess
about free text, and harmless: people see every wording before it's sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.prompts.lint import private_in
from bot.prompts.lint_words import HINTS, is_listed, soften, without_brands
from bot.prompts.parts import PARTS, PromptParts, parse_wording, wording


class Rung(StrEnum):
    """The steps of the ladder down, in order: what goes with each."""

    ONE_SUBJECT = "one_subject"
    RISKY = "risky"
    """Real people, brands, sensitive scenes, private data, logos and lettering, as the lint finds them."""
    STYLES = "styles"
    """All styles but the first."""
    MINIMAL = "minimal"
    """All but subject, scene and constraints."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that a prompt asks for."""

    part: str
    words: str
    rung: Rung | None = None
    """The step with which it's left out; None if it stays to the end."""
    plain: str = ""
    """What stands in its place when it's left out: "a sports car" for a brand."""


_OPENERS = "with|wearing|holding|carrying|beside|next to|featuring|plus|while"
_CUT = re.compile(
    rf"\s*(?:[,;\n、，。；،]|\.(?=\s|$))+\s*|\s+(?=(?:{_OPENERS})\s)|\s+and\s+(?=(?:an?|the|two|three|four|five|his|her|its|their|some|many)\s)",
    re.IGNORECASE,
)
_CUT_WITHIN = re.compile(r"\s*[,;、，；،]+\s*")
_SCENE = re.compile(
    r"\s+(?=(?:in(?!\s+(?:blood|agony|panic|rage)\b)|on|at|under|inside|near|by|over|across|beneath|above|behind|along|among|during)\s)",
    re.IGNORECASE,
)
_CONSTRAINT = re.compile(r"(?:no|without|avoid|not|don't|never|exclude)\b", re.IGNORECASE)
_USE = re.compile(
    r"(?:(?:for|as|use:?)\s+)?(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,3}(?:cover|poster|post|banner|thumbnail"
    r"|flyer|wallpaper|icon|diagram|infographic|header|invitation|slide|sticker)\b",
    re.IGNORECASE,
)
_STYLE = re.compile(
    r"\b(?:style|photo-?realistic|photo(?:graph)?|watercolou?r|oil painting|pixel art|cartoon|anime|comic|line art|vector|flat illustration"
    r"|illustration|claymation|3d render|render|sketch|pencil|ink|engraving|isometric|low poly|cinematic|minimalist|retro|vintage)\b",
    re.IGNORECASE,
)
_COMPOSITION = re.compile(
    r"\b\d{1,2}:\d{1,2}\b|\b(?:close-?up|wide shot|wide angle|from above|bird's eye|centred|centered|symmetrical|portrait format"
    r"|landscape format|free (?:area|space)|copy space|foreground|background|rule of thirds|top view|side view)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w'-]+")


def details_of(prompt: str) -> tuple[Detail, ...]:
    """The details of a normalised prompt, the subject first."""
    parts = parse_wording(prompt)
    found = _of_free_text(prompt) if parts is None else _of_parts(parts)
    first: set[str] = set()
    made = []
    for part, words in found:
        made.append(_detail(part, words, first=part not in first))
        first.add(part)
    return tuple(made)


def put_together(details: Sequence[Detail], kept: Collection[int]) -> str:
    """The wording with these details, and with what stands in the place of the others."""
    lines: dict[str, str] = {}
    for number, one in enumerate(details):
        words = one.words if number in kept else one.plain
        if words and one.part in lines:
            before = lines[one.part]
            lines[one.part] = f"{before} {words}" if re.match(rf"(?:{_OPENERS})\s", words, re.IGNORECASE) else f"{before}, {words}"
        elif words:
            lines[one.part] = words
    return wording(PromptParts(**lines))


def _of_parts(parts: PromptParts) -> list[tuple[str, str]]:
    found = [("subject", one) for one in _clauses(_CUT, parts.subject)]
    for part in PARTS:
        if part == "constraints" and parts.constraints:
            found.append((part, parts.constraints))
        elif part != "subject":
            found += [(part, one) for one in _clauses(_CUT if part == "scene" else _CUT_WITHIN, getattr(parts, part))]
    return found


def _of_free_text(prompt: str) -> list[tuple[str, str]]:
    clauses = _clauses(_CUT, prompt)
    subject, *scene = _clauses(_SCENE, clauses[0], most=1)
    found = [("subject", subject), *(("scene", one) for one in scene)]
    has_scene = bool(scene)
    for one in clauses[1:]:
        part = _part_of(one)
        if part == "subject" and not has_scene and _SCENE.match(f" {one}"):
            part, has_scene = "scene", True
        elif part == "subject" and (inner := _clauses(_SCENE, one, most=1)) and len(inner) == 2 and not has_scene:
            found.append(("subject", inner[0]))
            part, one, has_scene = "scene", inner[1], True
        elif part == "subject" and has_scene and not re.match(rf"(?:{_OPENERS}|an?|the)\s", one, re.IGNORECASE):
            part = "scene"
        found.append((part, one))
    return found


def _part_of(clause: str) -> str:
    for part, pattern in (("constraints", _CONSTRAINT), ("use", _USE)):
        if pattern.match(clause):
            return part
    for part, pattern in (("style", _STYLE), ("composition", _COMPOSITION)):
        if pattern.search(clause):
            return part
    return "subject"


def _clauses(pattern: re.Pattern[str], words: str, most: int = 0) -> list[str]:
    found = [re.sub(r"^and\s+", "", one.strip(), flags=re.IGNORECASE) for one in pattern.split(words, most)]
    return [one for one in found if one]


def _detail(part: str, words: str, *, first: bool) -> Detail:
    stays = first and part in ("subject", "scene")
    plain = _without_risk(words)
    if part == "constraints":
        return Detail(part, words)
    if plain != words:
        return Detail(part, words, Rung.RISKY, plain if stays or plain.count(" ") >= words.count(" ") - 1 else "")
    if stays:
        return Detail(part, words)
    if part == "style":
        return Detail(part, words, Rung.MINIMAL if first else Rung.STYLES)
    return Detail(part, words, Rung.ONE_SUBJECT if part == "subject" else Rung.MINIMAL)


def _without_risk(words: str) -> str:
    """The words without what the lint finds risky in them; empty if that's what they are about."""
    plain = HINTS["real_person"].sub("a person", soften(without_brands(words)[0])[0])
    if private_in(words) or any(HINTS[name].search(words) for name in ("lettering", "tiny_text", "logo", "screenshot")):
        return ""
    if any(is_listed(one) for one in _WORD.findall(plain)):
        kept = " ".join(one for one in plain.split() if not any(is_listed(word) for word in _WORD.findall(one)))
        return kept if len(kept.split()) > 1 else ""
    return plain
