"""OpenAI's Images API and its "compatible" imitations, one table row per dialect.

The dialects only concern requests; answers are parsed independently of the vendor.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bot.domain.attachments import ReferenceLimits
from bot.domain.outcome import Usage
from bot.providers.answer import ParsedAnswer, read_answer
from bot.providers.api import HttpCall, ImageApi
from bot.providers.body import BodyReader
from bot.providers.port import Call

AZURE_VERSION = "2025-04-01-preview"
_OPENAI_FAMILY = re.compile(r"(?:^|/)(?:gpt-image|chatgpt-image|sandbox)", re.IGNORECASE)
# stable-diffusion.cpp executes these tags (size, steps, batch, LoRA), which would bypass every limit of the bot.
_EXECUTED = re.compile(r"<\s*/?\s*(?:sd_cpp_extra_args|lora|hypernet|embedding)\b[^<>]{0,2000}>?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Edits:
    """How a family takes references and a mask."""

    limits: ReferenceLimits
    path: str | None = "/images/edits"
    """None: on the path of generations."""
    as_form: bool = True
    """multipart/form-data with a file for each; otherwise JSON with `field`."""
    field: str = "image[]"
    """Of the form: of each file. Of JSON: of the list."""
    wrap: Callable[[str], object] = str
    """A data URI as an entry of the JSON list."""
    single: bool = False
    """The JSON field is the only entry, not a list."""


FORM = Edits(ReferenceLimits(count=16, mask=True, max_bytes=20 * 1024 * 1024, total_bytes=48 * 1024 * 1024))
"""OpenAI's own: at most 16 pictures of 50 MB; a mask of 4 MB."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One family of servers and how its requests differ."""

    name: str
    hosts: tuple[str, ...] = ()
    """Host name suffixes that identify the family."""
    path: str = "/images/generations"
    max_count: int | None = None
    """Most pictures of a call; None if the model decides."""
    models_path: str = "/models"
    record_path: str = ""
    """Of what it publishes about `{model}`; empty: its entry in the model list."""
    auth_header: str = "authorization"
    auth_prefix: str = "Bearer "
    rename: Mapping[str, str] = field(default_factory=dict)
    """OpenAI's field name -> theirs."""
    drop: frozenset[str] = frozenset()
    """Fields that they reject."""
    extra: Mapping[str, object] = field(default_factory=dict)
    size_as_edges: bool = False
    """Send `width` and `height` as numbers instead of `size`."""
    ask_for_base64: str | None = None
    """Value for `response_format`; None if sending it is an error, as for the GPT image models."""
    foreign_base64: str | None = None
    """The same for other model families on this host."""
    names_member: bool = False
    """Supports `safety_identifier`, the member's hash, so that one person's abuse doesn't cost the key."""
    edits: Edits | None = None
    """None: it draws from words alone."""
    streams: bool = False
    """Sends unfinished pictures as an event stream, for the GPT image models."""
    states_cost: bool = False
    """Its `usage.cost` is what it charges, also if that's nothing. Gateways send zero when they don't know a price."""
    may_execute_prompts: bool = False
    """May be a self-hosted server that executes tags found in a prompt."""


DIALECTS: tuple[Dialect, ...] = (
    # openai-python 3.52.0; response_format and style are errors for the GPT image models.
    Dialect("openai", ("api.openai.com",), names_member=True, streams=True, edits=FORM),
    # Azure, deployment in the path: `model` in the body breaks gpt-image-2 (litellm #26316).
    Dialect(
        "azure",
        ("openai.azure.com", "cognitiveservices.azure.com"),
        auth_header="api-key",
        auth_prefix="",
        drop=frozenset({"model"}),
        edits=FORM,
    ),
    # vercel/ai packages/xai: "Argument not supported: size".
    # Edits are JSON, with up to five pictures and no mask.
    Dialect(
        "xai",
        ("api.x.ai",),
        drop=frozenset({"size", "quality"}),
        ask_for_base64="b64_json",
        edits=Edits(
            ReferenceLimits(count=5, mask=False, max_bytes=4 * 1024 * 1024, total_bytes=12 * 1024 * 1024),
            as_form=False,
            field="images",
            wrap=lambda uri: {"url": uri, "type": "image_url"},
        ),
    ),
    # together 3.1.1 image_generate_params.py
    Dialect(
        "together",
        ("api.together.xyz", "api.together.ai"),
        drop=frozenset({"quality"}),
        size_as_edges=True,
        ask_for_base64="base64",
        edits=Edits(
            ReferenceLimits(count=1, mask=False, max_bytes=4 * 1024 * 1024), path=None, as_form=False, field="image_url", single=True
        ),
    ),
    # openrouter/sdk 1.3.19
    Dialect(
        "openrouter",
        ("openrouter.ai",),
        path="/images",
        models_path="/images/models",
        record_path="/images/models/{model}/endpoints",
        states_cost=True,
        edits=Edits(
            ReferenceLimits(count=10, mask=False, max_bytes=4 * 1024 * 1024, total_bytes=16 * 1024 * 1024),
            path=None,
            as_form=False,
            field="input_references",
            wrap=lambda uri: {"type": "image_url", "image_url": {"url": uri}},
        ),
    ),
    # cazheng/pyai; batch_size at most 4
    Dialect(
        "siliconflow",
        ("api.siliconflow.cn", "api.siliconflow.com"),
        rename={"size": "image_size", "n": "batch_size"},
        max_count=4,
        drop=frozenset({"quality"}),
    ),
)
GATEWAY = Dialect("gateway", streams=True, foreign_base64="b64_json", may_execute_prompts=True, edits=FORM)
"""Everyone else: resellers, LiteLLM, new-api, LocalAI, stable-diffusion.cpp, SGLang, vLLM-Omni, the sandbox. The self-hosted ones return
paths on their own disk, or an error, unless asked for base64; the GPT image models reject that option."""


