"""Logging with redaction; imports nothing of ours."""

from bot.observe.logs import configure
from bot.observe.redact import Redactor, hide

__all__ = ["Redactor", "configure", "hide"]
