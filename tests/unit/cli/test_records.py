"""Looking into the ledger and copying it, beside a bot that has it open."""

from __future__ import annotations

import csv
import dataclasses
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import budgets
from bot.domain.failure import Evidence
from bot.domain.picture_changes import ChangeKind, PictureChange
from bot.domain.requests import Person, Place, Submission
from bot.failures.classify import classify
from bot.ledger import migrate, picture_rows, read_only, request_rows
from bot.ledger.codec import failure_to_json
from bot.ledger.store import Ledger, Tx
from bot.ledger.tables import requests, spend
from bot.ports import SystemPorts
from tests.unit.cli.conftest import Call, Ended
from tests.world import BAD_KEY, BLOCK, PICTURE, RATE, Service, bad, good, world


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """The ledger of a running bot, with one request and some spending."""
    ports = SystemPorts()
    opened = await Ledger.open(tmp_path / "data", ports.now, ports.new_id)

    def fill(tx: Tx) -> None:
        place = Place("web", "community-1", "imagine", reply={"token": "canary-token"})
        typed = Submission(Person("person-1", "Ada [red]\x1b[2J"), place, "a canary in a prompt")
        request_rows.insert_received(tx, "aaaaaaaaaaaaaaaa", "web:1", typed, deadline_at=tx.now + 840)
        tx.connection.execute(requests.update().values(failure=failure_to_json(classify(RATE)), model="gpt-image-2", size="1024x1024"))
        rows = [
            {
                "scope": budgets.COMMUNITY,
                "owner": "web:community-1",
                "period": "d2026-11-21",
                "reserved": 0,
                "spent": 52_700,
                "pictures": 1,
            },
            {"scope": budgets.COMMUNITY, "owner": "web:community-1", "period": "m2026-11", "reserved": 0, "spent": 152_700, "pictures": 3},
            {"scope": budgets.MEMBER, "owner": "web:person-1", "period": "d2026-11-21", "reserved": 10_000, "spent": 0, "pictures": 0},
        ]
        tx.connection.execute(spend.insert(), rows)

    await opened.write(fill)
    yield opened
    await opened.close()


async def test_a_changed_picture_is_not_counted_as_one_that_was_drawn(ledger: Ledger, tmp_path: Path) -> None:
    change = PictureChange(ChangeKind.CROP, "b" * 64)
    await ledger.write(lambda tx: picture_rows.add(tx, "a" * 16, "attempt", [PICTURE]))
    changed = dataclasses.replace(PICTURE, sha256="c" * 64, change=change)
    await ledger.write(lambda tx: picture_rows.put_changed(tx, "a" * 16, changed, ""))
    file = tmp_path / "data" / "imagine-bot.db"
    assert [row["pictures"] for row in read_only.requests(file, read_only.RequestFilter(), 5)] == [1]
    found = read_only.request_by_any_id(file, "a" * 16)
    assert found is not None
    assert found["pictures"] == 1


def rows(ended: Ended) -> list[dict[str, str]]:
    assert ended.code == 0
    assert ended.err == "" or ended.err.startswith("The last seven days cost ")
    return list(csv.DictReader(ended.out.splitlines(), delimiter="\t"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_requests_are_listed_beside_a_running_bot_without_their_prompts(ledger: Ledger, imagine_bot: Call) -> None:
    ended = imagine_bot("requests")
    (row,) = rows(ended)
    assert row["request"] == "aaaaaaaaaaaaaaaa"
    assert row["outcome"] == "received (rate_limited)"
    assert row["member"] == "Ada [red] [2J"
    assert "canary" not in ended.out
    assert "canary in a prompt" in imagine_bot("requests", "--prompts").out


async def test_requests_as_json_hold_everything_but_prompts_and_handles(ledger: Ledger, imagine_bot: Call) -> None:
    ended = imagine_bot("requests", "--json")
    (row,) = json.loads(ended.out)
    assert (row["id"], row["state"], row["failure"], row["private"], row["cost_micros"]) == (
        "aaaaaaaaaaaaaaaa",
        "received",
        "rate_limited",
        False,
        0,
    )
    assert "canary" not in ended.out
    assert json.loads(imagine_bot("requests", "--json", "--prompts").out)[0]["prompt"] == "a canary in a prompt"


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("--state", "received"), 1),
        (("--state", "Queued"), 0),
        (("--state", "blocked"), 0),
        (("--kind", "rate_limited"), 1),
        (("--kind", "timeout"), 0),
        (("--unsure",), 0),
        (("--person", "person-1"), 1),
        (("--person", "'; DROP TABLE requests;--"), 0),
        (("--community", "community-1", "--platform", "web"), 1),
        (("--since", "1h"), 1),
        (("--limit", "1"), 1),
    ],
)
async def test_requests_can_be_narrowed_down(ledger: Ledger, imagine_bot: Call, arguments: tuple[str, ...], found: int) -> None:
    assert len(json.loads(imagine_bot("requests", "--json", *arguments).out)) == found


