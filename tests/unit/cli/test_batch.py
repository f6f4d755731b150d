"""`imagine-bot batch` as a new user tries it, with the sandbox as image service."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from bot.domain.own_services import SETTING, OwnService, name_for
from bot.ledger import files
from tests.unit.cli.conftest import Call

LIMITS = ("--max-pictures", "20", "--budget", "5", "--out", "covers", "--demo")


def wrote(tmp_path: Path) -> list[str]:
    return sorted(str(one.relative_to(tmp_path / "covers")) for one in (tmp_path / "covers").rglob("*") if one.is_file())


def test_from_topics_to_a_finished_picture_and_the_same_again_costs_nothing(tmp_path: Path, imagine_bot: Call) -> None:
    (tmp_path / "topics.csv").write_text("topic,size\na lighthouse,1536x1024\na harbour,\n", encoding="utf-8")
    ended = imagine_bot("batch", "new", "topics.csv", *LIMITS, "--yes", "--json")
    assert ended.code == 0, ended.err
    drafted = json.loads(ended.out)
    assert (drafted["state"], drafted["pictures"], drafted["items"]["drawn"]) == ("drafted", 2, 2)
    assert "2 pictures as drafts: about" in ended.err
    assert wrote(tmp_path) == sorted(
        [
            *(f"0001-a-lighthouse/draft-a.{ending}" for ending in ("json", "png")),
            *(f"0002-a-harbour/draft-a.{ending}" for ending in ("json", "png")),
            *("manifest.jsonl", "sheet-1.jpg"),
        ]
    )
    assert imagine_bot("batch", "pick", "1", "1", "--demo").code == 0
    ended = imagine_bot("batch", "finish", "1", "--demo", "--yes", "--json")
    assert ended.code == 0, ended.err
    finished = json.loads(ended.out)
    papers = json.loads((tmp_path / "covers/0001-a-lighthouse/final.json").read_text(encoding="utf-8"))
    assert (finished["state"], papers["size"], papers["quality"]) == ("finished", "1536x1024", "high")
    assert papers["references_sha256"]  # made from its draft
    assert papers["lineage"]["draft_sha256"]
    before = wrote(tmp_path)
    ended = imagine_bot("batch", "new", "topics.csv", *LIMITS, "--yes", "--json")
    assert (json.loads(ended.out)["spent_micros"], ended.code) == (finished["spent_micros"], 0)
    assert wrote(tmp_path) == before


def test_what_failed_is_in_failures_and_isnt_paid_for_again(tmp_path: Path, imagine_bot: Call) -> None:
    (tmp_path / "topics.txt").write_text("a lighthouse\nsandbox:safety_output a fight\n", encoding="utf-8")
    ended = imagine_bot("batch", "new", "topics.txt", *LIMITS, "--yes", "--json", "--tag", "spring")
    assert ended.code == 3
    first = json.loads(ended.out)
    (failure,) = (tmp_path / "covers/failures").iterdir()
    papers = json.loads(failure.read_text(encoding="utf-8"))
    assert (papers["reason"], papers["topic"]) == ("safety_output", "sandbox:safety_output a fight")
    assert papers["evidence"]["attempts"]
    again = imagine_bot("batch", "resume", "1", "--retry-failed", "--demo", "--json")
    assert (json.loads(again.out)["spent_micros"], again.code) == (first["spent_micros"], 3)
    assert "spring" in imagine_bot("usage", "--by", "tag", "--data-dir", "data/demo").out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There's no topic in this file."),
        (b"x\n" * 5 + b"y", "more than your limit of 1"),
        (b"\x89PNG\0\0\0\0", "This isn't a text file."),
        (b'topic\n"open\n', "The quotation marks in line"),
        (b"name,size\nx,1:1\n", "doesn't say which column holds the topics"),
        (b"topic,size\nx,7x7\n", "Line 2: the image model doesn't draw 7x7"),
    ],
)
def test_a_bad_file_is_a_sentence_with_nothing_half_done(tmp_path: Path, imagine_bot: Call, content: bytes, said: str) -> None:
    (tmp_path / "topics.csv").write_bytes(content)
    limits = ("--max-pictures", "1", "--budget", "5", "--out", "covers", "--demo")
    ended = imagine_bot("batch", "new", "topics.csv", *limits, "--yes")
    assert ended.code == 2
    assert said in ended.err
    assert not (tmp_path / "covers").exists()


def test_nothing_starts_without_a_yes(tmp_path: Path, imagine_bot: Call) -> None:
    (tmp_path / "topics.txt").write_text("a lighthouse\n", encoding="utf-8")
    ended = imagine_bot("batch", "new", "topics.txt", *LIMITS)
    assert ended.code == 2
    assert "Add --yes" in ended.err
    assert json.loads(imagine_bot("batch", "status", "1", "--demo", "--json").out)["state"] == "proposed"


def test_unknown_batches_drafts_and_files_are_sentences(tmp_path: Path, imagine_bot: Call) -> None:
    assert "There are no batches yet" in imagine_bot("batch", "status", "--demo").err
    assert "can't be read" in imagine_bot("batch", "new", "none.txt", *LIMITS, "--yes").err
    (tmp_path / "topics.txt").write_text("a lighthouse\n", encoding="utf-8")
    imagine_bot("batch", "new", "topics.txt", *LIMITS)
    assert "There's no batch 7" in imagine_bot("batch", "pick", "7", "1", "--demo").err
    assert "9 isn't a draft's number" in imagine_bot("batch", "pick", "1", "9", "--demo").err
    assert "is still being drawn" in imagine_bot("batch", "reject", "1", "1", "--demo").err


def test_a_folder_that_others_own_is_seen(tmp_path: Path) -> None:
    assert not files.is_owned(tmp_path / "none")
    lock = files.prepare(tmp_path, ValueError)
    assert files.is_owned(tmp_path)
    lock.release()
    assert not files.is_owned(tmp_path)


def test_a_batch_is_finished_by_the_rules_of_its_community(tmp_path: Path, imagine_bot: Call) -> None:
    (tmp_path / "topics.txt").write_text("a lighthouse\n", encoding="utf-8")
    imagine_bot("batch", "new", "topics.txt", *LIMITS, "--yes")
    imagine_bot("batch", "pick", "1", "1", "--demo")
    before = imagine_bot("batch", "finish", "1", "--demo").err
    own = OwnService(name_for("openai", "a"), "openai", "https://api.openai.com/v1", ("dall-e-3",), "1234", "olu", 5.0)
    with contextlib.closing(sqlite3.connect(tmp_path / "data/demo" / files.DATABASE)) as ledger, ledger:
        ledger.execute("UPDATE batches SET platform = 'discord', community = 'one'")
        ledger.execute(
            'INSERT INTO community_settings (platform, community, "values", changed_at, changed_by) VALUES (?, ?, ?, 0, ?)',
            ("discord", "one", json.dumps({SETTING: own.as_stored()}), "olu"),
        )
    ended = imagine_bot("batch", "finish", "1", "--half-price", "--demo", "--yes")
    assert ended.code == 2
    assert "has no half-price batches" in ended.err
    there = imagine_bot("batch", "finish", "1", "--demo").err
    assert "up to" in there
    assert there != before, "the community's service has its own price"


def test_half_the_price_is_said_before_it_is_paid(tmp_path: Path, imagine_bot: Call) -> None:
    (tmp_path / "topics.txt").write_text("a lighthouse\n", encoding="utf-8")
    drafted = json.loads(imagine_bot("batch", "new", "topics.txt", *LIMITS, "--yes", "--json").out)
    imagine_bot("batch", "pick", "1", "1", "--demo")
    asked = imagine_bot("batch", "finish", "1", "--half-price", "--demo")
    assert asked.code == 2
    assert "That's half of" in asked.err
    ended = imagine_bot("batch", "finish", "1", "--half-price", "--demo", "--yes", "--json")
    assert ended.code == 0, ended.err
    finished = json.loads(ended.out)
    papers = json.loads((tmp_path / "covers/0001-a-lighthouse/final.json").read_text(encoding="utf-8"))
    assert (finished["state"], papers["service"]) == ("finished", "half-price")
    assert finished["spent_micros"] == drafted["spent_micros"] + papers["cost_micros"]


def test_a_service_without_half_price_says_so(tmp_path: Path, imagine_bot: Call) -> None:
    (tmp_path / ".env").write_text("IMAGE_API_KEY=k\nIMAGE_BASE_URL=http://127.0.0.1:9/v1\nDATA_DIR=data/demo\n", encoding="utf-8")
    (tmp_path / "topics.txt").write_text("a lighthouse\n", encoding="utf-8")
    imagine_bot("batch", "new", "topics.txt", *LIMITS, "--data-dir", "data/demo")
    ended = imagine_bot("batch", "finish", "1", "--half-price", "--yes")
    assert (ended.code, "no half-price batches" in ended.err) == (2, True), ended.err


def test_a_folder_that_cannot_be_used_leaves_no_batch_behind(tmp_path: Path, imagine_bot: Call) -> None:
    (tmp_path / "topics.txt").write_text("a lighthouse\n", encoding="utf-8")
    (tmp_path / "covers").write_text("a file", encoding="utf-8")
    ended = imagine_bot("batch", "new", "topics.txt", *LIMITS, "--yes")
    assert (ended.code, "is a file" in ended.err) == (1, True)
    assert "topics.txt" not in imagine_bot("batch", "status", "--demo").out
