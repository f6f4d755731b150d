"""Doctor against a service that behaves in every way a wrong setting shows itself; it stops at the first broken rung and names the fix."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.adapter import Finding
from bot.catalogue.load import Catalogue
from bot.cli import checks
from bot.cli.ladder import Subject, walk
from bot.pixels import provenance
from bot.pixels.captions import fonts, installed
from bot.sandbox.server import start
from bot.settings import load
from tests.unit.cli.conftest import KEY, Call, Ended, Point, StandInPlugin
from tests.unit.cli.loopback import Handler, listening


@dataclass
class Service:
    """A service on this machine: path -> status, body; remembers what it was asked."""

    address: str = ""
    answers: dict[str, tuple[int, object]] = field(default_factory=dict)
    date: str | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def lists(self, *models: str, **more: Any) -> None:
        self.answers["/v1/models"] = (200, {"data": [{"id": model, **more} for model in models]})


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()

    class Answers(Handler):
        def do_GET(self) -> None:
            made.asked.append((self.path, self.headers.get("authorization", "")))
            status, body = made.answers.get(self.path, (404, "<html>nothing here</html>"))
            self.answer(status, body, **({} if made.date is None else {"date": made.date}))

    made.lists("gpt-image-2", "gpt-5")
    with listening(Answers) as port:
        made.address = f"http://127.0.0.1:{port}/v1"
        yield made


@pytest.fixture
def doctor(imagine_bot: Call, service: Service) -> Callable[..., Ended]:
    def call(*arguments: str, **env: str) -> Ended:
        return imagine_bot(
            "doctor", *arguments, **{"IMAGE_API_KEY": KEY, "IMAGE_BASE_URL": service.address, "STANDIN_TOKEN": "token-1"} | env
        )

    return call


def stop(ended: Ended) -> str:
    """The one line that says what is wrong; nothing after it was examined."""
    assert ended.code == 1
    assert "canary" not in ended.out + ended.err
    assert "Traceback" not in ended.out + ended.err
    lines = ended.out.splitlines()
    wrong = next(index for index, line in enumerate(lines) if line.startswith("STOP"))
    assert not any(line.startswith("ok ") for line in lines[wrong:])
    return "\n".join(lines[wrong:-1])


def test_all_well_walks_every_rung_and_says_so(doctor: Call, service: Service) -> None:
    ended = doctor()
    assert ended.code == 0, ended.out
    whats = [line[5:].partition(":")[0] for line in ended.out.splitlines() if line.startswith("ok   ")]
    local = ["Settings", "Clock", "Data folder", "Database", "Pictures", "Text on pictures", "Content Credentials"]
    assert whats == [*local, "Connections", "Port (TCP)", "Image service", "Model", "Stand-in"]
    assert service.asked == [("/v1/models", f"Bearer {KEY}")]


def test_doctor_leaves_nothing_behind(doctor: Call, tmp_path: Path) -> None:
    doctor()
    assert list(tmp_path.iterdir()) == []


def test_findings_can_be_read_by_a_program(doctor: Call) -> None:
    found = json.loads(doctor("--json", IMAGE_MODEL="nothing-like-it").out)
    assert found["ok"] is False
    assert found["findings"][-1]["what"] == "Model"
    assert [one["ok"] for one in found["findings"][:-1]] == [True] * (len(found["findings"]) - 1)


@pytest.fixture
def sandbox() -> Iterator[str]:
    """The address of a sandbox in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    service = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
    yield service.base_url
    asyncio.run_coroutine_threadsafe(service.stop(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_with_spend_the_cheapest_picture_is_asked_for_and_thrown_away(doctor: Call, sandbox: str, tmp_path: Path) -> None:
    ended = doctor("--spend", IMAGE_BASE_URL=sandbox)
    assert ended.code == 0, ended.out
    line = next(line for line in ended.out.splitlines() if "Smallest picture" in line)
    assert "in quality low arrived after" in line
    assert Catalogue.load().default().sizes.default.replace("x", "×") in line
    assert list(tmp_path.iterdir()) == []


def test_without_spend_no_picture_is_asked_for_and_the_price_is_named(doctor: Call, sandbox: str) -> None:
    ended = doctor(IMAGE_BASE_URL=sandbox)
    assert ended.code == 0
    assert "Smallest picture" not in ended.out
    assert "--spend" in ended.err
    assert "$0." in ended.err


def test_a_picture_that_does_not_come_stops_with_the_operators_steps(doctor: Call, service: Service) -> None:
    said = stop(doctor("--spend"))  # this service has a model list and nothing else
    assert "status 501" in said or "status 404" in said


def test_a_wrong_setting_stops_before_anything_is_asked(doctor: Call, service: Service) -> None:
    assert "MAX_ATTEMPTS" in stop(doctor(MAX_ATTEMPTS="many"))
    assert service.asked == []


def test_a_missing_key_stops_before_anything_is_asked(imagine_bot: Call, service: Service) -> None:
    assert "IMAGE_API_KEY" in stop(imagine_bot("doctor", IMAGE_BASE_URL=service.address))
    assert service.asked == []


def test_a_wrong_key_gets_the_operators_ladder(doctor: Call, service: Service) -> None:
    service.answers["/v1/models"] = (401, {"error": {"code": "invalid_api_key", "message": f"Incorrect API key provided: {KEY}"}})
    said = stop(doctor())
    assert "status 401" in said
    assert "key" in said.lower()


def test_an_address_without_its_v1_is_recognised(doctor: Call, service: Service) -> None:
    said = stop(doctor(IMAGE_BASE_URL=service.address.removesuffix("/v1")))
    assert f"Set IMAGE_BASE_URL to {service.address}" in said
    assert "IMAGE_BASE_URL" in said


def test_a_website_in_place_of_an_api_is_recognised(doctor: Call, service: Service) -> None:
    service.answers["/v1/models"] = (200, "<!doctype html><title>Welcome</title>")
    assert "website" in stop(doctor())


def test_a_service_without_a_model_list_is_no_fault_and_says_how_to_check_it(doctor: Call, service: Service) -> None:
    service.answers.clear()
    ended = doctor()
    assert ended.code == 0
    assert "--spend" in ended.err


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_may_draw_but_not_list_models_is_no_fault(doctor: Call, service: Service, status: int) -> None:
    said = "You have insufficient permissions for this operation. Missing scopes: api.model.read. Check that you have the correct role."
    service.answers["/v1/models"] = (status, {"error": {"message": said, "type": "invalid_request_error"}})
    ended = doctor()
    assert ended.code == 0
    assert "restricted" in ended.out
    assert "--spend" in ended.err


def test_a_key_that_may_do_nothing_here_stops(doctor: Call, service: Service) -> None:
    service.answers["/v1/models"] = (
        403,
        {"error": {"message": "Missing scopes: api.model.images.request", "type": "invalid_request_error"}},
    )
    assert "status 403" in stop(doctor())


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v1", "http://does-not-exist.invalid/v1"])
def test_a_service_that_cannot_be_reached_says_so_with_steps(doctor: Call, address: str) -> None:
    said = stop(doctor(IMAGE_BASE_URL=address))
    assert "couldn't be reached" in said


def test_a_clock_that_is_off_is_named_before_anything_else_of_the_service(doctor: Call, service: Service) -> None:
    service.date = "Wed, 21 Oct 2015 07:28:00 GMT"
    assert "clock" in stop(doctor())


def test_a_model_the_service_does_not_have_is_named_with_its_neighbours(doctor: Call, service: Service) -> None:
    service.lists("gpt-image-2.5-flare", "gpt-5")
    said = stop(doctor(NBILITY_IMAGE_MODEL="gpt-image-2"))
    assert "NBILITY_IMAGE_MODEL" in said
    assert "gpt-image-2.5-flare" in said


def test_a_model_that_writes_text_is_a_note_with_one_that_draws(doctor: Call, service: Service) -> None:
    ended = doctor(IMAGE_MODEL="gpt-5")
    assert ended.code == 0
    assert "gpt-5 looks like a model for text" in ended.err
    assert "such as gpt-image-2" in ended.err


def test_a_model_that_was_shut_down_is_named_with_another(doctor: Call, service: Service) -> None:
    service.lists("old-model", shutdown_date="2026-01-31")
    said = stop(doctor(IMAGE_MODEL="old-model"))
    assert "2026-01-31" in said
    assert "gpt-image-2" in said


def test_a_model_that_will_be_shut_down_is_a_note(doctor: Call, service: Service) -> None:
    from datetime import UTC, datetime, timedelta

    soon = (datetime.now(UTC) + timedelta(days=20)).date()
    service.lists("gpt-image-2", shutdown_date=soon.isoformat())
    ended = doctor()
    assert ended.code == 0
    assert soon.isoformat() in ended.err


def test_a_quality_the_model_does_not_take_is_named_with_those_it_takes(doctor: Call) -> None:
    said = stop(doctor(IMAGE_QUALITY="max"))
    assert "IMAGE_QUALITY" in said
    assert "medium" in said


def test_a_platforms_finding_stops_too(doctor: Call, adapters: dict[str, Point]) -> None:
    adapters["standin"] = Point("standin", lambda: StandInPlugin(findings=[Finding(False, "Stand-in", "STANDIN_TOKEN was revoked.")]))
    assert "STANDIN_TOKEN was revoked." in stop(doctor())


def test_without_any_platform_the_last_rung_says_what_to_set(doctor: Call, adapters: dict[str, Point]) -> None:
    del adapters["standin"]
    assert "--adapters web" in stop(doctor())


def test_a_data_folder_that_is_a_file_or_cannot_be_written_is_named(doctor: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "is a file" in stop(doctor(DATA_DIR=str(tmp_path / "file")))
    assert "DATA_DIR" in stop(doctor(DATA_DIR="/proc/nowhere"))


@pytest.mark.parametrize(("content", "expected"), [(b"", "empty"), (b"no database" * 1000, "damaged")])
def test_a_lost_or_damaged_database_is_named(doctor: Call, tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "imagine-bot.db").write_bytes(content)
    assert expected in stop(doctor())


def subject(folder: Path, now: float = 2e9) -> Subject:
    class Clock:
        def now(self) -> float:
            return now

    return Subject(load({"DATA_DIR": str(folder), "IMAGE_API_KEY": KEY}), folder / ".env", {}, Clock())  # type: ignore[arg-type]


async def collected(rung: Any, of: Subject) -> list[Finding]:
    return [finding async for finding in rung(of)]


async def test_a_full_disk_stops_and_a_nearly_full_one_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, well in ((100_000_000, False), (1_000_000_000, True)):
        monkeypatch.setattr(checks.shutil, "disk_usage", lambda _, free=free: type("Usage", (), {"free": free}))
        of = subject(tmp_path)
        (finding,) = await collected(checks.disk, of)
        assert finding.ok is well
        assert "0.1 GB" in finding.sentence if not well else "1.0 GB" in of.notes[0]


async def test_scripts_that_no_font_here_has_are_named_and_are_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_of_system", tuple)
    _, finding, _ = await collected(checks.fonts, subject(tmp_path))
    assert (finding.ok, finding.what) == (True, "Text on pictures")
    assert "no font here has: Emoji." in finding.sentence
    monkeypatch.setattr(fonts, "PACKAGES", fonts.PACKAGES[:1])
    _, finding, _ = await collected(checks.fonts, subject(tmp_path))
    assert finding.ok
    assert "Arabic, Hebrew, Thai, Chinese, Japanese" in finding.sentence


@pytest.mark.parametrize(
    ("there", "certificate", "words"),
    [
        (False, None, "pip install 'imagine-bot[provenance]'"),
        (True, None, "set PROVENANCE_CERTIFICATE"),
        (True, "/etc/signing.pem", "signed with /etc/signing.pem"),
    ],
)
async def test_whether_changes_are_signed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, certificate: str | None, words: str
) -> None:
    monkeypatch.setattr(provenance, "is_installed", lambda: there)
    of = subject(tmp_path)
    of = dataclasses.replace(of, settings=of.settings.model_copy(update={"provenance_certificate": certificate and Path(certificate)}))
    *_, finding = await collected(checks.fonts, of)
    assert (finding.ok, finding.what) == (True, "Content Credentials")
    assert words in finding.sentence


@pytest.mark.parametrize(("lacking", "ok", "expected"), [("libraries", True, "imagine-bot[captions]"), ("raqm", False, "libfribidi0")])
async def test_what_text_on_pictures_lacks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: str, ok: bool, expected: str
) -> None:
    if lacking == "raqm":
        monkeypatch.setattr(fonts.features, "check", lambda name: name != "raqm")
    else:
        monkeypatch.setattr(installed, "LIBRARIES", (*installed.LIBRARIES, "a_library_that_is_not_here"))
    *_, finding, _ = await collected(checks.fonts, subject(tmp_path))
    assert (finding.ok, expected in finding.sentence + finding.fix) == (ok, True)


async def test_a_clock_before_this_programs_own_time_is_wrong(tmp_path: Path) -> None:
    (finding,) = await collected(checks.clock, subject(tmp_path, now=0.0))
    assert not finding.ok
    assert "1970-01-01" in finding.sentence


async def test_a_running_bot_is_named_and_its_lock_left_alone(tmp_path: Path) -> None:
    from bot.ledger.store import Ledger
    from bot.ports import SystemPorts

    ports = SystemPorts()
    ledger = await Ledger.open(tmp_path, ports.now, ports.new_id)
    of = subject(tmp_path)
    [found] = await collected(checks.running, of)
    assert found.ok
    assert f"process {os.getpid()}" in found.sentence
    assert of.notes == []
    assert (await collected(checks.database, of))[0].ok
    of.file.write_text(f"IMAGE_API_KEY={KEY}\n", encoding="utf-8")
    os.utime(of.file, (ports.now() + 60, ports.now() + 60))
    await collected(checks.running, of)
    assert [f"kill -HUP {os.getpid()}" in note for note in of.notes] == [True]
    await ledger.close()
    of = subject(tmp_path)
    assert await collected(checks.running, of) == []
    assert of.bot is None
    await (await Ledger.open(tmp_path, ports.now, ports.new_id)).close()


async def test_a_rung_tells_all_it_found_before_the_walk_stops(tmp_path: Path) -> None:
    async def two_wrong(_: Subject) -> Any:
        yield Finding(False, "a", "one")
        yield Finding(False, "b", "two")

    async def never(_: Subject) -> Any:
        raise AssertionError
        yield

    assert [finding.what async for finding in walk((two_wrong, never), subject(tmp_path))] == ["a", "b"]


def test_a_model_that_the_catalogue_knows_as_shut_down_is_named_where_the_service_has_no_list(doctor: Call, service: Service) -> None:
    service.answers.clear()
    said = stop(doctor(IMAGE_MODEL="dall-e-3"))
    assert "2026-05-12" in said
    assert "gpt-image" in said
