"""Look before publishing on Slack: a direct message, a card with the picture, and a message in the channel once a moderator let it be."""

from __future__ import annotations

from pathlib import Path

from bot.ledger import settings_rows
from tests.slack.test_moderation import case_stage


async def test_a_result_is_its_members_until_a_moderator_publishes_it(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        s = c.s
        assert s.bot is not None
        own, team = {"results": "reviewed"}, str(s.workspace.id)
        await s.bot.ledger.write(lambda tx: settings_rows.replace(tx, "slack", team, own, "admin"))
        await s.imagine("a red bicycle")
        result = await s.picture(s.slack.world.dm(s.ada))
        await s.press(s.ada, result, "Ask to publish")
        await s.until(lambda: any(one.pictures for one in c.cards()), what="a card with the picture")
        card = c.cards()[-1]
        await c.press(card, "Claim")
        await s.until(lambda: "Publish it" in card.buttons, what="the claimed card")
        assert not [one for one in s.messages(s.channel) if one.pictures]
        await s.stop()
        await s.start()
        for _ in range(2):
            await c.press(card, "Publish it")
        shown = await s.picture(s.channel)
        assert "Checked and published by" in shown.text


async def test_a_result_is_sent_back_with_words_and_asked_for_again_after_a_restart(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        s = c.s
        assert s.bot is not None
        own, team = {"results": "reviewed"}, str(s.workspace.id)
        await s.bot.ledger.write(lambda tx: settings_rows.replace(tx, "slack", team, own, "admin"))
        await s.imagine("a red bicycle")
        result = await s.picture(s.slack.world.dm(s.ada))
        for _ in range(2):
            await s.press(s.ada, result, "Ask to publish")
        await s.message("A reviewer already has it")
        await s.until(lambda: len([one for one in c.cards() if one.pictures]) == 1, what="one card with the picture")
        card = c.cards()[-1]
        await c.press(card, "Claim")
        await s.until(lambda: "Send it back" in card.buttons, what="the claimed card")
        await c.press(card, "Publish it", s.slack.max)
        await s.whisper(s.slack.max, "has case")
        await s.stop()
        await s.start()
        await c.press(card, "Send it back", reason="rules", note="Please without the slogan")
        await c.told("Please without the slogan")
        await s.until(lambda: "Ask to publish" in result.buttons, what="the button once more")
        await s.press(s.ada, result, "Ask to publish")
        await s.until(lambda: len([one for one in c.cards() if "Claim" in one.buttons]) == 1, what="another card")
        assert not [one for one in s.messages(s.channel, s.slack.ben) if one.pictures]
