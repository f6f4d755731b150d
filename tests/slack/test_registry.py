"""Which workspace an event, a message or a question is for, and what becomes of one that the bot was removed from. A core and Slack's
answers to the bot's tokens; no connection."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.fernet import Fernet
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store.models.installation import Installation
from structlog.testing import capture_logs

from adapters.kit.files import AppendLog
from adapters.kit.tasks import BackgroundTasks
from adapters.slack import settings
from adapters.slack.chat import AnswerLog
from adapters.slack.checks import Identity
from adapters.slack.installations import INSTALLATION, Installations
from adapters.slack.installed import NO_KEY, NOT_CONNECTED, RoutedChat, RoutedModerators
from adapters.slack.registry import VERIFY_EVERY, Registry, identity_of
from bot.chat.port import Later, Message, Refused, RefusedWhy, Sent
from bot.chat.views import Audience, View
from bot.compose import context
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place, Submission
from bot.ledger import request_rows, settings_rows
from bot.providers.pictures import PictureStore
from bot.vault import Vault, VaultEntry
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Workspace
from tests.slack.test_installations import Clock
from tests.world import World, world

KEY = Fernet.generate_key().decode()


@dataclasses.dataclass
class Desk:
    slack: StandIn
    world: World
    installations: Installations
    session: aiohttp.ClientSession
    folder: Path
    clock: Clock = dataclasses.field(default_factory=Clock)
    tasks: BackgroundTasks = dataclasses.field(default_factory=lambda: BackgroundTasks("slack"))
    registry: Registry = None  # type: ignore[assignment]

    def opened(self, *, online: bool = True) -> Registry:
        """A registry of a process that has just started."""
        known = dataclasses.replace(context(self.world.bot, self.folder, demo=False, keys=[KEY]), ports=self.clock)
        log = AnswerLog(AppendLog(self.folder / "answered.log"))
        made = Registry(settings.read(self.slack.environment()), known, self.installations, log, self.tasks)
        if online:
            made.start(self.world.bot.core, self.session)
        return made

    async def installation(self, workspace: Workspace, **more: Any) -> Installation:
        values = {"team_id": workspace.id, "team_name": workspace.name, "bot_token": workspace.token, "bot_user_id": workspace.bot.id}
        made = Installation(**{"user_id": "U1", "bot_id": workspace.bot_id, **values, **more})
        await self.installations.async_save(made)
        return made

    async def organisation(self, workspace: Workspace) -> Installation:
        """One for every workspace of its organisation."""
        return await self.installation(workspace, team_id=None, enterprise_id="E0ORG123", is_enterprise_install=True)

    async def keys(self) -> list[str]:
        return [one.key for one in await self.installations.every()]

    async def token(self, community: str) -> str | None:
        found = await self.registry.of_community(community)
        return None if found is None else found.token

    async def of_event(self, team: str, enterprise: str = "", message: dict[str, str] | None = None) -> tuple[str, str] | None:
        """Workspace and token that an event there is answered with."""
        where = AsyncBoltContext({"team_id": team or None, "enterprise_id": enterprise or None})
        found = await self.registry.of_event({"message": message} if message else {}, where)
        return None if found is None else (found.identity.team, found.token)

    async def waiting(self, community: str) -> str:
        """A request of somebody there that waits."""
        submission = Submission(Person("U1", "Ann"), Place("slack", community, "C1"), "a cat that waits")
        return (await self.world.bot.core.receive(f"event of {community}", submission)).request_id

    async def ended(self, request_id: str) -> bool:
        found = await self.world.bot.ledger.read(lambda c: request_rows.get(c, request_id))
        return found is not None and found.state is RequestState.REFUSED

    def asked(self) -> int:
        return len(self.slack.calls("auth.test"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@contextlib.asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    async with StandIn() as slack, world(folder, pictures=PictureStore(folder)) as w, aiohttp.ClientSession() as session:
        made = Desk(slack, w, Installations(Vault(w.bot.ledger, [KEY])), session, folder)
        made.registry = made.opened()
        yield made
        await made.tasks.drain(5.0)
        await made.registry.stop()


async def test_a_workspace_is_opened_once_and_only_while_connected(home: Path) -> None:
    async with desk(home) as d:
        studio = d.slack.workspace
        studio.bot.name = "Painter"
        assert await d.registry.of_community(studio.id) is None
        await d.installation(studio)
        both = await asyncio.gather(*(d.registry.of_community(studio.id) for _ in range(3)))
        assert both[0] is not None
        assert {id(one) for one in [*both, await d.registry.of_community(studio.id)]} == {id(both[0])}
        assert (both[0].token, both[0].wire.online, d.registry.online) == (studio.token, True, True)
        assert [await d.registry.of_community(one) for one in ("", "T0NOBODY", "E0ORG123")] == [None] * 3
        await d.tasks.drain(5.0)
        assert (both[0].chat.bot_name, both[0].chat.workspace) == ("painter", f"https://{studio.domain}.slack.com/")
        await d.registry.stop()
        assert (both[0].wire.online, d.registry.online) == (False, False)
        assert await d.registry.of_community(studio.id) is None
        begins = d.opened(online=False)
        assert (begins.online, await begins.of_community(studio.id)) == (False, None)
        await begins.removed({"event": {"type": "team_access_revoked", "team_ids": [studio.id]}})
        assert await d.keys() == [studio.id]


async def test_an_organisations_workspace_is_known_by_the_event_and_after_a_restart(home: Path) -> None:
    async with desk(home) as d:
        north, south = d.slack.world.workspace("North"), d.slack.world.workspace("South")
        await d.organisation(north)
        assert await d.of_event(south.id) is None
        assert await d.of_event(south.id, "E0OTHER1") is None
        assert await d.of_event(south.id, "E0ORG123") == (south.id, north.token)
        d.registry = d.opened()
        known = await d.registry.of_community(south.id)
        assert known is not None
        await d.tasks.drain(5.0)
        assert (known.token, known.chat.workspace) == (north.token, ""), "the token's own address is that of another workspace"
        assert await d.token(north.id) is None, "nothing happened there yet"
        await d.installation(south)
        d.registry = d.opened()
        assert await d.token(south.id) == south.token, "its own goes first"


async def test_slack_that_says_nothing_about_the_bot_keeps_nobody_waiting(home: Path) -> None:
    async with desk(home) as d:
        studio = d.slack.workspace
        await d.installation(studio)
        d.slack.faults.refuse("auth.test", "internal_error")
        with capture_logs() as lines:
            found = await d.registry.of_community(studio.id)
            await d.tasks.drain(5.0)
        assert found is not None
        assert (found.token, found.chat.bot_name, found.chat.workspace) == (studio.token, "imagine", "")
        assert [one["workspace"] for one in lines if one["event"] == "slack_workspace_silent"] == [studio.id]


async def test_a_workspace_that_is_opened_while_the_bot_stops_stays_closed(home: Path) -> None:
    async with desk(home) as d:
        await d.installation(d.slack.workspace)

        async def stopping(entry: VaultEntry) -> VaultEntry:
            await d.registry.stop()
            return entry

        d.registry.renewed = stopping
        assert await d.registry.of_community(d.slack.workspace.id) is None


async def test_a_workspace_that_joins_another_organisation_is_noted_anew(home: Path) -> None:
    async with desk(home) as d:
        north, south = d.slack.world.workspace("North"), d.slack.world.workspace("South")
        await d.organisation(north)
        await d.installation(south, team_id=None, enterprise_id="E0NEW123", is_enterprise_install=True)
        for organisation, token in (("E0ORG123", north.token), ("E0NEW123", south.token)):
            d.registry = d.opened()
            assert await d.of_event("T0MOVES1", organisation) == ("T0MOVES1", token)
            assert await d.installations.organisation_of("T0MOVES1") == organisation


async def test_a_press_in_a_shared_channel_belongs_to_the_workspace_of_the_bots_message(home: Path) -> None:
    async with desk(home) as d:
        studio, press = d.slack.workspace, d.slack.world.workspace("Press")
        await d.installation(studio), await d.installation(press)
        of_bot = {"team": press.id, "bot_id": press.bot_id}
        for message, where in (
            (of_bot, press),
            ({"team": press.id}, studio),
            ({"bot_id": press.bot_id}, studio),
            ({"team": studio.id, "bot_id": studio.bot_id}, studio),
            ({"team": "T0NOBODY", "bot_id": "B1"}, studio),
        ):
            assert await d.of_event(studio.id, "", message) == (where.id, where.token), message
        assert await d.of_event("", "") is None


async def test_another_installation_closes_what_was_open_with_the_older_one(home: Path) -> None:
    async with desk(home) as d:
        north, south = d.slack.world.workspace("North"), d.slack.world.workspace("South")
        whole = await d.organisation(north)
        await d.of_event(south.id, "E0ORG123")
        await d.installation(d.slack.workspace)
        kept, before = await d.registry.of_community(d.slack.workspace.id), await d.registry.of_community(south.id)
        await d.registry.installed(whole)
        assert await d.registry.of_community(south.id) is not before
        own = await d.installation(south)
        await d.registry.installed(own)
        assert await d.token(south.id) == south.token
        assert await d.registry.of_community(d.slack.workspace.id) is kept


async def test_what_other_processes_changed_is_taken_over(home: Path) -> None:
    async with desk(home) as d:
        studio, press = d.slack.workspace, d.slack.world.workspace("Press")
        await d.installation(studio), await d.installation(press)
        found, gone = await d.registry.of_community(studio.id), await d.registry.of_community(press.id)
        assert found is not None
        assert gone is not None
        found.delivery.stopped_until = 7.0
        await d.registry.refresh(await d.installations.every())
        assert found.delivery.stopped_until == 7.0, "nothing changed"
        await d.installation(studio, bot_token="xoxb-new")
        await d.installations.vault.forget(INSTALLATION, press.id)
        await d.registry.refresh(await d.installations.every())
        assert (found.token, found.delivery.stopped_until, gone.wire.online) == ("xoxb-new", 0.0, False)
        assert await d.of_event(studio.id) == (studio.id, "xoxb-new")
        assert await d.registry.of_community(press.id) is None


async def test_an_organisation_that_withdraws_a_workspace_leaves_only_that_one(home: Path) -> None:
    async with desk(home) as d:
        north, south = d.slack.world.workspace("North"), d.slack.world.workspace("South")
        await d.organisation(north)
        for one in (north, south):
            await d.of_event(one.id, "E0ORG123")
        here, there = await d.waiting(north.id), await d.waiting(south.id)
        await d.registry.removed({"event": {"type": "team_access_revoked", "team_ids": [south.id]}, "enterprise_id": "E0ORG123"})
        assert (await d.ended(here), await d.ended(there)) == (False, True)
        assert (await d.token(south.id), await d.token(north.id)) == (None, north.token)
        assert await d.installations.organisation_of(south.id) == ""
        assert await d.keys() == ["E0ORG123"]


async def test_a_removed_organisation_leaves_all_of_its_workspaces(home: Path) -> None:
    async with desk(home) as d:
        north, south = d.slack.world.workspace("North"), d.slack.world.workspace("South")
        await d.organisation(north)
        await d.installation(d.slack.workspace)
        for one in (north, south):
            await d.of_event(one.id, "E0ORG123")
        waiting = [await d.waiting(one) for one in (north.id, south.id, "E0ORG123", d.slack.workspace.id)]
        await d.token(d.slack.workspace.id)
        body = {
            "team_id": south.id,
            "event": {"type": "app_uninstalled"},
            "authorizations": [{"enterprise_id": "E0ORG123", "team_id": None}],
        }
        await d.registry.removed(body)
        assert sorted(await d.keys()) == ["E0ORG123", d.slack.workspace.id], "Slack says that the token works"
        north.installed = False
        await d.registry.removed(body)
        assert await d.keys() == [d.slack.workspace.id]
        assert [await d.ended(one) for one in waiting] == [True, True, True, False]
        assert await d.token(d.slack.workspace.id) == d.slack.workspace.token


@pytest.mark.parametrize(
    ("event", "asked"),
    [
        ({"type": "app_uninstalled"}, True),
        ({"type": "tokens_revoked", "tokens": {"bot": ["UB"]}}, True),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, False),
    ],
)
@pytest.mark.parametrize("error", ["", "invalid_auth", "token_revoked", "internal_error"])
async def test_a_removal_is_asked_about_and_taken_for_true_only_then(home: Path, event: dict[str, Any], asked: bool, error: str) -> None:
    async with desk(home) as d:
        studio = d.slack.workspace
        await d.installation(studio)
        if error:
            d.slack.faults.refuse("auth.test", error)
        removal = d.registry.removed({"event": event, "team_id": studio.id})
        if asked and error == "internal_error":
            with pytest.raises(SlackApiError):
                await removal
        else:
            await removal
        assert d.asked() == asked
        assert await d.keys() == ([] if asked and error in ("invalid_auth", "token_revoked") else [studio.id])
        await d.registry.removed({"event": event, "team_id": "T0NOBODY"})


@pytest.mark.parametrize(("error", "stays"), [("", True), ("account_inactive", False), ("invalid_auth", True), ("internal_error", True)])
async def test_a_workspace_that_rejects_the_bot_is_looked_at_once_a_minute(home: Path, error: str, stays: bool) -> None:
    async with desk(home) as d:
        studio = d.slack.workspace
        await d.installation(studio)
        await d.registry.verify_soon(studio.id)
        assert d.asked() == 0, "it isn't open"
        await d.token(studio.id)
        await d.tasks.drain(5.0)
        if error:
            d.slack.faults.refuse("auth.test", error)
        for seconds, calls in ((0.0, 2), (VERIFY_EVERY - 1, 2), (1.0, 3 if stays else 2)):
            d.clock.at += seconds
            await d.registry.verify_soon(studio.id)
            assert d.asked() == calls
        assert await d.keys() == ([studio.id] if stays else [])


@pytest.mark.parametrize("gone", [False, True])
async def test_a_rejected_token_that_was_replaced_meanwhile_is_not_asked_about(home: Path, gone: bool) -> None:
    async with desk(home) as d:
        studio = d.slack.workspace
        await d.installation(studio)
        found = await d.registry.of_community(studio.id)
        assert found is not None
        await d.tasks.drain(5.0)
        if gone:
            await d.installations.vault.forget(INSTALLATION, studio.id)
        else:
            await d.installation(studio, bot_token="xoxb-new")
        await d.registry.verify_soon(studio.id)
        assert d.asked() == 1
        assert (found.wire.online, found.token) == ((False, studio.token) if gone else (True, "xoxb-new"))


def test_who_the_bot_is_as_far_as_an_installation_says() -> None:
    whole = Installation(
        user_id="U1", team_id="T1", team_name="Club", bot_user_id="UB1", bot_id="B1", bot_scopes=["chat:write"], enterprise_id="E1"
    )
    assert identity_of("T1", whole) == Identity("T1", "Club", "UB1", "B1", "imagine", frozenset({"chat:write"}), enterprise="E1")
    assert identity_of("T1", Installation(user_id="U1")) == Identity("T1", "T1", "", "", "imagine", None)


async def test_messages_and_questions_go_to_the_workspace_they_are_for(home: Path) -> None:
    async with desk(home) as d:
        studio, channel = d.slack.workspace, d.slack.channel
        chat, moderators = RoutedChat(d.registry, d.tasks, d.clock.monotonic), RoutedModerators(d.registry)
        message = Message("m1", "request:r1", Audience.CHANNEL, Place("slack", studio.id, channel.id), None)
        assert await chat.send(message, View("Hello", final=True)) == Refused(RefusedWhy.FORBIDDEN, "not_installed")
        assert not await moderators.is_moderator(d.slack.mona.id, studio.id)
        assert not await moderators.is_administrator(d.slack.mona.id, studio.id)
        assert await moderators.list_moderators(studio.id) is None
        d.slack.world.groups["S0ARTISTS"] = {d.slack.mona.id}
        assert not await moderators.holds_role(d.slack.mona.id, studio.id, "S0ARTISTS")
        assert await chat.language_at(message.place) == ""
        await d.installation(studio)
        assert isinstance(await chat.send(message, View("Hello", final=True)), Sent)
        workspace = await d.registry.of_community(studio.id)
        assert workspace is not None
        assert await workspace.moderators.channel_of(studio.id) is None, "nobody chose one"
        chosen = {"moderators_channel": d.slack.mods.id}
        await d.world.bot.ledger.write(lambda tx: settings_rows.replace(tx, "slack", studio.id, chosen, "U1"))
        d.slack.mona.is_admin = True
        assert await moderators.list_moderators(studio.id) == {d.slack.mona.id, d.slack.max.id}
        for person, yes in ((d.slack.mona.id, True), (d.slack.ada.id, False)):
            assert await moderators.is_moderator(person, studio.id) is yes
            assert await moderators.is_administrator(person, studio.id) is yes
            assert await moderators.holds_role(person, studio.id, "S0ARTISTS") is yes
        channel.locale = "pt-BR"
        assert await chat.language_at(message.place) == "pt-BR"
        wrong = Installations(Vault(d.world.bot.ledger, [Fernet.generate_key().decode()]))
        d.installations, kept = wrong, d.installations
        unread = d.opened()
        closed, nobody = RoutedChat(unread, d.tasks, d.clock.monotonic), RoutedModerators(unread)
        assert await closed.send(message, View("Hello")) == Later(NO_KEY)
        assert await closed.language_at(message.place) == ""
        who = (d.slack.mona.id, studio.id)
        assert not await nobody.is_moderator(*who)
        assert not await nobody.is_administrator(*who)
        assert not await nobody.holds_role(*who, "S0ARTISTS")
        assert await nobody.list_moderators(studio.id) is None
        d.installations = kept
        offline = RoutedChat(d.opened(online=False), d.tasks, d.clock.monotonic)
        assert await offline.send(message, View("Hello")) == Later(NOT_CONNECTED)
