"""Interface of an image API: how to build a call, which key header to send, and how to parse the answer.

An `ImageApi` is pure: it turns a `Call` into an `HttpCall` and JSON into a `ParsedAnswer`. `HttpProvider` makes the call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bot.domain.attachments import ReferenceLimits
from bot.domain.outcome import Pending
from bot.providers.answer import ParsedAnswer, read_answer
from bot.providers.body import BodyReader
from bot.providers.port import Call, InputPicture


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One HTTP request, before its host and key are known."""

    method: str
    path: str = ""
    """Path below the base address, starting with `/`, percent-encoded."""
    address: str | None = None
    """Used instead of a path: a URL returned by the service."""
    body: Mapping[str, object] | None = None
    """JSON body; None for no body. With `files`, the fields of the form beside them."""
    files: Sequence[tuple[str, InputPicture]] = ()
    """Field names and pictures of a form (multipart/form-data) instead of JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    """Bytes to send instead of JSON, with their content type among the headers."""


class ImageApi:
    """One service's API. The defaults are what most services share."""

    name: str
    """Name for logs, evidence and settings, such as `openai`."""
    max_count: int | None = None
    """Maximum pictures per call; None if the model decides."""
    takes_tasks: bool = False
    """It always answers with a task, within seconds."""
    gate_suffix: str = ""
    """Ends the name under which a gate's memory is stored, where one address and key have several gates."""
    models_path: str | None = "/models"
    """Path of the model list below the base address; None if there is none that shows whether a key works."""
    carries = frozenset({"size", "n"})
    """Options that `generate` can send."""
    references = ReferenceLimits(count=0, mask=False)
    """Reference pictures that it accepts; by default none."""
    trusted_hosts: tuple[str, ...] = ()
    """Host name suffixes, besides the base address's own, that polls may send the key to: the service returns such URLs itself."""

    def published_path(self, model: str) -> str | None:
        """Path of what the service publishes about a model: its own record or the model list; None if it publishes nothing."""
        return self.models_path

    def references_for(self, model: str) -> ReferenceLimits:
        """What it accepts for one of its models."""
        return self.references

    def auth(self, key: str) -> dict[str, str]:
        return {"authorization": f"Bearer {key}"}

    def generate(self, call: Call, base_path: str) -> HttpCall:
        """The call that requests pictures; `base_path` is the path of the base address."""
        raise NotImplementedError

    def carried(self, call: Call) -> frozenset[str]:
        """Options that `generate` sends besides model and prompt, under the bot's own names (`size`, `quality`, `n`, ...)."""
        asked = {"size": call.size != "auto" and "size" not in call.leave_out, "n": call.count > 1}
        return frozenset(name for name, sent in asked.items() if sent) & self.carries

    def poll(self, pending: Pending) -> HttpCall:
        return HttpCall("GET", f"/images/tasks/{quote(pending.task_id, safe='')}", pending.poll_url)

    def cancel(self, pending: Pending) -> HttpCall | None:
        """The call that stops a running task; None if the service has none."""
        return None

    def read(self, value: Any, headers: Mapping[str, str], body: BodyReader) -> ParsedAnswer:
        """Parse a 200, 201 or 202 answer. Total: anything unknown counts as "no picture"."""
        return read_answer(value, headers, body)


def edges_of(size: str) -> tuple[int, int] | None:
    """Width and height of a size in pixels; None for `auto`."""
    width, cross, height = size.partition("x")
    return (int(width), int(height)) if cross else None


COMMON_RATIOS = ("1:1", "16:9", "9:16", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "21:9", "9:21")
"""What FLUX takes, at any service."""


def nearest_ratio(size: str, ratios: tuple[str, ...]) -> str | None:
    """The ratio in the list (such as `16:9`) closest to a size; None for `auto`."""
    edges = edges_of(size)
    if edges is None:
        return None
    wanted = edges[0] / edges[1]

    def distance(ratio: str) -> float:
        width, _, height = ratio.partition(":")
        have = int(width) / int(height)
        return max(have / wanted, wanted / have)

    return min(ratios, key=distance)
