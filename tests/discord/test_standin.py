"""The stand-in refuses what Discord refuses: else everything shown over it would mean nothing."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.discord.standin import description, rules
from tests.discord.standin.server import StandIn
from tests.discord.standin.world import SEND, VIEW

TEXT = {"type": 10, "content": "hello"}
BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
V2 = {"flags": rules.V2, "components": [TEXT]}

WRONG_MESSAGES: list[tuple[str, dict[str, Any]]] = [
    ("too long", {"content": "x" * 2001}),
    ("empty", {}),
    ("an unknown key", {"content": "x", "colour": "red"}),
    ("layout without its flag", {"components": [TEXT]}),
    ("content beside layout", {**V2, "content": "x"}),
    ("a nonce too long", {"content": "x", "nonce": "n" * 26}),
    ("one id twice", {"flags": rules.V2, "components": [{"type": 1, "components": [BUTTON, BUTTON]}]}),
    (
        "six buttons in a row",
        {"content": "x", "components": [{"type": 1, "components": [{**BUTTON, "custom_id": str(n)} for n in range(6)]}]},
    ),
    ("too many components", {"flags": rules.V2, "components": [TEXT] * 41}),
    ("too much text", {"flags": rules.V2, "components": [{"type": 10, "content": "x" * 2500}] * 2}),
    ("an empty text", {"flags": rules.V2, "components": [{"type": 10, "content": ""}]}),
    ("a picture that is not there", {"flags": rules.V2, "components": [{"type": 12, "items": [{"media": {"url": "attachment://x.png"}}]}]}),
]
WRONG_BY_DESCRIPTION: list[tuple[str, str, str, Any]] = [
    (
        "a label too long",
        "POST",
        "/channels/{channel_id}/messages",
        {"components": [{"type": 1, "components": [{**BUTTON, "label": "x" * 81}]}]},
    ),
    (
        "an id too long",
        "POST",
        "/channels/{channel_id}/messages",
        {"components": [{"type": 1, "components": [{**BUTTON, "custom_id": "x" * 101}]}]},
    ),
    ("a number as content", "POST", "/channels/{channel_id}/messages", {"content": 5}),
    ("an alt text too long", "POST", "/channels/{channel_id}/messages", {"attachments": [{"id": 0, "description": "x" * 1025}]}),
    ("a callback of no type", "POST", "/interactions/{interaction_id}/{interaction_token}/callback", {"data": {}}),
    (
        "a title too long",
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        {
            "type": 9,
            "data": {
                "custom_id": "a",
                "title": "x" * 46,
                "components": [{"type": 18, "label": "A", "component": {"type": 4, "custom_id": "b", "style": 1}}],
            },
        },
    ),
    ("a description too long", "PUT", "/applications/{application_id}/commands", [{"name": "a", "description": "x" * 101}]),
]


@pytest.mark.parametrize(("what", "body"), WRONG_MESSAGES)
def test_a_message_that_discord_refuses_is_refused(what: str, body: dict[str, Any]) -> None:
    with pytest.raises(rules.Refusal):
        rules.check_message(body, new=True)


@pytest.mark.skipif(not description.at_hand(), reason=description.ABSENT)
@pytest.mark.parametrize(("what", "method", "path", "body"), WRONG_BY_DESCRIPTION)
def test_a_body_that_the_description_refuses_is_refused(what: str, method: str, path: str, body: Any) -> None:
    assert description.request_problem(method, path, body)


def test_a_right_message_is_taken() -> None:
    rules.check_message(V2, new=True)
    assert description.request_problem("POST", "/channels/{channel_id}/messages", V2) is None


def test_six_fields_are_too_many_for_a_form() -> None:
    field = {"type": 18, "label": "A", "component": {"type": 4, "style": 1}}
    fields = [{**field, "component": {**field["component"], "custom_id": str(n)}} for n in range(6)]  # type: ignore[dict-item]
    with pytest.raises(rules.Refusal):
        rules.check_modal({"components": fields})


@pytest.mark.parametrize(
    "commands",
    [
        [{"name": "Upper"}],
        [{"name": "with space"}],
        [{"name": "a"}, {"name": "a"}],
        [{"name": "a", "options": [{"name": "x"}, {"name": "y", "required": True}]}],
        [{"name": "a", "options": [{"name": "x", "autocomplete": True, "choices": [1]}]}],
    ],
)
def test_commands_that_discord_refuses_are_refused(commands: list[dict[str, Any]]) -> None:
    with pytest.raises(rules.Refusal):
        rules.check_commands(commands)


def test_mentions_notify_unless_they_are_switched_off() -> None:
    text = {"content": "@everyone <@12> <@&34>"}
    assert rules.pinged(text) == {"everyone", "12", "role:34"}
    assert rules.pinged({**text, "allowed_mentions": {"parse": []}}) == set()
    assert rules.pinged({**text, "allowed_mentions": {"parse": [], "users": ["12"]}}) == {"12"}


async def post(discord: StandIn, path: str, body: Any, method: str = "POST", token: str | None = None) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bot {token or discord.world.token}"}
    async with aiohttp.ClientSession() as session, session.request(method, discord.api + path, json=body, headers=headers) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        return answer.status, await answer.json()


async def test_interactions_are_answered_once_in_time_and_their_token_ends() -> None:
    async with StandIn() as discord:
        _, channel, ada = discord.studio()
        made = discord.people.make(2, ada, channel, {"name": "imagine"})
        callback = f"/interactions/{made.id}/{made.token}/callback"
        original = f"/webhooks/{discord.world.application}/{made.token}/messages/@original"
        assert (await post(discord, original, {"content": "early"}, "PATCH"))[1]["code"] == 10015
        assert (await post(discord, callback, {"type": 5}))[0] == 200
        assert (await post(discord, callback, {"type": 5}))[1]["code"] == 40060
        assert (await post(discord, original, {"content": "now"}, "PATCH"))[0] == 200
        discord.world.skew += 15 * 60
        assert (await post(discord, original, {"content": "late"}, "PATCH"))[1]["code"] == 50027
        late = discord.people.make(2, ada, channel, {"name": "imagine"}, age=3.5)
        assert (await post(discord, f"/interactions/{late.id}/{late.token}/callback", {"type": 5}))[1]["code"] == 10062


async def test_permissions_are_enforced_and_repeated_posts_are_recognised() -> None:
    async with StandIn() as discord:
        _, channel, _ = discord.studio()
        path = f"/channels/{channel.id}/messages"
        body = {"content": "x", "nonce": "same", "enforce_nonce": True}
        first, again = await post(discord, path, body), await post(discord, path, body)
        assert first[1]["id"] == again[1]["id"]
        assert (await post(discord, path, body, token="wrong"))[0] == 401
        channel.bot_permissions = VIEW
        assert (await post(discord, path, {"content": "y"}))[1]["code"] == 50013
        channel.bot_permissions = SEND
        assert (await post(discord, path, {"content": "y"}))[1]["code"] == 50001
        assert (await post(discord, "/channels/1/messages", {"content": "y"}))[1]["code"] == 10003


async def test_a_layout_cannot_be_taken_back() -> None:
    async with StandIn() as discord:
        _, channel, _ = discord.studio()
        status, made = await post(discord, f"/channels/{channel.id}/messages", V2)
        assert status == 200
        assert made["components"][0]["id"]
        path = f"/channels/{channel.id}/messages/{made['id']}"
        assert (await post(discord, path, {"flags": 0, "components": []}, "PATCH"))[1]["code"] == 50035
        assert (await post(discord, path, {"content": "plain"}, "PATCH"))[1]["code"] == 50035
