"""Drawing of the sandbox's pictures: a small landscape that depends only on the prompt, with the prompt's words and a label.

Synchronous; the server runs it in a worker.
"""

from __future__ import annotations

import base64
import hashlib
import io
import math
import re
from collections.abc import Iterator
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

LABEL = "sandbox picture"
MARKER = re.compile(r"sandbox:[a-z_]+(?:@[a-z0-9-]+)?(?:\*[0-9]+)?", re.IGNORECASE | re.ASCII)
_DRAWN_EDGE = 640
"""Shapes are drawn small and scaled up: they're soft anyway, and a 4K picture takes a third of a second instead of two."""
_WORD = re.compile(r"[!-~À-ÖØ-öø-ÿ]+")
_COLOURS = {
    "red": (200, 48, 52),
    "scarlet": (210, 36, 30),
    "orange": (232, 126, 36),
    "yellow": (240, 200, 60),
    "golden": (222, 170, 60),
    "green": (60, 150, 84),
    "teal": (32, 140, 140),
    "blue": (52, 104, 190),
    "purple": (122, 72, 168),
    "violet": (140, 84, 190),
    "pink": (228, 120, 160),
    "brown": (126, 84, 56),
    "black": (38, 38, 44),
    "white": (240, 240, 236),
    "grey": (130, 134, 140),
    "gray": (130, 134, 140),
}
_SKIES = (
    ((252, 214, 160), (226, 120, 104), (92, 60, 110)),
    ((214, 236, 248), (126, 182, 220), (44, 88, 132)),
    ((248, 232, 200), (150, 196, 160), (40, 92, 88)),
    ((250, 220, 226), (170, 150, 210), (62, 58, 120)),
    ((255, 240, 190), (244, 170, 80), (140, 70, 60)),
    ((206, 240, 226), (90, 170, 170), (24, 70, 92)),
)
_NIGHT = ((44, 54, 104), (26, 30, 66), (10, 14, 34))
Colour = tuple[int, int, int]


def draw(prompt: str, width: int, height: int, index: int = 0, behind: bytes | None = None, format_: str = "PNG") -> bytes:
    """Draw a picture of this size. The same prompt and index always give the same picture; `behind` is a reference picture to paint
    over."""
    scale = min(1.0, _DRAWN_EDGE / max(width, height))
    small = (max(8, round(width * scale)), max(8, round(height * scale)))
    picture = _scene(prompt, small, index, behind)
    picture = picture.resize((width, height), Image.Resampling.BICUBIC)
    _write(picture, " ".join(MARKER.sub(" ", prompt).split()))
    out = io.BytesIO()
    picture.save(out, format_, compress_level=1, quality=90)
    return out.getvalue()


def draw_base64(prompt: str, width: int, height: int, index: int = 0, behind: bytes | None = None, format_: str = "PNG") -> bytes:
    """The same picture as base64 text."""
    return base64.b64encode(draw(prompt, width, height, index, behind, format_))


def _chance(prompt: str, index: int) -> Iterator[float]:
    """Pseudo-random numbers from 0 to 1, seeded by prompt and index."""
    counter = 0
    while True:
        digest = hashlib.sha256(f"{prompt}\0{index}\0{counter}".encode("utf-8", "surrogatepass")).digest()
        yield from (int.from_bytes(digest[at : at + 2], "big") / 65535 for at in range(0, 32, 2))
        counter += 1


