"""Pictures as views: a request's pictures, and the unfinished one while it's drawn."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.views import PictureView
from bot.domain.outcome import Picture
from bot.domain.requests import Request
from bot.prompts.normalise import alt_text
from bot.texts import text


def picture_views(request: Request, found: Sequence[Picture]) -> tuple[PictureView, ...]:
    """A request's pictures as they're shown."""
    if len(found) == 1:
        return (_view(request, found[0], "1", "picture.alt_one"),)
    return tuple(_view(request, one, str(number), "picture.alt_many", number, len(found)) for number, one in enumerate(found, 1))


def preview(request: Request, picture: Picture) -> PictureView:
    """An unfinished picture, which the next edit of its message replaces or removes."""
    return _view(request, picture, "unfinished", "request.preview_alt")


def _view(request: Request, picture: Picture, name: str, alt: str, number: int = 1, count: int = 1) -> PictureView:
    return PictureView(
        sha256=picture.sha256,
        format=picture.format,
        width=picture.width,
        height=picture.height,
        size=picture.size,
        alt=text(alt, prompt=alt_text(request.prompt), number=number, count=count)[:1000],
        filename=f"imagine-{request.id}-{name}.{'jpg' if picture.format == 'jpeg' else picture.format}",
    )
