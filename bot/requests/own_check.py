"""Live check of a community's key before it's stored: the service's model list, which is free. No picture is bought."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import httpx

from bot.domain.own_services import OwnService
from bot.pixels.errors import NotTaken
from bot.providers import model_list
from bot.providers.http_provider import HttpProvider
from bot.providers.services.registry import api_for

WITHIN = 12.0
"""Seconds for the whole check; an administrator waits for it."""
LONGEST = 2_000_000
"""Bytes of a model list."""
ENTRIES = 20_000
"""Most lists and objects in it. Reading more of them takes long, and nothing else runs meanwhile, not even beside a thread."""
COMPARED = 500
"""Most names of a list that are compared with a missing one: the list is whatever its host says."""
MODEL = re.compile(r"[A-Za-z0-9][\w.:/@+-]{0,99}", re.ASCII)
"""A model's name that can be typed, and shown."""
_NO_LIST = (404, 405, 501)
_ASKED_FOR_KEY = (401, 403)


@dataclass(frozen=True, slots=True)
class KeyCheck:
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
            # In a thread: a host decides how long its list takes to read.
            found = await asyncio.to_thread(_read, response.status_code, body, service)
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
    readable = status == 200 and body.count(b"[") + body.count(b"{") <= ENTRIES
    models = model_list.listed(body) if readable else None
    if models is None:
        return KeyCheck("not_api", facts=facts)
    missing = next((one for one in service.models if one not in models), None) if models else None
    if missing is not None:
        near = similar_names(missing, models)
        return KeyCheck("model_near" if near else "model", facts={**facts, "model": missing, "near": near})
    return KeyCheck(proven=True, facts=facts)


def similar_names(missing: str, models: Iterable[str]) -> list[str]:
    """Names from a service's list that may have been meant; at most three."""
    usable = list(islice((one for one in models if MODEL.fullmatch(one)), COMPARED))
    return difflib.get_close_matches(missing, usable, n=3, cutoff=0.5) or sorted(one for one in usable if "image" in one)[:3]


@dataclass(slots=True)
class CheckRate:
    """How often each community's key may be checked: one at a time, and a few a minute."""

    most: int = 5
    every: float = 60.0
    _begun: dict[str, list[float]] = field(default_factory=dict)
    _running: set[str] = field(default_factory=set)

    @contextlib.contextmanager
    def turn(self, community: str, now: float) -> Iterator[bool]:
        """Whether this check may run; the context is the check."""
        self._begun = {
            name: recent for name, times in self._begun.items() if (recent := [at for at in times if abs(now - at) < self.every])
        }
        times = self._begun.setdefault(community, [])
        if community in self._running or len(times) >= self.most:
            yield False
            return
        times.append(now)
        self._running.add(community)
        try:
            yield True
        finally:
            self._running.discard(community)
