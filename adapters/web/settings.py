"""Settings of the web chat, read and checked once."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.texts import text

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8080
SHORTEST_TOKEN = 12
"""Minimum characters of a token; a shorter one that a person makes up is guessed in seconds."""

VARIABLES: dict[str, str] = {
    "WEB_HOST": text("web.setting.host"),
    "WEB_PORT": text("web.setting.port"),
    "WEB_TOKEN": text("web.setting.token"),
}


@dataclass(frozen=True, slots=True)
class WebSettings:
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    """0 picks a free port."""
    token: str | None = field(default=None, repr=False)

    @property
    def local(self) -> bool:
        return is_local(self.host)


def is_local(host: str) -> bool:
    """Whether a host name or address can only mean this machine. Other names aren't resolved; they count as reachable by others."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def configured(env: Mapping[str, str]) -> bool:
    return bool(env.get("WEB_PORT"))


def read(env: Mapping[str, str]) -> WebSettings:
    """Read the settings. Raises ValueError for invalid ones; call `problems` first for sentences about them."""
    return WebSettings(
        host=env.get("WEB_HOST") or DEFAULT_HOST, port=int(env.get("WEB_PORT") or DEFAULT_PORT), token=env.get("WEB_TOKEN") or None
    )


def problems(env: Mapping[str, str]) -> list[str]:
    """One sentence for each invalid setting."""
    found = []
    port, host, token = env.get("WEB_PORT") or "", env.get("WEB_HOST") or DEFAULT_HOST, env.get("WEB_TOKEN") or ""
    if port and not (re.fullmatch("[0-9]{1,5}", port) and int(port) <= 65535):
        found.append(text("web.problem.port_wrong", value=port))
    if port.strip("0") and port == env.get("HEALTH_PORT") and host == (env.get("HEALTH_HOST") or DEFAULT_HOST):
        found.append(text("web.problem.port_twice", port=port))
    if not is_local(host) and not token:
        found.append(text("web.problem.host_needs_token", host=host))
    if token and len(token) < SHORTEST_TOKEN:
        found.append(text("web.problem.token_short", least=SHORTEST_TOKEN))
    return found
