"""Attachments in payloads of any shape: read without trusting it, and never with an exception."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import attachments

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
    assert [(two.handle, two.name[:50], two.size) for two in again] == [(two.handle, two.name[:50], two.size) for two in found]


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
