"""Shared by all tests: order of the files, fast fresh ledgers, and reports that can travel between processes."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from bot import texts
from bot.ledger import migrate, sqlite
from bot.ledger.server import LedgerServer
from tests.postgres import cluster, each

if TYPE_CHECKING:
    from tests.own_keys import Door

os.environ["LC_ALL"] = "C.UTF-8"  # the command line speaks the terminal's language; tests read English
LONGEST_FIRST = ("tests/e2e/", "tests/slack/", "tests/discord/", "tests/simulation/", "tests/contract/", "tests/unit/cli/")
"""With several processes, a long file that starts last makes all others wait. `make test` keeps this order (`--no-loadscope-reorder`)."""
FIRST_RUN = 40
"""How many lines of its report the end of a run shows of a test that ran a second time."""

# The time to draw examples depends on the machine's load, not on the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=each.CHOICES, help="run every test's ledger on this database, instead of a few tests on both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of the ledger run once on each database."""
    each.parametrize(metafunc)


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The database that this test's ledgers are on."""
    chosen = getattr(request, "param", None) or request.config.getoption("--database") or each.SQLITE
    if chosen == each.POSTGRESQL and request.node.get_closest_marker(each.SQLITE_ONLY) is not None:
        pytest.skip("about SQLite's file")
    with each.ledgers_on(chosen):
        yield chosen


@pytest.fixture
def server() -> Iterator[LedgerServer]:
    """A database on PostgreSQL, with today's tables."""
    made = cluster.pool.take()
    yield made
    cluster.pool.give_back(made)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """The image services of communities that have a key of their own."""
    from tests.own_keys import open_door  # imports the whole bot

    async with open_door() as made:
        yield made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run files with whole processes and browsers first, beginning with those that kill processes."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> tuple[int, bool]:
    found = next((rank for rank, folder in enumerate(LONGEST_FIRST) if nodeid.startswith(folder)), len(LONGEST_FIRST))
    return found, "test_kill" not in nodeid


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Plain tracebacks in the log: the default renderer draws every local variable, which takes seconds. Some tests reset what is set."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.fixture(scope="session", autouse=True)
def loud_texts() -> Iterator[None]:
    """An unknown text or a value that a text lacks fails the test; people would read a gap."""

    def fail(key: str, lacks: str) -> None:
        raise KeyError(f"{key} lacks {lacks}" if lacks else key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "on_bug", fail)
        yield


@pytest.fixture(scope="session", autouse=True)
def fresh_ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Copy a fresh ledger from a template that was created the real way. Existing files, processes and `migrate` itself aren't affected."""
    template = tmp_path_factory.mktemp("ledger") / "template.db"

    def upgrade(path: Path, now: float) -> Path | None:
        if path.exists():
            return migrate.upgrade(path, now)
        if not template.exists():
            migrate.upgrade(template, now)
        shutil.copyfile(template, path)
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "migrate", SimpleNamespace(upgrade=upgrade))
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Why a test failed that passed the second time, or failed then for another reason."""
    for one in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"first run of {one.nodeid}")
        terminalreporter.write_line("\n".join(str(one.longrepr).splitlines()[-FIRST_RUN:]))


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Tests log lone surrogates on purpose, and pytest-xdist's connection between processes breaks on one in captured output."""
    return _whole((yield))


def _whole(found: Any) -> Any:
    if isinstance(found, str):
        return found.encode("utf-8", "backslashreplace").decode()
    if isinstance(found, dict):
        return {_whole(key): _whole(value) for key, value in found.items()}
    return type(found)(_whole(one) for one in found) if type(found) in (list, tuple) else found
