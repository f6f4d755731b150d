"""Doctor beside a running bot and before set-ups that are really broken: each is named as what it is."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from bot.adapter import Finding
from bot.cli import keys, plugins
from bot.ledger.store import Ledger
from bot.ports import SystemPorts
from bot.settings import load
from tests.unit.cli.broken import Certificates, serving
from tests.unit.cli.conftest import Call, Ended, Point, StandInPlugin


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


def stopped(ended: Ended) -> str:
    """The line with STOP and what follows it."""
    assert ended.code == 1, ended.out
    assert "canary" not in ended.out + ended.err
    return " ".join(ended.out[ended.out.index("STOP") :].split())


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("self_signed", "certificate is self-signed"),
        ("unknown_ca", "doesn't know the CA"),
        ("expired", "certificate has expired"),
        ("wrong_host", "certificate is for a different host name"),
    ],
)
def test_the_reason_of_a_failed_handshake_is_named_with_host_and_port(
    doctor: Call, certificates: Certificates, kind: str, said: str
) -> None:
    trusted = {} if kind in ("self_signed", "unknown_ca") else {"IMAGE_CA_FILE": str(certificates.authority)}
    with serving(tls=certificates.context(kind)) as port:
        told = stopped(doctor(IMAGE_BASE_URL=f"https://127.0.0.1:{port}/v1", **trusted))
    assert said in told
    assert f"127.0.0.1:{port}" in told
    assert "charged" not in told.partition("Steps,")[0]


def test_https_to_a_port_that_speaks_http_is_that(doctor: Call) -> None:
    with serving() as port:
        assert "doesn't speak TLS" in stopped(doctor(IMAGE_BASE_URL=f"https://127.0.0.1:{port}/v1"))


def test_a_proxy_that_refuses_is_named_before_the_service(doctor: Call) -> None:
    with serving() as port:
        told = stopped(doctor(IMAGE_BASE_URL="https://images.example.invalid/v1", IMAGE_PROXY=f"http://127.0.0.1:{port}"))
    assert told.index(f"127.0.0.1:{port}") < told.index("images.example.invalid")
    assert "proxy" in told[: told.index("images.example.invalid")]


@pytest.mark.parametrize("how", ["cut", 500, 502, 503, 504])
def test_nothing_is_said_of_charges_where_only_the_model_list_was_asked_for(doctor: Call, how: int | str) -> None:
    with serving(how) as port:
        told = stopped(doctor(IMAGE_BASE_URL=f"http://127.0.0.1:{port}/v1"))
    for word in ("may have been", "paid attempt", "sends the request again"):
        assert word not in told.partition("Steps,")[0]
    assert f"127.0.0.1:{port}" in told


@pytest.fixture
def service() -> Iterator[str]:
    with serving() as port:
        yield f"http://127.0.0.1:{port}/v1"


HOLD = """import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(sys.argv[2])
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""
LISTEN = """import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def other_program(script: str, *arguments: str) -> Iterator[tuple[int, str]]:
    """Another process that runs this script until its input ends: its id and its first line."""
    begun = subprocess.Popen([sys.executable, "-c", script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert begun.stdout is not None
        yield begun.pid, begun.stdout.readline().strip()
    finally:
        begun.communicate("")


@contextlib.contextmanager
def running(data: Path) -> Iterator[None]:
    """A bot's hold on its data folder."""
    ports = SystemPorts()
    with asyncio.Runner() as loop:
        ledger = loop.run(Ledger.open(data, ports.now, ports.new_id))
        yield
        loop.run(ledger.close())


@pytest.mark.parametrize("mode", ["PRAGMA journal_mode=WAL", "PRAGMA journal_mode=DELETE", "PRAGMA locking_mode=EXCLUSIVE"])
def test_a_database_that_another_process_locks_is_seen_with_that_process(doctor: Call, service: str, tmp_path: Path, mode: str) -> None:
    with running(tmp_path / "data"):
        pass
    file = tmp_path / "data" / "imagine-bot.db"
    with other_program(HOLD, str(file), mode) as (pid, said):
        assert said == "held"
        told = stopped(doctor(IMAGE_BASE_URL=service))
        assert "is locked by another program" in told
        if sys.platform == "linux":
            assert f"process {pid} " in told
    assert doctor(IMAGE_BASE_URL=service).code == 0


def test_beside_a_running_bot_its_port_is_no_fault_and_somebody_elses_is(
    doctor: Call, service: str, tmp_path: Path, adapters: dict[str, Point]
) -> None:
    busy = StandInPlugin()
    adapters["standin"] = Point("standin", lambda: busy)
    with running(tmp_path / "data"), socket.create_server(("127.0.0.1", 0)) as ours:
        port = ours.getsockname()[1]
        busy.findings = [Finding(False, "Stand-in", "The port is in use.", port)]
        ended = doctor(IMAGE_BASE_URL=service)
        assert ended.code == 0, ended.out
        assert "ok   Bot: A bot is running on this data folder (process" in ended.out
        assert f"Port {port} is used by the running bot" in ended.out
        with other_program(LISTEN) as (_, theirs):
            busy.findings = [Finding(False, "Stand-in", "The port is in use.", int(theirs))]
            if sys.platform == "linux":
                assert "The port is in use." in stopped(doctor(IMAGE_BASE_URL=service))
    busy.findings = [Finding(False, "Stand-in", "The port is in use.", port)]
    assert "The port is in use." in stopped(doctor(IMAGE_BASE_URL=service))


