"""Reading of an address that an administrator typed for the community's image service. Whether it's public shows when it's reached."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.egress import is_address
from bot.providers.services.registry import ADDRESSES

_TAILS = ("/images/generations", "/images/edits", "/images", "/chat/completions", "/models")
VERSIONED = "azure"
"""The service whose addresses end in a version; its calls state their own."""
_API_VERSION = re.compile(r"api-version=[A-Za-z0-9.-]{1,40}", re.ASCII)
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,61}", re.ASCII)
_NOT_PUBLIC = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa", ".intranet", ".corp", ".private", ".test", ".onion")


class WrongAddress(ValueError):
    """Key below `own.wrong_` in the texts."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_address(typed: str, api: str) -> str:
    """The base address, https and without a trailing slash; the service's usual one if nothing is typed. Raises WrongAddress."""
    words = typed.strip()
    if not words:
        usual = ADDRESSES.get(api)
        if usual is None:
            raise WrongAddress("address_needed")
        return usual
    try:
        parts = urlsplit(words)
        port = parts.port
    except ValueError:
        raise WrongAddress("address") from None
    host = (parts.hostname or "").rstrip(".")
    printable = words.isascii() and all("!" <= one <= "~" for one in words) and len(words) <= 300
    if not printable or parts.scheme != "https" or "@" in parts.netloc or parts.fragment or "\\" in words:
        raise WrongAddress("address")
    if port not in (None, 443) or is_address(host) or not _NAME.fullmatch(host) or host.endswith(_NOT_PUBLIC):
        raise WrongAddress("address")
    if parts.query and not (api == VERSIONED and _API_VERSION.fullmatch(parts.query)):
        raise WrongAddress("address")
    path = parts.path.rstrip("/")
    for tail in _TAILS:
        path = path.removesuffix(tail)
    return f"https://{host}{path}"
