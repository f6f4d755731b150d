"""The real process as an operator starts it: what it says, what it leaves behind, how it ends."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.settings import KNOWN

pytest.importorskip("nicegui", reason="the web chat is the extra `web`, which is not installed")

PROGRAM = [sys.executable, "-c", "from bot.cli.main import main; main()"]
TIMEOUT = 180.0
"""Seconds until a process is given up; a start takes two to three, and several times that on a loaded machine."""


class Process:
    """A started command; its lines are read as they come."""

    def __init__(self, folder: Path, *arguments: str, **env: str) -> None:
        clean = {
            name: value for name, value in os.environ.items() if name not in KNOWN and not name.startswith(("DISCORD_", "SLACK_", "WEB_"))
        }
        self.popen = subprocess.Popen(
            [*PROGRAM, *arguments], cwd=folder, env={**clean, **env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._watchdog = threading.Timer(TIMEOUT, self.popen.kill)
        self._watchdog.start()

    def line_with(self, part: str) -> str:
        """The first line of the output that holds this."""
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            if part in line:
                return line
        raise AssertionError(
            f"ended with {self.popen.wait()} without saying {part!r}: {self.popen.stderr.read() if self.popen.stderr else ''}"
        )

    def ended(self) -> tuple[int, str]:
        """Exit code and standard error."""
        _, err = self.popen.communicate()
        self._watchdog.cancel()
        assert "Traceback" not in err
        return self.popen.returncode, err

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        self.popen.send_signal(how)
        return self.ended()


Start = Callable[..., Process]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Process] = []

    def begin(*arguments: str, **env: str) -> Process:
        running.append(Process(tmp_path, *arguments, **env))
        return running[-1]

    yield begin
    for process in running:
        if process.popen.poll() is None:
            process.popen.kill()
            process.popen.communicate()
        process._watchdog.cancel()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def demo(*more: str) -> tuple[str, ...]:
    return ("demo", "--no-browser", "--port", "0", *more)


def test_the_demo_listens_says_where_keeps_others_off_its_data_and_ends_quietly(start: Start, tmp_path: Path) -> None:
    first = start(*demo())
    address = first.line_with("http://").split()[-1]
    first.line_with("sandbox:safety_prompt")
    code, err = start(*demo()).ended()
    assert code == 1
    assert f"process {first.popen.pid}" in err
    assert start("requests", "--data-dir", "data/demo").ended()[0] == 0
    assert start("backup", "copy.db", DATA_DIR="data/demo").ended()[0] == 0
    with urllib.request.urlopen(address) as answer:
        assert answer.status == 200
    first.popen.send_signal(signal.SIGTERM)
    first.line_with("Stopping. Nothing is being drawn")
    assert first.ended() == (0, "")
    assert (tmp_path / "data" / "demo" / "imagine-bot.db").exists()


def test_killed_without_warning_the_demo_starts_again_on_its_data_and_ctrl_c_ends_it(start: Start) -> None:
    process = start(*demo())
    process.line_with("http://")
    process.stop(signal.SIGKILL)
    again = start(*demo())
    again.line_with("http://")
    assert again.stop(signal.SIGINT) == (0, "")


def test_a_port_in_use_is_a_sentence_and_leaves_nothing_behind(start: Start, tmp_path: Path, taken: int) -> None:
    for arguments in (("demo", "--no-browser", "--port", str(taken)), ("sandbox", "--port", str(taken))):
        code, err = start(*arguments).ended()
        assert code == 1
        assert str(taken) in err
        assert "--port" in err
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_at_the_start_ends_the_process_with_a_sentence(tmp_path: Path) -> None:
    # A limit on the size of files stands for the full disk: SQLite reports both as a failed write.
    done = subprocess.run(
        [*PROGRAM, *demo("--data-dir", "small")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)),
    )
    assert done.returncode == 1, done.stderr
    assert "disk is full" in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_and_a_real_run_accept_the_sandbox_as_image_service(start: Start, tmp_path: Path) -> None:
    sandbox = start("sandbox", "--port", "0")
    address = sandbox.line_with("IMAGE_BASE_URL=").partition("IMAGE_BASE_URL=")[2].split()[0]
    env = {"IMAGE_BASE_URL": address, "IMAGE_API_KEY": "sk-canary-123456", "WEB_PORT": "0"}
    examined = start("doctor", **env)
    examined.line_with("Everything that was checked is fine.")
    assert examined.ended()[0] == 0
    bot = start("run", **env)
    assert bot.popen.stderr is not None
    said = ""
    while "http://127.0.0.1" not in said:
        line = bot.popen.stderr.readline()
        assert line, said
        said += line
    code, err = bot.stop()
    assert code == 0
    assert "canary" not in said + err
    events = [json.loads(line)["event"] for line in (said + err).splitlines()]
    assert "stopping" in events
    assert (tmp_path / "data" / "imagine-bot.db").exists()
    assert sandbox.stop() == (0, "")


def test_the_sandbox_speaks_a_named_service_and_says_what_to_set(start: Start) -> None:
    for dialect, model in (("replicate", "black-forest-labs/flux-schnell"), ("openrouter", "openai/gpt-image-2")):
        sandbox = start("sandbox", "--port", "0", "--dialect", dialect.title())
        said = sandbox.line_with("IMAGE_SERVICE=")
        env = {name: said.partition(f"{name}=")[2].split()[0].rstrip(",") for name in ("IMAGE_SERVICE", "IMAGE_BASE_URL")}
        assert env["IMAGE_SERVICE"] == dialect
        examined = start("doctor", "--spend", IMAGE_API_KEY="sk-canary-123456", IMAGE_MODEL=model, WEB_PORT="0", **env)
        examined.line_with("Everything that was checked is fine.")
        assert examined.ended()[0] == 0
        assert sandbox.stop() == (0, "")
    code, err = start("sandbox", "--port", "0", "--dialect", "midjourney").ended()
    assert code == 2
    assert "doesn't speak midjourney" in err
    assert "openrouter" in err


def test_a_run_whose_key_is_refused_says_so_at_the_start_and_listens_all_the_same(start: Start) -> None:
    class Refuses(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"error": {"code": "invalid_api_key", "message": "Incorrect API key provided"}}'
            self.send_response(401)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Refuses) as service:
        threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        bot = start(
            "run", IMAGE_BASE_URL=f"http://127.0.0.1:{service.server_address[1]}/v1", IMAGE_API_KEY="sk-canary-123456", WEB_PORT="0"
        )
        assert bot.popen.stderr is not None
        missing = {"ready", "image_service_check_failed", "operator_notice"}
        while missing:
            line = bot.popen.stderr.readline()
            assert line, missing
            assert "canary" not in line
            missing.discard(json.loads(line)["event"])
        assert bot.stop()[0] == 0
        service.shutdown()
