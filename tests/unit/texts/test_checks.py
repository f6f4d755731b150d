"""`make check` sees words that aren't in the texts, lists joined with a comma, names of options that Discord would refuse, translations of
an older English, and buttons that a sentence calls something else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))
texts = pytest.importorskip("texts")
translations = pytest.importorskip("translations")

PLANTED = {
    "bot/messages/a.py": (
        'a = View(title="Some words here")\n'
        "b = f\"{text('reply.deleted')} and more\"\n"
        'c = " ".join([text("reply.deleted"), money(3)])\n'
        'd = text("help.text", sizes=", ".join(sizes))\n'
        'e = text("help.text", sizes=listed(sizes))\n'
    ),
    "bot/cli/e.py": 'raise Stop(text("cli.state_unknown", known=", ".join(known)))\n',
    "adapters/web/b.py": 'part("p", "Some words here", "a class")\npart("p", text("web.title"), "button primary")\n',
    "adapters/web/static/c.js": '"use strict";\nitem.className = "attached loading";\nline.textContent = "Please try again";\n',
    "adapters/web/static/d.css": '.a::before { content: "Connection lost"; }\n.b::before { content: " ↓"; }\n',
}


def test_each_planted_fault_is_named_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, source in PLANTED.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source, encoding="utf-8")
    for name in (one for one in texts.SAID_IN if one.endswith(".py")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.setattr(texts, "ROOT", tmp_path)
    found = [*texts._outside(), *texts._glued(), *texts._listed_by_hand(), *texts._in_scripts()]
    assert [one.partition(" ")[0] for one in found] == [
        "bot/messages/a.py:1",
        "adapters/web/b.py:1",
        "bot/messages/a.py:2",
        "bot/messages/a.py:3",
        "bot/cli/e.py:1",
        "bot/messages/a.py:4",
        "adapters/web/static/c.js:3",
        "adapters/web/static/d.css",
    ]


KEY = "failures.rate_limited.member"


def test_a_translation_of_an_older_english_is_named_until_somebody_compared_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every, file = texts.translated(), tmp_path / "bot" / "texts" / "compared.txt"
    file.parent.mkdir(parents=True)
    now = translations.english()[KEY]
    file.write_text(translations.COMPARED.read_text(encoding="utf-8").replace(f"{KEY} {now}\n", f"{KEY} 00000000\n"), encoding="utf-8")
    monkeypatch.setattr(translations, "COMPARED", file)
    assert [f"{KEY} changed" in one for one in translations.problems(every, ())] == [True]
    assert list(translations.problems(every, [KEY])) == []  # put off with --later
    translations.note([KEY], "de", every)
    assert translations.stale(every) == {KEY: sorted(set(every) - {"de"})}
    for language in every:
        translations.note([KEY], language, every)
    assert translations.stale(every) == {}
    assert f"{KEY} {now}\n" in file.read_text(encoding="utf-8")  # all of them: no list


def test_lines_that_a_merge_left_count_together_and_new_and_gone_keys_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every, file = texts.translated(), tmp_path / "bot" / "texts" / "compared.txt"
    file.parent.mkdir(parents=True)
    now = translations.english()[KEY]
    lines = translations.COMPARED.read_text(encoding="utf-8")
    file.write_text(lines.replace(f"{KEY} {now}\n", f"{KEY} 00000000\n{KEY} {now} de\n{KEY} {now} fr\n"), encoding="utf-8")
    monkeypatch.setattr(translations, "COMPARED", file)
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "english", lambda: {KEY: now})
    assert translations.stale(every) == {KEY: sorted(set(every) - {"de", "fr"})}
    file.write_text("batch.about 976659e9\n", encoding="utf-8")
    assert [one.startswith("bot/texts/compared.txt lacks 1 keys and has 1") for one in translations.problems(every, ())] == [True]
    translations.note([], "", every)
    assert file.read_text(encoding="utf-8") == f"{KEY} {now}\n"


def test_a_sentence_that_calls_a_button_something_else_is_named() -> None:
    def said(language: str, key: str) -> str:
        words = translations._words(language, key)
        return words.replace("„Erneut versuchen“", "„Nochmal“") if (language, key) == ("de", KEY) else words

    assert list(translations.misnamed(["de", "ja"])) == []
    assert list(translations.misnamed(["de", "ja"], said)) == [f"bot/texts/de: {KEY} should name the button Erneut versuchen (Retry)"]
