"""Doctor's checks of the image service: key and address (by the model list), the configured model, and what a web page in between says."""

from __future__ import annotations

import difflib
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from bot.adapter import Finding
from bot.catalogue.check import Problem, check
from bot.catalogue.load import Catalogue
from bot.cli import layers
from bot.cli.chat_models import chat_model
from bot.cli.ladder import Subject, bad, skipped
from bot.cli.screen import plain
from bot.domain.failure import Evidence
from bot.egress import place_of
from bot.failures.classify import classify, recognise
from bot.failures.evidence import from_exception, from_response
from bot.failures.explain import explain, steps
from bot.messages.model_end import NOTICE_DAYS, when
from bot.providers import model_list
from bot.providers.routed import RoutedTransport, was_proxied
from bot.providers.status_page import StatusPage, page_of
from bot.settings import Settings
from bot.settings.surroundings import cleaner_of
from bot.texts import text
from bot.texts.phrases import listed

MAX_LIST = 5_000_000
"""Maximum bytes of a model list; some gateways list thousands of models."""
MAX_SKEW = 120.0
"""Seconds. Slack rejects signatures that are five minutes off; certificates and budget days need less."""
_TITLE = re.compile(rb"<title[^>]*>([^<]{0,200})", re.IGNORECASE)
_PORTAL = re.compile(r"log ?in|sign ?in|wi-?fi|portal|hotspot|guest|network|terms of use", re.IGNORECASE)
"""Words in the titles of networks' login pages."""
_TIMEOUT = httpx.Timeout(20.0, connect=10.0)


async def key_and_address(subject: Subject) -> AsyncIterator[Finding]:
    """Request the model list, which is free."""
    settings, what = subject.settings, text("doctor.service")
    host = place(settings.image_base_url)
    if subject.blocked or settings.image_api_key is None:
        yield skipped(what, subject.blocked or text("doctor.no_key"))
        return
    path = settings.image_api.models_path
    if path is None:
        subject.notes.append(text("doctor.no_list", host=host))
        return
    try:
        async with client(subject) as opened:
            status, headers, body = await _get(opened, settings, path)
            right = await _right_address(opened, settings, status)
    except httpx.HTTPError as error:
        yield failed(what, from_exception(error, via_proxy=was_proxied(error), api="models"), subject)
        subject.blocked = text("doctor.unreachable", host=host)
        return
    subject.speaks_for(layers.NETWORK, text("doctor.answered", host=host, status=status))
    if right is not None:
        key = "doctor.needs_v1" if right == f"{settings.image_base_url}/v1" else "doctor.other_path"
        subject.blocked = text(key, name=_variable(settings))
        yield bad(what, key, layers.CONFIGURATION, name=_variable(settings), address=right, host=host)
        return
    if (skew := _skew(headers, subject.ports.now())) is not None and abs(skew) > MAX_SKEW:
        subject.seen.pop(layers.MACHINE, None)
        yield bad(text("doctor.clock"), "doctor.clock_skew", layers.MACHINE, seconds=round(abs(skew)), host=host)
        if not subject.every:
            return
    yield _answered(subject, what, status, headers, body)


def _answered(subject: Subject, what: str, status: int, headers: Mapping[str, str], body: bytes) -> Finding:
    """What the answer to the request for the model list shows."""
    settings, host = subject.settings, place(subject.settings.image_base_url)
    if (moved := _moved(headers, settings)) is not None:
        subject.blocked = text("doctor.moved", host=host, address=moved)
        return bad(what, "doctor.moved", layers.CONFIGURATION, name=_variable(settings), host=host, address=moved)
    if (page := _web_page(status, headers, body)) is not None:
        elsewhere = _elsewhere(headers, settings.image_base_url)
        # A network's login page can't have the certificate of the service.
        portal = bool(elsewhere) or (settings.image_base_url.startswith("http:") and _PORTAL.search(page) is not None)
        key, layer = ("doctor.captive", layers.NETWORK) if portal else ("doctor.not_json", layers.CONFIGURATION)
        title = plain(page)[:60]
        subject.blocked = text(key, host=host, title=title, place=elsewhere or host)
        return bad(what, key, layer, name=_variable(settings), host=host, title=title, place=elsewhere or host)
    if status in (404, 405, 501):
        subject.notes.append(text("doctor.no_list", host=host))
        return Finding(True, what, text("doctor.service_no_list", host=host, status=status))
    if status in (401, 403) and model_list.LIST_SCOPE in body:
        # A key restricted to pictures works but can't list models: the list is closed to it, not the service.
        subject.notes.append(text("doctor.closed_list", host=host))
        return Finding(True, what, text("doctor.service_closed_list", host=host))
    if status != 200:
        subject.blocked = text("doctor.answered", host=host, status=status)
        if status < 500:
            subject.speaks_for(layers.SERVICE, subject.blocked)
        return failed(what, from_response(status, headers, body, api="models"), subject)
    if (models := model_list.listed(body)) is None:
        evidence = from_response(status, headers, body, api="models")
        if recognise(evidence) is not None:  # gateways put a refused key into an answer with status 200
            subject.blocked = text("doctor.answered", host=host, status=status)
            return failed(what, evidence, subject)
        return bad(what, "doctor.not_list", layers.CONFIGURATION, name=_variable(settings), host=host)
    subject.models = models
    said = text("doctor.service_ok", host=host, count=len(models))
    subject.speaks_for(layers.SERVICE, said)
    subject.speaks_for(layers.KEY, text("doctor.key_ok", host=host))
    subject.speaks_for(layers.CONFIGURATION, text("doctor.settings_usable", host=host))
    return Finding(True, what, said)


