"""A whole life with an image service that repeats every secret: none comes out in any log line, page, metric, notice, bundle, note, report
or file that operators see or send."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from bot.ledger import read_only
from bot.ledger.request_rows import UNFINISHED_ROWS
from bot.ledger.tables import requests
from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.process import Process
from tests.e2e.leaking import MINE, OTHERS, PROXY, SECRETS, SETTINGS, leaked, leaking
from tests.slack.stage import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WAYS = 9
TOKEN = f"?token={SETTINGS['WEB_TOKEN']}"
DRIVER = """
import contextlib, io, json, sys
from bot.cli.main import main
said = {}
for name, arguments in json.loads(sys.stdin.read()).items():
    out = io.StringIO()
    sys.argv = ["imagine-bot", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            main()
        except SystemExit:
            pass
    said[name] = out.getvalue()
print(json.dumps(said))
"""
"""Several commands in one process, each with what it said."""


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with leaking() as address:
        yield address


def settings(service: str, folder: Path) -> dict[str, str]:
    return {
        **SETTINGS,
        "IMAGE_BASE_URL": f"{service}/v1",
        "FALLBACK_BASE_URL": "https://image-gw.internal/v1",
        "FALLBACK_MODELS": "gpt-image-2=openai/gpt-image-2",
        "FALLBACK_AFTER_S": "86400",
        "DISCORD_API_BASE": f"{service}/discord",
        "SLACK_API_URL": f"{service}/slack/",
        "STATUS_PAGE": service,
        "OUTGOING_PROXY": PROXY,
        "NO_PROXY": "127.0.0.1",
        "DATA_DIR": str(folder / "data"),
        "WEB_PORT": "0",
        "HEALTH_PORT": str(free_port()),
        "MAX_ATTEMPTS": "1",
        "MAX_RATE_ANSWERS": "1",
        "LOG_LEVEL": "debug",
        "LOG_FORMAT": "json",
        "ACCOUNT_PLAN": "Tier 2",
    }


def got(address: str) -> str:
    """A page, good or bad, with its headers."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.headers) + str(answer.read().decode())
    except urllib.error.HTTPError as refused:
        return str(refused.headers) + refused.read().decode()


def commands(env: dict[str, str], folder: Path, wanted: dict[str, list[str]]) -> dict[str, str]:
    process = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=json.dumps(wanted),
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert process.returncode == 0, process.stderr[-3000:]
    said: dict[str, str] = json.loads(process.stdout)
    return {**said, "errors of the commands": process.stderr}


def answered(process: Process) -> None:
    """Wait until nothing waits any more."""
    file = Path(process.env["DATA_DIR"]) / "imagine-bot.db"
    until = time.monotonic() + 60
    while read_only.look(file, lambda c: c.execute(select(requests.c.id).where(UNFINISHED_ROWS).limit(1)).first()) is not None:
        assert time.monotonic() < until, b"".join(process.said)[-3000:]
        time.sleep(0.1)


def lived(browser: Browser, opened: OpenPage, process: Process, places: dict[str, str]) -> None:
    """Everything goes wrong once; what the pages show of it."""
    chat, ben = opened(process.url + TOKEN), opened(process.url + TOKEN, "Ben")
    ben.imagine(f"--private {OTHERS}").shows(1)
    chat.imagine("a lighthouse").shows(1)
    for way in range(WAYS):
        chat.imagine(f"{MINE} way{way}")
        answered(process)
    status = chat.ask("/imagine-status")
    status.says("")
    places["the chat page"] = chat.page.content()
    ben.be("Olu")
    ben.open("# operators")
    expect(ben.exchanges.first).to_be_visible()
    places["notices"] = ben.page.get_by_role("log").inner_html()
    context = browser.new_context()
    page = context.new_page()
    frames: list[str] = []
    page.on("websocket", lambda line: line.on("framereceived", lambda frame: frames.append(str(frame))))
    page.goto(process.url + "operators" + TOKEN)
    expect(page.locator(".chart-failures svg")).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()
    places["dashboard"] = page.content()
    places["dashboard's words"] = page.inner_text("body")
    places["dashboard's data"] = "\n".join(frames)
    context.close()


def reported(env: dict[str, str], folder: Path, places: dict[str, str]) -> None:
    """What the commands say and write."""
    failed = read_only.look(Path(env["DATA_DIR"]) / "imagine-bot.db", lambda c: c.execute(select(requests.c.id)).scalars().all())
    (folder / "topics.txt").write_text("a harbour way1\na harbour way3\na harbour way5\na harbour\n")
    batch = ["--max-pictures", "8", "--budget", "2", "--out", str(folder / "out"), "--yes", "--json"]
    wanted = {
        "batch": ["batch", "new", "topics.txt", *batch],
        "batch status": ["batch", "status", "--json"],
        "failures": ["failures"],
        "failures, JSON": ["failures", "--json"],
        "proposals": ["failures", "--propose", str(folder / "proposals.md")],
        "usage": ["usage"],
        "usage, JSON": ["usage", "--json"],
        "doctor": ["doctor", "--all"],
        "doctor, JSON": ["doctor", "--all", "--spend", "--json"],
        "verify": ["verify", "--yes"],
        "verify, the second time": ["verify", "--yes", "--narrow"],
        "backup": ["backup", str(folder / "backup"), "--pictures"],
        "evidence": ["evidence", "--last-failure"],
        **{f"evidence {one}": ["evidence", one] for one in failed[::6]},
        **{f"explain {one}": ["explain", one] for one in failed},
    }
    places |= commands(env, folder, wanted)
    for file in [*folder.rglob("*.md"), *(folder / "out").rglob("*.json*")]:
        places[str(file.relative_to(folder))] = file.read_text()
    for bundle in folder.rglob("*.zip"):
        with zipfile.ZipFile(bundle) as archive:
            places |= {f"{bundle.name} {name}": archive.read(name).decode() for name in archive.namelist()}


def ordinary(place: str) -> tuple[str, ...]:
    """What is no secret at a place: a page shows its reader's own prompt, and an operator's own terminal where this machine connects to."""
    if place == "the chat page":
        return ("own prompt", "Oma Erna", "private host")  # a member is told which second service there is
    return ("proxy host", "private host") if place.startswith("doctor") else ()


def test_no_planted_secret_comes_out_anywhere(service: str, browser: Browser, opened: OpenPage, tmp_path: Path) -> None:
    assert len(SECRETS) >= 20
    env, places = settings(service, tmp_path), dict[str, str]()
    process = Process(["run", "--adapters", "web"], tmp_path, env)
    try:
        process.start()
        lived(browser, opened, process, places)
        for page in ("healthz", "readyz", "livez", "metrics"):
            places[page] = got(f"http://127.0.0.1:{env['HEALTH_PORT']}/{page}")
        process.stop()
        places["log, JSON"] = b"".join(process.said).decode()
        process.said.clear()
        process.env["LOG_FORMAT"] = "text"
        process.start()
        opened(process.url + TOKEN).imagine(f"{MINE} way0")
        answered(process)
        process.stop()
        places["log, text"] = b"".join(process.said).decode()
    finally:
        if process.running is not None and process.running.poll() is None:
            process.kill()
    reported({**os.environ, **env}, tmp_path, places)
    assert len(places) > 40
    for part in ("dashboard's data", "metrics", "healthz", "log, text", "out/manifest.jsonl", "doctor, JSON", "evidence.json"):
        assert any(part in place and shown for place, shown in places.items()), part
    found = {place: leaked(shown, *ordinary(place)) for place, shown in places.items()}
    assert {place: names for place, names in found.items() if names} == {}
