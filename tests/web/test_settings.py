"""What an operator can get wrong about the web chat, and the sentence for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.web import plugin
from adapters.web.settings import VARIABLES, is_local, read
from bot.adapter import Context, SetupProblem
from bot.domain.requests import Place
from bot.ports import SystemPorts

SECRET = "a-long-enough-secret"


async def _no_picture(sha256: str) -> bytes:
    raise LookupError(sha256)


def _context(tmp_path: Path) -> Context:
    return Context(SystemPorts(), tmp_path, _no_picture)


def test_without_settings_it_listens_on_this_machine_only() -> None:
    assert plugin.problems({}) == []
    assert (read({}).host, read({}).port, read({}).token) == ("127.0.0.1", 8080, None)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "chat.example"])
def test_another_address_is_refused_without_a_token_and_taken_with_one(host: str, tmp_path: Path) -> None:
    (sentence,) = plugin.problems({"WEB_HOST": host})
    assert "WEB_TOKEN" in sentence
    assert host in sentence
    with pytest.raises(SetupProblem, match="WEB_TOKEN"):
        plugin.build({"WEB_HOST": host}, _context(tmp_path))
    assert plugin.problems({"WEB_HOST": host, "WEB_TOKEN": SECRET}) == []


@pytest.mark.parametrize("port", ["http", "-1", "65536", "0065536", "80.5", "²", "9" * 5000])
def test_a_port_that_is_none_is_named(port: str) -> None:
    (sentence,) = plugin.problems({"WEB_PORT": port})
    assert "WEB_PORT" in sentence
    assert port in sentence


def test_the_highest_port_and_the_shortest_token_are_taken() -> None:
    env = {"WEB_HOST": "::1", "WEB_PORT": "65535", "WEB_TOKEN": "t" * 12}
    assert plugin.problems(env) == []
    assert (read(env).host, read(env).port, read(env).token) == ("::1", 65535, "t" * 12)


def test_a_token_that_is_too_short_is_named_without_its_value() -> None:
    (sentence,) = plugin.problems({"WEB_TOKEN": "hunter2hunt"})
    assert "WEB_TOKEN" in sentence
    assert "hunter2" not in sentence


def test_the_token_is_not_in_what_python_prints() -> None:
    assert SECRET not in repr(read({"WEB_TOKEN": SECRET}))


@pytest.mark.parametrize(
    ("host", "local"), [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)]
)
def test_which_addresses_are_this_machine(host: str, local: bool) -> None:
    assert is_local(host) is local


def test_every_variable_has_its_sentence() -> None:
    assert set(VARIABLES) == {"WEB_HOST", "WEB_PORT", "WEB_TOKEN"}
    assert all(len(sentence) > 30 for sentence in VARIABLES.values())


def test_it_starts_by_default_only_where_a_port_is_set() -> None:
    assert not plugin.configured({})
    assert plugin.configured({"WEB_PORT": "8080"})


def test_its_channels_are_where_cases_and_notices_go(tmp_path: Path) -> None:
    adapter = plugin.build({}, _context(tmp_path))
    assert adapter.operators_place() == Place("web", "local", "operators")
    assert adapter.home_moderators_place() == Place("web", "local", "moderators")


async def test_a_stored_line_was_acknowledged_because_the_member_saw_it_leave_the_box(tmp_path: Path) -> None:
    assert await plugin.build({}, _context(tmp_path)).acknowledged(Place("web", "local", "imagine"))
