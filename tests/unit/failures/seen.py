"""What the classifier makes of an answer or an exception."""

from __future__ import annotations

from typing import Any

from bot.domain.failure import Evidence, Failure
from bot.failures.classify import classify


def seen(status: int | None = None, body: Any = None, exception: str | None = None, api: str = "images.generations") -> Failure:
    """The failure that this evidence is taken for."""
    return classify(Evidence(status=status, body=body, exception=exception, api=api))
