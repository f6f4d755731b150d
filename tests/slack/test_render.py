"""Views as messages and sheets: within every limit whatever they hold, in an order that reads well, and telling no more than they may."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from adapters.kit.interaction_ids import InteractionId, custom_id, parsed
from adapters.slack.image_fitting import LARGE, FittedImage, ImageFitting
from adapters.slack.render import MOST, Body, Shown, message, sheet
from bot.chat.views import ActionName, Button, ButtonStyle, Fact, PictureView, Tone, View
from tests.slack import blockkit
from tests.slack.core_views import of_everything
from tests.slack.standin import text as reading

HOSTILE = [
    "a red bicycle",
    "",
    "<!channel> & *bold* :tada: `x` <https://x.example|y>\n> quote\n\n" * 3,
    "&" * 3000,
    "<>" * 2000,
    "*_~`" * 800,
    "שלום مرحبا " * 270,
    "👩‍👩‍👧‍👦" * 400,
    "\n".join("line" for _ in range(600)),
    "x" * 32_000,
    "\u202e\u200b\x00\ud800",
    "   \n\t  ",
]
MANY_PICTURES = [Shown(f"F{number:09d}", "<!here> & a cat " * 60) for number in range(10)]


def valid(body: Body) -> None:
    problems = blockkit.message_problems({"text": body.text, "blocks": body.blocks})
    assert problems == []
    assert blockkit.weight(body.blocks) <= MOST
    assert 0 < len(body.text) <= 3500
    assert reading.pings(body.text, body.blocks) == []
    json.dumps(body.blocks).encode()


def read(body: Body) -> str:
    return "\n".join(reading.texts(body.blocks))


def shown_with(pictures: Sequence[PictureView]) -> list[Shown]:
    return [Shown(f"F{number:09d}", one.alt) for number, one in enumerate(pictures)]


@pytest.mark.parametrize("words", HOSTILE, ids=[repr(one[:12]) for one in HOSTILE])
def test_every_view_of_the_core_becomes_a_message_and_a_sheet_that_slack_takes(words: str) -> None:
    count = 0
    for _, view in of_everything(words, words[:60] or "Ada"):
        valid(message(view, pictures=shown_with(view.pictures)))
        assert blockkit.view_problems(sheet(view, view.title, shown_with(view.pictures))) == []
        count += 1
    assert count > 250


texts = st.text(max_size=400) | st.text(alphabet="<>&*_~`:\n a", max_size=60).map(lambda one: one * 50)
facts = st.lists(st.tuples(st.text(min_size=1, max_size=150), texts, st.booleans()), max_size=30)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=500), st.lists(texts, max_size=6), texts, facts, st.integers(0, 40), st.integers(0, 10))
def test_any_view_fits_into_a_message_and_a_sheet(
    title: str, paragraphs: list[str], quote: str, found: list[tuple[str, str, bool]], buttons: int, pictures: int
) -> None:
    view = View(
        title=title,
        text=tuple(paragraphs),
        quote=quote * 3,
        facts=tuple(Fact(*one) for one in found),
        buttons=tuple(Button(ActionName.SHOW, f"row{number}", title) for number in range(buttons)),
        tone=Tone.DONE,
    )
    valid(message(view, pictures=MANY_PICTURES[:pictures], notes=paragraphs))
    assert blockkit.view_problems(sheet(view, title, MANY_PICTURES[:pictures])) == []


def test_a_prompt_of_three_thousand_characters_is_shown_whole_beside_pictures_and_explanations() -> None:
    words = ("a red & blue <bicycle> by the sea, " * 90)[:3000].strip()
    view = View(title="Here are your 4 pictures", quote=words, text=("Why. " * 100, "1024×1024 · medium"), tone=Tone.DONE)
    body = message(view, pictures=MANY_PICTURES[:4])
    valid(body)
    shown = "".join(reading.texts(body.blocks))
    assert words in shown
    assert "1024×1024" in shown


@pytest.mark.parametrize("letter", ["x", "字", "*", "é"])
def test_three_thousand_characters_without_a_space_are_shown_whole(letter: str) -> None:
    body = message(View(title="Drawing", quote=letter * 3000))
    assert read(body).replace("\n", "").count(letter) == 3000


def test_what_is_longer_than_a_message_ends_in_an_ellipsis_and_leaves_the_explanation() -> None:
    body = message(View(title="Blocked", quote="word " * 6000, text=("Please try different words.",)))
    valid(body)
    quoted = [one["text"]["text"] for one in body.blocks if one["type"] == "section"]
    assert quoted[-2].endswith("…")
    assert quoted[-1] == "Please try different words."


def test_two_long_wordings_to_choose_between_are_both_shown_whole() -> None:
    yours, theirs = "a loud red bicycle " * 150, "a quiet blue bicycle " * 140
    body = message(View(title="Ben suggests a different wording", facts=(Fact("Your wording", yours), Fact("Suggested by Ben", theirs))))
    valid(body)
    assert yours.strip() in read(body)
    assert theirs.strip() in "".join(reading.texts(body.blocks))


def test_state_quotation_reasons_pictures_notes_and_buttons_stand_in_this_order() -> None:
    view = View(
        title="Here is your picture",
        text=("1024×1024 · medium",),
        quote="a cat",
        facts=(Fact("State", "Open"),),
        buttons=(Button(ActionName.AGAIN, "r", "Again", ButtonStyle.PRIMARY),),
        tone=Tone.DONE,
    )
    body = message(view, pictures=[Shown("F0123456789", "")], notes=["A picture is gone."])
    assert [one["type"] for one in body.blocks] == ["section", "context", "section", "section", "section", "image", "context", "actions"]
    assert body.blocks[0]["text"]["text"] == "✅ *Here is your picture*"
    assert body.blocks[5]["alt_text"] == "Generated picture"
    assert list(reading.texts(body.blocks)) == [
        "✅ Here is your picture",
        "Prompt:",
        "a cat",
        "1024×1024 · medium",
        "State",
        "Open",
        "A picture is gone.",
    ]


def test_every_tone_but_the_neutral_one_has_a_symbol_beside_its_words_and_none_of_them_is_read_aloud() -> None:
    firsts = {}
    for tone in Tone:
        body = message(View(title="Words", text=("and more",), tone=tone))
        firsts[tone] = body.blocks[0]["text"]["text"]
        assert "*Words*" in firsts[tone]
        assert body.text == "Words\nand more"
    assert firsts[Tone.NEUTRAL] == "*Words*"
    assert len(set(firsts.values())) == len(Tone)


def test_what_is_read_aloud_holds_the_same_words_as_the_blocks() -> None:
    view = View(title="No picture", text=("The service is down.", "Tried 3 times."), quote="a <cat>", facts=(Fact("State", "Open"),))
    assert message(view).text == "No picture\nPrompt: a &lt;cat&gt;\nThe service is down.\nTried 3 times.\nState: Open"


def test_a_sentence_that_is_all_there_is_to_say_stands_as_a_sentence_and_whole() -> None:
    words = "Your budget for today is used up. " * 20
    [block] = message(View(title=words)).blocks
    assert block["text"]["text"] == words.strip()


def test_hidden_facts_are_in_no_message_and_in_no_notification_but_in_the_sheet() -> None:
    view = View(title="Case 12", facts=(Fact("Prompt", "the blocked words", hidden=True), Fact("State", "Open")))
    body = message(view)
    assert "blocked words" not in json.dumps(body.blocks) + body.text
    assert "Prompt" not in json.dumps(body.blocks) + body.text
    assert "the blocked words" in reading.texts(sheet(view, "Case 12")["blocks"])


def test_a_card_of_a_case_never_shows_the_prompt_outside_the_sheet() -> None:
    for label, view in of_everything("the blocked words", "Ada"):
        if not label.startswith("card"):
            continue
        hidden = {one.value for one in view.facts if one.hidden} - {one.value for one in view.facts if not one.hidden}
        shown = message(view).text + read(message(view))
        assert hidden
        assert not any(value in shown.splitlines() for value in hidden)


def test_thirty_buttons_become_rows_of_five_without_doubles() -> None:
    buttons = tuple(Button(ActionName.SHOW, f"row{number % 28}", f"Show {number}") for number in range(30))
    found = [one for one in message(View(title="A list", buttons=buttons)).blocks if one["type"] == "actions"]
    assert [len(one["elements"]) for one in found] == [5, 5, 5, 5, 5]
    identities = [button["action_id"] for row in found for button in row["elements"]]
    assert len(set(identities)) == 25


def test_buttons_say_what_they_do_and_only_what_cannot_be_undone_asks_first() -> None:
    buttons = (
        Button(ActionName.RETRY, "r1", "Retry", ButtonStyle.PRIMARY),
        Button(ActionName.EDIT, "r1", "Edit prompt", opens_form=True),
        Button(ActionName.DELETE, "r1", "Delete", ButtonStyle.DANGER),
    )
    [row] = message(View(title="x", buttons=buttons)).blocks[1:]
    assert [one.get("style") for one in row["elements"]] == ["primary", None, "danger"]
    assert [parsed(one["action_id"]) for one in row["elements"]] == [
        InteractionId(ActionName.RETRY, "r1"),
        InteractionId(ActionName.EDIT, "r1", opens_form=True),
        InteractionId(ActionName.DELETE, "r1"),
    ]
    assert ["confirm" in one for one in row["elements"]] == [False, False, True]


@pytest.mark.parametrize(
    "identity", ["", "v0:again:abc", "v1:again", "v1:AGAIN:abc", "v1:again:abc:x", "v1:again:a b", "v1:again:" + "a" * 41]
)
def test_a_forged_or_older_action_id_is_none_of_ours(identity: str) -> None:
    assert parsed(identity) is None


def test_the_empty_imagine_form_has_an_id_too() -> None:
    assert parsed(custom_id("edit", "")) == InteractionId(ActionName.EDIT, "")


def test_a_sheet_has_a_short_title_no_submit_and_no_buttons() -> None:
    view = View(title="Case 123456: the whole prompt", quote="words\nand more", buttons=(Button(ActionName.CASE_CLAIM, "r", "Claim"),))
    found = sheet(view, "The whole prompt of case 123456")
    assert len(found["title"]["text"]) <= 24
    assert "submit" not in found
    assert not reading.buttons(found["blocks"])
    assert "words\nand more" in reading.texts(found["blocks"])


def test_a_sheet_shows_prompts_that_no_message_could_hold() -> None:
    words = " ".join(f"word{number}" for number in range(2500))
    found = sheet(View(title="Case 1", quote=words), "Case 1")
    assert blockkit.view_problems(found) == []
    assert "".join(list(reading.texts(found["blocks"]))[2:]) == words


# ---- pictures --------------------------------------------------------------------------------------------------------------


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, (200, 30, 30, 90)[: len(mode)]).save(out, kind)
    return out.getvalue()


def of(content: bytes, filename: str = "imagine-1.webp") -> PictureView:
    return PictureView("ab" * 32, "webp", 40, 30, len(content), "a cat", filename)


async def loaded(content: bytes | Exception, filename: str = "imagine-1.webp", large: int = LARGE) -> tuple[list[FittedImage], list[str]]:
    async def get(sha256: str) -> bytes:
        if isinstance(content, Exception):
            raise content
        return content

    return await ImageFitting(get, large=large).load([of(b"", filename)])


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg")])
async def test_png_and_jpeg_are_uploaded_as_stored(kind: str, ending: str) -> None:
    content = picture(kind)
    [found], notes = await loaded(content)
    assert found.content == content
    assert found.name == f"imagine-1.{ending}"
    assert (found.sha256, found.alt, notes) == ("ab" * 32, "a cat", [])


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
async def test_a_webp_becomes_a_png_of_the_same_size(mode: str) -> None:
    [found], notes = await loaded(picture("WEBP", mode))
    with Image.open(io.BytesIO(found.content)) as image:
        assert (image.format, image.size, image.mode) == ("PNG", (40, 30), mode)
    assert found.name.endswith(".png")
    assert notes == []


async def test_a_large_one_becomes_a_jpeg_on_white() -> None:
    [found], _ = await loaded(picture("WEBP", "RGBA"), "a.webp", large=10)
    with Image.open(io.BytesIO(found.content)) as image:
        assert (image.format, image.size) == ("JPEG", (40, 30))
    assert found.name == "a.jpg"


async def test_a_picture_that_is_gone_or_broken_leaves_a_sentence() -> None:
    assert await loaded(LookupError()) == (
        [],
        ["Sorry, one of this request's pictures isn't stored anymore. You can make a new one any time."],
    )
    assert await loaded(LookupError("It was deleted.")) == ([], ["It was deleted."])
    found, [note] = await loaded(b"no picture at all")
    assert found == []
    assert "is damaged" in note