async def status_page(subject: Subject, findings: Sequence[Finding]) -> None:
    """After a failure of the service, the model or the network, what the provider's status page says; a hint and never a finding."""
    settings = subject.settings
    address = page_of(settings.status_page, settings.image_base_url)
    doubtful = (layers.SERVICE, layers.MODEL, layers.NETWORK, layers.KEY)
    if address is None or not any(not one.ok and one.layer in doubtful for one in findings):
        return
    page = StatusPage(address, subject.ports, settings.egress, clean=cleaner_of(settings))
    found = await page.look()
    if found is not None:
        since = datetime.fromtimestamp(found.since, UTC).strftime("%Y-%m-%d %H:%M UTC")
        subject.incident = text("doctor.status_incident", page=found.page, since=since, name=plain(found.name))
        subject.notes.append(subject.incident)
    else:
        subject.notes.append(text("doctor.status_none" if page.reached else "doctor.status_unread", page=urlsplit(address).netloc))


async def _right_address(opened: httpx.AsyncClient, settings: Settings, status: int) -> str | None:
    """The address below which the list is, if it isn't below the configured one: with /v1, with it once, in small letters, or cut off
    behind it."""
    if status not in (404, 405) or "?" in settings.image_base_url:
        return None
    base, path = settings.image_base_url, settings.image_api.models_path or ""
    head, found, _ = base.lower().partition("/v1")
    tried = f"{base[: len(head)]}/v1" if found else f"{base}/v1"
    if tried == base or path != "/models" or (not found and urlsplit(base).path.strip("/")):
        return None
    return tried if (await _get(opened, settings, path, tried))[0] in (200, 401, 403) else None


def _variable(settings: Settings) -> str:
    return settings.used.get("IMAGE_BASE_URL", "IMAGE_BASE_URL")


async def model(subject: Subject) -> AsyncIterator[Finding]:
    """Whether the service has the configured model, until when, and whether the model supports the configured quality."""
    settings, what = subject.settings, text("doctor.model")
    wanted, models = settings.image_model, subject.models
    name = settings.used.get("IMAGE_MODEL", "IMAGE_MODEL")
    if models and wanted not in models:
        yield _unknown(what, name, wanted, models)
        return
    catalogue = Catalogue.load()
    known = catalogue.model(wanted)
    today = datetime.fromtimestamp(subject.ports.now(), UTC).date()
    retired = catalogue.retired.get(wanted.casefold()) if not models else None  # a gateway may serve an old name with a new model
    about = known or retired
    end = _date((models or {}).get(wanted, {}).get("shutdown_date")) or (about.shutdown_date if about is not None else None)
    if end is not None:
        left, other = (end - today).days, (about.replacement if about is not None else None) or catalogue.default_id
        if left <= 0:
            yield bad(what, "doctor.model_gone", layers.MODEL, name=name, model=wanted, date=end, other=other)
            return
        if left <= NOTICE_DAYS:
            subject.notes.append(text("doctor.model_ends", name=name, model=wanted, when=when(end, today), other=other))
    if known is None and chat_model([wanted]) is not None:
        instead = next((one for one in sorted(models or ()) if "image" in one), catalogue.default_id)
        subject.notes.append(text("doctor.model_text", name=name, model=wanted, other=instead))
    elif known is None:
        subject.notes.append(text("doctor.model_unknown", model=wanted))
    elif known.price.estimated:
        subject.notes.append(text("doctor.price_guessed", model=wanted, percent=known.price.margin_percent))
    checked = check(catalogue.resolve(wanted), "a red bicycle", None, settings.image_quality, 1)
    if isinstance(checked, Problem):
        name = settings.used.get("IMAGE_QUALITY", "IMAGE_QUALITY")
        yield bad(what, "doctor.quality", layers.CONFIGURATION, name=name, model=wanted, allowed=listed(checked.allowed, None))
        return
    if models and (lacking := [one for one in settings.image_models if one not in models]):
        yield _lacking(what, lacking, models)
        return
    said = text("doctor.model_ok", model=wanted, size=checked.size, quality=checked.quality)
    if models:
        subject.speaks_for(layers.MODEL, text("doctor.model_listed", model=wanted))
    yield Finding(True, what, said)