def _scene(prompt: str, size: tuple[int, int], index: int, behind: bytes | None) -> Image.Image:
    chance = _chance(prompt, index)
    words = set(re.findall(r"[a-z]+", prompt.lower()))
    night = bool(words & {"night", "moon", "stars", "dark", "midnight"})
    top, middle, ground = _NIGHT if night else _SKIES[int(next(chance) * (len(_SKIES) - 1) + 0.5)]
    accent = next((_COLOURS[word] for word in re.findall(r"[a-z]+", prompt.lower()) if word in _COLOURS), None)
    picture = _gradient(size, top, middle)
    if behind is not None:
        picture = Image.blend(_opened(behind, size), picture, 0.45)
    pen = ImageDraw.Draw(picture, "RGBA")
    width, height = size
    unit = min(size)
    sun = (width * (0.2 + 0.6 * next(chance)), height * (0.16 + 0.2 * next(chance)), unit * (0.07 + 0.06 * next(chance)))
    for ring in range(6, 0, -1):
        _disc(pen, sun[0], sun[1], sun[2] * (1 + ring * 0.35), (255, 255, 240, 14))
    _disc(pen, *sun, (246, 246, 220, 255) if night else (255, 250, 226, 255))
    if night:
        for _ in range(60):
            _disc(pen, width * next(chance), height * 0.6 * next(chance), unit * 0.003, (255, 255, 255, 190))
    for layer in range(4):
        _hills(pen, size, chance, 0.5 + 0.13 * layer, _between(middle, ground, (layer + 1) / 4))
        if layer == 1:
            _things(pen, size, chance, accent or _between(ground, (255, 255, 255), 0.35))
    if words & {"sea", "ocean", "lake", "water", "beach", "waves"}:
        for wave in range(7):
            y = height * (0.72 + wave * 0.04)
            pen.line(
                [(x, y + math.sin(x / unit * 25 + wave) * unit * 0.008) for x in range(0, width, 4)],
                (255, 255, 255, 90),
                max(1, unit // 160),
            )
    if words & {"rain", "rainy", "storm"}:
        for _ in range(160):
            x, y, length = width * next(chance), height * next(chance), unit * (0.02 + 0.04 * next(chance))
            pen.line((x, y, x - length * 0.25, y + length), (235, 242, 250, 110), max(1, unit // 320))
    if words & {"snow", "snowy", "winter", "blizzard"}:
        for _ in range(180):
            _disc(pen, width * next(chance), height * next(chance), unit * (0.002 + 0.006 * next(chance)), (255, 255, 255, 210))
    return picture


def _gradient(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    mask = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), mask)


def _opened(raw: bytes, size: tuple[int, int]) -> Image.Image:
    """The reference picture, or plain grey if it can't be read; validation happens earlier."""
    try:
        with Image.open(io.BytesIO(raw), formats=("PNG", "JPEG", "WEBP")) as opened:
            return opened.convert("RGB").resize(size)
    except Exception:  # Pillow's decoders raise anything
        return Image.new("RGB", size, (128, 128, 128))


def _hills(pen: ImageDraw.ImageDraw, size: tuple[int, int], chance: Iterator[float], level: float, colour: Colour) -> None:
    width, height = size
    waves = [(0.5 + 2.5 * next(chance), 6.3 * next(chance), 0.015 + 0.045 * next(chance)) for _ in range(3)]
    line = [(x, height * (level + sum(h * math.sin(x / width * 6.3 * f + p) for f, p, h in waves))) for x in range(0, width + 4, 4)]
    pen.polygon([(0, height), *line, (width + 4, height)], (*colour, 255))


def _things(pen: ImageDraw.ImageDraw, size: tuple[int, int], chance: Iterator[float], colour: Colour) -> None:
    """A few balloons in a colour derived from the prompt."""
    width, height = size
    for _ in range(2 + int(next(chance) * 3)):
        x, y = width * (0.12 + 0.76 * next(chance)), height * (0.2 + 0.3 * next(chance))
        radius = min(size) * (0.035 + 0.05 * next(chance))
        pen.line((x - radius * 0.5, y + radius * 0.7, x, y + radius * 1.9), (70, 60, 60, 200), max(1, int(radius / 14)))
        pen.line((x + radius * 0.5, y + radius * 0.7, x, y + radius * 1.9), (70, 60, 60, 200), max(1, int(radius / 14)))
        _disc(pen, x, y, radius, (*colour, 255))
        _disc(pen, x - radius * 0.3, y - radius * 0.3, radius * 0.45, (255, 255, 255, 46))
        basket = radius * 0.22
        pen.rectangle((x - basket, y + radius * 1.8, x + basket, y + radius * 2.15), (96, 70, 52, 255))


def _disc(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: tuple[int, int, int, int]) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), colour)


def _between(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _write(picture: Image.Image, words: str) -> None:
    """The label in a corner, and along the bottom the prompt's words if the built-in font has all their letters."""
    width, height = picture.size
    edge = min(width, height)
    pen = ImageDraw.Draw(picture, "RGBA")
    small = _font(max(8, edge // 34))
    label = f"{LABEL} {width}x{height}" if width >= 200 else LABEL
    margin = max(2, edge // 60)
    box = pen.textbbox((0, 0), label, font=small)
    pen.rounded_rectangle((margin, margin, margin * 3 + box[2], margin * 3 + box[3]), margin, (20, 22, 30, 165))
    pen.text((margin * 2, margin * 2), label, font=small, fill=(255, 255, 255))
    readable = " ".join(_WORD.findall(words))
    if not readable or edge < 96 or any(one.isalpha() for one in _WORD.sub("", words)):
        return
    font = _font(max(10, edge // 20))
    lines = _wrapped(pen, readable, font, width - 6 * margin)
    line_height = pen.textbbox((0, 0), "Ag", font=font)[3] * 1.25
    top = height - margin * 3 - line_height * len(lines)
    pen.rounded_rectangle((margin, top - margin, width - margin, height - margin), margin * 2, (20, 22, 30, 150))
    for at, line in enumerate(lines):
        pen.text((margin * 3, top + at * line_height), line, font=font, fill=(255, 255, 255))


def _wrapped(pen: ImageDraw.ImageDraw, words: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, room: int) -> list[str]:
    lines = [""]
    for word in words[:400].split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font=font) <= room:
            lines[-1] = longer
        elif len(lines) == 3:
            lines[-1] = f"{lines[-1]} …"
            break
        else:
            lines.append(word)
    return [line for line in lines if line]
