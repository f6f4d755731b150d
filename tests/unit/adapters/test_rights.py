"""Who is a moderator or an administrator, by what each platform says: every answer that is not a plain yes is a no.

The platforms' clients are tested against stand-ins elsewhere; here is the decision alone, fast enough for a mutation run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from slack_sdk.errors import SlackApiError

from adapters.discord.moderators import Clicks, DiscordModerators, Rights
from adapters.discord.wire import Session
from adapters.slack import moderators as slack
from adapters.slack.wire import Who
from adapters.web.people import CHANNELS, PEOPLE, WebModerators, may_read, persona
from bot.ports import SystemPorts

# ---- Slack -------------------------------------------------------------------------------------------------------------------


def error(code: str) -> SlackApiError:
    return SlackApiError(code, {"ok": False, "error": code})


@dataclass
class Roll:
    """What Slack says."""

    inside: dict[str, set[str]] = field(default_factory=lambda: {"G1": {"U1", "U2", "BOT"}})
    public: set[str] = field(default_factory=set)
    people: dict[str, Who] = field(default_factory=dict)
    kind_fails: Exception | None = None
    fails: Exception | None = None
    asked: list[str] = field(default_factory=list)
    hang: bool = False

    async def members(self, channel: str) -> frozenset[str]:
        self.asked.append(channel)
        if self.hang:
            await asyncio.sleep(60)
        if self.fails is not None:
            raise self.fails
        return frozenset(self.inside[channel])

    async def group(self, group: str) -> frozenset[str]:
        return await self.members(group)

    async def is_public(self, channel: str) -> bool:
        if self.kind_fails is not None:
            raise self.kind_fails
        return channel in self.public

    async def who(self, person: str) -> Who:
        self.asked.append(person)
        if self.fails is not None:
            raise self.fails
        return self.people[person]


class Ports(SystemPorts):
    """A clock that the test moves."""

    at = 1000.0

    def monotonic(self) -> float:
        return self.at


def moderators(roll: Roll, channels: dict[str, str] | None = None) -> tuple[slack.SlackModerators, Ports]:
    ports = Ports()
    made = slack.SlackModerators(roll, ports)
    made.bot = "BOT"

    async def channel_of(community: str) -> str | None:
        return ({"T1": "G1"} if channels is None else channels).get(community)

    made.channel_of = channel_of
    return made, ports


async def test_slack_whoever_is_in_the_moderators_channel_of_that_workspace_is_one() -> None:
    asked, _ = moderators(Roll())
    assert [await asked.is_moderator(who, "T1") for who in ("U1", "U2", "U3", "BOT", "")] == [True, True, False, False, False]
    assert not await asked.is_moderator("U1", "T2")
    assert await asked.list_moderators("T1") == {"U1", "U2"}
    assert await asked.list_moderators("T2") is None


async def test_slack_without_a_channel_and_before_the_core_is_there_nobody_is() -> None:
    asked, _ = moderators(Roll(), {"T1": ""})
    assert not await asked.is_moderator("U1", "T1")
    unwired = slack.SlackModerators(Roll(), Ports())
    assert not await unwired.is_moderator("U1", "T1")
    assert await unwired.list_moderators("T1") is None


async def test_slack_a_user_group_is_a_role_of_those_in_it_and_of_nobody_if_slack_does_not_say() -> None:
    roll = Roll(inside={"S0ART": {"U1"}})
    asked, ports = moderators(roll)
    held = [await asked.holds_role(*one) for one in (("U1", "T1", "S0ART"), ("U2", "T1", "S0ART"), ("", "T1", "S0ART"), ("U1", "T1", "U1"))]
    assert held == [True, False, False, False]
    assert roll.asked == ["S0ART"]
    ports.at += slack.RIGHTS_LIFE
    roll.fails = error("missing_scope")
    assert not await asked.holds_role("U1", "T1", "S0ART")


async def test_slack_a_public_channel_makes_no_moderators() -> None:
    asked, _ = moderators(Roll(public={"G1"}))
    assert await asked.list_moderators("T1") == frozenset()
    assert not await asked.is_moderator("U1", "T1")


@pytest.mark.parametrize(
    ("code", "counts"),
    [("missing_scope", True), ("channel_not_found", True), ("ratelimited", False), ("invalid_auth", False), ("internal_error", False)],
)
async def test_slack_when_the_kind_of_channel_is_not_known_its_members_count_and_a_momentary_error_closes(code: str, counts: bool) -> None:
    asked, _ = moderators(Roll(kind_fails=error(code)))
    assert await asked.is_moderator("U1", "T1") is counts


@pytest.mark.parametrize("kind_fails", [RuntimeError("a bug of ours"), ConnectionError()])
async def test_slack_what_nobody_understands_closes(kind_fails: Exception) -> None:
    asked, _ = moderators(Roll(kind_fails=kind_fails))
    assert not await asked.is_moderator("U1", "T1")
    assert await asked.list_moderators("T1") is None


async def test_slack_who_left_decides_nothing_after_45_seconds() -> None:
    roll = Roll()
    asked, ports = moderators(roll)
    assert await asked.is_moderator("U2", "T1")
    roll.inside["G1"].discard("U2")
    ports.at += 44.9
    assert await asked.is_moderator("U2", "T1")
    ports.at += 0.2
    assert not await asked.is_moderator("U2", "T1")
    roll.fails = error("ratelimited")
    ports.at += 45.1
    assert not await asked.is_moderator("U1", "T1")


async def test_slack_silence_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack, "WITHIN", 0.05)
    asked, _ = moderators(Roll(hang=True))
    async with asyncio.timeout(10):
        assert not await asked.is_moderator("U1", "T1")


@pytest.mark.parametrize(
    ("who", "yes"),
    [
        (Who("A", "T1", True), True),
        (Who("A", "", True), True),
        (Who("A", "T2", True), False),
        (Who("A", "T1", False), False),
        (Who("A", "T2", False), False),
    ],
)
async def test_slack_administrators_are_those_of_that_workspace(who: Who, yes: bool) -> None:
    roll = Roll(people={"U1": who})
    asked, _ = moderators(roll)
    assert await asked.is_administrator("U1", "T1") is yes
    assert not await asked.is_administrator("", "T1")
    assert roll.asked == ["U1"]
    roll.fails = error("ratelimited")
    fresh, _ = moderators(roll)
    assert not await fresh.is_administrator("U1", "T1")


async def test_slack_names_are_words_and_give_no_rights() -> None:
    roll = Roll(people={"U9": Who("Z" * 100, "T1", False)})
    asked, _ = moderators(roll)
    assert await asked.name_of("U9", 1.0) == "Z" * 80
    assert await asked.name_of("", 1.0) == ""
    assert roll.asked == ["U9"]
    assert await asked.name_of("U8", 1.0) == ""


async def test_slack_who_somebody_is_may_be_an_older_answer_when_slack_is_silent() -> None:
    known, newer = Who("Ana", "T1", False), Who("Anna", "T1", False)
    roll = Roll(people={"U1": known})
    asked, ports = moderators(roll)
    roll.fails = error("ratelimited")
    assert await asked.who_is("U1", 1.0) is None
    roll.fails = None
    assert await asked.who_is("U1", 1.0) == known
    ports.at += slack.NAMES_LIFE
    roll.fails = error("ratelimited")
    assert await asked.who_is("U1", 1.0) == known
    roll.fails, roll.people["U1"] = None, newer
    assert await asked.who_is("U1", 1.0) == newer


# ---- Discord -----------------------------------------------------------------------------------------------------------------

MANAGE_MESSAGES, MANAGE_GUILD, ADMINISTRATOR = (
    discord.Permissions(**{name: True}).value for name in ("manage_messages", "manage_guild", "administrator")
)


@dataclass
class Http:
    """What Discord's API says about member 7 of server 5."""

    roles: list[str] = field(default_factory=list)
    rights: dict[str, int] = field(default_factory=dict)
    """By role; role 5 is everybody's."""
    owner: str = "1"
    fails: Callable[[], BaseException] | None = None

    async def get_member(self, guild: int, person: int) -> dict[str, Any]:
        if self.fails is not None:
            raise self.fails()
        if (guild, person) != (5, 7):
            raise discord.NotFound(SimpleNamespace(status=404, reason="", headers={}), "unknown")  # type: ignore[arg-type]
        return {"roles": self.roles}

    async def get_guild(self, guild: int, *, with_counts: bool) -> dict[str, Any]:
        return {"owner_id": self.owner, "roles": [{"id": role, "permissions": str(value)} for role, value in self.rights.items()]}


