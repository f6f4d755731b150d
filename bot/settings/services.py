"""The image services that the settings name, ready to be called."""

from __future__ import annotations

import math

from bot.catalogue.load import Catalogue
from bot.domain.own_services import OwnService
from bot.egress import Egress
from bot.gate.settings import GateSettings
from bot.ports import SystemPorts
from bot.providers.api import ImageApi
from bot.providers.guarded import GuardedTransport, for_communities
from bot.providers.half_price import HalfPriceProvider
from bot.providers.http_provider import HttpProvider
from bot.providers.picture_port import PicturePort
from bot.providers.services.openai import OpenAIApi
from bot.providers.services.openai_batches import OpenAIBatches
from bot.providers.services.registry import api_for
from bot.requests.own_services import Connect
from bot.requests.services import HALF_PRICE, ServicePlan
from bot.settings.model import Settings
from bot.settings.rules import FALLBACK, has_batches, key_name


def provider_of(settings: Settings, key: str | None, pictures: PicturePort, ports: SystemPorts) -> HttpProvider:
    api = settings.image_api
    return HttpProvider(settings.image_base_url, key, pictures, ports, api=api, egress=settings.egress)


OWN_LONGEST = 40 * 1024 * 1024
"""Bytes of an answer of a community's service, with all of its pictures."""


def own_services_of(egress: Egress, pictures: PicturePort, ports: SystemPorts) -> Connect:
    """How communities' own services are reached: only at public addresses."""
    way = for_communities(egress)

    def connect(service: OwnService, key: str) -> HttpProvider:
        api = api_for(service.base_url, service.api)
        return HttpProvider(
            service.base_url, key, pictures, ports, api=api, egress=way, transport=GuardedTransport.out(way), longest=OWN_LONGEST
        )

    return connect


def half_price_of(base_url: str, key: str | None, api: ImageApi, pictures: PicturePort, ports: SystemPorts, egress: Egress) -> ServicePlan:
    """The Batch API of a service that speaks OpenAI's language."""
    assert isinstance(api, OpenAIApi)
    provider = HalfPriceProvider(base_url, key, pictures, ports, api=OpenAIBatches(api.dialect), egress=egress)
    return ServicePlan(HALF_PRICE, provider, GateSettings(), after=math.inf, equals={})


def fallbacks_of(settings: Settings, pictures: PicturePort, ports: SystemPorts) -> list[ServicePlan]:
    """Further keys of the configured service, and the second service, in order of preference; then the Batch API."""
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
    if has_batches(settings.image_api):
        api, base = settings.image_api, settings.image_base_url
        found.append(half_price_of(base, settings.image_api_key, api, pictures, ports, settings.egress))
    return found
