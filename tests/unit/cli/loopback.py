"""HTTP servers on this machine for the commands to meet: a handler says what they answer."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """Answers without a line in the log."""

    def answer(self, status: int, body: object, **headers: str) -> None:
        """Answer with JSON, or with a page if the body is a text. `x_request_id="1"` is the header `x-request-id`."""
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(raw)))
        self.send_header("content-type", "text/html" if isinstance(body, str) else "application/json")
        self.end_headers()
        self.wfile.write(raw)

    def body(self) -> bytes:
        """What was sent."""
        return self.rfile.read(int(self.headers["content-length"]))

    def log_message(self, *_: Any) -> None: ...


@contextlib.contextmanager
def listening(handler: type[BaseHTTPRequestHandler], *, how: int | str | None = None, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server with this handler, which reads `how` from it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.how = how  # type: ignore[attr-defined]
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
