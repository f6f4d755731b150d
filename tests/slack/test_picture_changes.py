"""Add text and Crop on Slack: a form, a preview in the person's direct messages, and the result's own message with one more picture."""

from __future__ import annotations

from pathlib import Path

from tests.slack.stage import stage
from tests.slack.test_moderation import case_stage


async def test_a_change_is_seen_by_one_person_and_joins_the_result_when_it_is_used(tmp_path: Path) -> None:
    async with stage(tmp_path, captions=True) as s:
        s.service.script = [s.pictures(size=(400, 300), colour="navy")]
        await s.imagine("a red bicycle")
        result = await s.picture()
        event = await s.press(s.ada, result, "Add text")
        await s.form(event)
        await s.slack.acked(await s.slack.people.submit(event, text="a\nb\nc\nd"))
        event = await s.press(s.ada, result, "Add text")
        await s.form(event)
        await s.slack.acked(await s.slack.people.submit(event, text="Open today", place="top-left", colour="#ffd60a"))
        preview = await s.message("Only you can see this so far")
        assert preview.channel is not s.channel
        assert len(preview.pictures) == 1
        assert list(preview.buttons) == ["Use it", "Change the text", "Discard"]
        assert not s.messages(user=s.slack.ben, words="Only you can see this so far")
        crop = await s.press(s.ada, result, "Crop")
        await s.form(crop)
        await s.slack.acked(await s.slack.people.submit(crop, ratio="1:1"))
        cut = await s.message("The frame is only in this preview")
        await s.stop()
        await s.start(captions=True)
        for one, count in ((preview, 2), (cut, 3)):
            for _ in range(2):
                await s.press(s.ada, one, "Use it")
            await s.until(lambda: len(result.pictures) == count, what="the changed picture")  # noqa: B023 - awaited here
        assert "Open today" in str(result.blocks)
        assert "cropped to 1:1" in str(result.blocks)
        again = await s.press(s.ada, result, "Add text")
        form = await s.form(again)
        filled = {name: one["element"] for name, one in form.fields.items()}
        assert (filled["text"]["initial_value"], filled["colour"]["initial_value"]) == ("Open today", "yellow")
        assert [filled[name]["initial_option"]["value"] for name in ("picture", "place", "size")] == ["2", "top-left", "auto"]
        crop = await s.press(s.ada, result, "Crop")
        await s.form(crop)
        await s.slack.acked(await s.slack.people.submit(crop, picture="1", ratio="4:5"))
        await s.until(lambda: s.messages(words="The frame is only")[-1] is not cut, what="another preview")
        await s.press(s.ada, await s.message("The frame is only in this preview"), "Discard")
        await s.whisper(s.ada, "Discarded")
        assert len(result.pictures) == 3
        assert len(s.service.calls) == 1


async def test_somebody_else_opens_no_form(tmp_path: Path) -> None:
    async with stage(tmp_path, captions=True) as s:
        await s.imagine("a red bicycle")
        result = await s.picture()
        for name in ("Add text", "Crop"):
            event = await s.press(s.slack.ben, result, name)
            await s.whisper(s.slack.ben, "Only the person")
            assert event.opened is None or not event.opened.body.get("submit")


async def test_the_words_at_the_end_of_a_line_are_drawn_on_the_picture(tmp_path: Path) -> None:
    async with stage(tmp_path, captions=True) as s:
        s.service.script = [s.pictures(size=(400, 300))]
        await s.imagine("a red bicycle, caption: Open today")
        result = await s.picture()
        await s.until(lambda: len(result.pictures) == 2, what="the picture with the words")
        assert "Open today" in str(result.blocks)
        assert s.service.calls[0].prompt == "a red bicycle"


async def test_the_form_asks_for_the_words_and_edit_keeps_them(tmp_path: Path) -> None:
    async with stage(tmp_path, captions=True) as s:
        s.service.script = [s.pictures(size=(400, 300)), s.pictures(size=(300, 300))]
        event = await s.imagine("")
        await s.form(event)
        assert "Text on the picture" in str(event.opened and event.opened.body)
        await s.slack.acked(await s.slack.people.submit(event, prompt="a red bicycle", caption="Grand opening\ntoday"))
        result = await s.picture()
        await s.until(lambda: len(result.pictures) == 2, what="the picture with the words")
        assert "Grand opening today" in str(result.blocks)
        again = await s.press(s.ada, result, "Edit prompt")
        await s.form(again)
        await s.slack.acked(await s.slack.people.submit(again, prompt="a green bicycle"))
        await s.until(lambda: len([one for one in s.messages(s.channel) if len(one.pictures) == 2]) == 2, what="the words once more")
        assert [one.prompt for one in s.service.calls] == ["a red bicycle", "a green bicycle"]


async def test_a_script_without_a_font_is_named_beside_the_picture(tmp_path: Path) -> None:
    async with stage(tmp_path, captions=True) as s:
        await s.imagine("a red bicycle, caption: \U00012000\U00012001")
        result = await s.picture()
        await s.until(
            lambda: "no font here for some of your characters (Cuneiform)" in str(result.blocks), what="why the words are missing"
        )


async def test_a_moderators_wording_keeps_the_words_for_the_picture(tmp_path: Path) -> None:
    async with case_stage(tmp_path, captions=True) as c:
        card = await c.claimed("something terrible, caption: Open today")
        c.s.service.script = [c.s.pictures(size=(400, 300))]
        await c.press(card, "Suggest a rewrite", prompt="something friendly")
        offer = await c.told("suggests a different wording")
        assert "Text that's drawn on it: Open today" in offer.text
        await c.s.stop()
        await c.s.start(captions=True)
        for _ in range(2):
            await c.s.press(c.s.ada, offer, "Accept and send")
        shown = await c.s.picture()
        await c.s.until(lambda: len(shown.pictures) == 2, what="the picture with the words")
        assert "Open today" in str(shown.blocks)
        assert [one.prompt for one in c.s.service.calls] == ["something terrible", "something friendly"]
