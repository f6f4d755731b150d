"""`imagine-bot copy-pictures`: the pictures of DATA_DIR into the bucket of PICTURE_STORE, or back; each one is compared."""

from __future__ import annotations

import asyncio
import hashlib
import os
from typing import Annotated

import typer

from bot.cli.backup import shown_size
from bot.cli.options import DataDir
from bot.cli.screen import USAGE, Stop, say
from bot.ledger import files, picture_copies
from bot.ledger.picture_copies import Copied
from bot.providers.pictures import NAME, PictureStore
from bot.settings import Settings, load
from bot.texts import text
from bot.texts.phrases import listed


def command(
    ctx: typer.Context,
    back: Annotated[bool, typer.Option("--back", help=text("cli.help.copy_pictures_back"))] = False,
    data_dir: DataDir = None,
) -> None:
    settings = load(os.environ, ctx.obj).at(data_dir)
    if settings.picture_store is None:
        raise Stop(text("cli.copy_no_bucket"), code=USAGE)
    copy_pictures(settings, back=back)


def copy_pictures(settings: Settings, *, back: bool) -> None:
    """Copy, and say what was done. Raises Stop."""
    folder = settings.data_dir / files.PICTURES
    try:
        done = asyncio.run(_back(settings) if back else _there(settings))
    except OSError as error:
        raise Stop(text("cli.copy_failed", bucket=settings.picture_store, error=error.strerror or error)) from error
    target = folder if back else settings.picture_store
    say(text("cli.pictures_copied", copied=done.copied, size=shown_size(done.size), there=done.there, folder=target))
    if back:
        say(text("cli.copy_back_done", folder=folder))
    if done.damaged:
        raise Stop(text("cli.pictures_damaged", count=len(done.damaged), names=listed(done.damaged[:3])))


def from_bucket(settings: Settings, sha256: str) -> bytes:
    """The bytes of a stored picture, verified. Raises LookupError."""
    from bot.providers.bucket_pictures import BucketPictures

    assert settings.picture_bucket is not None
    store = BucketPictures(settings.picture_bucket, settings.data_dir, settings.egress)
    try:
        return asyncio.run(store.read(sha256))
    except OSError:
        raise LookupError(sha256) from None
    finally:
        store.close()


async def _there(settings: Settings) -> Copied:
    """To the bucket: what it lacks, or has in another size."""
    from bot.providers import bucket_pictures as bucket

    assert settings.picture_bucket is not None
    objects = bucket.objects_of(settings.picture_bucket, settings.egress)
    known = {one.key: one.size for one in await bucket.every(objects)}
    done = picture_copies.Copied()
    for path, sha256 in picture_copies.named(settings.data_dir / files.PICTURES):
        key, content = f"{sha256[:2]}/{path.name}", path.read_bytes()
        if known.get(key) == len(content):
            done.there += 1
        elif hashlib.sha256(content).hexdigest() != sha256:
            done.damaged.append(path.name)
        else:
            await bucket.put(objects, key, content)
            if await bucket.get(objects, key) != content:
                raise OSError(f"{path.name} arrived damaged")
            done.copied, done.size = done.copied + 1, done.size + len(content)
    return done


async def _back(settings: Settings) -> Copied:
    from bot.providers import bucket_pictures as bucket

    assert settings.picture_bucket is not None
    objects, done = bucket.objects_of(settings.picture_bucket, settings.egress), picture_copies.Copied()
    folder = PictureStore(settings.data_dir)
    try:
        for one in await bucket.every(objects):
            name = one.key.rpartition("/")[2]
            if (ours := NAME.fullmatch(name)) is None:
                continue
            if folder.path(ours[1]) is not None:
                done.there += 1
                continue
            content = await bucket.get(objects, one.key)
            if content is None or hashlib.sha256(content).hexdigest() != ours[1]:
                done.damaged.append(name)
                continue
            await folder.keep(content, ours[1], name.rpartition(".")[2])
            done.copied, done.size = done.copied + 1, done.size + len(content)
    finally:
        folder.close()
    return done
