"""How far an image service is with its task, in words."""

from __future__ import annotations

from bot.domain.outcome import Pending
from bot.texts import text


def progress(task: Pending | None) -> str:
    """How far the service is with its task, if it says so."""
    if task is not None and task.ahead:
        return text("request.collecting_ahead", count=task.ahead) if task.ahead > 1 else text("request.collecting_next")
    if task is not None and task.progress is not None:
        return text("request.collecting_share", percent=f"{min(99, round(task.progress * 100))}%")
    return text("request.collecting")
