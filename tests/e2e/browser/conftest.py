"""One Chromium and one demo for all browser tests; those that kill the bot start their own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.e2e.browser.page import Chat
from tests.e2e.browser.process import Process, Service, demo, run, sandbox

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
GENEROUS = {f"BUDGET_{who}_DAY_{unit}": "1000" for who in ("MEMBER", "COMMUNITY") for unit in ("USD", "PICTURES")}
"""Nobody runs out of budget in tests about something else."""
OpenPage = Callable[..., Chat]

NO_CHROMIUM = f"no Chromium on this machine (looked for {', '.join(NAMES)}; CHROMIUM can name another); browser tests need one"

expect.set_options(timeout=20_000)  # not the goal: two shared cores stall for seconds


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ends with this package: Playwright's loop may not live on beside the loops of other tests."""
    path = os.environ.get("CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(NO_CHROMIUM)
    pytest.importorskip("nicegui", reason="the web chat is the extra `web`, which is not installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


class Shared:
    """The demo that most tests share; each uses words of its own, so that none takes another's requests for its own."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._running: Process | None = None

    def demo(self, fresh: bool) -> Process:
        """The running demo; a new one, without anybody's requests, if there is none yet or `fresh` asks for it."""
        if fresh:
            self.stop()
        if self._running is None:
            self._running = demo(self._folders.mktemp("demo"), **GENEROUS)
            self._running.start()
        return self._running

    def stop(self) -> None:
        if self._running is not None:
            running, self._running = self._running, None
            running.stop()


@pytest.fixture(scope="package")
def shared(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    made = Shared(tmp_path_factory)
    yield made
    made.stop()


@pytest.fixture
def bot(shared: Shared, request: pytest.FixtureRequest) -> Process:
    """The shared demo. A test that runs a second time gets a fresh one, where its first run left nothing."""
    return shared.demo(fresh=getattr(request.node, "execution_count", 1) > 1)


@pytest.fixture
def opened(browser: Browser) -> Iterator[OpenPage]:
    """Open a page of a running bot, as somebody, in a browser of their own. Nothing may be asked of another host, nothing may break."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(url: str, name: str = "Ana", width: int = 1280, height: int = 800, dark: bool = False) -> Chat:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
        contexts.append(context)
        page = context.new_page()
        own = (url.partition("?")[0], "data:", "blob:")
        page.on("request", lambda one: None if one.url.startswith(own) else wrong.append(one.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(url)
        chat = Chat(page)
        chat.ready()
        chat.be(name)
        return chat

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def chat(bot: Process, opened: OpenPage) -> Chat:
    """The shared demo, seen by Ana."""
    return opened(bot.url)


@pytest.fixture(scope="package")
def service(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An image service that goes on while bots are killed."""
    process = sandbox(tmp_path_factory.mktemp("sandbox"))
    process.start()
    yield process
    process.kill()


@pytest.fixture
def started(tmp_path: Path, browser: Browser) -> Iterator[Callable[..., Process]]:
    """Start a bot of one's own: `run` when it is given a service, the demo otherwise. Killed at the end."""
    processes: list[Process] = []

    def start(service: Service | None = None, **env: str) -> Process:
        process = demo(tmp_path, **env) if service is None else run(tmp_path, service, **env)
        process.start()
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.running is not None and process.running.poll() is None:
            process.kill()


def again(process: Process) -> None:
    """Start a killed bot on its old port, so that open pages find it."""
    process.env["WEB_PORT"] = process.port
    process.start()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A skip is said also where pytest is asked to be brief."""
    skipped = [one for one in terminalreporter.stats.get("skipped", []) if NO_CHROMIUM in str(one.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} browser tests skipped: {NO_CHROMIUM}.")
