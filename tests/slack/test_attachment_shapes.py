"""Attachments in payloads of any shape: read without trusting it, and never with an exception."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.kit.payload import parsed_words
from adapters.slack import attachments
from adapters.slack.callers import Caller, metadata

NAMES = ("id", "name", "size", "mimetype", "mode", "files", "attachments", "blocks", "type", "slack_file", "user", "ts", "bot_id", "title")
LEAVES = st.none() | st.booleans() | st.integers() | st.sampled_from(["", "F1", "image/png", "image", "tombstone", "U1", "1.0"])
SHAPES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6))


@settings(max_examples=150, deadline=None)
@given(SHAPES, SHAPES)
def test_any_payload_is_read_and_what_is_found_survives_the_forms_metadata(one: Any, other: Any) -> None:
    message = one if isinstance(one, dict) else {"files": one, "blocks": other}
    found = attachments.of_message(message, "U1")
    attachments.was_deleted(message)
    attachments.of_thread([one, other, message], "1.0", "U1")
    assert all(attachment.handle["file"] for attachment in found)
    again = attachments.unpacked(attachments.packed(found))
    assert [(two.handle, two.name, two.size) for two in again] == [(two.handle, two.name, two.size) for two in found]


@given(st.text(max_size=30))
def test_metadata_of_another_version_holds_no_pictures(text: str) -> None:
    assert all(one.handle["file"] for one in attachments.unpacked(text))


def test_pictures_that_a_message_shares_and_that_the_bot_shows_are_found_once() -> None:
    shared = {"files": [{"id": "F1", "name": "a.png", "mimetype": "image/png"}], "ts": "1.0"}
    blocks = [{"type": "image", "slack_file": {"id": "F2"}, "title": {"text": "b.png"}}]
    message = {"user": "U9", "files": shared["files"], "attachments": [shared, {"files": "x"}], "blocks": blocks}
    found = attachments.of_message(message, "U9")
    assert [(one.handle["file"], one.name, one.made_here) for one in found] == [("F1", "a.png", True), ("F2", "b.png", True)]
    assert not any(one.made_here for one in attachments.of_message(message, "U1"))


@given(st.text(max_size=120) | st.sampled_from(["猫の写真" * 30, '"' * 120, "\\" * 120, "\0" * 120, "\ud800" * 120, "🐈" * 120]))
def test_ten_names_of_any_kind_fit_in_a_forms_metadata(name: str) -> None:
    files = [{"id": f"F0123456789{number:02}", "name": name, "size": 40_000_000} for number in range(12)]
    where = Caller("key", "T1", "C0123456789", "U1", "Ada", thread="1700000000.000100", url="https://hooks.slack.com/" + "x" * 120)
    written = metadata(where, attachments.packed(attachments.of_files(files)))
    written.encode()
    found = attachments.unpacked(parsed_words(written)["pictures"])
    assert [one.handle["file"] for one in found] == [one["id"] for one in files[:10]]
