"""Processes that hold a file or listen on a port, from Linux's /proc. Unknown is reported as unknown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_LISTEN = "0A"
"""The LISTEN state in /proc/net/tcp."""


def listens(pid: str, port: int) -> bool | None:
    """Whether a process listens on a TCP port; None if that can't be determined."""
    sockets: set[str] = set()
    try:
        for table in ("tcp", "tcp6"):
            for line in (_PROC / pid / "net" / table).read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                    sockets.add(f"socket:[{fields[9]}]")
        return any(target in sockets for target in _open(pid))
    except (OSError, ValueError, IndexError):
        return None


def holders(file: Path) -> list[str]:
    """Other processes that have a file (or SQLite's side files) open, as `1234 (sqlite3)`; only those that this user can see."""
    wanted = {str(file.resolve()) + tail for tail in ("", "-wal", "-shm", "-journal")}
    found = []
    for pid in sorted((entry.name for entry in _entries(_PROC) if entry.name.isdigit()), key=int):
        try:
            if int(pid) != os.getpid() and any(target in wanted for target in _open(pid)):
                found.append(f"{pid} ({(_PROC / pid / 'comm').read_text(encoding='utf-8', errors='replace').strip()})")
        except OSError:
            continue
    return found


def _open(pid: str) -> Iterator[str]:
    for entry in _entries(_PROC / pid / "fd", strict=True):
        try:
            yield os.readlink(entry)
        except OSError:
            continue


def _entries(folder: Path, *, strict: bool = False) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        if strict:
            raise
        return []
