"""Replicate's predictions: create one, then poll the returned URL.

Source: replicate.com/docs/topics/predictions (lifecycle, rate limits) and replicate 1.0.7. Inputs differ between models; `aspect_ratio` and
`num_outputs` are the names that image models share, and an option that a model rejects is learned and omitted.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.domain.attachments import ReferenceLimits
from bot.domain.outcome import Pending
from bot.providers.answer import ParsedAnswer, read_answer, task_id_of
from bot.providers.api import COMMON_RATIOS, HttpCall, ImageApi, nearest_ratio
from bot.providers.body import BodyReader
from bot.providers.port import Call

_ENDED = ("succeeded", "successful", "failed", "canceled", "cancelled", "aborted")
"""Statuses after which a prediction doesn't go on; every other one, also a new one, is of a prediction that was paid for and runs."""
_FIELDS = (
    (r"kontext", "input_image", False),
    (r"gpt-image|flux-2", "input_images", True),
    (r"qwen-image-edit|flux-(?:dev|schnell)|stable-diffusion|sdxl", "image", False),
)
"""Model -> field of its pictures, and whether it's a list; the others have `image_input`, a list (nano-banana, seedream)."""
_PERCENT = re.compile(r"\b([0-9]{1,2})%\|", re.ASCII)
"""The progress bar that models write into their logs: ` 40%|####      | 2/5`."""


class ReplicateApi(ImageApi):
    """Tasks only. An aborted prediction is free, a cancelled one isn't."""

    name = "replicate"
    takes_tasks = True
    max_count = 4
    models_path = None  # its list contains every public model, page by page
    # In the JSON itself, Replicate recommends less than 1 MB for each file.
    references = ReferenceLimits(count=8, mask=False, max_bytes=700_000, total_bytes=4 * 1024 * 1024)

    def references_for(self, model: str) -> ReferenceLimits:
        return self.references if _field_of(model)[1] else dataclasses.replace(self.references, count=1)

    def generate(self, call: Call, base_path: str) -> HttpCall:
        fields: dict[str, object] = {"prompt": call.prompt}
        ratio = None if "size" in call.leave_out else nearest_ratio(call.size, COMMON_RATIOS)
        if ratio is not None:
            fields["aspect_ratio"] = ratio
        if call.count > 1:
            fields["num_outputs"] = call.count
        if call.pictures:
            name, several = _field_of(call.model)
            uris = [one.data_uri for one in call.pictures]
            fields[name] = uris if several else uris[0]
        model, _, version = call.model.strip("/").partition(":")
        if version:
            return HttpCall("POST", "/predictions", body={"version": version, "input": fields})
        return HttpCall("POST", f"/models/{quote(model, safe='/')}/predictions", body={"input": fields})

    def cancel(self, pending: Pending) -> HttpCall | None:
        return None if pending.poll_url is None else HttpCall("POST", address=pending.poll_url.rstrip("/") + "/cancel")

    def read(self, value: Any, headers: Mapping[str, str], body: BodyReader) -> ParsedAnswer:
        status = value.get("status") if isinstance(value, dict) else None
        if isinstance(value, dict) and isinstance(status, str) and status not in _ENDED:
            urls = value.get("urls")
            task_id = task_id_of(value.get("id"))
            address = urls.get("get") if isinstance(urls, dict) else None
            if task_id is not None and isinstance(address, str):
                return ParsedAnswer(task=Pending(task_id, address, progress=_progress(value.get("logs"))))
        if isinstance(value, dict):
            # `input` holds what the member typed, and must not be read as the service's answer.
            value = {name: inside for name, inside in value.items() if name not in ("input", "logs")}
        return read_answer(value, headers, body)


def _field_of(model: str) -> tuple[str, bool]:
    """The field of a model's pictures, and whether it's a list."""
    return next(((name, several) for pattern, name, several in _FIELDS if re.search(pattern, model)), ("image_input", True))


def _progress(logs: Any) -> float | None:
    """The share that the last progress bar in a prediction's logs shows."""
    found = _PERCENT.findall(logs[-4000:]) if isinstance(logs, str) else []
    return int(found[-1]) / 100 or None if found else None
