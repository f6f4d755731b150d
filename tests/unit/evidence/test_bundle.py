"""Evidence bundles of a real bot whose image service echoes everything it can: support gets what it needs, and nothing else."""

from __future__ import annotations

import ast
import asyncio
import base64
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import update

from bot.chat.views import Act, ActionName, Audience, Document, Reply
from bot.core import Received
from bot.domain.failure import Evidence, Phase
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.requests import Person, Place, Submission
from bot.evidence import bundle
from bot.evidence.bundle import BundleMaker, LeakFound
from bot.evidence.button import EvidenceActions
from bot.evidence.check import leaks
from bot.evidence.collect import find
from bot.evidence.private import Private, quoted
from bot.evidence.reported import status_words
from bot.evidence.scrub import Scrubber
from bot.evidence.surroundings import Surroundings
from bot.ledger.tables import notices
from bot.ports import SystemPorts
from bot.providers.status_page import Incident, StatusPage
from bot.sandbox.server import start
from bot.settings import load
from bot.settings.rules import FALLBACK
from bot.settings.surroundings import surroundings_of
from bot.texts import text
from tests.world import BAD_KEY, BLOCK, World, bad, world

KEY = "sk-live-7Qm2Zx9LpT4vKc81RwYd"
PROXY = "http://svc-user:Tr0ub4dor-proxy@proxy-03.corp.example-office.net:3128"
MINE = "ein rotes Fahrrad im Regen vor dem Haus von Oma Erna"
OTHERS = "the merger slides of project Falcon for Dana Whitfield"
CHINESE = "雨中的红色自行车停在奶奶家门口"
SECRETS: Mapping[str, str] = {
    # settings
    "image key": KEY,
    "second key": "nb-93fdc0a2b17e4c5f8890",
    "discord token": "MTE4NzY1NDMyMTA5ODc2NTQz.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789AB",
    "slack bot token": "xoxb-123456789012-abcdefGHIJKL",
    "slack app token": "xapp-1-A0123-456-deadbeef",
    "signing secret": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "web token": "correct-horse-battery",
    "proxy password": "Tr0ub4dor-proxy",
    "database password": "hunter2-hunter2",
    "proxy host": "proxy-03.corp.example-office.net",
    # prompts
    "own prompt": MINE,
    "another member's prompt": OTHERS,
    "a prompt without spaces": CHINESE,
    "pasted cloud key": "AKIAIOSFODNN7EXAMPLE",
    "e-mail": "dana.whitfield@example.org",
    "phone": "+49 30 901820",
    # headers, bodies, exceptions
    "cookie": "session=9f8e7d6c5b4a39281706",
    "signed address": "sig=Zm9vYmFyYmF6cXV4MTIzNDU2",
    "private address": "10.20.30.40",
    "local host": "image-gw.internal",
    "home folder": "/home/dana/keys/imagine.env",
    "member's id": "218735094412345678",
}
VARIABLES = {
    "IMAGE_API_KEY": KEY,
    "NBILITY_API_KEY": SECRETS["second key"],
    "DISCORD_BOT_TOKEN": SECRETS["discord token"],
    "SLACK_BOT_TOKEN": SECRETS["slack bot token"],
    "SLACK_APP_TOKEN": SECRETS["slack app token"],
    "SLACK_SIGNING_SECRET": SECRETS["signing secret"],
    "WEB_TOKEN": SECRETS["web token"],
    "OUTGOING_PROXY": PROXY,
    "MY_DB_PASSWORD": SECRETS["database password"],
}
SAID = " | ".join(
    [
        *SECRETS.values(),
        *(f"{KEY[:9]}***{KEY[-9:]}", base64.b64encode(f"bot:{KEY}".encode()).decode(), quote(PROXY, safe=""), json.dumps(MINE)),
        *(MINE.upper(), " ".join(CHINESE), OTHERS[10:34], f"https://cdn.example/picture?{SECRETS['signed address']}"),
    ]
)
ECHO = Evidence(
    provider="openai",
    api="images.generations",
    status=400,
    headers={
        "content-type": "application/json",
        "x-request-id": "req_a1b2c3d4e5f60718",
        "set-cookie": SECRETS["cookie"],
        "x-debug": SAID,
        "openai-organization": "org-dana",
        "retry-after": KEY,
        "apim-request-id": KEY,
    },
    body={
        "error": {"code": "invalid_value", "param": "size", "message": f"Invalid size '7x7'. {SAID}", KEY: [SAID, {"deep": SAID}]},
        "request": {"prompt": MINE, "user": SECRETS["member's id"], "number": int(SECRETS["member's id"])},
    },
    phase=Phase.AFTER_SEND,
)  # fmt: skip
BROKEN = Evidence(provider="openai", api="images.generations", exception=f"httpx.ConnectError: {SAID}", phase=Phase.BEFORE_SEND)


