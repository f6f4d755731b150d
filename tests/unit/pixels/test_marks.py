"""Marks of origin stay: a signed file that is nothing but pixels and its manifest keeps every byte; all else is encoded anew and says in
XMP that a model made it. The signed files are ours, see signed/make.py."""

import io
import json
import re
import struct
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PIL import Image

from adapters.discord.image_fitting import ImageFitting as ForDiscord
from adapters.slack.image_fitting import ImageFitting as ForSlack
from bot.chat.views import PictureView
from bot.pixels.errors import BadPicture
from bot.pixels.marks import SOURCE_TYPE
from bot.pixels.recode import recode
from bot.providers.pictures import PictureStore

KINDS = ("png", "jpeg", "webp")
SIGNED = {kind: (Path(__file__).parent / "signed" / f"picture.{kind}").read_bytes() for kind in KINDS}


def says_a_model_made_it(content: bytes) -> bool:
    """Read as anybody would: the XMP packet within the file."""
    picture = Image.open(io.BytesIO(content))
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp", "")
    text = packet.decode() if isinstance(packet, bytes) else packet
    return f'Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}"' in text


def validates(content: bytes, kind: str) -> bool:
    """Where the extra `provenance` is installed."""
    c2pa = pytest.importorskip("c2pa")
    said = json.loads(c2pa.Reader(f"image/{kind}", io.BytesIO(content)).json())
    return said["validation_state"] == "Valid" and [one["code"] for one in said["validation_status"]] == ["signingCredential.untrusted"]


def chunk(name: bytes, body: bytes, wrong: int = 0) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body) ^ wrong)


def png_with(part: bytes) -> bytes:
    return SIGNED["png"].replace(SIGNED["png"][-12:], part + SIGNED["png"][-12:])


def jpeg_with(part: bytes) -> bytes:
    return SIGNED["jpeg"][:20] + part + SIGNED["jpeg"][20:]


def webp_with(part: bytes) -> bytes:
    body = SIGNED["webp"][12:] + part
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def segment(code: int, body: bytes) -> bytes:
    return bytes([0xFF, code]) + struct.pack(">H", len(body) + 2) + body


