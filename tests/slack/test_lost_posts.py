"""A post whose answer was lost is found again, whoever else asks at the same time, and only when it is ours."""

from __future__ import annotations

from adapters.slack import wire as module
from adapters.slack.errors import ErrorClass
from adapters.slack.lost_posts import LostPosts
from tests.slack.test_wire import OTHER, WORDS, error_class, slack


async def test_a_lost_post_is_found_again_in_a_channel_and_in_a_thread() -> None:
    async with slack() as (standin, wire):
        where = standin.channel.id
        first = await wire.post(where, None, WORDS, "m1")
        second = await wire.post(where, first, WORDS, "m2")
        assert await wire.find(where, None, "m1", None) == first
        assert await wire.find(where, first, "m2", None) == second
        assert await wire.find(where, None, "m2", None) is None
        assert await wire.find(where, None, "m3", None) is None


async def test_a_post_is_found_on_a_later_page_and_not_for_ever() -> None:
    async with slack() as (standin, wire):
        standin.world.page_size = 2
        first = await wire.post(standin.channel.id, None, WORDS, "m1")
        for number in range(7):
            standin.messages.add(standin.channel, standin.ada, {"text": f"chat {number}"}, route="typed")
        assert await wire.find(standin.channel.id, None, "m1", None) == first
        assert len(standin.calls("conversations.history")) == 4
        for number in range(4):
            standin.messages.add(standin.channel, standin.ada, {"text": f"more {number}"}, route="typed")
        wire.lost_posts = LostPosts()
        assert await wire.find(standin.channel.id, None, "m1", None) is None
        assert len(standin.calls("conversations.history")) == 4 + module.PAGES


async def test_one_page_answers_for_all_posts_that_were_lost_together() -> None:
    async with slack() as (standin, wire):
        sent = [await wire.post(standin.channel.id, None, WORDS, f"m{number}") for number in range(30)]
        assert [await wire.find(standin.channel.id, None, f"m{number}", None) for number in range(30)] == sent
        assert len(standin.calls("conversations.history")) == 1


async def test_what_is_not_there_is_asked_anew() -> None:
    async with slack() as (standin, wire):
        assert await wire.find(standin.channel.id, None, "m1", None) is None
        ts = await wire.post(standin.channel.id, None, WORDS, "m1")
        assert await wire.find(standin.channel.id, None, "m1", None) == ts


async def test_a_message_that_was_seen_and_deleted_since_is_looked_for_again() -> None:
    async with slack() as (standin, wire):
        ts = await wire.post(standin.channel.id, None, WORDS, "m1")
        assert await wire.find(standin.channel.id, None, "m1", None) == ts
        standin.world.messages[0].deleted = True
        assert await error_class(wire.update(standin.channel.id, ts, OTHER, "m1")) is ErrorClass.GONE
        assert await wire.find(standin.channel.id, None, "m1", None) is None


async def test_looking_for_messages_stays_below_the_rate() -> None:
    async with slack() as (standin, wire):
        found = [await error_class(wire.find(standin.channel.id, None, f"m{number}", None)) for number in range(40)]
        assert set(found) == {None, ErrorClass.WAIT}
        assert len(standin.calls("conversations.history")) == 16


async def test_a_post_is_found_by_its_first_block_when_the_metadata_is_gone() -> None:
    async with slack() as (standin, wire):
        ts = await wire.post(standin.channel.id, None, WORDS, "m1")
        standin.world.messages[0].metadata = None
        assert await wire.find(standin.channel.id, None, "m1", None) == ts


async def test_a_foreign_message_with_our_mark_is_not_ours() -> None:
    async with slack() as (standin, wire):
        payload = {
            "text": "x",
            "blocks": [{**WORDS.blocks[0], "block_id": "m:m1"}],
            "metadata": {"event_type": "imagine_bot_message", "event_payload": {"id": "m1"}},
        }
        standin.messages.add(standin.channel, standin.ada, payload, route="typed")
        assert await wire.find(standin.channel.id, None, "m1", None) is None


async def test_only_what_is_new_enough_is_looked_at() -> None:
    async with slack() as (standin, wire):
        ts = await wire.post(standin.channel.id, None, WORDS, "m1")
        sent = float(ts)
        assert await wire.find(standin.channel.id, None, "m1", sent + 10.0) == ts  # our clock may be ahead of Slack's
        wire.lost_posts = LostPosts()
        assert await wire.find(standin.channel.id, None, "m1", sent + 3600.0) is None
