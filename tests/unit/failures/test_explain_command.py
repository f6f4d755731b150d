"""`imagine-bot explain` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from bot.cli.explain import evidence, explain_command, pasted
from bot.domain.failure import Evidence, Failure
from bot.domain.kinds import Action, Fixer, Group, Kind
from bot.failures.classify import classify

FIELDS = ["id", "group", "kind", "action", "retryable", "retry_after", "who_can_fix", "confidence", "member", "moderator", "operator"]
KNOWN = Failure(Group.SERVICE, Kind.QUOTA_EXHAUSTED, Action.NONE, None, Fixer.OPERATOR, 0.9)


def run(*arguments: str, given: bytes | str = "") -> Result:
    app = typer.Typer()
    app.command()(explain_command(lambda request: KNOWN if request == "abcd2345abcd2345" else None))
    return CliRunner().invoke(app, list(arguments), input=given)


def test_lines_of_evidence_are_answered_in_order() -> None:
    lines = [
        {
            "id": "a",
            "provider": "openai",
            "api": "images.generations",
            "status": 429,
            "headers": {"retry-after": "7"},
            "body": {},
            "exception": None,
        },
        {"id": "b", "status": 400, "body": '{"error": {"code": "moderation_blocked"}}'},
        {"id": None, "exception": "httpx.ReadTimeout: "},
    ]
    done = run("--jsonl", given="\n".join(map(json.dumps, lines)))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [list(answer) for answer in answers] == [FIELDS] * 3
    assert [(answer["id"], answer["kind"], answer["retryable"], answer["retry_after"]) for answer in answers] == [
        ("a", "rate_limited", True, 7.0),
        ("b", "safety_prompt", False, None),
        (None, "timeout", True, None),
    ]


def test_bad_lines_are_named_and_the_others_are_answered() -> None:
    lines = [
        b'{"id": 1, "status": 500}',
        b"nonsense",
        b"[1]",
        b'{"status": "429"}',
        b'{"headers": 3}',
        b"\xff\xfe",
        b"",
        b"[" * 100_000,
        b'{"id": 2}',
    ]
    done = run("--jsonl", given=b"\n".join(lines))
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 2]
    assert done.exit_code == 1
    said = done.stderr.splitlines()
    assert [line.split(":")[0] for line in said] == ["line 2", "line 3", "line 4", "line 5", "line 6", "line 8"]
    assert "Traceback" not in done.output


def test_a_saved_answer_is_explained_to_all_three(tmp_path: Path) -> None:
    saved = tmp_path / "answer.txt"
    saved.write_text(
        'HTTP/1.1 429 Too Many Requests\r\nretry-after: 12\r\n\r\n{"error": {"code": "rate_limit_exceeded"}}', encoding="utf-8"
    )
    done = run(str(saved))
    assert done.exit_code == 0
    for part in ("rate_limited", "12 seconds", "To the member", "To moderators", "To the operator"):
        assert part in done.stdout


def test_a_request_id_is_looked_up() -> None:
    done = run("abcd2345abcd2345")
    assert done.exit_code == 0
    assert "quota_exhausted" in done.stdout


def test_what_cannot_be_explained_is_said_in_one_sentence(tmp_path: Path) -> None:
    for arguments, part in (
        (("zzzz2345zzzz2345",), "no failed request"),
        ((str(tmp_path / "missing.json"),), "cannot be read"),
        ((str(tmp_path),), "is a folder"),
        (("-",), "nothing in it"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2
        assert part in done.stderr.replace("\n", " ")
        assert len(done.stderr.strip().splitlines()) == 1


def test_what_people_paste_is_understood() -> None:
    assert classify(pasted('{"status": 401, "body": "no", "headers": {}}')).kind is Kind.AUTH_INVALID_KEY
    assert classify(pasted('{"error": {"code": "moderation_blocked"}}', status=400)).kind is Kind.SAFETY_PROMPT
    assert (
        classify(pasted("Traceback (most recent call last):\n  File x\nhttpx.ConnectError: [Errno 111] Connection refused")).kind
        is Kind.NETWORK_CONNECT
    )
    assert classify(pasted("<html><title>502 Bad Gateway</title></html>")).kind is Kind.GATEWAY_ERROR
    assert pasted("HTTP/2 404 \nserver: nginx\n\nnot here").status == 404


def test_a_line_becomes_evidence_with_everything_absent_left_out() -> None:
    assert evidence({"id": 1, "status": None, "headers": None, "body": None, "exception": None}) == Evidence()
