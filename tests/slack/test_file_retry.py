"""Files that Slack does not show in messages are tried again in time, and not for ever."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.slack import delivery
from adapters.slack.delivery import CACHE_SIZE, GIVEN_UP_FOR, FileRetry
from tests.slack.stage import stage

PAUSES = (0.5, 1.0)


def test_a_message_is_tried_after_every_pause_and_then_given_up_for_a_while() -> None:
    file_retry = FileRetry()
    assert [file_retry.refused(0.0, "m1", PAUSES) for _ in range(3)] == [0.5, 1.0, None]
    assert file_retry.given_up(1.0, "m1")
    assert not file_retry.given_up(1.0, "m2")
    assert not file_retry.given_up(GIVEN_UP_FOR + 1.0, "m1")
    assert file_retry.refused(GIVEN_UP_FOR + 1.0, "m1", PAUSES) == 0.5


def test_one_bad_file_costs_others_nothing_and_two_in_a_row_do() -> None:
    file_retry = FileRetry()
    for _ in range(3):
        file_retry.refused(0.0, "m1", PAUSES)
    assert file_retry.refused(0.0, "m2", PAUSES) == 0.5
    for _ in range(2):
        file_retry.refused(0.0, "m2", PAUSES)
    assert file_retry.refused(0.0, "m3", PAUSES) is None
    file_retry.shown("m4")
    assert file_retry.refused(0.0, "m5", PAUSES) == 0.5


def test_what_is_remembered_has_an_end() -> None:
    file_retry = FileRetry()
    for number in range(CACHE_SIZE + 50):
        file_retry.refused(0.0, f"m{number}", PAUSES)
    assert file_retry.refused(0.0, "m0", PAUSES) == 0.5
    assert file_retry.refused(0.0, f"m{CACHE_SIZE + 49}", PAUSES) == 1.0


async def test_a_workspace_that_shows_no_files_is_believed_after_two_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FILE_PAUSES", (0.05, 0.1))
    async with stage(tmp_path) as s:
        s.slack.world.hidden_files = True
        tries: list[int] = []
        for number in range(3):
            before = len(s.slack.api.calls)
            await s.imagine(f"a bicycle, number {number}")
            await s.until(lambda: len([one for one in s.messages() if one.pictures]) > len(tries), what="the share")
            await s.settled()
            tries.append(sum('"slack_file"' in json.dumps(one.args.get("blocks") or []) for one in s.slack.api.calls[before:]))
        assert tries == [3, 3, 1]
