"""Faults below HTTP, from really closed ports, wrong names, bad certificates, refusing proxies: which kind, and whether billed."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from bot.domain.failure import Phase
from bot.domain.kinds import Action, Kind
from bot.domain.outcome import Billed, Outcome
from bot.egress import Egress
from bot.failures.classify import classify
from tests.unit.providers.wire import Exchange, Handler, a_call, always, b64, provider, serving

CERTIFICATE = Path(__file__).with_name("localhost.pem")


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def call(base_url: str, folder: Path, timeout: float = 5.0, **options: object) -> Outcome:
    async with provider(base_url, folder, **options) as made:
        return await made.call(a_call(timeout=timeout))


def expect(outcome: Outcome, kind: Kind, billed: Billed, action: Action | None = None) -> None:
    assert outcome.pictures == ()
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert (failure.kind, outcome.billed) == (kind, billed)
    assert outcome.shortfall.phase is (Phase.BEFORE_SEND if billed is Billed.NO else Phase.AFTER_SEND)
    assert action is None or failure.action is action


async def test_a_closed_port_is_a_failed_connection_and_free(tmp_path: Path) -> None:
    expect(await call(f"http://127.0.0.1:{closed_port()}/v1", tmp_path), Kind.NETWORK_CONNECT, Billed.NO, Action.GENERATE)


async def test_a_name_that_does_not_exist_is_a_name_fault_and_free(tmp_path: Path) -> None:
    expect(await call("http://no-such-host.invalid/v1", tmp_path), Kind.NETWORK_DNS, Billed.NO)


async def test_a_certificate_nobody_trusts_is_a_tls_fault_and_free(tmp_path: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    async with serving(always({}), ssl=context) as server:
        expect(await call(f"https://localhost:{server.port}/v1", tmp_path), Kind.NETWORK_TLS, Billed.NO, Action.NONE)
        assert server.seen == []


async def test_a_certificate_the_operator_trusts_is_taken(tmp_path: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
    async with serving(always({"data": [{"b64_json": b64()}]}), ssl=context) as server:
        outcome = await call(f"https://localhost:{server.port}/v1", tmp_path, verify=trusting)
    assert len(outcome.pictures) == 1


async def test_a_server_that_speaks_no_tls_is_a_tls_fault_and_free(tmp_path: Path) -> None:
    async def plain(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def greeting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    listening = await asyncio.start_server(greeting, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    expect(await call(f"https://127.0.0.1:{port}/v1", tmp_path), Kind.NETWORK_TLS, Billed.NO)
    listening.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_not_there_is_a_proxy_fault_and_free(tmp_path: Path, scheme: str) -> None:
    outcome = await call(f"{scheme}://images.example/v1", tmp_path, egress=Egress(image_proxy=f"http://127.0.0.1:{closed_port()}"))
    expect(outcome, Kind.NETWORK_PROXY, Billed.NO, Action.NONE)
    assert outcome.shortfall is not None
    assert outcome.shortfall.via_proxy


async def test_a_proxy_that_refuses_is_a_proxy_fault_and_free(tmp_path: Path) -> None:
    async def refuse(exchange: Exchange) -> None:
        assert exchange.head.startswith(b"CONNECT")
        await exchange.raw(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")

    async with serving(refuse) as proxy:
        outcome = await call("https://images.example/v1", tmp_path, egress=Egress(image_proxy=f"http://127.0.0.1:{proxy.port}"))
    expect(outcome, Kind.NETWORK_PROXY, Billed.NO)


async def test_a_proxy_from_the_environment_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port()}")
    async with serving(always({"data": [{"b64_json": b64()}]})) as server:
        assert len((await call(server.base_url, tmp_path)).pictures) == 1


async def close(exchange: Exchange) -> None:
    exchange.writer.close()


async def reset(exchange: Exchange) -> None:
    exchange.writer.transport.abort()


async def cut(exchange: Exchange) -> None:
    await exchange.raw(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"data":')


async def cut_head(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 OK\r\ncontent-")


async def nonsense(exchange: Exchange) -> None:
    await exchange.raw(b"220 smtp.example ESMTP ready\r\n")


@pytest.mark.parametrize("handler", [close, reset, cut_head], ids=lambda handler: handler.__name__)
async def test_a_connection_that_breaks_after_the_request_may_have_been_billed(tmp_path: Path, handler: Handler) -> None:
    async with serving(handler) as server:
        expect(await call(server.base_url, tmp_path), Kind.NETWORK_RESET, Billed.UNKNOWN, Action.GENERATE)


@pytest.mark.parametrize("handler", [cut, nonsense], ids=lambda handler: handler.__name__)
async def test_an_answer_that_ends_too_early_or_is_no_http_may_have_been_billed(tmp_path: Path, handler: Handler) -> None:
    async with serving(handler) as server:
        outcome = await call(server.base_url, tmp_path)
    assert outcome.shortfall is not None
    assert outcome.billed is Billed.UNKNOWN
    assert classify(outcome.shortfall).kind in (Kind.MALFORMED_RESPONSE, Kind.NETWORK_RESET)


async def silent(exchange: Exchange) -> None:
    await asyncio.Event().wait()


async def drip(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n")
    while True:
        await exchange.raw(b" ")
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("handler", [silent, drip], ids=lambda handler: handler.__name__)
async def test_the_time_is_for_the_whole_exchange_however_it_trickles(tmp_path: Path, handler: Handler) -> None:
    async with serving(handler) as server:
        outcome = await call(server.base_url, tmp_path, timeout=0.3)
    expect(outcome, Kind.TIMEOUT, Billed.UNKNOWN)
    assert 0.25 < outcome.latency < 2


async def test_a_connection_that_never_comes_about_is_free(tmp_path: Path) -> None:
    # A listener whose queue is full: the handshake is never answered.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
            waiting.append(one)
        outcome = await call(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", tmp_path, timeout=0.3)
        for one in waiting:
            one.close()
    expect(outcome, Kind.NETWORK_CONNECT, Billed.NO)


@pytest.mark.parametrize("base", ["ftp://images.example/v1", "http://127.0.0.1:0/v1", "http://[::1/v1", "http://x.invalid:99999/v1"])
async def test_an_impossible_address_is_no_crash(tmp_path: Path, base: str) -> None:
    try:
        outcome = await call(base, tmp_path)
    except ValueError:
        return  # said when the provider is made, before anything is sent
    assert outcome.billed is Billed.NO


@pytest.mark.parametrize("key", ["sk-\nx: y", "sk-ключ", "sk-\ud800"])
async def test_a_key_that_no_header_can_carry_is_refused_without_being_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError) as caught:
        await call("http://127.0.0.1:1/v1", tmp_path, key=key)
    assert "sk-" not in str(caught.value)
