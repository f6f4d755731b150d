"""Registry of image services: finds the API for an address, by the operator's setting or by host."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from bot.providers.api import ImageApi
from bot.providers.services.bfl import BflApi
from bot.providers.services.fal import FalApi
from bot.providers.services.gemini import GeminiApi
from bot.providers.services.openai import DIALECTS, GATEWAY, OpenAIApi, dialect_for
from bot.providers.services.replicate import ReplicateApi

NATIVE: Mapping[str, tuple[type[ImageApi], str, str]] = {
    "gemini": (GeminiApi, "generativelanguage.googleapis.com", "https://generativelanguage.googleapis.com/v1beta"),
    "fal": (FalApi, "fal.run", "https://queue.fal.run"),
    "replicate": (ReplicateApi, "api.replicate.com", "https://api.replicate.com/v1"),
    "bfl": (BflApi, "bfl.ai", "https://api.bfl.ai/v1"),
}
"""Services with their own API: module, host suffix, base address."""
ADDRESSES: Mapping[str, str] = {
    **{name: base for name, (_, _, base) in NATIVE.items()},
    "openai": "https://api.openai.com/v1",
    "xai": "https://api.x.ai/v1",
    "together": "https://api.together.xyz/v1",
    "openrouter": "https://openrouter.ai/api/v1",
    "siliconflow": "https://api.siliconflow.cn/v1",
}
"""Base addresses of the services that have one for everybody."""
SERVICES = (*NATIVE, *(dialect.name for dialect in (*DIALECTS, GATEWAY)))
"""Every value that IMAGE_SERVICE accepts."""


def api_for(base_url: str, service: str | None = None) -> ImageApi:
    """The API for a base address; `service` is one of SERVICES, or None to decide by host. Raises KeyError for another name."""
    if service is not None:
        if service in NATIVE:
            return NATIVE[service][0]()
        return OpenAIApi({dialect.name: dialect for dialect in (*DIALECTS, GATEWAY)}[service])
    url = urlsplit(base_url)
    host = (url.hostname or "").casefold().rstrip(".")
    for native, end, _ in NATIVE.values():
        # Gemini also has an OpenAI-compatible route.
        if (host == end or host.endswith("." + end)) and "/openai" not in url.path:
            return native()
    return OpenAIApi(dialect_for(host))


def base_url_of(service: str) -> str | None:
    """The base address of a service with its own API; None for the others."""
    return NATIVE[service][2] if service in NATIVE else None
