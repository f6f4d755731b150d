"""Everybody reads their own language on Slack: two members and a moderator with three languages, and channels with two more."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.ledger import settings_rows
from bot.texts import say, text
from tests.slack.standin import text as reading
from tests.slack.test_moderation import case_stage


async def test_people_read_their_own_language_and_channels_the_one_that_slack_states(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        s, people = c.s, c.s.slack.people
        s.ada.locale, s.slack.ben.locale, s.slack.mona.locale = "fr-FR", "zh-CN", "es-ES"
        s.channel.locale, s.slack.mods.locale = "de-DE", "ja-JP"

        await s.imagine("a boat")
        public = await s.message(say(text("request.done_one"), "de"), s.channel)
        assert say(text("button.again"), "de") in public.buttons
        for person, language in ((s.ada, "fr"), (s.slack.ben, "zh-Hans")):
            await people.slash(person, s.channel, "/imagine-help", "")
            await s.whisper(person, say(text("help.title"), language))
        await people.slash(s.ada, s.slack.world.dm(s.ada), "/imagine", "a second boat")
        await s.message(say(text("request.done_one"), "fr"), s.slack.world.dm(s.ada))

        card = await c.blocked()
        assert say(text("case.button.case_claim"), "ja") in card.buttons
        await s.press(s.slack.mona, card, say(text("case.button.case_claim"), "ja"))
        await s.until(lambda: say(text("case.button.case_release"), "ja") in card.buttons, what="a claimed card")
        asked = await s.press(s.slack.mona, card, say(text("case.button.case_deny"), "ja"))
        assert say(text("case.form.deny_submit"), "es") in str((await s.form(asked)).body)
        assert len(s.slack.calls("conversations.info", channel=s.channel.id)) == 1, "a channel's language is kept for an hour"

        assert s.bot is not None
        chosen = {"language": "zh-Hant", "zone": "Asia/Tokyo"}
        await s.bot.ledger.write(lambda tx: settings_rows.replace(tx, "slack", s.workspace.id, chosen, "admin"))
        await s.press(s.slack.mona, card, say(text("case.button.case_release"), "ja"))
        await s.until(
            lambda: say(text("case.button.case_claim"), "zh-Hant") in card.buttons, what="the card in the language that was chosen"
        )
        assert "JST" in card.raw, "the words for clients that can't show a time are in the community's zone"


async def test_times_in_a_private_answer_are_in_the_readers_own_zone(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        c.s.ada.tz, c.s.slack.ben.tz = "America/Bogota", "Asia/Kolkata"
        await c.s.imagine("a boat")
        await c.s.picture()
        await c.s.slack.people.slash(c.s.ada, c.s.channel, "/imagine-show", "")
        assert "UTC-05" in (await c.s.whisper(c.s.ada, "a boat")).raw


async def test_each_reader_of_a_shared_message_sees_times_on_their_own_clock(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked()
        found = [
            hit
            for one in reading.walk(card.blocks)
            for hit in reading.DATE.findall(one.get("text") if isinstance(one.get("text"), str) else "")
        ]
        assert found
        for zone in ("Asia/Tokyo", "America/Bogota"):
            seen = "\n".join(reading.texts(card.blocks, zone))
            for at, _, words in found:
                local = datetime.fromtimestamp(int(at), ZoneInfo(zone))
                assert f"{local:%b} {local.day}, {local.year} {local.hour % 12 or 12}:{local:%M %p}" in seen
                assert words in card.raw
            assert "UTC" not in seen
        assert "<!date" not in card.raw
