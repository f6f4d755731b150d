"""In which language the command line speaks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bot.cli
from bot.cli import language_of, screen
from bot.texts import text
from tests.languages import Changed, shouted, speak


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-Hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "de_AT@euro"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "zh_TW.UTF-8", "LC_MESSAGES": "fr_FR"}, "zh-Hant"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, "de"),
    ],
)
def test_the_terminals_language_is_the_first_that_it_names(env: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.cli, "for_operators", lambda language: language)
    assert language_of(env) == expected


def test_a_language_without_operators_texts_is_not_mixed_with_english() -> None:
    assert language_of({"LANG": "fr_FR.UTF-8"}) == "en"


def test_what_is_printed_is_in_the_terminals_language(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    speak(monkeypatch, "xx", Changed(shouted))
    monkeypatch.setattr(screen, "LANGUAGE", "xx")
    screen.say(text("cli.demo_try"))
    screen.complain([text("cli.demo_try")])
    said = capsys.readouterr()
    assert said.out == f"!{text('cli.demo_try')}\n"
    assert said.err == f"imagine-bot: !{text('cli.demo_try')}\n"


def test_help_is_in_the_terminals_language_from_the_first_text_on(tmp_path: Path) -> None:
    code = (
        "import bot.texts, bot.texts.files as files, sys\n"
        "from tests.languages import Changed, shouted\n"
        "made = Changed(shouted)\n"
        "bot.texts.catalogue = lambda asked: made if asked == 'zh-Hans' else files.catalogue(asked)\n"
        "bot.texts.for_operators = lambda language: language\n"
        "from bot.cli.main import app\n"
        "app(['--help'], standalone_mode=False)\n"
    )
    env = {**os.environ, "LC_ALL": "zh_CN.UTF-8", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, encoding="utf-8", check=True)
    assert "!" + str(text("cli.help.doctor"))[:20] in done.stdout
