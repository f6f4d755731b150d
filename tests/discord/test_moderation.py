"""The whole way of a blocked request through a server's moderators, on Discord."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.discord.stage import Stage, stage
from tests.discord.standin.world import MANAGE_GUILD, MANAGE_MESSAGES, VIEW, Channel, Message, User
from tests.world import BLOCK, bad


@dataclass
class CaseStage:
    """A server with a moderators' channel, a moderator and a member."""

    s: Stage
    channel: Channel
    mia: User

    async def blocked(self, prompt: str = "something terrible", **more: object) -> Message:
        """Ada's request is blocked; returns the moderators' card."""
        self.s.service.script.append(bad(BLOCK))
        known = set(self.s.discord.world.messages)
        self.event = await self.s.imagine(prompt, **more)
        await self.s.until(lambda: [one for one in self._cards() if one.id not in known], what="a card")
        return next(one for one in self._cards() if one.id not in known)

    def _cards(self) -> list[Message]:
        return [one for one in self.s.discord.world.messages.values() if one.channel is self.channel and not one.deleted and one.buttons]

    async def press(self, card: Message, label: str, user: User | None = None, **values: str) -> Message:
        """Press a button, fill its form when one opens; returns what the presser hears."""
        event = await self.s.press(user or self.mia, card, label)
        if event.modal is not None:
            event = await self.s.discord.people.submit(event, **values)
        return await self.s.whisper(event)

    async def claimed(self, **more: object) -> Message:
        card = await self.blocked(**more)  # type: ignore[arg-type]
        await self.press(card, "Claim")
        await self.s.until(lambda: "Release" in card.buttons, what="a claimed card")
        return card

    async def told(self, words: str) -> Message:
        """What Ada is told directly."""
        found = await self.s.discord.until(
            lambda: next(
                (one for one in self.s.discord.visible(self.s.ada) if words in one.text and one.channel is not self.channel), None
            ),
            what=f"{words!r} said to the member",
        )
        assert found is not None
        return found


def rewording(c: CaseStage) -> list[Message]:
    """Questions to Ada whether a picture was her rewording."""
    return [one for one in c.s.discord.visible(c.s.ada) if "That was my new wording" in one.buttons]


@contextlib.asynccontextmanager
async def case_stage(folder: Path, *, rights: int = MANAGE_MESSAGES, locale: str = "en-US", **rules: object) -> AsyncIterator[CaseStage]:
    async with stage(folder, start=False) as s:
        s.guild.locale = locale
        channel = s.discord.world.channel(s.guild, "moderators")
        mia = s.discord.world.user("Mia")
        s.discord.world.join(s.guild, mia, s.discord.world.role(s.guild, "moderators", rights))
        s.env["MODERATOR_CHANNEL_DISCORD"] = channel.id
        await s.start(**rules)
        yield CaseStage(s, channel, mia)