def server(http: Http | None) -> DiscordModerators:
    session = Session()
    if http is not None:
        session.opened(SimpleNamespace(http=http))  # type: ignore[arg-type]
    return DiscordModerators(session)


async def test_somebody_is_a_member_only_if_discord_says_so() -> None:
    asked = server(Http())
    assert [await asked.is_member(*one) for one in (("7", "5"), ("8", "5"), ("7", "6"), ("7", "dm:7"), ("", "5"))] == [
        *(True, False, False, False, False)
    ]
    assert not await server(Http(fails=lambda: TimeoutError())).is_member("7", "5")
    assert not await server(None).is_member("7", "5")


async def answers(asked: DiscordModerators, person: str = "7", guild: str = "5") -> tuple[bool, bool, bool]:
    return (
        await asked.is_moderator(person, guild),
        await asked.is_administrator(person, guild),
        await asked.holds_role(person, guild, "30"),
    )


@pytest.mark.parametrize(
    ("http", "expected"),
    [
        (Http(), (False, False, False)),
        (Http(rights={"5": MANAGE_MESSAGES}), (True, False, False)),
        (Http(rights={"30": MANAGE_MESSAGES}), (False, False, False)),
        (Http(["30"], {"30": MANAGE_MESSAGES}), (True, False, True)),
        (Http(["30", "31"], {"30": MANAGE_MESSAGES, "31": MANAGE_GUILD}), (True, True, True)),
        (Http(["31"], {"31": MANAGE_GUILD}), (False, True, False)),
        (Http(["31"], {"31": ADMINISTRATOR}), (True, True, False)),
        (Http(owner="7"), (True, True, False)),
        (Http(["30"], {"5": 0, "30": 0}), (False, False, True)),
        (Http(rights={"5": MANAGE_GUILD}, fails=lambda: TimeoutError()), (False, False, False)),
        (Http(rights={"5": ADMINISTRATOR}, fails=lambda: ConnectionResetError()), (False, False, False)),
        (Http(rights={"5": ADMINISTRATOR}, fails=lambda: KeyError("roles")), (False, False, False)),
    ],
)
async def test_discord_rights_are_those_of_the_roles_that_the_member_has(http: Http, expected: tuple[bool, bool, bool]) -> None:
    assert await answers(server(http)) == expected


