"""The folder that a batch's files are written into. Every file appears whole under its name or not at all, and none is ever overwritten."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.batch.naming import ending
from bot.batch.records import OutputFile, Papers
from bot.domain.outcome import Picture
from bot.durable_files import sync_folder, write_part

MANIFEST = "manifest.jsonl"
READABLE = 0o644
"""Permissions of its files: others may look at finished pictures."""
_ROOM = 64 * 1024
"""Bytes that must fit before anything is drawn."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class FolderProblem(Exception):
    """A folder that can't be written. `key` is below `batch.folder.` in the texts."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts


@dataclass(slots=True)
class OutputFolder:
    """One folder, by its path."""

    path: Path
    read: Callable[[Picture], bytes]
    """The bytes of a stored picture. Raises LookupError."""
    caption: Callable[[bytes, str], bytes | None] = lambda content, words: None
    """A picture with words drawn on it, as PNG; None if they can't be drawn here."""
    written: int = 0
    """Files written by this process."""

    def prepare(self) -> None:
        """Make the folder, and see that something fits into it. Raises FolderProblem."""
        with _explained(self.path):
            if self.path.exists() and not self.path.is_dir():
                raise FolderProblem("file", path=self.path)
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path) as probe:
                probe.write(b"\0" * _ROOM)
                probe.flush()
                os.fsync(probe.fileno())

    def write(self, files: Iterable[OutputFile]) -> list[str]:
        """Write what isn't there yet, and add it to the manifest. Returns the names of pictures whose stored file is gone. Raises
        FolderProblem."""
        gone, lines = [], []
        with _explained(self.path):
            for one in files:
                try:
                    name = self._write_one(one)
                except LookupError:
                    gone.append(f"{one.folder}/{one.stem}")
                    continue
                lines.append({"key": one.key, "file": name, **_short(one.papers)})
            if lines:
                self._add(lines)
        return gone

    def put(self, folder: str, stem: str, suffix: str, content: bytes) -> Path:
        """Write a file under this name, or under the next free one if that holds something else. The same content isn't written twice."""
        place = self.path / folder
        place.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            target = place / (f"{stem}.{suffix}" if number == 1 else f"{stem}-{number}.{suffix}")
            if self._placed(target, content):
                return target
            number += 1

    def _write_one(self, one: OutputFile) -> str:
        stem, named = one.stem, one.folder
        if one.picture is not None:
            content = self.read(one.picture)
            target = self.put(one.folder, one.stem, ending(one.picture.format), content)
            stem, named = target.stem, str(target.relative_to(self.path))
            if one.caption and (drawn := self.caption(content, one.caption)) is not None:
                self.put(one.folder, f"{stem}-caption", "png", drawn)
        papers = json.dumps(one.papers, indent=2, ensure_ascii=False) + "\n"
        written = self.put(one.folder, stem, "json", papers.encode("utf-8"))
        return named if one.picture is not None else str(written.relative_to(self.path))

    def _placed(self, target: Path, content: bytes) -> bool:
        """Whether the file is there now with this content. A name that's taken by something else stays untouched."""
        if target.exists() or target.is_symlink():
            return target.is_file() and not target.is_symlink() and target.stat().st_size == len(content) and target.read_bytes() == content
        part = write_part(target.parent, content, ".", READABLE)
        try:
            os.link(part, target)  # fails if the name is taken meanwhile, and shows the whole file or nothing
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
                raise
            os.rename(part, target)  # a file system without hard links
        finally:
            part.unlink(missing_ok=True)
        sync_folder(target.parent)
        self.written += 1
        return True

    # ---- the manifest: its lines stay as they are, new ones come behind them

    def _lines(self) -> Sequence[str]:
        path = self.path / MANIFEST
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else ()

    def known(self) -> set[str]:
        """Keys of what the manifest lists."""
        known = set()
        for line in self._lines():
            with contextlib.suppress(ValueError):
                found = json.loads(line)
                known.add(str(found.get("key")) if isinstance(found, Mapping) else "")
        return known

    def _add(self, lines: Sequence[Mapping[str, Any]]) -> None:
        whole = [*self._lines(), *(json.dumps(one, ensure_ascii=False) for one in lines)]
        part = write_part(self.path, ("\n".join(whole) + "\n").encode("utf-8"), ".", READABLE)
        part.replace(self.path / MANIFEST)
        sync_folder(self.path)


def sweep_parts(path: Path) -> None:
    """Remove what a killed process left half-written."""
    for part in path.rglob(".*.part"):
        with contextlib.suppress(OSError):
            part.unlink()


_KEPT = ("batch", "number", "topic", "stage", "reason", "request", "cost_micros", "cost_tag", "sha256", "answered_at", "failed_at")


def _short(papers: Papers) -> dict[str, Any]:
    return {name: papers[name] for name in _KEPT if name in papers}


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise FolderProblem("file", path=path) from error
    except NotADirectoryError as error:
        raise FolderProblem("file", path=path) from error
    except OSError as error:
        raise FolderProblem("full" if error.errno in _FULL else "unwritable", path=path) from error
