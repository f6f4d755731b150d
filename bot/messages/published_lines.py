"""What a private result says about being published: that a reviewer looks at it, or who asked for it and who let others see it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.views import Audience
from bot.domain.case_states import WAITING, CaseState
from bot.domain.requests import Request
from bot.texts import text
from bot.texts.phrases import moment


@dataclass(frozen=True, slots=True)
class Review:
    """The public side of the case about publishing a result."""

    number: int
    state: CaseState
    by: str = ""
    """Who decided."""

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state in WAITING


def published_lines(request: Request, review: Review | None, audience: Audience) -> list[str]:
    """For its readers: who asked, who approved, model and date. For the member: how the review goes."""
    if request.published and request.private and audience is Audience.CHANNEL:
        person = request.person.name or request.person.id
        values = {"person": person, "model": request.model, "at": moment(request.answered_at or request.created_at)}
        by = "" if review is None or review.state is not CaseState.CLOSED_PUBLISHED else review.by
        return [text("review.published_by", by=by, **values) if by else text("review.published", **values)]
    if review is None or request.published or audience is not Audience.MEMBER:
        return []
    key = "waits" if review.is_waiting else "returned" if review.state is CaseState.CLOSED_DENIED else "expired"
    return [text(f"review.{key}", number=review.number)]
