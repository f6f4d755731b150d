"""The whole way of a blocked request through a workspace's moderators, over both transports."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import moderators
from tests.slack.stage import MODES, Mode, Stage, stage
from tests.slack.standin.world import Event, Message, User
from tests.world import BLOCK, bad


@dataclass
class CaseStage:
    """A workspace with a private moderators' channel; Mona and Max are in it."""

    s: Stage

    async def blocked(self, prompt: str = "something terrible") -> Message:
        """Ada's request is blocked; returns the moderators' card."""
        self.s.service.script.append(bad(BLOCK))
        known = {one.ts for one in self.cards()}
        await self.s.imagine(prompt)
        await self.s.until(lambda: [one for one in self.cards() if one.ts not in known], what="a card")
        return next(one for one in self.cards() if one.ts not in known)

    def cards(self) -> list[Message]:
        return [one for one in self.s.messages(self.s.slack.mods, self.s.slack.mona) if one.buttons and not one.ephemeral]

    async def press(self, card: Message, label: str, user: User | None = None, **values: Any) -> Event:
        """Press a button, fill its form when one opens."""
        event = await self.s.press(user or self.s.slack.mona, card, label)
        if values or label in FORMS:
            form = await self.s.form(event)
            filled = values or {name: "a word" for name, one in form.fields.items() if one["element"]["type"] == "plain_text_input"}
            event = await self.s.slack.people.submit(event, **filled)
            await self.s.slack.acked(event)
            assert event.errors == {}
        return event

    async def claimed(self, prompt: str = "something terrible") -> Message:
        card = await self.blocked(prompt)
        await self.press(card, "Claim")
        await self.s.until(lambda: "Release" in card.buttons, what="a claimed card")
        return card

    async def told(self, words: str, **more: Any) -> Message:
        """What Ada is told directly."""
        return await self.s.message(words, self.s.slack.world.dm(self.s.ada), **more)


FORMS = ("Suggest a rewrite", "Ask to rephrase", "Deny", "Comment", "Block the member")


def rewording(c: CaseStage) -> list[Message]:
    """Questions to Ada whether a picture was her rewording."""
    return [one for one in c.s.messages() if "That was my new wording" in one.buttons]


@contextlib.asynccontextmanager
async def case_stage(folder: Path, mode: Mode = "socket", **rules: object) -> AsyncIterator[CaseStage]:
    async with stage(folder, mode=mode, **rules) as s:
        yield CaseStage(s)


modes = pytest.mark.parametrize("mode", MODES)


@modes
async def test_the_prompt_is_behind_a_form_and_the_member_hears_neutral_words(tmp_path: Path, mode: Mode) -> None:
    async with case_stage(tmp_path, mode) as c:
        card = await c.blocked("something <!channel> terrible")
        assert "terrible" not in card.text
        assert "terrible" not in card.raw
        assert "Claim" in card.buttons
        event = await c.press(card, "Show prompt")
        await c.s.until(lambda: event.opened is not None and "terrible" in event.opened.text, what="the prompt")
        assert event.opened is not None
        assert "something <!channel> terrible" in event.opened.text
        assert event.opened.user is c.s.slack.mona
        message = await c.s.message("case", c.s.channel)
        assert not message.pictures


@modes
async def test_claim_and_release(tmp_path: Path, mode: Mode) -> None:
    async with case_stage(tmp_path, mode) as c:
        card = await c.claimed()
        assert "mona" in card.text.lower()
        await c.press(card, "Release")
        await c.s.until(lambda: "Claim" in card.buttons)


