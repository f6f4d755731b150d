"""What the image services publish about their models, read at the start; nothing where they can't be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

import httpx
import structlog

from bot.catalogue.published import Published, read_published
from bot.providers.body import NotJson, parse
from bot.providers.http_provider import HttpProvider

log = structlog.get_logger()

WITHIN = 4.0
"""Seconds for all models of a service: a start doesn't wait for a service that is down."""
MOST = 20
"""Models to ask about."""
LONGEST = 4 << 20
"""Bytes of a model's record, or of a list of models."""


async def published_by(provider: HttpProvider, models: Iterable[str]) -> Mapping[str, Published]:
    """What the service publishes about these models; those about which it says nothing are missing. Never raises."""
    names = list(dict.fromkeys(models))[:MOST]
    try:
        async with asyncio.timeout(WITHIN):
            values = await asyncio.gather(*(_read(provider, name) for name in names))
    except TimeoutError:
        return {}
    found = {name: read_published(value, name) for name, value in zip(names, values, strict=True)}
    known = {name: one for name, one in found.items() if one}
    for name, one in known.items():
        unit = "megapixel" if one.by_megapixel else "picture"
        log.info("model_published", model=name, service=provider.name, dollars=one.dollars, per=unit, most_at_once=one.per_call)
    return known


async def _read(provider: HttpProvider, model: str) -> object:
    """What the service publishes, as JSON; None if that's nothing readable."""
    path = provider.published_path(model)
    try:
        response, body = (None, b"") if path is None else await provider.get(path, LONGEST)
        return None if response is None or response.status_code != 200 else parse(body)
    except (httpx.HTTPError, httpx.InvalidURL, NotJson, OSError, TimeoutError):
        return None
