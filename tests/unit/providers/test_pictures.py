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

from bot.providers.pictures import BadPicture, DamagedPicture, PictureStore
from bot.providers.recode import from_base64, recode


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


def _hostile() -> dict[str, bytes]:
    gif, bmp = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (64, 64)).save(gif, "GIF")
    Image.new("RGB", (64, 64)).save(bmp, "BMP")
    bomb = PngImagePlugin.PngInfo()
    bomb.add_text("x", "a" * 80_000_000, zip=True)
    with_text = io.BytesIO()
    Image.new("RGB", (64, 64)).save(with_text, "PNG", pnginfo=bomb)
    return {
        "nothing": b"",
        "9000x9000 pixels in a small file": png_header(9000, 9000),
        "more pixels than Pillow warns about": png_header(12_000, 9000),
        "60000x60000 pixels": png_header(60_000, 60_000),
        "no pixels": png_header(0, 0),
        "a text chunk of 80 MB": with_text.getvalue(),
        "half a PNG": encoded()[:900],
        "half a JPEG": encoded("JPEG", (256, 256))[:3000],
        "half a WEBP": encoded("WEBP", (256, 256))[:2000],
        "GIF": gif.getvalue(),
        "BMP": bmp.getvalue(),
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "HTML": b"<!doctype html><title>502 Bad Gateway</title>",
        "JSON": b'{"error":{"message":"sorry"}}',
        "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n",
        "PDF": b"%PDF-1.7\n",
        "TIFF": b"II*\0" + b"\0" * 200,
        "damaged PNG": encoded()[:60] + b"\xff" * 40 + encoded()[100:],
    }


HOSTILE = _hostile()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("name", list(HOSTILE))
async def test_what_is_no_usable_picture_is_refused_and_leaves_nothing_behind(store: PictureStore, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadPicture) as caught:
        await store.add_bytes([HOSTILE[name]])
    assert " at 0x" not in str(caught.value)
    assert stored_files(tmp_path) == []


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 600), st.sampled_from(["PNG", "JPEG", "WEBP"]))
def test_damaged_bytes_raise_nothing_but_bad_picture(noise: bytes, at: int, format_: str) -> None:
    good = encoded(format_)
    with contextlib.suppress(BadPicture):
        recode(io.BytesIO(good[:at] + noise + good[at + len(noise) :]), io.BytesIO())


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
    assert from_base64([text[start : start + piece] for start in range(0, len(text), piece)]).getvalue() == RAW


@pytest.mark.parametrize("text", [b"no base64!", b"QUJD=QUJD", b"data:image/svg+xml,<svg/>", b"data:", b"Q", b"\\q", "ü".encode(), b"===="])
def test_what_is_not_base64_is_refused(text: bytes) -> None:
    with pytest.raises(BadPicture):
        from_base64([text])


@given(st.binary(max_size=400), st.integers(1, 50))
def test_base64_survives_any_cutting(raw: bytes, piece: int) -> None:
    text = base64.b64encode(raw)
    assert from_base64([text[start : start + piece] for start in range(0, len(text), piece)]).getvalue() == raw


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
