"""A member's permissions in a channel, as Discord documents it: roles, then everybody's, the roles' and the member's overwrites."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from adapters.discord import checks
from bot.texts import text
from bot.texts.phrases import listed

GUILD, BOT, ROLE, OTHER = "1", 7, "20", "30"
VIEW, SEND, FILES, ADMIN = 1 << 10, 1 << 11, 1 << 15, 1 << 3


@dataclass
class Answers:
    """What Discord says."""

    roles: list[Any] = field(default_factory=lambda: [ROLE])
    powers: dict[str, int] = field(default_factory=lambda: {GUILD: VIEW, ROLE: SEND, OTHER: ADMIN})
    owner: str = "99"
    overwrites: list[dict[str, Any]] | None = field(default_factory=list)
    guild: str | None = GUILD
    fails: Exception | None = None
    member_fails: Exception | None = None

    async def get_channel(self, channel: int) -> dict[str, Any]:
        if self.fails is not None:
            raise self.fails
        return {"id": str(channel), "guild_id": self.guild, "permission_overwrites": self.overwrites}

    async def get_member(self, guild: int, person: int) -> dict[str, Any]:
        if self.member_fails is not None:
            raise self.member_fails
        assert (guild, person) == (int(GUILD), BOT)
        return {"roles": self.roles}

    async def get_guild(self, guild: int, *, with_counts: bool) -> dict[str, Any]:
        assert guild == int(GUILD)
        return {"owner_id": self.owner, "roles": [{"id": one, "permissions": str(power)} for one, power in self.powers.items()]}


def over(who: str, *, allow: int = 0, deny: int = 0) -> dict[str, Any]:
    return {"id": who, "allow": str(allow), "deny": str(deny)}


async def rights(answers: Answers) -> int:
    channel = await answers.get_channel(5)
    return (await checks.rights_in(answers, GUILD, channel, BOT)).value


async def test_their_roles_count_and_no_other() -> None:
    assert await rights(Answers()) == VIEW | SEND
    assert await rights(Answers(roles=[])) == VIEW
    assert await rights(Answers(overwrites=None)) == VIEW | SEND


async def test_owners_and_administrators_may_everything() -> None:
    assert await rights(Answers(owner=str(BOT))) == discord.Permissions.all().value
    assert await rights(Answers(roles=[OTHER], overwrites=[over(GUILD, deny=VIEW)])) == discord.Permissions.all().value


@pytest.mark.parametrize(
    ("overwrites", "expected"),
    [
        ([over(GUILD, deny=VIEW | SEND)], 0),
        ([over(GUILD, deny=VIEW), over(ROLE, allow=VIEW)], VIEW | SEND),
        ([over(ROLE, deny=SEND), over(GUILD, allow=SEND)], VIEW),
        ([over(str(BOT), deny=SEND), over(ROLE, allow=SEND | FILES)], VIEW | FILES),
        ([over(str(BOT), allow=FILES), over(ROLE, deny=FILES)], VIEW | SEND | FILES),
        ([over(ROLE, allow=FILES, deny=FILES)], VIEW | SEND | FILES),
        ([over(OTHER, allow=FILES, deny=VIEW)], VIEW | SEND),
    ],
)
async def test_later_overwrites_win_and_an_allowed_one_beats_a_denied_one_of_its_kind(
    overwrites: list[dict[str, Any]], expected: int
) -> None:
    assert await rights(Answers(overwrites=overwrites)) == expected


async def test_among_roles_any_that_allows_wins() -> None:
    both = Answers(roles=[ROLE, "40"], powers={GUILD: VIEW, ROLE: 0, "40": 0})
    both.overwrites = [over(ROLE, allow=SEND), over("40", deny=SEND)]
    assert await rights(both) == VIEW | SEND
    both.overwrites = [over(ROLE, deny=SEND), over("40", allow=SEND)]
    assert await rights(both) == VIEW | SEND


def response(status: int) -> Any:
    return SimpleNamespace(status=status, reason="")


async def found(answers: Answers) -> checks.ChannelFound:
    return await checks.channel(answers, "NAME", "5", BOT)


async def test_a_channel_that_can_be_read_and_written_is_in_order() -> None:
    assert await found(Answers()) == checks.ChannelFound(community=GUILD)


async def test_missing_permissions_are_named_and_do_not_keep_the_bot_from_starting() -> None:
    for powers, names in (
        ({GUILD: VIEW}, ["send_messages"]),
        ({GUILD: SEND}, ["view_channel"]),
        ({GUILD: 0}, ["view_channel", "send_messages"]),
    ):
        missing = listed([text(f"discord.permission.{one}") for one in names])
        sentence = text("discord.setup.channel_permissions", name="NAME", channel="5", missing=missing)
        assert await found(Answers(roles=[], powers=powers)) == checks.ChannelFound(warning=sentence, community=GUILD)


async def test_channels_that_are_not_there_say_why() -> None:
    unknown = discord.NotFound(response(404), {"code": 10003, "message": ""})
    assert (await found(Answers(fails=unknown))).problem == text("discord.setup.channel_unknown", name="NAME", channel="5")
    forbidden = discord.Forbidden(response(403), {"code": 50001, "message": ""})
    assert (await found(Answers(fails=forbidden))).problem == text("discord.setup.channel_forbidden", name="NAME", channel="5")
    assert (await found(Answers(guild=None))).problem == text("discord.setup.channel_not_in_server", name="NAME", channel="5")


async def test_somebody_elses_404_is_no_word_about_the_channel() -> None:
    with pytest.raises(discord.NotFound):
        await found(Answers(fails=discord.NotFound(response(404), {"code": 0, "message": "<html>"})))


async def test_permissions_that_cannot_be_found_out_are_no_complaint() -> None:
    for trouble in (KeyError(), TypeError(), ValueError(), discord.HTTPException(response(500), "")):
        assert await found(Answers(member_fails=trouble)) == checks.ChannelFound(community=GUILD)
