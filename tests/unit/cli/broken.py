"""Services that are broken in one way each: TLS with certificates made on the spot, answers that break off, a proxy that refuses."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.cli.loopback import Handler, listening

MODELS = {"data": [{"id": "gpt-image-2"}]}


class _Models(Handler):
    """Lists one model, or does what the server was made for."""

    def do_GET(self) -> None:
        how = getattr(self.server, "how", None)
        if how == "cut":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status = how if isinstance(how, int) else 200
        self.answer(status, MODELS if status == 200 else {"error": {"message": "Internal error", "type": "server_error"}})

    def do_CONNECT(self) -> None:
        self.send_response(403)
        self.end_headers()


@contextlib.contextmanager
def serving(how: int | str | None = None, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of such a server."""
    with listening(_Models, how=how, tls=tls) as port:
        yield port


class Certificates:
    """Made with the openssl command: an authority that nobody knows, and certificates of every unhappy kind."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("openssl")
        if found is None:
            pytest.skip("there is no openssl command")
        self.folder, self.openssl = folder, found
        self.authority = folder / "authority.pem"
        self._new("authority", "test authority", self_signed=True)

    def context(self, kind: str) -> ssl.SSLContext:
        """`self_signed`, `unknown_ca`, `expired`, `wrong_host` or `good`."""
        if kind == "self_signed":
            self._new(kind, "localhost", self_signed=True)
        else:
            self._signed(
                kind, "DNS:elsewhere.example" if kind == "wrong_host" else "IP:127.0.0.1,DNS:localhost", -1 if kind == "expired" else 9
            )
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.folder / f"{kind}.pem", self.folder / f"{kind}.key")
        return made

    def _new(self, name: str, subject: str, *, self_signed: bool) -> None:
        kind = ["-x509", "-days", "9", "-out", f"{name}.pem"] if self_signed else ["-out", f"{name}.csr"]
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        self._run("req", *kind, *curve, "-keyout", f"{name}.key", "-subj", f"/CN={subject}")

    def _signed(self, name: str, names: str, days: int) -> None:
        self._new(name, "localhost", self_signed=False)
        (self.folder / "names").write_text(f"subjectAltName={names}\n", encoding="utf-8")
        by = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-extfile", "names"]
        self._run("x509", "-req", "-in", f"{name}.csr", *by, "-days", str(days), "-out", f"{name}.pem")

    def _run(self, *arguments: str) -> None:
        subprocess.run([self.openssl, *arguments], cwd=self.folder, check=True, capture_output=True)
