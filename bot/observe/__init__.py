"""Logging with redaction. Imports nothing else from the project."""

from bot.observe.logs import configure
from bot.observe.redact import Redactor, hide

__all__ = ["Redactor", "configure", "hide"]
