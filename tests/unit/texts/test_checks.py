"""`make check` sees words that aren't in the texts, lists joined with a comma, and names of options that Discord would refuse."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))
texts = pytest.importorskip("texts")

PLANTED = {
    "bot/messages/a.py": (
        'a = View(title="Some words here")\n'
        "b = f\"{text('reply.deleted')} and more\"\n"
        'c = " ".join([text("reply.deleted"), money(3)])\n'
        'd = text("help.text", sizes=", ".join(sizes))\n'
        'e = text("help.text", sizes=listed(sizes))\n'
    ),
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
    found = [*texts._outside(), *texts._glued(), *texts._in_scripts()]
    assert [one.partition(" ")[0] for one in found] == [
        "bot/messages/a.py:1",
        "adapters/web/b.py:1",
        "bot/messages/a.py:2",
        "bot/messages/a.py:3",
        "bot/messages/a.py:4",
        "adapters/web/static/c.js:3",
        "adapters/web/static/d.css",
    ]
