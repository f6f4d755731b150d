"""Live check of a community's key before it's stored: the service's model list, which is free. No picture is bought."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from bot.domain.own_services import OwnService
from bot.pixels.errors import NotTaken
from bot.providers import model_list
from bot.providers.http_provider import HttpProvider
from bot.providers.services.registry import api_for

WITHIN = 12.0
"""Seconds for the whole check; an administrator waits for it."""
LONGEST = 5_000_000
"""Bytes of a model list."""
_NO_LIST = (404, 405, 501)
_ASKED_FOR_KEY = (401, 403)


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What the check showed."""

    problem: str = ""
    """Key below `own.problem_` in the texts; empty if the key may be stored."""
    proven: bool = False
    """The service accepts this key, and wouldn't answer without one."""
    facts: Mapping[str, object] = field(default_factory=dict)


async def check(provider: HttpProvider, service: OwnService) -> KeyCheck:
    """Ask the service for its model list with the key. Never raises."""
    path, host = api_for(service.base_url, service.api).models_path, service.host
    if path is None:
        return KeyCheck(facts={"host": host})
    try:
        async with asyncio.timeout(WITHIN):
            response, body = await provider.get(path, LONGEST)
            found = _read(response.status_code, body, service)
            if found.proven and (await provider.get(path, LONGEST, with_key=False))[0].status_code not in _ASKED_FOR_KEY:
                found = KeyCheck(facts=found.facts)  # the list is open to everyone
            return found
    except NotTaken:
        return KeyCheck("address", facts={"host": host})
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, ValueError):
        return KeyCheck("unreachable", facts={"host": host})


def _read(status: int, body: bytes, service: OwnService) -> KeyCheck:
    facts: dict[str, object] = {"host": service.host, "status": str(status)}
    if status in _NO_LIST:
        return KeyCheck(facts=facts)
    if status in _ASKED_FOR_KEY:
        return KeyCheck(proven=True, facts=facts) if model_list.LIST_SCOPE in body else KeyCheck("key", facts=facts)
    if status == 429 or status >= 500:
        return KeyCheck("busy", facts=facts)
    models = model_list.listed(body) if status == 200 else None
    if models is None:
        return KeyCheck("not_api", facts=facts)
    missing = next((one for one in service.models if one not in models), None) if models else None
    if missing is not None:
        near = difflib.get_close_matches(missing, models, n=3, cutoff=0.5) or [one for one in sorted(models) if "image" in one][:3]
        return KeyCheck("model_near" if near else "model", facts={**facts, "model": missing, "near": near})
    return KeyCheck(proven=True, facts=facts)
