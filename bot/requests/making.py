"""How a result was made, as a file that goes with the pictures when its member downloads them. Pure."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.domain.file_names import ending, slug
from bot.domain.gallery import GalleryMark
from bot.domain.outcome import Picture
from bot.domain.requests import Request

VERSION = 1


def base_name(request: Request) -> str:
    """A readable name without its ending: `2026-11-29-a-red-bicycle`."""
    return f"{_at(request)[:10]}-{slug(request.prompt, 'picture')}"


def file_name(request: Request, picture: Picture, number: int, count: int) -> str:
    return f"{base_name(request)}{'' if count == 1 else f'-{number}'}.{ending(picture.format)}"


def making(request: Request, found: Sequence[Picture], mark: GalleryMark) -> Mapping[str, object]:
    """Everything that its member chose or was told about it. Empty values are left out."""
    said = {
        "version": VERSION,
        "made_with_ai": True,
        "request": request.id,
        "prompt": request.prompt,
        "model": request.applied.get("model") or request.model,
        "size": request.size,
        "quality": request.applied.get("quality") or request.quality,
        "pictures_asked_for": request.count,
        "attached_pictures": len(request.references),
        "text_on_the_picture": request.caption,
        "template": request.template,
        "tag": mark.tag or request.tag,
        "favourite": mark.favourite,
        "asked_at": _iso(request.created_at),
        "made_at": _at(request),
        "made_from": request.parent,
        "made_how": request.origin.value,
        "published": request.published,
        "pictures": [_picture(request, one, number, len(found)) for number, one in enumerate(found, 1)],
    }
    return {name: value for name, value in said.items() if value not in ("", None, 0, False)}


def as_json(made: Mapping[str, object]) -> bytes:
    """As a file's content."""
    return (json.dumps(made, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of these files; the pictures' bytes are unchanged, and so are their Content Credentials."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as into:
        for name, content in files.items():
            into.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return stream.getvalue()


def _picture(request: Request, one: Picture, number: int, count: int) -> dict[str, object]:
    changed = {} if one.change is None else {"text": one.change.text, "cut_to": one.change.ratio, "made_from_sha256": one.change.source}
    said = {
        "file": file_name(request, one, number, count),
        "sha256": one.sha256,
        "width": one.width,
        "height": one.height,
        "rewritten_prompt": one.revised_prompt,
        "changed_by_the_bot": {name: value for name, value in changed.items() if value},
        "arrived_with_content_credentials": one.signed,
        "bytes_as_they_arrived": one.kept,
    }
    return {name: value for name, value in said.items() if value not in ("", None, {})}


def _at(request: Request) -> str:
    return _iso(request.answered_at or request.created_at)


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
