"""A tier for a role, from the form in /imagine-settings to the answer of /imagine, with the real library."""

from __future__ import annotations

from pathlib import Path

from tests.discord.stage import Stage, stage
from tests.discord.standin.world import MANAGE_GUILD, Message, User
from tests.discord.test_moderation import case_stage


async def tiers(s: Stage, olu: User) -> Message:
    overview = await s.whisper(await s.discord.people.slash(olu, s.channel, "imagine-settings"))
    return await s.whisper(await s.press(olu, overview, "Tiers by role"))


async def write(s: Stage, olu: User, name: str, allows: str, who: list[str]) -> str:
    listed = await tiers(s, olu)
    opened = await s.press(olu, listed, "New tier")
    return (await s.whisper(await s.discord.people.submit(opened, name=name, allows=allows, tier_who=who))).text


async def test_members_have_what_their_role_allows_and_hear_it_when_they_ask_for_more(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        world = s.discord.world
        olu, ben = world.user("Olu"), world.user("Ben")
        world.join(s.guild, olu, world.role(s.guild, "admins", MANAGE_GUILD))
        artists = world.role(s.guild, "artists")
        world.join(s.guild, ben, artists)
        assert "a picture costs $" in await write(s, olu, "Everyone", "Qualities: low\nBudget per day: 0.10", [])
        assert "a picture costs $" in await write(s, olu, "Artists", "Qualities: low, medium, high\nBudget per day: 0.90", [artists.id])
        shown = await tiers(s, olu)
        assert artists.id in shown.text
        event = await s.imagine("a red bicycle", quality="high")
        refused = await s.answered(event, "Your tier “Everyone” doesn't include the quality high. It has low.")
        assert not refused.pictures
        assert s.service.calls == []
        drawn = await s.imagine("a blue bicycle", user=ben, quality="high")
        await s.answered(drawn, "a blue bicycle")
        assert [one.prompt for one in s.service.calls] == ["a blue bicycle"]


async def test_a_role_that_was_taken_away_counts_no_more(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        world = s.discord.world
        olu = s.member("Olu", MANAGE_GUILD)
        artists = world.role(s.guild, "artists")
        world.join(s.guild, s.ada, artists)
        await write(s, olu, "Everyone", "Budget per day: 0", [])
        await write(s, olu, "Artists", "Budget per day: 0.90", [artists.id])
        await s.answered(await s.imagine("a red bicycle"), "a red bicycle")
        world.join(s.guild, s.ada)
        await s.answered(await s.imagine("a blue bicycle"), "Pictures are switched off for members here")
        assert len(s.service.calls) == 1


async def test_a_yes_in_a_direct_message_goes_by_the_roles_of_that_moment(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        s, world = c.s, c.s.discord.world
        olu = s.member("Olu", MANAGE_GUILD)
        artists = world.role(s.guild, "artists")
        world.join(s.guild, s.ada, artists)
        await write(s, olu, "Everyone", "Budget per day: 0", [])
        await write(s, olu, "Artists", "Budget per day: 0.90", [artists.id])
        await c.press(await c.claimed(), "Suggest a rewrite", prompt="something friendly")
        offer = await c.told("suggests a different wording")
        assert offer.channel.guild is None
        world.join(s.guild, s.ada)
        await s.whisper(await s.press(s.ada, offer, "Accept and send"), "wasn't sent")
        assert [one.prompt for one in s.service.calls] == ["something terrible"]
        world.join(s.guild, s.ada, artists)
        await s.press(s.ada, offer, "Accept and send")
        await s.until(lambda: len(s.service.calls) == 2, what="the accepted wording")
