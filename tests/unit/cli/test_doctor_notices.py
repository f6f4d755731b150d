"""Doctor and the notices that a running bot has left open."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.ledger import notice_rows
from bot.ledger.store import Ledger, Tx
from bot.ports import SystemPorts
from bot.texts import say
from bot.texts.phrases import moment
from tests.unit.cli.conftest import Call
from tests.unit.cli.loopback import Handler, listening

SINCE = time.time() - 7200
FACTS = {"model": "gpt-image-2", "status": "401"}


@pytest.fixture
def service() -> Iterator[str]:
    """The address of an image service at which all is well."""

    class Answers(Handler):
        def do_GET(self) -> None:
            self.answer(200, {"data": [{"id": "gpt-image-2"}]})

    with listening(Answers) as port:
        yield f"http://127.0.0.1:{port}/v1"


def write(folder: Path, at: float, *causes: str, over: bool = False) -> None:
    """Reports these causes to the ledger of the data folder, and resolves them if they're over."""

    async def main() -> None:
        ports = SystemPorts()
        ledger = await Ledger.open(folder, lambda: at, ports.new_id)

        def body(tx: Tx) -> None:
            for cause in causes:
                notice_rows.report(tx, cause, cause, FACTS if cause == "auth_invalid_key" else {"detail": "disk full"})
                if over:
                    notice_rows.resolve(tx, cause)

        await ledger.write(body)
        await ledger.close()

    asyncio.run(main())


def test_open_notices_are_listed_with_their_steps_and_an_exit_code_of_their_own(doctor: Call, service: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    write(folder, SINCE, "auth_invalid_key")
    write(folder, SINCE + 60, "storage")
    ended = doctor(IMAGE_BASE_URL=service)
    assert ended.code == 3, ended.out
    assert "STOP" not in ended.out
    _, key, disk = ended.out.split("NOTE ")
    assert "auth invalid key" in key
    assert str(say(moment(SINCE), "en")) in key
    assert "Status: 401" in key
    assert "Fix: " in key
    assert "The bot can't save anything" in disk
    assert "2 notices are open" in ended.out.splitlines()[-1]
    found = json.loads(doctor("--json", IMAGE_BASE_URL=service).out)
    assert found["ok"] is False
    assert all(one["ok"] is not False for one in found["findings"])
    first = found["notices"][0]
    assert [one["cause"] for one in found["notices"]] == ["auth_invalid_key", "storage"]
    assert (first["since"], first["count"]) == (datetime.fromtimestamp(SINCE, UTC).isoformat(timespec="seconds"), 1)
    assert first["fix"]
    assert first["facts"] == FACTS
    write(folder, SINCE + 120, "auth_invalid_key", "storage", over=True)
    ended = doctor(IMAGE_BASE_URL=service)
    assert (ended.code, "NOTE" in ended.out) == (0, False)
    assert json.loads(doctor("--json", IMAGE_BASE_URL=service).out)["notices"] == []


def test_a_failed_check_comes_before_open_notices(doctor: Call, tmp_path: Path) -> None:
    write(tmp_path / "data", SINCE, "storage")
    ended = doctor(IMAGE_BASE_URL="http://127.0.0.1:9/v1")
    assert ended.code == 1
    assert "NOTE The bot can't save anything" in ended.out
    assert ended.out.splitlines()[-1].startswith("Fix the line that says STOP")