class OpenAIApi(ImageApi):
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.name = dialect.name
        self.models_path = dialect.models_path
        self.max_count = dialect.max_count
        self.references = ReferenceLimits(count=0, mask=False) if dialect.edits is None else dialect.edits.limits

    def published_path(self, model: str) -> str | None:
        record = self.dialect.record_path
        return record.format(model=quote(model, safe="/:.-_")) if record else self.models_path

    def auth(self, key: str) -> dict[str, str]:
        return {self.dialect.auth_header: f"{self.dialect.auth_prefix}{key}"}

    def generate(self, call: Call, base_path: str) -> HttpCall:
        if call.pictures and self.dialect.edits is not None:
            return edit(self.dialect, self.dialect.edits, call, base_path)
        return HttpCall("POST", path(self.dialect, base_path, call.model), body=payload(self.dialect, call, base_path))

    def carried(self, call: Call) -> frozenset[str]:
        return carried(self.dialect, call)

    def read(self, value: Any, headers: Mapping[str, str], body: BodyReader) -> ParsedAnswer:
        answer = read_answer(value, headers, body)
        stated = value.get("usage") if isinstance(value, dict) and self.dialect.states_cost else None
        cost = stated.get("cost") if isinstance(stated, dict) else None
        if cost != 0 or isinstance(cost, bool):
            return answer
        return dataclasses.replace(answer, usage=dataclasses.replace(answer.usage or Usage(), cost_micros=0))


def dialect_for(host: str) -> Dialect:
    name = host.casefold().rstrip(".")
    return next((known for known in DIALECTS for end in known.hosts if name == end or name.endswith("." + end)), GATEWAY)


def path(dialect: Dialect, base_path: str, model: str) -> str:
    """URL path of the generations call below a base path. Azure's older addresses contain the deployment and a version; its /v1 doesn't."""
    if dialect.name == "azure" and not base_path.rstrip("/").endswith("/v1"):
        return f"/deployments/{quote(model, safe='')}{dialect.path}?api-version={AZURE_VERSION}"
    return dialect.path


def edit(dialect: Dialect, edits: Edits, call: Call, base_path: str) -> HttpCall:
    where = path(dataclasses.replace(dialect, path=edits.path or dialect.path), base_path, call.model)
    fields = payload(dialect, call, base_path)
    if edits.as_form:
        mask = [("mask", call.mask_picture)] if call.mask_picture is not None else []
        return HttpCall("POST", where, body=fields, files=[*((edits.field, one) for one in call.pictures), *mask])
    entries = [edits.wrap(one.data_uri) for one in call.pictures]
    return HttpCall("POST", where, body={**fields, edits.field: entries[0] if edits.single else entries})


def payload(dialect: Dialect, call: Call, base_path: str = "") -> dict[str, object]:
    fields: dict[str, object] = {"model": call.model, "prompt": clean_prompt(dialect, call), **_options(dialect, call)}
    size = fields.pop("size", None)
    if dialect.size_as_edges and isinstance(size, str):
        width, _, height = size.partition("x")
        fields |= {"width": int(width), "height": int(height)}
    elif size is not None:
        fields["size"] = size
    if "stream" in fields:
        fields["partial_images"] = call.partials
    # Azure's newer addresses end in /v1 and expect the deployment name as `model`.
    drop = dialect.drop - {"model"} if base_path.rstrip("/").endswith("/v1") else dialect.drop
    named = {dialect.rename.get(name, name): value for name, value in fields.items() if name not in drop}
    return {**named, **dialect.extra}


def carried(dialect: Dialect, call: Call) -> frozenset[str]:
    """Options that `payload` sends besides model and prompt, under the bot's own names."""
    return frozenset(_options(dialect, call)) - dialect.drop


def _options(dialect: Dialect, call: Call) -> dict[str, object]:
    foreign = not _OPENAI_FAMILY.search(call.model)
    found: dict[str, object] = {"n": call.count, "quality": call.quality}
    if not (dialect.size_as_edges and call.size == "auto"):
        found["size"] = call.size
    if dialect.names_member and call.member_hash:
        found["safety_identifier"] = call.member_hash
    if call.partials and dialect.streams and not foreign:
        found["stream"] = True
    response_format = dialect.ask_for_base64 or (dialect.foreign_base64 if foreign else None)
    if response_format:
        found["response_format"] = response_format
    # Several pictures are always somebody's choice, so `n` is only dropped for one.
    left_out = call.leave_out - ({"n"} if call.count != 1 else set())
    return {name: value for name, value in found.items() if name not in left_out}


def clean_prompt(dialect: Dialect, call: Call) -> str:
    """The prompt to send: unchanged, except for tags that a self-hosted server would execute."""
    if not dialect.may_execute_prompts or _OPENAI_FAMILY.search(call.model):
        return call.prompt
    # Removing a tag can join its neighbours into a new one, so repeat until nothing changes.
    cleaned, before = _EXECUTED.sub(" ", call.prompt), call.prompt
    while cleaned != before:
        cleaned, before = _EXECUTED.sub(" ", cleaned), cleaned
    # LocalAI treats everything after a bar as a negative prompt.
    return cleaned.replace("|", ",")
