"""Lines of a caption: direction, breaks, one run per font and direction, and the largest size that fits."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from bot.domain.picture_changes import AUTO, MAX_CHARACTERS, MAX_LINES
from bot.pixels.captions.fonts import BITMAP_SIZE, Font, Fonts
from bot.pixels.captions.problems import CannotDraw
from bot.pixels.captions.scripts import MARKS, clusters, han_of, scripts_of

LINE_HEIGHT = 1.35
"""Distance of two baselines, in font sizes. Thai and Arabic marks above and below need it."""
SMALLEST, LARGEST = 0.022, {AUTO: 0.14, "small": 0.045, "medium": 0.075, "large": 0.2}
"""Font size as a share of the picture's shorter side: the minimum, and the maximum for each chosen size. Text that doesn't fit is
shrunk."""
READABLE = 12
"""Smallest font size in pixels."""
MEASURED = BITMAP_SIZE
"""Font size at which widths are measured, in pixels; they grow with the size. Opening a font for each size tried costs most of the time."""


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one font and one direction, in logical order."""

    text: str
    font: Font
    right_to_left: bool

    def width(self, size: int) -> float:
        """Advance in pixels."""
        return _measured(self) * size / MEASURED


@dataclass(frozen=True, slots=True)
class TextLine:
    """Runs from left to right."""

    runs: tuple[Run, ...]
    right_to_left: bool

    def width(self, size: int) -> float:
        """Advance in pixels."""
        return sum(run.width(size) for run in self.runs)


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A caption's lines at the size that fits."""

    lines: tuple[TextLine, ...]
    size: int

    @property
    def height(self) -> int:
        """From the top of the first line to the bottom of the last, in pixels."""
        return round(self.size * LINE_HEIGHT * len(self.lines))


def lay_out(text: str, fonts: Fonts, width: int, height: int, *, shorter_side: int, wanted: str = AUTO) -> TextBlock:
    """Lines of at most `width` pixels, at the largest size up to the wanted one at which all of them fit into `height`.

    Raises CannotDraw for no text, more than MAX_LINES lines, characters without a font, and text that is too long.
    """
    typed = [clean for line in text.splitlines() if (clean := _clean(line))]
    if not typed:
        raise CannotDraw("empty")
    if len(typed) > MAX_LINES:
        raise CannotDraw("lines", str(len(typed)))
    if sum(map(len, typed)) > MAX_CHARACTERS:
        raise CannotDraw("long", str(sum(map(len, typed))))
    missing = fonts.missing("".join(typed))
    if missing:
        raise CannotDraw("font", ", ".join(scripts_of(missing)))
    smallest, largest = max(READABLE, round(shorter_side * SMALLEST)), max(READABLE + 1, round(shorter_side * LARGEST[wanted]))
    fitting = None
    while smallest <= largest:
        size = (smallest + largest) // 2
        block = _at(typed, fonts, size, width)
        if block is not None and block.height <= height:
            fitting, smallest = block, size + 1
        else:
            largest = size - 1
    if fitting is None:
        raise CannotDraw("long", str(len("".join(typed))))
    return fitting


def _clean(line: str) -> str:
    return " ".join("".join(one for one in line if one not in MARKS).split())


def _at(typed: Sequence[str], fonts: Fonts, size: int, width: int) -> TextBlock | None:
    """All lines at one size, broken where they're too long; None if there are too many."""
    lines: list[TextLine] = []
    for paragraph in typed:
        for piece in _broken(paragraph, fonts, size, width):
            lines.append(line_of(piece, fonts, _is_right_to_left(paragraph)))
            if len(lines) > MAX_LINES:
                return None
    return TextBlock(tuple(lines), size)


def _broken(paragraph: str, fonts: Fonts, size: int, width: int) -> Iterator[str]:
    """Break at the places that Unicode allows; within a word only if the word alone is too long."""
    base = _is_right_to_left(paragraph)

    def fits(text: str) -> bool:
        return line_of(text.strip(), fonts, base).width(size) <= width

    line = ""
    for unit in _units(paragraph):
        if fits(line + unit):
            line += unit
            continue
        if line.strip():
            yield line.strip()
        *full, line = [unit] if fits(unit) else _chopped(unit, fits)
        yield from full
    if line.strip():
        yield line.strip()


def _chopped(unit: str, fits: Callable[[str], bool]) -> list[str]:
    """Pieces of a word that is longer than a line, broken between clusters and never within one."""
    rest, pieces = list(clusters(unit)), []
    while rest:
        longest = bisect_left(range(1, len(rest)), True, key=lambda count: not fits("".join(rest[: count + 1]))) + 1
        pieces.append("".join(rest[:longest]))
        del rest[:longest]
    return pieces


@lru_cache(maxsize=512)
def _units(text: str) -> tuple[str, ...]:
    """Pieces between the places at which Unicode allows a line to end."""
    from uniseg.linebreak import line_break_units

    return tuple(line_break_units(text))


def line_of(text: str, fonts: Fonts, right_to_left: bool) -> TextLine:
    """Split a line into runs of one font and direction, in the order in which they're seen from left to right."""
    han, levels = han_of(text), _levels(text, right_to_left)
    found: list[tuple[str, Font, int]] = []
    place = 0
    for cluster in clusters(text):
        before = found[-1][1] if found and not found[-1][1].is_bitmap else None  # the space of an emoji font is as wide as an emoji
        font = before if before is not None and not cluster.strip() else fonts.font_for(cluster, han)
        if font is None:
            font = fonts.faces[0]
        found.append((cluster, font, levels[place]))
        place += len(cluster)
    runs = [
        (Run("".join(one[0] for one in together), font, bool(level % 2)), level)
        for (font, level), grouped in groupby(found, key=lambda one: (one[1], one[2]))
        for together in [list(grouped)]
    ]
    return TextLine(tuple(_in_visual_order(runs)), right_to_left)


def _in_visual_order(runs: list[tuple[Run, int]]) -> Iterator[Run]:
    """Rule L2 of Unicode's bidirectional algorithm, on runs: from the highest level down to 1, reverse what has at least that level."""
    order = list(runs)
    for level in range(max((one[1] for one in runs), default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and order[end][1] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return iter([run for run, _ in order])


@lru_cache(maxsize=4096)
def _measured(run: Run) -> float:
    font = run.font.at(MEASURED)
    return font.getlength(run.text) if run.font.is_bitmap else font.getlength(run.text, direction="rtl" if run.right_to_left else "ltr")


@lru_cache(maxsize=512)
def _is_right_to_left(text: str) -> bool:
    from bidi.algorithm import get_base_level

    return bool(get_base_level(text))


def _levels(text: str, right_to_left: bool) -> list[int]:
    """Embedding level of each character: odd ones are read from right to left."""
    from bidi import algorithm

    storage = {"base_level": int(right_to_left), "base_dir": "RL"[not right_to_left], "chars": [], "runs": deque()}
    algorithm.get_embedding_levels(text, storage)
    for one in storage["chars"]:  # type: ignore[attr-defined]
        if one["type"] == "BN":
            one["type"] = "NSM"  # a joiner belongs to what is before it; the library would take it out
    algorithm.calc_level_runs(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    levels = [int(one["level"]) for one in storage["chars"]]  # type: ignore[attr-defined]
    return levels if len(levels) == len(text) else [int(right_to_left)] * len(text)
