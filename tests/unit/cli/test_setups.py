"""Broken set-ups, each really made on this machine: the right cause is named first, with the fix (docs/troubleshooting.md)."""

from __future__ import annotations

import asyncio
import base64
import email.utils
import io
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PIL import Image

from bot.cli import checks, plugins
from tests.discord.standin.server import StandIn as DiscordStandIn
from tests.slack.standin.server import StandIn as SlackStandIn
from tests.unit.cli.broken import Certificates, serving
from tests.unit.cli.conftest import KEY, Ended, Point
from tests.unit.cli.further_setups import FurtherSetups
from tests.unit.cli.later_setups import LaterSetups
from tests.unit.cli.loopback import Handler, listening
from tests.unit.cli.setups import SETUPS, Setup
from tests.unit.cli.test_doctor_broken import HOLD, other_program, running

T = TypeVar("T")
VIEW = 1 << 10


def error(status: int, message: str, **more: str) -> tuple[int, object]:
    return status, {"error": {"message": message, "type": "invalid_request_error", **more}}


@dataclass
class Service:
    """An image service whose answers a set-up changes, with a status page beside it."""

    address: str = ""
    answers: dict[str, tuple[int, object]] = field(default_factory=dict)
    ahead: float = 0.0
    keys: list[str] = field(default_factory=list)
    accepts: str = ""
    """The only key that it accepts; empty for any."""


def _png() -> str:
    drawn = io.BytesIO()
    Image.new("RGB", (1024, 1024)).save(drawn, "PNG")
    return base64.b64encode(drawn.getvalue()).decode()


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    made.answers = {
        "/v1/models": (200, {"data": [{"id": "gpt-image-2"}, {"id": "gpt-5-mini"}]}),
        "/v1/chat/completions": (200, {"choices": [{"message": {"content": "Yes"}}]}),
        "/v1/images/generations": (200, {"data": [{"b64_json": _png()}]}),
    }

    class Answers(Handler):
        def do_GET(self) -> None:
            made.keys.append(self.headers.get("authorization", ""))
            status, body = made.answers.get(self.path, (404, "<html>nothing here</html>"))
            if made.accepts and made.keys[-1] != f"Bearer {made.accepts}":
                status, body = error(401, "Incorrect API key provided.", code="invalid_api_key")
            self.answer(status, body, date=email.utils.formatdate(time.time() + made.ahead, usegmt=True))

        def do_POST(self) -> None:
            self.body()
            self.do_GET()

    with listening(Answers) as port:
        made.address = f"http://127.0.0.1:{port}/v1"
        yield made


class ProxyThatAsks(Handler):
    def do_CONNECT(self) -> None:
        self.send_response(407)
        self.end_headers()


