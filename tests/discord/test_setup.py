"""Starting with something wrong, doctor, and the install link: one clear sentence each, never a token."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.discord import cli, plugin
from bot.adapter import SetupProblem
from bot.domain.attachments import ReferenceLimits
from tests.discord.stage import Stage, stage
from tests.discord.standin.world import VIEW


async def problem(s: Stage) -> str:
    """The sentence with which the start ends."""
    with pytest.raises(SetupProblem) as found:
        await s.start()
    sentence = str(found.value)
    assert s.env["DISCORD_BOT_TOKEN"] not in sentence
    assert "\n" not in sentence
    return sentence


async def test_a_wrong_token(tmp_path: Path) -> None:
    async with stage(tmp_path, {"DISCORD_BOT_TOKEN": "wrong.token.value"}, start=False) as s:
        assert "DISCORD_BOT_TOKEN" in await problem(s)


async def test_a_token_that_the_gateway_refuses(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.discord.gateway.refuse_with = 4004
        assert "DISCORD_BOT_TOKEN" in await problem(s)


async def test_an_intent_that_is_not_enabled(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.discord.gateway.refuse_with = 4014
        assert "intent" in await problem(s)


async def test_a_missing_scope(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.discord.faults.refuse("PUT", "/commands$", 403, 50001)
        assert "applications.commands" in await problem(s)


async def test_an_unknown_moderators_channel(tmp_path: Path) -> None:
    async with stage(tmp_path, {"MODERATOR_CHANNEL_DISCORD": "123456789012345678"}, start=False) as s:
        sentence = await problem(s)
        assert "MODERATOR_CHANNEL_DISCORD" in sentence
        assert "123456789012345678" in sentence


async def test_a_forbidden_moderators_channel(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        hidden = s.discord.world.channel(s.guild, "moderators", bot_permissions=0)
        s.env["MODERATOR_CHANNEL_DISCORD"] = hidden.id
        sentence = await problem(s)
        assert "MODERATOR_CHANNEL_DISCORD" in sentence
        assert "can't see" in sentence


async def test_a_direct_channel_is_no_moderators_channel(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.env["MODERATOR_CHANNEL_DISCORD"] = s.discord.world.dm(s.ada).id
        assert "isn't a server channel" in await problem(s)


async def test_an_interactions_endpoint_url(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.discord.world.interactions_endpoint_url = "https://example.com/interactions"
        assert "Interactions Endpoint URL" in await problem(s)


async def test_missing_rights_in_the_moderators_channel_are_said_by_name_and_keep_nobody_from_starting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stage(tmp_path, start=False) as s:
        quiet = s.discord.world.channel(s.guild, "moderators", bot_permissions=VIEW)
        s.env["MODERATOR_CHANNEL_DISCORD"] = quiet.id
        await s.start()
        assert "lacks Send Messages" in capsys.readouterr().out
        assert s.adapter is not None
        place = s.adapter.home_moderators_place()
        assert place is not None
        assert (place.community, place.channel) == (s.guild.id, quiet.id)


async def test_the_ready_sentence_names_the_bot(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        assert s.ready == ["Discord: connected as imagine."]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_BOT_TOKEN", ""),
        ("DISCORD_BOT_TOKEN", "Bot abc.def"),
        ("DISCORD_BOT_TOKEN", "with blank.inside"),
        ("MODERATOR_CHANNEL_DISCORD", "#moderators"),
        ("OPERATOR_CHANNEL_DISCORD", "²²²²²²²²²²²²²²²²²²"),
        ("DISCORD_API_BASE", "discord.com/api"),
        ("DISCORD_API_BASE", "http://host/{id}"),
        ("DISCORD_GATEWAY_URL", "http://host"),
    ],
)
def test_a_wrong_value_is_one_sentence_with_the_variables_name(name: str, value: str) -> None:
    [sentence] = plugin.problems({"DISCORD_BOT_TOKEN": "abc.def.ghi", name: value})
    assert name in sentence
    assert name != "DISCORD_BOT_TOKEN" or not value or value not in sentence


def test_the_plugin_is_configured_by_its_token_alone() -> None:
    assert plugin.configured({"DISCORD_BOT_TOKEN": "abc.def.ghi"})
    assert not plugin.configured({"MODERATOR_CHANNEL_DISCORD": "123456789012345678"})


# ---- doctor ------------------------------------------------------------------------------------------------------------------


async def test_doctor_finds_all_well_and_changes_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.env["MODERATOR_CHANNEL_DISCORD"] = s.channel.id
        findings = await plugin.examine(s.env)
        assert [one.ok for one in findings] == [True, True, True]
        assert {call.method for call in s.discord.rest.calls} == {"GET"}
        assert "next start registers" in findings[-1].sentence
        await s.start()
        assert "are registered and current" in (await plugin.examine(s.env))[-1].sentence
        s.discord.world.commands = s.discord.world.commands[1:]
        assert "/imagine" in (await plugin.examine(s.env))[-1].sentence


@pytest.mark.parametrize("change", ["menu", "leftover", "gap", "none"])
async def test_doctor_knows_picture_options_and_the_entry_of_messages_menus(tmp_path: Path, change: str) -> None:
    async with stage(tmp_path, service_references=ReferenceLimits(count=0) if change == "none" else ReferenceLimits()) as s:
        commands = s.discord.world.commands
        if change == "menu":
            s.discord.world.commands = [one for one in commands if one["type"] == 1]
        elif change == "leftover":
            for one in commands:
                one["options"] = [two for two in one.get("options") or [] if two["type"] != 11]
        elif change == "gap":
            for one in commands:
                one["options"] = [two for two in one.get("options") or [] if two["name"] != "picture"]
        said = (await plugin.examine(s.env))[-1].sentence
        expected = {"menu": "“Imagine with this picture”", "leftover": "“Imagine with this picture”", "gap": "/imagine", "none": "All 8"}
        assert expected[change] in said


@pytest.mark.parametrize("wrong", ["token", "unknown", "forbidden", "rights", "scope", "endpoint"])
async def test_doctor_stops_at_what_is_wrong_and_says_what_to_do(tmp_path: Path, wrong: str) -> None:
    async with stage(tmp_path, start=False) as s:
        rights = {"forbidden": 0, "rights": VIEW}.get(wrong)
        channel = s.channel if rights is None else s.discord.world.channel(s.guild, "moderators", bot_permissions=rights)
        s.env["MODERATOR_CHANNEL_DISCORD"] = "123456789012345678" if wrong == "unknown" else channel.id
        s.guild.commands_scope = wrong != "scope"
        if wrong == "token":
            s.env["DISCORD_BOT_TOKEN"] = "wrong.token.value"
        if wrong == "endpoint":
            s.discord.world.interactions_endpoint_url = "https://example.com/i"
        findings = await plugin.examine(s.env)
        assert [one.ok for one in findings[:-1]] == [True] * (len(findings) - 1)
        assert not findings[-1].ok
        assert len(findings[-1].sentence) > 30


async def test_doctor_says_when_discord_cannot_be_reached() -> None:
    env = {"DISCORD_BOT_TOKEN": "abc.def.ghi", "DISCORD_API_BASE": "http://127.0.0.1:9/api/v10"}
    [finding] = await plugin.examine(env)
    assert not finding.ok
    assert "discordstatus" in finding.sentence


# ---- the install link --------------------------------------------------------------------------------------------------------


async def test_the_invite_asks_for_exactly_the_permissions_that_are_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(tmp_path, start=False) as s:
        for name, value in s.env.items():
            monkeypatch.setenv(name, value)
        result = await asyncio.to_thread(CliRunner().invoke, cli.app, ["invite"])
        assert result.exit_code == 0, result.output
        assert f"client_id={s.discord.world.application}" in result.output
        assert "scope=bot+applications.commands" in result.output
        assert f"permissions={1 << 10 | 1 << 11 | 1 << 15 | 1 << 38}" in result.output


def test_the_invite_without_a_token_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DISCORD_BOT_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli.app, ["invite"])
    assert result.exit_code == 2
    assert "DISCORD_BOT_TOKEN isn't set" in result.output


def test_the_application_is_read_from_the_token_when_discord_is_away() -> None:
    assert cli.from_token("MTIzNDU2Nzg5MDEyMzQ1Njc4.x.y") == 123456789012345678
    assert cli.from_token("not-a-token") is None
