"""Pictures as views: a request's pictures, and the unfinished one while it's drawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from bot.chat.views import PictureView
from bot.domain.outcome import Picture
from bot.domain.picture_changes import MAX_CHARACTERS, PictureChange
from bot.domain.rejections import Candidate
from bot.domain.requests import Request
from bot.prompts.normalise import alt_text
from bot.texts import joined, text


def picture_views(request: Request, found: Sequence[Picture]) -> tuple[PictureView, ...]:
    """A request's pictures as they're shown."""
    if len(found) == 1:
        return (_view(request, found[0], "1", "picture.alt_one"),)
    return tuple(_view(request, one, str(number), "picture.alt_many", number, len(found)) for number, one in enumerate(found, 1))


def preview(request: Request, picture: Picture) -> PictureView:
    """An unfinished picture, which the next edit of its message replaces or removes."""
    return _view(request, picture, "unfinished", "request.preview_alt")


def draft_view(request: Request, change: PictureChange, shown: Picture) -> PictureView:
    """A changed picture, or its preview, that only its member sees so far."""
    return _view(request, dataclasses.replace(shown, change=change), "draft", "picture.alt_one")


def numbered_view(request: Request, one: Candidate) -> PictureView:
    """A candidate, by its number on the contact sheet."""
    return _view(request, one.picture, f"candidate-{one.number}", "candidates.alt", one.number)


def sheet_view(request: Request, sheet: Picture, count: int) -> PictureView:
    return _view(request, sheet, "sheet", "candidates.sheet_alt", count=count)


def changed_lines(found: Sequence[Picture]) -> list[str]:
    """Which of a request's pictures the bot has changed, and how; without the words of a text."""
    changed = [(number, one.change) for number, one in enumerate(found, 1) if one.change is not None]
    return (
        [joined(" ", (text("picture.changed", number=number, how=_change_in_words(change, "picture.text")) for number, change in changed))]
        if changed
        else []
    )


def undrawn_lines(request: Request, found: Sequence[Picture]) -> list[str]:
    """Why the text that was asked for with the command isn't on a picture; nothing once there is one with a text."""
    reason, value = request.caption_problem
    if not reason or any(one.change is not None and one.change.text for one in found):
        return []
    why = text(f"change.problem_{reason}", value=value, most=MAX_CHARACTERS, allowed="")
    return [text("change.not_drawn", why=why)]


def _change_in_words(change: PictureChange, with_text: str) -> str:
    parts = [text(with_text, text=" ".join(change.text.split()))] if change.text else []
    return joined(", ", [*parts, text("picture.cropped", ratio=change.ratio)] if change.ratio else parts)


def _view(request: Request, picture: Picture, name: str, alt: str, number: int = 1, count: int = 1) -> PictureView:
    values = {"prompt": alt_text(request.prompt), "number": number, "count": count}
    if picture.change is not None:
        alt, values["how"] = f"{alt}_changed", _change_in_words(picture.change, "picture.with_text")
    return PictureView(
        sha256=picture.sha256,
        format=picture.format,
        width=picture.width,
        height=picture.height,
        size=picture.size,
        alt=text(alt, **values)[:1000],
        filename=f"imagine-{request.id}-{name}.{'jpg' if picture.format == 'jpeg' else picture.format}",
    )
