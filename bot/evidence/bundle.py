"""Makes the bundle: facts, pages and scripts in one zip, checked before anything is written."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.evidence import check, pages
from bot.evidence.collect import Facts, FailedRequest, collect, private_values
from bot.evidence.private import Private, quoted
from bot.evidence.reproduce import PROMPT, SCRIPT, curl, script
from bot.evidence.scrub import REMOVED
from bot.evidence.surroundings import Surroundings, environment
from bot.ports import Ports
from bot.texts import text

API_WORDS = """error errors message code type param image images model prompt request response size quality count data url base64 result
status detail details reason user invalid value unsupported supported service server bad gateway rate limit quota billing policy safety
content moderation blocked rejected openai azure gemini google default application json text html test sandbox square portrait landscape
local zone utc began seconds billed number group kind phase host region path method headers meaning"""


class LeakFound(Exception):
    """The checker found something private that couldn't be removed; nothing was written. The text names files and kinds only."""


@dataclass(frozen=True, slots=True)
class BundleMaker:
    about: Surroundings
    folder: Path
    ports: Ports

    def make(self, found: FailedRequest, status_page: str = "") -> Path:
        """Write the bundle into the folder and return its path. Raises LeakFound, and OSError.

        `status_page` says what the service's status page reported, if it was looked at.
        """
        content = self.content(found, status_page)
        at = datetime.fromtimestamp(self.ports.now(), UTC).strftime("%Y%m%d-%H%M%S")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"evidence-{at}-{self.ports.new_id()[:6]}.zip"
        part = path.with_suffix(".part")
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return path

    def content(self, found: FailedRequest, status_page: str = "") -> bytes:
        """The zip. Raises LeakFound."""
        about = self.about.of(found.request.service)
        private = private_values(found, about, _vocabulary())
        facts = collect(found, about, private, self.ports.now(), status_page)
        ours = _ours(facts)
        files = _files(facts)
        if check.leaks(files, private, found.prompts, ours):
            # A value got through that the checker recognises: leave out that value, not the whole bundle.
            facts = _stripped(facts, private, found.prompts, ours)
            files = _files(facts)
            if left := check.leaks(files, private, found.prompts, ours):
                raise LeakFound("; ".join(left))
        return _zipped(files)


def _files(facts: Facts) -> dict[str, bytes]:
    line = curl(facts["request"])
    made = {
        "evidence.html": pages.page(facts, line),
        "EVIDENCE.md": pages.markdown(facts, line),
        "evidence.json": json.dumps({**facts, "curl": line}, indent=2, ensure_ascii=False) + "\n",
        "reproduce.py": script(facts["request"], facts["response"]["status"]),
        "curl.sh": f"{line}\n",
    }
    return {name: value.encode() for name, value in made.items()}


def _ours(facts: Facts) -> str:
    """The bundle's fixed words: titles, explanations, the script, the names of fields."""
    empty = {**facts, "response": {"status": None}, "attempts": [], "ids": [], "failure": {}, "status_page": "", "when": {}}
    line = curl(facts["request"])
    said = [
        pages.markdown(empty, line),
        pages.page(empty, line),
        json.dumps({"curl": line}, indent=2),
        script(facts["request"], None),
        PROMPT,
    ]
    said += [str(facts["failure"].get("meaning", "")), *(str(one) for one in environment().values()), line]
    said += [json.dumps(empty, indent=2, ensure_ascii=False), text("evidence.no_answer_kept")]
    return "\n".join(said)


def _vocabulary() -> frozenset[str]:
    """Words that the bundle or an API uses anyway: a member of that name isn't hidden by taking them out."""
    sections = dict.fromkeys(pages.SECTIONS, "")
    words = re.findall(r"\w+", f"{pages.markdown(sections, '')} {SCRIPT} {API_WORDS}".lower())
    return frozenset({*words, "imagine-bot"})


def _stripped(value: Any, private: Private, prompts: Sequence[str], ours: str) -> Any:
    if isinstance(value, Mapping):
        return {_stripped(name, private, prompts, ours): _stripped(inner, private, prompts, ours) for name, inner in value.items()}
    if isinstance(value, list):
        return [_stripped(one, private, prompts, ours) for one in value]
    return REMOVED if not isinstance(value, bool | None) and _bad(str(value), private, prompts, ours) else value


def _bad(value: str, private: Private, prompts: Sequence[str], ours: str) -> bool:
    return value not in ours and bool(private.find(value) or quoted(value, prompts, ours))


def _zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
