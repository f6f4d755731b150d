"""Doctor's checks that cost money, made only with --spend: a text model with the same key and address, and the smallest picture.

Together they tell what is at fault: if text works and pictures don't, it's the model, its size, quality or endpoint; if neither works,
it's the key, the address or the network.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx

from bot.adapter import Finding
from bot.catalogue.cost import highest_cost_micros
from bot.catalogue.load import Catalogue
from bot.cli import layers, service
from bot.cli.chat_models import chat_model
from bot.cli.ladder import Subject, bad, skipped
from bot.cli.screen import dollars
from bot.domain.outcome import Outcome
from bot.failures.classify import classify
from bot.failures.evidence import from_exception, from_response
from bot.failures.explain import explain
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call
from bot.providers.services.openai import OpenAIApi
from bot.texts import text

TEXT_PRICE = 1000
"""Micro-dollars: more than a sentence of 16 tokens costs with any chat model."""
PROMPT = "A red bicycle"
_DRAW_WITHIN = 180.0
"""Seconds for one small picture."""
_MAX_ANSWER = 1_000_000


async def text_model(subject: Subject) -> AsyncIterator[Finding]:
    """A word from a text model with the same key and address. Not answering is no failure of the bot's; the picture decides."""
    settings, what = subject.settings, text("doctor.text_model")
    api = settings.image_api
    if not subject.spend or not isinstance(api, OpenAIApi):
        return
    if subject.blocked and not subject.every:
        return
    name = subject.text_model or chat_model(subject.models or ())
    if name is None:
        subject.notes.append(text("doctor.text_none"))
        return
    host = service.place(settings.image_base_url)
    base, _, query = settings.image_base_url.partition("?")
    address = f"{base}/chat/completions{'?' if query else ''}{query}"
    evidence = None
    try:
        async with service.client(subject) as client:
            for limit in ("max_completion_tokens", "max_tokens"):
                body = {"model": name, "messages": [{"role": "user", "content": "Say yes."}], limit: 16}
                answer = await client.post(address, json=body)
                if answer.status_code != 400 or b"max_" not in answer.content:
                    break
            if not (answer.status_code == 200 and _is_chat(answer.content[:_MAX_ANSWER])):
                evidence = from_response(answer.status_code, dict(answer.headers), answer.content[:_MAX_ANSWER], api="models")
    except httpx.HTTPError as error:
        evidence = from_exception(error, api="models")
    subject.text_works = evidence is None
    if evidence is None:
        said = text("doctor.text_ok", model=name, host=host)
        subject.speaks_for(layers.SERVICE, said)
        subject.speaks_for(layers.KEY, said)
        yield Finding(True, what, said)
        return
    why = explain(classify(evidence), "operator").partition("\n")[0]
    yield Finding(True, what, text("doctor.text_fails", model=name, host=host, why=why))


async def picture(subject: Subject) -> AsyncIterator[Finding]:
    """The smallest prompt at the model's default size and lowest quality; the picture is discarded."""
    settings, what = subject.settings, text("doctor.picture")
    known = Catalogue.load().resolve(settings.image_model)
    quality = "low" if "low" in known.qualities else settings.image_quality
    size = known.sizes.default
    price = dollars(highest_cost_micros(known, size, quality, 1, 20))
    if not subject.spend:
        subject.notes.append(text("doctor.no_picture", price=price, text_price=dollars(TEXT_PRICE)))
        return
    if subject.blocked:
        yield skipped(what, subject.blocked)
        return
    outcome = await draw(subject, size, quality)
    seconds, host = round(outcome.latency, 1), service.place(settings.image_base_url)
    if outcome.pictures:
        came = outcome.pictures[0]
        shape = f"{came.width}×{came.height}"
        said = text("doctor.picture_ok", size=shape, quality=quality, seconds=seconds, price=price)
        for layer in (layers.SERVICE, layers.KEY, layers.MODEL, layers.CONFIGURATION):
            subject.speaks_for(layer, said)
        yield Finding(True, what, said)
        if shape != size.replace("x", "×"):
            subject.notes.append(text("doctor.other_size", asked=size.replace("x", "×"), got=shape))
        usage = text("doctor.response_usage" if outcome.usage is not None else "doctor.response_no_usage")
        request_id = outcome.provider_request_id or text("doctor.response_no_id")
        yield Finding(True, text("doctor.response"), text("doctor.response_ok", usage=usage, id=request_id))
        if subject.text_works is False:
            subject.notes.append(text("doctor.text_alone"))
    elif outcome.pending is not None and outcome.pending.is_download:
        yield bad(what, "doctor.picture_unloaded", layers.NETWORK, host=host)
    elif outcome.pending is not None:
        yield Finding(True, what, text("doctor.picture_pending", host=host))
    elif outcome.shortfall is not None:
        yield _compared(service.failed(what, outcome.shortfall, subject), subject)


async def draw(
    subject: Subject, size: str, quality: str, prompt: str = PROMPT, count: int = 1, leave_out: frozenset[str] = frozenset()
) -> Outcome:
    """One call like the bot's own, without the gate, the queue and the ledger. The pictures are discarded."""
    settings = subject.settings
    with tempfile.TemporaryDirectory() as folder:
        store = PictureStore(Path(folder))
        api = settings.image_api
        provider = HttpProvider(settings.image_base_url, settings.image_api_key, store, subject.ports, api=api, egress=settings.egress)
        call = Call(subject.ports.new_id(), settings.image_model, prompt, size, quality, count, _DRAW_WITHIN, "doctor", leave_out)
        try:
            return await provider.call(call)
        finally:
            await provider.aclose()
            store.close()


def _compared(finding: Finding, subject: Subject) -> Finding:
    """Diagnosis: the failed picture compared with the text model's answer."""
    if subject.text_works is None:
        return finding
    said = text("doctor.text_works_picture_not" if subject.text_works else "doctor.neither_works")
    # A service that answers text isn't down as a whole: only its picture model is.
    layer = layers.MODEL if subject.text_works and finding.layer == layers.SERVICE else finding.layer
    return replace(finding, reason=f"{said} {finding.reason}".strip(), layer=layer)


def _is_chat(body: bytes) -> bool:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and isinstance(answer.get("choices"), list)
