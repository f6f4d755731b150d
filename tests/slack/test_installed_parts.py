"""What the adapter of an app that workspaces install says and refuses on its own: its places, its set-up, and what comes over HTTP."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import time
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from adapters.slack import plugin
from adapters.slack.installations import STATE
from bot.adapter import SetupProblem
from bot.compose import context
from bot.domain.attachments import NotFetched
from bot.domain.requests import Place
from bot.texts import text
from tests.platforms.stage import png
from tests.slack.installed_stage import KEY, Installed, installed
from tests.slack.standin.oauth import Browser


def built(s: Installed, **change: str) -> object:
    assert s.bot is not None
    return plugin.build({**s.env, **change}, context(s.bot, s.folder, demo=False, keys=[KEY]))


async def test_the_operators_channels_are_those_of_the_home_workspace(tmp_path: Path) -> None:
    async with installed(tmp_path) as s:
        assert s.bot is not None
        channels = {"OPERATOR_CHANNEL_SLACK": "C0OPS123", "MODERATOR_CHANNEL_SLACK": "C0MODS12"}
        home = {"SLACK_HOME_WORKSPACE": s.workspace.id}
        for change, known in (({}, False), (home, False), (channels, False), ({**home, **channels}, True)):
            adapter = built(s, **change)
            places = [adapter.operators_place(), adapter.home_moderators_place()]  # type: ignore[attr-defined]
            assert places == ([Place("slack", s.workspace.id, one) for one in channels.values()] if known else [None, None])
        assert await adapter.acknowledged(places[0])  # type: ignore[attr-defined]
        for vault in (None, dataclasses.replace(context(s.bot, s.folder, demo=False)).vault):
            with pytest.raises(SetupProblem, match=text("operator.vault_closed")[:20]):
                plugin.build(s.env, dataclasses.replace(context(s.bot, s.folder, demo=False), vault=vault))


async def test_a_workspace_without_the_bot_has_no_moderators_and_its_pictures_are_gone(tmp_path: Path) -> None:
    async with installed(tmp_path) as s:
        for adapter, why in ((built(s), "failed"), (s.adapter, "gone")):
            assert not await adapter.moderators.is_moderator("U1", "T0NOBODY")  # type: ignore[union-attr,attr-defined]
            with pytest.raises(NotFetched) as failed:
                await adapter.fetch_attachment({"team": "T0NOBODY", "file": "F1"})  # type: ignore[union-attr,attr-defined]
            assert failed.value.why == why
        await s.install(s.sites[0])
        assert s.adapter is not None
        file = s.slack.files.upload(s.ada, "cat.png", picture := png((64, 48), "teal"))
        assert await s.adapter.fetch_attachment({"team": s.workspace.id, "file": file.id}) == picture
        assert len(s.ready) == 1, "ready once its socket is"


async def test_at_the_start_the_home_workspace_and_its_channels_are_looked_at(tmp_path: Path) -> None:
    async with installed(tmp_path, start=False) as s:
        s.env |= {"SLACK_HOME_WORKSPACE": s.workspace.id, "OPERATOR_CHANNEL_SLACK": "C0NOWHERE", "MODERATOR_CHANNEL_SLACK": s.slack.mods.id}
        said = []
        for _ in range(2):
            with capture_logs() as lines:
                await s.start()
            said.append([(one["event"], one["what_to_do"]) for one in lines if one["event"] in ("slack_setup", "slack_channel")])
            await s.install(s.sites[0])
            await s.stop()
        link = f"{s.address}/slack/install"
        assert said[0] == [("slack_setup", text("slack.setup.home_not_installed", home=s.workspace.id, url=link))]
        [(event, problem)] = said[1]
        assert event == "slack_channel"
        assert "C0NOWHERE" in problem


async def test_a_home_workspace_without_channels_is_not_looked_at(tmp_path: Path) -> None:
    async with installed(tmp_path, start=False) as s:
        s.env["SLACK_HOME_WORKSPACE"] = s.workspace.id
        with capture_logs() as lines:
            await s.start()
        assert not [one for one in lines if one["event"] == "slack_setup"]


async def test_what_ties_an_installation_to_its_browser_is_in_the_vault(tmp_path: Path) -> None:
    async with installed(tmp_path) as s:
        for begun in (1, 2):
            await Browser().open(f"{s.address}/slack/install")
            assert len(await s.vault.every(STATE)) == begun


async def test_events_over_http_are_refused_where_they_come_over_the_socket(tmp_path: Path) -> None:
    async with installed(tmp_path) as s:
        body, now = "command=%2Fimagine&text=a+cat", str(int(time.time()))
        for secret in ("", s.slack.world.signing_secret):
            signature = hmac.new(secret.encode(), f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
            headers = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": f"v0={signature}"}
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            async with (
                aiohttp.ClientSession() as session,
                session.post(f"{s.address}/slack/events", data=body, headers=headers | kind) as seen,
            ):
                assert seen.status == 401
