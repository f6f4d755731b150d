"""Whatever Discord does: one final answer, in the right place, for the right people."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.outcome import Billed, Outcome
from bot.ledger import message_rows
from bot.ledger.tables import requests
from tests.discord.stage import Stage, stage
from tests.discord.standin.world import ATTACH, SEND, VIEW, Interaction, Message
from tests.platforms.faults import How
from tests.platforms.stage import png
from tests.world import BAD_KEY, BLOCK, bad


async def held(s: Stage, **options: object) -> Interaction:
    """A request whose picture the service holds back; the message shows progress."""
    s.service.hold = asyncio.Event()
    event = await s.imagine("a red bicycle", **options)
    await s.until(lambda: s.service.calls and event.original is not None and "Cancel" in event.original.buttons, what="progress")
    return event


def finals(s: Stage) -> list[Message]:
    """Every message that shows the picture now, whoever sees it."""
    return [one for one in s.discord.world.messages.values() if not one.deleted and one.pictures]


async def delivered(s: Stage, timeout: float = 40.0) -> Message:
    """Let the service answer, and wait for the one message that shows the picture."""
    assert s.service.hold is not None
    s.service.hold.set()
    await s.until(lambda: finals(s), timeout, what="a delivered picture")
    await settled(s)
    [message] = finals(s)
    return message


async def settled(s: Stage) -> None:
    """Wait until the ledger knows that everything is shown."""
    assert s.bot is not None
    async with asyncio.timeout(20):
        while await s.bot.ledger.read(message_rows.unsettled):  # noqa: ASYNC110 - the ledger tells nobody
            await asyncio.sleep(0.02)


# ---- the acknowledgement -----------------------------------------------------------------------------------------------------


async def nothing_generated(s: Stage, event: Interaction) -> None:
    """The next request is drawn, the one before it never was."""
    await s.until(lambda: s.discord.calls("POST", event.id), what="the acknowledgement")
    s.discord.faults.clear()
    await s.answered(await s.imagine("the next one"))
    assert [call.prompt for call in s.service.calls] == ["the next one"]


async def test_an_interaction_replayed_after_three_seconds_is_never_drawn(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        command = s.discord.world.commands[0]
        data = {"id": command["id"], "name": "imagine", "type": 1, "options": [{"name": "prompt", "type": 3, "value": "late"}]}
        await nothing_generated(s, await s.discord.people.send(2, s.ada, s.channel, data, age=4.0))


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060), (404, 10015), (403, 50001), (400, 50035)])
async def test_a_refused_acknowledgement_is_never_drawn(tmp_path: Path, status: int, code: int) -> None:
    async with stage(tmp_path) as s:
        s.discord.faults.refuse("POST", "/callback$", status, code)
        await nothing_generated(s, await s.discord.people.slash(s.ada, s.channel, "imagine", prompt="refused"))


async def test_a_cut_connection_before_the_acknowledgement_is_never_drawn(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.discord.faults.add("POST", "/callback$", How.CUT, times=1)
        event = await s.discord.people.slash(s.ada, s.channel, "imagine", prompt="cut")
        await s.until(lambda: s.discord.calls("GET", "@original"), what="the question whether it was taken")
        await nothing_generated(s, event)


@pytest.mark.parametrize("how", [How.LOST, How.DONE_BUT])
async def test_an_acknowledgement_whose_answer_was_lost_still_gets_its_picture(tmp_path: Path, how: How) -> None:
    async with stage(tmp_path) as s:
        s.discord.faults.add("POST", "/callback$", how, status=502, body={"message": "502", "code": 0}, times=1)
        event = await s.imagine("a red bicycle")
        message = await s.answered(event, timeout=15.0)
        assert message.pictures
        assert len(s.service.calls) == 1


async def test_a_short_rate_limit_on_the_acknowledgement_is_waited_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.discord.faults.rate_limited("POST", "/callback$", 0.4)
        assert (await s.answered(await s.imagine("a red bicycle"))).pictures


async def test_a_long_rate_limit_on_the_acknowledgement_is_never_drawn(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.discord.faults.rate_limited("POST", "/callback$", 30.0)
        event = await s.discord.people.slash(s.ada, s.channel, "imagine", prompt="too late")
        await s.until(lambda: s.discord.calls("GET", "@original"), what="the question whether it was taken")
        await nothing_generated(s, event)


async def test_a_replayed_command_that_was_answered_stays_one_request(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.imagine("a red bicycle")
        await s.answered(event)
        await s.discord.gateway.dispatch("INTERACTION_CREATE", event.payload)
        await s.answered(await s.imagine("the next one"))
        assert [call.prompt for call in s.service.calls] == ["a red bicycle", "the next one"]
        assert len(finals(s)) == 2


# ---- the answer --------------------------------------------------------------------------------------------------------------


async def test_a_rate_limit_on_the_answer_is_waited_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        s.discord.faults.rate_limited("PATCH", "@original", 0.4, times=2)
        assert await delivered(s) is event.original


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_error_on_the_answer_is_repeated(tmp_path: Path, status: int) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        s.discord.faults.add("PATCH", "@original", status=status, body={"message": "oops", "code": 0}, times=1)
        assert await delivered(s) is event.original


@pytest.mark.parametrize("how", [How.LOST, How.CUT])
async def test_a_connection_cut_around_the_answer_ends_in_one_picture(tmp_path: Path, how: How) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        s.discord.faults.add("PATCH", "@original", how, times=1)
        assert await delivered(s) is event.original
        assert "Again" in (event.original.buttons if event.original else {})


async def test_a_token_that_ends_in_the_middle_is_replaced_by_the_bots_own_edit(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        event.expired = True
        message = await delivered(s)
        assert message is event.original
        assert s.discord.calls("PATCH", "/channels/{channel_id}/messages/{message_id}")


async def test_an_answer_without_token_and_message_is_posted_and_calls_its_member_alone(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        assert event.original is not None
        event.expired = event.original.deleted = True
        message = await delivered(s)
        assert message.channel is s.channel
        assert message.pings == {s.ada.id}
        assert f"<@{s.ada.id}>" in message.raw
        [post] = s.discord.calls("POST", "/channels/{channel_id}/messages")
        assert post.body["enforce_nonce"] is True
        assert len(post.body["nonce"]) <= 25


@pytest.mark.parametrize("how", [How.LOST, How.CUT])
async def test_a_post_whose_answer_was_lost_is_posted_once(tmp_path: Path, how: How) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        assert event.original is not None
        event.expired = event.original.deleted = True
        s.discord.faults.add("POST", "/channels/\\d+/messages", how, times=1)
        message = await delivered(s)
        assert message.channel is s.channel
        nonces = {post.body["nonce"] for post in s.discord.calls("POST", "/channels/{channel_id}/messages")}
        assert len(nonces) == 1


async def test_a_rate_limit_on_the_post_is_waited_for(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        assert event.original is not None
        event.expired = event.original.deleted = True
        s.discord.faults.rate_limited("POST", "/channels/\\d+/messages", 0.4)
        assert (await delivered(s)).channel is s.channel


@pytest.mark.parametrize("rights", [0, VIEW, VIEW | SEND])
async def test_a_channel_that_refuses_the_bot_sends_the_answer_to_the_member(tmp_path: Path, rights: int) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        assert event.original is not None
        event.expired = event.original.deleted = True
        s.channel.bot_permissions = rights
        message = await delivered(s)
        assert message.channel.recipient is s.ada


async def test_a_private_answer_without_token_goes_to_the_member_and_never_to_the_channel(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await held(s, private=True)
        event.expired = True
        message = await delivered(s)
        assert message.channel.recipient is s.ada
        assert not s.discord.calls("POST", f"/channels/{s.channel.id}/messages")


async def test_a_button_under_a_private_answer_in_a_direct_message_draws_as_in_its_server(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await held(s, private=True)
        event.expired = True
        message = await delivered(s)
        await s.press(s.ada, message, "Again")
        await s.until(lambda: len(s.service.calls) == 2 and len(finals(s)) == 2, what="another picture")
        assert all(one.channel.recipient is s.ada for one in finals(s))
        assert s.bot is not None
        rows = await s.bot.ledger.read(lambda c: c.execute(select(requests.c.community, requests.c.channel)).all())
        assert {tuple(row) for row in rows} == {(s.guild.id, s.channel.id)}
        del s.guild.members[s.ada.id]
        press = await s.press(s.ada, message, "Again")
        assert "You're no longer in the community" in (await s.whisper(press)).text
        assert len(s.service.calls) == 2
        assert not s.discord.calls("POST", f"/channels/{s.channel.id}/messages")


async def test_a_private_answer_that_reaches_nobody_is_kept_for_show_and_told_to_the_operator(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        operators = s.discord.world.channel(s.guild, "operators")
        s.env["OPERATOR_CHANNEL_DISCORD"] = operators.id
        s.ada.takes_dms = False
        await s.start()
        event = await held(s, private=True)
        event.expired = True
        assert s.service.hold is not None
        s.service.hold.set()
        await s.until(lambda: [one for one in s.discord.world.messages.values() if one.channel is operators], what="a notice")
        assert finals(s) == []
        listed = await s.whisper(await s.discord.people.slash(s.ada, s.channel, "imagine-show"))
        shown = await s.whisper(await s.press(s.ada, listed, next(iter(listed.buttons))), "bicycle")
        assert shown.pictures


async def test_a_message_deleted_while_the_picture_is_made_is_answered_anew(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        assert event.original is not None
        event.original.deleted = True
        message = await delivered(s)
        assert message is not event.original
        assert message.channel is s.channel
        assert message.pings == {s.ada.id}


async def test_a_private_message_dismissed_while_the_picture_is_made_is_answered_to_the_member_alone(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await held(s, private=True)
        assert event.original is not None
        event.original.deleted = True
        message = await delivered(s)
        assert message.ephemeral or message.channel.recipient is s.ada


async def test_an_answer_deleted_by_a_moderator_stays_deleted(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine("a red bicycle"))
        await settled(s)
        identity = message.buttons["Again"].split(":")[2]
        message.deleted = True
        assert s.bot is not None
        known = await s.bot.core.history("discord")
        await s.bot.core.resend(known[0][1])
        await s.until(lambda: s.discord.calls("PATCH", "/webhooks")[-1].status == 404, what="the edit that finds nothing")
        await settled(s)
        assert finals(s) == []
        shown = await s.whisper(await s.discord.people.slash(s.ada, s.channel, "imagine-show", id=identity), "bicycle")
        assert shown.pictures


async def test_a_filter_of_the_server_gets_neutral_words_and_the_picture(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await held(s)
        s.discord.faults.refuse("PATCH", "@original", 400, 240000, times=1)
        message = await delivered(s)
        assert message is event.original
        assert "bicycle" not in message.text
        assert "/imagine-show" in message.text


# ---- sizes -------------------------------------------------------------------------------------------------------------------


async def test_a_picture_over_the_limit_of_the_place_is_encoded_smaller(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.guild.file_limit = 300_000
        s.service.script.append(s.pictures(size=(700, 700), noise=True))
        message = await s.answered(await s.imagine("noise"))
        [(name, alt, content)] = message.pictures
        assert len(content) <= 300_000
        assert name.endswith((".webp", ".jpg"))
        assert "noise" in alt


async def test_a_limit_that_nobody_announced_is_found_by_asking(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script.append(s.pictures(size=(700, 700), noise=True))
        event = await held(s)
        s.discord.faults.refuse("PATCH", "@original", 413, 40005, times=2)
        message = await delivered(s)
        assert message is event.original
        assert len(message.pictures[0][2]) < len(png((700, 700), noise=True)) // 3


async def test_a_picture_that_no_size_makes_fit_is_said_and_not_lost_in_silence(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script.append(s.pictures(size=(700, 700), noise=True))
        event = await held(s)
        s.discord.faults.refuse("PATCH", "@original", 413, 40005, times=100, with_files=True)
        assert s.service.hold is not None
        s.service.hold.set()
        message = await s.answered(event, "too large")
        assert "Again" in message.buttons


async def test_ten_big_pictures_stay_within_one_request(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.guild.file_limit = 10_000_000
        one = s.store.add(png((1000, 1000), noise=True))
        outcome = s.pictures()
        s.service.script.append(type(outcome)((one,) * 10, billed=outcome.billed, status=200))
        message = await s.answered(await s.imagine("noise", count=10), timeout=60)
        assert len(message.pictures) == 10
        assert sum(len(content) for _, _, content in message.pictures) <= 25 * 1024 * 1024


async def test_missing_permission_to_attach_does_not_matter_while_the_token_lives(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.channel.bot_permissions &= ~ATTACH
        assert (await s.answered(await s.imagine("a red bicycle"))).pictures


# ---- partial success and operators -------------------------------------------------------------------------------------------


async def test_partial_success_shows_what_came_and_says_why_the_rest_did_not(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        some = s.pictures(2)
        s.service.script.append(Outcome(some.pictures, shortfall=BLOCK, billed=Billed.YES, status=200))
        message = await s.answered(await s.imagine("four cats", count=4))
        assert len(message.pictures) == 2
        assert "2 of 4" in message.text
        assert len(s.service.calls) == 1


async def test_operators_get_one_notice_per_cause_that_is_updated_and_marked_resolved(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        operators = s.discord.world.channel(s.guild, "operators")
        s.env["OPERATOR_CHANNEL_DISCORD"] = operators.id
        await s.start()

        def notices() -> list[Message]:
            return [one for one in s.discord.world.messages.values() if one.channel is operators]

        s.service.script += [bad(BAD_KEY)]
        await s.answered(await s.imagine("one"))
        await s.until(notices, what="a notice")
        [notice] = notices()
        s.service.script += [bad(BAD_KEY)]
        await s.answered(await s.imagine("two"))
        await s.until(lambda: len(notice.history) > 1, what="the counted notice")
        before = len(notice.history)
        await s.answered(await s.imagine("three"), "Here is")
        await s.until(lambda: len(notice.history) > before, what="the resolved notice")
        assert notices() == [notice]


async def test_a_placeholder_that_cannot_be_taken_away_gets_the_sentence_instead(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        bob = s.member("Bob")
        message = await s.answered(await s.imagine("a red bicycle"))
        s.discord.faults.refuse("DELETE", "@original", 403, 50013)
        press = await s.press(bob, message, "Again")
        await s.until(lambda: press.original is not None and not press.original.thinking, what="a sentence")
        assert press.original is not None
        assert press.original.text
