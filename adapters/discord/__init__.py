"""Discord: slash commands, buttons and forms into core calls, views into messages. Decides nothing about requests."""

from __future__ import annotations

from adapters.discord.plugin import DiscordPlugin

plugin = DiscordPlugin()

__all__ = ["plugin"]
