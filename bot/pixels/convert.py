"""Colour conversion to 8-bit sRGB or grey, keeping transparency. Values are scaled, never clipped."""

from __future__ import annotations

import io
import math

from PIL import Image, ImageChops, ImageCms, ImageOps

from bot.pixels.containers import MAX_PROFILE
from bot.pixels.errors import BadPicture

PLAIN = ("L", "LA", "RGB", "RGBA")
_ORIENTATION = 0x0112
_BITS_PER_SAMPLE = 258
_SPACES = {"L": "GRAY", "LA": "GRAY", "RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK"}


def plain(picture: Image.Image) -> Image.Image:
    """The picture in one of the PLAIN modes, rotated as its metadata says. Returns the same object if nothing has to change."""
    profile = picture.info.get("icc_profile")
    eight = _eight_bits(_turned(picture), _most(picture))
    if isinstance(profile, bytes) and profile:
        eight = _srgb(eight, profile)
    return eight.convert("RGB") if eight.mode == "CMYK" else eight


def on_white(picture: Image.Image) -> Image.Image:
    """Flatten one of the PLAIN modes to RGB or L on a white background."""
    if picture.mode not in ("LA", "RGBA"):
        return picture
    ground = Image.new("RGB", picture.size, "white")
    colour = picture.convert("RGBA")
    ground.paste(colour, mask=colour.getchannel("A"))
    return ground


def _turned(picture: Image.Image) -> Image.Image:
    """Apply the metadata's orientation; no copy if there is none, which is nearly always."""
    try:
        return ImageOps.exif_transpose(picture) if picture.getexif().get(_ORIENTATION, 1) != 1 else picture
    except Exception:  # damaged metadata is discarded anyway and doesn't affect the pixels
        return picture


def _most(picture: Image.Image) -> int | None:
    """White level of pixels with more than 8 bits; None if only the pixels can tell."""
    if picture.mode.startswith("I;16") or (picture.mode == "I" and picture.format in ("PNG", "PPM")):
        bits = getattr(picture, "tag_v2", {}).get(_BITS_PER_SAMPLE, (16,))
        return (1 << bits[0]) - 1 if isinstance(bits, tuple) and 8 < bits[0] <= 16 else 65535
    return None


def _eight_bits(picture: Image.Image, most: int | None) -> Image.Image:
    mode = picture.mode
    if mode.startswith("I") or mode == "F":
        return _scaled(picture, most)
    if mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB") or picture
    if mode == "CMYK" or (mode in PLAIN and "transparency" not in picture.info):
        return picture
    if mode == "La":
        return picture.convert("LA")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("L" if mode == "1" else "RGB")


def _scaled(picture: Image.Image, most: int | None) -> Image.Image:
    """Scale 16-bit, 32-bit or float grey. 32-bit and float files don't state their white level, so use the smallest common range that holds
    all values, or the values' own range."""
    low, white = 0.0, float(most or 0)
    if most is None:
        low, high = (float(value) for value in picture.getextrema())  # type: ignore[arg-type]
        if not (math.isfinite(low) and math.isfinite(high)):
            raise BadPicture("ValueError: pixels that are no numbers")
        usual = (1.0, 255.0, 65535.0) if picture.mode == "F" else (255.0, 65535.0)
        white = next((limit for limit in usual if low >= 0 and high <= limit), high)
        low = 0.0 if low >= 0 and white != high else low
    scale = 255.0 / ((white - low) or 1.0)
    wide = picture if picture.mode == "F" else picture.convert("I")
    grey = wide.point(lambda value: value * scale + (0.5 - low * scale)).convert("L")
    see_through = picture.info.get("transparency")
    if not isinstance(see_through, int) or not picture.mode.startswith("I;16"):
        return grey
    whole = picture.convert("I")
    # 255 where the value differs: below it or above it.
    below = whole.point(lambda value: value * -255 + see_through * 255).convert("L")
    above = whole.point(lambda value: value * 255 + see_through * -255).convert("L")
    made = grey.copy()
    made.putalpha(ImageChops.lighter(below, above))
    return made


def _srgb(picture: Image.Image, raw: bytes) -> Image.Image:
    """Convert colours through the ICC profile. A profile that is damaged, too large or of another colour model is ignored."""
    if len(raw) > MAX_PROFILE:
        return picture
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(raw))
        if profile.profile.xcolor_space.strip() != _SPACES[picture.mode]:
            return picture
        alpha = picture.getchannel("A") if picture.mode in ("LA", "RGBA") else None
        colour = picture.convert(picture.mode[:-1]) if alpha else picture
        transform = ImageCms.buildTransform(
            profile, ImageCms.createProfile("sRGB"), colour.mode, "RGB", ImageCms.Intent(ImageCms.getDefaultIntent(profile))
        )
        if colour.mode == "RGB" and _changes_nothing(transform):
            return picture
        made = ImageCms.applyTransform(colour, transform)
        if made is None:
            return picture
        made = made.convert("L") if colour.mode == "L" else made
        if alpha:
            made.putalpha(alpha)
        return made
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, KeyError):
        return picture


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether the profile is sRGB under another name: no colour of a grid moves by more than rounding."""
    steps = range(0, 256, 15)
    grid = Image.frombytes("RGB", (len(steps) ** 2, len(steps)), bytes(v for r in steps for g in steps for b in steps for v in (r, g, b)))
    moved = ImageCms.applyTransform(grid, transform)
    return moved is not None and max(high for _, high in ImageChops.difference(grid, moved).getextrema()) <= 1  # type: ignore[misc]
