"""Content Credentials of what the bot changes, read by the library's own reader, and certificates that can't be used."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from bot.ledger.tables import picture_drafts
from bot.pixels.marks import COMPOSITE
from bot.pixels.provenance import CannotSign, load
from bot.pixels.workers import Here
from bot.ports import SystemPorts
from bot.providers.pictures import PictureStore
from bot.settings import SettingsProblem
from bot.settings import load as load_settings

c2pa = pytest.importorskip("c2pa", reason="the extra `provenance` is not installed")
from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: E402

from tests.unit.pixels.signed import make  # noqa: E402
from tests.unit.requests.test_picture_changes import A, stage  # noqa: E402

NOW = SystemPorts().now()
SIGNED = Path(__file__).with_name("signed")
CROP = {"ratio": "1:1", "along": 0.0}


def plain(side: int = 64) -> bytes:
    made = io.BytesIO()
    Image.linear_gradient("L").resize((side * 2, side)).convert("RGB").save(made, "PNG")
    return made.getvalue()


def manifests(content: bytes) -> Mapping[str, Any]:
    with c2pa.Reader("image/png", io.BytesIO(content)) as reader:
        found: Mapping[str, Any] = json.loads(reader.json())
    return found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificate") / "signing.pem"
    made.write_bytes(b"".join(make.pems()))
    return made


@pytest.mark.parametrize("signed", [True, False])
async def test_a_crop_is_signed_with_the_original_as_parent(tmp_path: Path, file: Path, signed: bool, monkeypatch: Any) -> None:
    monkeypatch.setattr("bot.pixels.crop.SMALLEST", 1)
    store = PictureStore(tmp_path, workers=Here(), signer=load(file, NOW))
    original = (SIGNED / "picture.png").read_bytes() if signed else plain()
    facts, content = await store.work("crop", CROP, original)
    made, preview = content[: facts["size"]], content[facts["size"] :]
    await store.keep(made, facts["sha256"], "png")
    assert await store.read(facts["sha256"]) == made
    assert b"c2pa" not in preview
    said = manifests(made)
    assert said["validation_state"] == "Valid"
    own = said["manifests"][said["active_manifest"]]
    actions = next(one["data"]["actions"] for one in own["assertions"] if one["label"].startswith("c2pa.actions"))
    assert [(one["action"], one.get("digitalSourceType")) for one in actions] == [("c2pa.opened", None), ("c2pa.cropped", COMPOSITE)]
    [parent] = own["ingredients"]
    assert parent["relationship"] == "parentOf"
    assert ("active_manifest" in parent) is signed
    assert len(said["manifests"]) == 1 + signed
    assert COMPOSITE.encode() in made, "the mark without a signature stays too"
    assert len(made) < 12_000, "no thumbnails"


def own_of(content: bytes) -> tuple[Mapping[str, Any], list[str]]:
    """The newest manifest of a valid picture, and what it says was done."""
    said = manifests(content)
    assert said["validation_state"] == "Valid"
    own = said["manifests"][said["active_manifest"]]
    return own, [
        one["action"] for found in own["assertions"] if found["label"].startswith("c2pa.actions") for one in found["data"]["actions"]
    ]


async def test_a_text_is_signed_and_a_corrected_one_starts_from_the_original_again(tmp_path: Path, file: Path) -> None:
    pytest.importorskip("uharfbuzz", reason="the extra `captions` is not installed")
    async with stage(tmp_path, PictureStore(tmp_path, workers=Here(), signer=load(file, NOW))) as s:
        request = await s.result()
        for words, number in (("Open today", "1"), ("Closed today", "2")):
            first, again = [await s.preview(A.ADD_TEXT, request, text=words, picture=number) for _ in range(2)]
            assert first.pictures[0].sha256 == again.pictures[0].sha256, "signed twice, shown once"
            assert (await s.press(A.USE_CHANGE, again.buttons[0].row)).changed
        original, drawn = await s.pictures(request)
        own, done = own_of(await s.store.read(drawn.sha256))
        assert done == ["c2pa.opened", "c2pa.edited"]
        [parent] = own["ingredients"]
        assert (parent["relationship"], "active_manifest" in parent) == ("parentOf", False), "nothing of the first text is left"
        assert (drawn.change and drawn.change.text, drawn.change and drawn.change.source) == ("Closed today", original.sha256)
        draft = (await s.preview(A.CROP, request, picture="2", ratio="1:1")).buttons[0].row
        assert (await s.press(A.USE_CHANGE, draft)).changed
        own, done = own_of(await s.store.read((await s.pictures(request))[2].sha256))
        assert done == ["c2pa.opened", "c2pa.cropped"]
        assert "active_manifest" in own["ingredients"][0], "the text's own manifest came along"


async def test_a_signed_draft_whose_file_never_was_stored_is_made_again(tmp_path: Path, file: Path) -> None:
    signer = load(file, NOW)
    async with stage(tmp_path, PictureStore(tmp_path, workers=Here(), signer=signer)) as s:
        request = await s.result()
        first = await s.preview(A.CROP, request, ratio="1:1")
        [draft] = await s.world.bot.ledger.read(lambda c: c.execute(select(picture_drafts)).all())
        assert await s.store.delete(draft.sha256)  # killed between the row and the file
    async with stage(tmp_path, PictureStore(tmp_path, workers=Here(), signer=signer)) as s:
        again = await s.preview(A.CROP, request, ratio="1:1")
        assert again.buttons[0].row == first.buttons[0].row
        assert (await s.press(A.USE_CHANGE, again.buttons[0].row)).changed
        used = (await s.pictures(request))[1]
        assert used.sha256 != draft.sha256, "signed again, so another file"
        assert own_of(await s.store.read(used.sha256))[1] == ["c2pa.opened", "c2pa.cropped"]


async def test_a_flipped_byte_is_seen_and_nothing_else_is_signed(tmp_path: Path, file: Path) -> None:
    store = PictureStore(tmp_path, workers=Here(), signer=load(file, NOW))
    facts, content = await store.work("crop", CROP, plain(512))
    broken = bytearray(content[: facts["size"]])
    broken[broken.rindex(b"IDAT") + 40] ^= 1
    assert manifests(bytes(broken))["validation_state"] == "Invalid"
    _, small = await store.work("shrink", {"limit": 10_000_000, "steps": [("PNG", 90, 1.0)]}, plain())
    assert b"c2pa" not in small
    unsigned = PictureStore(tmp_path, workers=Here())
    assert b"c2pa" not in (await unsigned.work("crop", CROP, plain(512)))[1]


def _broken(kind: str) -> bytes:
    pem, key = make.pems()
    past = datetime.datetime.fromtimestamp(NOW, datetime.UTC)
    match kind:
        case "form":
            return b"hello"
        case "key":
            return pem
        case "other_key":
            return pem + make.pems()[1]
        case "expired":
            return b"".join(make.pems(past - datetime.timedelta(days=9), 2))
        case "not_yet":
            return b"".join(make.pems(past + datetime.timedelta(days=2), 9))
    return pem.partition(b"-----END CERTIFICATE-----")[0] + key


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("form", "which contains no certificate in PEM format"),
        ("key", "in which there's no key that can be used"),
        ("other_key", "whose key doesn't belong to its first certificate"),
        ("expired", "whose certificate expired on"),
        ("not_yet", "whose certificate isn't valid before"),
        ("half", "which contains no certificate in PEM format"),
    ],
)
def test_a_bad_certificate_is_a_sentence_at_the_start(tmp_path: Path, kind: str, words: str) -> None:
    bad = tmp_path / "signing.pem"
    bad.write_bytes(_broken(kind))
    with pytest.raises(SettingsProblem, match=words) as found:
        load_settings({"PROVENANCE_CERTIFICATE": str(bad), "IMAGE_API_KEY": "sk-test-1234567890abcdef"})
    assert "PRIVATE KEY" not in str(found.value)
    with pytest.raises(CannotSign):
        load(bad, NOW)


def test_a_certificate_for_something_else_is_refused_with_the_librarys_words(tmp_path: Path) -> None:
    bad = tmp_path / "signing.pem"
    bad.write_bytes(b"".join(make.pems(purpose=ExtendedKeyUsageOID.SERVER_AUTH)))
    with pytest.raises(CannotSign) as found:
        load(bad, NOW)
    assert found.value.why == "refused"
    with pytest.raises(SettingsProblem, match="which Content Credentials don't accept"):
        load_settings({"PROVENANCE_CERTIFICATE": str(bad), "IMAGE_API_KEY": "sk-test-1234567890abcdef"})


def test_a_chain_without_its_own_certificate_and_no_file_are_sentences(tmp_path: Path) -> None:
    pem, key = make.pems()
    alone = tmp_path / "signing.pem"
    alone.write_bytes(pem[pem.index(b"-----BEGIN", 10) :] + key)  # the certificate above, without the one for this key
    with pytest.raises(CannotSign) as found:
        load(alone, NOW)
    assert found.value.why == "other_key"
    with pytest.raises(SettingsProblem, match="can't be read"):
        load_settings({"PROVENANCE_CERTIFICATE": str(tmp_path / "nowhere.pem"), "IMAGE_API_KEY": "sk-test-1234567890abcdef"})
