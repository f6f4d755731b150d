"""How far an image service is: words for its task, and the unfinished picture."""

from __future__ import annotations

from bot.chat.views import PictureView
from bot.domain.outcome import Pending, Picture
from bot.domain.requests import Request
from bot.prompts.normalise import alt_text
from bot.texts import text


def progress(task: Pending | None) -> str:
    """How far the service is with its task, if it says so."""
    if task is not None and task.ahead:
        return text("request.collecting_ahead", count=task.ahead) if task.ahead > 1 else text("request.collecting_next")
    if task is not None and task.progress is not None:
        return text("request.collecting_share", percent=f"{min(99, round(task.progress * 100))}%")
    return text("request.collecting")


def preview(request: Request, picture: Picture) -> PictureView:
    """An unfinished picture, which the next edit of its message replaces or removes."""
    return PictureView(
        sha256=picture.sha256,
        format=picture.format,
        width=picture.width,
        height=picture.height,
        size=picture.size,
        alt=text("request.preview_alt", prompt=alt_text(request.prompt))[:1000],
        filename=f"imagine-{request.id}-unfinished.{'jpg' if picture.format == 'jpeg' else picture.format}",
    )
