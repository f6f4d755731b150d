"""Formats of API keys, for services whose keys have one; other services' keys aren't checked."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.settings import Settings
from bot.texts import text

SHAPES: dict[str, tuple[str, str]] = {
    "api.openai.com": (r"sk-[A-Za-z0-9_-]{20,}", "sk-…"),
    "api.x.ai": (r"xai-[A-Za-z0-9]{20,}", "xai-…"),
    "openrouter.ai": (r"sk-or-[A-Za-z0-9_-]{20,}", "sk-or-…"),
    "generativelanguage.googleapis.com": (r"(?:AIza|AQ\.)[A-Za-z0-9_.-]{20,}", "AIza…"),
    "api.stability.ai": (r"sk-[A-Za-z0-9]{20,}", "sk-…"),
    "router.huggingface.co": (r"hf_[A-Za-z0-9]{20,}", "hf_…"),
    "api.replicate.com": (r"r8_[A-Za-z0-9]{20,}", "r8_…"),
}
"""Host -> pattern of its keys, and how to show it; from the services' consoles and published patterns of secret scanners."""


def misshapen(settings: Settings) -> str | None:
    """The sentence for a key that can't be one of the service's; never includes the key."""
    host, key = urlsplit(settings.image_base_url).hostname or "", settings.image_api_key
    if host not in SHAPES or key is None or re.fullmatch(SHAPES[host][0], key):
        return None
    name = settings.used.get("IMAGE_API_KEY", "IMAGE_API_KEY")
    return text("doctor.key_shape", name=name, host=host, shape=SHAPES[host][1], length=len(key))
