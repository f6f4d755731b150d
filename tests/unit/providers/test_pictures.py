"""Nothing but freshly encoded pixels is ever stored."""

import base64
import contextlib
import hashlib
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from bot.pixels.base64text import from_base64
from bot.pixels.errors import BadPicture, NotTaken
from bot.pixels.recode import recode
from bot.providers.pictures import DamagedPicture, PictureStore


def encoded(format_: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 50).convert(mode).save(out, format_, **options)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PictureStore]:
    opened = PictureStore(tmp_path)
    yield opened
    opened.close()


def stored_files(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("format_", "extension"), [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "webp")])
async def test_a_picture_is_stored_under_the_hash_of_its_new_bytes(
    store: PictureStore, tmp_path: Path, format_: str, extension: str
) -> None:
    picture = await store.add_base64([base64.b64encode(encoded(format_))])
    content = await store.read(picture.sha256)
    assert hashlib.sha256(content).hexdigest() == picture.sha256
    assert (picture.format, picture.width, picture.height, picture.size) == (extension, 64, 48, len(content))
    assert store.path(picture.sha256) == tmp_path / "pictures" / picture.sha256[:2] / f"{picture.sha256}.{extension}"
    assert Image.open(io.BytesIO(content)).size == (64, 48)
    assert len(stored_files(tmp_path)) == 1


async def test_metadata_and_appended_scripts_do_not_survive(store: PictureStore) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("prompt", "a secret canary")
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(out, "PNG", pnginfo=notes, exif=b"Exif\0\0canary but damaged", icc_profile=b"canary")
    picture = await store.add_bytes([out.getvalue(), b"<script>canary</script>"])
    assert b"canary" not in await store.read(picture.sha256)


async def test_pixels_of_a_png_are_kept_exactly(store: PictureStore) -> None:
    raw = encoded("PNG", mode="RGBA")
    picture = await store.add_bytes([raw])
    assert Image.open(io.BytesIO(await store.read(picture.sha256))).tobytes() == Image.open(io.BytesIO(raw)).tobytes()


@pytest.mark.parametrize(("format_", "mode"), [("PNG", "1"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "I;16"), ("JPEG", "CMYK"), ("JPEG", "L")])
async def test_unusual_pixel_formats_become_ordinary_ones(store: PictureStore, format_: str, mode: str) -> None:
    out = io.BytesIO()
    (Image.new("I;16", (64, 64)) if mode == "I;16" else Image.effect_noise((64, 64), 9).convert(mode)).save(out, format_)
    picture = await store.add_bytes([out.getvalue()])
    assert Image.open(io.BytesIO(await store.read(picture.sha256))).mode in ("L", "LA", "RGB", "RGBA")


async def test_a_turned_photo_is_turned_and_then_forgets_that_it_was(store: PictureStore) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = await store.add_bytes([encoded("JPEG", (64, 32), exif=exif)])
    assert (picture.width, picture.height) == (32, 64)
    assert not Image.open(io.BytesIO(await store.read(picture.sha256))).getexif()


