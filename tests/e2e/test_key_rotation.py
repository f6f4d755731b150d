"""A key is replaced while the bot runs: SIGHUP, no restart, and neither key in the log."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import pytest

from tests.e2e.test_cli_processes import Start, start

__all__ = ["start"]

OLD, NEW = "sk-old-key-0123456789abcdef", "sk-new-key-fedcba9876543210"


@pytest.fixture
def service() -> Iterator[tuple[str, list[str]]]:
    """An image service that notes the key of every call and only accepts the new one."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            key = self.headers["authorization"].removeprefix("Bearer ") if "authorization" in self.headers else ""
            seen.append(key)
            ok = key == NEW
            body = json.dumps({"data": [{"id": "gpt-image-2"}]} if ok else {"error": {"code": "invalid_api_key", "message": f"Bad {key}"}})
            self.send_response(200 if ok else 401)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
    server.shutdown()
    server.server_close()


def until(seen: list[str], key: str) -> None:
    for _ in range(400):
        if key in seen:
            return
        time.sleep(0.05)
    raise AssertionError(f"{key} wasn't used: {seen}")


def test_sighup_takes_a_new_key_over_and_a_wrong_file_changes_nothing(tmp_path: Path, start: Start, service: tuple[str, list[str]]) -> None:
    address, seen = service
    file = tmp_path / "image_api_key"
    file.write_text(OLD + "\n")
    env = {"IMAGE_API_KEY_FILE": str(file), "IMAGE_BASE_URL": address, "WEB_PORT": "0", "LOG_FORMAT": "json", "DATA_DIR": "data"}
    process = start("run", **env)
    errors = process.popen.stderr
    assert errors is not None
    until(seen, OLD)
    read = upto(errors, "image_service_check_failed")
    file.write_text("two words")
    process.popen.send_signal(signal.SIGHUP)
    read += upto(errors, "settings_not_reloaded")
    file.write_text(NEW + "\n")
    process.popen.send_signal(signal.SIGHUP)
    read += upto(errors, "key_replaced") + upto(errors, "operator_notice_resolved")
    assert NEW in seen
    process.popen.send_signal(signal.SIGTERM)
    read += errors.read()
    assert process.popen.wait() == 0
    assert OLD not in read
    assert NEW not in read


def upto(errors: IO[str], event: str) -> str:
    """Everything on standard error up to the line of an event."""
    read = ""
    for line in errors:
        read += line
        if json.loads(line)["event"] == event:
            return read
    raise AssertionError(f"no {event} in {read}")