async def test_a_question_is_a_new_message_to_the_member_alone_that_leads_to_the_request(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        public = await c.s.message("is looking at this right now", c.s.channel)
        before = [one.ts for one in c.s.messages(c.s.channel, c.s.slack.ben)]
        await c.press(card, "Ask to rephrase", note="make it friendlier")
        asked = await c.told("Please try different words")
        assert asked.channel is c.s.slack.world.dm(c.s.ada)
        assert len(asked.history) == 1
        assert "make it friendlier" in asked.text
        assert "something terrible" in asked.text
        assert f"slack.com/archives/{public.channel.id}/p{public.ts.replace('.', '')}" in str(asked.blocks)
        await c.s.until(lambda: "wrote to" in public.text, what="where the case stands")
        assert "friendlier" not in public.text
        assert [one.ts for one in c.s.messages(c.s.channel, c.s.slack.ben)] == before


@modes
async def test_a_suggested_rewrite_is_sent_only_after_the_member_accepts_that_very_text(tmp_path: Path, mode: Mode) -> None:
    async with case_stage(tmp_path, mode) as c:
        card = await c.claimed()
        await c.press(card, "Suggest a rewrite", prompt="something friendly")
        offer = await c.told("suggests a different wording")
        assert "something terrible" in offer.text
        assert "something friendly" in offer.text
        assert len(c.s.service.calls) == 1
        await c.s.press(c.s.ada, offer, "Accept and send")
        message = await c.s.picture()
        assert message.channel is c.s.channel
        assert [call.prompt for call in c.s.service.calls] == ["something terrible", "something friendly"]


async def test_a_declined_rewrite_sends_nothing(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        await c.press(card, "Suggest a rewrite")
        await c.s.press(c.s.ada, await c.told("suggests a different wording"), "Decline")
        await c.told("You declined this wording")
        assert len(c.s.service.calls) == 1


async def test_a_rewording_that_a_moderator_asked_for_gives_the_picture(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        await c.press(card, "Ask to rephrase")
        opened = await c.s.press(c.s.ada, await c.told("Please try different words"), "Rephrase")
        await c.s.form(opened)
        await c.s.slack.people.submit(opened, prompt="something kind")
        await c.s.until(lambda: any(one.pictures for one in c.s.messages()), what="the picture")
        assert [call.prompt for call in c.s.service.calls] == ["something terrible", "something kind"]


@modes
async def test_a_picture_of_a_newly_typed_command_is_asked_about_and_closes_the_case_only_with_a_press(tmp_path: Path, mode: Mode) -> None:
    async with case_stage(tmp_path, mode) as c:
        card = await c.claimed()
        await c.press(card, "Ask to rephrase")
        await c.told("Please try different words")
        await c.s.imagine("a poster for the village library")
        await c.s.picture()
        await c.s.until(lambda: rewording(c), what="the question whether it was the rewording")
        [asked] = rewording(c)
        assert asked.channel is c.s.slack.world.dm(c.s.ada)
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
        await c.s.form(opened)
        await c.s.slack.people.submit(opened, **{next(iter(opened.opened.fields)): "It was a painting."})
        await c.s.until(lambda: "Claim" in card.buttons, what="the appealed card")
        await c.s.until(lambda: "Appeal" not in told.buttons)
        assert "painting" not in card.text, "an appeal's words are behind the form, too"
        # Mona denied it and Max is there: it is for him.
        await c.press(card, "Claim")
        await c.s.whisper(c.s.slack.mona)
        assert "Release" not in card.buttons
        await c.press(card, "Claim", c.s.slack.max)
        await c.s.until(lambda: "Release" in card.buttons, what="a claimed appeal")


async def test_not_a_policy_matter_gives_the_member_a_retry(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        await c.press(card, "Not a policy matter")
        await c.s.press(c.s.ada, await c.told("You can try again"), "Retry")
        await c.s.until(lambda: any(one.pictures for one in c.s.messages()), what="the picture")


async def test_a_comment_shows_on_the_card(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked()
        await c.press(card, "Comment")
        await c.s.until(lambda: "a word" in card.text)


async def test_a_blocked_member_is_told_and_refused_also_in_direct_messages(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.claimed()
        await c.press(card, "Block the member", pause="86400")
        await c.told("has paused your use")
        for channel in (c.s.channel, c.s.slack.world.dm(c.s.ada)):
            await c.s.imagine("a cat", channel=channel)
            await c.s.message("a cat", channel)
        await c.s.settled()
        assert len(c.s.service.calls) == 1


async def test_nobody_but_the_members_of_the_moderators_channel_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moderators, "RIGHTS_LIFE", 0.0)
    async with case_stage(tmp_path) as c:
        card = await c.blocked()
        c.s.slack.mods.members.remove(c.s.slack.mona.id)
        c.s.slack.mods.members.append(c.s.slack.ben.id)
        # Slack still shows Ben the channel after he left; the press comes from a window that was open.
        press = c.s.slack.people.press(c.s.slack.ben, card, "Claim")
        c.s.slack.mods.members.remove(c.s.slack.ben.id)
        c.s.slack.world.reads = lambda user, channel: True  # type: ignore[method-assign]
        await press
        await c.s.whisper(c.s.slack.ben)
        assert "Claim" in card.buttons
        await c.press(card, "Claim", c.s.slack.max)
        await c.s.until(lambda: "Release" in card.buttons, what="a claimed card")


async def test_more_moderators_than_fit_on_a_page_are_all_moderators(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked()
        c.s.slack.world.page_size = 1
        await c.press(card, "Claim", c.s.slack.max)
        await c.s.until(lambda: "Release" in card.buttons, what="a claimed card")


@pytest.mark.parametrize("error", ["ratelimited", "missing_scope", "internal_error", "not_in_channel"])
async def test_a_check_that_slack_does_not_answer_decides_nothing(tmp_path: Path, error: str) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked()
        c.s.slack.faults.refuse("conversations.members", error, times=100)
        await c.press(card, "Claim")
        await c.s.whisper(c.s.slack.mona)
        assert "Claim" in card.buttons


async def test_a_public_channel_makes_no_moderators(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked()
        c.s.slack.mods.private = False
        await c.press(card, "Claim")
        await c.s.whisper(c.s.slack.mona)
        assert "Claim" in card.buttons


async def test_the_card_names_the_channel_as_slack_shows_channels(tmp_path: Path) -> None:
    async with case_stage(tmp_path) as c:
        card = await c.blocked()
        fields = [one["text"] for block in card.blocks for one in block.get("fields", [])]
        assert f"<#{c.s.channel.id}>" in fields
