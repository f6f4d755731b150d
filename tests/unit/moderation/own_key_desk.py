"""An administrator at the page of a community's own key, and the service that is asked for its models."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from bot.chat.views import ActionName, Form, Reply, View
from bot.domain.own_services import VAULT, CommunityKeys, OwnService, own_service_of
from bot.gate.settings import GateSettings
from bot.ledger import settings_rows
from bot.ledger.tables import audit
from bot.messages.own_notices import ROW
from bot.moderation.own_key import OwnKey
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.services.registry import api_for
from bot.requests.own_services import OwnServices, from_sealed
from bot.requests.services import DEFAULT, ImageService, ImageServices, ServicePlan
from bot.texts import text
from bot.vault import Vault
from bot.vault.cipher import new_key
from tests.unit.moderation.ground import ADMIN, HOME, Ground
from tests.world import Service

A = ActionName
KEY, OTHER = "sk-1234567890abcdef", "sk-fedcba0987654321"
BASE = "https://art.example/v1"
TYPED = {"own_api": "gateway", "own_address": BASE, "own_models": "gpt-image-2", "own_key": KEY}
LIST = (200, b'{"data": [{"id": "gpt-image-2"}, {"id": "gpt-image-1.5"}]}')


@dataclasses.dataclass
class Desk:
    """An administrator at the page, and the service that is asked for its models."""

    ground: Ground
    folder: Path
    mode: CommunityKeys = CommunityKeys.OPTIONAL
    keys: tuple[str, ...] = (new_key(),)
    wired: bool = True
    answers: list[tuple[int, bytes]] = dataclasses.field(default_factory=list)
    """To the next checks; then a list to the right key, and 401 without one."""
    asked: list[str | None] = dataclasses.field(default_factory=list)
    _own: OwnKey | None = None

    def answer(self, request: httpx.Request) -> httpx.Response:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.asked.append(key or None)
        status, content = self.answers.pop(0) if self.answers else LIST if key else (401, b"")

        async def body() -> AsyncIterator[bytes]:
            yield content

        return httpx.Response(status, content=body())

    def connect(self, service: OwnService, key: str) -> HttpProvider:
        api = api_for(service.base_url, service.api)
        store, way = PictureStore(self.folder), httpx.MockTransport(self.answer)
        return HttpProvider(service.base_url, key, store, SystemPorts(), api=api, transport=way)

    @property
    def own(self) -> OwnKey:
        if self._own is None:
            ledger, community = self.ground.ledger, self.ground.room.community
            registry = ImageServices([ImageService(DEFAULT, Service(), None)])  # type: ignore[arg-type]
            services = OwnServices(ledger, Vault(ledger, self.keys), registry, self.connect, _make, GateSettings())
            rules = dataclasses.replace(community.rules, community_keys=self.mode)
            self._own = OwnKey(dataclasses.replace(community, rules=rules), services if self.wired else None)
        return self._own

    async def save(self, person: Any = ADMIN, key: str = "", **typed: str) -> Reply:
        act = self.ground.act(A.OWN_KEY_EDIT, ROW, person, {**TYPED, **typed}, key=key)
        return await self.own.handlers.actions[A.OWN_KEY_EDIT](act)

    async def remove(self, person: Any = ADMIN, key: str = "") -> Reply:
        return await self.own.handlers.actions[A.OWN_KEY_REMOVE](self.ground.act(A.OWN_KEY_REMOVE, ROW, person, key=key))

    async def page(self) -> View:
        reply = await self.own.handlers.actions[A.OWN_KEY](self.ground.act(A.OWN_KEY, ROW, ADMIN))
        assert (reply.text, reply.changed) == (text("own.title"), False)
        assert reply.view is not None
        assert (reply.view.title, reply.view.final) == (text("own.title"), True)
        return reply.view

    async def form(self, person: Any = ADMIN) -> Form | Reply:
        return await self.own.handlers.forms[A.OWN_KEY_EDIT](self.ground.act(A.OWN_KEY_EDIT, ROW, person))

    async def stored(self) -> tuple[OwnService, str] | None:
        """What the settings name, with the key that the vault has for it."""
        found = own_service_of(await self.settings())
        if found is None or self.own.services is None:
            return None
        entry = await self.own.services.vault.get(VAULT, found.name)
        sealed = None if entry is None else from_sealed(entry.value)
        return None if sealed is None else (found, sealed[1])

    async def settings(self) -> Mapping[str, Any]:
        return await self.ground.ledger.read(lambda c: settings_rows.of_community(c, "web", HOME))

    async def written(self) -> list[tuple[str, str]]:
        """Outcomes and ways of the steps in the audit log."""
        rows = await self.ground.ledger.read(lambda c: c.execute(select(audit).order_by(audit.c.seq)).all())
        return [(row.outcome, row.facts.get("how", "")) for row in rows]


async def _make(plan: ServicePlan) -> ImageService:
    raise AssertionError(plan)


def unchanged(said: str) -> Reply:
    return Reply(said, changed=False)
