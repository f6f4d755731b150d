"""Settings, doctor and manifest of an app that workspaces install."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from adapters.slack import manifest, plugin, settings
from bot.adapter import Finding
from bot.ledger.store import Ledger
from bot.ports import SystemPorts
from bot.vault import Vault
from tests.slack.stage import free_port
from tests.slack.standin.server import StandIn
from tests.unit.cli.conftest import Ended

KEY = Fernet.generate_key().decode()
GOOD = {
    "SLACK_INSTALL_URL": "https://bot.example.com",
    "SLACK_CLIENT_ID": "111.222",
    "SLACK_CLIENT_SECRET": "c1" * 16,
    "SLACK_APP_TOKEN": "xapp-1-A0123456-1234567890-abcdef",
    "ENCRYPTION_KEYS": KEY,
}


def test_one_workspace_needs_nothing_of_it() -> None:
    one = {"SLACK_BOT_TOKEN": "xoxb-1234567890-abcdef", "SLACK_APP_TOKEN": GOOD["SLACK_APP_TOKEN"]}
    assert plugin.problems({**one, "SLACK_CLIENT_ID": "x", "SLACK_CLIENT_SECRET": "y"}) == []
    assert settings.read(one).install is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"SLACK_INSTALL_URL": "http://bot.example.com"}, "SLACK_INSTALL_URL must be the bot's public address"),
        ({"SLACK_INSTALL_URL": "https://bot.example.com/bot"}, "without a path"),
        ({"SLACK_CLIENT_ID": "abc"}, "SLACK_CLIENT_ID must be"),
        ({"SLACK_CLIENT_SECRET": ""}, "SLACK_CLIENT_SECRET must be"),
        ({"ENCRYPTION_KEYS": ""}, "imagine-bot encryption new-key"),
        ({"SLACK_BOT_TOKEN": "xoxb-1234567890-abcdef"}, "exclude each other"),
        ({"SLACK_APP_TOKEN": ""}, "can't receive commands"),
        ({"MODERATOR_CHANNEL_SLACK": "C0123456"}, "Set SLACK_HOME_WORKSPACE"),
        ({"SLACK_HOME_WORKSPACE": "Studio"}, "isn't the ID of a workspace"),
    ],
)
def test_each_wrong_setting_has_a_sentence(change: dict[str, str], said: str) -> None:
    found = plugin.problems({**GOOD, **change})
    assert [one for one in found if said and said in one] if said else found == []
    assert not any(KEY in one or "c1c1" in one for one in found)


def test_the_manifest_has_the_redirect_and_the_events_of_removal() -> None:
    done = CliRunner().invoke(manifest.app, ["manifest", "--install", "https://bot.example.com/", "--organisations"])
    found = json.loads(done.stdout)
    assert found["oauth_config"]["redirect_urls"] == ["https://bot.example.com/slack/oauth_redirect"]
    assert {"app_uninstalled", "tokens_revoked", "team_access_revoked"} <= set(found["settings"]["event_subscriptions"]["bot_events"])
    assert found["settings"]["org_deploy_enabled"]
    assert found["settings"]["socket_mode_enabled"]
    assert "https://bot.example.com/slack/install" in done.stderr
    assert CliRunner().invoke(manifest.app, ["manifest", "--organisations"]).exit_code == 2


async def examined(slack: StandIn, **change: str) -> list[Finding]:
    env = {**GOOD, "SLACK_API_URL": f"{slack.base}/api/", "SLACK_APP_TOKEN": slack.world.app_token, "SLACK_HTTP_PORT": str(free_port())}
    return [*await plugin.examine_all({**env, **change})]


async def test_doctor_knows_the_app_and_says_who_can_install_it() -> None:
    async with StandIn() as slack:
        found = await examined(slack)
        assert all(one.ok for one in found), [one.sentence for one in found if not one.ok]
        said = " ".join(one.sentence for one in found)
        assert "every workspace whose people have the link" in said
        assert "https://bot.example.com/slack/install" in said
        assert "Only T0ONE123" in " ".join(one.sentence for one in await examined(slack, ALLOWED_WORKSPACES="T0ONE123"))
        wrong = [one for one in await examined(slack, SLACK_CLIENT_SECRET="d2" * 16) if not one.ok]
        assert ["bad_client_secret" in one.sentence for one in wrong] == [True]
        assert "d2d2" not in wrong[0].sentence


async def test_an_operator_replaces_the_key_in_the_shell(tmp_path: Path) -> None:
    newer, folder = Fernet.generate_key().decode(), tmp_path / "data"
    folder.mkdir()
    ledger = await Ledger.open(folder, SystemPorts().now, SystemPorts().new_id)
    await Vault(ledger, [KEY]).put("slack installation", "T1", {"bot_token": "xoxb-secret"})

    def call(*arguments: str, keys: str) -> Ended:
        from bot.cli.main import app

        done = CliRunner().invoke(app, ["encryption", *arguments], env={"ENCRYPTION_KEYS": keys, "DATA_DIR": str(folder)})
        return Ended(done.exit_code, done.stdout, f"{done.stderr} {done.exception or ''}")

    assert "ENCRYPTION_KEYS=" in call("new-key", keys="").out
    assert "slack installation: 1" in call("status", keys=KEY).out
    assert "none of ENCRYPTION_KEYS opens it" in call("status", keys=newer).err
    rotated = call("rotate", keys=f"{newer},{KEY}")
    assert "1 value is now encrypted" in rotated.out
    assert "Remove the other key" in rotated.out
    assert await Vault(ledger, [newer]).get("slack installation", "T1") is not None
    assert "ENCRYPTION_KEYS isn't set" in call("status", keys="").err
    await ledger.close()
