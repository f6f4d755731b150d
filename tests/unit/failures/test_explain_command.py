"""`imagine-bot explain` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli.explain import explain_command
from bot.cli.history import History
from bot.cli.pasted import evidence, recognised
from bot.domain.failure import Evidence, Failure
from bot.domain.kinds import Action, Fixer, Group, Kind

FIELDS = ["id", "group", "kind", "action", "retryable", "retry_after", "who_can_fix", "confidence", "member", "moderator", "operator"]
KNOWN = Failure(Group.SERVICE, Kind.QUOTA_EXHAUSTED, Action.NONE, None, Fixer.OPERATOR, 0.9)


def run(*arguments: str, given: bytes | str = "") -> Result:
    app = typer.Typer()
    app.command()(explain_command(lambda asked, _: History("It failed.", (), KNOWN) if asked == "abcd2345abcd2345" else None))
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


def test_an_empty_argument_is_nothing_to_explain() -> None:
    done = run("")
    assert (done.exit_code, "Give a file or a request ID" in done.output) == (2, True)


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
        (("zzzz2345zzzz2345",), "no request"),
        ((str(tmp_path / "missing.json"),), "can't be read"),
        ((str(tmp_path),), "is a folder"),
        (("-",), "nothing in it"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2
        assert part in done.stderr.replace("\n", " ")
        assert len(done.stderr.strip().splitlines()) == 1


def kind_of(raw: str, status: int | None = None) -> Kind | None:
    found = recognised(raw, status)
    return None if found is None else found.kind


def test_what_people_paste_is_understood() -> None:
    assert kind_of('{"status": 401, "body": "no", "headers": {}}') is Kind.AUTH_INVALID_KEY
    assert kind_of('{"error": {"code": "moderation_blocked"}}', status=400) is Kind.SAFETY_PROMPT
    assert kind_of("<html><title>502 Bad Gateway</title></html>") is Kind.GATEWAY_ERROR
    assert kind_of("HTTP/2 404 \nserver: nginx\n\nnot here") is Kind.ENDPOINT_NOT_FOUND
    assert kind_of("HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 401\r\n\r\n{}") is Kind.AUTH_INVALID_KEY
    assert kind_of("Your request was rejected as a result of our safety system.") is Kind.SAFETY_PROMPT


PASTED = [json.loads(line) for line in (Path(__file__).parent / "pasted.jsonl").read_text(encoding="utf-8").splitlines()]
"""What curl, Python, Node, Go, Rust, Java, .NET and wget say when they cannot get through, with the kind and the reason that it means."""


@pytest.mark.parametrize("seen", PASTED, ids=lambda seen: seen["said"][:60])
def test_what_a_program_says_of_the_network_is_that(seen: dict[str, str]) -> None:
    for said in (seen["said"], seen["said"] + "\n", f"  {seen['said']}"):
        found = recognised(said)
        assert found is not None
        assert (found.kind, found.facts.get("tls")) == (seen["kind"], seen.get("tls"))


@pytest.mark.parametrize(
    "said",
    [
        "banana", "hello", "Hello world", "thanks, it works now", "The quick brown fox jumps over the lazy dog.", "lorem ipsum",
        "42", "true", '{"fruit": "banana"}', "ok", "200 OK", "a red bicycle in the rain", "バナナ", "银行", "🍌", "-",
        '{"created": 1, "data": [{"url": "https://files.example/a.png"}]}',
        'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"data": [{"b64_json": "' + "A" * 100 + '"}]}',
    ],
)  # fmt: skip
def test_what_is_no_failure_is_said_to_be_none(said: str) -> None:
    assert recognised(said) is None
    done = run("-", given=said)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "doesn't look like a failure" in done.stderr


def test_an_error_can_be_given_as_it_is_and_a_word_is_no_file() -> None:
    done = run("curl: (6) Could not resolve host: api.example.invalid")
    assert done.exit_code == 0
    assert "network_dns" in done.stdout
    done = run("banana")
    assert done.exit_code == 1
    assert "doesn't look like a failure" in done.stderr
    for path in ("./answer", "answer.json", "/nowhere/x"):
        assert run(path).exit_code == 2


def test_a_line_becomes_evidence_with_everything_absent_left_out() -> None:
    assert evidence({"id": 1, "status": None, "headers": None, "body": None, "exception": None}) == Evidence()
