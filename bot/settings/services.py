"""The image services that the settings name, ready to be called."""

from __future__ import annotations

from bot.catalogue.load import Catalogue
from bot.gate.settings import GateSettings
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.picture_port import PicturePort
from bot.providers.services.registry import api_for
from bot.requests.services import ServicePlan
from bot.settings.model import Settings
from bot.settings.rules import FALLBACK, key_name


def provider_of(settings: Settings, key: str | None, pictures: PicturePort, ports: SystemPorts) -> HttpProvider:
    """The configured service with one of its keys."""
    api = settings.image_api
    return HttpProvider(settings.image_base_url, key, pictures, ports, api=api, egress=settings.egress)


def fallbacks_of(settings: Settings, pictures: PicturePort, ports: SystemPorts) -> list[ServicePlan]:
    """Further keys of the configured service, and the second service, in order of preference."""
    limits, found = GateSettings(settings.max_concurrency, settings.max_images_per_minute), list[ServicePlan]()
    for number, key in enumerate(settings.image_independent_api_keys, 2):
        found.append(ServicePlan(key_name(number), provider_of(settings, key, pictures, ports), limits))
    url = settings.fallback_url
    if url is not None and settings.fallback_models:
        api = api_for(url, settings.fallback_service)
        provider = HttpProvider(url, settings.fallback_api_key, pictures, ports, api=api, egress=settings.egress)
        shown, after = provider.gate_key.partition("#")[0], float(settings.fallback_after_s)
        resolve, equals = Catalogue.load().resolve, settings.fallback_models
        taken = {ours: resolve(theirs).references.within(provider.references_for(theirs)) for ours, theirs in equals.items()}
        found.append(ServicePlan(FALLBACK, provider, GateSettings(), shown, after, equals, taken))
    return found
