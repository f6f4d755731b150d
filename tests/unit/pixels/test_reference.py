"""Pictures and masks of members: each wrong one has its reason, and what comes out is only pixels, as people see them."""

from __future__ import annotations

import base64
import io
import zlib
from typing import Any

import pytest
from PIL import Image, ImageDraw

from bot.pixels.containers import read
from bot.pixels.errors import BadPicture, NotTaken
from bot.pixels.jobs import do

HEIC = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEA"
    "AQAAAAABegABAAAAAAAAAHoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmND"
    "AQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbqSSmubgIaDAgA"
    "AAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAA"
    "AAABAAEEgQIDBAAAAIJtZGF0AAAAdigBrwng427Az4+//yBnyPTJv++Irf7cUh5BetjaXoI5vwq9mY76Ykpxv/yvaV21vDs+XEu2wdDBMbNMiDxIN43DL8kx"
    "/N2aj8M7iqnlifg8dMcEgG8xNsrsP/jpaCLJv6xjP/f8xqOGHp6NvwUN4m56qgFDCnA="
)
"""96 x 64 pixels, encoded once with pillow-heif 1.8."""


def picture(width: int = 120, height: int = 80) -> Image.Image:
    """Red on the left, blue in the upper left corner."""
    made = Image.new("RGB", (width, height), (200, 30, 30))
    ImageDraw.Draw(made).rectangle((0, 0, width // 4, height // 4), fill=(20, 20, 200))
    return made


def file(made: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def taken(raw: bytes, **values: Any) -> tuple[dict[str, Any], Image.Image]:
    made, content = do("reference", {"max_edge": 4096, "max_bytes": 10 << 20, **values}, [raw])
    assert len(content) == made["size"]
    return made, Image.open(io.BytesIO(content))


def refused(raw: bytes, **values: Any) -> str:
    with pytest.raises((BadPicture, NotTaken)) as caught:
        taken(raw, **values)
    return caught.value.why if isinstance(caught.value, NotTaken) else "damaged"


def bomb(width: int, height: int) -> bytes:
    """A PNG header with these edges, and next to nothing behind it."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


ZIP_END = b"PK\x05\x06" + bytes(16) + b"\x03\x00abc"
WRONG: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "damaged"),
    "truncated jpeg": (file(picture(900, 600), "JPEG")[:5000], "damaged"),
    "truncated png": (file(Image.effect_noise((200, 200), 80), "PNG")[:20000], "damaged"),
    "9000x9000": (bomb(9000, 9000), "pixels"),
    "one pixel": (file(picture(1, 1), "PNG"), "small"),
    "a thread": (file(Image.new("L", (20000, 40)), "PNG"), "narrow"),
    "svg called png": (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "type"),
    "pdf": (b"%PDF-1.7 not a picture", "type"),
    "words": (b"hello, I am a picture", "type"),
    "icon": (file(picture(), "ICO"), "type"),
    "jpeg 2000": (file(picture(), "JPEG2000"), "type"),
    "photoshop": (b"8BPS\0\1" + bytes(100), "type"),
    "ppm": (file(picture(), "PPM"), "type"),
    "60000x60000": (bomb(60000, 60000), "pixels"),
    "animated gif": (file(picture().convert("P"), "GIF", save_all=True, append_images=[picture().convert("L").convert("P")]), "animated"),
    "animated png": (file(picture(), "PNG", save_all=True, append_images=[picture().rotate(90)]), "animated"),
    "animated webp": (file(picture(), "WEBP", save_all=True, append_images=[picture().rotate(90)]), "animated"),
    "tiff of two pages": (file(picture(), "TIFF", save_all=True, append_images=[picture()]), "animated"),
    "png and zip": (file(picture(), "PNG") + b"PK\x03\x04" + bytes(40), "polyglot"),
    "gif and zip": (file(picture().convert("P"), "GIF") + bytes(40) + ZIP_END, "polyglot"),
    "jpeg with a script": (file(picture(), "JPEG", comment=b"<SCRIPT>alert(1)</SCRIPT>"), "polyglot"),
    "jpeg and a program": (file(picture(), "JPEG") + b"\x7fELF" + bytes(90), "polyglot"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_each_wrong_file_has_its_reason(name: str) -> None:
    raw, why = WRONG[name]
    assert refused(raw) == why


@pytest.mark.parametrize("name", [b"iCCP", b"zTXt"])
def test_large_texts_and_profiles_do_not_cost_a_picture(name: bytes) -> None:
    body = b"workflow\0\0" + zlib.compress(bytes(9 << 20))
    chunk = len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)
    plain = file(picture(), "PNG")
    _, seen = taken(plain[:33] + chunk + plain[33:])
    assert seen.getpixel((1, 1)) == (20, 20, 200)


def test_a_number_of_pixels_is_named_that_the_file_claims() -> None:
    with pytest.raises(NotTaken, match="3600 million"):
        taken(bomb(60000, 60000))


def test_a_file_is_what_its_bytes_are() -> None:
    made, seen = taken(file(picture(), "BMP"))
    assert (made["format"], seen.format, seen.size) == ("png", "PNG", (120, 80))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "TIFF", "PNG"])
def test_a_turned_photo_is_sent_the_way_up_that_people_see(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken by Ann at home"
    raw = file(picture(), kind, exif=exif)
    made, seen = taken(raw)
    assert made["original"] == (80, 120) == seen.size
    red, _, blue = seen.convert("RGB").getpixel((78, 2))  # type: ignore[misc]
    assert blue > 120 > red  # the upper left corner went to the upper right


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_nothing_but_pixels_leaves(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Ann's kitchen"
    more = {"comment": b"call Ann"} if kind == "JPEG" else {}
    _, content = do("reference", {"max_edge": 4096, "max_bytes": 10 << 20}, [file(picture(), kind, exif=exif, xmp=b"<x>Ann</x>", **more)])
    assert b"Ann" not in content
    found = read(content)
    assert found is not None
    assert {part.name for part in found.parts} <= {"IHDR", "IDAT", "IEND", "APP0", "DQT", "SOF", "DHT", "SOS", "EOI"}


def test_other_depths_and_colours_become_ordinary_ones() -> None:
    _, cmyk = taken(file(picture().convert("CMYK"), "JPEG"))
    assert cmyk.mode == "RGB"
    assert cmyk.getpixel((100, 70))[0] > 150  # type: ignore[index]
    _, deep = taken(file(Image.new("I;16", (64, 64), 65535 // 2), "PNG"))
    assert (deep.mode, deep.getpixel((5, 5))) == ("L", 127)
    _, listed = taken(file(picture().convert("P"), "PNG"))
    assert listed.mode == "RGB"


def test_what_telephones_add_is_no_reason() -> None:
    two, _ = taken(file(picture(), "MPO", save_all=True, append_images=[picture()]))
    film, _ = taken(file(picture(), "JPEG") + b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 200)
    assert two["format"] == film["format"] == "jpeg"


def test_large_pictures_are_shrunk_to_edge_and_bytes() -> None:
    raw = file(Image.effect_noise((5000, 2500), 60).convert("RGB"), "JPEG", quality=90)
    made, seen = taken(raw, max_edge=2048, max_bytes=400_000)
    assert made["original"] == (5000, 2500)
    assert max(seen.size) <= 2048
    assert seen.size[0] == pytest.approx(2 * seen.size[1], abs=2)
    assert made["size"] <= 400_000
    clear = Image.new("RGBA", (600, 600))
    clear.paste(Image.effect_noise((300, 300), 90).convert("RGBA"), (0, 0))
    made, seen = taken(file(clear, "PNG"), max_bytes=60_000)
    assert (made["format"], seen.mode) == ("png", "RGBA")
    assert made["size"] <= 60_000


def mask(width: int = 120, height: int = 80, box: tuple[int, int, int, int] = (10, 10, 50, 50)) -> Image.Image:
    made = Image.new("RGBA", (width, height), (0, 0, 0, 255))
    made.paste((0, 0, 0, 0), box)
    return made


def test_a_mask_is_checked_and_follows_its_picture() -> None:
    made, seen = taken(file(mask(), "PNG"), mask_of=[120, 80], fitted=[60, 40])
    assert (made["format"], seen.size) == ("png", (60, 40))
    assert [seen.getchannel("A").getpixel(at) for at in ((10, 10), (50, 30))] == [0, 255]
    assert refused(file(mask(120, 90), "PNG"), mask_of=[120, 80]) == "mask_size"
    assert refused(file(picture(), "PNG"), mask_of=[120, 80]) == "mask_opaque"
    assert refused(file(mask(box=(0, 0, 0, 0)), "PNG"), mask_of=[120, 80]) == "mask_opaque"


def test_another_mask_is_converted_when_the_member_wants_that() -> None:
    white = Image.new("L", (60, 40))
    white.paste(255, (0, 0, 30, 20))
    _, seen = taken(file(white, "PNG"), mask_of=[120, 80], fit_mask=True)
    assert seen.size == (120, 80)
    assert [seen.getchannel("A").getpixel(at) for at in ((10, 10), (100, 70))] == [0, 255]


def test_what_an_iphone_makes_is_converted() -> None:
    made, seen = taken(base64.b64decode(HEIC))
    assert (made["format"], made["original"], seen.mode) == ("jpeg", (96, 64), "RGB")
    red, _, blue = seen.getpixel((80, 50))  # type: ignore[misc]
    assert red > 150 > blue
