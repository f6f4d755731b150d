"""The simulated image API: what it answers, what it bills, and what an answer obliges the client to. It knows nothing of the core."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

from PIL import Image

from bot.catalogue.cost import cost_from_usage, highest_cost_micros
from bot.catalogue.model import Model
from bot.domain.outcome import Usage
from tests.simulation.loop import Life
from tests.simulation.plan import Nature
from tests.simulation.shelf import Shelf
from tests.simulation.wire import HttpAnswer, HttpRequest

KEY = "sk-simulation-0123456789abcdefghijkl"
"""The planted key: it must never be seen in a view or a log line."""
RAW = "RAW-PROVIDER-TEXT"
"""Part of every error sentence: no view and no log line may carry it."""


class Meaning(StrEnum):
    """What an answer means for whoever asked."""

    PICTURES = "pictures"
    RATE = "rate"
    """Turned away at the door: not billed, may be asked again."""
    OPTION = "option"
    """Refused for nothing, because of an option that nobody chose: may be asked once more without it."""
    UNAVAILABLE = "trouble"
    """May have been billed; may be asked again, counted."""
    UNUSABLE = "unusable"
    """Billed, and no picture in it; may be asked again, counted."""
    TASK = "task"
    """Taken: asked about from now on, never asked for again."""
    BLOCK = "block"
    """A safety verdict: never again."""
    FINAL = "final"
    """The same request would fail the same way: never again by the machine."""


@dataclass(frozen=True, slots=True)
class Said:
    """One prepared answer."""

    meaning: Meaning
    http: HttpAnswer
    billed: int = 0
    """Pictures that the provider charges for."""
    pictures: tuple[int, ...] = ()
    """Numbers of the pictures in it; the number is the colour of the picture's first pixel."""
    wait: float | None = None
    """Seconds it asked to wait."""
    usage: Usage | None = None
    """What it says it has counted."""
    family: str = "ok"


@dataclass(slots=True)
class Asked:
    """One request that reached the provider, and what became of its answer."""

    number: int
    at: float
    prompt: str
    count: int
    size: str
    quality: str
    life: Life
    said: Said
    second: bool = False
    """It reached the service that stands by."""
    received_at: float | None = None
    """When its last byte reached a living process."""
    abandoned_at: float | None = None
    """When the client gave up on it."""
    verdict: tuple[float, Life] | None = None
    """When, and in which life, a process read that its task was blocked."""
    note: Callable[[Asked, str], None] = field(default=lambda _asked, _what: None)

    def answer(self) -> HttpAnswer:
        return self.said.http

    def received(self, life: Life) -> None:
        self.note(self, "received")

    def abandoned(self) -> None:
        self.note(self, "abandoned")

    @property
    def open(self) -> bool:
        """The client still waits for it."""
        return self.received_at is None and self.abandoned_at is None


FAMILIES: dict[str, int] = {
    "rate_hint": 3,
    "rate_text": 1,
    "rate_bare": 2,
    "overloaded": 1,
    "server_error": 3,
    "gateway": 2,
    "hang": 2,
    "hang_billed": 2,
    "reset": 2,
    "reset_midway": 2,
    "truncated": 1,
    "slow": 2,
    "drip": 1,
    "html": 1,
    "no_data": 1,
    "empty_data": 1,
    "bad_base64": 1,
    "cut_picture": 1,
    "unauthorized": 1,
    "no_credit": 1,
    "hangs_up": 2,
}
"""Every way in which an exchange goes wrong, with its weight. Faults of connecting are the wire's."""


LATER: dict[str, int] = {"task": 3, "by_url": 2}
"""Ways in which an honest answer comes in pieces."""


def picture(number: int, side: int = 16) -> bytes:
    """A real PNG whose colour is its number, so that a picture shown somewhere can be traced to the answer it came in."""
    row = b"\x00" + number.to_bytes(3, "big") * side

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * side)) + chunk(b"IEND", b"")


def number_of(made: bytes) -> int | None:
    """The number that the provider painted a picture with."""
    with Image.open(io.BytesIO(made)) as image:
        red, green, blue = image.convert("RGB").getpixel((0, 0))  # type: ignore[misc]
        return int(red) << 16 | int(green) << 8 | int(blue)


