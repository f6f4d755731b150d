"""`make check` sees SQL outside the ledger, and functions that are too long, too wide or too deep."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
complexity = pytest.importorskip("complexity")
project_rules = pytest.importorskip("project_rules")


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("from sqlalchemy import select", True),
        ("    from sqlalchemy.dialects.sqlite import insert", True),
        ("import sqlalchemy", True),
        ('rows = run("SELECT id, state FROM requests")', True),
        ('run("DELETE FROM requests")', True),
        ("run('UPDATE requests SET state = 1')", True),
        ("run('INSERT OR REPLACE INTO requests VALUES (1)')", True),
        ("from sqlalchemy import Connection", False),
        ('text("select one from the list")', False),
    ],
)
def test_sql_is_seen_outside_the_ledger_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, seen: bool) -> None:
    for room in ("ledger", "moderation"):
        (tmp_path / "bot" / room).mkdir(parents=True)
        (tmp_path / "bot" / room / "rows.py").write_text(line + "\n", encoding="utf-8")
    monkeypatch.setattr(project_rules, "ROOT", tmp_path)
    found = project_rules.sql_above_the_ledger()
    assert [one.partition(" ")[0] for one in found] == (["bot/moderation/rows.py"] if seen else [])


@pytest.mark.parametrize(
    ("source", "over"),
    [
        ("def f():\n" + "    x = 1\n" * 40, True),
        ("def f():\n" + "    x = 1\n" * 39, False),
        ("def f(a, b, c, d, e, f, g, h): ...", True),
        ("def f(a, b, c, d, e, f, g, *h): ...", True),
        ("def f(self, a, b, c, d, e, f, *, g): ...", False),
        ("def f():\n if a:\n  for b in c:\n   while d:\n    with e:\n     if g: pass", True),
        ("def f():\n if a: pass\n elif b: pass\n elif c: pass\n elif d: pass\n elif e: pass\n elif g: pass", False),
        ("def f():\n if a:\n  for b in c:\n   while d:\n    def inner():\n     if g:\n      with h: pass", False),
    ],
)
def test_a_function_over_a_limit_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, over: bool) -> None:
    ast.parse(source)
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "a.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(complexity, "EXCEPTIONS", {})
    assert bool(complexity.problems(tmp_path)) == over


def test_a_reason_that_is_no_longer_needed_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complexity, "EXCEPTIONS", {"bot/a.py:f": "for a reason"})
    assert complexity.problems(tmp_path) == ["bot/a.py:f is no longer over a limit; take it out of scripts/complexity.py"]


def test_a_change_whose_place_is_gone_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tests" / "mutants"
    folder.mkdir(parents=True)
    (tmp_path / "rule.py").write_text("def may():\n    allowed = person == owner\n", encoding="utf-8")
    (folder / "groups.toml").write_text(
        '[[group]]\nname = "g"\nmodules = ["rule.py", "gone.py"]\ntests = ["rule.py::test_a"]\n', encoding="utf-8"
    )
    changes = "\n".join(f'[[change]]\nrule = "{one}"\nmodule = "rule.py"\nbefore = "{one}"\nafter = "x"\n' for one in ("owner", "moved"))
    (folder / "by_hand.toml").write_text(changes, encoding="utf-8")
    stays, line_gone, rule_gone = (
        "rule.may: allowed = person == owner -> allowed = None",
        "rule.may: x = 1 -> x = 2",
        "rule, by hand: other",
    )
    keys = (stays, "rule, by hand: owner", line_gone, rule_gone)
    (folder / "explained.toml").write_text("".join(f'"{key}" = "why"\n' for key in keys), encoding="utf-8")
    monkeypatch.setattr(project_rules, "ROOT", tmp_path)
    assert project_rules.outdated_changes() == [
        "tests/mutants/groups.toml names gone.py, which isn't there",
        "tests/mutants/by_hand.toml: 'moved' has 0 places in rule.py; it needs one",
        f"tests/mutants/explained.toml: the code no longer has: {line_gone}",
        f"tests/mutants/explained.toml: the code no longer has: {rule_gone}",
    ]


def test_chinese_first_steps_that_lack_or_invent_a_command_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert project_rules.other_first_steps() == []
    for name in (
        "README.md",
        "README.zh-CN.md",
        *(f"{folder}/{page}.md" for folder in ("docs", "docs/zh-CN") for page in ("web", "discord", "slack")),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((project_rules.ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    page = tmp_path / "docs" / "zh-CN" / "discord.md"
    page.write_text(page.read_text(encoding="utf-8").replace("imagine-bot discord invite", "imagine-bot invite"), encoding="utf-8")
    readme = tmp_path / "README.zh-CN.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("`--spend`", "").replace("docs/zh-CN/web.md", ""), encoding="utf-8")
    monkeypatch.setattr(project_rules, "ROOT", tmp_path)
    assert project_rules.other_first_steps() == [
        "README.zh-CN.md lacks `--spend`",
        "README.zh-CN.md doesn't lead to docs/zh-CN/web.md",
        "docs/zh-CN/discord.md lacks imagine-bot discord invite",
        "docs/zh-CN/discord.md names imagine-bot invite, which docs/discord.md doesn't",
    ]


def test_a_setting_without_a_description_or_a_section_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = pytest.importorskip("pages._settings")
    assert pages.sections()
    monkeypatch.setattr(pages, "has", lambda key: key != "settings.about.MAX_MEMBER_REQUESTS")
    with pytest.raises(SystemExit, match=r"settings\.ftl lacks about-MAX_MEMBER_REQUESTS: "):
        pages.sections()
    monkeypatch.setattr(pages, "KNOWN", pages.KNOWN | {"NEW_SETTING"})
    with pytest.raises(SystemExit, match=r"not in both: NEW_SETTING$"):
        pages.sections()
