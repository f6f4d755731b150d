"""What operators set for Slack, the manifest that makes the app, and the page that leads them: clear sentences, never a token."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from typer.testing import CliRunner

from adapters.kit.errors import ErrorClass
from adapters.slack import manifest, plugin, settings
from adapters.slack.app import build
from adapters.slack.errors import CODES, TOKEN_ERRORS
from adapters.slack.http import PATH
from adapters.slack.intake import VIEWS
from bot.settings import KNOWN
from bot.settings.names import meant
from bot.texts import text
from tests.slack.standin.world import SCOPES

ROOT = Path(__file__).resolve().parents[2]
BOT, APP, SECRET = "xoxb-1111-2222-abcdef", "xapp-1-A0123456789-3333-abcdef", "0123456789abcdef0123456789abcdef"
GOOD = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}


# ---- settings ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "", "isn't set"),
        ("SLACK_BOT_TOKEN", "xapp-1-A1-2-abc", "app-level token"),
        ("SLACK_BOT_TOKEN", "xoxp-1111-2222-abc", "user token"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-abcdefgh", "token rotation"),
        ("SLACK_BOT_TOKEN", "xoxe-1-abcdefghijkl", "token rotation"),
        ("SLACK_BOT_TOKEN", "Bearer xoxb-1111-2222", "Paste just the token"),
        ("SLACK_BOT_TOKEN", "xoxb-1111-2222-ábc", "Paste just the token"),
        ("SLACK_APP_TOKEN", "xoxb-1111-2222-abc", "contains a bot token"),
        ("SLACK_APP_TOKEN", "xoxp-1111-2222-abc", "begin with xapp-"),
        ("SLACK_APP_TOKEN", "xapp-1 A1", "Paste just the token"),
        ("SLACK_SIGNING_SECRET", "short", "signing secret"),
        ("SLACK_SIGNING_SECRET", "0123456789abcdef 0123456789abcde", "signing secret"),
        ("SLACK_SIGNING_SECRET", "0123456789abcdéf0123456789abcdef", "signing secret"),
        ("SLACK_SIGNING_SECRET", "xoxb-1111-2222-abc", "signing secret"),
        ("MODERATOR_CHANNEL_SLACK", "#mods", "Channel ID"),
        ("OPERATOR_CHANNEL_SLACK", "operators", "Channel ID"),
        ("OPERATOR_CHANNEL_SLACK", "U0123456789", "Channel ID"),
        ("OPERATOR_CHANNEL_SLACK", "https://acme.slack.com/archives/C0123456789", "Channel ID"),
        ("SLACK_HTTP_HOST", "http://localhost", "host to listen on"),
        ("SLACK_HTTP_HOST", "127.0.0.1:3000", "host to listen on"),
        ("SLACK_HTTP_PORT", "0", "65535"),
        ("SLACK_HTTP_PORT", "65536", "65535"),
        ("SLACK_HTTP_PORT", "three", "65535"),
        ("SLACK_HTTP_PORT", "٣٠٠٠", "65535"),
        ("SLACK_API_URL", "slack.com/api", "http"),
        ("SLACK_API_URL", "ftp://slack.com/api", "http"),
        ("SLACK_API_URL", "https://", "http"),
        ("SLACK_API_URL", "https://me:pass@slack.com/api/", "http"),
        ("SLACK_API_URL", "https://slack.com/api/?x=1", "http"),
        ("SLACK_API_URL", "https://slack.com:99999/api/", "http"),
    ],
)
def test_a_wrong_value_is_one_sentence_with_the_variables_name_and_without_a_secret(name: str, value: str, said: str) -> None:
    [sentence] = plugin.problems({**GOOD, name: value})
    assert sentence.startswith(name)
    assert said in sentence
    assert "\n" not in sentence
    assert len(sentence) < 400
    if value and ("TOKEN" in name or "SECRET" in name or "pass" in value):
        assert value not in sentence
        assert "pass@" not in sentence


def test_two_swapped_tokens_are_said_to_be_swapped_and_nothing_else() -> None:
    [sentence] = plugin.problems({"SLACK_BOT_TOKEN": APP, "SLACK_APP_TOKEN": BOT})
    assert "swapped" in sentence


def test_neither_socket_mode_nor_http_names_both() -> None:
    [sentence] = plugin.problems({"SLACK_BOT_TOKEN": BOT})
    assert "SLACK_APP_TOKEN" in sentence
    assert "SLACK_SIGNING_SECRET" in sentence


@pytest.mark.parametrize("route", [{"SLACK_APP_TOKEN": APP}, {"SLACK_SIGNING_SECRET": SECRET}])
def test_one_way_in_is_enough(route: dict[str, str]) -> None:
    assert plugin.problems({"SLACK_BOT_TOKEN": BOT, **route}) == []


def test_an_app_level_token_means_socket_mode_also_beside_a_signing_secret() -> None:
    assert settings.read({**GOOD, "SLACK_SIGNING_SECRET": SECRET}).app_token
    assert not settings.read({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SECRET}).app_token


def test_slack_is_started_by_its_tokens_alone() -> None:
    assert plugin.configured(GOOD)
    assert plugin.configured({"SLACK_APP_TOKEN": APP}), "half of a set-up deserves its sentence"
    assert not plugin.configured({"MODERATOR_CHANNEL_SLACK": "C0123456789", "SLACK_BOT_TOKEN": " "})


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("", "https://slack.com/api/"),
        ("https://slack-gov.com", "https://slack-gov.com/api/"),
        ("https://slack-gov.com/", "https://slack-gov.com/api/"),
        ("https://slack-gov.com/api", "https://slack-gov.com/api/"),
        ("https://slack-gov.com/api/", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:8089", "http://127.0.0.1:8089/api/"),
        ("http://[::1]:8089/behind/api/", "http://[::1]:8089/behind/api/"),
    ],
)
def test_the_address_may_be_written_in_every_usual_way(written: str, used: str) -> None:
    env = {**GOOD, "SLACK_API_URL": written}
    assert plugin.problems(env) == []
    assert settings.read(env).api_url == used


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("SLACK_API_TOKEN", "SLACK_BOT_TOKEN"),
        ("SLACK_APP_LEVEL_TOKEN", "SLACK_APP_TOKEN"),
        ("SLACK_BASE_URL", "SLACK_API_URL"),
        ("SLACK_CLIENT_SECRET", None),
    ],
)
def test_other_tools_names_for_a_setting_are_known(written: str, right: str | None) -> None:
    assert meant(written, KNOWN | set(plugin.variables)) == right


def test_what_is_left_out_has_a_default() -> None:
    found = settings.read({**GOOD, "ALLOWED_WORKSPACES": "T1, T2"})
    assert (found.http_host, found.http_port) == ("127.0.0.1", 3000)
    assert (found.moderators_channel, found.operators_channel) == (None, None)
    assert found.admission.workspaces == {"T1", "T2"}


def test_oauth_variables_of_another_app_do_not_make_bolt_an_oauth_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s" * 32)

    async def nowhere(*_: object) -> None:
        return None

    app = build(AsyncWebClient(), SECRET, nowhere)
    assert app.oauth_flow is None
    assert app.installation_store is None
    assert os.environ["SLACK_CLIENT_ID"] == "1.2", "others may need it"
    assert AsyncApp(client=AsyncWebClient(token=BOT), signing_secret=SECRET).oauth_flow is not None, "bolt does this no more"


def test_naming_the_adapter_and_its_commands_loads_none_of_slacks_libraries() -> None:
    program = (
        "import sys, adapters.slack\n"
        "print([name for name in ('slack_bolt', 'slack_sdk', 'aiohttp', 'PIL', 'discord', 'adapters.slack.checks') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- the manifest ------------------------------------------------------------------------------------------------------------


def printed(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(manifest.app, ["manifest", *arguments])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    assert "api.slack.com/apps" in result.stderr
    return found


def manifest_problems(found: dict[str, Any]) -> list[str]:
    """The limits of Slack's manifest schema 1.0.0 for what we use."""
    wrong = []
    info, features, rest = found["display_information"], found["features"], found["settings"]

    def limit(what: str, value: str, low: int, high: int) -> None:
        if not low <= len(value) <= high:
            wrong.append(f"{what} has {len(value)} characters")

    limit("name", info["name"], 1, 35)
    limit("description", info["description"], 1, 140)
    limit("bot name", features["bot_user"]["display_name"], 1, 80)
    commands = features["slash_commands"]
    if not 1 <= len(commands) <= 50 or len({one["command"] for one in commands}) != len(commands):
        wrong.append("commands")
    for one in commands:
        limit("command", one["command"], 2, 32)
        limit("description", one["description"], 1, 2000)
        limit("usage hint", one.get("usage_hint", "-"), 1, 1000)
        if not one["command"].startswith("/"):
            wrong.append(one["command"])
        if set(one) - {"command", "url", "description", "usage_hint", "should_escape"}:
            wrong.append("unknown key of a command")
    for scope in found["oauth_config"]["scopes"]["bot"]:
        limit("scope", scope, 1, 50)
    urls = [one.get("url") for one in commands] + [rest[part].get("request_url") for part in ("event_subscriptions", "interactivity")]
    if rest["socket_mode_enabled"] != (urls == [None] * len(urls)):
        wrong.append("an address and Socket Mode exclude each other")
    if set(found) != {"display_information", "features", "oauth_config", "settings"}:
        wrong.append("unknown key")
    return wrong


