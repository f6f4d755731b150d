"""Egress rule for all outgoing connections: trusted certificates and proxies. Nothing here connects.

Certificates: OpenSSL's store (the system's), or what `SSL_CERT_FILE` and `SSL_CERT_DIR` name instead; certifi if the system has none; plus
`IMAGE_CA_FILE`.

Proxies, in order of precedence: `IMAGE_PROXY` (image service and its pictures only), `OUTGOING_PROXY`, then `HTTPS_PROXY` or `HTTP_PROXY`
by scheme. `NO_PROXY` exempts hosts from all except `IMAGE_PROXY`.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

import certifi

from bot.egress.bypass import bypassed, loopback
from bot.texts import text
from bot.texts.phrases import listed

DIRECT = "none"
"""Value of a proxy setting that overrides the environment with "no proxy"."""
ENVIRONMENT = {"https": ("HTTPS_PROXY", "https_proxy"), "http": ("HTTP_PROXY", "http_proxy")}
_SECURE = {"https": "https", "wss": "https", "http": "http", "ws": "http"}

C = TypeVar("C", bound=ssl.SSLContext)


@dataclass(frozen=True, slots=True)
class ProxyChoice:
    """The route to one address."""

    proxy: str | None
    """The proxy's address, possibly with a password; None for a direct connection."""
    decided_by: str | None
    """The variable that decided; None if nothing is set."""


@dataclass(frozen=True, slots=True)
class Egress:
    """Certificates and proxies for outgoing connections. The default connects directly and trusts the system's store."""

    image_proxy: str | None = None
    outgoing_proxy: str | None = None
    environment: Mapping[str, tuple[str, str]] | None = None
    """Scheme (`https`, `http`) -> environment variable and its proxy."""
    no_proxy: str = ""
    image_ca: Path | None = None
    cert_file: str | None = None
    cert_dir: str | None = None

    def route(self, url: str, *, image: bool = False) -> ProxyChoice:
        """The route to `url` (http, https, ws or wss). `image`: it's the image service, or a picture URL that it returned."""
        parts = urlsplit(url)
        if image and self.image_proxy is not None:
            return ProxyChoice(_unless_direct(self.image_proxy), "IMAGE_PROXY")
        scheme = _SECURE.get(parts.scheme, "https")
        variable, proxy = ("OUTGOING_PROXY", self.outgoing_proxy)
        if proxy is None:
            variable, proxy = (self.environment or {}).get(scheme, ("", None))
            # A proxy in the environment is never meant for a service on this machine, such as a local image server.
            if proxy is None or (scheme == "http" and loopback(parts.hostname or "")):
                return ProxyChoice(None, None)
        if bypassed(parts.hostname or "", _port(parts, scheme), self.no_proxy):
            return ProxyChoice(None, "NO_PROXY")
        return ProxyChoice(_unless_direct(proxy), variable)

    def proxy(self, url: str, *, image: bool = False) -> str | None:
        """The proxy for `url`; None for a direct connection."""
        return self.route(url, image=image).proxy

    def context(self, kind: type[C] = ssl.SSLContext) -> C:  # type: ignore[assignment]
        """A client TLS context that verifies host names and trusts the configured certificates."""
        made = kind(ssl.PROTOCOL_TLS_CLIENT)
        replaced = self.cert_file is not None or self.cert_dir is not None
        file, folder = self._store()
        found = _load(made, file=file)
        found = _load(made, folder=folder) or found
        if not found and not replaced:
            made.load_verify_locations(cafile=certifi.where())
        if self.image_ca is not None:
            made.load_verify_locations(cafile=self.image_ca)
        return made

    def certificates(self) -> tuple[object, ...]:
        """The state of the files that `context` reads. Contexts made in equal states trust the same certificates."""
        file, folder = self._store()
        places = [one for one in (file, *folder.split(":"), str(self.image_ca or "")) if one]
        return (self.cert_file, self.cert_dir, self.image_ca, *((one, _state(one)) for one in places))

    def _store(self) -> tuple[str, str]:
        """The file and the folder of the trusted certificates."""
        places = ssl.get_default_verify_paths()
        file = self.cert_file if self.cert_file is not None else places.openssl_cafile
        return file, self.cert_dir if self.cert_dir is not None else places.openssl_capath

    def trusts(self) -> str:
        """The trusted certificates, in words for the operator."""
        said = [f"{name} ({value})" for name, value in (("SSL_CERT_FILE", self.cert_file), ("SSL_CERT_DIR", self.cert_dir)) if value]
        store = text("egress.trust_named", named=listed(said)) if said else text("egress.trust_system")
        return store if self.image_ca is None else text("egress.trust_also", store=store, file=self.image_ca)