def surroundings(**more: object) -> Surroundings:
    settings = load({**VARIABLES, "ACCOUNT_PLAN": "Tier 2", **{name: str(value) for name, value in more.items()}})
    return surroundings_of(settings)


async def made(here: World, folder: Path, about: Surroundings, asked: str | None = None) -> dict[str, bytes]:
    found = await here.bot.ledger.read(lambda c: find(c, asked))
    assert found is not None
    path = BundleMaker(about, folder, SystemPorts()).make(found)
    assert path.stat().st_size < 200_000
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def plainly(content: bytes) -> str:
    """The text in every spelling that a reader or a program would see."""
    text = content.decode()
    shown = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return "\n".join((text, shown, html.unescape(text)))


@pytest.mark.parametrize("evidence", [ECHO, BROKEN, replace(ECHO, body=f"<html>{SAID}"), replace(ECHO, body=json.dumps({"error": SAID}))])
async def test_no_planted_secret_is_in_any_file(tmp_path: Path, evidence: Evidence) -> None:
    async with world(tmp_path, max_attempts=1) as here:
        await here.answer(await here.imagine(OTHERS, person="dana"))
        await here.answer(await here.imagine(f"{CHINESE} {SECRETS['e-mail']}", person="dana"))
        here.service.script += [
            Outcome(shortfall=evidence, billed=Billed.NO if evidence.status else Billed.UNKNOWN, status=evidence.status)
        ] * 3
        await here.answer(await here.imagine(MINE, person=SECRETS["member's id"]))
        files = await made(here, tmp_path / "out", surroundings())
    assert set(files) == {"evidence.html", "EVIDENCE.md", "evidence.json", "reproduce.py", "curl.sh"}
    for name, content in files.items():
        text = plainly(content)
        for what, secret in SECRETS.items():
            assert secret.lower() not in text.lower(), (name, what)
        for part in ("Tr0ub4dor", KEY[:9], KEY[-9:], "Oma Erna", "Falcon", "红色自行车", "org-dana", "whitfield", "MERGER", "HAUS"):
            assert part.lower() not in text.lower(), (name, part)
        assert base64.b64encode(f"bot:{KEY}".encode()).decode() not in text


