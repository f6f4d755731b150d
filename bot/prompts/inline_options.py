"""Options at the end of a typed prompt: `a cat, 16:9, 2K, 3 pictures`. Pure.

Only whole parts after the last comma count, and only those that can hardly be meant as part of the picture: "high quality" stays a wish.
Full-width and Arabic commas, colons and digits are the same as plain ones, and pictures are counted in all languages that the bot speaks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

_COMMA = re.compile(r"[,，、;；،؛]")
_COUNTED = (
    "pictures?|images?|pics?|variants?|variations?|versions?|bild(?:er)?|varianten?|versionen|im[aá]gen(?:es)?|fotos?|variantes?|versiones"
    "|imagens?|imagem|vers[oõ]es|张|張|幅|枚|장|صور(?:ة)?"
)
_CALLED = (
    "(?:(?:aspect )?ratio|format|size|seitenverhältnis|größe|formato|proporci[oó]n|proporç[aã]o|tamaño|tamanho|taille"
    "|比例|尺寸|画幅|畫幅|縦横比|サイズ|비율|크기|نسبة|مقاس) ?[:=]? ?"
)
_RATIOS = frozenset(
    """
    1:1 1:2 2:1 1:3 3:1 2:3 3:2 3:4 4:3 4:5 5:4 5:7 7:5 4:7 7:4 5:8 8:5 9:16 16:9 10:16 16:10 9:18 18:9 9:19 19:9 9:20 20:9 9:21 21:9
    9:32 32:9
    """.split()  # noqa: SIM905
)
"""What people mean as a shape; 12:30 on a clock and 3:16 of a book stay words."""
_TOKEN = re.compile(
    rf"(?:{_CALLED})?(?:(?P<ratio>[0-9]{{1,2}}\s?:\s?[0-9]{{1,2}})|(?P<edges>[0-9]{{2,4}}\s?[x×]\s?[0-9]{{2,4}}(?:\s?px)?))"
    r"|(?P<tier>[124]k)"
    rf"|(?P<count>[0-9]{{1,2}})\s?(?:{_COUNTED})(?![a-z])"
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
    plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in plain)
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
            if name == "ratio" and value not in _RATIOS:
                return []
            found.append(("size" if name == "edges" else name, value.replace("×", "x")))
        plain = plain[match.end() :].strip()
    return found
