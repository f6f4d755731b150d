"""Picture sizes: parsing what people type, validating against a model, and finding the nearest valid size."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from enum import StrEnum

from bot.catalogue.model import AUTO, Sizes
from bot.texts import text

_EDGES = re.compile(r"(?:[a-z]{1,12}\s+)?([0-9]{1,6})\s*[x×*✕]\s*([0-9]{1,6})(?:\s*(?:px|pixels?))?", re.ASCII)
_RATIO = re.compile(r"([0-9]{1,3})\s*:\s*([0-9]{1,3})", re.ASCII)
MAX_TYPED = 40
"""Maximum characters of a typed size to parse; no real size is longer."""


class Proportion(StrEnum):
    """Words for a picture's proportions; also accepted as input."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"
    SQUARE = "square"


def edges(size: str) -> tuple[int, int]:
    """Width and height of a validated size such as `1536x1024`."""
    width, _, height = size.partition("x")
    return int(width), int(height)


def shape(size: str) -> Proportion:
    """Proportions of a validated size other than `auto`."""
    width, height = edges(size)
    if width == height:
        return Proportion.SQUARE
    return Proportion.LANDSCAPE if width > height else Proportion.PORTRAIT


def label(size: str) -> str:
    """Size as shown to people: `Landscape 1536×1024`."""
    if size == AUTO:
        return text("size.auto")
    width, height = edges(size)
    return text(f"size.{shape(size)}", width=width, height=height)


def read(typed: str, sizes: Sizes) -> tuple[int, int] | str | None:
    """Parse a typed size into edges in pixels or `auto`; None if it isn't a size. A word or a ratio becomes one of the model's sizes."""
    wanted = " ".join(typed[: MAX_TYPED + 1].casefold().split())
    if len(typed.strip()) > MAX_TYPED:
        return None
    if wanted == AUTO:
        return AUTO
    if wanted in set(Proportion):
        return next((edges(size) for size in sizes.popular if shape(size) == wanted), None)
    if found := _EDGES.fullmatch(wanted):
        return int(found[1]), int(found[2])
    if (found := _RATIO.fullmatch(wanted)) and int(found[1]) and int(found[2]):
        return _of_ratio(int(found[1]) / int(found[2]), sizes)
    return None


def accepts(sizes: Sizes, width: int, height: int) -> bool:
    if not sizes.free:
        return f"{width}x{height}" in sizes.fixed
    short, long = sorted((width, height))
    return (
        short >= sizes.min_edge
        and long <= sizes.max_edge
        and width % sizes.multiple_of == 0
        and height % sizes.multiple_of == 0
        and sizes.min_pixels <= width * height <= sizes.max_pixels
        and long <= short * sizes.max_aspect
    )


def nearest(sizes: Sizes, width: int, height: int) -> str:
    """The valid size closest to the wanted one: proportions first, then area."""
    if width <= 0 or height <= 0:
        return sizes.default
    if not sizes.free:
        return closest(sizes.fixed, width, height)
    aspect = min(max(width / height, 1 / sizes.max_aspect), sizes.max_aspect)
    area = min(max(width * height, sizes.min_pixels), sizes.max_pixels)
    wide = math.sqrt(area * aspect)
    wide = min(wide, sizes.max_edge, sizes.max_edge * aspect)
    step = sizes.multiple_of
    # Rounding one edge up and the other down can exceed the limits, so try the few grid points around the ideal.
    across, down = int(wide / step), int(wide / aspect / step)
    grid = ((x * step, y * step) for x in range(across - 2, across + 4) for y in range(down - 2, down + 4))
    fitting = [point for point in grid if accepts(sizes, *point)]
    if not fitting:
        return sizes.default
    return "{}x{}".format(*min(fitting, key=lambda point: _distance(point, (width, height))))


def closest(among: Sequence[str], width: int, height: int) -> str:
    """Of these sizes, the one closest to the wanted edges: proportions first, then area."""
    return min(among, key=lambda size: _distance(edges(size), (width, height)))


def _of_ratio(ratio: float, sizes: Sizes) -> tuple[int, int]:
    """Edges for a ratio such as `16:9`: the popular size with it, otherwise the default size's pixel count in that ratio."""
    for size in sizes.popular:
        width, height = edges(size)
        if math.isclose(width / height, ratio, rel_tol=0.01):
            return width, height
    width, height = edges(sizes.default)
    wide = math.sqrt(width * height * ratio)
    return edges(nearest(sizes, max(1, round(wide)), max(1, round(wide / ratio))))


def _distance(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    aspect = abs(math.log(one[0] / one[1]) - math.log(other[0] / other[1]))
    area = abs(math.log(one[0] * one[1]) - math.log(other[0] * other[1]))
    return round(aspect, 2), area
