"""Parsers for setting values.

Each one takes the text and returns the value, or raises Wrong with a text key and its fields. None of them repeats a secret.
"""

from __future__ import annotations

import base64
import ipaddress
import os
import re
import ssl
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import available_timezones

from bot.domain.zones import zone_of
from bot.egress import DIRECT
from bot.ledger.server import SCHEMES, LedgerServer
from bot.pixels import provenance
from bot.ports import SystemPorts
from bot.providers.buckets import BucketPlace
from bot.providers.services.from_file import BadDialect, FileDialect, load
from bot.texts import phrases, text

_BUCKET = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/[!-~]*)?")
_PLACEHOLDER = re.compile(
    r"(your|my|the)?[-_ ]?(api)?[-_ ]?(key|token|secret)([-_ ]?here)?|changeme|change-me|todo|none|null|x{3,}|\.{3,}|<.*>", re.I
)
_PLACEHOLDER_TAIL = re.compile(r"^[a-z]{2,5}-?(\.{2,}|…|x{3,}|\*{3,}|your.*)$", re.I)
_SHORTENED = re.compile(r"[^.*•…](?:\.{3,}|\*{3,}|•{3,}|…)[^.*•…]")
"""A key as consoles list it once it's made: its ends, with dots or stars in place of the rest."""
_QUOTE_MARKS = frozenset("\"'`“”„‘’«»")
_MONEY = re.compile(r"\d{1,7}(\.\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_UNLIMITED = frozenset({"unlimited", "none", "off", "no"})
_FONT_STARTS = (b"\x00\x01\x00\x00", b"OTTO", b"ttcf", b"true")
"""First bytes of TrueType and OpenType fonts and collections."""
_ENDPOINTS = ("/images/generations", "/images/edits", "/images", "/chat/completions", "/models", "/responses", "/completions")
_API_VERSION = re.compile(r"api-version=[A-Za-z0-9.-]{1,40}", re.ASCII)
_DATABASE_OPTIONS = re.compile(r"\?[A-Za-z_]+=[^/]*$")
_AT_SIGN_LATER = re.compile(r"@[^/?]*@|[/?].*@")
"""An @ that isn't the end of the login: the password has an @, / or ? in it, and what follows would be taken for a host and be shown."""
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|\[?[0-9A-Fa-f:.%]{2,60}\]?", re.ASCII)
_MODEL = re.compile(r"[A-Za-z0-9][\w.:/@+-]{0,199}", re.ASCII)


class Wrong(ValueError):
    """An invalid value: the text key that explains it, and its fields."""

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields

    def sentence(self, name: str) -> str:
        """The full sentence for a variable."""
        return text(f"settings.{self.key}", name=name, **self.fields)


def shown(value: str) -> str:
    """A non-secret value, shortened to fit in a sentence on one line."""
    line = "".join(char if char.isprintable() else "?" for char in value)
    return line if len(line) <= 60 else line[:57] + "…"


def secret(value: str) -> str:
    """A key or token: printable ASCII without spaces, and not a placeholder. It goes into an HTTP header unchanged."""
    if _PLACEHOLDER.fullmatch(value) or _PLACEHOLDER_TAIL.match(value):
        raise Wrong("placeholder")
    if _SHORTENED.search(value):
        raise Wrong("secret_shortened")
    if value.lower().startswith("bearer "):
        raise Wrong("bearer")
    if value[:1] in _QUOTE_MARKS or value[-1:] in _QUOTE_MARKS:
        raise Wrong("secret_quote")
    if not value.isascii() or any(not "!" <= char <= "~" for char in value):
        raise Wrong("secret_shape")
    return value


def whole(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not _WHOLE.fullmatch(value) or not low <= int(value) <= high:
            raise Wrong("whole", low=low, high=high, value=shown(value))
        return int(value)

    return parse


def pictures(value: str) -> int | None:
    """A number of pictures, or None for `unlimited`."""
    if value.lower() in _UNLIMITED:
        return None
    if not _WHOLE.fullmatch(value):
        raise Wrong("pictures", value=shown(value))
    return int(value)


def money(value: str) -> int | None:
    """US dollars in micros (millionths), or None for `unlimited`."""
    if value.lower() in _UNLIMITED:
        return None
    if not _MONEY.fullmatch(value):
        raise Wrong("money", value=shown(value))
    dollars, _, cents = value.partition(".")
    return int(dollars) * 1_000_000 + int(cents.ljust(6, "0") or 0)


def choice(*allowed: str) -> Callable[[str], str]:
    """Parser for one of a few words, case-insensitive."""

    def parse(value: str) -> str:
        if value.lower() not in allowed:
            raise Wrong("choice", allowed=phrases.listed(tuple(allowed), None), value=shown(value))
        return value.lower()

    return parse


def words(most: int) -> Callable[[str], str]:
    """Parser for a few words on one line."""

    def parse(value: str) -> str:
        if len(value) > most or not value.isprintable():
            raise Wrong("words", most=most)
        return value

    return parse


def host(value: str) -> str:
    """An address or host name to listen on. Whether this machine has it shows when it's bound."""
    if not _HOST.fullmatch(value):
        raise Wrong("host", value=shown(value))
    return value


def model(value: str) -> str:
    """A model name in the service's spelling. Only `doctor` can tell whether the service has it."""
    if not _MODEL.fullmatch(value):
        raise Wrong("model", value=shown(value))
    return value


def models(value: str) -> tuple[str, ...]:
    """Model names separated by commas or spaces, without repetitions."""
    return tuple(dict.fromkeys(model(one) for one in re.split(r"[,;\s]+", value) if one))


def secrets(value: str) -> tuple[str, ...]:
    """Keys separated by commas or spaces."""
    return tuple(dict.fromkeys(secret(one) for one in re.split(r"[,;\s]+", value) if one))


def encryption_keys(value: str) -> tuple[str, ...]:
    """Fernet keys, newest first: 32 bytes in URL-safe base64 each."""
    found = secrets(value)
    for one in found:
        try:
            size = len(base64.urlsafe_b64decode(one.encode("ascii", "replace")))
        except ValueError:
            size = 0
        if size != 32:
            raise Wrong("encryption_key")
    return found


def bucket(value: str) -> BucketPlace:
    """`s3://name` or `s3://name/prefix`."""
    named = _BUCKET.fullmatch(value)
    if named is None:
        raise Wrong("bucket_shape")
    if find_spec("obstore") is None:
        raise Wrong("bucket_package")
    return BucketPlace(named[1], (named[2] or "").strip("/"))


def equals(value: str) -> dict[str, str]:
    """Pairs such as `gpt-image-2=openai/gpt-image-2`, separated by commas; a bare name has the same name at both services."""
    found: dict[str, str] = {}
    for one in (part for part in re.split(r"[,;\s]+", value) if part):
        ours, _, theirs = one.partition("=")
        found[model(ours)] = model(theirs or ours)
    return found


def base_url(value: str) -> str:
    """The base address before `/images/generations`, without a trailing slash. Azure's `?api-version=` is the only query allowed, because
    others tend to be keys."""
    parts = _address(value, "url")
    if parts.username is not None or parts.password is not None:
        raise Wrong("url_with_login")
    if parts.fragment or (parts.query and not _API_VERSION.fullmatch(parts.query)):
        raise Wrong("url_with_query")
    query = f"?{parts.query}" if parts.query else ""
    short = value.partition("?")[0].rstrip("/")
    for tail in _ENDPOINTS:
        if short.endswith(tail):
            raise Wrong("url_endpoint", tail=tail, short=short.removesuffix(tail) + query)
    return short + query


def status_page(value: str) -> str:
    """`auto`, `off`, or the base address of a status page."""
    return value.lower() if value.lower() in ("auto", "off") else base_url(value)


def proxy(value: str) -> str:
    """An HTTP proxy's address, or `none`. It may contain a password and is treated as a secret."""
    if value.lower() == DIRECT:
        return DIRECT
    parts = _address(value, "proxy")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Wrong("proxy")
    return value.rstrip("/")


def certificates(value: str) -> Path:
    path = _path(value, "folder")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise Wrong("certificates_form", file=shown(str(path))) from None
    except OSError:
        raise Wrong("certificates_unreadable", file=shown(str(path))) from None
    return path


def font(value: str) -> Path:
    path = _path(value, "folder")
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError:
        raise Wrong("font_unreadable", file=shown(str(path))) from None
    if start not in _FONT_STARTS:
        raise Wrong("font_form", file=shown(str(path)))
    return path


def signing_certificate(value: str) -> Path:
    """A PEM file with a certificate for Content Credentials and its key, tried on a picture."""
    path = _path(value, "folder")
    try:
        provenance.load(path, SystemPorts().now())
    except provenance.CannotSign as problem:
        raise Wrong(f"signing_{problem.why}", file=shown(str(path)), value=shown(problem.value)) from None
    return path


def dialect(value: str) -> FileDialect:
    """A file that describes the API of an image service."""
    path = _path(value, "folder")
    try:
        return load(path)
    except BadDialect as error:
        raise Wrong("dialect_form", file=shown(str(path)), problem=str(error)) from None
    except OSError:
        raise Wrong("dialect_unreadable", file=shown(str(path))) from None


def is_open_http(url: str) -> bool:
    """Whether a key would travel unencrypted over foreign networks."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http" or host == "localhost" or ("." not in host.strip("[]") and ":" not in host):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return not host.endswith((".local", ".internal", ".lan", ".localhost", ".home.arpa"))


def zone(value: str) -> str:
    try:
        zone_of(value)
    except (ValueError, OSError, LookupError):
        raise Wrong("zone" if available_timezones() else "no_zones", value=shown(value)) from None
    return value


def folder(value: str) -> Path:
    """An absolute folder path. Whether it's writable is checked when it's opened."""
    return _path(value, "folder")


def database(value: str) -> Path | LedgerServer:
    """A PostgreSQL server's database, or the file of a SQLite URL: everything after `sqlite:///`, taken literally, so "?", "%" and "#" are
    part of the name. Options of a file are rejected rather than dropped. A server's URL may contain a password and is never repeated."""
    scheme, _, rest = value.partition("://")
    kind = scheme.lower().partition("+")[0]
    if scheme.lower() in SCHEMES:
        return _server(rest)
    if kind in ("postgres", "postgresql", "mysql", "mariadb", "mssql", "oracle"):
        raise Wrong("database_server", kind=scheme.lower())
    path = rest.removeprefix("/")
    if kind != "sqlite" or not rest.startswith("/") or not path:
        raise Wrong("database_memory" if ":memory:" in rest or value in ("sqlite://", "sqlite:///") else "database_shape")
    if path == ":memory:":
        raise Wrong("database_memory")
    if options := _DATABASE_OPTIONS.search(path):
        raise Wrong("database_options", options=shown(options[0]))
    return _path(path, "database_shape")


def _server(rest: str) -> LedgerServer:
    """The part after `://` is read by PostgreSQL's own library, which knows more forms and options than we could list."""
    server = LedgerServer(f"postgresql://{rest}")
    if find_spec("psycopg") is None:
        raise Wrong("database_driver")
    try:
        named = bool(server.database)
    except ValueError:
        named = False
    if not named or any(one.isspace() for one in rest) or _AT_SIGN_LATER.search(rest):
        raise Wrong("database_server_shape")
    return server


def listed(pattern: str, example: str) -> Callable[[str], frozenset[str]]:
    """Parser for ids separated by commas or spaces."""
    compiled = re.compile(pattern, re.ASCII)

    def parse(value: str) -> frozenset[str]:
        ids = [stripped for part in re.split(r"[,;\s]+", value) if (stripped := part.strip("\"'"))]
        for one in ids:
            if not compiled.fullmatch(one):
                raise Wrong("listed", value=shown(one), example=example)
        return frozenset(ids)

    return parse


def _path(value: str, wrong: str) -> Path:
    """An absolute path that can be opened and printed in a sentence."""
    try:
        value.encode()  # environment bytes that aren't UTF-8 arrive as lone surrogates
        path = Path(value).expanduser().absolute()
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass  # it may be made later, and what's in its way has sentences of its own
    except OSError as error:  # a folder on the way that this user may not enter, a name that's too long, links in a circle
        raise Wrong("path_closed", value=shown(value), reason=os.strerror(error.errno or 0)) from None
    except (RuntimeError, ValueError):
        raise Wrong(wrong, value=shown(value)) from None
    return path


def _address(value: str, wrong: str) -> SplitResult:
    """Parse a URL. Raises Wrong without the value, because an address may contain a password."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise Wrong(wrong) from None
    printable = value.isascii() and all("!" <= char <= "~" for char in value)
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not printable:
        raise Wrong(wrong)
    return parts
