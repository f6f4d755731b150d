"""Limits set by the operator and the community, as plain values passed to every decision in this room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from bot.budgets import Limits
from bot.catalogue.check import check_quality
from bot.catalogue.cost import highest_cost_micros, partials_micros
from bot.catalogue.load import Catalogue
from bot.catalogue.model import AUTO, Model, at_most
from bot.domain.attachments import ReferenceLimits
from bot.domain.limits import DEADLINE, MAX_ATTEMPTS, MAX_UNBILLED_TRIES, MAX_UNFINISHED
from bot.domain.own_services import CommunityKeys, api_of, is_own, own_service_of
from bot.domain.requests import Lane, Request
from bot.providers.services.registry import api_for
from bot.requests.services import HALF_PRICE

HALF_PRICE_DEADLINE = 7 * 86400.0
"""Seconds for a picture at half the price. The service gives up after a day; the rest is for a bot that wasn't running meanwhile."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the member before a prompt is sent."""

    reason: str
    """Key under `held.` in the texts."""
    cleaned: str | None = None
    """The prompt without the finding; the button "Send without it" sends this."""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    model: Model
    """The model of a request that names none. `for_model` and `for_call` return the rules of another one."""
    models: Mapping[str, Model] = field(default_factory=dict)
    """Models that members may choose from, by id; empty if there's only `model`."""
    equals: Mapping[str, Mapping[str, Model]] = field(default_factory=dict)
    """Name of another service -> id of a model -> the model that it draws instead, declared equal by the operator; no models
    for another key of the configured service. Under HALF_PRICE: the models of its Batch API at their prices there."""
    default_quality: str | None = None
    limits: Limits = field(default_factory=Limits)
    deadline: float = DEADLINE
    """Seconds from acceptance to the last possible answer."""
    batch_deadline: float = 4 * 3600.0
    """The same for a picture of a batch, which waits while anybody else does."""
    max_attempts: int = MAX_ATTEMPTS
    max_unbilled_tries: int = MAX_UNBILLED_TRIES
    max_unfinished: int | None = MAX_UNFINISHED
    """Most requests of a member that aren't answered yet, those with a question to them included and those of batches not; None for
    any number. The refusal is stored as `too_many_waiting`, so it keeps that older name."""
    held_for: float = 900.0
    """Seconds for which a question to the member stays open."""
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Platform -> communities that may use the bot; missing or empty means all."""
    leave_out: frozenset[str] = frozenset()
    """Options that the operator never wants sent."""
    show_prices: bool = False
    """Show the cost beside a result."""
    partial_images: int = 0
    """Unfinished pictures to show for each one, 0 to 3. Each costs output tokens."""
    lint: Callable[[str], Question | None] | None = None

    captions: bool = False
    """Text can be drawn on pictures here."""
    caption_font: str = ""
    """Path of the operator's own font."""

    community_keys: CommunityKeys = CommunityKeys.OFF
    """Whether communities may, or must, bring their own key."""
    service_references: ReferenceLimits = field(default_factory=ReferenceLimits)
    """What the configured service accepts beside the prompt."""
    references_kept: float = 30 * 86400.0
    """Seconds for which the pictures that members attached are kept after their request."""

    @property
    def references(self) -> ReferenceLimits:
        """What the configured model accepts beside the prompt at the configured service."""
        return self.model.references.within(self.service_references)

    def in_community(self, own: Mapping[str, Any]) -> Rules:
        """The rules of a community with these settings: if it has a key of its own, the models and limits of that service, and no budget
        but the community's own."""
        service = own_service_of(own)
        if service is None or not service.models:
            return self
        models = {name: _model_of(service.api, name) for name in service.models}
        first = models[service.models[0]]
        return replace(
            self._at_own(first),
            models=models if len(models) > 1 else {},
            limits=self.limits.of_own_key(),
            service_references=api_for("", service.api).references_for(first.id),
        )

    def _at_own(self, model: Model) -> Rules:
        """The rules of a call with a community's key: nothing that the operator set for the configured service holds."""
        quality = self.default_quality
        usable = quality is not None and check_quality(model, quality) == quality
        return replace(self, model=model, models={}, equals={}, leave_out=frozenset(), default_quality=quality if usable else None)

    def for_model(self, model: str) -> Rules:
        """The same rules for a request that asks for this model; for one that isn't offered anymore, the default's."""
        chosen = self.models.get(model, self.model)
        return replace(self, model=chosen)

    def for_call(self, service: str, model: str) -> Rules:
        """The same rules for a call of this service: its equal of the model counts, in particular its price."""
        if is_own(service):
            own = self.model_at(service, model)
            return replace(self._at_own(own), service_references=api_for("", api_of(service)).references_for(own.id))
        return replace(self, model=self.model_at(service, model))

    def model_at(self, service: str, model: str) -> Model:
        """The model that a service draws for a request which asks for this one."""
        if is_own(service):
            return _model_of(api_of(service), model)
        return self.equals.get(service, {}).get(model) or self.models.get(model, self.model)

    def deadline_in(self, lane: Lane) -> float:
        """Seconds from acceptance to the last possible answer of a request in this lane."""
        return self.batch_deadline if lane is Lane.BATCH else self.deadline

    def deadline_of(self, request: Request) -> float:
        """The same for a request, which may have been made for the Batch API."""
        return HALF_PRICE_DEADLINE if request.service == HALF_PRICE else self.deadline_in(request.lane)

    @property
    def half_price(self) -> bool:
        """Whether the configured service has a Batch API at half the price."""
        return HALF_PRICE in self.equals

    def has_fallback(self, model: str) -> bool:
        """Whether another service draws this model while the configured one can't."""
        return any(not equals or model in equals for name, equals in self.equals.items() if name != HALF_PRICE)

    def highest_cost(
        self, size: str, quality: str, count: int, prompt: str, without: frozenset[str] = frozenset(), references: int = 0
    ) -> int:
        """Maximum cost in micros of an attempt that sends this many references. The service chooses omitted options (`without`), so the
        most expensive value counts if prices are published; for a model outside the catalogue, the estimate stays."""
        left_out = without | self.leave_out if self.model.known else frozenset()
        asked = (AUTO if "size" in left_out else size, AUTO if "quality" in left_out else quality)
        highest = highest_cost_micros(self.model, *asked, count, len(prompt), references)
        return highest + partials_micros(self.model, count, self.partial_images)


@lru_cache(512)
def _model_of(api: str, name: str) -> Model:
    """A model at a community's own service, as the catalogue knows it."""
    return at_most(Catalogue.load().resolve(name), api_for("", api).max_count)
