"""Set-ups that are broken in the settings file, by a copied value, or on the way, for `test_setups.py`."""

from __future__ import annotations

import contextlib
import signal
import socket
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.postgres import binaries, keeper
from tests.unit.cli.broken import Certificates, serving
from tests.unit.cli.conftest import KEY
from tests.unit.cli.loopback import Handler, listening

if TYPE_CHECKING:
    from tests.unit.cli.test_setups import Service

OPENAI = "https://api.openai.com/v1"


class ProxyThatRejectsTheLogin(Handler):
    def do_CONNECT(self) -> None:
        self.send_response(407 if self.headers.get("proxy-authorization") else 400)
        self.end_headers()


class MovesToHttps(Handler):
    def do_GET(self) -> None:
        self.answer(301, "", location=f"https://{self.headers['host']}{self.path}")


class FurtherSetups:
    """Each returns what it adds to the environment."""

    service: Service
    folder: Path
    patch: pytest.MonkeyPatch
    stack: ExitStack
    certificates: Any
    slack: Any
    platform: Any

    def written(self, content: str | bytes) -> Mapping[str, str]:
        """Put the settings into `.env` instead of the environment."""
        raw = content.encode() if isinstance(content, str) else content
        (self.folder / ".env").write_bytes(raw)
        return {"IMAGE_API_KEY": "", "IMAGE_BASE_URL": ""}

    def both(self, key: str = KEY) -> str:
        return f"IMAGE_API_KEY={key}\nIMAGE_BASE_URL={self.service.address}\n"

    # ---- the settings file

    def utf16(self) -> Mapping[str, str]:
        return self.written(self.both().encode("utf-16"))

    def windows_lines(self) -> Mapping[str, str]:
        return self.written(b"\xef\xbb\xbf" + self.both().replace("\n", "\r\n").encode())

    def comment_behind(self) -> Mapping[str, str]:
        return self.written(self.both().replace("\n", "  # from the console\n"))

    def set_twice(self) -> Mapping[str, str]:
        self.service.accepts = KEY
        return self.written(self.both() + "IMAGE_API_KEY=sk-canary-old-7777777\n")

    def old_key_in_environment(self) -> Mapping[str, str]:
        self.service.accepts = KEY
        return {**self.written(self.both()), "IMAGE_API_KEY": "sk-canary-old-7777777"}

    def wrong_name(self) -> Mapping[str, str]:
        return self.written(f"IMAGE_API_KEY={KEY}\nIMAGE_API_BASE_URL={self.service.address}\n")

    def file_is_folder(self) -> Mapping[str, str]:
        (self.folder / ".env").mkdir()
        return {}

    def data_dir_is_file(self) -> Mapping[str, str]:
        (self.folder / "data").write_text("a note", encoding="utf-8")
        return {}

    # ---- a copied value

    def other_providers_key(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": "sk-or-v1-canary" + "0a" * 24, "IMAGE_BASE_URL": OPENAI}

    def slack_token_as_key(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": "xoxb-canary-123456789012-abcdefGHIJKL"}

    def bearer(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": f"Bearer {KEY}"}

    def placeholder(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": "your-api-key-here"}

    def invisible(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": f"{KEY[:6]}\u00a0{KEY[6:]}"}

    def endpoint(self) -> Mapping[str, str]:
        return {"IMAGE_BASE_URL": f"{self.service.address}/images/generations"}

    def model_with_space(self) -> Mapping[str, str]:
        return {"IMAGE_MODEL": "gpt image 2"}

    def text_model_as_image_model(self) -> Mapping[str, str]:
        said = "The requested model 'gpt-5-mini' does not support image generation."
        self.service.answers["/v1/images/generations"] = (400, {"error": {"message": said, "type": "invalid_request_error"}})
        return {"IMAGE_MODEL": "gpt-5-mini"}

    # ---- the way

    def proxy_password(self) -> Mapping[str, str]:
        port = self.stack.enter_context(listening(ProxyThatRejectsTheLogin))
        return {"IMAGE_BASE_URL": "https://images.example.invalid/v1", "OUTGOING_PROXY": f"http://ana:canary-pass@127.0.0.1:{port}"}

    def ipv6_only(self) -> Mapping[str, str]:
        real = socket.getaddrinfo

        def only_six(host: Any, port: Any, *more: Any, **named: Any) -> Any:
            if host == "images.example.com":
                return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2001:db8::1", port, 0, 0))]
            return real(host, port, *more, **named)

        self.patch.setattr(socket, "getaddrinfo", only_six)
        return {"IMAGE_BASE_URL": "https://images.example.com/v1"}

    def moved_to_https(self) -> Mapping[str, str]:
        port = self.stack.enter_context(listening(MovesToHttps))
        return {"IMAGE_BASE_URL": f"http://127.0.0.1:{port}/v1"}

    def expired_certificate(self) -> Mapping[str, str]:
        return self._tls("expired")

    def certificate_of_another_host(self) -> Mapping[str, str]:
        return self._tls("wrong_host")

    def inspected(self) -> Mapping[str, str]:
        port = self.stack.enter_context(serving(tls=self.certificates().context("unknown_ca")))
        return {"IMAGE_BASE_URL": f"https://127.0.0.1:{port}/v1"}

    def _tls(self, kind: str) -> Mapping[str, str]:
        made: Certificates = self.certificates()
        port = self.stack.enter_context(serving(tls=made.context(kind)))
        return {"IMAGE_BASE_URL": f"https://127.0.0.1:{port}/v1", "IMAGE_CA_FILE": str(made.authority)}

    # ---- this machine

    def health_port_taken(self) -> Mapping[str, str]:
        taken = self.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        return {"HEALTH_PORT": str(taken.getsockname()[1])}

    def web_port_taken(self) -> Mapping[str, str]:
        self.platform("web")
        taken = self.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        return {"WEB_PORT": str(taken.getsockname()[1])}

    def server_not_running(self) -> Mapping[str, str]:
        return {"DATABASE_URL": "postgresql://imagine:canary-pass@127.0.0.1:9/imagine"}

    def server_password(self) -> Mapping[str, str]:
        if not binaries.found():
            pytest.skip("there is no PostgreSQL here")
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        running = keeper.start(folder)
        self.stack.callback(running.wait, 10)
        self.stack.callback(running.send_signal, signal.SIGQUIT)
        (folder / "data" / "pg_hba.conf").write_text("local all all scram-sha-256\n", encoding="ascii")
        running.send_signal(signal.SIGHUP)
        address = f"postgresql://imagine:canary-pass@/postgres?host={folder / 'socket'}"
        with contextlib.suppress(psycopg.OperationalError):
            while True:  # until it has read its new rules
                psycopg.connect(address).close()
        return {"DATABASE_URL": address}

    # ---- Slack

    def signing_secret_shape(self) -> Mapping[str, str]:
        _, env = self.slack()
        return {**env, "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": env["SLACK_BOT_TOKEN"], "SLACK_HTTP_PORT": "3999"}
