"""Answers to /imagine-status and /imagine-help: what draws in a community, how it is, and what is left of a member's budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot import budgets
from bot.chat.views import View
from bot.domain.own_services import own_service_of
from bot.domain.requests import Person, Place
from bot.gate.port import Snapshot
from bot.ledger import request_rows
from bot.ledger.store import Ledger
from bot.messages.help_view import help_view
from bot.messages.status_view import OtherService, nothing_drawn_view, status_view
from bot.ports.steady import SteadyPorts
from bot.requests.drawing_here import drawing_here, why_nobody_draws
from bot.requests.rules import Rules
from bot.requests.services import ImageService, ImageServices


@dataclass(slots=True)
class ServiceStatus:
    """Describes the image service of a community. `settings` are the community's own, with its member's tiers."""

    ledger: Ledger
    rules: Rules
    services: ImageServices
    ports: SteadyPorts
    hint: Callable[[], str] = str
    """What the provider's status page reports beside failures."""

    async def view(self, place: Place, member: Person, settings: Mapping[str, Any]) -> View:
        """The service's state, and the rest of the member's budget."""
        if nobody := self._why_nobody_draws(place, settings):
            return nothing_drawn_view(nobody)
        limits, own = self.rules.in_community(settings).limits.within(settings), own_service_of(settings)

        def look(connection: Connection) -> tuple[list[budgets.Left], int]:
            left = budgets.remaining_for(connection, place, member, limits, self.ledger.now())
            return left, len(request_rows.queue(connection, float("inf")))

        left, waiting = await self.ledger.read(look)
        if own is not None:
            return status_view(self._state(self.services.of(own.name)), waiting, left, own=True)
        others = [OtherService(one.shown, self._state(one)) for one in self.services.fallbacks]
        return status_view(self._state(self.services.default), waiting, left, others, self.hint())

    def help(self, place: Place, settings: Mapping[str, Any]) -> View:
        """How to ask for pictures, with what the service offers."""
        return help_view(self._why_nobody_draws(place, settings) or drawing_here(settings, self.rules))

    def gates(self) -> Mapping[str, Snapshot]:
        """State of the gate of each service that the operator configured, by the service's name; for their dashboard."""
        return {one.name or "default": self._state(one) for one in self.services.operators}

    def _why_nobody_draws(self, place: Place, settings: Mapping[str, Any]) -> str:
        return why_nobody_draws(place, settings, self.rules, lambda name: self.services.of(name).unreadable)

    def _state(self, service: ImageService) -> Snapshot:
        return service.gate.snapshot(self.ports.monotonic())
