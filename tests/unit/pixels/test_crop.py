"""Cropping to a ratio: as much as possible, exactly there, and marked as a composite."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from bot.pixels.crop import RATIOS, crop_box, with_safe_area
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


@pytest.mark.parametrize(("across", "left"), [(0.0, 0), (0.5, 256), (1.0, 512), (7.0, 512), (-1.0, 0)])
def test_the_place_of_the_part_is_chosen(across: float, left: int) -> None:
    assert crop_box((1536, 1024), "1:1", across) == (left, 0, left + 1024, 1024)


@pytest.mark.parametrize(("size", "ratio"), [((1024, 1024), "3:2"), ((1024, 1024), ""), ((1, 1), "1:1"), ((5000, 60), "9:16")])
def test_what_cannot_be_cut_is_told(size: tuple[int, int], ratio: str) -> None:
    assert crop_box(size, ratio) is None
    values, made = do("crop", {"ratio": ratio, "across": 0.5, "down": 0.5, "path": ""}, [png(size)])
    assert values == {"problem": "ratio", "value": ratio}
    assert made == b""


@pytest.mark.parametrize("job", ["crop", "caption"])
def test_a_changed_picture_is_stored_as_a_composite(tmp_path: Path, job: str) -> None:
    path = tmp_path / "made"
    values = {
        "ratio": "1:1",
        "across": 0.5,
        "down": 0.5,
        "text": "Open today",
        "font": "",
        "place": "top-left",
        "colour": "",
        "path": str(path),
    }
    told, _ = do(job, values, [png((600, 400))])
    content = path.read_bytes()
    assert told["size"] == len(content)
    assert (told["width"], told["height"]) == ((400, 400) if job == "crop" else (600, 400))
    assert COMPOSITE.encode() in content
    assert recode(content)[0].width == told["width"]


def test_a_caption_that_cannot_be_drawn_leaves_no_file(tmp_path: Path) -> None:
    values = {"text": " ", "font": "", "place": "top-left", "colour": "", "path": str(tmp_path / "made")}
    assert do("caption", values, [png((600, 400))]) == ({"problem": "empty", "value": ""}, b"")
    assert list(tmp_path.iterdir()) == []


def test_the_preview_shows_the_safe_area_and_is_not_stored() -> None:
    told, made = do("crop", {"ratio": "16:9", "across": 0.5, "down": 0.5, "path": ""}, [png((1024, 1024))])
    assert told == {"box": [0, 224, 1024, 800]}
    shown = Image.open(io.BytesIO(made))
    assert shown.size == (1024, 576)
    plain = Image.new("RGB", (200, 100), (120, 120, 120))
    framed = with_safe_area(plain)
    assert framed.getpixel((0, 0)) == (120, 120, 120)
    assert framed.getpixel((16, 50)) != (120, 120, 120)
