"""A prompt in parts, as the guide's form asks for them, and its wording: a labelled line for each part, for people and models. Pure."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.prompts.normalise import UnusableText, normalise

PART_MAX = 500
"""Maximum characters of one part."""
USES = {"any": "", "cover": "article cover", "social": "social post", "product": "product picture", "diagram": "diagram"}
"""Use case by its name -> its words in a prompt."""
CONSTRAINTS = "no real logos, no QR codes, no keys or private data, no watermark, no tiny readable text"
"""Prefilled value of the form's constraints field."""


@dataclass(frozen=True, slots=True)
class PromptParts:
    """The parts of a prompt; empty for those left out."""

    use: str = ""
    subject: str = ""
    scene: str = ""
    style: str = ""
    composition: str = ""
    constraints: str = ""


PARTS = tuple(one.name for one in dataclasses.fields(PromptParts))
_LABELS = {name: name.capitalize() for name in PARTS}
_LINE = re.compile(rf"({'|'.join(_LABELS.values())}):[ \t]*(.*)")
_RATIO = re.compile(r"(?<![\d.:])([1-9]\d?)\s?:\s?([1-9]\d?)(?![\d.:])", re.ASCII)


class PartTooLong(ValueError):
    """A part is longer than `PART_MAX`; `part` names it."""

    def __init__(self, part: str, length: int) -> None:
        super().__init__(part)
        self.part, self.length = part, length


def parts_of(values: Mapping[str, str]) -> PromptParts:
    """The parts from a form's values, each on one line, without invisible characters. Raises PartTooLong."""
    found = {name: _one_line(values.get(name, "")) for name in PARTS}
    for name, words in found.items():
        if len(words) > PART_MAX:
            raise PartTooLong(name, len(words))
    return PromptParts(**found)


def wording(parts: PromptParts) -> str:
    """The prompt that is sent: `Subject: a red robot` and so on, a line for each part that is filled in."""
    return "\n".join(f"{_LABELS[name]}: {words}" for name in PARTS if (words := getattr(parts, name)))


def parse_wording(prompt: str) -> PromptParts | None:
    """Parse a wording, perhaps changed by hand, into its parts; None for a prompt in any other form."""
    found: dict[str, str] = {}
    for line in prompt.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is None or match[1].lower() in found:
            return None
        found[match[1].lower()] = match[2].strip()
    return PromptParts(**found) if found.get("subject") else None


def ratio_in(composition: str) -> str | None:
    """The ratio that a composition names, as a size to ask for: `16:9`; None if it names none, or several."""
    found = {f"{one[1]}:{one[2]}" for one in _RATIO.finditer(composition)}
    return found.pop() if len(found) == 1 else None


def _one_line(typed: str) -> str:
    try:
        return " ".join(normalise(typed[:10_000]).split())
    except UnusableText:
        return ""
