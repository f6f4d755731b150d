"""Conversion of the operator's settings to the request rules."""

from __future__ import annotations

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.catalogue.model import Model, at_half_price, at_most
from bot.domain.own_services import CommunityKeys
from bot.pixels.captions.installed import is_installed
from bot.providers.api import ImageApi
from bot.providers.services.openai import OpenAIApi
from bot.providers.services.registry import api_for
from bot.requests.questions import ask_about
from bot.requests.rules import Rules
from bot.requests.services import DEFAULT, HALF_PRICE
from bot.settings.model import Settings


def rules_of(settings: Settings, *, demo: bool) -> Rules:
    catalogue, api = Catalogue.load(), settings.image_api
    models = {} if demo else {name: model_of(settings, catalogue, name) for name in settings.image_models}
    own = models.get(settings.image_model) or next(iter(models.values()), None)
    model = catalogue.default() if demo else own or model_of(settings, catalogue)
    halved = {HALF_PRICE: {one.id: at_half_price(one) for one in (model, *models.values())}} if demo or has_batches(api) else {}
    return Rules(
        model=model,
        models=models if len(models) > 1 else {},
        equals=halved if demo else {**equals_of(settings, catalogue), **halved},
        default_quality=settings.image_quality,
        limits=Limits(
            member_day=settings.budget_member_day_usd,
            member_month=settings.budget_member_month_usd,
            community_day=settings.budget_community_day_usd,
            community_month=settings.budget_community_month_usd,
            member_pictures_day=settings.budget_member_day_pictures,
            community_pictures_day=settings.budget_community_day_pictures,
            zone=settings.budget_timezone,
        ),
        deadline=float(settings.request_deadline_s),
        max_attempts=settings.max_attempts,
        max_unbilled_tries=max(1, settings.max_rate_answers),  # with 0, a request without any would already have had too many
        max_unfinished=settings.max_member_requests,
        leave_out=settings.image_omit_options,
        show_prices=settings.show_prices == "on",
        partial_images=settings.partial_images,
        lint=ask_about,
        references_kept=settings.references_kept_days * 86400.0,
        captions=is_installed(),
        caption_font=str(settings.caption_font or ""),
        allowed={"discord": settings.allowed_guilds, "slack": settings.allowed_workspaces},
        community_keys=CommunityKeys.OFF if demo else CommunityKeys(settings.community_keys),
    )


FALLBACK = "fallback"
"""Name of the second service in the ledger."""


def key_name(number: int) -> str:
    """Name in the ledger of the configured service with its second key (`number` 2) or a later one."""
    return f"key-{number}"


def equals_of(settings: Settings, catalogue: Catalogue) -> dict[str, dict[str, Model]]:
    """For each other service, the models that it draws instead; none for another key, which draws all under their own names."""
    found: dict[str, dict[str, Model]] = {key_name(number): {} for number, _ in enumerate(settings.image_independent_api_keys, 2)}
    if settings.fallback_models:
        most = api_for(settings.fallback_url, settings.fallback_service).max_count if settings.fallback_url else None
        found[FALLBACK] = {ours: at_most(catalogue.resolve(theirs), most) for ours, theirs in settings.fallback_models.items()}
    return found


def model_of(settings: Settings, catalogue: Catalogue, name: str | None = None) -> Model:
    """The configured model or a named one, with the most pictures that its service gives at once."""
    return at_most(catalogue.resolve(name or settings.image_model), settings.image_api.max_count)


def has_batches(api: ImageApi) -> bool:
    """Whether a service has OpenAI's Batch API; its imitations don't, as far as is known."""
    return isinstance(api, OpenAIApi) and api.dialect.name == "openai"


def keys_of(settings: Settings) -> dict[str, str]:
    """The key of every configured image service, by the service's name."""
    found = {DEFAULT: settings.image_api_key, FALLBACK: settings.fallback_api_key}
    found |= {key_name(number): key for number, key in enumerate(settings.image_independent_api_keys, 2)}
    found |= {HALF_PRICE: settings.image_api_key} if has_batches(settings.image_api) else {}
    return {name: key for name, key in found.items() if key}
