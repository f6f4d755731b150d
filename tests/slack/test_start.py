"""Starting with something wrong ends with one clear sentence, never with a token; starting with something doubtful says so and goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.adapter import SetupProblem
from tests.slack.stage import MODES, Mode, Stage, stage
from tests.slack.standin.world import Channel

SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")


async def problem(s: Stage) -> str:
    """The sentence with which the start ends."""
    with pytest.raises(SetupProblem) as found:
        await s.start()
    sentence = str(found.value)
    assert "\n" not in sentence
    for name in SECRETS:
        assert not s.env.get(name) or s.env[name] not in sentence
    return sentence


@pytest.mark.parametrize("mode", MODES)
async def test_a_wrong_bot_token(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, {"SLACK_BOT_TOKEN": "xoxb-not-the-right-one"}, mode=mode, start=False) as s:
        sentence = await problem(s)
        assert "SLACK_BOT_TOKEN" in sentence
        assert "Bot User OAuth Token" in sentence


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "token_expired"])
async def test_a_token_that_was_good_once(tmp_path: Path, code: str) -> None:
    async with stage(tmp_path, start=False) as s:
        s.slack.world.token_error = code
        assert code in await problem(s)


async def test_a_wrong_app_level_token(tmp_path: Path) -> None:
    async with stage(tmp_path, {"SLACK_APP_TOKEN": "xapp-1-A0STANDIN1-1-wrong"}, start=False) as s:
        sentence = await problem(s)
        assert "SLACK_APP_TOKEN" in sentence
        assert "App-Level Tokens" in sentence


CHANNELS: dict[str, tuple[Callable[[Stage], Channel | None], str]] = {
    "unknown": (lambda s: None, "can't see channel"),
    "hidden": (lambda s: s.slack.world.channel(s.workspace, "mods2", s.slack.mona, private=True, bot=False), "/invite @imagine"),
    "outside": (lambda s: s.slack.elsewhere, "/invite @imagine"),
    "public": (lambda s: s.channel, "private"),
}


@pytest.mark.parametrize("wrong", CHANNELS)
async def test_a_moderators_channel_that_would_not_work(tmp_path: Path, wrong: str) -> None:
    async with stage(tmp_path, start=False) as s:
        make, said = CHANNELS[wrong]
        channel = make(s)
        s.env["MODERATOR_CHANNEL_SLACK"] = "C0NOWHERE" if channel is None else channel.id
        sentence = await problem(s)
        assert sentence.startswith("MODERATOR_CHANNEL_SLACK")
        assert s.env["MODERATOR_CHANNEL_SLACK"] in sentence
        assert said in sentence


async def test_an_archived_operators_channel(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.slack.operators.archived = True
        sentence = await problem(s)
        assert "OPERATOR_CHANNEL_SLACK" in sentence
        assert "archived" in sentence


async def test_missing_scopes_and_a_workspace_that_is_not_allowed_are_said_and_keep_nobody_from_starting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stage(tmp_path, {"ALLOWED_WORKSPACES": "T0OTHER"}, start=False) as s:
        s.slack.world.scopes -= {"files:write"}
        await s.start()
        told = capsys.readouterr().out
        assert "files:write" in told
        assert f"Add {s.workspace.id} there" in told
        assert s.adapter is not None
        place = s.adapter.home_moderators_place()
        assert place is not None
        assert (place.community, place.channel) == (s.workspace.id, s.slack.mods.id)


@pytest.mark.parametrize(("mode", "said"), [("socket", "Socket Mode"), ("http", "/slack/events")])
async def test_the_ready_sentence_names_bot_workspace_and_way(tmp_path: Path, mode: Mode, said: str) -> None:
    async with stage(tmp_path, mode=mode) as s:
        [sentence] = s.ready
        assert sentence.startswith("Slack: ")
        assert "Studio" in sentence
        assert "imagine" in sentence
        assert said in sentence


@pytest.mark.parametrize("mode", MODES)
async def test_oauth_variables_in_the_environment_change_nothing(tmp_path: Path, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_VERIFICATION_TOKEN", "SLACK_SCOPES"):
        monkeypatch.setenv(name, "1234.5678")
    async with stage(tmp_path, mode=mode) as s:
        await s.imagine()
        await s.picture()
    assert not (tmp_path / ".bolt-app-installation").exists()
