"""Logging with redaction; imports nothing of ours."""

from bot.observe.logs import configure
from bot.observe.redact import Redactor, hidden

__all__ = ["Redactor", "configure", "hidden"]
