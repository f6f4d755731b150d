"""NO_PROXY matching, as in curl, Go and Python: names with their subdomains, addresses, networks, ports, `*` for all."""

from __future__ import annotations

import ipaddress
import re

_ENTRY = re.compile(r"\[?(?P<host>[^\]]*?)\]?(?::(?P<port>\d{1,5}))?$", re.ASCII)


def bypassed(host: str, port: int, no_proxy: str) -> bool:
    wanted = host.lower().rstrip(".")
    return any(_matches(entry, wanted, port) for entry in re.split(r"[,\s]+", no_proxy.lower()) if entry)


def _matches(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    address = _address(host)
    if "/" in entry:
        return address is not None and _in_network(address, entry)
    if (written := _address(entry.strip("[]"))) is not None:  # includes IPv6, whose colons aren't ports
        return address == written
    found = _ENTRY.match(entry)
    if found is None or (found["port"] and int(found["port"]) != port):
        return False
    name = found["host"].removeprefix("*").strip(".")
    if address is not None or (written := _address(name)) is not None:
        return address is not None and address == _address(name)
    return bool(name) and (host == name or host.endswith(f".{name}"))


def loopback(host: str) -> bool:
    address = _address(host)
    return host.lower().rstrip(".") == "localhost" if address is None else address.is_loopback


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _in_network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, network: str) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