def test_the_manifest_for_socket_mode_is_within_slacks_limits_and_complete() -> None:
    found = printed()
    assert manifest_problems(found) == []
    assert [one["command"] for one in found["features"]["slash_commands"]] == [f"/{name}" for name in manifest.COMMANDS]
    assert found["settings"]["event_subscriptions"] == {"bot_events": ["app_mention"]}
    assert found["settings"]["interactivity"] == {"is_enabled": True}
    assert not found["settings"]["token_rotation_enabled"]
    assert not found["settings"]["org_deploy_enabled"]
    assert found["features"]["app_home"]["messages_tab_enabled"]
    assert not found["features"]["app_home"]["messages_tab_read_only_enabled"]


def test_the_manifest_asks_for_what_the_bot_serves_and_needs() -> None:
    assert {f"/{name}" for name in manifest.COMMANDS} == {"/imagine", "/imagine-settings", "/imagine-guide", "/imagine-batch", *VIEWS}
    assert set(manifest.SCOPES) == SCOPES, "what the stand-in grants, and every test gets along with"
    assert manifest.PATH == PATH


@pytest.mark.parametrize("host", ["https://bot.example.com", "https://bot.example.com/", "https://bot.example.com/slack/events"])
def test_the_manifest_for_http_sends_everything_to_one_address(host: str) -> None:
    found = printed("--http", host)
    assert manifest_problems(found) == []
    assert not found["settings"]["socket_mode_enabled"]
    told = json.dumps(found)
    assert told.count("https://bot.example.com/slack/events") == len(manifest.COMMANDS) + 2
    assert "/slack/events/" not in told


