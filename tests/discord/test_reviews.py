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
        assert "published by Mia" in str(getattr(shown, "text", ""))
        await s.until(lambda: not card.pictures, what="the card without the picture")


async def test_a_result_is_sent_back_with_words_and_asked_for_again_after_a_restart(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        s = c.s
        assert s.bot is not None
        own, guild = {"results": "reviewed"}, str(s.guild.id)
        await s.bot.ledger.write(lambda tx: settings_rows.replace(tx, "discord", guild, own, "admin"))
        result = await s.answered(await s.imagine("a red bicycle"))
        forged = {"custom_id": result.buttons["Ask to publish"], "component_type": 2}
        for _ in range(2):
            asked = await s.press(s.ada, result, forged["custom_id"])
        await s.whisper(asked, "A reviewer already has it")
        await s.until(lambda: len([one for one in c._cards() if one.pictures]) == 1, what="one card with the picture")
        card = c._cards()[-1]
        bob = s.member("Bob")
        await s.whisper(await s.discord.people.send(3, bob, s.channel, forged, source=result), "Only the person")
        await c.press(card, "Claim")
        await s.until(lambda: "Send it back" in card.buttons, what="the claimed card")
        await s.stop()
        await s.start()
        await c.press(card, "Send it back", reason="rules", note="Please without the slogan")
        told = await c.told("Please without the slogan")
        assert told.channel.recipient is s.ada
        await s.until(lambda: "Ask to publish" in result.buttons, what="the button once more")
        again = await s.press(s.ada, result, "Ask to publish")
        await s.whisper(again, "A reviewer will look at it")
        await s.until(lambda: len([one for one in c._cards() if "Claim" in one.buttons]) == 1, what="another card")
        assert not [one for one in s.discord.visible(bob, s.channel) if one.pictures]
