"""Environment values for adapters: stripped values, lists with any common separator, addresses without secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit


def value(env: Mapping[str, str], name: str) -> str:
    """The stripped value; empty if not set."""
    return (env.get(name) or "").strip()


def listed(env: Mapping[str, str], name: str) -> list[str]:
    """Entries of a list separated by commas, semicolons or spaces."""
    return [one for one in re.split(r"[,;\s]+", value(env, name)) if one]


def host_of(address: str) -> str:
    """Host and port of an address, without user name and password."""
    try:
        url = urlsplit(address)
        return f"{url.hostname or '?'}{f':{url.port}' if url.port else ''}"
    except ValueError:
        return "?"
