"""What differs from one image API to the next: how a call is written, which key header it takes, and how its answer reads.

An `ImageApi` is pure: it turns a `Call` into an `HttpCall` and JSON into a `ParsedAnswer`. `HttpProvider` does the exchange.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bot.domain.outcome import Pending
from bot.providers.answer import ParsedAnswer, read_answer
from bot.providers.body import BodyReader
from bot.providers.port import Call


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One request, before its host and key are known."""

    method: str
    path: str = ""
    """Below the base address, starting with `/`, percent-encoded."""
    address: str | None = None
    """Instead of a path: an address that the service itself named."""
    body: Mapping[str, object] | None = None
    """Sent as JSON; None for no body."""
    headers: Mapping[str, str] = field(default_factory=dict)


class ImageApi:
    """One service's manner of speaking. The defaults are the ones most services share."""

    name: str
    """For logs, evidence and settings, as `openai`."""
    max_count: int | None = None
    """Most pictures of one call; None where the model decides."""
    models_path: str | None = "/models"
    """Where the model list is, below the base address; None where there is none that shows whether a key is good."""
    trusted_hosts: tuple[str, ...] = ()
    """Ends of host names, beside the base address's own, to which polls carry the key: the service names such addresses itself."""

    def auth(self, key: str) -> dict[str, str]:
        """The header that carries the key."""
        return {"authorization": f"Bearer {key}"}

    def generate(self, call: Call, base_path: str) -> HttpCall:
        """The call that asks for pictures; `base_path` is the path of the base address."""
        raise NotImplementedError

    def carried(self, call: Call) -> frozenset[str]:
        """The options that `generate` sends beside model and prompt, in our spelling (`size`, `quality`, `n`, ...)."""
        raise NotImplementedError

    def poll(self, pending: Pending) -> HttpCall:
        """Ask once for a running task."""
        return HttpCall("GET", f"/images/tasks/{quote(pending.task_id, safe='')}", pending.poll_url)

    def cancel(self, pending: Pending) -> HttpCall | None:
        """Stop a running task; None where the service has no such call."""
        return None

    def read(self, value: Any, headers: Mapping[str, str], body: BodyReader) -> ParsedAnswer:
        """What a 200, 201 or 202 says. Total: what it does not understand is no picture."""
        return read_answer(value, headers, body)


def edges_of(size: str) -> tuple[int, int] | None:
    """Width and height of a size, in pixels; None for `auto`."""
    width, cross, height = size.partition("x")
    return (int(width), int(height)) if cross else None


def nearest_ratio(size: str, ratios: tuple[str, ...]) -> str | None:
    """The ratio (`16:9`) of a list that is closest to a size; None for `auto`."""
    edges = edges_of(size)
    if edges is None:
        return None
    wanted = edges[0] / edges[1]

    def distance(ratio: str) -> float:
        width, _, height = ratio.partition(":")
        have = int(width) / int(height)
        return max(have / wanted, wanted / have)

    return min(ratios, key=distance)
