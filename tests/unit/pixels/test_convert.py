"""Every kind of pixels becomes eight bits of sRGB: compared, pixel by pixel, with arithmetic written down here, without Pillow."""

import io
import struct
import zlib
from collections.abc import Callable, Sequence

import pytest
from PIL import Image, ImageCms

from bot.pixels.fit import for_blocks, shrink
from bot.pixels.recode import recode

Pixel = tuple[int, ...]


def png(width: int, height: int, depth: int, colour: int, rows: Sequence[bytes], *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG written by hand, with chunks before the pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunk(*one) for one in chunks) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def saved(picture: Image.Image, format_: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format_, **options)
    return out.getvalue()


def pixels_of(content: bytes) -> list[Pixel]:
    """What the stored file shows, as RGBA."""
    stored = Image.open(io.BytesIO(content))
    assert stored.mode in ("L", "LA", "RGB", "RGBA")
    raw = stored.convert("RGBA").tobytes()
    return [tuple(raw[at : at + 4]) for at in range(0, len(raw), 4)]


def assert_near(content: bytes, wanted: Sequence[Pixel], tolerance: int) -> None:
    found = pixels_of(content)
    assert len(found) == len(wanted)
    for at, (is_, should) in enumerate(zip(found, wanted, strict=True)):
        assert all(abs(a - b) <= tolerance for a, b in zip(is_, should, strict=True)), (at, is_, should)


WIDE = [0, 1, 128, 255, 256, 257, 300, 4095, 20_000, 32_767, 32_768, 65_000, 65_534, 65_535, 129, 40_000]


def eighth(value: float) -> int:
    return round(value * 255 / 65_535)


def grey(value: int, alpha: int = 255) -> Pixel:
    return (value, value, value, alpha)


def test_sixteen_bits_of_grey_are_scaled() -> None:
    row = b"".join(value.to_bytes(2) for value in WIDE)
    assert_near(recode(png(16, 1, 16, 0, [row]))[1], [grey(eighth(value)) for value in WIDE], 0)


def test_sixteen_bits_of_colour_and_of_transparency_are_scaled() -> None:
    values = [(a, b, c) for a, b, c in zip(WIDE, WIDE[3:] + WIDE[:3], WIDE[7:] + WIDE[:7], strict=True)]
    row = b"".join(value.to_bytes(2) for pixel in values for value in pixel)
    # Pillow takes the higher byte of each: less than one step away.
    assert_near(recode(png(16, 1, 16, 2, [row]))[1], [(*map(eighth, pixel), 255) for pixel in values], 1)
    row = b"".join(value.to_bytes(2) for pixel in values for value in (*pixel, pixel[1]))
    assert_near(recode(png(16, 1, 16, 6, [row]))[1], [(*map(eighth, pixel), eighth(pixel[1])) for pixel in values], 1)
    row = b"".join(value.to_bytes(2) for pixel in values for value in pixel[:2])
    assert_near(recode(png(16, 1, 16, 4, [row]))[1], [grey(eighth(a), eighth(b)) for a, b, _ in values], 1)


