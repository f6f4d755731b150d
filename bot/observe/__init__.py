"""Logging with redaction. Imports nothing else from the project."""

from bot.observe.logs import configure
from bot.observe.redact import Redactor, conceal, hide, reveal

__all__ = ["Redactor", "conceal", "configure", "hide", "reveal"]