def read(env: Mapping[str, str]) -> Egress:
    """The rule from the merged environment and `.env`. Unusable values count as not set; `warnings` lists them."""
    environment = {}
    for scheme, names in ENVIRONMENT.items():
        for name in names:
            if (proxy := _usable(env.get(name, ""))) is not None:
                environment[scheme] = (name, proxy)
                break
    image_ca = env.get("IMAGE_CA_FILE", "").strip()
    return Egress(
        image_proxy=_set(env, "IMAGE_PROXY"),
        outgoing_proxy=_set(env, "OUTGOING_PROXY"),
        environment=environment,
        no_proxy=env.get("NO_PROXY", "").strip() or env.get("no_proxy", "").strip(),
        image_ca=Path(image_ca).expanduser().absolute() if image_ca else None,
        cert_file=env.get("SSL_CERT_FILE", "").strip() or None,
        cert_dir=env.get("SSL_CERT_DIR", "").strip() or None,
    )


def warnings(env: Mapping[str, str]) -> list[str]:
    """A sentence for each unusable variable that the system's libraries define."""
    found = []
    for names in ENVIRONMENT.values():
        for name in names:
            if env.get(name, "").strip() and _usable(env[name]) is None:
                found.append(text("egress.proxy_unusable", name=name))
    file, folder = env.get("SSL_CERT_FILE", "").strip(), env.get("SSL_CERT_DIR", "").strip()
    if file and not _load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), file=file):
        found.append(text("egress.certificates_missing", name="SSL_CERT_FILE", place=file))
    if folder and not any(Path(one).is_dir() for one in folder.split(":")):
        found.append(text("egress.certificates_missing", name="SSL_CERT_DIR", place=folder))
    return found


def place_of(proxy: str) -> str:
    """Host and port of a proxy, without user name and password."""
    parts = urlsplit(proxy)
    host = parts.hostname or "?"
    return f"[{host}]:{_port(parts, parts.scheme)}" if ":" in host else f"{host}:{_port(parts, parts.scheme)}"


def _load(context: ssl.SSLContext, *, file: str | None = None, folder: str | None = None) -> bool:
    """Load certificates into the context. Returns whether there were any; like OpenSSL, an unreadable place has none."""
    try:
        if file is not None:
            context.load_verify_locations(cafile=file)
            return True
        if folder is not None:
            # OpenSSL reads a folder only while looking for a certificate, so check here whether it has any files.
            filled = any(any(Path(one).iterdir()) for one in folder.split(":") if Path(one).is_dir())
            context.load_verify_locations(capath=folder)
            return filled
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        return False
    return False


def _state(place: str) -> tuple[int, ...] | None:
    """A value that changes with a file's or folder's content; None if it can't be read."""
    try:
        found = Path(place).stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _set(env: Mapping[str, str], name: str) -> str | None:
    value = env.get(name, "").strip()
    return value.rstrip("/") or None


def _unless_direct(proxy: str) -> str | None:
    return None if proxy.lower() == DIRECT else proxy


def _usable(value: str) -> str | None:
    """A proxy from the environment as an address; the scheme is often missing. None for SOCKS and invalid addresses."""
    value = value.strip()
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts.geturl().rstrip("/") if value and usable else None


def _port(parts: SplitResult, scheme: str) -> int:
    return parts.port or {"https": 443}.get(_SECURE.get(scheme, scheme), 80)


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
