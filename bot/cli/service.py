"""Doctor's checks of the image service: key and address (by the model list), the configured model, and optionally the smallest picture."""

from __future__ import annotations

import difflib
import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bot.adapter import Finding
from bot.catalogue.check import Problem, check
from bot.catalogue.cost import highest_cost_micros
from bot.catalogue.load import Catalogue
from bot.cli.ladder import Subject
from bot.cli.screen import dollars
from bot.domain.failure import Evidence
from bot.egress import place_of
from bot.failures.classify import classify
from bot.failures.evidence import from_exception, from_response
from bot.failures.explain import explain
from bot.messages.model_end import NOTICE_DAYS, when
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call
from bot.providers.routed import RoutedTransport, was_proxied
from bot.providers.services.registry import api_for
from bot.settings import Settings
from bot.texts import text

MAX_LIST = 5_000_000
"""Maximum bytes of a model list; some gateways list thousands of models."""
MAX_SKEW = 120.0
"""Seconds. Slack rejects signatures that are five minutes off; certificates and budget days need less."""
_LIST_SCOPE = b"api.model.read"
"""The scope that OpenAI reports as missing if a restricted key requests the model list; pictures need `api.model.images.request`."""
_DRAW_WITHIN = 180.0
"""Seconds for one small picture."""
_TIMEOUT = httpx.Timeout(20.0, connect=10.0)


async def key_and_address(subject: Subject) -> AsyncIterator[Finding]:
    """Request the model list, which is free."""
    settings, what = subject.settings, text("doctor.service")
    host = place(settings.image_base_url)
    path = api_for(settings.image_base_url, settings.image_service).models_path
    if path is None:
        subject.notes.append(text("doctor.no_list", host=host))
        return
    try:
        async with _client(subject) as client:
            status, headers, body = await _get(client, settings, path)
            if status in (404, 405) and urlsplit(settings.image_base_url).path in ("", "/"):
                longer = (await _get(client, settings, "/v1/models"))[0]
                if longer in (200, 401, 403):
                    name = settings.used.get("IMAGE_BASE_URL", "IMAGE_BASE_URL")
                    yield Finding(False, what, text("doctor.needs_v1", name=name, address=f"{settings.image_base_url}/v1"))
                    return
    except httpx.HTTPError as error:
        evidence = from_exception(error, via_proxy=was_proxied(error), api="models")
        yield Finding(False, what, _operator(evidence, settings))
        return
    if (skew := _skew(headers, subject.ports.now())) is not None and abs(skew) > MAX_SKEW:
        yield Finding(False, text("doctor.clock"), text("doctor.clock_skew", seconds=round(abs(skew)), host=host))
        return
    if status in (404, 405, 501):
        subject.notes.append(text("doctor.no_list", host=host))
        yield Finding(True, what, text("doctor.service_no_list", host=host, status=status))
    elif status in (401, 403) and _LIST_SCOPE in body:
        # A key restricted to pictures works but can't list models: the list is closed to it, not the service.
        subject.notes.append(text("doctor.closed_list", host=host))
        yield Finding(True, what, text("doctor.service_closed_list", host=host))
    elif status != 200:
        yield Finding(False, what, _operator(from_response(status, headers, body, api="models"), settings))
    elif (listed := _listed(body)) is None:
        yield Finding(False, what, text("doctor.not_json", name=settings.used.get("IMAGE_BASE_URL", "IMAGE_BASE_URL"), host=host))
    else:
        subject.models = listed
        yield Finding(True, what, text("doctor.service_ok", host=host, count=len(listed)))


async def model(subject: Subject) -> AsyncIterator[Finding]:
    """Whether the service has the configured model, until when, and whether the model supports the configured quality."""
    settings, what = subject.settings, text("doctor.model")
    wanted, listed = settings.image_model, subject.models
    name = settings.used.get("IMAGE_MODEL", "IMAGE_MODEL")
    if listed and wanted not in listed:
        near = difflib.get_close_matches(wanted, listed, n=3, cutoff=0.5) or [one for one in sorted(listed) if "image" in one][:3]
        key = "doctor.model_missing_near" if near else "doctor.model_missing"
        yield Finding(False, what, text(key, name=name, model=wanted, near=", ".join(near)))
        return
    catalogue = Catalogue.load()
    known = catalogue.model(wanted)
    entry = (listed or {}).get(wanted, {})
    today = datetime.fromtimestamp(subject.ports.now(), UTC).date()
    retired = catalogue.retired.get(wanted.casefold()) if not listed else None  # a gateway may serve an old name with a new model
    about = known or retired
    end = _date(entry.get("shutdown_date")) or (about.shutdown_date if about is not None else None)
    if end is not None:
        left, other = (end - today).days, (about.replacement if about is not None else None) or catalogue.default_id
        if left <= 0:
            yield Finding(False, what, text("doctor.model_gone", name=name, model=wanted, date=end, other=other))
            return
        if left <= NOTICE_DAYS:
            subject.notes.append(text("doctor.model_ends", name=name, model=wanted, when=when(end, today), other=other))
    if known is None:
        subject.notes.append(text("doctor.model_unknown", model=wanted))
    elif known.price.estimated:
        subject.notes.append(text("doctor.price_guessed", model=wanted, percent=known.price.margin_percent))
    checked = check(catalogue.resolve(wanted), "a red bicycle", None, settings.image_quality, 1)
    if isinstance(checked, Problem):
        name = settings.used.get("IMAGE_QUALITY", "IMAGE_QUALITY")
        yield Finding(False, what, text("doctor.quality", name=name, model=wanted, allowed=", ".join(checked.allowed)))
        return
    yield Finding(True, what, text("doctor.model_ok", model=wanted, size=checked.size, quality=checked.quality))


