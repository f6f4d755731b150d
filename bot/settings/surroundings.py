"""Conversion of the operator's settings to what an evidence bundle needs to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.domain.own_services import OwnService
from bot.evidence.surroundings import Surroundings
from bot.settings.model import Settings
from bot.settings.rules import FALLBACK


def cleaner_of(settings: Settings) -> Callable[[str], str]:
    """Takes everything private of this machine, and what looks private, out of words that a service wrote for everybody."""

    def clean(words: str) -> str:
        from bot.evidence.private import Private
        from bot.evidence.scrub import Scrubber

        about = surroundings_of(settings)
        return Scrubber(Private(tuple(about.secrets), about.hosts(), (), about.public_host), ()).text(words)

    return clean


def with_own_services(about: Surroundings, services: Mapping[str, tuple[OwnService, str]]) -> Surroundings:
    """The same, knowing communities' own services, by name, and their keys."""
    others = {name: (service.base_url, service.api) for name, (service, _) in services.items()}
    return replace(about, others={**about.others, **others}, secrets=(*about.secrets, *(key for _, key in services.values())))


def surroundings_of(settings: Settings) -> Surroundings:
    """The operator's side of a failed call."""
    addresses = [
        value for name, value in settings.env.items() if "://" in value or name.upper().endswith(("_HOST", "_PROXY", "_URL", "_BASE"))
    ]
    route = settings.egress.route(settings.image_base_url, image=True)
    second = {} if settings.fallback_url is None else {FALLBACK: (settings.fallback_url, settings.fallback_service)}
    return Surroundings(
        base_url=settings.image_base_url,
        service=settings.image_service,
        secrets=settings.secrets(),
        addresses=tuple(addresses),
        account_plan=settings.account_plan,
        proxied=route.proxy is not None,
        others=second,
    )