async def test_the_web_chats_own_community_takes_no_word_out_of_the_bundle(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.service.script.append(bad(BAD_KEY))
        typed = Submission(Person("ana", "Ana"), Place("test", "local", "imagine"), "a quiet harbour")
        received = await here.bot.core.receive("test:local", typed)
        assert isinstance(received, Received)
        await here.bot.core.accept(received.request_id)
        await here.answer(received.request_id)
        files = await made(here, tmp_path / "out", surroundings())
    facts = json.loads(files["evidence.json"])
    assert set(facts["when"]["failed"]) == {"local", "zone", "utc"}
    assert (facts["failure"]["kind"], facts["attempts"][0]["result"]) == ("auth_invalid_key", "auth_invalid_key")
    assert "[removed]" not in files["EVIDENCE.md"].decode().partition("## ")[2].partition("## ")[0]


async def test_support_gets_what_it_asks_for(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        here.service.script.append(
            Outcome(shortfall=ECHO, billed=Billed.NO, status=400, provider_request_id="req_a1b2c3d4e5f60718", latency=1.25)
        )
        request = await here.imagine(MINE)
        await here.answer(request)
        files = await made(here, tmp_path / "out", surroundings())
        assert await here.bot.ledger.read(lambda c: find(c, "req_a1b2c3d4e5f60718")) is not None
        assert await here.bot.ledger.read(lambda c: find(c, "nothing")) is None
    facts = json.loads(files["evidence.json"])
    assert facts["ids"] == ["req_a1b2c3d4e5f60718"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", facts["when"]["failed"]["local"])
    assert facts["when"]["failed"]["utc"].endswith("+00:00")
    assert facts["service"] | {"region": ""} == {
        "host": "api.openai.com",
        "api": "openai",
        "model": "gpt-image-2",
        "account_plan": "Tier 2",
        "region": "",
        "through_a_proxy": True,
    }
    assert facts["failure"]["kind"] == "unsupported_size"
    assert facts["request"]["body"] == {
        "model": "gpt-image-2",
        "prompt": "a red bicycle in the rain",
        "n": 1,
        "quality": "medium",
        "size": "1024x1024",
    }
    assert facts["request"]["prompt"] == {
        "sent_here": "a red bicycle in the rain",
        "originally_characters": len(MINE),
        "originally_words": 11,
    }
    assert facts["response"]["status"] == 400
    assert facts["response"]["headers"]["x-request-id"] == "req_a1b2c3d4e5f60718"
    assert facts["response"]["headers"]["set-cookie"] == "[removed]"
    assert facts["response"]["body"]["error"]["code"] == "invalid_value"
    assert facts["response"]["body"]["error"]["message"].startswith("Invalid size '7x7'. [removed]")
    assert [one["result"] for one in facts["attempts"]] == ["unsupported_size"]
    assert facts["environment"]["python"]
    assert "req_a1b2c3d4e5f60718" in files["evidence.html"].decode()
    assert "req_a1b2c3d4e5f60718" in files["EVIDENCE.md"].decode()
    ast.parse(files["reproduce.py"])


async def test_the_script_and_the_line_for_a_shell_need_only_a_key_and_see_the_same(tmp_path: Path) -> None:
    service = await start(host="127.0.0.1", port=0)
    try:
        async with world(tmp_path) as here:
            here.service.script.append(bad(BLOCK))
            await here.answer(await here.imagine("a quiet garden with a secret in it"))
            files = await made(here, tmp_path / "out", surroundings(IMAGE_BASE_URL=service.base_url))
        assert b"127.0.0.1" not in b"".join(files.values())
        script = tmp_path / "elsewhere" / "reproduce.py"
        script.parent.mkdir()
        script.write_bytes(files["reproduce.py"])
        env = {"PATH": os.environ["PATH"], "IMAGE_API_KEY": "sandbox-key-123", "IMAGE_BASE_URL": service.base_url}
        run = [sys.executable, "-I", str(script)]
        same = await asyncio.to_thread(
            subprocess.run, run, env={**env, "PROMPT": "sandbox:safety_prompt"}, capture_output=True, text=True, check=False
        )
        assert (same.returncode, "The same status" in same.stdout) == (0, True), same.stdout + same.stderr
        other = await asyncio.to_thread(subprocess.run, run, env=env, capture_output=True, text=True, check=False)
        assert (other.returncode, "Another status" in other.stdout) == (1, True)
        assert "sandbox-key-123" not in same.stdout + other.stdout
        line = files["curl.sh"].decode().replace("https://YOUR-SERVICE/v1", service.base_url)
        shell = await asyncio.to_thread(subprocess.run, ["sh", "-c", line], env=env, capture_output=True, text=True, check=False)
        assert "200 OK" in shell.stdout, shell.stderr
    finally:
        await service.stop()


@pytest.mark.parametrize(
    "planted", [KEY, KEY[3:12], "svc.internal", "dana.whitfield@example.org", "203.0.113.9", OTHERS, CHINESE, "AKIAIOSFODNN7EXAMPLE"]
)
def test_the_checker_finds_a_leak_that_the_scrubber_left(planted: str) -> None:
    private = Private([KEY], ["svc.internal"], ["dana"], "api.openai.com")
    for escape in (str, lambda text: json.dumps(text)[1:-1]):
        files = {"evidence.json": json.dumps({"safe": f"said {escape(planted)} there"}).encode(), "page.html": f"<p>{planted}</p>".encode()}
        assert leaks(files, private, [OTHERS, CHINESE], "")
        assert leaks({"page.html": files["page.html"]}, private, [OTHERS, CHINESE], "")
    clean = {"evidence.json": b'{"message": "Invalid size 7x7. Supported: 1024x1024", "id": "req_a1b2c3d4e5f60718"}'}
    assert leaks(clean, Private([KEY], (), (), "", frozenset({"req_a1b2c3d4e5f60718"})), [OTHERS], "") == []


@pytest.mark.parametrize(
    ("name", "shown"), [("Elevated error rates on images", "Elevated error rates on images"), (f"Key {KEY}", "Key [removed]")]
)
async def test_the_status_page_is_quoted_and_scrubbed(tmp_path: Path, name: str, shown: str) -> None:
    page = StatusPage("https://status.example.com", SystemPorts())
    page.seen, page._looked_at = Incident(name, 1_795_900_000.0, "status.example.com"), page.ports.monotonic()
    async with world(tmp_path) as here:
        here.service.script.append(bad(BAD_KEY))
        await here.answer(await here.imagine(MINE))
        found = await here.bot.ledger.read(lambda c: find(c, None))
    assert found is not None
    path = BundleMaker(surroundings(), tmp_path / "out", SystemPorts()).make(found, await status_words(page))
    facts = json.loads(zipfile.ZipFile(path).read("evidence.json"))
    assert facts["status_page"] == (
        f"When this bundle was made, status.example.com reported an incident since 2026-11-28T21:06:40+00:00: “{shown}”."
    )


def test_a_request_of_the_second_service_names_that_service() -> None:
    about = surroundings(
        IMAGE_BASE_URL="http://image-gw.internal/v1", FALLBACK_BASE_URL="https://api.x.ai/v1", FALLBACK_API_KEY="xai-0123456789abcdef"
    )
    second = about.of(FALLBACK)
    assert (about.public_host, second.public_host) == ("", "api.x.ai")
    assert "image-gw.internal" in second.hosts()
    assert about.of("") is about


async def test_the_button_on_a_notice_makes_a_bundle_for_operators_only(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        maker = BundleMaker(surroundings(), tmp_path / "evidence", SystemPorts())
        page = StatusPage("https://status.example.com", SystemPorts(), reached=True, _looked_at=SystemPorts().monotonic())
        here.bot.core.add_room(EvidenceActions(here.bot.ledger, lambda: maker, page))
        here.service.script.append(bad(BAD_KEY))
        await here.answer(await here.imagine(MINE))
        await here.until(lambda: here.chat.about("notice:auth_invalid_key"))
        view = here.chat.about("notice:auth_invalid_key")
        assert view is not None
        (button,) = view.buttons
        assert (button.action, button.label) == (ActionName.EVIDENCE, "Collect evidence")
        said = await here.press(ActionName.EVIDENCE, button.row, "olu")  # in the channel where members ask for pictures
        assert said == "This button doesn't work anymore. Type /imagine-show to find your request."
        act = Act("press:x", "olu", "Olu", "test", "home", "operators", ActionName.EVIDENCE, button.row)
        reply = await here.bot.core.act(act)
        (made,) = (tmp_path / "evidence").glob("*.zip")
        assert str(made) in reply.text
        assert reply.document == Document(made.name, made.read_bytes())
        assert "status.example.com" in json.loads(zipfile.ZipFile(made).read("evidence.json"))["status_page"]
        for elsewhere in (
            replace(act, platform="other"),
            replace(act, community="x"),
            replace(act, direct=True),
            replace(act, row="a" * 16),
            replace(act, row=next(one.id for one in here.chat.messages.values() if one.audience is Audience.CHANNEL), channel="imagine"),
        ):
            assert await here.bot.core.act(elsewhere) == Reply(text("reply.unknown_button"), changed=False)
        assert len(list((tmp_path / "evidence").glob("*"))) == 1
        shutil.rmtree(tmp_path / "evidence")
        (tmp_path / "evidence").write_text("no folder")
        assert await here.bot.core.act(act) == Reply(text("evidence.not_written"), changed=False)
        for kind, said in ((Kind.RATE_LIMITED.value, "evidence.gone"), ("model_end", "reply.unknown_button")):
            await here.bot.ledger.write(lambda tx, kind=kind: tx.connection.execute(update(notices).values(kind=kind)))  # type: ignore[misc]
            assert await here.bot.core.act(act) == Reply(text(said), changed=False)


async def test_what_the_scrubber_misses_is_left_out_or_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path) as here:
        here.service.script.append(bad(replace(ECHO, headers={}, body={"error": f"Invalid size. {KEY}", KEY: 1})))
        await here.answer(await here.imagine(MINE))
        monkeypatch.setattr(Scrubber, "text", lambda self, value, most=0: value)
        files = await made(here, tmp_path / "out", surroundings())
        assert not any(KEY in plainly(content) for content in files.values())
        monkeypatch.setattr(bundle, "_stripped", lambda facts, *rest: facts)
        with pytest.raises(LeakFound) as leak:
            await made(here, tmp_path / "none", surroundings())
        assert KEY not in str(leak.value)
        assert list((tmp_path / "none").glob("*")) == []


def test_a_quotation_is_found_however_it_is_written_and_our_own_words_are_none() -> None:
    for said in (MINE, MINE.upper(), MINE.replace(" ", "\\n"), json.dumps(MINE), f"prefix {MINE[4:30]} suffix"):
        assert quoted(said, [MINE])
    assert quoted(f"the text {CHINESE[2:9]} was", [CHINESE])
    assert not quoted("Invalid size. Supported sizes are 1024x1024.", [MINE, CHINESE, "a cat"])
    assert quoted("we saw Fuji there", ["fuji"])
    assert not quoted("The image service's request", ["draw the image service's request as a robot"], "The image service's request")