def fields_of(request: HttpRequest) -> dict[str, Any]:
    """The fields of a JSON body, or of a form with pictures."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        found: dict[str, Any] = json.loads(request.body)
        return found
    parts = request.body.split(b"--" + kind.partition("boundary=")[2].encode())[1:-1]
    texts = (part.partition(b"\r\n\r\n") for part in parts if b"filename=" not in part.partition(b"\r\n\r\n")[0])
    return {head.partition(b'name="')[2].partition(b'"')[0].decode(): value.removesuffix(b"\r\n").decode() for head, _, value in texts}


class Provider:
    """Answers of one run. `chance(site)` gives the next decision's randomness, `tokens(size, quality)` the tokens of a picture."""

    def __init__(self, chance: Callable[[str], Random], tokens: Callable[[str, str], int]) -> None:
        self._chance = chance
        self._tokens = tokens
        self._pictures = 0
        self.shelf = Shelf()

    def read(self, request: HttpRequest) -> tuple[str, str, str, int]:
        """Prompt, size, quality and number of pictures that a request asks for."""
        body = fields_of(request)
        return str(body["prompt"]), str(body.get("size") or "auto"), str(body.get("quality") or "auto"), int(body.get("n") or 1)

    def say(self, request: HttpRequest, nature: Nature, family: str | None) -> Said:
        """The answer to one request for pictures; `family` is the fault to commit, if any."""
        body = fields_of(request)
        r = self._chance(f"answer:{body['prompt']}")
        if family == "task":
            final = self._honest(nature, r, body, None)
            http = self.shelf.take(str(body["prompt"]), final.http, final.meaning is Meaning.BLOCK, r)
            return dataclasses.replace(final, meaning=Meaning.TASK, http=http, family=family)
        if family is not None and (made := self._faulty(family, r, body)) is not None:
            return made
        return self._honest(nature, r, body, family)

    def _honest(self, nature: Nature, r: Random, body: dict[str, Any], family: str | None) -> Said:
        count = int(body.get("n") or 1)
        think = r.uniform(60, 110) if family == "slow" else r.uniform(3, 40)
        if nature is Nature.SAFETY_PROMPT or (nature is Nature.SAFETY_SOME and count == 1):
            return self._block("input", think=r.uniform(1, 10))
        if nature is Nature.SAFETY_OUTPUT:
            return self._block("output", think=think)
        if nature is Nature.BAD_PARAMETER:
            http = _error(400, "invalid_value", f"{RAW}: no such size", param="size", think=r.uniform(0, 1))
            return Said(Meaning.OPTION if "size" in body else Meaning.FINAL, http, family="bad_parameter")
        if nature is Nature.REFUSED:
            http = _error(400, "bad_request", f"{RAW}: Your request could not be processed.", think=think)
            return Said(Meaning.FINAL, http, family="refused")
        wanted = count - 1 if nature in (Nature.FEWER, Nature.SAFETY_SOME) and count > 1 else count
        numbers = self._numbers(wanted)
        data: list[dict[str, Any]] = [{"b64_json": base64.b64encode(picture(number)).decode()} for number in numbers]
        if family == "by_url":
            self.shelf.lay(data, [picture(number) for number in numbers])
        if nature is Nature.SAFETY_SOME:
            data.append({"error": {"code": "content_policy_violation", "message": f"{RAW}: one picture was withheld"}})
        payload: dict[str, Any] = {"created": 1_800_000_000, "data": data}
        usage = None
        if r.random() < 0.5:
            usage = Usage(20, self._tokens(str(body.get("size")), str(body.get("quality"))) * wanted)
            payload["usage"] = {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
        cut, drip, pieces = None, 0.0, r.choice([1, 1, 3])
        if family in ("reset_midway", "truncated"):
            cut = r.uniform(0.2, 0.95)
        if family == "drip":
            drip, pieces = r.uniform(0.5, 4), 20
        http = HttpAnswer(
            headers={"content-type": "application/json", "x-request-id": f"req_{r.getrandbits(40):010x}"},
            body=json.dumps(payload).encode(),
            think=think,
            cut=cut,
            reset=family == "reset_midway",
            drip=drip,
            pieces=pieces,
            hang_up=family == "hangs_up",
        )
        if cut is not None:
            return Said(Meaning.UNAVAILABLE, http, billed=count, family=str(family))
        return Said(Meaning.PICTURES, http, billed=wanted, pictures=numbers, usage=usage, family=family or "ok")

    def _numbers(self, count: int) -> tuple[int, ...]:
        first = self._pictures + 1
        self._pictures += count
        return tuple(range(first, first + count))

    def _block(self, stage: str, think: float) -> Said:
        details = {"moderation_stage": stage, "categories": ["violence"]}
        http = _error(
            400,
            "moderation_blocked",
            f"{RAW}: Your request was rejected by the safety system.",
            kind="image_generation_user_error",
            think=think,
            moderation_details=details,
        )
        return Said(Meaning.BLOCK, http, family=f"block_{stage}")

    def _faulty(self, family: str, r: Random, body: dict[str, Any]) -> Said | None:
        """A wrong answer; None for families that only spoil an honest one."""
        count = int(body.get("n") or 1)
        soon, later = r.uniform(0, 1), r.uniform(1, 30)
        charged = r.choice([0, count])
        wait = r.choice([1.0, 5.0, 20.0, 55.0])
        match family:
            case "rate_hint":
                http = _error(429, "rate_limit_exceeded", f"{RAW}: slow down", think=soon, headers={"retry-after": f"{wait:g}"})
                return Said(Meaning.RATE, http, wait=wait, family=family)
            case "rate_text":
                http = _error(429, "rate_limit_exceeded", f"{RAW}: Rate limit reached. Please try again in {wait:g}s.", think=soon)
                return Said(Meaning.RATE, http, wait=wait, family=family)
            case "rate_bare":
                return Said(Meaning.RATE, _error(429, "rate_limit_exceeded", f"{RAW}: slow down", think=soon), family=family)
            case "overloaded":
                return Said(Meaning.RATE, _error(503, "overloaded", f"{RAW}: The engine is overloaded", think=soon), family=family)
            case "server_error":
                return Said(Meaning.UNAVAILABLE, _error(500, "server_error", f"{RAW}: oops", think=later), billed=charged, family=family)
            case "gateway":
                page = f"<html><body><h1>502 Bad Gateway</h1>{RAW} nginx</body></html>".encode()
                http = HttpAnswer(502, {"content-type": "text/html"}, page, think=later)
                return Said(Meaning.UNAVAILABLE, http, billed=charged, family=family)
            case "hang" | "hang_billed":
                billed = count if family == "hang_billed" else 0
                return Said(Meaning.UNAVAILABLE, HttpAnswer(silent=True), billed=billed, family=family)
            case "reset":
                return Said(Meaning.UNAVAILABLE, HttpAnswer(cut=0.0, think=later), billed=charged, family=family)
            case "html" | "no_data" | "empty_data" | "bad_base64" | "cut_picture":
                return Said(Meaning.UNUSABLE, _unusable(family, later), billed=count, family=family)
            case "unauthorized":
                http = _error(401, "invalid_api_key", f"{RAW}: Incorrect API key provided: {KEY}", think=soon)
                return Said(Meaning.FINAL, http, family=family)
            case "no_credit":
                http = _error(429, "insufficient_quota", f"{RAW}: You exceeded your current quota", kind="insufficient_quota", think=soon)
                return Said(Meaning.FINAL, http, family=family)
            case "down":
                return Said(Meaning.UNAVAILABLE, _error(500, "server_error", f"{RAW}: oops", think=soon), family=family)
            case "busy":
                return self._faulty("rate_hint", r, body)
        return None


def _unusable(family: str, think: float) -> HttpAnswer:
    whole = picture(0xFFFFFF, side=64)
    bodies: dict[str, tuple[str, bytes]] = {
        "html": ("text/html", f"<html>{RAW}</html>".encode()),
        "no_data": ("application/json", b'{"created": 1}'),
        "empty_data": ("application/json", b'{"created": 1, "data": []}'),
        "bad_base64": ("application/json", b'{"data": [{"b64_json": "%%%not base64%%%"}]}'),
        "cut_picture": ("application/json", json.dumps({"data": [{"b64_json": base64.b64encode(whole[:60]).decode()}]}).encode()),
    }
    kind, body = bodies[family]
    return HttpAnswer(200, {"content-type": kind}, body, think=think)


def _error(
    status: int,
    code: str,
    message: str,
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    think: float = 0.0,
    headers: dict[str, str] | None = None,
    **more: object,
) -> HttpAnswer:
    body = {"error": {"message": message, "type": kind, "param": param, "code": code, **more}}
    return HttpAnswer(status, {"content-type": "application/json", **(headers or {})}, json.dumps(body).encode(), think=think)


def bill(model: Model, size: str, quality: str, said: Said, characters: int, references: int) -> int:
    """What the provider charges, in micros: by its own count where it names one, by its price list otherwise."""
    counted = cost_from_usage(model, said.usage) if said.usage is not None else None
    if counted is not None:
        return counted
    return highest_cost_micros(model, size, quality, said.billed, characters, references) if said.billed else 0