@pytest.mark.parametrize(
    "host", ["http://bot.example.com", "bot.example.com", "https://", "https://a b.example", "https://x.example?y=1", "https://x:99999"]
)
def test_an_address_that_slack_would_not_call_is_a_sentence(host: str) -> None:
    result = CliRunner().invoke(manifest.app, ["manifest", "--http", host])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "https://" in result.stderr


def test_the_limits_are_really_looked_at() -> None:
    found = manifest.build()
    found["features"]["slash_commands"][0]["command"] = "imagine"
    found["display_information"]["name"] = "x" * 36
    found["settings"]["interactivity"]["request_url"] = "https://x.example"
    assert len(manifest_problems(found)) == 3


# ---- the page ----------------------------------------------------------------------------------------------------------------


def test_the_page_explains_every_scope_and_every_refusal() -> None:
    page = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"`([a-z_:]+)`", "\n".join(line.split("|")[1] for line in page.splitlines() if line.startswith("|"))))
    assert set(manifest.SCOPES) <= rows
    assert set(TOKEN_ERRORS) <= rows
    assert set(CODES) <= rows
    for name in manifest.COMMANDS:
        assert f"`/{name}" in page
    for name in plugin.variables:
        assert name in page


def test_log_lines_that_the_page_names_exist() -> None:
    page = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    files = [file for room in ("slack", "kit") for file in (ROOT / "adapters" / room).glob("*.py")]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    named = set(re.findall(r"`(slack_[a-z_]+)", page)) - set(CODES)
    assert len(named) > 5
    for name in named:
        assert f'"{name}"' in source or f'platform}}{name.removeprefix("slack")}"' in source, name


def test_whatever_a_running_bot_takes_for_a_dead_token_ends_a_start_with_a_sentence() -> None:
    assert {code for code, error_class in CODES.items() if error_class is ErrorClass.UNAUTHORISED} <= set(TOKEN_ERRORS)


@pytest.mark.parametrize("code", list(TOKEN_ERRORS))
def test_every_refusal_has_a_sentence_that_names_the_setting_and_the_code(code: str) -> None:
    sentence = text(f"slack.error.{code}", name="SLACK_BOT_TOKEN", where="somewhere", needed="chat:write")
    assert "SLACK_BOT_TOKEN" in sentence
    assert f"({code})" in sentence
    assert "\n" not in sentence
