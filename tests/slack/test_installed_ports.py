"""What Slack can do with one workspace, it can do with many: languages, clocks, user groups, and each optional part of the ports."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from adapters.slack import moderators, plugin
from bot import adapter as adapter_ports
from bot.adapter import Adapter
from bot.chat import port as chat_ports
from bot.compose import context
from bot.ledger import settings_rows
from bot.moderation.access import AccessCheck
from bot.providers.pictures import PictureStore
from bot.texts import say, text
from tests.slack.installed_stage import installed
from tests.slack.standin import text as reading
from tests.slack.test_attachments import agreed, photo
from tests.slack.test_installed_setup import GOOD
from tests.slack.test_tiers import write
from tests.world import BLOCK, bad, world

OPTIONAL = {
    name: protocol
    for ports in (chat_ports, adapter_ports)
    for name, protocol in vars(ports).items()
    if getattr(protocol, "_is_runtime_protocol", False)
}


def offered(found: Adapter) -> dict[str, set[str]]:
    """The optional protocols that each part of an adapter implements."""
    parts: dict[str, object] = {"adapter": found, "chat": found.chat, "moderators": found.moderators}
    return {part: {name for name, protocol in OPTIONAL.items() if isinstance(one, protocol)} for part, one in parts.items()}


async def test_many_workspaces_are_offered_every_optional_part_of_the_ports_that_one_is(tmp_path: Path) -> None:
    one_workspace = {"SLACK_BOT_TOKEN": "xoxb-1234567890-abcdef", "SLACK_APP_TOKEN": GOOD["SLACK_APP_TOKEN"]}
    async with world(tmp_path, pictures=PictureStore(tmp_path)) as w:
        known = context(w.bot, tmp_path, demo=False, keys=[Fernet.generate_key().decode()])
        one, many = plugin.build(one_workspace, known), plugin.build(GOOD, known)
    assert type(one) is not type(many)
    assert {"OwnClocks", "StatesLanguage"} <= offered(one)["chat"]
    assert offered(many) == offered(one)


async def test_each_workspaces_channels_read_their_own_language(tmp_path: Path) -> None:
    async with installed(tmp_path) as s:
        studio, press, _ = s.sites
        for site, locale in ((studio, "de-DE"), (press, "ja-JP")):
            await s.install(site)
            site.channel.locale = locale
        for site, language in ((studio, "de"), (press, "ja")):
            await s.imagine("a boat", site.person, site.channel)
            await s.message(say(text("request.done_one"), language), site.channel, site.person)
            (asked,) = s.slack.calls("conversations.info", channel=site.channel.id, include_locale="1")
            assert asked.token == site.workspace.token


async def test_times_in_a_shared_message_are_on_each_readers_own_clock(tmp_path: Path) -> None:
    async with installed(tmp_path) as s:
        (studio, *_) = s.sites
        await s.install(studio)
        assert s.bot is not None
        chosen = {"moderators_channel": s.slack.mods.id}
        await s.bot.ledger.write(lambda tx: settings_rows.replace(tx, "slack", studio.workspace.id, chosen, "U1"))
        s.service.script.append(bad(BLOCK))
        await s.imagine("something terrible")
        await s.until(lambda: [one for one in s.messages(s.slack.mods, s.slack.mona) if one.buttons], what="a card")
        (card,) = [one for one in s.messages(s.slack.mods, s.slack.mona) if one.buttons]
        assert any(reading.DATE.search(words) for one in reading.walk(card.blocks) if isinstance(words := one.get("text"), str))


async def test_a_user_group_gives_its_tier_and_its_rights_in_its_own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moderators, "RIGHTS_LIFE", 0.0)
    async with installed(tmp_path) as s:
        studio, press, _ = s.sites
        for site in (studio, press):
            await s.install(site)
        owner = s.slack.world.user("Olu", s.workspace, is_admin=True)
        ben = s.slack.world.user("Ben", s.workspace)
        s.channel.members.extend([owner.id, ben.id])
        s.slack.world.groups["S0ARTISTS"] = {ben.id}
        await write(s, owner, "Everyone", "Budget per day: 0", "")
        await write(s, owner, "Artists", "Budget per day: 0.90", "S0ARTISTS")
        await s.imagine("a red bicycle")
        await s.message("Pictures are switched off for members here")
        await s.imagine("a blue bicycle", ben)
        await s.picture(s.channel, ben)
        assert {one.token for one in s.slack.calls("usergroups.users.list")} == {studio.workspace.token}
        assert s.bot is not None
        named = {"moderators": ["S0ARTISTS"]}
        await s.bot.ledger.write(lambda tx: settings_rows.replace(tx, "slack", press.workspace.id, named, "U1"))
        s.slack.world.groups["S0ARTISTS"] = {press.person.id}
        access = AccessCheck(s.bot.moderation.check, s.bot.ledger)
        for person, yes in ((press.person, True), (ben, False)):
            assert bool(await access.of("slack", press.workspace.id, person.id)) is yes
        assert s.slack.calls("usergroups.users.list")[-1].token == press.workspace.token


async def test_a_file_is_opened_with_the_token_of_its_own_workspace(tmp_path: Path) -> None:
    async with installed(tmp_path) as s:
        for site in s.sites[:2]:
            await s.install(site)
        press = s.sites[1]
        await s.slack.people.mention(press.person, press.channel, "in snow", files=[photo(s, user=press.person)])
        await agreed(s, press.person)
        await s.picture(press.channel, press.person)
        assert [one["authorization"] for one in s.slack.files.downloads] == [f"Bearer {press.workspace.token}"]
        event = await s.slack.people.slash(press.person, press.channel, "/imagine-batch", "")
        await s.form(event)
        topics = s.slack.files.upload(press.person, "covers.csv", b"topic\na harbour\na bridge\n")
        await s.slack.acked(await s.slack.people.submit(event, topics_file=[topics]))
        assert "covers.csv" in (await s.message("waiting for your start", press.channel, press.person)).text
