"""The request as a `curl` line and as a Python script that need only a key, and nothing of ours: whether another machine sees the same."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit

from bot.domain.requests import Request
from bot.evidence.surroundings import Surroundings
from bot.providers.port import Call
from bot.providers.services.registry import api_for

PROMPT = "a red bicycle in the rain"
"""Sent instead of the member's words."""
KEY = "IMAGE_API_KEY"
PLACE = "https://YOUR-SERVICE/v1"
"""Placeholder for an address that isn't public."""
_KEY = "{key}"

SCRIPT = '''#!/usr/bin/env python3
"""Sends the request of this evidence bundle once more and says whether the answer is the same. Needs Python 3.8 and a key; nothing else.

    IMAGE_API_KEY=... python3 reproduce.py

IMAGE_BASE_URL overrides the address, PROMPT the text. The call may be billed. The key is never printed.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

METHOD, BASE, PATH = {method!r}, {base!r}, {path!r}
HEADERS = {headers!r}
BODY = json.loads({body!r})
SEEN_STATUS = {status!r}

key = os.environ.get("IMAGE_API_KEY", "").strip()
base = os.environ.get("IMAGE_BASE_URL", BASE).rstrip("/")
if not key or "YOUR-SERVICE" in base:
    sys.exit("Set IMAGE_API_KEY" + (" and IMAGE_BASE_URL" if "YOUR-SERVICE" in base else "") + " first.")
if "prompt" in BODY and os.environ.get("PROMPT"):
    BODY["prompt"] = os.environ["PROMPT"]
headers = {{name: value.replace("{{key}}", key) for name, value in HEADERS.items()}}
request = urllib.request.Request(base + PATH, json.dumps(BODY).encode(), headers, method=METHOD)
began = time.time()
status, got, body = None, {{}}, b""
try:
    with urllib.request.urlopen(request, timeout=300) as answer:
        status, got, body = answer.status, answer.headers, answer.read()
except urllib.error.HTTPError as error:
    status, got, body = error.code, error.headers, error.read()
except OSError as error:
    print("no answer:", type(error).__name__, str(error).replace(key, "[key]"))
shown = body[:2000].decode("utf-8", "replace").replace(key, "[key]")
print("at", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began)), "after", round(time.time() - began, 1), "s: status", status)
for name in got:
    if "request-id" in name.lower() or name.lower() in ("content-type", "retry-after", "date"):
        print(" ", name + ":", got[name])
print(shown if status != 200 else "  " + str(len(body)) + " bytes")
print("The same status as in the bundle." if status == SEEN_STATUS else "Another status than in the bundle: " + str(SEEN_STATUS) + ".")
sys.exit(0 if status == SEEN_STATUS else 1)
'''


def request_shape(request: Request, count: int, about: Surroundings) -> dict[str, object]:
    """The call that the bot makes for a request, with another prompt, no member and no key."""
    parts = urlsplit(about.base_url)
    api = api_for(about.base_url, about.service)
    call = Call("", request.model, PROMPT, request.size, request.quality, count, 0.0, "", request.left_out)
    made = api.generate(call, parts.path)
    base = PLACE if not about.public_host else f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
    headers = {**api.auth(_KEY), "content-type": "application/json", "accept": "application/json", **made.headers}
    return {"method": made.method, "base": base, "path": made.path, "headers": headers, "body": dict(made.body or {})}


def script(shape: Mapping[str, object], status: int | None) -> str:
    """reproduce.py."""
    return SCRIPT.format(**{**shape, "body": json.dumps(shape["body"])}, status=status)


def curl(shape: Mapping[str, object]) -> str:
    """The same call as one line for a shell; the key comes from the environment."""
    headers = shape["headers"]
    assert isinstance(headers, Mapping)
    words = ["curl", "-sS", "-i", "-X", str(shape["method"]), shlex.quote(f"{shape['base']}{shape['path']}")]
    for name, value in headers.items():
        words += ["-H", shlex.quote(f"{name}: {value}").replace(_KEY, f"'\"${KEY}\"'")]
    return " ".join([*words, "--data", shlex.quote(json.dumps(shape["body"]))])
