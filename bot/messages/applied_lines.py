"""Lines about options that the image service replaced: what it used instead of what was asked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalogue.model import AUTO
from bot.catalogue.sizes import edges
from bot.domain.outcome import Picture
from bot.domain.requests import Request
from bot.texts import text
from bot.texts.phrases import size

OTHER_SHAPE = 0.03
"""Relative difference of proportions that people see; services round edges to multiples of up to 64 pixels."""
SMALLER = 0.85
"""Share of the pixels that were asked for below which a picture counts as smaller."""


def other_size(request: Request, found: Sequence[Picture]) -> Picture | None:
    """A picture with other proportions than were asked for, or with clearly fewer pixels; None if the size was left to the service."""
    if request.size == AUTO or not request.size or "size" in request.left_out:
        return None
    width, height = edges(request.size)
    return next(
        (
            one
            for one in found
            if abs(one.width * height / (one.height * width) - 1) > OTHER_SHAPE or one.width * one.height < SMALLER * width * height
        ),
        None,
    )


def applied_lines(request: Request, found: Sequence[Picture]) -> list[str]:
    """Size, quality and model that the service used instead of those that were asked for."""
    lines: list[str] = []
    other = other_size(request, found)
    if other is not None:
        lines.append(text("request.other_shape", asked=size(request.size), drawn=f"{other.width}×{other.height}"))
    applied = request.applied
    if "quality" in applied:
        lines.append(text("request.other_quality", asked=request.quality, used=applied["quality"]))
    if "no_quality" in applied:
        lines.append(text("request.no_quality"))
    if "model" in applied:
        lines.append(text("request.other_model", used=applied["model"]))
    return lines
