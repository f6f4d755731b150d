"""Captions: every glyph is there, all ink is inside, everything is readable, and directions are right."""

from __future__ import annotations

from functools import lru_cache

import pytest
from PIL import Image, ImageChops

from bot.domain.picture_changes import PLACES
from bot.pixels.captions.draw import CONTRAST, contrast, draw
from bot.pixels.captions.fonts import Font, Fonts, find_fonts, scripts_without_font
from bot.pixels.captions.layout import lay_out, line_of
from bot.pixels.captions.problems import CannotDraw
from bot.pixels.captions.scripts import clusters, script_of
from tests.unit.pixels.captions import CAPTIONS

hb = pytest.importorskip("uharfbuzz", reason="uharfbuzz (extra dev) counts missing glyphs")
SIZE = (480, 270)


@lru_cache(maxsize=1)
def fonts() -> Fonts:
    return find_fonts()


@lru_cache(maxsize=32)
def shaper(font: Font) -> object:
    return hb.Font(hb.Face(hb.Blob.from_file_path(font.path), font.index))


def glyphs(text: str, font: Font, right_to_left: bool) -> list[int]:
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if right_to_left else "ltr"
    hb.shape(shaper(font), buffer)
    return [one.codepoint for one in buffer.glyph_infos]


def ground(number: int) -> Image.Image:
    """A picture that is bright at one place and dark at another."""
    gradient = Image.linear_gradient("L").resize(SIZE)
    return Image.merge("RGB", (gradient.rotate(180), gradient, Image.new("L", SIZE, number * 4 % 256)))


def test_there_are_sixty_in_twelve_scripts() -> None:
    scripts = {script_of(one) for text in CAPTIONS for one in text if one.isalpha() or script_of(one) == "Emoji"}
    assert len(CAPTIONS) == 60
    assert {"Latin", "Greek", "Cyrillic", "Arabic", "Hebrew", "Devanagari", "Thai", "Chinese", "Japanese", "Korean", "Emoji"} <= scripts


@pytest.mark.parametrize("number", range(len(CAPTIONS)))
def test_every_glyph_is_there_all_ink_is_inside_and_it_can_be_read(number: int) -> None:
    text, place = CAPTIONS[number], list(PLACES)[number % 9]
    if fonts().missing(text.replace("\n", "")):
        assert script_of(fonts().missing(text)[0]) == "Emoji", "the extra captions covers every other script"
        pytest.skip("no emoji font on this machine (Debian: fonts-noto-color-emoji)")
    block = lay_out(text, fonts(), 432, 100, shorter_side=SIZE[1])
    for line in block.lines:
        for run in line.runs:
            assert 0 not in glyphs(run.text, run.font, run.right_to_left), f"{run.text!r} in {run.font.name}"
    picture = ground(number)
    made, drawn = draw(picture, text, fonts(), place)
    changed = ImageChops.difference(made, picture).getbbox()
    assert changed is not None
    left, top, right, bottom = drawn.box
    assert 0 < left < right < SIZE[0], "ink at the very edge may be cut off"
    assert 0 < top < bottom < SIZE[1]
    assert drawn.contrast >= CONTRAST
    assert made.size == picture.size


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("abc def", ["abc def"]),
        ("שלום world 123", ["world 123", "שלום "]),
        ("abc שלום def", ["abc ", "שלום", " def"]),
        ("مرحبا (abc) 12", ["12", " ", "abc", "مرحبا ("]),
    ],
)
def test_runs_stand_in_the_order_in_which_they_are_read(text: str, seen: list[str]) -> None:
    line = line_of(text, fonts(), right_to_left=not text[0].isascii())
    shown = [run.text for run in line.runs]
    assert sorted("".join(shown)) == sorted(text)
    positions = [next(i for i, run in enumerate(line.runs) if part.strip()[0] in run.text) for part in seen if part.strip()]
    assert positions == sorted(positions), shown


@pytest.mark.parametrize(
    ("text", "font"),
    [("東京かな", "NotoSansJP"), ("中文", "NotoSansSC"), ("한국 漢字", "NotoSansKR"), ("שלום", "NotoSansHebrew"), ("abc", "NotoSans")],
)
def test_han_characters_have_the_shapes_of_their_language(text: str, font: str) -> None:
    assert all(run.font.name.startswith(font) for run in line_of(text, fonts(), right_to_left=False).runs if run.text.strip())


