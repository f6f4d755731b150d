"""Cleaning of a service's sentences for the rules: one case, single spaces, no links, no names of models, no echo of the prompt."""

from __future__ import annotations

import re

from bot.failures.normal import normalise

LINK = re.compile(r"\b(?:https?|wss?)://[^\s\"'<>，。）)]{1,2000}")
EVENT = re.compile(r"[a-z]{2,6}\.[\w.-]{1,60}\.(?:failed|failure|error)", re.I)
"""The name of an event (`com.example.image.failed`): that something failed is all that it says."""
_MODEL_NAME = re.compile(r"[-/]image(?!s)|^imagen?-")
_NAME = re.compile(r"[A-Za-z][\w.:/-]{2,80}")
_WARNING = re.compile(
    r"(?:please note that )?\b(?:repeat(?:ed|ing)|further|more|continued|multiple|additional)(?: \w+){0,2}"
    r" (?:violations?|offen[cs]es?|attempts|error) (?:may|might|could|can|will)\b[^.|]{0,160}\.?"
)
"""What may happen to an account that isn't put aside yet."""
_SPACES = re.compile(r"\s+")
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "`": "'", "\u00a0": " ", "\u200b": None, "\u202f": " ", "！": "! ", "？": "? ", "；": "; "}
)


def clean(text: str) -> str:
    """Clean human text for the rules."""
    plain = LINK.sub("(link)", normalise(text.translate(_QUOTES)))
    if "-image" in plain or "/image" in plain or "image-" in plain or "imagen-" in plain:
        plain = _NAME.sub(_without_model, plain)
    if " may " in plain or " might " in plain or " could " in plain or " can " in plain or " will " in plain:
        plain = _WARNING.sub("", plain)
    return _SPACES.sub(" ", plain).strip().lower()


def _without_model(match: re.Match[str]) -> str:
    """`gpt-image-1` names a model; it says nothing about an image."""
    name = match[0]
    if not _MODEL_NAME.search(name):
        return name
    return "model (name)" if name.startswith("models/") else "(name)"


def without_echo(text: str) -> str:
    """Azure quotes the whole prompt: `'<prompt>' is too long - 'prompt'`."""
    end = text.find("' is too long")
    start = text.find("'")
    return f"{text[:start]}'...{text[end:]}" if 0 <= start < end else text
