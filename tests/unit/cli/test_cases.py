from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.chat.views import ActionName
from bot.cli.cases import app
from bot.cli.screen import Stop
from tests.unit.moderation.ground import ANN, BEN, MIA, MO, Ground

A = ActionName


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger with a denied, an open and an expired case, and somebody who tried what they may not."""

    async def body() -> None:
        ground = await Ground.open(tmp_path)
        await ground.blocked("an old dragon", person=BEN, community="guild2")
        await ground.later(73)
        case = await ground.denied(by=MO)
        await ground.press(A.CASE_CLAIM, case.id, ANN)
        await ground.press(A.CASE_COMMENT, case.id, MIA, {"note": "words of mine"})
        await ground.press(A.CASE_CLAIM, "2222222222222222", ANN)
        await ground.blocked("a secret wording", person=BEN)
        await ground.ledger.close()

    asyncio.run(body())
    return tmp_path


def run(folder: Path, *args: str) -> Result:
    return CliRunner().invoke(app, [*args, "--data-dir", str(folder)], obj=folder / ".env", catch_exceptions=True)


def lines(result: Result) -> list[list[str]]:
    assert result.exit_code == 0, result.output
    return [line.split("\t") for line in result.stdout.splitlines()]


def test_list_shows_cases_newest_first_without_prompts(folder: Path) -> None:
    head, *rows = lines(run(folder, "list"))
    assert head[0] == "case"
    assert [row[0] for row in rows] == ["3", "2", "1"]
    assert [row[2] for row in rows] == ["open", "closed_denied", "closed_expired"]
    assert "dragon" not in run(folder, "list").stdout


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (["--state", "waiting"], ["3"]),
        (["--state", "closed"], ["2", "1"]),
        (["--state", "closed_denied"], ["2"]),
        (["--moderator", "mod1"], ["2"]),
        (["--community", "guild2"], ["1"]),
        (["--person", "m2", "--kind", "safety_prompt"], ["3", "1"]),
        (["--limit", "1"], ["3"]),
    ],
)
def test_filters_narrow_the_list(folder: Path, filters: list[str], numbers: list[str]) -> None:
    assert [row[0] for row in lines(run(folder, "list", *filters))[1:]] == numbers


def test_show_prints_the_whole_audit_log_and_words_only_when_asked(folder: Path) -> None:
    found = json.loads(run(folder, "show", "2", "--json").stdout)
    events = [(step["event"], step["outcome"]) for step in found["trail"]]
    assert events == [("opened", "done"), ("claim", "done"), ("deny", "done"), ("claim", "refused"), ("comment", "done")]
    assert "words of mine" not in json.dumps(found)
    with_words = run(folder, "show", "2", "--prompts").stdout
    assert "words of mine" in with_words
    assert "a dragon fights a knight" in with_words


def test_export_is_one_json_object_per_case_oldest_first(folder: Path) -> None:
    rows = [json.loads(line) for line in run(folder, "export").stdout.splitlines()]
    assert [row["number"] for row in rows] == [1, 2, 3]
    assert all(row["trail"] for row in rows)
    assert "dragon" not in json.dumps(rows)
    assert "a secret wording" in run(folder, "export", "--prompts").stdout


def test_numbers_count_by_outcome_and_moderator_with_the_time_to_the_decision(folder: Path) -> None:
    rows = {row["of"]: row for row in json.loads(run(folder, "numbers", "--json").stdout)}
    assert {name: row["cases"] for name, row in rows.items()} == {"open": 1, "closed_denied": 1, "closed_expired": 1}
    assert rows["closed_expired"]["median_s"] == 73 * 3600
    by = {row["of"]: row["closed"] for row in json.loads(run(folder, "numbers", "--by", "moderator", "--json").stdout)}
    assert by == {"-": 1, "Mo": 1}


def test_the_audit_log_lists_what_was_refused_and_forged(folder: Path) -> None:
    [refused] = json.loads(run(folder, "audit-log", "--outcome", "refused", "--json").stdout)
    assert (refused["actor"], refused["event"], refused["facts"]["why"]) == ("m1", "claim", "not_moderator")
    # the old name of the command
    [forged] = json.loads(run(folder, "trail", "--outcome", "forged", "--json").stdout)
    assert forged["actor"] == "m1"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["list", "--state", "nonsense"], "nonsense"),
        (["list", "--kind", "rate_limited"], "safety_prompt"),
        (["list", "--since", "yesterday"], "yesterday"),
        (["show", "99"], "no case 99"),
        (["show", "\u00b2"], "case number"),
        (["audit-log", "--outcome", "maybe"], "maybe"),
    ],
)
def test_what_cannot_be_asked_is_answered_with_a_sentence(folder: Path, args: list[str], words: str) -> None:
    result = run(folder, *args)
    assert isinstance(result.exception, Stop)
    assert words in str(result.exception)


def test_a_folder_without_a_ledger_is_a_sentence(tmp_path: Path) -> None:
    result = run(tmp_path, "list")
    assert isinstance(result.exception, Stop)
    assert "no ledger" in str(result.exception)


def test_reading_does_not_disturb_a_running_bot(folder: Path) -> None:
    async def body() -> None:
        ground = await Ground.open(folder)
        try:
            assert (await asyncio.to_thread(run, folder, "list")).exit_code == 0
            ground.clock.made = 900
            await ground.blocked("another one")
            assert len(lines(await asyncio.to_thread(run, folder, "list"))) == 5
        finally:
            await ground.ledger.close()

    asyncio.run(body())
