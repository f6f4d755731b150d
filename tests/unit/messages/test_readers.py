"""Which language a message is in: its only reader's, or the community's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.chat.port import Message
from bot.chat.views import Audience
from bot.domain.requests import Place
from bot.ledger import settings_rows
from bot.ledger.store import Ledger
from bot.messages.readers import Reader, Readers, language_for_audience

HANDLE = {"token": "t", "language": "zh-Hans", "community_language": "zh-Hant"}


def message(audience: Audience, reply: Mapping[str, str]) -> Message:
    return Message("m", "request:r", audience, Place("discord", "g", "c", None, reply), "p")


@pytest.mark.parametrize(
    ("audience", "reply", "fixed", "expected"),
    [
        (Audience.MEMBER, HANDLE, None, "zh-Hans"),
        (Audience.MEMBER, HANDLE, "zh-Hant", "zh-Hans"),
        (Audience.MEMBER, {"token": "t"}, "zh-Hant", "en"),
        (Audience.MEMBER, {}, "zh-Hant", "zh-Hant"),
        (Audience.CHANNEL, HANDLE, None, "zh-Hant"),
        (Audience.CHANNEL, HANDLE, "zh-Hans", "zh-Hans"),
        (Audience.CHANNEL, HANDLE, "no-such", "zh-Hant"),
        (Audience.CHANNEL, {}, None, None),
        (Audience.CHANNEL, {"direct": "1", "language": "de"}, "zh-Hant", "de"),
        (Audience.MODERATORS, {}, "zh-Hans", "zh-Hans"),
        (Audience.MODERATORS, {}, None, None),
        (Audience.OPERATORS, {}, None, None),
    ],
)
async def test_a_private_message_is_its_readers_and_a_shared_one_the_communitys(
    tmp_path: Path, audience: Audience, reply: dict[str, str], fixed: str | None, expected: str | None
) -> None:
    ledger = await Ledger.open(tmp_path, lambda: 0.0, lambda: "a" * 16)
    if fixed is not None:
        await ledger.write(lambda tx: settings_rows.replace(tx, "discord", "g", {"language": fixed}, "admin"))
    found = await ledger.read(lambda c: Readers().of(c, message(audience, reply)))
    await ledger.close()
    assert found.language == expected


@pytest.mark.parametrize(
    ("audience", "reply", "chosen", "expected"),
    [
        (Audience.CHANNEL, {"zone": "Asia/Tokyo"}, None, "Europe/Berlin"),
        (Audience.CHANNEL, {"zone": "Asia/Tokyo"}, "America/Lima", "America/Lima"),
        (Audience.MODERATORS, {}, "America/Lima", "America/Lima"),
        (Audience.MEMBER, {"zone": "Asia/Tokyo"}, "America/Lima", "Asia/Tokyo"),
        (Audience.MEMBER, {"token": "t"}, "America/Lima", "America/Lima"),
        (Audience.MEMBER, {}, None, "Europe/Berlin"),
    ],
)
async def test_times_are_the_readers_then_the_communitys_then_the_operators(
    tmp_path: Path, audience: Audience, reply: dict[str, str], chosen: str | None, expected: str
) -> None:
    ledger = await Ledger.open(tmp_path, lambda: 0.0, lambda: "a" * 16)
    if chosen is not None:
        await ledger.write(lambda tx: settings_rows.replace(tx, "discord", "g", {"zone": chosen}, "admin"))
    found = await ledger.read(lambda c: Readers("Europe/Berlin").of(c, message(audience, reply)))
    await ledger.close()
    assert found == Reader(found.language, expected)


def test_operators_read_a_language_only_if_their_notices_are_in_it() -> None:
    assert language_for_audience(message(Audience.OPERATORS, {}), "de") == "en"
    assert language_for_audience(message(Audience.MODERATORS, {}), "de") == "de"
