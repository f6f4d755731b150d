"""An image service that repeats everything it was sent and knows more secrets besides, in every way in which a service can, and what was
planted for it to repeat."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
import threading
from collections.abc import Iterator, Mapping
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

from PIL import Image

KEY = "sk-live-7Qm2Zx9LpT4vKc81RwYd"
PROXY = "http://svc-user:Tr0ub4dor-proxy@proxy-03.corp.example-office.net:3128"
MINE = "ein rotes Fahrrad im Regen vor dem Haus von Oma Erna"
OTHERS = "the merger slides of project Falcon for Dana Whitfield"
SETTINGS: Mapping[str, str] = {
    "IMAGE_API_KEY": KEY,
    "NBILITY_API_KEY": "nb-93fdc0a2b17e4c5f8890",
    "FALLBACK_API_KEY": "xk-second-55aQ7wE2rT9yU4iO",
    "DISCORD_BOT_TOKEN": "MTE4NzY1NDMyMTA5ODc2NTQz.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789AB",
    "SLACK_BOT_TOKEN": "xoxb-123456789012-abcdefGHIJKL",
    "SLACK_APP_TOKEN": "xapp-1-A0123-456-deadbeef",
    "SLACK_SIGNING_SECRET": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "WEB_TOKEN": "correct-horse-battery",
    "MY_DB_PASSWORD": "hunter2-hunter2",
    "ENCRYPTION_KEYS": "Zb9Qm0x3v7Kt2Wc5Yd8Rf1Hg4Jn6Lp0Sq2Uw4Xz6A8E=",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
"""Settings whose values are secret, as they are."""
SECRETS: Mapping[str, str] = {
    **SETTINGS,
    "proxy password": "Tr0ub4dor-proxy",
    "proxy host": "proxy-03.corp.example-office.net",
    # known to nobody here, but shaped like a secret
    "a service's JWT": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkYW5hIn0.c2lnbmF0dXJlLW9mLWRhbmE",
    "another Slack token": "xoxp-998877665544-332211009988-zyxwvut",
    "another Discord token": "OTg3NjU0MzIxMDk4NzY1NDMy.XyZaBc.ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zy",
    "cloud key": "AKIAIOSFODNN7EXAMPLE",
    "cookie": "session=9f8e7d6c5b4a39281706",
    "signed address": "sig=Zm9vYmFyYmF6cXV4MTIzNDU2",
    "database address": "postgresql://app:S3cr3tPg-Pass@db-07.internal:5432/imagine",
    # people and places
    "own prompt": MINE,
    "another member's prompt": OTHERS,
    "e-mail": "dana.whitfield@example.org",
    "phone": "+49 30 901820",
    "private address": "10.20.30.40",
    "private host": "image-gw.internal",
    "home folder": "/home/dana/keys/imagine.env",
}
PARTS = ("Tr0ub4dor", KEY[:9], KEY[-9:], "Oma Erna", "project Falcon", "S3cr3tPg", "c2lnbmF0dXJl", "zyxwvut", "Dana Whitfield")
"""Parts that say enough by themselves."""


def spellings(secret: str) -> list[str]:
    """How a service, a proxy or a library may write a secret."""
    raw = secret.encode()
    basic = base64.b64encode(b"bot:" + raw).decode()
    middle = len(secret) // 2
    return [
        secret,
        quote(secret, safe=""),
        quote(quote(secret, safe=""), safe=""),
        basic,
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        base64.encodebytes(b"Authorization: Bearer " + raw * 3).decode(),
        raw.hex(),
        json.dumps(secret),
        "".join(f"\\u{ord(one):04x}" for one in secret),
        "".join(f"&#{ord(one)};" for one in secret),
        secret[:middle] + "\n  " + secret[middle:],
        secret[:middle] + "=\r\n" + secret[middle:],
    ]


SAID = " | ".join(
    [
        *(written for secret in SECRETS.values() for written in spellings(secret)),
        *(f"{secret[:9]}***{secret[-9:]}" for secret in SETTINGS.values()),  # masked, as services do
    ]
)
SHORT = f"{KEY} {base64.b64encode(b'bot:' + KEY.encode()).decode()} {OTHERS} dana.whitfield@example.org"
IN_HEADERS = {
    "set-cookie": SECRETS["cookie"],
    "x-debug": quote(SHORT),
    "www-authenticate": "Bearer " + SECRETS["a service's JWT"],
    "retry-after": KEY,
    "x-request-id": KEY,
    "cf-ray": SECRETS["another Slack token"],
    "apim-request-id": "dana.whitfield@example.org",
    "x-ratelimit-limit-requests": KEY,
    "openai-organization": "org-dana",
    "x-ms-region": "image-gw.internal",
}


def picture() -> str:
    """A picture as base64."""
    stream = io.BytesIO()
    Image.new("RGB", (1024, 1024), (40, 90, 140)).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


class Leaking(BaseHTTPRequestHandler):
    """How it leaks is said by the prompt: `way3` is the third of `ways`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.endswith("/models"):
            body: object = {"data": [{"id": "gpt-image-2", "owned_by": SHORT}, {"id": "gpt-5-mini"}], "said": SAID}
            return self._send(200, json.dumps(body))
        if "/api/v2/" in self.path:
            found = {"name": f"Images fail for {KEY}", "status": "investigating", "started_at": "2026-11-28T21:06:40Z"}
            return self._send(200, json.dumps({"incidents": [found]}))
        return self._send(403, SAID, "text/plain")

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length", 0))).decode(errors="replace")
        said = f"{dict(self.headers)} {sent} {SAID}"
        found = re.search(r"way(\d)", sent)
        match int(found[1]) if found else -1:
            case 0:
                self._send(
                    400, json.dumps({"error": {"code": "invalid_value", "param": "size", "message": f"Invalid size. {said}", KEY: said}})
                )
            case 1:
                self._send(400, json.dumps({"error": {"code": "moderation_blocked", "message": said, "type": said}}))
            case 2:
                self._send(200, f"<html><body>{escape(said)}</body></html>", "text/html")
            case 3:
                self._send(200, json.dumps({"data": [{"b64_json": SHORT, "revised_prompt": said}], "model": KEY, "id": KEY}))
            case 4:
                link = f"http://dana:S3cr3tPg-Pass@127.0.0.1:{self.server.server_address[1]}/picture?{SECRETS['signed address']}"
                self._send(200, json.dumps({"data": [{"url": link, "revised_prompt": said}], "model": KEY}))
            case 5:
                self._send(500, f'Traceback (most recent call last):\n  File "/home/dana/keys/imagine.env"\nKeyError: {said}', "text/plain")
            case 6:
                self.wfile.write(f"HTTP/1.1 {KEY} {MINE}\r\n{SHORT}\r\n\r\n".encode())
                self.close_connection = True
            case 7:
                self._send(400, json.dumps({"error": {"code": KEY, "type": KEY, "param": KEY, "message": f"Something is odd. {SHORT}"}}))
            case 8:
                self._send(401, json.dumps({"error": {"code": "invalid_api_key", "message": f"Incorrect API key provided: {said}"}}))
            case _:
                usage = {"input_tokens": 5, "output_tokens": 5, KEY: 5}
                self._send(200, json.dumps({"data": [{"b64_json": picture(), "revised_prompt": said}], "model": KEY, "usage": usage}))

    def _send(self, status: int, body: str, kind: str = "application/json") -> None:
        content = body.encode()
        self.send_response(status, KEY)
        for name, value in {"content-type": kind, "content-length": str(len(content)), **IN_HEADERS}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None: ...


