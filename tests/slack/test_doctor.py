"""Doctor's look at Slack over the stand-in: it stops at what is wrong, says what to do, shows no secret and changes nothing."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from aiohttp import web

from adapters.slack import plugin
from adapters.slack.checks import PASSING, examine
from adapters.slack.errors import TOKEN_ERRORS
from bot.adapter import Finding
from bot.ports import SystemPorts
from tests.local_server import served
from tests.platforms.faults import How
from tests.slack.standin.server import StandIn

GOOD = {"SLACK_BOT_TOKEN": "xoxb-1111-2222-abcdef", "SLACK_APP_TOKEN": "xapp-1-A0123456789-3333-abcdef"}


class Later(SystemPorts):
    """A machine whose clock is ten minutes fast."""

    def now(self) -> float:
        return super().now() + 600


async def last(slack: StandIn, **changed: str) -> Finding:
    """The finding at which doctor stops, when it does."""
    env = {**slack.environment("http" if changed.pop("mode", "") == "http" else "socket"), **changed}
    findings = await plugin.examine(env)
    assert [one.ok for one in findings[:-1]] == [True] * (len(findings) - 1)
    for finding in findings:
        assert "\n" not in finding.sentence
        for secret in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
            assert not env.get(secret) or env[secret] not in finding.sentence
    return findings[-1]


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_doctor_finds_all_well_and_changes_nothing(mode: Literal["socket", "http"]) -> None:
    async with StandIn() as slack:
        findings = await plugin.examine(slack.environment(mode))
        assert [one.ok for one in findings] == [True] * 5
        told = " ".join(one.sentence for one in findings)
        assert "imagine" in told
        assert "Studio" in told
        assert ("Socket Mode" in told) == (mode == "socket")
        assert ("3000" in told) == (mode == "http")
        reading = {"auth.test", "apps.connections.open", "users.info", "conversations.info", "conversations.members"}
        assert {call.method for call in slack.calls()} <= reading
        assert slack.violations == []


async def test_doctor_says_when_slack_cannot_be_reached() -> None:
    [finding] = await plugin.examine({**GOOD, "SLACK_API_URL": "http://127.0.0.1:9"})
    assert not finding.ok
    assert "slack-status.com" in finding.sentence
    assert "127.0.0.1:9" in finding.sentence


@pytest.mark.parametrize("code", [one for one in TOKEN_ERRORS if one not in PASSING])
async def test_every_refused_bot_token_is_one_sentence_that_names_it(code: str) -> None:
    async with StandIn() as slack:
        slack.faults.refuse("auth.test", code)
        finding = await last(slack)
        assert not finding.ok
        assert "SLACK_BOT_TOKEN" in finding.sentence
        assert code in finding.sentence


async def test_a_wrong_bot_token() -> None:
    async with StandIn() as slack:
        finding = await last(slack, SLACK_BOT_TOKEN="xoxb-not-the-right-one")
        assert not finding.ok
        assert "Bot User OAuth Token" in finding.sentence


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 502}, "502"),
        ({"status": 200, "body": b"<html>Sign in to the hotel</html>"}, "SLACK_API_URL"),
        ({"status": 200, "body": {"ok": False, "error": "internal_error"}}, "internal_error"),
        ({"status": 200, "body": {"ok": False, "error": "team_added_to_org"}}, "organisation"),
        ({"status": 200, "body": {"ok": True, "team_id": 7, "bot_id": None}}, "SLACK_BOT_TOKEN"),
        ({"status": 429, "body": {"ok": False, "error": "ratelimited"}, "headers": {"Retry-After": "42"}}, "42"),
        ({"how": How.CUT}, "SLACK_API_URL"),
    ],
)
async def test_network_errors_are_reported_as_such(fault: dict[str, Any], said: str) -> None:
    async with StandIn() as slack:
        slack.faults.add("auth.test", **fault)
        finding = await last(slack)
        assert not finding.ok
        assert said in finding.sentence


async def test_plain_text_in_slacks_place_is_no_crash() -> None:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    async with served(hello) as address:
        [finding] = await plugin.examine({**GOOD, "SLACK_API_URL": address})
        assert "didn't answer properly" in finding.sentence


async def test_a_persons_token_and_an_organisations_are_not_a_bots() -> None:
    async with StandIn() as slack:
        whole = {"ok": True, "team": "Studio", "team_id": "T012345678", "user": "ada", "user_id": "U012345678"}
        slack.faults.add("auth.test", status=200, body=whole)
        assert "belongs to a person" in (await last(slack, SLACK_BOT_TOKEN="xoxs-somebodys-own")).sentence
        assert (await last(slack)).ok, "an xoxb token is a bot's, whether or not Slack names the bot"
        slack.faults.add("auth.test", status=200, body={**whole, "bot_id": "B1", "is_enterprise_install": True, "team_id": "E1"})
        assert "organisation" in (await last(slack)).sentence


async def test_scopes_that_the_token_lacks_are_named() -> None:
    async with StandIn() as slack:
        slack.world.scopes -= {"files:read", "groups:read"}
        finding = await last(slack)
        assert not finding.ok
        assert "files:read and groups:read" in finding.sentence
        assert "einstall" in finding.sentence


@pytest.mark.parametrize(("code", "said"), [("invalid_auth", "App-Level Tokens"), ("token_revoked", "revoked"), ("forbidden_team", "HTTP")])
async def test_a_refused_app_level_token(code: str, said: str) -> None:
    async with StandIn() as slack:
        slack.world.app_token_error = code
        finding = await last(slack)
        assert not finding.ok
        assert "SLACK_APP_TOKEN" in finding.sentence
        assert said in finding.sentence


async def test_an_app_level_token_without_its_scope() -> None:
    async with StandIn() as slack:
        slack.world.app_scopes.clear()
        finding = await last(slack)
        assert not finding.ok
        assert "connections:write" in finding.sentence


async def test_tokens_of_two_different_apps() -> None:
    async with StandIn() as slack:
        slack.world.app_token = "xapp-1-A0OTHERAPP-1000-abcdef"
        finding = await last(slack)
        assert not finding.ok
        assert "A0OTHERAPP" in finding.sentence
        assert "A0STANDIN1" in finding.sentence


async def test_a_clock_that_is_minutes_off_would_have_every_request_refused_over_http() -> None:
    async with StandIn() as slack:
        findings = await examine(slack.environment("http"), Later())
        assert not findings[-1].ok
        assert re.search(r"(59\d|60\d) s fast", findings[-1].sentence)
        assert all(one.ok for one in await examine(slack.environment("socket"), Later())), "Socket Mode has no signatures"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("unknown", "can't see channel C0NOWHERE"),
        ("private", "/invite"),
        ("outside", "/invite"),
        ("archived", "archived"),
        ("public", "private"),
        ("empty", "only the bot is in"),
        ("scope", "groups:read"),
    ],
)
async def test_a_moderators_channel_that_would_not_work(wrong: str, said: str) -> None:
    async with StandIn() as slack:
        world, studio = slack.world, slack.workspace
        made = {
            "private": lambda: world.channel(studio, "mods2", slack.mona, private=True, bot=False),
            "outside": lambda: slack.elsewhere,
            "public": lambda: slack.channel,
            "empty": lambda: world.channel(studio, "mods3", private=True),
        }
        channel = made.get(wrong, lambda: slack.mods)()
        channel.archived = wrong == "archived"
        if wrong == "scope":
            slack.faults.add("conversations.info", status=200, body={"ok": False, "error": "missing_scope", "needed": "groups:read"})
        finding = await last(slack, MODERATOR_CHANNEL_SLACK="C0NOWHERE" if wrong == "unknown" else channel.id)
        assert not finding.ok
        assert finding.sentence.startswith("MODERATOR_CHANNEL_SLACK")
        assert said in finding.sentence


async def test_an_operators_channel_may_be_public() -> None:
    async with StandIn() as slack:
        assert (await last(slack, OPERATOR_CHANNEL_SLACK=slack.channel.id)).ok


async def test_a_workspace_that_is_not_allowed() -> None:
    async with StandIn() as slack:
        assert (await last(slack, ALLOWED_WORKSPACES=f"T0OTHER,{slack.workspace.id}")).ok
        finding = await last(slack, ALLOWED_WORKSPACES="T0OTHER")
        assert not finding.ok
        assert slack.workspace.id in finding.sentence


async def test_a_proxy_and_oauth_variables_are_told() -> None:
    findings = await plugin.examine(
        {**GOOD, "HTTPS_PROXY": "http://me:proxy-pass@127.0.0.1:9", "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "client-secret"}
    )
    told = [one.sentence for one in findings]
    assert "not used" in told[0]
    assert "127.0.0.1:9" in told[1]
    assert not any("proxy-pass" in one or "client-secret" in one for one in told)
    assert not findings[-1].ok
