"""fal's queue: submit, poll the returned URL, then fetch the result from another.

Source: fal.ai/docs (queue, errors) and fal-client 1.0.3. Its queue retries runs that fail on its side, free of charge.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.domain.attachments import ReferenceLimits
from bot.domain.outcome import Pending
from bot.providers.answer import ParsedAnswer, progress_of, read_answer, task_id_of
from bot.providers.api import HttpCall, ImageApi, edges_of
from bot.providers.body import BodyReader
from bot.providers.port import Call

_ONE_PICTURE = re.compile(r"kontext(?!.*multi)|image-to-image|redux|inpaint|/fill")
"""Models that take `image_url`; the others take `image_urls`."""
_STATUS = re.compile(r"/status(?=$|\?)")


_ENDED = re.compile(r"COMPLETED|FAIL|ERROR|CANCEL", re.IGNORECASE)


class FalApi(ImageApi):
    """Tasks only; its synchronous endpoint would hold a connection for minutes."""

    name = "fal"
    takes_tasks = True
    models_path = None
    max_count = 4
    references = ReferenceLimits(count=10, mask=False, max_bytes=3 * 1024 * 1024, total_bytes=12 * 1024 * 1024)

    def references_for(self, model: str) -> ReferenceLimits:
        return dataclasses.replace(self.references, count=1) if _ONE_PICTURE.search(model) else self.references

    def auth(self, key: str) -> dict[str, str]:
        return {"authorization": f"Key {key}"}

    def generate(self, call: Call, base_path: str) -> HttpCall:
        edges = None if "size" in call.leave_out else edges_of(call.size)
        fields: dict[str, object] = {"prompt": call.prompt}
        if edges is not None:
            fields["image_size"] = {"width": edges[0], "height": edges[1]}
        if "n" in self.carried(call):
            fields["num_images"] = call.count
        if call.pictures:
            uris = [one.data_uri for one in call.pictures]
            fields |= {"image_url": uris[0]} if _ONE_PICTURE.search(call.model) else {"image_urls": uris}
        return HttpCall("POST", "/" + quote(call.model.strip("/"), safe="/"), body=fields)

    def cancel(self, pending: Pending) -> HttpCall | None:
        if pending.poll_url is None or not _STATUS.search(pending.poll_url):
            return None
        return HttpCall("PUT", address=_STATUS.sub("/cancel", pending.poll_url))

    def read(self, value: Any, headers: Mapping[str, str], body: BodyReader) -> ParsedAnswer:
        status = value.get("status") if isinstance(value, dict) else None
        # The answer to the submission has no status.
        # A new status is of a task that was paid for and runs.
        if isinstance(value, dict) and "status_url" in value and not (isinstance(status, str) and _ENDED.search(status)):
            task_id, address = task_id_of(value.get("request_id")), value.get("status_url")
            if task_id is not None and isinstance(address, str):
                ahead, _ = progress_of(value)
                return ParsedAnswer(task=Pending(task_id, address, ahead=ahead))
        if status == "COMPLETED" and not value.get("error") and isinstance(value.get("response_url"), str):
            return ParsedAnswer(result_at=value["response_url"], left_over=value)
        return read_answer(value, headers, body)
