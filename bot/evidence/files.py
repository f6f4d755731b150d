"""The finished bundles in the data folder, for handing them over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

FOLDER = "evidence"
"""Folder of the bundles, in the data folder."""
_NAME = re.compile(r"evidence-\d{8}-\d{6}-[A-Za-z0-9]{1,12}\.zip")


def newest(data_dir: Path, most: int) -> Sequence[str]:
    """Names of the newest bundles, newest first."""
    return sorted((path.name for path in (data_dir / FOLDER).glob("evidence-*.zip") if _NAME.fullmatch(path.name)), reverse=True)[:most]


def read(data_dir: Path, name: str) -> bytes | None:
    """The bundle of this name; None if there is none. Nothing else in the folder can be named."""
    if not _NAME.fullmatch(name):
        return None
    try:
        return (data_dir / FOLDER / name).read_bytes()
    except OSError:
        return None