async def test_failures_that_were_a_guess_can_be_counted(ledger: Ledger, imagine_bot: Call) -> None:
    guessed = classify(Evidence(api="images.generations", status=418, body={"weird": True}))
    await ledger.write(lambda tx: tx.connection.execute(requests.update().values(failure=failure_to_json(guessed))))
    assert len(json.loads(imagine_bot("requests", "--json", "--unsure").out)) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--state", "sleeping"), "Choose one of: "),
        (("--since", "yesterday"), "24h"),
        (("--since", "²h"), "24h"),
        (("--data-dir", "nowhere"), "no ledger"),
    ],
)
async def test_a_wrong_filter_is_a_sentence(ledger: Ledger, imagine_bot: Call, arguments: tuple[str, ...], expected: str) -> None:
    ended = imagine_bot("requests", *arguments)
    assert ended.code == 2
    assert expected in ended.err


async def test_usage_is_listed_by_day_and_month_community_and_member(ledger: Ledger, imagine_bot: Call) -> None:
    (day,) = rows(imagine_bot("usage"))
    assert (day["day"], day["community"], day["spent"], day["pictures"]) == ("2026-11-21", "web:community-1", "$0.0527", "1")
    (month,) = rows(imagine_bot("usage", "--months"))
    assert (month["month"], month["spent"]) == ("2026-11", "$0.1527")
    (member,) = rows(imagine_bot("usage", "--by", "member"))
    assert (member["member"], member["reserved"]) == ("web:person-1", "$0.01")
    assert json.loads(imagine_bot("usage", "--json").out)[0]["spent_micros"] == 52_700
    assert imagine_bot("usage", "--by", "everybody").out == "Nothing has been spent yet.\n"


async def test_a_backup_beside_a_running_bot_is_complete_and_says_where_the_pictures_are(
    ledger: Ledger, imagine_bot: Call, tmp_path: Path
) -> None:
    picture = tmp_path / "data" / "pictures" / "ab" / "abcd.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"x" * 2_500)
    ended = imagine_bot("backup", "copy.db")
    assert ended.code == 0
    assert "1 requests" in ended.out
    assert f"The 1 pictures (2.5 kB) are files that never change: copy {tmp_path / 'data' / 'pictures'}" in ended.out
    connection = sqlite3.connect(tmp_path / "copy.db")
    assert connection.execute("SELECT prompt FROM requests").fetchall() == [("a canary in a prompt",)]
    connection.close()
    assert names(tmp_path) == ["copy.db", "data"]


async def test_a_backup_without_a_name_lies_beside_the_ledger_and_into_a_folder_gets_a_name(
    ledger: Ledger, imagine_bot: Call, tmp_path: Path
) -> None:
    assert imagine_bot("backup").code == 0
    assert imagine_bot("backup", str(tmp_path)).code == 0
    assert sum(name.startswith("backup-2") and name.endswith(".db") for name in names(tmp_path / "data")) == 1
    assert sum(name.startswith("backup-2") and name.endswith(".db") for name in names(tmp_path)) == 1


async def test_a_backup_never_overwrites_and_names_a_missing_folder(ledger: Ledger, imagine_bot: Call, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious", encoding="utf-8")
    ended = imagine_bot("backup", "copy.db")
    assert ended.code == 2
    assert "isn't overwritten" in ended.err
    assert (tmp_path / "copy.db").read_text(encoding="utf-8") == "precious"
    ended = imagine_bot("backup", "nowhere/copy.db")
    assert ended.code == 2
    assert "nowhere" in ended.err


async def test_a_backup_into_a_folder_that_is_not_there_makes_it_and_every_copy_gets_a_name_of_its_own(
    ledger: Ledger, imagine_bot: Call, tmp_path: Path
) -> None:
    for _ in range(3):  # within one second, too
        ended = imagine_bot("backup", "new/deep/")
        assert ended.code == 0, ended.err
    copies = names(tmp_path / "new" / "deep")
    assert len(copies) == 3
    assert all(name.startswith("backup-2") and name.endswith(".db") for name in copies)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert imagine_bot("backup", "file/").code == 2
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


async def test_a_backup_touches_no_file_beside_it_and_none_that_appears_meanwhile(
    ledger: Ledger, imagine_bot: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "copy.db.part").write_text("mine", encoding="utf-8")
    (tmp_path / "link.db").symlink_to(tmp_path / "nowhere.db")
    assert imagine_bot("backup", "link.db").code == 2
    real = migrate.backup

    def slow(source: Path, target: Path) -> Path:
        (tmp_path / "copy.db").write_text("somebody else's", encoding="utf-8")
        return real(source, target)

    monkeypatch.setattr(migrate, "backup", slow)
    assert imagine_bot("backup", "copy.db").code == 2
    assert (tmp_path / "copy.db").read_text(encoding="utf-8") == "somebody else's"
    assert names(tmp_path) == ["copy.db", "copy.db.part", "data", "link.db"]


@pytest.mark.parametrize(
    "command",
    [
        "requests",
        "usage",
        "backup",
        "explain aaaaaaaaaaaaaaaa",
        "cases list",
        "cases audit-log",
        "cases numbers",
        "cases export",
        "cases show 1",
    ],
)
async def test_every_command_that_reads_data_takes_the_folder(command: str, ledger: Ledger, imagine_bot: Call, tmp_path: Path) -> None:
    for elsewhere in ({}, {"DATA_DIR": str(tmp_path / "other")}):
        ended = imagine_bot(*command.split(), "--data-dir", str(tmp_path / "data"), **elsewhere)
        assert "no ledger" not in ended.err
        assert ended.code == (1 if command == "cases show 1" else 0), ended.err
    ended = imagine_bot(*command.split(), "--data-dir", str(tmp_path / "nothing"))
    assert ended.code == 2
    assert "--data-dir" in ended.err


@pytest.mark.parametrize("command", ["requests", "usage", "backup"])
def test_without_a_ledger_the_place_where_it_should_be_is_named(imagine_bot: Call, tmp_path: Path, command: str) -> None:
    ended = imagine_bot(command)
    assert ended.code == 2
    assert str(tmp_path / "data" / "imagine-bot.db") in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["requests", "usage", "backup"])
