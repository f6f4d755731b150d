"""Content-addressed picture store in a bucket of an S3-compatible service, for processes that share no folder.

Pictures are decoded and checked exactly as in the folder store, in a folder of their own, and stored when the service has confirmed it. A
service that fails or doesn't answer is an OSError, as a full disk is: the caller tries again, and the picture isn't lost meanwhile.
"""

from __future__ import annotations

import datetime
import errno
import hashlib
import posixpath
import zlib
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import obstore
import structlog
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from bot.domain.outcome import Picture
from bot.egress import Egress
from bot.pixels.errors import NotTaken
from bot.pixels.kinds import FORMATS
from bot.providers.buckets import BucketPlace
from bot.providers.pictures import HASH, NAME, DamagedPicture, OldFile, PictureStore

log = structlog.get_logger()
T = TypeVar("T")

STAGING = "staging"
"""Folder in DATA_DIR where pictures are decoded."""
CLOCK = "clock"
"""Object that tells the service's time."""
CONNECT_WITHIN, ANSWER_WITHIN = datetime.timedelta(seconds=5), datetime.timedelta(seconds=60)
RETRY_WITHIN = datetime.timedelta(seconds=30)
TRIES = 3
PAGE = 1000


class BucketPictures:
    """The folder store's methods, on a bucket."""

    def __init__(self, bucket: BucketPlace, data_dir: Path, egress: Egress | None = None, staging: PictureStore | None = None) -> None:
        self.objects = objects_of(bucket, egress or Egress())
        self._staging = staging or PictureStore(data_dir / STAGING)

    async def add_base64(self, pieces: Sequence[bytes], revised_prompt: str | None = None) -> Picture:
        """Store a base64 picture, given as chunks. Raises BadPicture, NotTaken and OSError."""
        return await self._add(pieces, revised_prompt, base64=True)

    async def add_bytes(self, pieces: Sequence[bytes], revised_prompt: str | None = None) -> Picture:
        """Store a downloaded picture. Raises BadPicture, NotTaken and OSError."""
        return await self._add(pieces, revised_prompt, base64=False)

    async def _add(self, pieces: Sequence[bytes], revised_prompt: str | None, *, base64: bool) -> Picture:
        picture, content = await self._staging.checked(pieces, revised_prompt, base64=base64)
        await put(self.objects, key_of(picture.sha256, picture.format), content)
        return picture

    async def work(self, job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
        """As in the folder store."""
        return await self._staging.work(job, values, content)

    async def keep(self, content: bytes, sha256: str, format: str) -> None:
        """Store a file made by the job `reference`. Storing it again makes it new: the sweep of old files sees that it's wanted."""
        if not HASH.fullmatch(sha256) or format not in FORMATS.values() or hashlib.sha256(content).hexdigest() != sha256:
            raise NotTaken("worker", "odd answer")
        await put(self.objects, key_of(sha256, format), content)

    async def read(self, sha256: str) -> bytes:
        """The bytes of a stored picture, verified against its hash. Raises DamagedPicture and OSError."""
        for key in _keys(sha256):
            if (content := await get(self.objects, key)) is not None:
                if hashlib.sha256(content).hexdigest() != sha256:
                    raise DamagedPicture(sha256, "damaged")
                return content
        raise DamagedPicture(sha256, "missing")

    async def delete(self, sha256: str) -> bool:
        """Delete a picture. Returns False if it didn't exist."""
        for key in _keys(sha256):
            if await look(self.objects, key) is not None:
                await _done(obstore.delete_async(self.objects, key))
                return True
        return False

    async def old_files(self, folder: int, after: str, age: float, limit: int) -> tuple[Sequence[OldFile], str | None]:
        """As in the folder store; the service's clock decides."""
        shard = f"{folder:02x}"
        found, more = await _listed(self.objects, f"{shard}/", after and f"{shard}/{after}", limit)
        now, old = await self._clock() if found else 0.0, []
        for one in found:
            ours = NAME.fullmatch(posixpath.basename(one.key))
            if ours is not None and ours[1].startswith(shard) and now - one.written > age:
                old.append(OldFile(ours[1], Path(one.key), now - one.written, one.version))
        return old, posixpath.basename(found[-1].key) if more else None

    async def discard(self, files: Sequence[OldFile]) -> int:
        """Delete files that haven't changed since `old_files` listed them. Returns how many."""
        gone = 0
        for file in files:
            key = file.path.as_posix()
            found = await look(self.objects, key)
            if found is not None and found.version == file.written:
                await _done(obstore.delete_async(self.objects, key))
                gone += 1
        return gone

    async def discard_parts(self, age: float) -> int:
        """As in the folder store, for the folder where pictures are decoded."""
        return await self._staging.discard_parts(age)

    def close(self) -> None:
        self._staging.close()

    async def _clock(self) -> float:
        await put(self.objects, CLOCK, b"")
        found = await look(self.objects, CLOCK)
        return 0.0 if found is None else found.written


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as the service lists it."""

    key: str
    written: float
    size: int
    version: tuple[int, int]
    """Identifies this write of the object."""


def objects_of(bucket: BucketPlace, egress: Egress) -> S3Store:
    """The bucket's client; everything in it lies below the prefix."""
    options: Any = {"allow_http": bucket.plain_http, "connect_timeout": CONNECT_WITHIN, "timeout": ANSWER_WITHIN}
    if bucket.endpoint and (proxy := egress.proxy(bucket.endpoint)) is not None:
        options["proxy_url"] = proxy
    retries: Any = {"max_retries": TRIES, "retry_timeout": RETRY_WITHIN}
    config: Any = bucket.config()
    return S3Store(bucket.name, prefix=bucket.prefix or None, config=config, client_options=options, retry_config=retries)


def key_of(sha256: str, format: str) -> str:
    return f"{sha256[:2]}/{sha256}.{format}"


async def put(objects: S3Store, key: str, content: bytes) -> None:
    """Store an object. Raises OSError unless the service confirmed it."""
    await _done(obstore.put_async(objects, key, content, use_multipart=False))


async def get(objects: S3Store, key: str) -> bytes | None:
    """An object's bytes; None if there is none. Raises OSError."""

    async def read() -> bytes:
        return bytes(await (await obstore.get_async(objects, key)).bytes_async())

    return await _found(read())


async def look(objects: S3Store, key: str) -> StoredObject | None:
    """An object's size and version; None if there is none. Raises OSError."""
    found = await _found(obstore.head_async(objects, key))
    return None if found is None else _stored(found)


async def every(objects: S3Store) -> list[StoredObject]:
    """All objects, by key. Raises OSError."""
    found: list[StoredObject] = []
    while True:
        more_found, more = await _listed(objects, "", found[-1].key if found else "", PAGE)
        found += more_found
        if not more:
            return found


async def some(objects: S3Store) -> bool:
    """Whether there is anything. Raises OSError if the service doesn't let the bot look."""
    return bool((await _listed(objects, "", "", 1))[0])


async def _listed(objects: S3Store, prefix: str, after: str, limit: int) -> tuple[list[StoredObject], bool]:
    """At most `limit` objects below a prefix whose keys sort after `after`, and whether there are more."""
    stream = obstore.list(objects, prefix or None, offset=after or None, chunk_size=limit + 1)

    async def first() -> list[Any]:
        async for chunk in stream:
            return list(chunk)
        return []

    found = sorted((_stored(one) for one in await _done(first())), key=lambda one: one.key)
    return found[:limit], len(found) > limit


def _keys(sha256: str) -> list[str]:
    # IDs come from buttons and URLs, so only an exact hash ever becomes part of a key.
    return [key_of(sha256, one) for one in FORMATS.values()] if HASH.fullmatch(sha256) else []


def _stored(found: Any) -> StoredObject:
    written = found["last_modified"].timestamp()
    version = zlib.crc32(str(found["e_tag"]).encode()), int(written * 1_000_000)
    return StoredObject(found["path"], written, found["size"], version)


async def _found(call: Awaitable[T]) -> T | None:
    try:
        return await call
    except (FileNotFoundError, NotFoundError):
        return None
    except (BaseError, OSError) as error:
        raise _failed(error) from None


async def _done(call: Awaitable[T]) -> T:
    try:
        return await call
    except (BaseError, OSError) as error:
        raise _failed(error) from None


def _failed(error: Exception) -> OSError:
    """The service's error without its words, which may hold addresses and keys."""
    log.warning("bucket_failed", error=type(error).__name__)
    return OSError(errno.EIO, f"bucket: {type(error).__name__}")
