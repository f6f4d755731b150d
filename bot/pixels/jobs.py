"""Picture jobs by name, callable from another process: JSON values and bytes in, the same out."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PIL import Image

from bot.domain.picture_changes import RATIOS
from bot.pixels.base64text import from_base64
from bot.pixels.crop import crop_box, with_safe_area
from bot.pixels.fit import for_blocks, pixels, shrink
from bot.pixels.marks import COMPOSITE, encoded
from bot.pixels.recode import PNG_LEVEL, recode
from bot.pixels.reference import Wanted, reference
from bot.pixels.sheet import CELL, Cell, contact_sheet

if TYPE_CHECKING:
    from bot.pixels.captions.fonts import Fonts

JobValues = Mapping[str, Any]
Job = Callable[[JobValues, Sequence[bytes]], tuple[dict[str, Any], bytes]]


def do(name: str, values: JobValues, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    """Run a job in this process. Raises BadPicture, NotTaken, and OSError from the disk."""
    return JOBS[name](values, pieces)


def _take(values: JobValues, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    """Decode a picture and write the file to store durably to `path`."""
    taken, content = recode(from_base64(pieces) if values["base64"] else b"".join(pieces))
    with open(values["path"], "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    shape = {"format": taken.format, "width": taken.width, "height": taken.height, "signed": taken.signed, "kept": taken.kept}
    return {**shape, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}, b""


def _caption(values: JobValues, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    """Draw text on a stored picture. What can't be drawn is in `problem` and `value`."""
    from bot.pixels.captions.draw import draw
    from bot.pixels.captions.problems import CannotDraw

    try:
        wanted = values["place"], values["colour"], values["size"]
        made, drawn = draw(pixels(b"".join(pieces)), values["text"], _fonts(values["font"]), *wanted)
    except CannotDraw as error:
        return {"problem": error.why, "value": error.value}, b""
    shape, content = _changed(made)
    return {**shape, "lines": drawn.lines, "font_size": drawn.size, "contrast": round(drawn.contrast, 2)}, content


@lru_cache(maxsize=1)
def _fonts(brand: str) -> Fonts:
    """Looked for once per process, because a fallback may have to look into hundreds of files."""
    from bot.pixels.captions.fonts import find_fonts

    return find_fonts(brand)


def _crop(values: JobValues, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    """Crop a stored picture to `ratio`. The preview with the safe area is appended to the file, from byte `size` on. `problem` is `small`
    if the crop would be too small, and `ratio` for an unknown ratio."""
    picture = pixels(b"".join(pieces))
    box = crop_box(picture.size, values["ratio"], values["along"])
    if box is None:
        return {"problem": "small" if values["ratio"] in RATIOS else "ratio", "value": values["ratio"]}, b""
    part = picture.crop(box)
    shape, content = _changed(part)
    preview = encoded(with_safe_area(part), "JPEG", COMPOSITE, quality=85)
    return {**shape, "box": list(box), "preview": hashlib.sha256(preview).hexdigest()}, content + preview


def _sheet(values: JobValues, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    """A contact sheet of stored pictures, which stand one behind the other: `cells` say how many bytes each has, and what is written on
    it. `size`: a picture's longest edge."""
    whole, at, cells = b"".join(pieces), 0, []
    for one in values["cells"]:
        cells.append(Cell(one["label"], pixels(whole[at : at + one["bytes"]]), one.get("title", ""), one.get("mark", "")))
        at += one["bytes"]
    made = contact_sheet(cells, safe_area=values.get("safe_area", True), size=values.get("size", CELL))
    content = encoded(made, "JPEG", COMPOSITE, quality=88)
    shape = {"format": "jpeg", "width": made.width, "height": made.height}
    return {**shape, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}, content


def _changed(picture: Image.Image) -> tuple[dict[str, Any], bytes]:
    """A changed picture as PNG with the mark of a composite. Its Content Credentials are gone: they'd no longer be true."""
    content = encoded(picture, "PNG", COMPOSITE, compress_level=PNG_LEVEL)
    shape = {"format": "png", "width": picture.width, "height": picture.height}
    return {**shape, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}, content


def _shrink(values: JobValues, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    place, made = shrink(b"".join(pieces), values["limit"], [(kind, quality, share) for kind, quality, share in values["steps"]])
    return {"place": place}, made


def _for_blocks(values: JobValues, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    ending, made = for_blocks(b"".join(pieces), values["large"], values["quality"])
    return {"ending": ending}, made


def _reference(values: JobValues, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    """Check and re-encode a member's picture or mask; returns the file to store."""
    pair = {name: tuple(values[name]) for name in ("mask_of", "fitted") if values.get(name)}
    made, content = reference(b"".join(pieces), Wanted(**{**values, **pair}))
    return dataclasses.asdict(made), content


JOBS: dict[str, Job] = {
    "take": _take,
    "shrink": _shrink,
    "for_blocks": _for_blocks,
    "reference": _reference,
    "caption": _caption,
    "crop": _crop,
    "sheet": _sheet,
}