@pytest.mark.parametrize(("content", "expected"), [(b"", "empty"), (b"this is no database " * 500, "damaged")])
def test_an_empty_or_damaged_ledger_is_one_sentence_and_left_as_it_is(
    imagine_bot: Call, tmp_path: Path, command: str, content: bytes, expected: str
) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "imagine-bot.db"
    file.write_bytes(content)
    ended = imagine_bot(command)
    assert ended.code == 1
    assert expected in ended.err
    assert "Traceback" not in ended.err
    assert file.read_bytes() == content
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["imagine-bot.db"]


async def test_explain_finds_the_failure_of_a_request_in_the_ledger(ledger: Ledger, imagine_bot: Call) -> None:
    failure = classify(Evidence(status=429, body={"error": {"code": "insufficient_quota"}}))
    await ledger.write(lambda tx: tx.connection.execute(requests.update().values(failure=failure_to_json(failure))))
    ended = imagine_bot("explain", "aaaaaaaaaaaaaaaa")
    assert ended.code == 0
    assert "quota_exhausted" in ended.out
    ended = imagine_bot("explain", "bbbbbbbbbbbbbbbb")
    assert ended.code == 2
    assert "bbbbbbbbbbbbbbbb" in ended.err


async def test_explain_says_of_a_request_that_succeeded_that_it_did_with_every_attempt(tmp_path: Path, imagine_bot: Call) -> None:
    refused = dataclasses.replace(bad(RATE), provider_request_id="req_first0000")
    came = dataclasses.replace(good(), provider_request_id="req_second000", latency=2.0)
    async with world(tmp_path / "data", Service([refused, came])) as w:
        request = await w.imagine()
        assert (await w.answer(request)).pictures
        for asked in (request, "req_second000"):
            ended = imagine_bot("explain", asked, "--data-dir", str(tmp_path / "data"))
            assert ended.code == 0, ended.err
            said = " ".join(ended.out.split())
            assert f"Request {request} succeeded with 1 of 1 pictures" in said
            assert "after 2 attempts" in said
            first, second = (next(line for line in ended.out.splitlines() if name in line) for name in ("req_first0000", "req_second000"))
            assert "rate_limited" in first
            assert "429" in first
            assert "pictures: 1" in second
            assert "2.0 s" in second
            assert "To the member" not in ended.out  # nothing went wrong in the end


async def test_explain_tells_how_every_other_request_stands(tmp_path: Path, imagine_bot: Call) -> None:
    data = tmp_path / "data"
    async with world(data, Service([bad(BLOCK), dataclasses.replace(good(), shortfall=BLOCK), bad(BAD_KEY)])) as w:
        blocked, partial, failed = [await w.imagine(f"a cat {number}", count=2) for number in range(3)]
        for one in (blocked, partial, failed):
            await w.answer(one)
        for one, part in ((blocked, "was blocked"), (partial, "partly succeeded"), (failed, "failed at")):
            ended = imagine_bot("explain", one, "--data-dir", str(data))
            assert ended.code == 0, ended.err
            assert part in ended.out
            assert "To the operator" in ended.out
        refused = await w.imagine("")
        said = imagine_bot("explain", refused, "--data-dir", str(data)).out
        assert "was turned down by the bot itself" in said
        assert "prompt empty" in said
