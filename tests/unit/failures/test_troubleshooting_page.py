"""The generated pages: current, complete, and a stale one is named."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from bot.domain.kinds import Kind

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "scripts" / "generate_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_troubleshooting_page_says_what_the_bot_says(generator: ModuleType) -> None:
    written = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    assert written == generator.generators()["docs/troubleshooting.md"]().rstrip("\n") + "\n"


def test_every_kind_has_its_place_and_every_link_leads_somewhere() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)
    places = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(Kind) <= places
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= places


def test_a_stale_page_is_named_and_fails_the_check(
    generator: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generator, "ROOT", tmp_path)
    monkeypatch.setattr(generator, "generators", lambda: {"docs/page.md": lambda: "new\n"})
    assert generator.main(["--check"]) == 1
    assert "docs/page.md is stale" in capsys.readouterr().out
    assert generator.main([]) == 0
    assert (tmp_path / "docs" / "page.md").read_text(encoding="utf-8") == "new\n"
    assert generator.main(["--check"]) == 0
    assert generator.main(["--chekc"]) == 2
