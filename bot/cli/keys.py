"""Formats of API keys, for services whose keys have one, and whose key it is that was set; other services' keys aren't checked."""

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


PROVIDERS: dict[str, tuple[str, str]] = {
    "sk-or-": ("OpenRouter", "openrouter.ai"),
    "sk-ant-": ("Anthropic", "api.anthropic.com"),
    "xai-": ("xAI", "api.x.ai"),
    "AIza": ("Google", "generativelanguage.googleapis.com"),
    "hf_": ("Hugging Face", "router.huggingface.co"),
    "r8_": ("Replicate", "api.replicate.com"),
    "gsk_": ("Groq", "api.groq.com"),
}
"""How another provider's keys begin -> its name and host. Checked only for hosts whose keys are known: a gateway may want any key."""
TOKENS: dict[str, str] = {
    "xoxb-": "Slack",
    "xoxp-": "Slack",
    "xapp-": "Slack",
    "ghp_": "GitHub",
    "github_pat_": "GitHub",
}
"""How tokens begin that are no key of any image service -> whose they are."""


ADMIN_KEY = "sk-admin-"
"""How OpenAI's administrators' keys begin, which manage an organization and can't call a model."""
_FAL = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{20,}")


def misshapen(settings: Settings) -> str | None:
    """The sentence for a key that can't be one of the service's; never includes the key."""
    host, key = urlsplit(settings.image_base_url).hostname or "", settings.image_api_key
    if key is None:
        return None
    name = settings.used.get("IMAGE_API_KEY", "IMAGE_API_KEY")
    for start, owner in TOKENS.items():
        if key.startswith(start):
            return text("doctor.key_is_token", name=name, owner=owner, start=f"{start}…", host=host)
    if host not in SHAPES:
        return None
    if key.startswith(ADMIN_KEY):
        return text("doctor.key_is_admin", name=name, start=f"{ADMIN_KEY}…", host=host)
    if _FAL.fullmatch(key):
        return text("doctor.key_of_fal", name=name, host=host)
    for start, (owner, home) in PROVIDERS.items():
        if key.startswith(start) and home != host:
            return text("doctor.key_of_other", name=name, owner=owner, start=f"{start}…", home=home, host=host)
    if re.fullmatch(SHAPES[host][0], key):
        return None
    return text("doctor.key_shape", name=name, host=host, shape=SHAPES[host][1], length=len(key))
