"""Draw the captions of the tests on one sheet, docs/images/captions.png, so that people can look at all of them."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402

from bot.domain.picture_changes import PLACES  # noqa: E402
from bot.pixels.captions.draw import draw  # noqa: E402
from bot.pixels.captions.fonts import find_fonts  # noqa: E402
from tests.unit.pixels.captions import CAPTIONS  # noqa: E402

CELL, COLUMNS = (320, 180), 6


def main() -> None:
    """Write the sheet."""
    fonts = find_fonts()
    rows = -(-len(CAPTIONS) // COLUMNS)
    sheet = Image.new("RGB", (CELL[0] * COLUMNS, CELL[1] * rows))
    for number, text in enumerate(CAPTIONS):
        hue = number * 37 % 256
        band = Image.linear_gradient("L").resize(CELL)
        ground = Image.merge(
            "HSV", (Image.new("L", CELL, hue), Image.new("L", CELL, 110), band if number % 2 else band.rotate(180))
        ).convert("RGB")
        made, _ = draw(ground, text, fonts, list(PLACES)[number % len(PLACES)])
        sheet.paste(made, (number % COLUMNS * CELL[0], number // COLUMNS * CELL[1]))
    sheet.quantize(128).save(ROOT / "docs" / "images" / "captions.png", optimize=True)


if __name__ == "__main__":
    main()
