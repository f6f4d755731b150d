"""Cropping to a ratio: as much as possible, exactly there, and marked as a composite."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image, ImageChops

from bot.domain.picture_changes import RATIOS
from bot.pixels.crop import crop_box, with_safe_area
from bot.pixels.jobs import do
from bot.pixels.marks import COMPOSITE
from bot.pixels.recode import recode


def png(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("size", [(1024, 1024), (1536, 1024), (1024, 1536), (333, 777)])
def test_the_largest_part_with_the_ratio_is_kept(size: tuple[int, int], ratio: str) -> None:
    box = crop_box(size, ratio)
    assert box is not None
    width, height = box[2] - box[0], box[3] - box[1]
    assert width / height == pytest.approx(RATIOS[ratio], rel=0.01)
    assert width == size[0] or height == size[1]
    assert min(box) >= 0
    assert (box[2] <= size[0], box[3] <= size[1]) == (True, True)


@pytest.mark.parametrize(("along", "left"), [(0.0, 0), (0.5, 256), (1.0, 512), (7.0, 512), (-1.0, 0)])
def test_the_place_of_the_part_is_chosen(along: float, left: int) -> None:
    assert crop_box((1536, 1024), "1:1", along) == (left, 0, left + 1024, 1024)


@pytest.mark.parametrize(("size", "ratio"), [((1024, 1024), "3:2"), ((1024, 1024), ""), ((1, 1), "1:1"), ((5000, 60), "9:16")])
def test_what_cannot_be_cut_is_told(size: tuple[int, int], ratio: str) -> None:
    assert crop_box(size, ratio) is None
    values, made = do("crop", {"ratio": ratio, "along": 0.5}, [png(size)])
    assert values == {"problem": "small" if ratio in RATIOS else "ratio", "value": ratio}
    assert made == b""


CAPTION = {"text": "Open today", "font": "", "place": "top-left", "colour": "", "size": "auto"}


@pytest.mark.parametrize(("job", "values"), [("crop", {"ratio": "1:1", "along": 0.5}), ("caption", CAPTION)])
def test_a_changed_picture_is_a_composite(job: str, values: dict[str, object]) -> None:
    told, made = do(job, values, [png((600, 400))])
    content = made[: told["size"]]
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    assert (told["width"], told["height"]) == ((400, 400) if job == "crop" else (600, 400))
    assert COMPOSITE.encode() in content
    assert recode(content)[0].width == told["width"]
    assert len(made) > told["size"] if job == "crop" else len(made) == told["size"]


def test_a_caption_that_cannot_be_drawn_is_told() -> None:
    assert do("caption", CAPTION | {"text": " "}, [png((600, 400))]) == ({"problem": "empty", "value": ""}, b"")


def test_the_preview_shows_the_safe_area_and_the_file_does_not() -> None:
    told, made = do("crop", {"ratio": "16:9", "along": 0.5}, [png((1024, 1024))])
    assert told["box"] == [0, 224, 1024, 800]
    file, preview = made[: told["size"]], made[told["size"] :]
    assert told["preview"] == hashlib.sha256(preview).hexdigest()
    assert COMPOSITE.encode() in preview
    shown, plain = (Image.open(io.BytesIO(one)).convert("L") for one in (preview, file))
    assert shown.size == plain.size == (1024, 576)
    assert ImageChops.difference(shown, plain).crop((80, 44, 90, 500)).getextrema()[1] > 60
    framed = with_safe_area(Image.new("RGB", (200, 100), (120, 120, 120)))
    assert framed.getpixel((0, 0)) == (120, 120, 120)
    assert framed.getpixel((16, 50)) != (120, 120, 120)
