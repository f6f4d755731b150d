"""Uploads of the page: pictures and masks that go to the core before their request is sent."""

from __future__ import annotations

import asyncio
import re

from cachetools import FIFOCache
from fastapi import Request, Response
from fastapi.responses import JSONResponse

from adapters.kit.commands import HEAVY
from adapters.kit.replies import words_of
from adapters.web.languages import reading
from adapters.web.people import PEOPLE, PLATFORM
from bot.core import Core
from bot.domain.attachments import MAX_BYTES, Attachment
from bot.texts import say, text

MOST_KEPT = 500
"""Uploads that the pages may still name; the core deletes unused ones after an hour anyway."""
_EDGES = re.compile(r"([0-9]{1,5})x([0-9]{1,5})", re.ASCII)


class Uploads:
    """Uploads by hash and person. A page names an upload by its hash; only the uploader's own ones are accepted."""

    def __init__(self) -> None:
        self._known: FIFOCache[tuple[str, str], str] = FIFOCache(MOST_KEPT)

    def shows(self, sha256: str) -> bool:
        """Whether this picture is an upload, so that its thumbnail may be shown."""
        return any(one == sha256 for _, one in self._known)

    def attached(self, person: str, sha256: str) -> Attachment | None:
        """A person's own upload as an attachment; None for any other hash."""
        name = self._known.get((person, sha256))
        return None if name is None else Attachment(name, stored=sha256)

    async def take(self, request: Request, core: Core) -> Response:
        """POST /uploads: one file. Answers with its hash and size, or with a sentence."""
        person, name = request.query_params.get("you", ""), request.query_params.get("name", "")[:120]
        language = reading(request.query_params.get("lang", ""), request.headers.get("accept-language", ""))
        if person not in PEOPLE:
            return _problem(say(text("web.our_fault"), language), 403)
        if (content := await _body(request, MAX_BYTES)) is None:
            return Response(status_code=400)
        found = _EDGES.fullmatch(request.query_params.get("mask_of", ""))
        size = None if found is None else (int(found[1]), int(found[2]))
        try:
            kept = await core.keep_upload(PEOPLE[person].visitor(), name, content, size, fit=request.query_params.get("fit") == "1")
        except Exception as error:
            return _problem(say(words_of(error, PLATFORM), language), 503)
        if isinstance(kept, str):
            return _problem(say(kept, language), 422)
        self._known[person, kept.sha256] = name
        return JSONResponse({"sha256": kept.sha256, "width": kept.width, "height": kept.height})


async def topics_of(request: Request, core: Core) -> Response:
    """POST /topics: a file of topics. Answers with its words and a remark about them; nothing is stored."""
    if (content := await _body(request, HEAVY)) is None:
        return Response(status_code=400)
    words, remark = await asyncio.to_thread(core.read_topics, request.query_params.get("name", "")[:120], content)
    return JSONResponse({"words": words, "remark": remark})


async def _body(request: Request, most: int) -> bytes | None:
    """The file, or the first bytes of one with more than `most`, which the core answers in words; None if the page was closed meanwhile."""
    content = bytearray()
    try:
        async for piece in request.stream():
            if len(content) <= most:
                content += piece
    except Exception:
        return None
    return bytes(content)


def _problem(sentence: str, status: int) -> Response:
    return JSONResponse({"problem": sentence}, status_code=status)