@contextlib.contextmanager
def leaking() -> Iterator[str]:
    """Serve it; yields its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Leaking) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


# ---- looking for it


_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_UNIT = re.compile(r"\\u([0-9a-fA-F]{4})")


def readings(shown: str) -> Iterator[str]:
    """What a text can be read as: as it is, and with each way of writing undone."""
    from html import unescape
    from urllib.parse import unquote

    seen: set[str] = set()
    for outer in (shown, _UNIT.sub(lambda one: chr(int(one[1], 16)), shown)):
        for text in (outer, unescape(outer), unquote(outer), unquote(unquote(outer))):
            for whole in (text, re.sub(r"=\\r\\n|=\r\n|\\[nrt]|\s|\\", "", text)):
                if whole not in seen:
                    seen.add(whole)
                    yield whole
    for token in _BASE64.findall(re.sub(r"\\n|\s", "", shown)) + _BASE64.findall(shown):
        for start in range(4):
            part = token[start:].replace("-", "+").replace("_", "/").rstrip("=")
            with contextlib.suppress(ValueError):
                yield base64.b64decode(part[: len(part) // 4 * 4]).decode("latin-1")
    for token in _HEX.findall(shown):
        yield bytes.fromhex(token).decode("latin-1")


def leaked(shown: str, *ordinary: str) -> list[str]:
    """The names of the secrets that a text contains in any spelling, except those that are ordinary here."""
    wanted = {name: secret for name, secret in SECRETS.items() if name not in ordinary} | {part: part for part in PARTS}
    found: set[str] = set()
    for text in readings(shown):
        low, bare = text.lower(), re.sub(r"\s", "", text.lower())
        found |= {name for name, secret in wanted.items() if secret.lower() in low or re.sub(r"\s", "", secret.lower()) in bare}
    return sorted(found - set(ordinary))
