"""Listening sockets for adapters. Imports no server, because `doctor` uses this too."""

from __future__ import annotations

import errno
import socket

from bot.adapter import SetupProblem
from bot.texts import text


def listening(host: str, port: int, texts: str) -> socket.socket:
    """A socket that accepts connections. Raises SetupProblem, with a sentence under the key `texts`, if the address isn't available."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host.strip("[]"), port))
        sock.listen(128)
    except (OSError, UnicodeError, TypeError) as error:  # the latter two: an impossible host name
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
