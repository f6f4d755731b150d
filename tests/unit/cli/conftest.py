"""The command line as an operator meets it: a folder of their own, an environment without settings, and adapters made for the test."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
import typer

from bot.adapter import Finding, SetupProblem
from bot.cli import plugins
from bot.cli.main import main
from bot.settings import KNOWN


@dataclass
class StandInPlugin:
    """An adapter that needs STANDIN_TOKEN and is never really connected."""

    name: str = "standin"
    variables: Mapping[str, str] = field(default_factory=lambda: {"STANDIN_TOKEN": "Token of the stand-in."})
    cli: typer.Typer | None = None
    findings: Sequence[Finding] = (Finding(True, "Stand-in", "Connected."),)

    def configured(self, env: Mapping[str, str]) -> bool:
        return "STANDIN_TOKEN" in env

    def problems(self, env: Mapping[str, str]) -> Sequence[str]:
        return [] if "STANDIN_TOKEN" in env else ["STANDIN_TOKEN is not set. Put it into .env."]

    def build(self, env: Mapping[str, str], context: Any) -> Any:
        raise SetupProblem("STANDIN_TOKEN was not accepted. Copy it again.")

    async def examine(self, env: Mapping[str, str]) -> Sequence[Finding]:
        return self.findings


class Point:
    """An entry point that does not come from an installed package."""

    def __init__(self, name: str, load: Callable[[], Any]) -> None:
        self.name, self.load = name, load


@dataclass
class Ended:
    code: int
    out: str
    err: str


Call = Callable[..., Ended]
KEY = "sk-canary-4242424242"


@pytest.fixture
def doctor(imagine_bot: Call) -> Call:
    """`imagine-bot doctor` with a key and the stand-in's token."""

    def call(*arguments: str, **env: str) -> Ended:
        return imagine_bot("doctor", *arguments, **{"IMAGE_API_KEY": KEY, "STANDIN_TOKEN": "token-1"} | env)

    return call


@pytest.fixture
def adapters(monkeypatch: pytest.MonkeyPatch) -> dict[str, Point]:
    """Installed adapters, by name; a test adds its own."""
    plugin = StandInPlugin()
    points = {"standin": Point("standin", lambda: plugin)}
    monkeypatch.setattr(plugins, "_points", lambda: points)
    return points


@pytest.fixture
def imagine_bot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], adapters: dict[str, Point]
) -> Iterator[Callable[..., Ended]]:
    """Run the command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in [*KNOWN, "STANDIN_TOKEN"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    hook = sys.excepthook

    def call(*arguments: str, **env: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["imagine-bot", *arguments])
        for name, value in env.items():
            monkeypatch.setitem(os.environ, name, value)
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1 if ended.code else 0
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    yield call
    sys.excepthook = hook
    structlog.reset_defaults()
