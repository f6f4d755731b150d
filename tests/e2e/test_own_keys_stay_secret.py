"""A planted key of a community: in no log line, file of the ledger, backup, message, page of metrics or evidence bundle."""

from __future__ import annotations

import asyncio
import io
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from bot.cli.checks import own_keys
from bot.cli.ladder import Subject
from bot.cli.main import app
from bot.domain.own_services import CommunityKeys
from bot.health.metrics import Metrics
from bot.health.verdict import HealthLimits, Pulse
from bot.ports import SystemPorts
from bot.settings import load
from tests.captured_log import captured_log
from tests.own_keys import ALPHA, Door, encryption_key, town


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


def files_with(folder: Path, words: str) -> list[str]:
    return [str(one) for one in folder.rglob("*") if one.is_file() and words.encode() in one.read_bytes()]


async def test_a_service_that_echoes_the_key_everywhere_gives_it_away_nowhere(tmp_path: Path, door: Door, log: io.StringIO) -> None:
    folder, key = tmp_path / "data", encryption_key()
    folder.mkdir()
    metrics = Metrics(Pulse(0.0), lambda: 0.0, HealthLimits(), "test")
    async with town(folder, door, [key], CommunityKeys.OPTIONAL) as t:
        t.bot.events.subscribers.append(metrics.on_event)
        assert (await t.set_key("alpha", ALPHA)).startswith("Saved.")
        structlog.get_logger().warning("a slip", said=f"Bearer {ALPHA}", deeper={"x": [ALPHA]})
        logging.getLogger("a library").error("it sent %s", ALPHA)
        door.echoes = True
        asked = await t.ask("alpha", "a red bicycle")
        view = await t.answer(asked)
        assert "doesn't accept the community's key" in " ".join(view.text)
        shown = repr(t.chat.all) + repr(await t.page("alpha"))
    assert ALPHA not in shown
    assert ALPHA not in metrics.page().decode()
    assert b'imagine_own_key_exchanges_total{kind="auth_invalid_key"} 1.0' in metrics.page()
    lines = log.getvalue()
    assert "a slip" in lines
    assert "a library" in lines
    assert ALPHA not in lines
    assert files_with(folder, ALPHA) == []
    env = {
        "IMAGE_API_KEY": "sk-operator-0000",
        "DATA_DIR": str(folder),
        "ENCRYPTION_KEYS": key,
        "COMMUNITY_KEYS": "optional",
        "STATUS_PAGE": "off",
    }
    found = await asyncio.to_thread(_commands, folder, tmp_path, env, asked)
    assert ALPHA not in found["said"]
    assert files_with(tmp_path, ALPHA) == []
    assert "images.art.example" in found["evidence"]
    assert ALPHA[:12] not in found["evidence"]
    assert ALPHA[-8:] not in found["evidence"]


async def _found(env: dict[str, str], folder: Path) -> str:
    """What doctor says about communities' keys."""
    subject = Subject(load(env), folder / "no.env", {}, SystemPorts())
    [finding] = [one async for one in own_keys(subject)]
    assert finding.sentence == "One community has a key of its own, and it can be read."
    [closed] = [one async for one in own_keys(replace(subject, settings=load({**env, "ENCRYPTION_KEYS": ""})))]
    [lost] = [one async for one in own_keys(replace(subject, settings=load({**env, "ENCRYPTION_KEYS": encryption_key()})))]
    assert (closed.ok, "needs ENCRYPTION_KEYS" in closed.sentence) == (False, True)
    assert (lost.ok, lost.sentence.partition(" keys")[0]) == (False, "1 of 1")
    return repr((finding, closed, lost))


def _commands(folder: Path, elsewhere: Path, env: dict[str, str], asked: str) -> dict[str, str]:
    """What an operator can make of the ledger afterwards."""
    runner, said = CliRunner(), ""

    def run(*words: str) -> Any:
        nonlocal said
        result = runner.invoke(app, list(words), env=env)
        said += result.output + str(result.exception or "")
        return result

    assert run("backup", str(elsewhere / "copy")).exit_code == 0
    run("requests", "--json")
    run("usage")
    run("cases", "audit-log")
    run("encryption", "status")
    assert "community's own key" in str(run("verify", asked).exception)
    said += asyncio.run(_found(env, folder))
    made = run("evidence", asked)
    assert made.exit_code == 0, made.output
    [bundle] = (folder / "evidence").glob("*.zip")
    with zipfile.ZipFile(bundle) as content:
        inside = "".join(content.read(name).decode("utf-8", "replace") for name in content.namelist())
    return {"said": said, "evidence": inside}