DAMAGED = {
    "nothing": b"",
    "no pixels": png_header(0, 0),
    "half a PNG": encoded()[:900],
    "half a JPEG": encoded("JPEG", (256, 256))[:3000],
    "half a WEBP": encoded("WEBP", (256, 256))[:2000],
    "half a GIF": encoded("GIF", mode="L")[:60],
    "half an AVIF": encoded("AVIF", (256, 256))[:2000],
    "TIFF": b"II*\0" + b"\0" * 200,
    "damaged PNG": encoded()[:60] + b"\xff" * 40 + encoded()[100:],
}
REFUSED = {
    "9000x9000 pixels in a small file": (png_header(9000, 9000), "pixels=9000x9000"),
    "more pixels than Pillow warns about": (png_header(12_000, 9000), "pixels=12000x9000"),
    "60000x60000 pixels": (png_header(60_000, 60_000), "pixels=3600 million pixels"),
    "a large BMP": (b"BM" + b"\0" * 12 + struct.pack("<IiiHH", 40, 9000, 9000, 1, 24) + b"\0" * 100, "pixels=9000x9000"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "type=svg"),
    "SVG of a drawing program": (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<svg:svg>', "type=svg"),
    "HTML": (b"<!doctype html><title>502 Bad Gateway</title>", "type=html"),
    "JSON": (b'{"error":{"message":"sorry"}}', "type=json"),
    "EPS": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n", "type=postscript"),
    "PDF": (b"%PDF-1.7\n", "type=pdf"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 80, "type=heic"),
    "a video": (b"\0\0\0\x18ftypisom" + b"\0" * 80, "type=mp4"),
    "JPEG XL": (b"\xff\x0a" + b"\xfa" * 80, "type=jpeg xl"),
    "noise": (b"\x01\x02\x03" * 50, "type=unknown"),
    "words": (b"The picture is on its way.", "type=text"),
}


@pytest.mark.parametrize("name", list(DAMAGED))
async def test_what_is_damaged_is_refused_and_leaves_nothing_behind(store: PictureStore, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadPicture) as caught:
        await store.add_bytes([DAMAGED[name]])
    assert " at 0x" not in str(caught.value)
    assert stored_files(tmp_path) == []


@pytest.mark.parametrize("name", list(REFUSED))
async def test_what_would_always_be_refused_is_named_and_leaves_nothing_behind(store: PictureStore, tmp_path: Path, name: str) -> None:
    content, why = REFUSED[name]
    with pytest.raises(NotTaken, match=f"^{why}$"):
        await store.add_bytes([content])
    assert stored_files(tmp_path) == []


def with_chunk(name: bytes, body: bytes, *, sound: bool = True) -> bytes:
    raw = encoded()
    check = zlib.crc32(name + body) ^ (0 if sound else 1)
    return raw[:33] + struct.pack(">I", len(body)) + name + body + struct.pack(">I", check) + raw[33:]


def with_segment(code: int, body: bytes) -> bytes:
    raw = encoded("JPEG")
    return raw[:20] + bytes([0xFF, code]) + struct.pack(">H", len(body) + 2) + body + raw[20:]


def webp_with(name: bytes, body: bytes, claimed: int | None = None) -> bytes:
    raw = encoded("WEBP")
    whole = raw[12:] + name + struct.pack("<I", len(body) if claimed is None else claimed) + body + b"\0" * (len(body) % 2)
    head = b"VP8X" + struct.pack("<IB3x", 10, 0x2C) + (63).to_bytes(3, "little") + (47).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(whole)) + b"WEBP" + head + whole


BURDENED = {
    "a text chunk of 80 MB": with_chunk(b"zTXt", b"x\0\0" + zlib.compress(b"a" * 80_000_000)),
    "international text of 80 MB": with_chunk(b"iTXt", b"x\0\1\0\0\0" + zlib.compress(b"a" * 80_000_000)),
    "a profile of 80 MB": with_chunk(b"iCCP", b"x\0\0" + zlib.compress(b"a" * 80_000_000)),
    "a damaged profile": with_chunk(b"iCCP", b"x\0\0garbage"),
    "a profile without an end": with_chunk(b"iCCP", b"garbage"),
    "a text chunk with a wrong checksum": with_chunk(b"tEXt", b"a\0b", sound=False),
    "a damaged time": with_chunk(b"tIME", b"x"),
    "damaged EXIF in a PNG": with_chunk(b"eXIf", b"II*\0\xff\xff\xff\xff"),
    "a PNG with damaged animation": with_chunk(b"acTL", b"\0"),
    "a JPEG with damaged EXIF": with_segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff"),
    "a JPEG with half a profile": with_segment(0xE2, b"ICC_PROFILE\0\1\2half"),
    "a JPEG with damaged pictures within": with_segment(0xE2, b"MPF\0MM\0*\0\0\0\x08\0\xff"),
    "a JPEG with damaged Photoshop notes": with_segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\xff\xff\xff\xff"),
    "a WEBP with damaged EXIF": webp_with(b"EXIF", b"garbage"),
    "a WEBP cut off within its EXIF": webp_with(b"EXIF", b"II*\0", 5000),
    "a WEBP with a damaged profile": webp_with(b"ICCP", b"garbage"),
}


