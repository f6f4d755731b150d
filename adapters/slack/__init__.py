"""Slack: commands, buttons, forms and mentions into core calls, views into messages. Decides nothing about requests."""

from __future__ import annotations

from adapters.slack.plugin import SlackPlugin

plugin = SlackPlugin()

__all__ = ["plugin"]
