"""Options at the end of a typed prompt: `a cat, 16:9, 2K, 3 pictures`. Pure.

Only whole parts after the last comma count, and only those that can hardly be meant as part of the picture: "high quality" stays a wish.
Full-width commas, colons and digits are the same as plain ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

_COMMA = re.compile(r"[,，、;；]")
_TOKEN = re.compile(
    r"(?P<ratio>[0-9]{1,2}\s?:\s?[0-9]{1,2})"
    r"|(?P<edges>[0-9]{2,4}\s?[x×]\s?[0-9]{2,4}(?:\s?px)?)"
    r"|(?P<tier>[124]k)"
    r"|(?P<count>[0-9]{1,2})\s?(?:pictures?|images?|pics?|variants?|variations?|versions?|张|枚|장)"
    r"|(?:quality|size|model)\s?[:=]\s?\S+",
    re.IGNORECASE | re.ASCII,
)
_NAMED = re.compile(r"(quality|size|model)\s?[:=]\s?(\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inline:
    """What a prompt's end says."""

    prompt: str
    """The rest: what to draw."""
    values: Mapping[str, str] = field(default_factory=dict)
    """`ratio` (`16:9`), `tier` (`2k`), `size`, `quality`, `count` and `model`, as typed."""
    conflict: tuple[str, str] | None = None
    """Two different values for one option."""


def read(prompt: str) -> Inline:
    """Split a prompt from the options at its end. A prompt that is nothing but options stays as it is."""
    values: dict[str, str] = {}
    rest = prompt
    while (cut := list(_COMMA.finditer(rest))) and (found := _options(rest[cut[-1].end() :])):
        for name, value in found:
            if values.get(name, value) != value:
                return Inline(prompt, conflict=(value, values[name]))
            values[name] = value
        rest = rest[: cut[-1].start()]
    if not values or not rest.strip():
        return Inline(prompt)
    if "size" in values and ("ratio" in values or "tier" in values):
        return Inline(prompt, conflict=(values.get("ratio") or values["tier"], values["size"]))
    return Inline(rest.strip(), values)


def _options(part: str) -> list[tuple[str, str]]:
    """The options that a part consists of; empty if it holds anything else."""
    plain = " ".join(unicodedata.normalize("NFKC", part).split()).rstrip(".。")
    found: list[tuple[str, str]] = []
    while plain:
        match = _TOKEN.match(plain)
        if match is None or (match.end() < len(plain) and not plain[match.end()].isspace()):
            return []
        if named := _NAMED.fullmatch(match[0]):
            found.append((named[1].lower(), named[2] if named[1].lower() == "model" else named[2].lower()))
        else:
            name = match.lastgroup or ""
            value = re.sub(r"\s|px", "", match[name].lower())
            found.append(("size" if name == "edges" else name, value.replace("×", "x")))
        plain = plain[match.end() :].strip()
    return found
