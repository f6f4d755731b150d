"""Which names of a model list belong to models that write text, as far as names tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CHAT = re.compile(
    r"^(?:[\w.-]+/)*(?:gpt-|chatgpt|o\d|claude|gemini|gemma|llama|qwen|mistral|ministral|deepseek|grok|phi|command|kimi|glm)", re.I
)
_NOT_CHAT = re.compile(
    r"image|imagen|dall-?e|embed|tts|whisper|audio|realtime|transcri|speech|moderation|video|sora|veo|search|instruct|codex|guard|rerank",
    re.I,
)
_SMALL = ("nano", "mini", "flash-lite", "flash", "haiku", "small", "lite", "8b", "7b")


def chat_model(listed: Iterable[str]) -> str | None:
    """A text model of the list, a small one if there is one; None if none is known to be one."""
    models = sorted(one for one in listed if _CHAT.search(one) and not _NOT_CHAT.search(one))
    small = (one for mark in _SMALL for one in models if mark in one.lower())
    return next(small, models[0] if models else None)