def _unknown(what: str, name: str, wanted: str, models: Collection[str]) -> Finding:
    """The configured model isn't in the service's list."""
    near = difflib.get_close_matches(wanted, models, n=3, cutoff=0.5) or [one for one in sorted(models) if "image" in one][:3]
    key = "doctor.model_missing_near" if near else "doctor.model_missing"
    return bad(what, key, layers.MODEL, name=name, model=wanted, near=listed(near))


def _lacking(what: str, lacking: Sequence[str], models: Collection[str]) -> Finding:
    """Models that members may choose and the service doesn't have."""
    near = [one for one in sorted(models) if "image" in one] or sorted(models)
    return bad(what, "doctor.models_missing", layers.MODEL, missing=listed(lacking), near=listed(near[:3]))


def place(address: str) -> str:
    """Host and port of an address, without user name and password."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return f"{host}:{parts.port}" if parts.port else host


def client(subject: Subject) -> httpx.AsyncClient:
    """A client that connects like the bot: same certificates and proxy, no redirects (which would carry the key elsewhere)."""
    settings = subject.settings
    api = settings.image_api
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


async def _get(client: httpx.AsyncClient, settings: Settings, path: str, base: str = "") -> tuple[int, dict[str, str], bytes]:
    base, _, query = (base or settings.image_base_url).partition("?")
    address = f"{base}{path}{'?' if query else ''}{query}"
    body = bytearray()
    async with client.stream("GET", address) as response:
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > MAX_LIST:
                break
        return response.status_code, dict(response.headers), bytes(body[:MAX_LIST])


def failed(what: str, evidence: Evidence, subject: Subject) -> Finding:
    """A failed call in the bot's own words: what was seen, why, and the operator's steps. A proxy on the route is named first."""
    settings = subject.settings
    host, route = place(settings.image_base_url), settings.egress.route(settings.image_base_url, image=True)
    if evidence.status is not None:
        seen = text("doctor.answered", host=host, status=evidence.status)
    elif route.proxy is not None:
        seen = text("doctor.unreachable_proxied", host=host, proxy=place_of(route.proxy), name=route.decided_by)
    else:
        seen = text("doctor.unreachable", host=host)
    failure = classify(evidence)
    fix = "\n\n".join(steps(failure))
    reason = explain(failure, "operator").removesuffix(fix).strip()
    return Finding(False, what, seen, reason=reason, fix=fix, layer=layers.layer_of(failure))


def _web_page(status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """The title of a web page that came instead of an answer, or the address of a redirect; None if it's neither.

    The page of a service that refuses is left to the classifier, which knows the guards in front of services.
    """
    if 300 <= status < 400:
        return headers.get("location", "")
    if status == 200 and ("html" in headers.get("content-type", "") or body.lstrip()[:15].lower().startswith((b"<!doctype", b"<html"))):
        found = _TITLE.search(body[:20_000])
        return found[1].decode("utf-8", "replace").strip() if found else ""
    return None


def _moved(headers: Mapping[str, str], settings: Settings) -> str | None:
    """The base address that a redirect names for the same list, such as the one with https; None if it leads to something else."""
    path = settings.image_api.models_path or ""
    parts = urlsplit(headers.get("location", ""))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or not parts.path.endswith(path):
        return None
    return f"{parts.scheme}://{place(parts.geturl())}{plain(parts.path).removesuffix(path)}"


def _elsewhere(headers: Mapping[str, str], base: str) -> str:
    """The host that a redirect leads to, if it's another one."""
    host = urlsplit(headers.get("location", "")).hostname or ""
    return "" if host in ("", urlsplit(base).hostname) else host


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