@pytest.mark.parametrize(
    ("person", "guild"), [("8", "5"), ("7", "6"), ("x", "5"), ("7", "dm:7"), ("", "5"), ("7", ""), ("٧", "5"), ("7", "٥")]
)
async def test_discord_whom_the_server_does_not_know_is_nobody(person: str, guild: str) -> None:
    assert await answers(server(Http(rights={"5": ADMINISTRATOR})), person, guild) == (False, False, False)


async def test_discord_without_a_connection_nobody_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.discord.moderators.WITHIN", 0.05)
    assert await answers(server(None)) == (False, False, False)


def click(permissions: int, roles: list[int], guild: int | None = 5, *, member: bool = True) -> Any:
    user = discord.Member.__new__(discord.Member) if member else SimpleNamespace(id=7)
    if member:
        user._user = SimpleNamespace(id=7)  # type: ignore[union-attr,assignment]
        user._roles = discord.utils.SnowflakeList(sorted(roles))  # type: ignore[union-attr]
    return SimpleNamespace(guild_id=guild, user=user, permissions=discord.Permissions(permissions))


async def test_discord_a_click_speaks_for_its_own_person_in_its_own_server_and_while_it_lasts() -> None:
    asked, clicks = server(Http()), Clicks()
    with clicks.of(click(MANAGE_MESSAGES, [30])):
        assert await answers(asked) == (True, False, True)
        assert await answers(asked, "8") == (False, False, False)
        assert await answers(asked, "7", "6") == (False, False, False)
    assert await answers(asked) == (False, False, False)


@pytest.mark.parametrize("interaction", [click(ADMINISTRATOR, [30], None), click(ADMINISTRATOR, [30], member=False)])
async def test_discord_a_click_in_a_direct_message_speaks_for_nobody(interaction: Any) -> None:
    with Clicks().of(interaction):
        assert await answers(server(Http())) == (False, False, False)


def test_discord_what_the_rights_mean() -> None:
    def rights(*names: str) -> Rights:
        return Rights(discord.Permissions(**dict.fromkeys(names, True)), frozenset())

    assert [rights(name).moderates() for name in ("administrator", "manage_messages", "manage_guild", "ban_members")] == [
        True,
        True,
        False,
        False,
    ]
    assert [rights(name).administers() for name in ("administrator", "manage_guild", "manage_messages", "manage_roles")] == [
        True,
        True,
        False,
        False,
    ]


# ---- the web chat ------------------------------------------------------------------------------------------------------------


async def test_web_each_of_the_five_is_what_their_label_says_in_their_own_community_only() -> None:
    asked = WebModerators()
    assert [one for one in PEOPLE if await asked.is_moderator(one, "local")] == ["mia", "noor"]
    assert [one for one in PEOPLE if await asked.is_administrator(one, "local")] == ["olu"]
    for who in (*PEOPLE, "", "stranger"):
        for community in ("", "dm:mia", "elsewhere"):
            assert not await asked.is_moderator(who, community)
            assert not await asked.is_administrator(who, community)
    assert not await asked.is_moderator("stranger", "local")
    assert not await asked.is_administrator("stranger", "local")


def test_web_a_stranger_is_the_first_member() -> None:
    assert [persona(one).id for one in ("mia", "olu", "stranger", "", None)] == ["mia", "olu", "ana", "ana", "ana"]


def test_web_who_may_read_where() -> None:
    seen = {channel: [name for name, one in PEOPLE.items() if may_read(one, channel)] for channel in CHANNELS}
    assert seen == {"imagine": list(PEOPLE), "moderators": ["mia", "noor"], "operators": ["olu"]}
    assert not any(may_read(one, "elsewhere") for one in PEOPLE.values())
