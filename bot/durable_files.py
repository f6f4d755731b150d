"""Files that survive a power cut once they have their name."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_part(folder: Path, content: bytes, prefix: str = "", mode: int | None = None) -> Path:
    """Write a temporary file (`.part`) to the disk, to be renamed. `mode`: its permissions; None for the owner's alone. Raises OSError, and
    leaves no file then."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            part.chmod(mode)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def sync_folder(folder: Path) -> None:
    """Make new names in a folder durable; ignored where the platform doesn't support it."""
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