BURDENED = {
    "PNG with text": png_with(chunk(b"tEXt", b"prompt\0a secret canary")),
    "PNG with packed text": png_with(chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b"canary"))),
    "PNG with EXIF": png_with(chunk(b"eXIf", b"II*\0\x08\0\0\0\0\0")),
    "PNG with an unknown part": png_with(chunk(b"caNy", b"canary")),
    "PNG with a wrong checksum": png_with(chunk(b"pHYs", b"\0\0\1\0\0\0\1\0\1", 1)),
    "PNG with two manifests": png_with(chunk(b"caBX", b"canary")),
    "PNG with something behind": SIGNED["png"] + b"<script>canary</script>",
    "JPEG with a comment": jpeg_with(segment(0xFE, b"canary")),
    "JPEG with EXIF": jpeg_with(segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0")),
    "JPEG with XMP": jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<canary/>")),
    "JPEG with Photoshop notes": jpeg_with(segment(0xED, b"Photoshop 3.0\0canary")),
    "JPEG with something behind": SIGNED["jpeg"] + b"canary",
    "JPEG with other boxes": jpeg_with(segment(0xEB, b"canary")),
    "WEBP with EXIF": webp_with(b"EXIF" + struct.pack("<I", 6) + b"canary"),
    "WEBP with XMP": webp_with(b"XMP " + struct.pack("<I", 6) + b"canary"),
    "WEBP with an unknown part": webp_with(b"CNRY" + struct.pack("<I", 6) + b"canary"),
    "WEBP with something behind": SIGNED["webp"] + b"canary",
    "WEBP that says another length": SIGNED["webp"][:4] + struct.pack("<I", 60) + SIGNED["webp"][8:],
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_clean_file_keeps_every_byte(kind: str) -> None:
    taken, content = recode(SIGNED[kind])
    assert (taken.format, taken.width, taken.height, taken.signed, taken.kept) == (kind, 48, 32, True, True)
    assert content == SIGNED[kind]
    assert validates(content, kind)


@pytest.mark.parametrize("name", list(BURDENED))
def test_a_signed_file_with_anything_beside_is_encoded_anew(name: str) -> None:
    taken, content = recode(BURDENED[name])
    assert not taken.kept
    assert b"canary" not in content
    assert b"c2pa" not in content  # half a manifest would look as if somebody had tampered with it
    assert says_a_model_made_it(content)


def test_the_ledger_hears_that_a_rewritten_file_was_signed() -> None:
    assert recode(BURDENED["PNG with text"])[0].signed
    assert recode(BURDENED["WEBP with EXIF"])[0].signed
    assert not recode(png_with(b"").replace(b"caBX", b"caBY"))[0].signed


@pytest.mark.parametrize("garbage", [b"", b"<script>canary</script>" * 3, b"\0\0\0\x0cjumbcanary", SIGNED["png"][41:60]])
def test_what_only_stands_where_a_manifest_would_is_no_manifest(garbage: bytes) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    raw = out.getvalue()
    taken, content = recode(raw[:33] + chunk(b"caBX", garbage) + raw[33:])
    assert (taken.signed, taken.kept) == (False, False)
    assert b"canary" not in content


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_file_cut_off_within_its_pixels_is_no_picture(kind: str) -> None:
    with pytest.raises(BadPicture):
        recode(SIGNED[kind][: 60 if kind == "webp" else len(SIGNED[kind]) - 30])


def test_a_signed_file_cut_off_within_its_manifest_still_has_its_pixels() -> None:
    taken, content = recode(SIGNED["webp"][:-100])
    assert (taken.signed, taken.kept, taken.width) == (False, False, 48)
    assert says_a_model_made_it(content)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_every_file_that_we_encode_carries_the_mark(format_: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, format_)
    taken, content = recode(out.getvalue())
    assert (taken.signed, taken.kept) == (False, False)
    assert says_a_model_made_it(content)
    assert len(re.findall(b"DigitalSourceType=", content)) == 1


def of(content: bytes, kind: str) -> tuple[PictureView, Callable[[str], Awaitable[bytes]]]:
    async def read(sha256: str) -> bytes:
        return content

    return PictureView("ab" * 32, kind, 48, 32, len(content), "a cat", f"imagine-1.{kind}"), read


@pytest.mark.parametrize("kind", KINDS)
async def test_discord_gets_the_signed_bytes_and_what_is_made_smaller_is_marked(kind: str) -> None:
    view, read = of(SIGNED[kind], kind)
    fitting = ForDiscord(read)
    [found], _ = await fitting.load([view])
    [fitted] = await fitting.fit([found], 10_000)
    assert fitted.content == SIGNED[kind]
    assert validates(fitted.content, kind)
    for limit in (2_000, 100):
        smaller = await fitting.shrink(found, limit)
        assert len(smaller.content) < len(found.content)
        assert b"c2pa" not in smaller.content
        assert says_a_model_made_it(smaller.content)


@pytest.mark.parametrize("kind", KINDS)
async def test_slack_gets_the_signed_bytes_of_what_it_shows_and_the_rest_is_marked(kind: str) -> None:
    view, read = of(SIGNED[kind], kind)
    for large in (1 << 20, 10):
        [found], _ = await ForSlack(read, large=large).load([view])
        if kind == "webp":
            assert says_a_model_made_it(found.content)
        else:
            assert found.content == SIGNED[kind]
            assert validates(found.content, kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_the_store_and_with_it_the_web_chat_hands_out_the_signed_bytes(tmp_path: Path, kind: str) -> None:
    store = PictureStore(tmp_path)
    picture = await store.add_bytes([SIGNED[kind]])
    assert (picture.signed, picture.kept, picture.size) == (True, True, len(SIGNED[kind]))
    assert await store.read(picture.sha256) == SIGNED[kind]
    store.close()
