"""The smallest bot on discord.py: one slash command that is acknowledged and nothing else. What `bench.discord_ack` compares with."""

from __future__ import annotations

import os

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket


class Bare(discord.Client):
    """Defers /imagine."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), max_messages=None)
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(app_commands.Command(name="imagine", description="Make a picture", callback=imagine))

    async def setup_hook(self) -> None:
        await self.tree.sync()


async def imagine(interaction: discord.Interaction, prompt: str) -> None:
    await interaction.response.defer(thinking=True)


if __name__ == "__main__":
    discord.http.Route.BASE = os.environ["DISCORD_API_BASE"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    Bare().run(os.environ["DISCORD_BOT_TOKEN"], log_handler=None)