@dataclass
class Workshop(FurtherSetups, LaterSetups):
    """Where a set-up is broken: returns what it adds to the environment."""

    service: Service
    folder: Path
    adapters: dict[str, Point]
    patch: pytest.MonkeyPatch
    stack: ExitStack
    certificates: Callable[[], Certificates]
    loop: asyncio.AbstractEventLoop

    def wait(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(30)

    def platform(self, name: str) -> None:
        del self.adapters["standin"]
        self.adapters[name] = Point(name, partial(_plugin, name))

    def discord(self) -> tuple[DiscordStandIn, dict[str, str]]:
        self.platform("discord")
        made = self.wait(_entered(DiscordStandIn()))
        self.stack.callback(lambda: self.wait(made.__aexit__(None, None, None)))
        return made, made.environment()

    def slack(self) -> tuple[SlackStandIn, dict[str, str]]:
        self.platform("slack")
        made = self.wait(_entered(SlackStandIn()))
        self.stack.callback(lambda: self.wait(made.__aexit__(None, None, None)))
        return made, made.environment()

    # ---- the image service

    def wrong_key(self) -> Mapping[str, str]:
        self.service.answers["/v1/models"] = error(401, f"Incorrect API key provided: {KEY}", code="invalid_api_key")
        return {}

    def quoted_key(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": f'"{KEY}"'}

    def half_quoted_key(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": f'"{KEY}'}

    def newline_key(self) -> Mapping[str, str]:
        return {"IMAGE_API_KEY": f"{KEY[:9]}\n{KEY[9:]}"}

    def revoked_key(self) -> Mapping[str, str]:
        self.service.answers["/v1/models"] = error(401, "Your API key has been revoked.", code="invalid_api_key")
        return {}

    def wrong_path(self) -> Mapping[str, str]:
        self.service.answers.clear()
        return {"IMAGE_BASE_URL": self.service.address.removesuffix("/v1") + "/service/v2"}

    def without_v1(self) -> Mapping[str, str]:
        return {"IMAGE_BASE_URL": self.service.address.removesuffix("/v1")}

    def text_only_key(self) -> Mapping[str, str]:
        said = "You have insufficient permissions for this operation. Missing scopes: api.model.images.request."
        self.service.answers["/v1/images/generations"] = error(403, said)
        return {}

    def unknown_model(self) -> Mapping[str, str]:
        return {"IMAGE_MODEL": "gpt-imagine-2"}

    def model_shut_down(self) -> Mapping[str, str]:
        self.service.answers["/v1/models"] = (200, {"data": [{"id": "old-model", "shutdown_date": "2026-01-31"}]})
        return {"IMAGE_MODEL": "old-model"}

    def size_not_allowed(self) -> Mapping[str, str]:
        said = "Invalid value: '1024x1024'. Supported values are: '512x512'."
        self.service.answers["/v1/images/generations"] = error(400, said, param="size", code="invalid_value")
        return {}

    def no_quota(self) -> Mapping[str, str]:
        said = "You exceeded your current quota, please check your plan and billing details."
        self.service.answers["/v1/images/generations"] = error(429, said, code="insufficient_quota")
        return {}

    def incident(self) -> Mapping[str, str]:
        self.service.answers["/v1/models"] = (503, {"error": {"message": "The server is overloaded", "type": "server_error"}})
        open_ = {"name": "Elevated errors on image generation", "status": "investigating", "created_at": "2026-11-29T08:12:00Z"}
        self.service.answers["/api/v2/summary.json"] = (200, {"page": {}, "incidents": [open_]})
        return {"STATUS_PAGE": self.service.address.removesuffix("/v1")}

    # ---- the network

    def dns(self) -> Mapping[str, str]:
        return {"IMAGE_BASE_URL": "https://images.does-not-exist.invalid/v1"}

    def tcp(self) -> Mapping[str, str]:
        return {"IMAGE_BASE_URL": "http://127.0.0.1:9/v1"}

    def tls(self) -> Mapping[str, str]:
        port = self.stack.enter_context(serving(tls=self.certificates().context("self_signed")))
        return {"IMAGE_BASE_URL": f"https://127.0.0.1:{port}/v1"}

    def proxy(self) -> Mapping[str, str]:
        port = self.stack.enter_context(serving())
        return {"IMAGE_BASE_URL": "https://images.example.invalid/v1", "IMAGE_PROXY": f"http://127.0.0.1:{port}"}

    def proxy_login(self) -> Mapping[str, str]:
        port = self.stack.enter_context(listening(ProxyThatAsks))
        return {"IMAGE_BASE_URL": "https://images.example.invalid/v1", "IMAGE_PROXY": f"http://127.0.0.1:{port}"}

    def captive(self) -> Mapping[str, str]:
        self.service.answers["/v1/models"] = (200, "<!doctype html><title>Hotel Wi-Fi: sign in</title>")
        return {}

    def website(self) -> Mapping[str, str]:
        self.service.answers["/v1/models"] = (200, "<!doctype html><title>Pictures for everybody</title>")
        return {}

    # ---- this machine

    def clock(self) -> Mapping[str, str]:
        self.service.ahead = 86_400.0
        return {}

    def disk_full(self) -> Mapping[str, str]:
        self.patch.setattr(checks.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 100_000_000}))
        return {}

    def database_locked(self) -> Mapping[str, str]:
        with running(self.folder / "data"):
            pass
        self.stack.enter_context(other_program(HOLD, str(self.folder / "data" / "imagine-bot.db"), "PRAGMA journal_mode=WAL"))
        return {}

    def database_damaged(self) -> Mapping[str, str]:
        (self.folder / "data").mkdir()
        (self.folder / "data" / "imagine-bot.db").write_bytes(b"no database" * 1000)
        return {}

    def read_only(self) -> Mapping[str, str]:
        return {"DATA_DIR": "/proc/nowhere"}

    def two_processes(self) -> Mapping[str, str]:
        self.stack.enter_context(running(self.folder / "data"))
        return {}

    # ---- Discord and Slack

    def discord_token(self) -> Mapping[str, str]:
        return {**self.discord()[1], "DISCORD_BOT_TOKEN": "wrong.token.value"}

    def discord_intent(self) -> Mapping[str, str]:
        standin, env = self.discord()
        standin.gateway.refuse_with = 4014
        return env

    def discord_permission(self) -> Mapping[str, str]:
        standin, env = self.discord()
        guild = standin.studio()[0]
        return {**env, "MODERATOR_CHANNEL_DISCORD": standin.world.channel(guild, "moderators", bot_permissions=VIEW).id}

    def discord_channel(self) -> Mapping[str, str]:
        return {**self.discord()[1], "MODERATOR_CHANNEL_DISCORD": "123456789012345678"}

    def slack_swapped(self) -> Mapping[str, str]:
        env = self.slack()[1]
        return {**env, "SLACK_BOT_TOKEN": env["SLACK_APP_TOKEN"], "SLACK_APP_TOKEN": env["SLACK_BOT_TOKEN"]}

    def slack_scope(self) -> Mapping[str, str]:
        standin, env = self.slack()
        standin.world.scopes -= {"files:read"}
        return env

    def slack_not_in_channel(self) -> Mapping[str, str]:
        standin, env = self.slack()
        return {**env, "MODERATOR_CHANNEL_SLACK": standin.elsewhere.id}


async def _entered(made: T) -> T:
    await made.__aenter__()  # type: ignore[attr-defined]
    return made


def _plugin(name: str) -> object:
    return next(point for point in entry_points(group=plugins.GROUP) if point.name == name).load()


@pytest.fixture
def workshop(
    service: Service,
    tmp_path: Path,
    adapters: dict[str, Point],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Workshop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    with ExitStack() as stack:
        yield Workshop(service, tmp_path, adapters, monkeypatch, stack, lambda: Certificates(tmp_path_factory.mktemp("certificates")), loop)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.mark.parametrize("setup", SETUPS, ids=lambda one: one.name)
def test_a_broken_setup_is_named_first_with_its_fix(
    workshop: Workshop, imagine_bot: Callable[..., Ended], setup: Setup, service: Service
) -> None:
    env = {"IMAGE_API_KEY": KEY, "IMAGE_BASE_URL": service.address, "STANDIN_TOKEN": "token-1", "STATUS_PAGE": "off"}
    env |= getattr(workshop, setup.name)()
    _, *arguments = setup.command.split()
    if setup.first == "run":
        ended = imagine_bot(*arguments, **env)
        assert ended.code != 0
        assert setup.says in ended.err
        assert setup.fix in ended.err
    else:
        ended = imagine_bot(*arguments, "--json", **env)
        found = json.loads(ended.out)
        wrong = [one for one in found["findings"] if one["ok"] is False]
        if not setup.first:
            assert (wrong, ended.code) == ([], 0)
            assert service.keys
            assert set(service.keys) == {f"Bearer {KEY}"}
            return
        assert ended.code == 1
        assert wrong[0]["what"] == setup.first, wrong
        assert setup.says in wrong[0]["sentence"]
        assert setup.fix.lower() in f"{wrong[0]['sentence']} {wrong[0]['reason']} {wrong[0]['fix']}".lower()
        assert [row["layer"] for row in found["layers"] if row["verdict"] == "yes"] == [setup.layer]
        if setup.name == "incident":
            row = next(row for row in found["layers"] if row["layer"] == "service")
            assert "reports an incident since 2026-11-29 08:12 UTC: “Elevated errors on image generation”" in row["seen"]
    for secret in ("canary", "wrong.token.value", "Traceback"):
        assert secret not in ended.out + ended.err


def test_there_are_thirty_and_each_is_made() -> None:
    assert len(SETUPS) >= 30
    assert all(hasattr(Workshop, one.name) for one in SETUPS)
