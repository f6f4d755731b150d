"""What the picture worker is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.providers.pictures import PictureStore


def recorded(store: PictureStore) -> list[Mapping[str, Any]]:
    """The values of every job from now on."""
    seen: list[Mapping[str, Any]] = []
    work = store.work

    async def noted(job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
        seen.append(values)
        return await work(job, values, content)

    store.work = noted  # type: ignore[method-assign]
    return seen
