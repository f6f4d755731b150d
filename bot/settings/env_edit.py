"""Editor for `.env` files: sets some values, keeps every other line, comment and mistake, and replaces the file atomically."""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from bot.settings.dotenv import parse

PRIVATE = 0o600
"""Only the owner reads and writes: the file holds keys."""
_ASSIGNED = re.compile(r"(?P<lead>\s*(?:export[^\S\r\n]+)?)(?P<name>'[^']+'|[^=\s#]+)[^\S\r\n]*(?:=[^\S\r\n]*)?(?P<rest>.*)", re.DOTALL)
_QUOTED = re.compile(r"""'(?:\\'|[^'])*'|"(?:\\"|[^"])*\"""")
_COMMENT = re.compile(r"[^\S\r\n]+#[^\r\n]*")


def edited(content: str, values: Mapping[str, str], about: Mapping[str, str] | None = None) -> str:
    """The file's content with these values set; an empty value keeps the name and clears its value.

    An assigned name is changed in place and keeps its comment; a commented default (`#NAME=…`) gets the assignment on the next line; other
    names are appended, each below its description in `about`.
    """
    left, lines = dict(values), []
    for binding in parse_stream(io.StringIO(content)):
        if binding.error or binding.key is None or binding.key not in values:
            lines.append(binding.original.string)
        else:
            lines.append(_assigned(binding, values[binding.key]))
            left.pop(binding.key, None)
    found = "".join(lines)
    for name, value in list(left.items()):
        if (default := re.search(rf"^#[^\S\r\n]?{re.escape(name)}=[^\r\n]*(\r?\n|$)", found, re.MULTILINE)) and value:
            end = default[1] or "\n"
            found = f"{found[: default.end()]}{'' if default[1] else end}{_line(name, value)}{end}{found[default.end() :]}"
            del left[name]
    end = "\r\n" if "\r\n" in found else "\n"
    for name, value in left.items():
        if not value:
            continue
        gap = "" if not found else end if found.endswith(("\n", "\r")) else end * 2
        said = "".join(f"# {line}{end}" for line in (about or {}).get(name, "").splitlines())
        found += f"{gap}{said}{_line(name, value)}{end}"
    return found


def replace_private(path: Path, content: str) -> None:
    """Put a file with this content in the place of `path`, readable for its owner only. Another owner's file stays theirs.

    A link stays a link: the file that it leads to is replaced. Raises OSError, and then nothing has changed.
    """
    target = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(prefix=".env-", dir=target.parent)  # mkstemp creates it with mode 600
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            if target.exists() and (owner := target.stat()).st_uid != os.geteuid():
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            os.fchmod(file.fileno(), PRIVATE)
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _assigned(binding: Binding, value: str) -> str:
    """This assignment with another value, and its comment."""
    parts = _ASSIGNED.fullmatch(binding.original.string)
    assert parts is not None, "the parser found an assignment here"
    rest = parts["rest"]
    quoted = _QUOTED.match(rest)
    behind = rest[quoted.end() :] if quoted else rest
    comment = _COMMENT.search(behind)
    end = re.search(r"[\r\n]*$", rest)
    return f"{parts['lead']}{_line(parts['name'], value)}{comment[0].rstrip() if comment else ''}{end[0] if end else ''}"


def _line(name: str, value: str) -> str:
    """`NAME=value`, quoted only if the parser would read something else."""
    plain = f"{name}={value}"
    if parse(plain, Path()).values.get(name.strip("'"), "") == value:
        return plain
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{escaped}'"
