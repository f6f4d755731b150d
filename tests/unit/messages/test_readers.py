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
from bot.messages.readers import language_of

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
        (Audience.CHANNEL, {}, None, "en"),
        (Audience.MODERATORS, {}, "zh-Hans", "zh-Hans"),
        (Audience.OPERATORS, {}, None, "en"),
    ],
)
async def test_a_private_message_is_its_readers_and_a_shared_one_the_communitys(
    tmp_path: Path, audience: Audience, reply: dict[str, str], fixed: str | None, expected: str
) -> None:
    ledger = await Ledger.open(tmp_path, lambda: 0.0, lambda: "a" * 16)
    if fixed is not None:
        await ledger.write(lambda tx: settings_rows.replace(tx, "discord", "g", {"language": fixed}, "admin"))
    found = await ledger.read(lambda c: language_of(c, message(audience, reply)))
    await ledger.close()
    assert found == expected