def test_one_value_of_sixteen_bits_can_be_the_transparent_one() -> None:
    row = b"".join(value.to_bytes(2) for value in WIDE)
    content = recode(png(16, 1, 16, 0, [row], (b"tRNS", (300).to_bytes(2))))[1]
    assert_near(content, [grey(eighth(value), 0 if value == 300 else 255) for value in WIDE], 0)


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_few_bits_of_grey_are_stretched_to_white(depth: int) -> None:
    count = 8 // depth
    content = recode(png(count, 1, depth, 0, [b"\xe4"]))[1]
    values = [(0xE4 >> (8 - depth * (at + 1))) & ((1 << depth) - 1) for at in range(count)]
    assert_near(content, [grey(value * 255 // ((1 << depth) - 1)) for value in values], 0)


def test_palettes_keep_their_colours_and_their_transparency() -> None:
    palette = bytes(value for at in range(4) for value in (at * 80, 255 - at * 60, at * 7))
    rows = [bytes([0, 1, 2, 3])]
    assert_near(
        recode(png(4, 1, 8, 3, rows, (b"PLTE", palette), (b"tRNS", bytes([0, 128]))))[1],
        [(at * 80, 255 - at * 60, at * 7, (0, 128, 255, 255)[at]) for at in range(4)],
        0,
    )
    assert_near(recode(png(4, 1, 8, 3, rows, (b"PLTE", palette)))[1], [(at * 80, 255 - at * 60, at * 7, 255) for at in range(4)], 0)


def test_one_colour_or_grey_can_be_the_transparent_one() -> None:
    content = recode(png(2, 1, 8, 2, [bytes([1, 2, 3, 9, 9, 9])], (b"tRNS", b"\0\1\0\2\0\3")))[1]
    assert_near(content, [(1, 2, 3, 0), (9, 9, 9, 255)], 0)
    assert_near(recode(png(2, 1, 8, 0, [bytes([7, 8])], (b"tRNS", b"\0\x08")))[1], [grey(7), grey(8, 0)], 0)
    assert_near(recode(png(2, 1, 8, 4, [bytes([7, 100, 8, 0])]))[1], [grey(7, 100), grey(8, 0)], 0)


@pytest.mark.parametrize(
    ("values", "reference"),
    [
        ([0.0, 0.25, 0.5, 1.0], lambda v: v * 255),
        ([0.0, 17.0, 254.6, 100.2], lambda v: v),
        ([0.0, 1000.0, 65535.0, 256.0], lambda v: v / 257),
        ([-1.0, 0.0, 1.0, 3.0], lambda v: (v + 1) * 255 / 4),
    ],
)
def test_floating_point_is_scaled_by_the_range_it_uses(values: list[float], reference: Callable[[float], float]) -> None:
    picture = Image.new("F", (len(values), 1))
    picture.putdata(values)
    assert_near(recode(saved(picture, "TIFF"))[1], [grey(round(reference(value))) for value in values], 1)


@pytest.mark.parametrize(
    ("values", "reference"),
    [([0, 255, 3], lambda v: v), ([0, 65535, 256], lambda v: v / 257), ([-100, 0, 900], lambda v: (v + 100) * 255 / 1000)],
)
def test_thirty_two_bits_are_scaled_by_the_range_they_use(values: list[int], reference: Callable[[int], float]) -> None:
    picture = Image.new("I", (len(values), 1))
    picture.putdata(values)
    assert_near(recode(saved(picture, "TIFF"))[1], [grey(round(reference(value))) for value in values], 1)


INKS = [(0, 0, 0, 0), (255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255), (40, 90, 200, 10), (128, 128, 128, 128), (255,) * 4]


def printed(c: int, m: int, y: int, k: int) -> Pixel:
    return (*(round((255 - ink) * (255 - k) / 255) for ink in (c, m, y)), 255)


def patches(mode: str, values: Sequence[Pixel], side: int = 16) -> Image.Image:
    """Squares of one colour, so that a JPEG's loss stays at their edges."""
    picture = Image.new(mode, (side * len(values), side))
    for at, value in enumerate(values):
        picture.paste(value, (at * side, 0, at * side + side, side))
    return picture


def test_cmyk_becomes_what_it_prints_also_from_an_inverted_adobe_jpeg() -> None:
    assert_near(recode(saved(patches("CMYK", INKS, 1), "TIFF"))[1], [printed(*ink) for ink in INKS], 1)
    raw = saved(patches("CMYK", INKS), "JPEG", quality=100, subsampling=0)
    assert b"Adobe" in raw[:100]  # which is how Pillow writes them: inverted
    taken, content = recode(raw)
    assert taken.format == "jpeg"
    stored = Image.open(io.BytesIO(content)).convert("RGB")
    for at, ink in enumerate(INKS):
        found = stored.getpixel((at * 16 + 8, 8))
        assert all(abs(a - b) <= 4 for a, b in zip(found, printed(*ink)[:3], strict=True)), (ink, found)  # type: ignore[arg-type]


def matrix_profile(gamma: float, primaries: Sequence[tuple[float, float, float]]) -> bytes:
    """An ICC v2 display profile by hand: one exponent for all channels, and the XYZ (D50) of the three."""

    def xyz(values: Sequence[float]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"text\0\0\0\0none\0\0\0\0"
    desc = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + b"\0" * 81
    tags = [(b"rXYZ", xyz(primaries[0])), (b"gXYZ", xyz(primaries[1])), (b"bXYZ", xyz(primaries[2]))]
    tags += [(b"wtpt", xyz((0.9642, 1.0, 0.8249))), (b"cprt", text), (b"desc", desc)]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    at, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, value in tags:
        value += b"\0" * (-len(value) % 4)
        table += name + struct.pack(">II", at + len(body), len(value))
        body += value
    head = struct.pack(">I4sI4s4s4s", 0, b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ ") + b"\0" * 12 + b"acsp" + b"\0" * 24
    head += struct.pack(">I", 0) + b"".join(struct.pack(">i", round(v * 65536)) for v in (0.9642, 1.0, 0.8249))
    whole = head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


SRGB_XYZ = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
ADOBE_XYZ = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
TO_SRGB = ((3.1338561, -1.6168667, -0.4906146), (-0.9787684, 1.9161415, 0.0334540), (0.0719453, -0.2289914, 1.4052427))
COLOURS = [(0, 0, 0), (255, 255, 255), (128, 128, 128), (200, 100, 50), (10, 200, 90), (60, 60, 220), (250, 240, 30), (5, 10, 15)]


def as_srgb(pixel: Pixel, gamma: float, primaries: Sequence[tuple[float, float, float]]) -> Pixel:
    linear = [(value / 255) ** gamma for value in pixel[:3]]
    xyz = [sum(linear[channel] * primaries[channel][axis] for channel in range(3)) for axis in range(3)]
    out = [min(1.0, max(0.0, sum(row[axis] * xyz[axis] for axis in range(3)))) for row in TO_SRGB]
    return tuple(round(255 * (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)) for v in out)


@pytest.mark.parametrize(("gamma", "primaries"), [(1.0, SRGB_XYZ), (1.8, SRGB_XYZ), (2.2, ADOBE_XYZ)])
def test_a_profile_is_converted_and_transparency_stays(gamma: float, primaries: Sequence[tuple[float, float, float]]) -> None:
    profile = matrix_profile(gamma, primaries)
    wanted = [as_srgb(colour, gamma, primaries) for colour in COLOURS]
    assert_near(recode(saved(patches("RGB", COLOURS, 1), "PNG", icc_profile=profile))[1], [(*one, 255) for one in wanted], 2)
    see_through = patches("RGBA", [(*colour, 30 * at) for at, colour in enumerate(COLOURS)], 1)
    content = recode(saved(see_through, "PNG", icc_profile=profile))[1]
    assert_near(content, [(*one, 30 * at) for at, one in enumerate(wanted)], 2)
    assert Image.open(io.BytesIO(content)).info.get("icc_profile") is None
    palette = patches("RGB", COLOURS, 1).quantize(len(COLOURS))
    exact = palette.convert("RGB").tobytes()
    wanted = [as_srgb(tuple(exact[at : at + 3]), gamma, primaries) for at in range(0, len(exact), 3)]
    assert_near(recode(saved(palette, "PNG", icc_profile=profile))[1], [(*one, 255) for one in wanted], 2)


def test_srgb_by_its_own_name_changes_no_pixel() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    raw = saved(Image.effect_noise((40, 30), 80).convert("RGB"), "PNG", icc_profile=profile)
    assert pixels_of(recode(raw)[1]) == pixels_of(raw)


def test_a_profile_of_another_kind_of_colour_or_a_damaged_one_costs_nothing() -> None:
    colours = patches("L", [(10,), (200,)], 1)
    for profile in (matrix_profile(1.0, SRGB_XYZ), matrix_profile(1.0, SRGB_XYZ)[:150], b"garbage"):
        assert_near(recode(saved(colours, "PNG", icc_profile=profile))[1], [grey(10), grey(200)], 0)


@pytest.mark.parametrize("mode", ["LA", "RGBA", "P"])
def test_transparent_places_are_white_where_a_format_has_none(mode: str) -> None:
    source = patches("RGBA", [(200, 100, 50, 255), (200, 100, 50, 0), (0, 0, 0, 128)], 16)
    stored = saved(source.convert(mode) if mode != "P" else source.quantize(8), "PNG")
    shown = Image.open(io.BytesIO(stored)).convert("RGBA")
    for content in (shrink(stored, 1, [("JPEG", 100, 1.0)])[1], for_blocks(stored, 1, 100)[1]):
        flat = Image.open(io.BytesIO(content))
        assert flat.mode == "RGB"
        for at in (8, 24, 40):
            *colour, alpha = shown.getpixel((at, 8))  # type: ignore[misc]
            wanted = [round((value * alpha + 255 * (255 - alpha)) / 255) for value in colour]
            assert all(abs(a - b) <= 3 for a, b in zip(flat.getpixel((at, 8)), wanted, strict=True))  # type: ignore[arg-type]


def test_what_is_fitted_is_converted_too() -> None:
    """The store may hold a service's own signed file, of sixteen bits or with a profile."""
    row = b"".join(value.to_bytes(2) for value in WIDE)
    assert_near(for_blocks(png(16, 1, 16, 0, [row]), 1 << 20, 90)[1], [grey(eighth(value)) for value in WIDE], 0)


@pytest.mark.parametrize("format_", ["AVIF", "GIF", "BMP", "TIFF", "ICO", "PPM", "JPEG2000", "QOI", "WEBP"])
def test_other_formats_keep_their_pixels(format_: str) -> None:
    options = {"quality": 100, "subsampling": "4:4:4"} if format_ == "AVIF" else {"lossless": True} if format_ == "WEBP" else {}
    raw = saved(patches("RGB", COLOURS[:4]), format_, **options)
    taken, content = recode(raw)
    before, after = Image.open(io.BytesIO(raw)).convert("RGB"), Image.open(io.BytesIO(content)).convert("RGB")
    assert (taken.width, taken.height) == before.size
    assert taken.format == "png"
    assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP", "TIFF", "AVIF"])
def test_of_an_animated_one_the_first_picture_is_taken(format_: str) -> None:
    first, second = Image.new("RGB", (64, 48), (250, 0, 0)), Image.new("RGB", (64, 48), (0, 0, 250))
    taken, content = recode(saved(first, format_, save_all=True, append_images=[second]))
    stored = Image.open(io.BytesIO(content))
    assert (taken.width, taken.height, getattr(stored, "n_frames", 1)) == (64, 48, 1)
    red, _, blue = stored.convert("RGB").getpixel((30, 20))  # type: ignore[misc]
    assert red > 240
    assert blue < 15
