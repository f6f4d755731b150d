"""Copies of the picture folder, verified by hash: a picture's name is the SHA-256 of its content, so every copy can prove itself."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_NAME = re.compile(r"(?P<sha256>[0-9a-f]{64})\.(?:png|jpeg|webp)", re.ASCII)
_CHUNK = 1 << 20


@dataclass(slots=True)
class Copied:
    copied: int = 0
    size: int = 0
    """Bytes copied."""
    there: int = 0
    """Pictures that the target had already, intact."""
    damaged: list[str] = field(default_factory=list)
    """Names of source files that no longer match their hash; they aren't copied."""


def copy(source: Path, target: Path) -> Copied:
    """Copy the pictures that the target lacks, or has damaged, each into its shard. Raises OSError; running it again continues."""
    done = Copied()
    for path, sha256 in named(source):
        wanted = target / sha256[:2] / path.name
        if wanted.is_file() and _hash_of(wanted) == sha256:
            done.there += 1
        elif _hash_of(path) != sha256:
            done.damaged.append(path.name)
        else:
            _copy_one(path, wanted, sha256)
            done.copied += 1
            done.size += path.stat().st_size
    return done


def stored(folder: Path) -> set[str]:
    """Hashes of the pictures in a folder, by name only."""
    return {sha256 for _, sha256 in named(folder)}


def named(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        match = _NAME.fullmatch(path.name)
        if match is not None and path.is_file() and not path.is_symlink():
            yield path, match["sha256"]


def _copy_one(source: Path, target: Path, sha256: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, part)
        with open(part, "rb+") as handle:
            os.fsync(handle.fileno())
        if _hash_of(part) != sha256:
            raise OSError(f"{target.name} changed while it was copied")
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