async def picture(subject: Subject) -> AsyncIterator[Finding]:
    """With --spend only: generate one picture at the model's default size and lowest quality, and discard it."""
    settings, what = subject.settings, text("doctor.picture")
    known = Catalogue.load().resolve(settings.image_model)
    quality = "low" if "low" in known.qualities else settings.image_quality
    size = known.sizes.default
    price = dollars(highest_cost_micros(known, size, quality, 1, 20))
    if not subject.spend:
        subject.notes.append(text("doctor.no_picture", price=price))
        return
    host = place(settings.image_base_url)
    with tempfile.TemporaryDirectory() as folder:
        store = PictureStore(Path(folder))
        api = api_for(settings.image_base_url, settings.image_service)
        provider = HttpProvider(settings.image_base_url, settings.image_api_key, store, subject.ports, api=api, egress=settings.egress)
        call = Call(subject.ports.new_id(), settings.image_model, "A red bicycle", size, quality, 1, _DRAW_WITHIN, "doctor")
        try:
            outcome = await provider.call(call)
        finally:
            await provider.aclose()
            store.close()
    seconds = round(outcome.latency, 1)
    if outcome.pictures:
        came = outcome.pictures[0]
        shape = f"{came.width}×{came.height}"
        yield Finding(True, what, text("doctor.picture_ok", size=shape, quality=quality, seconds=seconds, price=price))
        if shape != size.replace("x", "×"):
            subject.notes.append(text("doctor.other_size", asked=size.replace("x", "×"), got=shape))
    elif outcome.pending is not None:
        yield Finding(True, what, text("doctor.picture_pending", host=host))
    elif outcome.shortfall is not None:
        yield Finding(False, what, _operator(outcome.shortfall, settings))


REMOTE = (key_and_address, model, picture)


def place(address: str) -> str:
    """Host and port of an address, without user name and password."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return f"{host}:{parts.port}" if parts.port else host


def _client(subject: Subject) -> httpx.AsyncClient:
    """A client that connects like the bot: same certificates and proxy, no redirects (which would carry the key elsewhere)."""
    settings = subject.settings
    api = api_for(settings.image_base_url, settings.image_service)
    return httpx.AsyncClient(
        headers={
            **api.auth(settings.image_api_key or ""),
            "accept": "application/json",
            "accept-encoding": "identity",
        },
        timeout=_TIMEOUT,
        transport=RoutedTransport(settings.egress),
        trust_env=False,
        follow_redirects=False,
    )


async def _get(client: httpx.AsyncClient, settings: Settings, path: str) -> tuple[int, dict[str, str], bytes]:
    base, _, query = settings.image_base_url.partition("?")
    address = f"{base}{path}{'?' if query else ''}{query}"
    body = bytearray()
    async with client.stream("GET", address) as response:
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > MAX_LIST:
                break
        return response.status_code, dict(response.headers), bytes(body[:MAX_LIST])


def _listed(body: bytes) -> Mapping[str, Mapping[str, object]] | None:
    """The entries of a model list by id; None if it isn't one."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    # OpenAI and its like list `data` by `id`; Gemini lists `models` by `name`.
    entries = found.get("data", found.get("models")) if isinstance(found, dict) else found
    if not isinstance(entries, list):
        return None
    named = ((one.get("id", one.get("name")), one) for one in entries if isinstance(one, dict))
    return {name.removeprefix("models/"): one for name, one in named if isinstance(name, str)}


def _operator(evidence: Evidence, settings: Settings) -> str:
    """The operator's steps in the bot's own words; a proxy on the route is named first."""
    host, route = place(settings.image_base_url), settings.egress.route(settings.image_base_url, image=True)
    if evidence.status is not None:
        seen = text("doctor.answered", host=host, status=evidence.status)
    elif route.proxy is not None:
        seen = text("doctor.unreachable_proxied", host=host, proxy=place_of(route.proxy), name=route.because)
    else:
        seen = text("doctor.unreachable", host=host)
    return f"{seen} {explain(classify(evidence), 'operator')}"


def _skew(headers: Mapping[str, str], now: float) -> float | None:
    """How many seconds this machine's clock is ahead of the service's."""
    try:
        return now - parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