@pytest.mark.parametrize(
    ("base", "key", "fits"),
    [
        ("https://api.openai.com/v1", "abc", False),
        ("https://api.openai.com/v1", "hello", False),
        ("https://api.openai.com/v1", "sk-short", False),
        ("https://api.openai.com/v1", "sk-proj-" + "aB3_-" * 12, True),
        ("https://api.openai.com/v1", "sk-or-v1-" + "a" * 40, False),
        ("https://api.openai.com/v1", "sk-ant-api03-" + "a" * 40, False),
        ("https://gateway.example/v1", "sk-or-v1-" + "a" * 40, True),
        ("https://gateway.example/v1", "ghp_" + "a" * 36, False),
        ("https://openrouter.ai/api/v1", "sk-" + "a" * 40, False),
        ("https://openrouter.ai/api/v1", "sk-or-v1-" + "a" * 40, True),
        ("https://api.x.ai/v1", "xai-" + "a" * 40, True),
        ("https://gateway.example/v1", "abc", True),
        ("http://127.0.0.1:8090/v1", "hello", True),
    ],
)
def test_a_key_has_the_shape_of_its_service_where_that_is_known(base: str, key: str, fits: bool) -> None:
    said = keys.misshapen(load({"IMAGE_API_KEY": key, "IMAGE_BASE_URL": base}))
    assert (said is None) is fits
    assert said is None or (key not in said and "IMAGE_API_KEY" in said)


def test_a_key_that_cannot_be_one_stops_before_anything_is_asked(doctor: Call) -> None:
    assert "doesn't look like a key for api.openai.com" in stopped(
        doctor(IMAGE_API_KEY="hello", IMAGE_BASE_URL="https://api.openai.com/v1")
    )


DISCORD = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe." + "x" * 38
SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-123456789012-1234567890123-" + "a" * 24,
    "SLACK_APP_TOKEN": "xapp-1-A0123456789-1234567890123-" + "0a" * 32,
}


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"DISCORD_BOT_TOKEN": "abc"}, "DISCORD_BOT_TOKEN"),
        ({"DISCORD_BOT_TOKEN": "hello"}, "DISCORD_BOT_TOKEN"),
        ({"DISCORD_BOT_TOKEN": DISCORD.replace(".", "")}, "DISCORD_BOT_TOKEN"),
        ({"DISCORD_BOT_TOKEN": "abc", "DISCORD_API_BASE": "http://127.0.0.1:9/api/v10"}, "DISCORD_BOT_TOKEN"),
        ({"DISCORD_BOT_TOKEN": DISCORD}, ""),
        ({"DISCORD_BOT_TOKEN": "any-token-of-a-test", "DISCORD_API_BASE": "http://127.0.0.1:9/api/v10"}, ""),
        (SLACK, ""),
        ({**SLACK, "SLACK_BOT_TOKEN": "hello"}, "SLACK_BOT_TOKEN"),
        ({**SLACK, "SLACK_APP_TOKEN": "abc"}, "SLACK_APP_TOKEN"),
        ({**SLACK, "SLACK_SIGNING_SECRET": "hello-hello"}, "SLACK_SIGNING_SECRET"),
        ({**SLACK, "SLACK_SIGNING_SECRET": "0123456789abcdef" * 2}, ""),
        ({**SLACK, "SLACK_BOT_TOKEN": "hello", "SLACK_API_URL": "http://127.0.0.1:9/api/"}, "SLACK_BOT_TOKEN"),
    ],
)
def test_a_token_that_cannot_be_one_stops_before_any_service_is_asked(
    doctor: Call, adapters: dict[str, Point], env: dict[str, str], named: str
) -> None:
    for name in ("discord", "slack"):
        adapters[name] = Point(name, partial(_plugin, name))
    told = stopped(doctor(IMAGE_BASE_URL="http://127.0.0.1:9/v1", **env))
    if named:
        assert told.startswith("STOP Settings:")
        assert named in told
    else:
        assert told.startswith("STOP Port (TCP):")
    assert all(value not in told for name, value in env.items() if "TOKEN" in name and len(value) > 8)


def _plugin(name: str) -> object:
    return next(point for point in entry_points(group=plugins.GROUP) if point.name == name).load()


def test_a_service_whose_certificate_is_trusted_is_well(doctor: Call, certificates: Certificates) -> None:
    with serving(tls=certificates.context("good")) as port:
        assert doctor(IMAGE_BASE_URL=f"https://127.0.0.1:{port}/v1", IMAGE_CA_FILE=str(certificates.authority)).code == 0
