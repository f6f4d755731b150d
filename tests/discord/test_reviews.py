"""Look before publishing on Discord: an ephemeral result, a card with the picture, and a public message once a moderator let it be."""

from __future__ import annotations

from pathlib import Path

from bot.ledger import settings_rows
from tests.discord.test_moderation import case_stage


async def test_a_result_is_its_members_until_a_moderator_publishes_it(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        s = c.s
        assert s.bot is not None
        own, guild = {"results": "reviewed"}, str(s.guild.id)
        await s.bot.ledger.write(lambda tx: settings_rows.replace(tx, "discord", guild, own, "admin"))
        event = await s.imagine("a red bicycle")
        result = await s.answered(event)
        assert result.ephemeral
        await s.whisper(await s.press(s.ada, result, "Ask to publish"), "A reviewer will look at it")
        await s.until(lambda: any(one.pictures for one in c._cards()), what="a card with the picture")
        card = c._cards()[-1]
        await s.whisper(await s.press(s.ada, card, "Claim"), "Only moderators")
        await c.press(card, "Claim")
        await s.until(lambda: "Publish it" in card.buttons, what="the claimed card")

        def public() -> list[object]:
            return [one for one in s.discord.world.messages.values() if one.channel is s.channel and not one.ephemeral and one.pictures]

        assert not public()
        await s.stop()
        await s.start()
        for _ in range(2):
            await s.press(c.mia, card, "Publish it")
        await s.until(public, what="the result in its channel")
        [shown] = public()
        assert "a look by Mia" in str(getattr(shown, "text", ""))
        await s.until(lambda: not card.pictures, what="the card without the picture")
