"""Whether the extra `captions` is installed; imports nothing of it, so that the bot can ask at its start."""

from __future__ import annotations

from importlib.util import find_spec

LIBRARIES = ("fontTools", "uniseg", "bidi", "regex")
"""Modules of the extra. Its fonts may come from the system instead."""


def is_installed() -> bool:
    """Whether text can be drawn on pictures, as far as libraries go."""
    return all(find_spec(one) is not None for one in LIBRARIES)
