"""Where the bot runs and which service it uses, as far as a bundle needs it; built from the settings by the composition root."""

from __future__ import annotations

import ipaddress
import locale
import platform
import re
import socket
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

LIBRARIES = ("httpx", "httpcore", "h11", "certifi", "aiohttp", "discord.py", "slack-sdk", "slack-bolt", "pillow", "sqlalchemy")
_PUBLIC = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,24}", re.ASCII)
_PRIVATE_ENDS = (".local", ".internal", ".lan", ".corp", ".intranet", ".private", ".home", ".localhost", ".localdomain", ".arpa", ".test")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The operator's side of a failed call."""

    base_url: str
    service: str | None = None
    """The service's API, as in IMAGE_SERVICE; None: the host decides."""
    secrets: Collection[str] = ()
    addresses: Collection[str] = ()
    """Values of settings that may name hosts: proxies, own servers."""
    account_plan: str = ""
    proxied: bool = False
    others: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    """Further image services by their name in requests: address, and API as in IMAGE_SERVICE."""

    def of(self, service: str) -> Surroundings:
        """The same for a request of another service."""
        if service not in self.others:
            return self
        base_url, api = self.others[service]
        return replace(self, base_url=base_url, service=api, addresses=(*self.addresses, self.base_url))

    @property
    def public_host(self) -> str:
        """The image service's host; empty if it's a private one."""
        host = (urlsplit(self.base_url).hostname or "").lower()
        return host if is_public(host) else ""

    def hosts(self) -> set[str]:
        """Host names of this network that must not be named."""
        named = {host for one in (self.base_url, *self.addresses) for host in _hosts(one)}
        named |= {socket.gethostname().lower(), socket.gethostname().partition(".")[0].lower()}
        return {host for host in named if len(host) >= 4 and host not in ("localhost", self.public_host) and not _well_known(host)}


def is_public(host: str) -> bool:
    """Whether a host is one on the internet, by its name."""
    if not _PUBLIC.fullmatch(host) or host.endswith(_PRIVATE_ENDS):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def environment() -> dict[str, str]:
    """Versions of what runs; nothing that names the machine or its owner."""
    found = {"imagine-bot": version("imagine-bot"), "python": platform.python_version(), "implementation": sys.implementation.name}
    found |= {
        "os": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "encoding": locale.getpreferredencoding(False),
    }
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _hosts(value: str) -> Iterable[str]:
    for one in re.split(r"[\s,;]+", value):
        try:
            host = urlsplit(one if "://" in one else f"//{one}").hostname
        except ValueError:
            continue
        if host and ("." in host or "://" in one):
            yield host.lower()


_WELL_KNOWN: Mapping[str, None] = dict.fromkeys(("discord.com", "slack.com", "discord.gg", "gateway.discord.gg"))


def _well_known(host: str) -> bool:
    return host in _WELL_KNOWN or host.endswith((".discord.com", ".slack.com"))