def test_a_variable_font_does_not_open_as_thin() -> None:
    face = next(one for one in fonts().faces if one.name.startswith("NotoSansHebrew"))
    thick, thin = face.at(80), __import__("PIL.ImageFont", fromlist=["x"]).truetype(face.path, 80)
    assert thick.getmask("ש").getbbox() is not None
    assert sum(bytes(thick.getmask("שלום"))) > 1.5 * sum(bytes(thin.getmask("שלום")))


def test_clusters_are_never_split() -> None:
    word = "क्षि" * 30
    block = lay_out(word, fonts(), 300, 400, shorter_side=300)
    assert "".join(run.text for line in block.lines for run in line.runs) == word
    assert all(set(clusters(run.text)) == {"क्षि"} for line in block.lines for run in line.runs)


@pytest.mark.parametrize(
    ("text", "place", "colour", "why"),
    [
        ("", "bottom-centre", "", "empty"),
        (" \n\t ", "bottom-centre", "", "empty"),
        ("\u200f\u2066", "bottom-centre", "", "empty"),
        ("a\nb\nc\nd", "bottom-centre", "", "lines"),
        ("word " * 400, "bottom-centre", "", "long"),
        ("w" * 4000, "bottom-centre", "", "long"),
        ("\U00012000\U00012001", "bottom-centre", "", "font"),
        ("\ue000", "bottom-centre", "", "font"),
        ("a", "somewhere", "", "place"),
        ("a", "bottom-centre", "red;", "colour"),
        ("a", "bottom-centre", "#12345", "colour"),
    ],
)
def test_what_cannot_be_drawn_says_why(text: str, place: str, colour: str, why: str) -> None:
    with pytest.raises(CannotDraw) as caught:
        draw(ground(0), text, fonts(), place, colour)
    assert caught.value.why == why


@pytest.mark.parametrize("colour", ["#ff0000", "#808080", "#ffffff", "#000000", "#ffff00"])
def test_a_chosen_colour_is_kept_and_made_readable(colour: str) -> None:
    noise = Image.effect_noise(SIZE, 120).convert("RGB")
    made, drawn = draw(noise, "Readable on anything", fonts(), "middle-centre", colour)
    assert "#{:02x}{:02x}{:02x}".format(*drawn.colour) == colour
    assert drawn.scrim > 0
    assert drawn.contrast >= CONTRAST
    assert made.getpixel((5, 5)) == noise.getpixel((5, 5)), "what isn't behind the text stays"


def test_scripts_without_a_font_are_named() -> None:
    noto = next(one for one in fonts().faces if one.name.startswith("NotoSans["))
    assert set(scripts_without_font(Fonts((noto,)))) >= {"Arabic", "Hebrew", "Thai", "Chinese", "Japanese", "Korean", "Emoji"}
    assert set(scripts_without_font(fonts())) <= {"Emoji"}


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21.0)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_without_a_position_the_calmest_one_is_taken() -> None:
    noise = Image.effect_noise(SIZE, 120).convert("RGB")
    calm = noise.copy()
    calm.paste((30, 60, 90), (0, 0, SIZE[0], 110))
    assert draw(calm, "Sky", fonts())[1].box[3] < SIZE[1] / 3
    assert draw(Image.new("RGB", SIZE), "Even", fonts())[1].box[1] > SIZE[1] / 2, "where all are alike, at the bottom"
    left = noise.copy()
    left.paste((30, 60, 90), (0, 0, 240, SIZE[1]))
    assert draw(left, "Half", fonts())[1].box[2] < 240


def test_sizes_differ_and_what_does_not_fit_is_smaller() -> None:
    found = [draw(ground(0), "Hi", fonts(), "top-left", size=size)[1].size for size in ("small", "medium", "auto", "large")]
    assert found == sorted(set(found))
    long = "A text that is much too long for large letters, and so they shrink until all of it fits"
    assert draw(ground(0), long, fonts(), size="large")[1].size < found[-1]
    with pytest.raises(CannotDraw):
        draw(ground(0), "Hi", fonts(), size="huge")
