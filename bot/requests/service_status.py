"""Answers to /imagine-status and /imagine-help: what draws in a community, how it is, and what is left of a member's budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot import budgets
from bot.chat.views import View
from bot.domain.own_services import own_service_of
from bot.domain.refusal import Refusal
from bot.domain.requests import Person, Place
from bot.gate.port import Snapshot
from bot.ledger import request_rows
from bot.ledger.store import Ledger
from bot.messages.help_view import Drawing, help_view
from bot.messages.refusal_view import refusal_sentence
from bot.messages.status_view import OtherService, nothing_drawn_view, status_view
from bot.ports.steady import SteadyPorts
from bot.requests.choices import chosen_model, offered
from bot.requests.own_key import UNREADABLE, unusable
from bot.requests.rules import Rules
from bot.requests.services import ImageService, ImageServices
from bot.texts import has, text


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
        return help_view(self._why_nobody_draws(place, settings) or self._drawing(settings))

    def gates(self) -> Mapping[str, Snapshot]:
        """State of the gate of each service that the operator configured, by the service's name; for their dashboard."""
        return {one.name or "default": self._state(one) for one in self.services.operators}

    def _why_nobody_draws(self, place: Place, settings: Mapping[str, Any]) -> str:
        """Why nothing is drawn in a community with these settings, and who can mend that; empty if something is."""
        refused, own = unusable(place, settings, self.rules), own_service_of(settings)
        if refused is None and own is not None and self.services.of(own.name).unreadable:
            refused = Refusal(UNREADABLE)
        if refused is None:
            return ""
        key = f"status.{refused.reason}"
        return text(key) if has(key) else refusal_sentence(refused)

    def _drawing(self, settings: Mapping[str, Any]) -> Drawing:
        """What draws in a community with these settings."""
        here = self.rules.in_community(settings)
        names = offered(settings, here) if own_service_of(settings) is not None else ()
        chosen = chosen_model(None, settings, here)
        here = here.for_model(chosen) if isinstance(chosen, str) else here
        model = here.model
        return Drawing(model.sizes.popular, model.qualities, model.max_count, here.references.count, tuple(names))

    def _state(self, service: ImageService) -> Snapshot:
        return service.gate.snapshot(self.ports.monotonic())
