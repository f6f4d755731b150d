"""Every setting stands in .env.example and docs/settings.md, every image service in the lists of services, and the example is itself a
good .env."""

from __future__ import annotations

import re
from collections.abc import Collection
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from bot.providers.services.registry import SERVICES
from bot.sandbox.server import SPOKEN
from bot.settings import KNOWN, load
from bot.texts import say, text

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / ".env.example"


def adapters_variables() -> Collection[str]:
    return {name for point in entry_points(group="imagine_bot.adapters") for name in point.load().variables}


@pytest.mark.parametrize(("file", "pattern"), [(EXAMPLE, r"^#?([A-Z_]+)="), (ROOT / "docs" / "settings.md", r"^\| `([A-Z_]+)` \|")])
def test_every_setting_is_documented_once_with_a_sentence(file: Path, pattern: str) -> None:
    content = file.read_text(encoding="utf-8")
    documented = re.findall(pattern, content, flags=re.MULTILINE)
    assert len(documented) == len(set(documented))
    assert set(documented) >= KNOWN | set(adapters_variables())


def test_every_line_of_the_example_has_a_sentence_above_it() -> None:
    blocks = EXAMPLE.read_text(encoding="utf-8").split("\n\n")
    for block in blocks:
        lines = block.splitlines()
        if re.match(r"#?[A-Z_]+=", lines[-1]):
            assert len(lines) > 1, lines
            assert all(line.startswith("# ") for line in lines[:-1]), lines


def test_the_example_as_it_is_sets_nothing_and_says_nothing() -> None:
    settings = load({}, EXAMPLE, others=adapters_variables())
    assert settings.env == {}
    assert settings.warnings == ()


def test_the_defaults_of_the_example_are_the_real_ones(tmp_path: Path) -> None:
    live = re.sub(r"^#(?=[A-Z_]+=)", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    file = tmp_path / ".env"
    file.write_text(live, encoding="utf-8")
    written, default = load({}, file, others=adapters_variables()).model_dump(), load({}).model_dump()
    for name in default.keys() - {"env", "used", "doubts", "warnings"}:
        assert written[name] == default[name] or name == "image_base_url", name


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_image_service_is_in_the_lists_that_operators_read(language: str) -> None:
    lists = {"settings.about.IMAGE_SERVICE": SERVICES, "cli.help.sandbox_dialect": SPOKEN}
    for key, services in lists.items():
        named = set(re.findall(r"[a-z]+", say(text(key), language)))
        assert set(services) <= named, key


def test_every_image_service_has_its_row_on_the_page_and_its_path_in_the_sandbox() -> None:
    page = (ROOT / "docs" / "services.md").read_text(encoding="utf-8").partition("\n## ")[0]
    assert set(SERVICES) <= set(re.findall(r"`(\w+)`", page))
    assert set(SERVICES) - {"gateway"} == set(SPOKEN)
