"""The door of the web chat: host names, origins and the token, without a server."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest

from adapters.web.guard import COOKIE, Guard

TOKEN = "correct horse battery"


async def _ask(
    guard: Guard, headers: dict[str, str], kind: str = "http", query: str = "", path: str = "/", scheme: str = "http"
) -> list[MutableMapping[str, Any]]:
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "websocket.connect"}

    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await guard({"type": kind, "headers": raw, "query_string": query.encode(), "path": path, "scheme": scheme}, receive, send)
    return sent


async def _inside(scope: MutableMapping[str, Any], receive: object, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
    else:
        await send({"type": "websocket.accept"})


def _guard(token: str | None = None, any_host: bool = False) -> Guard:
    return Guard(_inside, 8080, token, any_host)


def _status(sent: list[MutableMapping[str, Any]]) -> object:
    return sent[0].get("status", sent[0]["type"])


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "127.0.0.1:9000"])
async def test_names_of_this_machine_are_answered(host: str) -> None:
    assert _status(await _ask(_guard(), {"host": host})) == 200


@pytest.mark.parametrize(
    "host", ["evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.1.5:8080", "", "[::2]:8080", "0.0.0.0"]
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_other_names_are_refused_because_dns_can_be_rebound(host: str, kind: str) -> None:
    assert _status(await _ask(_guard(), {"host": host}, kind)) in (403, "websocket.close")


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9999", "null", "https://localhost:8080.evil.example"])
async def test_a_websocket_from_another_origin_is_refused(origin: str) -> None:
    assert _status(await _ask(_guard(), {"host": "127.0.0.1:8080", "origin": origin}, "websocket")) == "websocket.close"


async def test_a_websocket_from_our_own_page_is_accepted() -> None:
    sent = await _ask(_guard(), {"host": "127.0.0.1:8080", "origin": "http://127.0.0.1:8080"}, "websocket")
    assert _status(sent) == "websocket.accept"


async def test_a_post_from_another_origin_is_refused() -> None:
    assert _status(await _ask(_guard(), {"host": "localhost:8080", "origin": "http://evil.example"})) == 403


async def test_every_answer_forbids_foreign_content_and_frames() -> None:
    names = {name for name, _ in (await _ask(_guard(), {"host": "localhost"}))[0]["headers"]}
    assert {b"content-security-policy", b"x-frame-options", b"x-content-type-options"} <= names


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=wrong", f"{COOKIE}={TOKEN}", "a=b; c", "\x00=;;"])
async def test_with_a_token_set_nothing_is_served_without_it(kind: str, cookie: str) -> None:
    sent = await _ask(_guard(TOKEN, any_host=True), {"host": "chat.example", "cookie": cookie}, kind)
    assert _status(sent) in (401, "websocket.close")


async def test_the_token_in_the_address_becomes_a_cookie_and_leaves_the_address() -> None:
    guard = _guard(TOKEN, any_host=True)
    sent = await _ask(guard, {"host": "chat.example"}, query="token=correct+horse+battery&you=ben")
    headers = dict(sent[0]["headers"])
    assert sent[0]["status"] == 303
    assert headers[b"location"] == b"/?you=ben"
    cookie = headers[b"set-cookie"].decode()
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert TOKEN not in cookie
    again = await _ask(guard, {"host": "chat.example", "cookie": cookie.partition(";")[0]})
    assert _status(again) == 200


async def test_the_cookie_travels_encrypted_where_the_page_did() -> None:
    for scheme, secure in (("https", True), ("http", False)):
        sent = await _ask(_guard(TOKEN, any_host=True), {"host": "chat.example"}, query="token=correct+horse+battery", scheme=scheme)
        assert dict(sent[0]["headers"])[b"set-cookie"].endswith(b"; Secure") is secure


async def test_the_redirect_leads_to_the_page_that_was_asked_for() -> None:
    sent = await _ask(_guard(TOKEN, any_host=True), {"host": "chat.example"}, query="token=correct+horse+battery", path="/pictures/a b")
    assert dict(sent[0]["headers"])[b"location"] == b"/pictures/a%20b"


async def test_a_refused_websocket_is_closed_as_against_the_rules() -> None:
    sent = await _ask(_guard(TOKEN), {"host": "localhost"}, "websocket")
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_the_redirect_stays_on_this_host() -> None:
    sent = await _ask(_guard(TOKEN, any_host=True), {"host": "chat.example"}, query="token=correct+horse+battery", path="//evil.example/x")
    assert dict(sent[0]["headers"])[b"location"] == b"/"


async def test_a_wrong_token_gives_no_cookie() -> None:
    sent = await _ask(_guard(TOKEN, any_host=True), {"host": "chat.example"}, query="token=guess")
    assert _status(sent) == 401
    assert b"set-cookie" not in dict(sent[0]["headers"])