async def test_a_card_shows_the_prompt_behind_a_spoiler_and_the_member_hears_neutral_words(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked("something @everyone terrible")
        assert "||something @everyone terrible||" in card.raw
        assert card.pings == set()
        assert "Claim" in card.buttons
        message = await c.s.answered(c.event, "case")
        assert not message.pictures
        assert c.s.ada.name in card.text


async def test_claim_and_release(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        assert "Mia" in card.text
        await c.press(card, "Release")
        await c.s.until(lambda: "Claim" in card.buttons)


async def test_a_suggested_rewrite_is_sent_only_after_the_member_accepts_that_very_text(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        await c.press(card, "Suggest a rewrite", prompt="something friendly")
        offer = await c.told("suggests a different wording")
        assert "something terrible" in offer.text
        assert "something friendly" in offer.text
        assert len(c.s.service.calls) == 1
        await c.s.press(c.s.ada, offer, "Accept and send")
        await c.s.until(lambda: len(c.s.service.calls) == 2, what="the accepted wording")
        assert c.s.service.calls[1].prompt == "something friendly"
        await c.s.until(lambda: any(one.pictures for one in c.s.discord.visible(c.s.ada, c.s.channel)), what="the picture in the channel")
        await c.s.until(lambda: not [one for one in c.s.discord.visible(c.s.ada) if one.thinking], what="no placeholder left")
        assert len([one for one in c.s.discord.visible(c.s.ada) if one.pictures]) == 1


async def test_a_question_is_a_new_message_to_the_member_alone_that_leads_to_the_request(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        public = await c.s.answered(c.event, "is looking at this right now")
        known = set(c.s.discord.world.messages)
        event = await c.s.press(c.mia, card, "Ask to rephrase")
        await c.s.whisper(await c.s.discord.people.submit(event, note="make it friendlier"))
        asked = await c.told("Please try different words")
        assert asked.id not in known
        assert asked.channel.recipient is c.s.ada
        assert "make it friendlier" in asked.text
        assert f"https://discord.com/channels/{c.s.guild.id}/{public.channel.id}/{public.id}" in asked.raw
        assert "something terrible" in asked.text
        assert all(not one.pings for one in c.s.discord.world.messages.values() if one.channel is not asked.channel and one.id not in known)
        await c.s.answered(c.event, "wrote to Ada")
        assert "friendlier" not in public.text
        assert [one.id for one in c.s.discord.visible(c.s.ada) if one.id not in known and one.id != asked.id] == []


async def test_a_filter_that_dislikes_the_prompt_gets_a_question_without_it(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        known = set(c.s.discord.world.messages)
        event = await c.s.press(c.mia, card, "Ask to rephrase")
        c.s.discord.faults.refuse("POST", "/messages", 400, 240000, times=1)
        await c.s.whisper(await c.s.discord.people.submit(event, note=""))
        asked = await c.told("Please try different words")
        assert asked.id not in known
        assert "something terrible" not in asked.text


async def test_a_private_answer_out_of_reach_is_not_posted_once_more_because_its_case_moves(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked(private=True)
        await c.s.bot.sender.idle()  # the answer itself has arrived before it gets out of reach
        c.event.expired = True
        await c.press(card, "Claim")
        await c.s.until(lambda: "Release" in card.buttons, what="a claimed card")
        await c.press(card, "Deny", reason="harm")
        await c.told("stays blocked")
        await c.s.bot.sender.idle()
        direct = [one for one in c.s.discord.visible(c.s.ada) if one.channel.recipient is c.s.ada]
        assert len(direct) == 1
        assert "discord.com/channels" not in direct[0].raw  # nothing leads to what may be gone from their screen


async def test_a_declined_rewrite_sends_nothing(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        await c.press(card, "Suggest a rewrite", prompt="something friendly")
        offer = await c.told("suggests a different wording")
        await c.s.press(c.s.ada, offer, "Decline")
        await c.told("You declined this wording")
        assert len(c.s.service.calls) == 1


async def test_a_rewording_that_a_moderator_asked_for_gives_the_picture(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        await c.press(card, "Ask to rephrase")
        asked = await c.told("Please try different words")
        opened = await c.s.press(c.s.ada, asked, "Rephrase")
        await c.s.discord.people.submit(opened, prompt="something kind")
        await c.s.until(lambda: any(one.pictures for one in c.s.discord.visible(c.s.ada)), what="the picture")
        assert [call.prompt for call in c.s.service.calls] == ["something terrible", "something kind"]


async def test_a_picture_of_a_newly_typed_command_is_asked_about_and_closes_the_case_only_with_a_press(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        await c.press(card, "Ask to rephrase")
        await c.told("Please try different words")
        await c.s.answered(await c.s.imagine("a poster for the village library"))
        await c.s.until(lambda: rewording(c), what="the question whether it was the rewording")
        [asked] = rewording(c)
        assert asked.channel.recipient is c.s.ada
        assert "a poster for the village library" in asked.text
        assert "own wording worked" not in card.text
        await c.s.press(c.s.ada, asked, "That was my new wording")
        await c.s.until(lambda: "own wording worked" in card.text, what="the closed card")
        await c.s.until(lambda: not rewording(c), what="the question closed")
        assert len(c.s.service.calls) == 2


async def test_a_denial_is_told_and_can_be_appealed_once(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        await c.press(card, "Deny", reason="harm")
        told = await c.told("Your request stays blocked")
        opened = await c.s.press(c.s.ada, told, "Appeal")
        await c.s.discord.people.submit(opened, why="It was a painting.")
        await c.s.until(lambda: "Claim" in card.buttons, what="the appealed card")
        await c.s.until(lambda: "Appeal" not in told.buttons)


async def test_not_a_policy_matter_gives_the_member_a_retry(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        await c.press(card, "Not a policy matter")
        told = await c.told("You can try again")
        await c.s.press(c.s.ada, told, "Retry")
        await c.s.until(lambda: len(c.s.service.calls) == 2)
        await c.s.until(lambda: any(one.pictures for one in c.s.discord.visible(c.s.ada)), what="the picture")


async def test_a_comment_and_the_prompt_are_the_moderators_alone(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked()
        await c.press(card, "Comment", note="seen before")
        await c.s.until(lambda: "seen before" in card.text)
        shown = await c.press(card, "Show prompt")
        assert "something terrible" in shown.text
        assert shown.only_for == c.mia.id


async def test_a_blocked_member_is_told_and_refused(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        await c.press(card, "Block the member", pause="86400")
        await c.told("has paused your use")
        message = await c.s.answered(await c.s.imagine("a cat"))
        assert not message.pictures
        assert len(c.s.service.calls) == 1


async def test_nobody_else_decides(tmp_path: Path) -> None:
    async with case_stage(tmp_path, rights=VIEW) as c:
        card = await c.blocked()
        for user in (c.mia, c.s.ada):
            await c.press(card, "Claim", user)
        assert "Claim" in card.buttons


async def test_a_moderator_of_another_server_decides_nothing_here(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked()
        other = c.s.discord.world.guild("Elsewhere")
        eve = c.s.discord.world.user("Eve")
        place = c.s.discord.world.channel(other, "mods")
        c.s.discord.world.join(other, eve, c.s.discord.world.role(other, "mods", MANAGE_MESSAGES))
        data = {"custom_id": card.buttons["Claim"], "component_type": 2}
        event = await c.s.discord.people.send(3, eve, place, data, source=card)
        await c.s.whisper(event)
        assert "Claim" in card.buttons


async def test_a_role_that_the_settings_name_decides(tmp_path: Path) -> None:
    async with case_stage(tmp_path, rights=VIEW) as c:
        world = c.s.discord.world
        judges = world.role(c.s.guild, "judges")
        olu = c.s.member("Olu", MANAGE_GUILD)
        card = await c.blocked()
        overview = await c.s.whisper(await c.s.discord.people.slash(olu, c.s.channel, "imagine-settings"))
        for label in overview.buttons:
            opened = await c.s.press(olu, overview, label)
            if opened.modal is None:  # the templates have a list
                continue
            names = [one["component"]["custom_id"] for one in opened.modal["components"] if "component" in one]
            if "moderators" in names:
                sent = await c.s.discord.people.submit(opened, moderators=judges.id, moderators_channel=[c.channel.id], channels=[])
                await c.s.whisper(sent)
        world.join(c.s.guild, c.mia, judges)
        await c.press(card, "Claim")
        await c.s.until(lambda: "Release" in card.buttons, what="a claimed card")


async def test_settings_whose_channel_is_gone_can_still_be_changed(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        olu = c.s.member("Olu", MANAGE_GUILD)
        overview = await c.s.whisper(await c.s.discord.people.slash(olu, c.s.channel, "imagine-settings"))
        c.s.discord.faults.refuse("POST", "/callback$", 400, 50035)
        opened = await c.s.press(olu, overview, next(iter(overview.buttons)))
        assert opened.modal is not None
        kinds = {one["component"]["type"] for one in opened.modal["components"] if "component" in one}
        assert 4 in kinds
        assert kinds.isdisjoint({5, 6, 7, 8}), "no list that Discord fills: the channel in it is gone"


async def test_a_deleted_card_of_an_open_case_is_posted_again(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked()
        card.deleted = True
        assert c.s.bot is not None
        for _, message in await c.s.bot.core.history("discord"):
            await c.s.bot.core.resend(message)
        await c.s.until(lambda: c._cards(), what="the card again")
        assert "Claim" in c._cards()[0].buttons
        assert len(c._cards()) == 1


async def test_a_card_that_cannot_be_posted_is_told_to_the_operator_and_comes_when_the_permission_is_back(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        channel = s.discord.world.channel(s.guild, "moderators", bot_permissions=VIEW)
        operators = s.discord.world.channel(s.guild, "operators")
        s.env |= {"MODERATOR_CHANNEL_DISCORD": channel.id, "OPERATOR_CHANNEL_DISCORD": operators.id}
        await s.start()
        s.service.script.append(bad(BLOCK))
        await s.answered(await s.imagine("something terrible"))
        await s.until(lambda: [one for one in s.discord.world.messages.values() if one.channel is operators], what="a notice")
        channel.bot_permissions |= 1 << 11
        await s.discord.gateway.dispatch("CHANNEL_UPDATE", {**channel.json()})
        await s.until(lambda: [one for one in s.discord.world.messages.values() if one.channel is channel], what="the card")


async def test_the_case_of_a_direct_message_goes_to_the_operators_moderators(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked(channel=c.s.discord.world.dm(c.s.ada))
        await c.press(card, "Claim")
        await c.s.until(lambda: "Release" in card.buttons, what="a claimed card")


async def test_the_card_works_after_a_restart(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked()
        await c.s.stop()
        await c.s.start()
        await c.press(card, "Claim")
        await c.s.until(lambda: "Release" in card.buttons, what="a claimed card")


async def test_a_member_with_closed_direct_messages_is_told_beside_the_request(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        c.s.ada.takes_dms = False
        card = await c.claimed()
        await c.press(card, "Deny", reason="harm")
        told = await c.told("Your request stays blocked")
        assert told.only_for == c.s.ada.id


async def test_the_card_names_the_channel_as_discord_shows_channels(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        assert f"<#{c.s.channel.id}>" in (await c.blocked()).raw
