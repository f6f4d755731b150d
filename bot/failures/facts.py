"""Short, safe facts of an answer for cards, texts and logs.

Each value must match a pattern or vocabulary, so that no sentence, key, prompt or address gets through.
"""

from __future__ import annotations

import re

from bot.domain.kinds import Kind
from bot.failures.evidence import FETCHED
from bot.failures.limits import rate_limit
from bot.failures.signals import Signals
from bot.failures.tls import tls_reason
from bot.failures.tokens import phrases, split_words, token_set
from bot.pixels.errors import WHYS

MAX_VALUE = 160
_VOCABULARY = token_set("""
    abort aborted accepted access account active aistudio algo allocation already api app archive argument arrearage arrears
    article aspect audio audit auth authentication authorization background bad balance banned base batch billing block
    blocked body budget burst busy cancelled canceled capacity card category character check checker client code compression
    concurrency concurrent conflict connection consumed container content context copyright corrupt count country create
    credit credits data deadline declined decode deleted denied deployment deprecated derivative detected detection dimension
    disabled disconnected download duplicate edit empty endpoint engine entity entry error event exceed exceeded exception
    exhausted exist exists expired face fail failed failure feature field file filter filtered finish flag flagged forbidden
    format found free funds gateway generation generate guardrail hard harassment harmful hate header high host id illegal
    image images inactive inappropriate infringement input inspection insufficient internal invalid ip item items job json
    key large length level limit limited load loaded loading locked long lost low malformed many mask max maximum medium
    method mime min minimum missing model moderated moderation mode name network no none not notfound nsfw null number object
    of offline one only open operation option or order org organization other out output over overdue overloaded page
    parameter parameters params parse partial pass path payload payment per permission permissions plan policy pool
    pornographic postpaid precondition prepaid privacy processing prohibited project prominent people prompt protocol
    provided provider proxy public quality queue quota range rate ratio reach reached read reason recitation rejected region
    request requests required requirement resource response responsible ai restricted result retry risk rpm tpm ipm rpd qps
    runner safety sampling scheduling schema scope secret security seed sensitive server service session sexual side size
    slow small spam speed spend stage startup state status stopped stop storage store stream string style submit subscription
    success support supported suspended suspicious system tag target task temporarily terminated territory text throttled
    throttling throughput time timeout timed to token tokens too top traffic type unable unauthenticated unauthorized
    unavailable unexpected unknown unprocessable unsafe unsupported upload upstream url usage use used user valid validation
    value values verification verified version violation violence violent warning word words workspace write wrong year zone
    resp base svr csd ark model's minor child celebrity person self harm hateful other sex porn politics political terrorism
""")
_PARAMS = token_set("""
    model prompt n size quality background image images mask style user stream seed moderation output_format
    output_compression response_format partial_images input_fidelity width height aspect_ratio resolution steps
    negative_prompt num_images image_url image_urls image_size safety_identifier store batch_size guidance_scale sample_count
""")
_CATEGORIES = token_set("""
    harassment hate self-harm self_harm sexual violence violence/graphic illicit sexual/minors hate/threatening jailbreak
    copyright profanity minors nudity weapons other
""")
_REQUEST_HEADERS = (
    "x-request-id",
    "x-ms-request-id",
    "apim-request-id",
    "x-fal-request-id",
    "x-api-request-id",
    "x-oneapi-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-tt-logid",
    "cf-ray",
)
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DATED = r"20\d{15,21}[0-9a-z]{0,16}"
"""one-api and new-api: a timestamp in digits, then letters."""
_REQUEST_ID = re.compile(
    rf"(?:req_|gen-|chatcmpl-|cgt-)?(?:{_UUID}|[0-9a-f]{{20,40}}|{_DATED})\Z|req_[0-9a-z]{{10,40}}\Z|[0-9a-f]{{16}}-[A-Z]{{3}}\Z",
    re.IGNORECASE,
)
_IN_TEXT = re.compile(rf"request[ _]?id:? ({_UUID}|{_DATED}|req_[0-9a-f]{{16,40}})(?![0-9a-z])")
_NUMERIC = re.compile(r"\d{1,6}\Z|[A-Z]{1,2}\d{3,5}\Z")
_WORDY = re.compile(r"[A-Za-z]{1,60}(?:[_.:-][A-Za-z]{1,60}){0,9}\Z")
_SIZES = re.compile(r"(?<![\d.])(\d{2,5}) ?[x×*] ?(\d{2,5})(?!\d|\.\d)")
_RATIOS = re.compile(r"(?<![\d:])(\d{1,2}:\d{1,2})(?![\d:])")
_QUALITY = ("auto", "low", "medium", "high", "xhigh", "max", "standard", "hd", "1k", "2k", "4k")
_ALLOWED = re.compile(r"\b(?:supported|allowed|valid|one of|must be|use)\b([^|]{1,300})")
_LIMIT = re.compile(
    r"(?:max(?:imum)?(?: length| of| (?:allowed )?(?:number|count)(?: of \w{1,12})?)?|at most|no more than|limit(?: of)?|less than|up to"
    r"|(?:not|cannot|can't) (?:exceed|be (?:greater|more|higher|larger) than)|between 1 and|最长约?|最多|不能?超过|最大)"
    r"[^\d|]{0,14}(\d{1,9})"
)
_LIMITED = frozenset({Kind.PROMPT_TOO_LONG, Kind.UNSUPPORTED_COUNT, Kind.INVALID_REFERENCE_IMAGE, Kind.PAYLOAD_TOO_LARGE})


