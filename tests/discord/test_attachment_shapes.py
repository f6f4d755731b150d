"""Attachments in messages of any shape, and the file of open forms: read without trusting them, and never with an exception."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import attachments

NAMES = ("id", "url", "filename", "size", "content_type", "attachments", "components", "items", "media", "accessory", "flags", "author")
NAMES += ("message_snapshots", "message", "attachment_id", "channel_id")
LEAVES = st.none() | st.booleans() | st.integers() | st.sampled_from(["", "1", "https://cdn/a.png", "image/png", "video/mp4", "a.png"])
SHAPES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6))


@settings(max_examples=150, deadline=None)
@given(SHAPES, SHAPES)
def test_any_message_is_read(one: Any, other: Any) -> None:
    message = one if isinstance(one, dict) else {"attachments": one, "components": other}
    for found in attachments.of_message(message, "1"):
        assert set(found.handle) >= {"url", "id"}


def test_pictures_of_galleries_thumbnails_and_forwarded_messages_are_found_once() -> None:
    def file(identity: str, **more: str) -> dict[str, str]:
        return {"id": identity, "filename": f"{identity}.png", "url": f"https://cdn/{identity}/{identity}.png?ex=1", **more}

    gallery = {
        "type": 12,
        "items": [{"media": {"url": "https://cdn/1/1.png", "attachment_id": "1"}}, {"media": {"url": "https://cdn/2/two.png"}}],
    }
    video = {"type": 12, "items": [{"media": {"url": "https://cdn/3/3.mp4", "content_type": "video/mp4"}}]}
    thumbnail = {"type": 9, "accessory": {"type": 11, "media": {"url": "https://cdn/4/4.png", "attachment_id": "4"}}}
    forwarded = {"message": {"attachments": [file("5"), file("6", content_type="application/zip")]}}
    message = {
        "id": "10",
        "channel_id": "20",
        "author": {"id": "30"},
        "attachments": [file("1", content_type="image/png")],
        "components": [{"type": 17, "components": [gallery, video, thumbnail]}],
        "message_snapshots": [forwarded],
    }
    found = attachments.of_message(message, "30")
    assert [one.name for one in found] == ["1.png", "two.png", "4.png", "5.png"]
    assert all(one.made_here and one.handle["message"] == "10" for one in found)
    hidden = attachments.of_message({**message, "flags": attachments.EPHEMERAL}, "31")
    assert not any(one.made_here or "message" in one.handle for one in hidden)
