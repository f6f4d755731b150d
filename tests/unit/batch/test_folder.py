"""The folder that a batch is written into: whole files, none overwritten, and a manifest that only grows."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from bot.batch.folder import MANIFEST, FolderProblem, OutputFolder, sweep_parts
from bot.batch.labels import LabelProblem, labels
from bot.batch.records import OutputFile
from bot.domain.outcome import Picture
from bot.texts import has

PICTURE = Picture("ab" * 32, "png", 8, 8, 3)


def folder(path: Path, content: bytes = b"one") -> OutputFolder:
    return OutputFolder(path, lambda picture: content)


def one(key: str = "b:1:final:r", **papers: object) -> OutputFile:
    return OutputFile("0001-a-door", "final", {"number": 1, "stage": "final", **papers}, key, PICTURE)


def names(path: Path) -> list[str]:
    return sorted(str(found.relative_to(path)) for found in path.rglob("*") if found.is_file())


def test_a_picture_and_its_papers_are_written_and_listed(tmp_path: Path) -> None:
    folder(tmp_path).write([one()])
    assert names(tmp_path) == ["0001-a-door/final.json", "0001-a-door/final.png", MANIFEST]
    (line,) = (tmp_path / MANIFEST).read_text().splitlines()
    assert json.loads(line) == {"key": "b:1:final:r", "file": "0001-a-door/final.png", "number": 1, "stage": "final"}


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    folder(tmp_path).write([one()])
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in names(tmp_path)}
    again = folder(tmp_path)
    again.write([one()] if "b:1:final:r" not in again.known() else [])
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in names(tmp_path)} == before


def test_a_kill_between_file_and_manifest_lists_the_same_file(tmp_path: Path) -> None:
    folder(tmp_path).write([one()])
    (tmp_path / MANIFEST).unlink()
    folder(tmp_path).write([one()])
    assert names(tmp_path) == ["0001-a-door/final.json", "0001-a-door/final.png", MANIFEST]
    assert len((tmp_path / MANIFEST).read_text().splitlines()) == 1


def test_a_name_that_is_taken_is_never_overwritten(tmp_path: Path) -> None:
    folder(tmp_path, b"one").write([one()])
    folder(tmp_path, b"two").write([one("b:1:final:s")])
    assert (tmp_path / "0001-a-door/final.png").read_bytes() == b"one"
    assert (tmp_path / "0001-a-door/final-2.png").read_bytes() == b"two"
    assert [json.loads(line)["file"] for line in (tmp_path / MANIFEST).read_text().splitlines()] == [
        "0001-a-door/final.png",
        "0001-a-door/final-2.png",
    ]


def test_a_link_under_the_name_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(b"theirs")
    place = tmp_path / "out"
    (place / "0001-a-door").mkdir(parents=True)
    (place / "0001-a-door/final.png").symlink_to(outside)
    folder(place).write([one()])
    assert outside.read_bytes() == b"theirs"
    assert (place / "0001-a-door/final-2.png").read_bytes() == b"one"


def test_a_lost_picture_is_named_and_not_listed(tmp_path: Path) -> None:
    def gone(picture: Picture) -> bytes:
        raise LookupError(picture.sha256)

    assert OutputFolder(tmp_path, gone).write([one()]) == ["0001-a-door/final"]
    assert not (tmp_path / MANIFEST).exists()


def test_half_written_files_of_a_killed_process_are_removed(tmp_path: Path) -> None:
    (tmp_path / "0001").mkdir()
    (tmp_path / "0001/.abc.part").write_bytes(b"half")
    sweep_parts(tmp_path)
    assert names(tmp_path) == []


def test_a_file_in_the_way_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "covers").write_text("x")
    for path in (tmp_path / "covers", tmp_path / "covers" / "below"):
        with pytest.raises(FolderProblem) as caught:
            folder(path).prepare()
        assert caught.value.key == "file"
    assert has("batch.folder.file")


@pytest.mark.parametrize(("number", "key"), [(errno.ENOSPC, "full"), (errno.EACCES, "unwritable"), (errno.EROFS, "unwritable")])
def test_a_full_or_read_only_folder_is_a_sentence_with_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, key: str
) -> None:
    there = folder(tmp_path)

    def refused(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("bot.batch.folder.os.fsync", refused)
    for work in (there.prepare, lambda: there.write([one()])):
        with pytest.raises(FolderProblem) as caught:
            work()
        assert caught.value.key == key
    assert names(tmp_path) == []
    assert has(f"batch.folder.{key}")


def test_labels_are_numbers_letters_and_ranges() -> None:
    assert labels("1 4, 7b;9-11 #2", 12) == ((1, 0), (4, 0), (7, 1), (9, 0), (10, 0), (11, 0), (2, 0))


@pytest.mark.parametrize("words", ["0", "13", "x", "7-5", "1.5", "-1", "12-13", "７"])
def test_anything_else_is_named(words: str) -> None:
    with pytest.raises(LabelProblem, match=r".+"):
        labels(words, 12)
