"""A community's own key in a real browser, with the real program: typed once, checked over TLS through a proxy, never on the page again."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.page import Chat
from tests.e2e.browser.process import Process, Service, run
from tests.own_keys import ALPHA, PUBLIC, Door, encryption_key, open_door
from tests.tls.network import AUTHORITY, forward_proxy, tls_front

pytestmark = pytest.mark.browser
NAMES = f"""
import socket
known, asked = {{"api.example": "{PUBLIC}", "inside.example": "10.0.0.7"}}, socket.getaddrinfo
socket.getaddrinfo = lambda host, *more, **other: asked(known.get(host, host), *more, **other)
"""
"""The name server of the test."""


@dataclass
class Outside:
    """What's at the public address, run beside this thread, which is Playwright's."""

    door: Door
    proxy: str


@pytest.fixture
def outside() -> Iterator[Outside]:
    ready, over, loop = Future[Outside](), asyncio.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        async with open_door() as door, tls_front(int(door.url.rpartition(":")[2])) as port, forward_proxy() as proxy:
            proxy.leads = {f"{PUBLIC}:443": port}
            ready.set_result(Outside(door, proxy.address))
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    yield ready.result(20)
    loop.call_soon_threadsafe(over.set)
    thread.join(20)


@pytest.fixture
def program(tmp_path: Path, service: Service, outside: Outside) -> Iterator[Process]:
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "sitecustomize.py").write_text(NAMES, encoding="utf-8")
    env = {"COMMUNITY_KEYS": "optional", "ENCRYPTION_KEYS": encryption_key(), "PYTHONPATH": str(tmp_path / "names")}
    env |= {"OUTGOING_PROXY": outside.proxy, "IMAGE_PROXY": "none", "SSL_CERT_FILE": str(AUTHORITY), "STATUS_PAGE": "off"}
    made = run(tmp_path, service, **env)
    made.start()
    yield made
    with contextlib.suppress(Exception):
        made.kill()


def page(olu: Chat) -> None:
    olu.ask("/imagine-settings").press("Own key")


def typed(olu: Chat, address: str, key: str) -> None:
    dialog = olu.dialog
    dialog.get_by_label("Image service").select_option("gateway")
    dialog.get_by_label("Address").fill(address)
    dialog.get_by_label("Models").fill("gpt-image-2")
    dialog.get_by_label("Key", exact=True).fill(key)
    kept = dialog.page.evaluate("() => JSON.stringify({ ...sessionStorage, ...localStorage })")
    assert address in kept, "the rest of the form is kept for a reload"
    assert key not in kept, "a key never is"
    dialog.get_by_role("button", name="Save").click()


def test_a_key_is_typed_once_and_pays_for_the_pictures(
    program: Process, outside: Outside, service: Service, opened: OpenPage, tmp_path: Path
) -> None:
    olu = opened(program.url, "Olu")
    page(olu)
    olu.about("the operator's is used").press("Set a key")
    secret = olu.dialog.get_by_label("Key", exact=True)
    expect(secret).to_have_attribute("type", "password")
    expect(secret).to_have_attribute("autocomplete", "off")
    olu.check("the form for a key")
    olu.picture(tmp_path / "own-key-form.png")
    typed(olu, "https://inside.example/v1", ALPHA)
    expect(olu.dialog.get_by_role("alert")).to_contain_text("doesn't lead to a public address")
    typed(olu, "https://api.example/v1", "no-such-key-0000")
    expect(olu.dialog.get_by_role("alert")).to_contain_text("api.example doesn't accept this key. Nothing was stored.")
    assert outside.door.billed() == []
    typed(olu, "https://api.example/v1", ALPHA)
    expect(olu.notice).to_contain_text("api.example accepts the key")
    page(olu)
    olu.about(f"ends in …{ALPHA[-4:]}").says("https://api.example/v1")
    olu.picture(tmp_path / "own-key-page.png")
    assert ALPHA not in olu.page.content()
    olu.imagine("a red bicycle that the club pays for").shows(1)
    assert outside.door.billed() == [(ALPHA, "a red bicycle that the club pays for")]
    assert service.calls("that the club pays for") == 0, "the operator's service"
    ana = opened(program.url, "Ana")
    ana.type("/imagine-settings")
    expect(ana.notice).to_contain_text("Only administrators")
    assert ALPHA.encode() not in b"".join(program.said)
