"""Two processes with one bot token: a second copy of the bot, or shards that overlap. Discord gives a command to both of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from structlog.testing import capture_logs

from tests.discord.stage import stage


async def test_a_second_copy_of_the_bot_is_named_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        with capture_logs() as logged:
            for number in (1, 2):
                s.discord.faults.refuse("POST", "/callback$", 400, 40060)
                await s.discord.people.slash(s.ada, s.channel, "imagine", prompt="too late")
                async with asyncio.timeout(20.0):
                    while [one["event"] for one in logged].count("discord_ack_failed") < number:  # noqa: ASYNC110
                        await asyncio.sleep(0.02)
                s.discord.faults.clear()
            told = [one for one in logged if one["event"] == "discord_answered_elsewhere"]
        assert ["DISCORD_SHARDS" in one["what_to_do"] for one in told] == [True]
        assert not s.service.calls
