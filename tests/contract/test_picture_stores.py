"""The picture store's contract, over the folder and over a bucket of a real S3 server (moto in server mode)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from moto.server import ThreadedMotoServer
from PIL import Image
from typer.testing import CliRunner

from bot.cli import checks
from bot.cli.main import app
from bot.pixels.errors import BadPicture, NotTaken
from bot.providers import bucket_pictures
from bot.providers.bucket_pictures import BucketPictures
from bot.providers.buckets import BucketPlace
from bot.providers.pictures import DamagedPicture, PictureStore
from bot.settings import load

KEYS = {"AWS_ACCESS_KEY_ID": "key-of-the-tests", "AWS_SECRET_ACCESS_KEY": "secret-of-the-tests"}
Store = PictureStore | BucketPictures


def encoded(colour: str = "teal", format_: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, format_)
    return out.getvalue()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(server: str, tmp_path: Path) -> BucketPlace:
    name = f"b{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:20]}"
    made = urllib.request.Request(f"{server}/{name}", method="PUT")
    assert urllib.request.build_opener(urllib.request.ProxyHandler({})).open(made).status == 200
    return BucketPlace(name, "pictures").opened_with({**KEYS, "AWS_ENDPOINT_URL": server})


@pytest.fixture(params=["folder", "bucket"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    found: Store = PictureStore(tmp_path)
    if request.param == "bucket":
        found.close()
        found = BucketPictures(request.getfixturevalue("bucket"), tmp_path)
    yield found
    found.close()


async def damage(store: Store, sha256: str) -> None:
    """The file or object has other bytes under the same name."""
    if isinstance(store, PictureStore):
        path = store.path(sha256)
        assert path is not None
        path.write_bytes(b"rotten")
    else:
        await bucket_pictures.put(store.objects, bucket_pictures.key_of(sha256, "png"), b"rotten")


@pytest.mark.parametrize(("format_", "kind"), [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "webp")])
async def test_a_picture_comes_back_as_it_was_stored(store: Store, format_: str, kind: str) -> None:
    picture = await store.add_base64([base64.b64encode(encoded(format_=format_))])
    content = await store.read(picture.sha256)
    assert hashlib.sha256(content).hexdigest() == picture.sha256
    assert (picture.format, picture.width, picture.height, picture.size) == (kind, 64, 48, len(content))
    assert Image.open(io.BytesIO(content)).size == (64, 48)


async def test_the_same_picture_twice_is_one_and_many_at_once_all_arrive(store: Store) -> None:
    colours = ["red", "green", "blue", "red", "white", "red"]
    found = await asyncio.gather(*(store.add_bytes([encoded(one)]) for one in colours))
    assert len({one.sha256 for one in found}) == 4
    for one in found:
        assert len(await store.read(one.sha256)) == one.size


async def test_what_is_no_picture_is_refused_and_nothing_stays(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadPicture):
        await store.add_bytes([encoded()[:60]])
    with pytest.raises(NotTaken):
        await store.add_bytes([b'{"error":{"message":"sorry"}}'])
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
    assert (await every(store)) == []


async def every(store: Store) -> list[str]:
    found: list[str] = []
    for folder in range(256):
        files, more = await store.old_files(folder, "", -10.0, 100)
        assert more is None
        found += [one.sha256 for one in files]
    return found


@pytest.mark.parametrize("name", ["", "0" * 64, "../../etc/passwd", "x" * 64, "0" * 63, "A" * 64])
async def test_an_unknown_or_odd_name_is_missing(store: Store, name: str) -> None:
    with pytest.raises(DamagedPicture, match="missing"):
        await store.read(name)
    assert not await store.delete(name)


async def test_damage_is_found_when_it_is_read(store: Store) -> None:
    picture = await store.add_bytes([encoded()])
    await damage(store, picture.sha256)
    with pytest.raises(DamagedPicture, match="damaged"):
        await store.read(picture.sha256)


async def test_a_deleted_picture_is_gone(store: Store) -> None:
    picture = await store.add_bytes([encoded()])
    assert await store.delete(picture.sha256)
    assert not await store.delete(picture.sha256)
    with pytest.raises(DamagedPicture, match="missing"):
        await store.read(picture.sha256)


async def test_a_file_of_the_worker_is_kept_only_under_its_own_hash(store: Store) -> None:
    content = encoded()
    sha256 = hashlib.sha256(content).hexdigest()
    for wrong in ((content, "0" * 64, "png"), (content, sha256, "gif"), (content, "../x", "png")):
        with pytest.raises(NotTaken):
            await store.keep(*wrong)
    await store.keep(content, sha256, "png")
    await store.keep(content, sha256, "png")
    assert await store.read(sha256) == content


async def test_old_files_are_listed_in_pages_and_one_that_was_stored_again_stays(store: Store) -> None:
    contents = {hashlib.sha256(one).hexdigest(): one for one in (encoded(f"#0000{number:02x}") for number in range(6))}
    for sha256, content in contents.items():
        await store.keep(content, sha256, "png")
    listed = []
    for folder in sorted({int(one[:2], 16) for one in contents}):
        after, more = "", ""
        while more is not None:
            page, more = await store.old_files(folder, after, -10.0, 1)
            listed += page
            after = more or ""
    assert sorted(one.sha256 for one in listed) == sorted(contents)
    assert not (await store.old_files(int(listed[0].sha256[:2], 16), "", 3600.0, 10))[0], "nothing is an hour old"
    wanted = listed[0].sha256
    await asyncio.sleep(1.1)  # an object's time has whole seconds
    await store.keep(contents[wanted], wanted, "png")
    assert await store.discard(listed) == len(contents) - 1
    assert await store.read(wanted) == contents[wanted]


async def test_two_processes_share_a_bucket(bucket: BucketPlace, tmp_path: Path) -> None:
    one, two = BucketPictures(bucket, tmp_path / "one"), BucketPictures(bucket, tmp_path / "two")
    picture = await one.add_bytes([encoded()])
    assert len(await two.read(picture.sha256)) == picture.size
    assert list(tmp_path.rglob("*.png")) == [], "nothing stays in the folder where it was decoded"
    await two.delete(picture.sha256)
    with pytest.raises(DamagedPicture):
        await one.read(picture.sha256)
    one.close(), two.close()


@pytest.mark.parametrize("what", ["no such bucket", "nobody answers"])
async def test_a_bucket_that_fails_is_an_oserror_without_secrets(
    bucket: BucketPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(bucket_pictures, "TRIES", 0)
    gone = BucketPlace("no-such-bucket", "", bucket.endpoint, bucket.options)
    store = BucketPictures(gone if what == "no such bucket" else BucketPlace("b", "", "http://127.0.0.1:9", bucket.options), tmp_path)
    with pytest.raises(OSError, match="bucket: ") as failed:
        await store.add_bytes([encoded()])
    assert "secret-of-the-tests" not in str(failed.value)
    assert list(tmp_path.rglob("*.png")) == []
    store.close()


async def test_pictures_are_copied_to_the_bucket_and_back(bucket: BucketPlace, tmp_path: Path) -> None:
    folder = PictureStore(tmp_path / "data")
    pictures = [await folder.add_bytes([encoded(one)]) for one in ("red", "green", "blue")]
    await damage(folder, pictures[2].sha256)
    folder.close()
    env = {**KEYS, "AWS_ENDPOINT_URL": bucket.endpoint, "PICTURE_STORE": f"s3://{bucket.name}/pictures", "DATA_DIR": str(tmp_path / "data")}

    def call(*arguments: str, **more: str) -> tuple[str, str]:
        done = CliRunner().invoke(app, ["--env-file", ".env", "copy-pictures", *arguments], env={**env, **more})
        return done.stdout, f"{done.stderr}{done.exception or ''}"

    said, wrong = await asyncio.to_thread(call)
    assert "2" in said
    assert "1" in wrong, "the damaged one is named, not copied"
    store = BucketPictures(bucket, tmp_path)
    for one in pictures[:2]:
        assert len(await store.read(one.sha256)) == one.size
    store.close()
    assert "0" in (await asyncio.to_thread(call))[0]
    said, _ = await asyncio.to_thread(lambda: call("--back", DATA_DIR=str(tmp_path / "new")))
    assert "Remove PICTURE_STORE" in said
    back = PictureStore(tmp_path / "new")
    for one in pictures[:2]:
        assert len(await back.read(one.sha256)) == one.size
    back.close()


async def test_doctor_says_whether_the_bucket_answers(bucket: BucketPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_pictures, "TRIES", 0)

    async def found(name: str) -> tuple[bool, str]:
        env = {**KEYS, "AWS_ENDPOINT_URL": bucket.endpoint, "PICTURE_STORE": f"s3://{name}", "DATA_DIR": str(tmp_path)}
        (finding,) = [one async for one in checks.bucket(SimpleNamespace(settings=load(env)))]  # type: ignore[arg-type]
        return finding.ok, finding.sentence

    assert await found(bucket.name) == (True, f"s3://{bucket.name} answers.")
    fine, sentence = await found("no-such-bucket")
    assert not fine
    assert "AWS_ENDPOINT_URL" in sentence
    assert "secret-of-the-tests" not in sentence
