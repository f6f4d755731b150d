"""The real program as an operator starts it: a process, a data folder, an address in what it says."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

PROGRAM = Path(sys.executable).parent / "imagine-bot"
_READY = re.compile(rb"(?:Web chat:|Sandbox image service at) (http://[^\s/]+)")
START = 40.0
"""Seconds; the bound of a loaded machine, not the goal."""
_OURS = ("WEB_", "IMAGE_", "OPENAI_", "NBILITY_", "DISCORD_", "SLACK_", "DATA_DIR", "DATABASE_URL", "BUDGET_")


@dataclass
class Process:
    """`imagine-bot` with these arguments. Can be killed and started again on the same data."""

    arguments: list[str]
    folder: Path
    """Its working directory: no .env there."""
    env: dict[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None
    url: str = ""
    said: list[bytes] = field(default_factory=list)
    """Everything it wrote, of all its lives."""

    def start(self) -> str:
        """Start, and wait for the address. Fails with what the program said when there is none."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        self.folder.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + START
        self.running = subprocess.Popen(
            [PROGRAM, *self.arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env={**clean, "PYTHONUNBUFFERED": "1", **self.env},
            start_new_session=True,
        )
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=(self.running.stdout, lines), daemon=True).start()
        while True:
            try:
                line = lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                line = b""
            if not line:
                raise AssertionError(f"no address; it said: {b''.join(self.said)[-3000:].decode(errors='replace')}")
            if match := _READY.search(line):
                self.url = match[1].decode() + "/"
                return self.url

    @property
    def port(self) -> str:
        return self.url.rstrip("/").rpartition(":")[2]

    def kill(self) -> None:
        """kill -9: nothing is cleaned up."""
        assert self.running is not None
        self.running.kill()
        self.running.wait(10)

    def stop(self) -> int:
        """SIGTERM, as a service manager does; the exit code."""
        assert self.running is not None
        if self.running.poll() is None:
            self.running.send_signal(signal.SIGTERM)
        try:
            return self.running.wait(40)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def _read(self, stream: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
        """Keep the pipe empty for as long as the program lives; an empty line at its end."""
        with stream:
            for line in stream:
                self.said.append(line)
                lines.put(line)
        lines.put(b"")


def demo(folder: Path, **env: str) -> Process:
    """`imagine-bot demo` with its data below this folder."""
    return Process(["demo", "--port", "0", "--no-browser", "--data-dir", str(folder / "data")], folder, env)


@dataclass
class Service(Process):
    """`imagine-bot sandbox` on its own: it outlives the bot, and knows what it was asked."""

    def fault(self, kind: str, match: str, **more: object) -> None:
        self._ask("faults", {"kind": kind, "match": match, **more})

    def calls(self, words: str) -> int:
        """How often it was asked for a picture with these words."""
        return sum(words in str(one.get("prompt")) for one in self._ask("log")["calls"])

    def forget_faults(self) -> None:
        self._ask("faults", method="DELETE")

    def _ask(self, what: str, body: object = None, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}_sandbox/{what}", data, {"content-type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def sandbox(folder: Path) -> Service:
    return Service(["sandbox", "--port", "0"], folder)


def run(folder: Path, service: Service, **env: str) -> Process:
    """`imagine-bot run` with the web chat and this image service."""
    settings = {"IMAGE_BASE_URL": f"{service.url}v1", "IMAGE_API_KEY": "any", "DATA_DIR": str(folder / "data"), "WEB_PORT": "0", **env}
    return Process(["run", "--adapters", "web"], folder, settings)
