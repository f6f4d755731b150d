"""What the README and the pages for people say exists: files, tests, commands, options, make targets, settings."""

from __future__ import annotations

import re
import shlex
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli.main import app
from bot.domain.kinds import Kind
from bot.settings import KNOWN, secret_files

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "docs" / "operators.md"]


def content(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", content(page))
    assert links
    for link in links:
        if "://" not in link:
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_is_named_exists(page: Path) -> None:
    everything = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    for name in re.findall(r"`(test_\w+)`", content(page)):
        assert f"def {name}(" in everything, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_parses_with_its_options(page: Path) -> None:
    group: Any = typer.main.get_command(app)
    found = 0
    for line in re.findall(r"imagine-bot ((?:[a-z]+|--[a-z-]+)[^`\n#]*)", content(page)):
        words = shlex.split(line.strip())
        command: Any = group
        context: Any = typer.Context(group)
        while words and (following := getattr(command, "get_command", lambda *_: None)(context, words[0])) is not None:
            command, words = following, words[1:]
        if command is group:
            continue  # "imagine-bot for ...": prose
        found += 1
        options = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
        for word in words:
            if word.startswith("--"):
                assert word.partition("=")[0] in options, f"{line}: {word}"
    assert found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", content(ROOT / "Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^    |`)make ([a-z]+)", content(page), flags=re.MULTILINE))
    assert named
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    known = KNOWN | {name for point in entry_points(group="imagine_bot.adapters") for name in point.load().variables}
    known |= secret_files.names(known)
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`", content(page)))
    assert named
    assert named <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_sandbox_marker_that_is_named_is_a_kind(page: Path) -> None:
    named = set(re.findall(r"sandbox:([a-z_]+)", content(page)))
    assert named
    assert named <= {kind.value for kind in Kind}
