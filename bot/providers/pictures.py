"""The picture store: decoded, re-encoded files under `DATA_DIR/pictures`, named by the hash of their bytes. It does no work on the event
loop, and it knows nothing of requests: whoever deletes a picture makes sure that no other request shows it."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from bot.domain.outcome import Picture
from bot.providers.recode import FORMATS, BadPicture, from_base64, from_pieces, recode

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_T = TypeVar("_T")

_NAME = re.compile(r"([0-9a-f]{64})\.(?:" + "|".join(FORMATS.values()) + ")", re.ASCII)

__all__ = ["BadPicture", "DamagedPicture", "OldFile", "PictureStore"]

FOLDERS = 256
"""Pictures lie in folders named by the first two digits of their hash."""


@dataclass(frozen=True, slots=True)
class OldFile:
    """A stored picture that nobody has written for a while."""

    sha256: str
    path: Path
    age: float
    """Seconds since it was written, by the file system's own clock."""
    written: tuple[int, int]
    """Which writing of the file this was: storing the same picture again makes another one."""


class DamagedPicture(Exception):
    """A stored file no longer holds the bytes it is named after, or is gone."""

    def __init__(self, sha256: str, why: str) -> None:
        super().__init__(f"picture {sha256[:12]} is {why}")
        self.sha256 = sha256
        self.why = why
        """`damaged` or `missing`."""


class PictureStore:
    """All pictures of one data folder. One worker: decoding two at once would double the memory and win little on a small machine."""

    def __init__(self, data_dir: Path, executor: Executor | None = None) -> None:
        self._folder = data_dir / "pictures"
        self._incoming = self._folder / "incoming"
        self._executor = executor or ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._swept = False

    async def add_base64(self, pieces: Sequence[bytes], revised_prompt: str | None = None) -> Picture:
        """Store a picture that came as base64, in the pieces in which it came. Raises BadPicture."""
        return await self._off_loop(lambda: self._add(from_base64(pieces), revised_prompt))

    async def add_bytes(self, pieces: Sequence[bytes], revised_prompt: str | None = None) -> Picture:
        """Store a downloaded picture. Raises BadPicture."""
        return await self._off_loop(lambda: self._add(from_pieces(pieces), revised_prompt))

    async def read(self, sha256: str) -> bytes:
        """The bytes of a stored picture, checked against its name. Raises DamagedPicture."""
        return await self._off_loop(lambda: self._read(sha256))

    async def delete(self, sha256: str) -> bool:
        """Remove a picture; False when there was none."""
        return await self._off_loop(lambda: self._delete(sha256))

    def path(self, sha256: str) -> Path | None:
        """Where a picture lies; None when the hash is not one or nothing is stored under it."""
        return next((path for path in self._candidates(sha256) if path.is_file()), None)

    async def old_files(self, folder: int, after: str, age: float, limit: int) -> tuple[Sequence[OldFile], str | None]:
        """Pictures in one of the `FOLDERS` that were written more than `age` seconds ago. Looks at no more than `limit` files, those that
        come `after` a name; with the name to go on from, or None when the folder was finished."""
        return await self._off_loop(lambda: self._old_files(folder, after, age, limit))

    async def discard(self, files: Sequence[OldFile]) -> int:
        """Remove files that are still what they were when `old_files` found them; returns how many."""
        return await self._off_loop(lambda: sum(_discard(file.path, file.written) for file in files))

    async def discard_parts(self, age: float) -> int:
        """Remove what a killed process had half written more than `age` seconds ago."""
        return await self._off_loop(lambda: self._discard_parts(age))

    def close(self) -> None:
        """Let the worker go. A picture being written is finished first."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    async def _off_loop(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _candidates(self, sha256: str) -> list[Path]:
        # Ids come from buttons and addresses: only the exact spelling of a hash ever becomes part of a path.
        if not _HASH.fullmatch(sha256):
            return []
        return [self._folder / sha256[:2] / f"{sha256}.{extension}" for extension in FORMATS.values()]

    def _add(self, raw: io.BytesIO, revised_prompt: str | None) -> Picture:
        self._sweep_once()
        handle, name = tempfile.mkstemp(dir=self._incoming, suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                hashing = _Hashing(file)
                format_, width, height = recode(raw, cast(BinaryIO, hashing))
                file.flush()
                os.fsync(file.fileno())
            sha256 = hashing.digest.hexdigest()
            target = self._folder / sha256[:2] / f"{sha256}.{format_}"
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        return Picture(sha256, format_, width, height, hashing.size, revised_prompt)

    def _sweep_once(self) -> None:
        """What a killed process had half written is removed before the first new picture."""
        if not self._swept:
            self._incoming.mkdir(parents=True, exist_ok=True)
            for leftover in self._incoming.glob("*.part"):
                leftover.unlink(missing_ok=True)
            self._swept = True

    def _old_files(self, folder: int, after: str, age: float, limit: int) -> tuple[Sequence[OldFile], str | None]:
        try:
            with os.scandir(self._folder / f"{folder:02x}") as entries:
                names = sorted(entry.name for entry in entries if entry.name > after and entry.is_file(follow_symlinks=False))
        except OSError:
            return (), None
        now = self._clock() if names else 0.0
        found = []
        for name in names[:limit]:
            path = self._folder / f"{folder:02x}" / name
            ours = _NAME.fullmatch(name)
            if ours is None or not name.startswith(path.parent.name):
                continue
            seen = _writing(path)
            if seen is not None and now - seen[1] / 1e9 > age:
                found.append(OldFile(ours[1], path, now - seen[1] / 1e9, seen))
        return found, names[limit - 1] if len(names) > limit else None

    def _discard_parts(self, age: float) -> int:
        if not self._incoming.is_dir():
            return 0
        parts = [(path, seen) for path in self._incoming.glob("*.part") if (seen := _writing(path)) is not None]
        now = self._clock() if parts else 0.0
        return sum(_discard(path, seen) for path, seen in parts if now - seen[1] / 1e9 > age)

    def _clock(self) -> float:
        """The time as the file system writes it down, which need not be this machine's; on a full disk so early that nothing is old."""
        probe = self._incoming / "clock"
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)
            probe.touch()
            return probe.stat().st_mtime
        except OSError:
            return 0.0

    def _read(self, sha256: str) -> bytes:
        path = self.path(sha256)
        if path is None:
            raise DamagedPicture(sha256, "missing")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedPicture(sha256, "damaged")
        return content

    def _delete(self, sha256: str) -> bool:
        path = self.path(sha256)
        if path is None:
            return False
        path.unlink(missing_ok=True)
        return True


def _writing(path: Path) -> tuple[int, int] | None:
    try:
        seen = path.lstat()
    except OSError:
        return None
    return seen.st_ino, seen.st_mtime_ns


def _discard(path: Path, written: tuple[int, int]) -> bool:
    if _writing(path) != written:
        return False
    path.unlink(missing_ok=True)
    return True


class _Hashing:
    """A file that hashes and counts what is written to it, so that big pictures are not read twice."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        self.size += len(piece)
        return self._file.write(piece)

    def flush(self) -> None:
        self._file.flush()


def _sync_folder(folder: Path) -> None:
    """Make the new name durable as well; file systems and platforms that cannot are left alone."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
