"""Text on the provider's tiny pictures, without fonts: another file for other words, and the pixel with the picture's number stays."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from bot.pixels.fit import pixels
from bot.pixels.jobs import JobValues, _changed


def draw_small(values: JobValues, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    """The job `caption`."""
    picture = pixels(b"".join(pieces)).convert("RGB")
    mark = zlib.crc32(values["text"].encode())
    picture.putpixel((picture.width - 1, picture.height - 1), (mark & 255, mark >> 8 & 255, mark >> 16 & 255))
    shape, content = _changed(picture)
    return {**shape, "lines": [values["text"]], "font_size": 12, "contrast": 21.0}, content
