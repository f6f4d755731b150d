"""Settings from files: `NAME_FILE` for one setting, `SECRETS_DIR` for a folder (Docker, Kubernetes), systemd's `LoadCredential`.

A file's name in a folder is the setting's name in any case. The value of a setting that is set directly wins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings.dotenv import stripped
from bot.texts import text

FOLDERS = ("SECRETS_DIR", "CREDENTIALS_DIRECTORY")
"""Variables that name a folder of secrets; the first wins. systemd sets the second for LoadCredential."""
SUFFIX = "_FILE"
MAX_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class SecretFiles:
    """Values read from files, by setting."""

    values: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def read(merged: Mapping[str, str], known: Collection[str]) -> SecretFiles:
    """Read the files that the environment or `.env` name, for settings in `known`."""
    values: dict[str, str] = {}
    problems: list[str] = []
    warnings: list[str] = []
    for variable in reversed(FOLDERS):
        folder = Path(merged.get(variable, ""))
        if merged.get(variable):
            values |= _folder(folder, variable, known, problems)
    for name in sorted(known):
        file = merged.get(name + SUFFIX, "") if name + SUFFIX not in known else ""
        if not file:
            continue
        if name in merged:
            warnings.append(text("settings.file_and_value", name=name, file=name + SUFFIX))
        elif (value := _value(Path(file).expanduser(), name + SUFFIX, problems)) is not None:
            values[name] = value
    return SecretFiles({name: value for name, value in values.items() if name not in merged}, tuple(problems), tuple(warnings))


def names(known: Collection[str]) -> frozenset[str]:
    return frozenset(FOLDERS) | {name + SUFFIX for name in known}


def _folder(folder: Path, variable: str, known: Collection[str], problems: list[str]) -> dict[str, str]:
    try:
        files = sorted(path for path in folder.expanduser().iterdir() if path.name.upper() in known and path.is_file())
    except OSError:
        problems.append(text("settings.secrets_folder", name=variable, folder=folder))
        return {}
    found = {path.name.upper(): _value(path, variable, problems) for path in files}
    return {name: value for name, value in found.items() if value}


def _value(file: Path, variable: str, problems: list[str]) -> str | None:
    """The file's content without surrounding spaces, line breaks and quotes."""
    try:
        raw = file.read_bytes()[: MAX_BYTES + 1]
        if len(raw) > MAX_BYTES:
            raise UnicodeError
        return stripped(raw.decode("utf-8-sig"))
    except (OSError, UnicodeError):
        problems.append(text("settings.secret_file", name=variable, file=file))
        return None
