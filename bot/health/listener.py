"""HTTP listener for /livez, /healthz, /readyz and /metrics, in threads of its own: it answers while the event loop hangs.

Answers contain no prompt, name, key or address, so that no token is needed; it listens on this machine only unless told otherwise.
"""

from __future__ import annotations

import errno
import json
import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bot.adapter import SetupProblem
from bot.health.metrics import CONTENT_TYPE, Metrics
from bot.health.verdict import Check, HealthLimits, Pulse, health, readiness
from bot.texts import text

CLIENT_TIMEOUT = 5.0
"""Seconds that a client may take to send its request."""


class Listener:
    """Listens from construction until `close`. Raises SetupProblem if the address isn't available."""

    def __init__(self, host: str, port: int, pulse: Pulse, metrics: Metrics, monotonic: Callable[[], float], limits: HealthLimits) -> None:
        pages: Mapping[str, Callable[[], dict[str, Check]]] = {
            "/livez": lambda: {"loop": health(pulse, monotonic(), limits)["loop"]},
            "/healthz": lambda: health(pulse, monotonic(), limits),
            "/readyz": lambda: readiness(pulse, monotonic(), limits),
        }

        class Handler(_Handler):
            checks, metrics_page = pages, staticmethod(metrics.page)

        try:
            self._server = _Server((host, port), Handler)
        except (OSError, UnicodeError) as error:
            raise problem(error, host, port) from error
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.2,), name="health", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__((address[0].strip("[]"), address[1]), handler)

    def server_bind(self) -> None:
        """Without the look-up of this host's name that the standard library makes, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    timeout = CLIENT_TIMEOUT
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "imagine-bot", ""
    checks: Mapping[str, Callable[[], dict[str, Check]]]
    metrics_page: Callable[[], bytes]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._answer(200, CONTENT_TYPE, self.metrics_page())
        elif path in self.checks:
            found = self.checks[path]()
            ok = all(check.ok for check in found.values())
            body = {"ok": ok, "checks": {name: {"ok": check.ok, "detail": check.detail} for name, check in found.items()}}
            self._answer(200 if ok else 503, "application/json", json.dumps(body, indent=2).encode() + b"\n")
        else:
            self._answer(404, "text/plain; charset=utf-8", b"/livez, /healthz, /readyz or /metrics\n")

    do_HEAD = do_GET

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")):
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Checks come every few seconds; they aren't logged."""


def problem(error: Exception, host: str, port: int) -> SetupProblem:
    """What to say of an address that can't be listened on."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return SetupProblem(text("health.port_in_use", port=port, host=host), may_pass=True)
    if number == errno.EACCES:
        return SetupProblem(text("health.port_forbidden", port=port))
    return SetupProblem(text("health.host_unknown", host=host))
