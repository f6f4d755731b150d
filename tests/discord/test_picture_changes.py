"""Add text and Crop on Discord: a modal, a preview for one person, and the result's own message with one more picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue.load import Catalogue
from tests.discord.stage import stage
from tests.discord.test_moderation import case_stage


@pytest.mark.parametrize(
    ("restart", "button", "values", "alt"),
    [
        (False, "Add text", {"text": "Open today", "place": "bottom-centre", "colour": "#ffd60a"}, "with the text “Open today”"),
        (True, "Crop", {"ratio": "16:9", "part": "middle"}, "cropped to 16:9"),
    ],
)
async def test_a_change_is_seen_by_one_person_and_joins_the_result_when_it_is_used(
    tmp_path: Path, restart: bool, button: str, values: dict[str, str], alt: str
) -> None:
    async with stage(tmp_path, captions=True) as s:
        s.service.script = [s.pictures(size=(400, 300), colour="navy")]
        result = await s.answered(await s.imagine("a red bicycle"))
        assert list(result.buttons)[2:] == ["Not right", "Edit this picture", "Use as reference", "Add text", "Crop", "Report", "Delete"]
        opened = await s.press(s.ada, result, button)
        sent = await s.discord.people.submit(opened, **values)
        preview = await s.whisper(sent, "your result")
        assert preview.ephemeral
        assert list(preview.buttons) == ["Use it", f"Change the {'text' if button == 'Add text' else 'crop'}", "Discard"]
        [(_, shown, content)] = preview.pictures
        assert alt in shown
        assert len(result.pictures) == 1
        if restart:
            await s.stop()
            await s.start(captions=True)
        assert (await s.press(s.ada, preview, list(preview.buttons)[1])).modal is not None
        for _ in range(2):
            await s.press(s.ada, preview, "Use it")
        await s.until(lambda: len(result.pictures) == 2, what="the changed picture")
        (_, first, drawn), (_, second, changed) = result.pictures
        assert drawn != changed
        assert (alt in first, alt in second) == (False, True)
        assert changed == content if button == "Add text" else changed != content
        assert "made with AI" in result.text
        assert len(s.service.calls) == 1
        late = await s.press(s.ada, preview, "Use it")
        await s.whisper(late, "That preview is over")
        assert len(result.pictures) == 2


async def test_somebody_elses_press_opens_nothing_and_bad_input_is_told_to_its_author_alone(tmp_path: Path) -> None:
    async with stage(tmp_path, captions=True) as s:
        s.service.script = [s.pictures(size=(400, 300))]
        result = await s.answered(await s.imagine("a red bicycle"))
        bob = s.member("Bob")
        stranger = await s.press(bob, result, "Add text")
        assert stranger.modal is None
        await s.whisper(stranger, "Only the person")
        opened = await s.press(s.ada, result, "Add text")
        sent = await s.discord.people.submit(opened, text="a\nb\nc\nd")
        said = await s.whisper(sent, "Your text has 4 lines")
        assert said.ephemeral
        assert len(result.pictures) == 1


async def test_the_words_of_the_option_are_drawn_on_the_picture(tmp_path: Path) -> None:
    async with stage(tmp_path, captions=True) as s:
        s.service.script = [s.pictures(size=(400, 300))]
        result = await s.answered(await s.imagine("a red bicycle", caption="Open today"))
        await s.until(lambda: len(result.pictures) == 2, what="the picture with the words")
        assert "Open today" in result.pictures[1][1]
        assert s.service.calls[0].prompt == "a red bicycle"


async def test_a_moderators_wording_keeps_the_words_for_the_picture(tmp_path: Path) -> None:
    async with case_stage(tmp_path, captions=True) as c:
        card = await c.claimed(caption="Open today")
        c.s.service.script = [c.s.pictures(size=(400, 300))]
        await c.press(card, "Suggest a rewrite", prompt="something friendly")
        offer = await c.told("suggests a different wording")
        assert "Text that's drawn on it: Open today" in offer.text
        await c.s.stop()
        await c.s.start(captions=True)
        for _ in range(2):
            await c.s.press(c.s.ada, offer, "Accept and send")
        await c.s.until(lambda: [one for one in c.s.discord.visible(c.s.ada, c.s.channel) if len(one.pictures) == 2], what="both pictures")
        [shown] = [one for one in c.s.discord.visible(c.s.ada, c.s.channel) if one.pictures]
        assert "Open today" in shown.pictures[1][1]
        assert [one.prompt for one in c.s.service.calls] == ["something terrible", "something friendly"]


@pytest.mark.parametrize("models", [(), ("gpt-image-2", "gpt-image-1-mini")])
async def test_edit_prompt_has_a_field_for_the_words_on_the_picture(tmp_path: Path, models: tuple[str, ...]) -> None:
    known = Catalogue.load()
    async with stage(tmp_path, captions=True, models={name: known.model(name) for name in models}) as s:
        s.service.script = [s.pictures(size=(400, 300)), s.pictures(size=(400, 300))]
        result = await s.answered(await s.imagine("a red bicycle", caption="Open today"))
        opened = await s.press(s.ada, result, "Edit prompt")
        fields = [one["component"] for one in (opened.modal or {})["components"]]
        assert [one["custom_id"] for one in fields] == ["prompt", "size", "quality", "count+private", "caption"]
        assert fields[-1]["value"] == "Open today"
        changed = await s.answered(await s.discord.people.submit(opened, caption="Closed today"))
        await s.until(lambda: len(changed.pictures) == 2, what="the picture with the new words")
        assert "Closed today" in changed.pictures[1][1]
        assert [one.prompt for one in s.service.calls] == ["a red bicycle", "a red bicycle"]


async def test_a_text_is_corrected_from_what_was_drawn(tmp_path: Path) -> None:
    async with stage(tmp_path, captions=True) as s:
        s.service.script = [s.pictures(size=(400, 300), colour="navy")]
        result = await s.answered(await s.imagine("a red bicycle"))
        opened = await s.press(s.ada, result, "Add text")
        sent = await s.discord.people.submit(opened, text="Open\ntoday", place="top-left", size="small", colour="#ffd60a")
        await s.press(s.ada, await s.whisper(sent, "your result"), "Use it")
        await s.until(lambda: len(result.pictures) == 2, what="the picture with the text")
        await s.stop()
        await s.start(captions=True)
        opened = await s.press(s.ada, result, "Add text")
        fields = [one["component"] for one in (opened.modal or {})["components"]]
        known = {one["custom_id"]: one.get("value") or [o["value"] for o in one.get("options", []) if o.get("default")] for one in fields}
        assert known == {"picture": ["2"], "text": "Open\ntoday", "place": ["top-left"], "size": ["small"], "colour": "yellow"}
        preview = await s.whisper(await s.discord.people.submit(opened, text="Closed today"), "your result")
        for _ in range(2):
            await s.press(s.ada, preview, "Use it")
        await s.until(lambda: "Closed today" in result.pictures[1][1], what="the corrected text")
        assert len(result.pictures) == 2, "in the place of the first one"
        assert len(s.service.calls) == 1
