"""Editing `.env`: what is set reads back as it was given, and every other byte stays."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import env_edit
from bot.settings.dotenv import parse
from bot.settings.env_edit import edited, replace_private

HERE = Path(".env")
MINE = "# my notes\n\nIMAGE_API_KEY=old # from the console\nexport OTHER='a # b'   # kept\nnot a setting at all\n#IMAGE_MODEL=gpt-image-2\n"


def test_values_change_where_they_stand_and_everything_else_stays() -> None:
    found = edited(
        MINE, {"IMAGE_API_KEY": "new", "OTHER": "c", "IMAGE_MODEL": "gpt-image-1", "WEB_PORT": "8080"}, {"WEB_PORT": "The port."}
    )
    assert found == (
        "# my notes\n\nIMAGE_API_KEY=new # from the console\nexport OTHER=c   # kept\nnot a setting at all\n"
        "#IMAGE_MODEL=gpt-image-2\nIMAGE_MODEL=gpt-image-1\n\n# The port.\nWEB_PORT=8080\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "A=1\n"),
        ("B=2", "B=2\n\nA=1\n"),
        ("A=\n", "A=1\n"),
        ("A\n", "A=1\n"),
        ("A=0\nA=3\n", "A=1\nA=1\n"),
        ("B=2\r\nA = 0\r\n", "B=2\r\nA=1\r\n"),
        ('A="two\nlines" # note\nB=2\n', "A=1 # note\nB=2\n"),
        ("#A=0", "#A=0\nA=1\n"),
        ("AA=0\n#AA=0\n", "AA=0\n#AA=0\n\nA=1\n"),
    ],
)
def test_every_way_of_writing_an_assignment(before: str, after: str) -> None:
    assert edited(before, {"A": "1"}) == after


def test_an_empty_value_leaves_the_name_without_one() -> None:
    assert edited("A=1 # why\nB=2\n", {"A": "", "C": ""}) == "A= # why\nB=2\n"


NAMES = st.sampled_from(["A", "B_C", "IMAGE_API_KEY"])
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20).filter(
    lambda value: not set(value[:1] + value[-1:]) & set("\"'`")
)
LINES = st.sampled_from(["# note", "", "A=1", "B_C='x y' # n", "export IMAGE_API_KEY=k", "nonsense here", "#A=0", "D=4"])


@given(st.lists(LINES), st.dictionaries(NAMES, VALUES), st.sampled_from(["\n", "\r\n"]))
def test_what_was_set_reads_back_and_nothing_else_changed(lines: list[str], values: dict[str, str], end: str) -> None:
    before = "".join(f"{line}{end}" for line in lines)
    after = edited(before, values)
    was, now = parse(before, HERE), parse(after, HERE)
    assert dict(now.values) == {**was.values, **values}
    assert len(now.problems) == len(was.problems)
    assert [one for one in lines if one.startswith("#")] == [one for one in after.split(end) if one in ("# note", "#A=0")]
    assert edited(after, values) == after


def test_the_file_is_for_its_owner_alone_and_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("A=1\n", encoding="utf-8")
    (tmp_path / "real").chmod(0o644)
    (tmp_path / ".env").symlink_to("real")
    replace_private(tmp_path / ".env", "A=2\n")
    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8") == "A=2\n"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == [".env", "real"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("A=1\n", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(env_edit.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_private(tmp_path / ".env", "A=2\n")
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {".env": "A=1\n"}
