"""Canaries planted where secrets and prompts turn up: none may come out at the other end."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator

import httpx
import pytest
import structlog
from sqlalchemy import create_engine, text

from bot import observe
from bot.observe.redact import HIDDEN, Redactor
from tests.captured_log import captured_log

KEY = 'ca"nary\\key-4242'
PROMPT = "a canary with a top hat, 'quoted'\nand a second line"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log([KEY]) as stream:
        yield stream


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def assert_no_canary(log: io.StringIO) -> None:
    assert "nary" not in log.getvalue()


def test_one_event_is_one_json_line_in_utc_with_its_fields(log: io.StringIO) -> None:
    structlog.get_logger().info("exchange", request="r1", status=200, cost=None, kinds=["a", "b"])
    (line,) = lines(log)
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert str(line["timestamp"]).endswith("Z")
    assert (line["event"], line["request"], line["status"], line["cost"], line["kinds"]) == ("exchange", "r1", 200, None, ["a", "b"])


def test_the_value_of_a_secret_is_taken_out_wherever_it_stands(log: io.StringIO) -> None:
    logger = structlog.get_logger()
    logger.info(f"key {KEY}", deep={"list": [KEY, {"x": f"<{KEY}>"}]}, escaped=json.dumps(KEY), shown=repr(KEY), field=KEY)
    logging.getLogger("somebody.else").warning("%s and %r", KEY, {"k": KEY})
    logging.getLogger("somebody.else").warning(KEY)
    httpx_error = httpx.ConnectError(f"failed with {KEY}")
    logger.error("broke", exc_info=httpx_error)
    assert len(lines(log)) == 4
    assert_no_canary(log)


def test_an_exception_is_logged_with_its_chain_but_without_keys_and_bound_values(log: io.StringIO) -> None:
    engine = create_engine("sqlite://")
    try:
        try:
            with engine.connect() as connection:
                connection.execute(text("INSERT INTO nowhere VALUES (:prompt)"), {"prompt": PROMPT})
        except Exception as error:
            raise RuntimeError(f"while storing with {KEY}") from error
    except RuntimeError:
        structlog.get_logger().exception("ledger_failed")
        logging.getLogger("library").exception("library_failed")
    for line in lines(log):
        assert "OperationalError" in str(line["exception"])
        assert "RuntimeError: while storing with [secret]" in str(line["exception"])
        assert "test_logs.py" in str(line["exception"])
    assert_no_canary(log)


def test_what_people_wrote_is_never_a_field(log: io.StringIO) -> None:
    structlog.get_logger().info(
        "oops", prompt=PROMPT, request={"prompt": PROMPT, "body": PROMPT}, Authorization="canary", headers={"x": "canary"}
    )
    assert_no_canary(log)
    assert HIDDEN in log.getvalue()


def test_a_hidden_prompt_is_left_out_of_exceptions_and_of_tasks_started_meanwhile(log: io.StringIO) -> None:
    async def exchange() -> None:
        structlog.get_logger().warning("odd", detail=f"echo: {PROMPT}", shown=repr(PROMPT), as_json=json.dumps({"p": PROMPT}))
        try:
            raise ValueError(f"cannot draw {PROMPT!r}")
        except ValueError:
            logging.getLogger("library").exception("failed for %s", PROMPT)

    async def run() -> None:
        observe.hide(PROMPT)
        await asyncio.create_task(exchange())

    asyncio.run(run())
    assert len(lines(log)) == 2
    assert_no_canary(log)


def test_a_long_hidden_prompt_does_not_leak_its_beginning(log: io.StringIO) -> None:
    long = "canary " * 5_000

    async def run() -> None:
        observe.hide(long)
        structlog.get_logger().info("x", detail=long, exc_info=ValueError(long))

    asyncio.run(run())
    assert_no_canary(log)


def test_addresses_lose_their_login_query_and_tokens(log: io.StringIO) -> None:
    structlog.get_logger().info(
        "addresses",
        a="GET https://user:canary@api.example:8443/v1/images?sig=canary&x=1 failed",
        b="https://discord.com/api/v10/webhooks/123456/canary-token/messages/@original",
        c="https://discord.com/api/v10/interactions/99/canary-token/callback",
        d="https://hooks.slack.com/commands/T1/2/canary",
        e="wss://wss-primary.slack.com/link/?ticket=canary",
        f="https://[canary",
    )
    assert_no_canary(log)
    assert "https://api.example:8443/v1/images?" in log.getvalue()


@pytest.mark.parametrize(
    "pasted",
    [
        "sk-proj-A1b2A1b2A1b2A1b2A1b2A1b2",
        "Authorization: Bearer canary-000000000000",
        "xoxb-000000000000-FAKEFAKEFAKE",
        "xapp-1-A000-000-fakefake",
        "AKIAIOSFODNN7EXAMPLE",
        "Mzk4NTUzMTk0MzQ5NDY0NTg2.XnhB2A.FAKEFAKEFAKEFAKEFAKEFAKEFAK",
        "ghp_FAKEFAKEFAKEFAKEFAKEFAKE",
    ],
)
def test_what_looks_like_somebody_elses_secret_is_taken_out_too(pasted: str) -> None:
    assert pasted.split()[-1] not in Redactor()(f"the service said: {pasted}.")


@pytest.mark.parametrize(
    "plain", ["sk-8 skates", "a bearer of news", "https://api.openai.com/v1/models", "request 7f3a9c in 2.5 s", "risk-averse"]
)
def test_ordinary_text_stays_as_it_is(plain: str) -> None:
    assert Redactor(["another-secret"])(plain) == plain


def test_talkative_libraries_stay_quiet_even_if_they_raise_their_own_level(log: io.StringIO) -> None:
    for name in ("httpx", "discord.http", "slack_sdk.web", "aiosqlite", "sqlalchemy.engine"):
        logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger(name).debug("token canary")
    logging.getLogger("httpx").info("HTTP Request: POST https://x/?canary")
    logging.getLogger("discord.http").warning("We are being rate limited")
    (line,) = lines(log)
    assert line["logger"] == "discord.http"


def test_nothing_breaks_the_line(log: io.StringIO) -> None:
    for nasty in (
        "a\nb",
        "a\u2028b\u2029c",
        "\x1b[31mERROR\x1b[0m",
        "\x85\x0b\x0c",
        "\u202egnp",
        "\ud800",
        "%s%n {0.__class__} ${jndi:ldap://x}",
    ):
        structlog.get_logger().info(nasty, value=nasty)
        logging.getLogger("library").info(nasty)
    written = log.getvalue()
    assert len(lines(log)) == len(written.splitlines()) == 14
    assert not any(char in written for char in "\x1b\u2028\u202e\x85\x0b")
    assert written.isascii()


def test_a_huge_or_endless_value_is_cut(log: io.StringIO) -> None:
    ring: dict[str, object] = {}
    ring["self"] = ring
    structlog.get_logger().info("x" * 100_000, ring=ring, many=list(range(10_000)))
    assert len(log.getvalue()) < 10_000


def test_a_record_that_cannot_be_formatted_prints_nothing_raw(log: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("library").warning("%d canary", "not a number canary")
    logging.getLogger("library").warning("next")
    assert "nary" not in capsys.readouterr().err
    assert lines(log)[-1]["event"] == "next"


def test_warnings_of_libraries_are_log_lines(log: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"deprecated {KEY}", DeprecationWarning, stacklevel=1)
    assert lines(log)[0]["logger"] == "py.warnings"
    assert_no_canary(log)


def test_levels_below_the_chosen_one_are_left_out() -> None:
    stream = io.StringIO()
    observe.configure("warning", [], stream, format="json")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    structlog.reset_defaults()
    assert [line["event"] for line in lines(stream)] == ["loud"]


@pytest.mark.parametrize("style", ["json", "text"])
def test_what_nobody_caught_is_logged_without_the_secret(style: str) -> None:
    program = (
        "import sys, threading; from bot import observe; observe.configure('info', ['canary-key-1'], format=sys.argv[1])\n"
        "def f(): raise KeyError('canary-key-1')\n"
        "t = threading.Thread(target=f); t.start(); t.join()\n"
        "f()"
    )
    done = subprocess.run([sys.executable, "-c", program, style], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("KeyError") == 2
    assert "canary" not in done.stderr + done.stdout


def test_a_password_that_is_a_word_is_taken_out_without_spoiling_other_words() -> None:
    redact = Redactor(["postgres", "p"])
    assert redact("postgresql: user postgres, pass=p, port 5432 (postgres)") == (
        "postgresql: user [secret], pass=[secret], port 5432 ([secret])"
    )
    assert Redactor(["postgres1"])("xpostgres1y") == "x[secret]y"
