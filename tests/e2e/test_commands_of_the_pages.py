"""Every command that the README and the pages for operators and moderators show is run as it stands there: the real program, in a folder
of its own, without key and network. What needs a key says so in a sentence."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.cli.main import app
from tests.e2e.browser.process import PROGRAM, Process

pytest.importorskip("nicegui", reason="the web chat is the extra `web`, which is not installed")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "docs" / "operators.md", ROOT / "docs" / "moderation.md")
OURS = ("WEB_", "IMAGE_", "OPENAI_", "NBILITY_", "DISCORD_", "SLACK_", "DATA_DIR", "DATABASE_URL", "BUDGET_", "MODERATOR_", "OPERATOR_")
GROUP: Any = typer.main.get_command(app)
PLACEHOLDERS = {"REQUEST": "aaaaaaaaaaaaaaaa", "/mnt/backups/": "copies/", "12": "1"}


def commands() -> list[str]:
    """`discord invite`, `requests --state failed`, ...: each once, in the order of the pages."""
    found: dict[str, None] = {}
    for page in PAGES:
        for line in re.findall(r"imagine-bot ((?:[a-z]+|--[a-z-]+)[^`\n#>]*)", page.read_text(encoding="utf-8")):
            if path(line):
                found[" ".join(line.split())] = None
    return list(found)


def path(line: str) -> str:
    """The words of a line that name a command; empty for prose ("imagine-bot never ...")."""
    named, command = [], GROUP
    for word in shlex.split(line):
        command = getattr(command, "get_command", lambda *_: None)(typer.Context(GROUP), word)
        if command is None:
            break
        named.append(word)
    return " ".join(named)


@dataclass(frozen=True)
class Expected:
    """How a command ends where nothing is set."""

    code: int
    says: str
    """On whichever stream."""


ENDS = {
    "run": Expected(2, "IMAGE_API_KEY"),
    "init": Expected(2, "IMAGE_API_KEY is missing"),
    "init --address https://api.openai.com/v1 --key-file key.txt --set WEB_PORT=8080": Expected(
        2, "key.txt for IMAGE_API_KEY can't be read"
    ),
    "init --yes --secret-file DISCORD_BOT_TOKEN=token.txt --set MODERATOR_CHANNEL_DISCORD=123456789012345678": Expected(2, "can't be read"),
    "doctor": Expected(1, "STOP Settings: There's no key for the image service"),
    "explain": Expected(0, "limit"),
    "explain REQUEST": Expected(2, "aaaaaaaaaaaaaaaa"),
    "discord invite": Expected(2, "DISCORD_BOT_TOKEN isn't set"),
    "slack manifest": Expected(0, '"/imagine"'),
    "requests": Expected(0, ""),
    "usage": Expected(0, ""),
    "failures": Expected(2, "There's no ledger"),
    "verify": Expected(2, "no key for the image service"),
    "evidence": Expected(2, "There's no ledger"),
    "restore": Expected(2, "There's no file"),
    "backup": Expected(0, "copies/backup-"),
    "version": Expected(0, "imagine-bot 0."),
    "cases list": Expected(0, ""),
    "cases show": Expected(1, "There's no case 1"),
    "cases export": Expected(0, ""),
    "cases numbers": Expected(0, ""),
    "cases audit-log": Expected(0, ""),
}
STAY = ("demo", "sandbox")
"""These run until they are stopped."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """What `make demo` starts, on a free port and without a browser window."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("there is no make")
    # Inside `make test` this make would take itself for a part of that one, and say where it enters and leaves.
    apart = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    shown = subprocess.run(
        [make, "--no-print-directory", "--dry-run", "--assume-old=.venv/.installed", "demo", "ARGS=--no-browser --port 0"],
        cwd=ROOT,
        env=apart,
        capture_output=True,
        text=True,
        check=True,
    )
    program, *arguments = shlex.split(shown.stdout.splitlines()[-1])
    assert program.endswith("/imagine-bot")
    process = Process(arguments, tmp_path_factory.mktemp("demo"))
    process.start()
    yield process
    process.stop()


def run(folder: Path, words: list[str], given: str = "", **env: str) -> tuple[int, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    done = subprocess.run(
        [PROGRAM, *words], cwd=folder, env={**clean, **env}, input=given, capture_output=True, text=True, timeout=60, check=False
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    return done.returncode, said


@pytest.mark.parametrize("line", [line for line in commands() if path(line) not in STAY])
def test_a_command_of_the_pages_does_what_it_says(line: str, demo: Process) -> None:
    words = [PLACEHOLDERS.get(word, word) for word in shlex.split(line)]
    expected = ENDS.get(line, ENDS.get(path(line)))
    assert expected is not None, f"say in this test how `imagine-bot {line}` ends"
    reads = path(line).split()[0] in ("requests", "usage", "backup", "cases") or line == "explain REQUEST"
    env = {"DATA_DIR": "data/demo"} if reads else {}
    (demo.folder / "copies").mkdir(exist_ok=True)
    code, said = run(demo.folder, words, '{"error": {"code": "billing_hard_limit_reached", "message": "Billing limit."}}', **env)
    assert code == expected.code, said
    assert expected.says in said
    assert said.strip() or expected.code == 0


def test_the_demo_answers_and_ends_at_sigterm(demo: Process) -> None:
    with urllib.request.urlopen(demo.url) as answer:
        assert answer.status == 200
    assert demo.stop() == 0


def test_the_sandbox_says_where_it_is_answers_and_ends_at_sigterm(tmp_path: Path) -> None:
    assert "sandbox" in [path(line) for line in commands()]
    process = Process(["sandbox", "--port", "0"], tmp_path)
    try:
        asked = urllib.request.Request(f"{process.start()}v1/models", headers={"authorization": "Bearer any"})
        with urllib.request.urlopen(asked) as answer:
            assert b"gpt-image" in answer.read()
        assert process.stop() == 0
        assert list(tmp_path.iterdir()) == []
    finally:
        process.stop()


def _tree(command: Any, named: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield named
    context = typer.Context(command)
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        if (found := command.get_command(context, name)) is not None:
            yield from _tree(found, (*named, name))


@pytest.mark.parametrize("named", list(_tree(GROUP)), ids=lambda named: " ".join(named) or "imagine-bot")
def test_every_command_explains_itself(named: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*named, "--help"])
    assert done.exit_code == 0, done.output
    assert "Usage:" in done.output
    assert len(done.output.splitlines()) > 5
