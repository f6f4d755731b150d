"""Attachments in messages of any shape, and the file of open forms: read without trusting them, and never with an exception."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import attachments
from adapters.discord.picture_forms import LIFE, MOST, PREFIX, PictureForms
from adapters.kit.files import AppendLog
from bot.domain.attachments import Attachment

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


def test_open_forms_survive_a_restart_for_a_day_for_their_opener(tmp_path: Path) -> None:
    path = tmp_path / "picture_forms.jsonl"
    forms = PictureForms(AppendLog(path))
    picture = Attachment("a.png", size=5, handle={"url": "https://cdn/a.png?hm=secret"}, made_here=True)
    identity = forms.keep("7", "ada", [picture], now=100.0)
    assert identity == f"{PREFIX}7"
    assert path.stat().st_mode & 0o077 == 0
    with path.open("a", encoding="utf-8") as file:
        file.write('{"form": "8", "person": "ada", "until": 1e12, "pictures": [{}]}\n[1]\n{"form"')
    again = PictureForms(AppendLog(path))
    again.load(100.0 + LIFE - 1)
    assert again.pictures(identity, "ada") == (picture,)
    assert again.pictures(identity, "bob") == again.pictures(f"{PREFIX}8", "ada") == again.pictures("x", "ada") == ()
    again.close(identity, 200.0)
    assert again.pictures(identity, "ada") == ()
    assert "secret" not in path.read_text()
    for number in range(MOST + 5):
        again.keep(str(number), "ada", [picture], now=300.0)
    assert len([json.loads(line) for line in path.read_text().splitlines()]) == MOST
    late = PictureForms(AppendLog(path))
    late.load(300.0 + LIFE)
    assert late.pictures(f"{PREFIX}{MOST}", "ada") == ()