_ON_THE_WAY = frozenset(kind for kind in Kind if kind.startswith("network_")) | {Kind.TIMEOUT}
_PEER = re.compile(r"[\w.:\[\]-]{1,255}:\w{1,12}", re.ASCII)
_NOT_TAKEN = re.compile(r"nottaken: (\w{1,12})=([\w .:\[\]-]{1,260})", re.ASCII)

_FREE = phrases("not charged / not be charged / no charge / was refunded / been refunded / not be billed / not billed / 已退款 / 不扣费")


def facts(seen: Signals, kind: Kind, *, free: bool = False) -> dict[str, str]:
    """Facts that may be shown; `free` means that a header already said so."""
    found = {
        "status": str(seen.status) if seen.status is not None and 100 <= seen.status <= 999 else "",
        "code": _code(seen),
        "request_id": _request_id(seen),
        "stage": next((stage for stage in seen.fields.get("moderationstage", ()) if stage in ("input", "output", "unknown")), ""),
        "categories": _categories(seen),
        "billed": "no" if free or any(word in seen.words for word in _FREE) else "",
        "param": _param(seen),
    }
    if kind in (Kind.UNSUPPORTED_SIZE, Kind.UNSUPPORTED_QUALITY):
        found["allowed"] = _allowed(seen, kind)
    if kind is Kind.AUTH_PERMISSION and seen.guard:
        found["guard"], found["request_id"] = seen.guard, found["request_id"] or seen.incident
    if kind is Kind.NETWORK_TLS:
        found["tls"] = tls_reason(f"{seen.exception} {seen.words}")
    if seen.via_proxy and kind in _ON_THE_WAY:
        found["proxy"] = "yes"
    if seen.api == "models":
        found["reading"] = "yes"
    if kind is Kind.RATE_LIMITED:
        found["limit"] = rate_limit(seen.words)
    elif kind in _LIMITED:
        limit = _LIMIT.search(seen.words[:3000])
        found["limit"] = limit[1] if limit else ""
    return {name: value[:MAX_VALUE] for name, value in found.items() if value}


def of_the_file(seen: Signals, kind: Kind, peer: str) -> dict[str, str]:
    """Facts of a finished picture that wasn't accepted or downloaded: why, and from where."""
    found = {"address": peer if _PEER.fullmatch(peer) else ""}
    if kind is Kind.NOT_TAKEN:
        named = _NOT_TAKEN.search(seen.exception)
        why, value = (named[1], named[2].strip()) if named and named[1] in WHYS else ("type", "unknown")
        found |= {"why": why, why: value.upper() if why in ("type", "bytes") else value}
    elif seen.api == FETCHED and kind is not Kind.DOWNLOAD_FAILED:
        found["way"] = kind.value
    return {name: value for name, value in found.items() if value}


def safe_code(code: str) -> bool:
    """Whether a code consists of known code words or is a short number."""
    if _NUMERIC.match(code):
        return True
    return len(code) <= 60 and bool(_WORDY.match(code)) and all(word in _VOCABULARY for word in split_words(code).split())


def _code(seen: Signals) -> str:
    for key in (
        "code",
        "errorcode",
        "reason",
        "type",
        "errortype",
        "errorkey",
        "finishreason",
        "blockreason",
        "name",
        "error",
        "status",
        "statuscode",
    ):
        for code in seen.raw_by_field.get(key, ()):
            if safe_code(code) and not (code.isdigit() and len(code) == 3):
                return code
    return ""


def _request_id(seen: Signals) -> str:
    for name in _REQUEST_HEADERS:
        value = seen.headers.get(name, "")
        if _REQUEST_ID.match(value):
            return value
    for key in ("requestid", "csdrequestid"):
        written = seen.values.get(key)
        if isinstance(written, str) and _REQUEST_ID.match(written):
            return written
    named = _IN_TEXT.search(seen.words)
    return named[1] if named else ""


def _categories(seen: Signals) -> str:
    found = [name for name in seen.categories if name in _CATEGORIES]
    return ", ".join(dict.fromkeys(found))[:MAX_VALUE]


def _param(seen: Signals) -> str:
    for raw in seen.raw_by_field.get("param", ()):
        if raw in _PARAMS:
            return raw
    return ""


def _allowed(seen: Signals, kind: Kind) -> str:
    named = _ALLOWED.search(seen.words[:3000])
    if named is None:
        return ""
    if kind is Kind.UNSUPPORTED_QUALITY:
        return ", ".join(word for word in _QUALITY if re.search(rf"(?<![a-z0-9]){word}(?![a-z0-9])", named[1]))
    sizes = [f"{width}x{height}" for width, height in _SIZES.findall(named[1])]
    return ", ".join(dict.fromkeys(sizes or _RATIOS.findall(named[1])))
