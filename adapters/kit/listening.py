"""The address that an adapter listens on. Imports no server: `doctor` asks here, too."""

from __future__ import annotations

import errno
import socket

from bot.adapter import SetupProblem
from bot.texts import text


def bound(host: str, port: int, texts: str) -> socket.socket:
    """A bound socket. Raises SetupProblem, in the sentences below the key `texts`, when the address cannot be had."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host.strip("[]"), port))
    except (OSError, UnicodeError, TypeError) as error:  # the latter two: a name that cannot be one
        sock.close()
        raise _problem(error, host, port, texts) from error
    return sock


def listening(host: str, port: int, texts: str) -> socket.socket:
    """A socket that takes connections. Raises as `bound`."""
    sock = bound(host, port, texts)
    try:
        sock.listen(128)
    except OSError as error:
        sock.close()
        raise _problem(error, host, port, texts) from error
    sock.setblocking(False)
    return sock


def _problem(error: Exception, host: str, port: int, texts: str) -> SetupProblem:
    if isinstance(error, PermissionError):
        return SetupProblem(text(f"{texts}.port_forbidden", port=port))
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return SetupProblem(text(f"{texts}.port_in_use", port=port, host=host), may_pass=True)
    return SetupProblem(text(f"{texts}.host_unknown", host=host))