@pytest.mark.parametrize("name", list(BURDENED))
async def test_no_pixels_are_lost_for_metadata_that_is_thrown_away(store: PictureStore, name: str) -> None:
    picture = await store.add_bytes([BURDENED[name]])
    content = await store.read(picture.sha256)
    plain = await store.read((await store.add_bytes([encoded(picture.format.upper())])).sha256)
    assert Image.open(io.BytesIO(content)).convert("RGB").size == (64, 48)
    assert Image.open(io.BytesIO(content)).mode == Image.open(io.BytesIO(plain)).mode
    assert picture.size < 100_000


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 600), st.sampled_from(["PNG", "JPEG", "WEBP"]))
def test_damaged_bytes_raise_nothing_but_bad_picture(noise: bytes, at: int, format_: str) -> None:
    good = encoded(format_)
    with contextlib.suppress(BadPicture, NotTaken):
        recode(good[:at] + noise + good[at + len(noise) :])


RAW = bytes(range(256)) * 400


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(RAW),
        base64.urlsafe_b64encode(RAW),
        base64.encodebytes(RAW),
        base64.b64encode(RAW).rstrip(b"="),
        base64.b64encode(RAW).replace(b"/", b"\\/"),
        base64.b64encode(RAW).replace(b"=", b"\\u003d"),
        b"data:image/png;base64," + base64.b64encode(RAW),
        b" DATA:image/png;charset=x;BASE64," + base64.b64encode(RAW) + b"\n",
    ],
)
@pytest.mark.parametrize("piece", [1 << 20, 65_536, 1000, 7])
def test_base64_is_read_as_servers_write_it_in_any_pieces(text: bytes, piece: int) -> None:
    assert from_base64([text[start : start + piece] for start in range(0, len(text), piece)]) == RAW


@pytest.mark.parametrize("text", [b"no base64!", b"QUJD=QUJD", b"data:image/svg+xml,<svg/>", b"data:", b"Q", b"\\q", "ü".encode(), b"===="])
def test_what_is_not_base64_is_refused(text: bytes) -> None:
    with pytest.raises((BadPicture, NotTaken)):
        from_base64([text])


@given(st.binary(max_size=400), st.integers(1, 50))
def test_base64_survives_any_cutting(raw: bytes, piece: int) -> None:
    text = base64.b64encode(raw)
    assert from_base64([text[start : start + piece] for start in range(0, len(text), piece)]) == raw


async def test_a_damaged_file_is_named_as_such_and_never_handed_out(store: PictureStore) -> None:
    picture = await store.add_bytes([encoded()])
    path = store.path(picture.sha256)
    assert path is not None
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(DamagedPicture, match="damaged"):
        await store.read(picture.sha256)
    path.unlink()
    with pytest.raises(DamagedPicture, match="missing"):
        await store.read(picture.sha256)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "ａ" * 64, "", "0" * 63 + "/"])
async def test_only_an_exact_hash_becomes_a_path(store: PictureStore, tmp_path: Path, name: str) -> None:
    (tmp_path / "pictures").mkdir()
    assert store.path(name) is None
    assert await store.delete(name) is False
    with pytest.raises(DamagedPicture):
        await store.read(name)


async def test_deleting_is_done_once(store: PictureStore, tmp_path: Path) -> None:
    picture = await store.add_bytes([encoded()])
    assert await store.delete(picture.sha256)
    assert not await store.delete(picture.sha256)
    assert stored_files(tmp_path) == []


async def test_the_same_pixels_are_stored_once(store: PictureStore, tmp_path: Path) -> None:
    raw = encoded()
    first, second = await store.add_bytes([raw]), await store.add_bytes([raw])
    assert first == second
    assert len(stored_files(tmp_path)) == 1


async def test_what_a_killed_process_left_half_written_is_swept(tmp_path: Path) -> None:
    (tmp_path / "pictures" / "incoming").mkdir(parents=True)
    (tmp_path / "pictures" / "incoming" / "x.part").write_bytes(b"half")
    store = PictureStore(tmp_path)
    await store.add_bytes([encoded()])
    store.close()
    assert len(stored_files(tmp_path)) == 1
