"""One app in many workspaces: installation by OAuth in a browser, answers with each workspace's own token, removal, and trouble that stays
where it is. The real slack_bolt, over Socket Mode and HTTP."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from adapters.slack.installations import INSTALLATION
from bot.domain.refusal import Refusal
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place, Submission
from bot.ledger import request_rows
from tests.platforms.faults import How
from tests.slack.installed_stage import Installed, Site, installed
from tests.slack.stage import MODES, Mode
from tests.slack.standin.oauth import Browser
from tests.slack.standin.world import Message


async def drawn(s: Installed, site: Site, prompt: str = "a red bicycle") -> Message:
    """Somebody there gets a picture."""
    await s.imagine(prompt, site.person, site.channel)
    return await s.picture(site.channel, site.person)


@pytest.mark.parametrize("mode", MODES)
async def test_three_workspaces_install_the_bot_and_each_is_answered_with_its_own_token(tmp_path: Path, mode: Mode) -> None:
    async with installed(tmp_path, mode=mode) as s:
        assert "no workspace yet" in s.ready[0]
        for site in s.sites:
            page = await s.install(site)
            assert (page.status, page.title) == (200, "The bot is installed")
            assert site.workspace.name in page.text
        await asyncio.gather(*(s.imagine(f"a boat for {site.workspace.name}", site.person, site.channel) for site in s.sites))
        for site in s.sites:
            shown = await s.picture(site.channel, site.person)
            assert site.workspace.name in shown.text
            used = {one.token for one in s.slack.calls("chat.postMessage", channel=site.channel.id)}
            assert used == {site.workspace.token}
        tokens = [site.workspace.token for site in s.sites]
        await s.stop()
        with sqlite3.connect(s.folder / "imagine-bot.db") as ledger:
            content = "\n".join(ledger.iterdump())
        assert "vault" in content
        assert not any(one in content for one in tokens), "a token is readable in the ledger"
        await s.start()
        assert "3 workspaces" in s.ready[-1]
        await drawn(s, s.sites[1], "after a restart")


@pytest.mark.parametrize("mode", MODES)
async def test_an_uninstalled_workspace_is_forgotten_and_the_others_go_on(tmp_path: Path, mode: Mode) -> None:
    async with installed(tmp_path, mode=mode) as s:
        for site in s.sites:
            await s.install(site)
        gone, stays, _ = s.sites
        await drawn(s, gone)
        await s.settled()
        assert s.bot is not None
        person, place = Person(gone.person.id), Place("slack", gone.workspace.id, gone.channel.id)
        waiting = await s.bot.core.receive("slack:waits", Submission(person, place, "a cat that waits"))
        before = len(s.slack.calls())
        event = await s.slack.oauth.uninstall(gone.workspace, gone.person)
        await s.until(lambda: event.acked, what="the event taken")
        assert await s.vault.get(INSTALLATION, gone.workspace.id) is None
        await drawn(s, stays)
        await s.settled()
        ended = await s.bot.ledger.read(lambda c: request_rows.get(c, waiting.request_id))
        assert ended is not None
        assert (ended.state, ended.refusal, ended.prompt) == (RequestState.REFUSED, Refusal("removed"), "")
        late = [one for one in s.slack.calls()[before:] if one.token == gone.workspace.token and one.method != "auth.test"]
        assert late == [], "calls for a workspace without the bot"
        refused = await s.slack.people.slash(gone.person, gone.channel, "/imagine", "a ghost")
        said = await s.whisper(gone.person, "isn't installed")
        await s.slack.acked(refused)
        assert said.only_for == gone.person.id
        assert not any(one.prompt == "a ghost" for one in s.service.calls)
        await s.install(gone)
        await drawn(s, gone, "welcome back")


async def test_an_event_about_a_removal_that_is_not_true_removes_nothing(tmp_path: Path) -> None:
    async with installed(tmp_path) as s:
        (site, *_) = s.sites
        await s.install(site)
        event = await s.slack.people.event("app_uninstalled", site.person)  # delivered late: it has been installed again
        await s.until(lambda: event.acked, what="the event taken")
        assert await s.vault.get(INSTALLATION, site.workspace.id) is not None
        await drawn(s, site)


async def test_a_workspace_in_trouble_stops_no_other(tmp_path: Path) -> None:
    """One hangs, one has lost its token without a word: the third gets its pictures."""
    async with installed(tmp_path) as s:
        for site in s.sites:
            await s.install(site)
        hangs, lost, fine = s.sites
        s.service.hold = asyncio.Event()
        for site in (hangs, lost):
            await s.imagine("a cat", site.person, site.channel)
            await s.message("a cat", site.channel, site.person)
        s.slack.faults.add("chat.*", How.STUCK, times=100, where=lambda args: args.get("channel") == hangs.channel.id)
        lost.workspace.installed = False
        s.service.hold.set()
        for number in range(3):
            await drawn(s, fine, f"a dog, number {number}")
        async with asyncio.timeout(30):
            while await s.vault.get(INSTALLATION, lost.workspace.id) is not None:  # noqa: ASYNC110 - the ledger tells nobody
                await asyncio.sleep(0.05)


async def test_an_organisation_installs_once_for_all_of_its_workspaces(tmp_path: Path) -> None:
    async with installed(tmp_path) as s:
        first, second = s.new_site("North", "E0ORG123"), s.new_site("South", "E0ORG123")
        page = await s.install(first, whole_org=True)
        assert page.title == "The bot is installed"
        for site in (first, second):
            await drawn(s, site)
        assert first.workspace.token == second.workspace.token
        assert await s.vault.get(INSTALLATION, "E0ORG123") is not None
        await s.stop()
        await s.start()
        place = Place("slack", second.workspace.id, second.channel.id)
        assert s.adapter is not None
        await s.until(lambda: s.ready, what="ready")
        await drawn(s, second, f"after a restart in {place.community}")


@pytest.mark.parametrize(
    ("what", "title", "status"),
    [
        ("cancelled", "Nothing was installed", 200),
        ("other browser", "Please begin again", 400),
        ("twice", "Please begin again", 401),
        ("forged state", "Please begin again", 400),
        ("not allowed", "This workspace can't install the bot", 403),
        ("slack fails", "It didn't work", 502),
    ],
)
async def test_an_installation_that_ends_without_one_is_a_page_that_says_why(tmp_path: Path, what: str, title: str, status: int) -> None:
    env = {"ALLOWED_WORKSPACES": "T0OTHER99"} if what == "not allowed" else {}
    async with installed(tmp_path, env) as s:
        (site, *_), browser = s.sites, Browser()
        s.slack.oauth.consents = None if what == "cancelled" else site.workspace
        begun = await browser.open(f"{s.address}/slack/install")
        agreed = await browser.open(begun.headers["Location"])
        target = agreed.headers["Location"]
        if what == "slack fails":
            s.slack.faults.add("oauth.v2.access", How.CUT)
        if what == "other browser":
            browser = Browser()
        if what == "forged state":
            target = target.replace("state=", "state=x")
        page = await browser.open(target)
        if what == "twice":
            assert page.status == 200
            browser.cookies["slack-app-oauth-state"] = target.rpartition("state=")[2]
            page = await browser.open(target)
        assert (page.status, page.title) == (status, title)
        assert ("slack-app-oauth-state" in browser.cookies) == (what in ("slack fails",)), "the state's cookie stays"
        assert len(await s.vault.every(INSTALLATION)) == (what == "twice")
        if what == "not allowed":
            assert s.slack.calls("auth.revoke"), "a token that nobody keeps is revoked"


async def test_tokens_that_expire_are_renewed_before_they_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.installed.REFRESH", 0.1)
    monkeypatch.setattr("adapters.slack.rotation.EARLY", 13 * 60)  # more than the twelve hours of a token
    async with installed(tmp_path) as s:
        (site, *_) = s.sites
        s.slack.oauth.rotates = True
        await s.install(site)
        first = site.workspace.token
        await s.until(lambda: site.workspace.token != first, what="a renewed token")
        async with asyncio.timeout(20):
            while not (entry := await s.vault.get(INSTALLATION, site.workspace.id)) or entry.value["bot_token"] == first:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        monkeypatch.setattr("adapters.slack.rotation.EARLY", 60)
        await drawn(s, site)
        posted = s.slack.calls("chat.postMessage", channel=site.channel.id)
        assert {one.token for one in posted} == {site.workspace.token}
        assert len(s.slack.oauth.refresh) == 1, "a refresh token was used twice, or lost"
