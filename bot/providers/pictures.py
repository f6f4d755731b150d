"""Content-addressed picture store: fully decoded files under `DATA_DIR/pictures`, named by SHA-256.

No work runs on the event loop, and decoding runs in another process. The store doesn't know about requests: before deleting a picture, the
caller makes sure that no other request shows it.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import structlog

from bot.domain.outcome import Picture
from bot.durable_files import sync_folder, write_part
from bot.pixels.errors import NotTaken
from bot.pixels.kinds import FORMATS
from bot.pixels.provenance import ACTIONS, CannotSign, Signer
from bot.pixels.workers import OneProcess, Workers

log = structlog.get_logger()

HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_T = TypeVar("_T")

NAME = re.compile(r"([0-9a-f]{64})\.(?:" + "|".join(FORMATS.values()) + ")", re.ASCII)

FOLDERS = 256
"""Pictures are sharded into folders by the first two hex digits of their hash."""


@dataclass(frozen=True, slots=True)
class OldFile:
    """A stored picture that hasn't been written for a while."""

    sha256: str
    path: Path
    age: float
    """Seconds since it was written, by the file system's clock."""
    written: tuple[int, int]
    """Identifies this write of the file; storing the same picture again changes it."""


class DamagedPicture(LookupError):
    """A stored file is missing or no longer matches its hash."""

    def __init__(self, sha256: str, why: str) -> None:
        super().__init__(f"picture {sha256[:12]} is {why}")
        self.sha256 = sha256
        self.why = why
        """`damaged` or `missing`."""


class PictureStore:
    """Pictures of one data folder. A single thread waits for the disk and the decoding process."""

    def __init__(
        self, data_dir: Path, executor: Executor | None = None, workers: Workers | None = None, signer: Signer | None = None
    ) -> None:
        self._folder = data_dir / "pictures"
        self._incoming = self._folder / "incoming"
        self._executor = executor or ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._workers = workers or OneProcess()
        self._signer = signer
        self._swept = False

    async def add_base64(self, pieces: Sequence[bytes], revised_prompt: str | None = None) -> Picture:
        """Store a base64 picture, given as chunks. Raises BadPicture and NotTaken."""
        return await self._off_loop(lambda: self._add(pieces, revised_prompt, base64=True))

    async def add_bytes(self, pieces: Sequence[bytes], revised_prompt: str | None = None) -> Picture:
        """Store a downloaded picture. Raises BadPicture and NotTaken."""
        return await self._off_loop(lambda: self._add(pieces, revised_prompt, base64=False))

    async def checked(self, pieces: Sequence[bytes], revised_prompt: str | None, *, base64: bool) -> tuple[Picture, bytes]:
        """Decode and check a picture without keeping it, for a store elsewhere. Raises BadPicture and NotTaken."""

        def take() -> tuple[Picture, bytes]:
            picture = self._add(pieces, revised_prompt, base64=base64)
            content = self._read(picture.sha256)
            self._delete(picture.sha256)
            return picture, content

        return await self._off_loop(take)

    async def work(self, job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
        """Run a job from `bot.pixels.jobs.JOBS` on a picture, such as fitting it to a platform. Raises BadPicture, NotTaken and OSError."""
        return await self._off_loop(lambda: self._worked(job, values, content))

    def _worked(self, job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
        """Run the job, and sign what the bot has changed, if there is a certificate."""
        facts, made = self._workers.do(job, values, [content])
        if self._signer is None or job not in ACTIONS or "problem" in facts:
            return facts, made
        size = int(facts["size"])
        try:
            signed = self._signer.sign(job, made[:size], content)
        except CannotSign as error:
            log.warning("picture_not_signed", job=job, error=error.value)
            return facts, made
        return {**facts, "sha256": hashlib.sha256(signed).hexdigest(), "size": len(signed)}, signed + made[size:]

    async def keep(self, content: bytes, sha256: str, format: str) -> None:
        """Store a file made by the job `reference`, durably; nothing is done if it's already there. Raises OSError."""
        await self._off_loop(lambda: self._keep(content, sha256, format))

    async def read(self, sha256: str) -> bytes:
        """The bytes of a stored picture, verified against its hash. Raises DamagedPicture."""
        return await self._off_loop(lambda: self._read(sha256))

    async def delete(self, sha256: str) -> bool:
        """Delete a picture. Returns False if it didn't exist."""
        return await self._off_loop(lambda: self._delete(sha256))

    def path(self, sha256: str) -> Path | None:
        """Path of a stored picture; None if the hash is malformed or unknown."""
        return next((path for path in self._candidates(sha256) if path.is_file()), None)

    async def old_files(self, folder: int, after: str, age: float, limit: int) -> tuple[Sequence[OldFile], str | None]:
        """Pictures in shard `folder` written more than `age` seconds ago.

        Examines at most `limit` files whose names sort after `after`. Returns them with the name to continue from, or None when the folder
        is done.
        """
        return await self._off_loop(lambda: self._old_files(folder, after, age, limit))

    async def discard(self, files: Sequence[OldFile]) -> int:
        """Delete files that haven't changed since `old_files` listed them. Returns how many."""
        return await self._off_loop(lambda: sum(_discard(file.path, file.written) for file in files))

    async def discard_parts(self, age: float) -> int:
        """Delete partial files that a killed process left more than `age` seconds ago. Returns how many."""
        return await self._off_loop(lambda: self._discard_parts(age))

    def close(self) -> None:
        """Stop the worker after it finishes the current picture; kill it when that takes longer than `workers.CLOSING` seconds."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._workers.close()
        self._executor.shutdown(wait=True)

    async def _off_loop(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _candidates(self, sha256: str) -> list[Path]:
        # IDs come from buttons and URLs, so only an exact hash ever becomes part of a path.
        if not HASH.fullmatch(sha256):
            return []
        return [self._folder / sha256[:2] / f"{sha256}.{extension}" for extension in FORMATS.values()]

    def _add(self, pieces: Sequence[bytes], revised_prompt: str | None, *, base64: bool) -> Picture:
        self._sweep_once()
        handle, name = tempfile.mkstemp(dir=self._incoming, suffix=".part")
        os.close(handle)
        part = Path(name)
        try:
            made, _ = self._workers.do("take", {"path": name, "base64": base64}, pieces)
            picture = Picture(revised_prompt=revised_prompt, **made)
            if not HASH.fullmatch(picture.sha256) or picture.format not in FORMATS.values():
                raise NotTaken("worker", "odd answer")  # it becomes a path, and the worker has parsed untrusted data
            target = self._folder / picture.sha256[:2] / f"{picture.sha256}.{picture.format}"
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)
        return picture

    def _keep(self, content: bytes, sha256: str, format: str) -> None:
        if not HASH.fullmatch(sha256) or format not in FORMATS.values() or hashlib.sha256(content).hexdigest() != sha256:
            raise NotTaken("worker", "odd answer")  # it becomes a path, and the worker has parsed untrusted data
        target = self._folder / sha256[:2] / f"{sha256}.{format}"
        if target.is_file():
            target.touch()  # the sweep of old files sees that it's wanted again
            return
        self._sweep_once()
        part = write_part(self._incoming, content)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)

    def _sweep_once(self) -> None:
        """Delete partial files of a killed process before the first write."""
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
            ours = NAME.fullmatch(name)
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
        """Current time by the file system's clock, which can differ from this machine's. On a full disk 0, so that nothing counts as
        old."""
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
