"""Certificates and proxies of the real clients, against TLS servers of a company's own authority and a real forward proxy."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.cli.ladder import Subject, walk
from bot.cli.reach import way_out
from bot.cli.service import key_and_address
from bot.domain.kinds import Kind
from bot.domain.outcome import Outcome
from bot.egress import Egress, read
from bot.failures.classify import classify
from bot.ports import SystemPorts
from bot.sandbox.server import start as start_sandbox
from bot.settings import load
from tests.discord.process import process as discord_process
from tests.slack.process import process as slack_process
from tests.tls.network import AUTHORITY, Proxy, forward_proxy, server_context, tls_front
from tests.unit.providers.wire import Exchange, a_call, b64, picture, provider, serving

COMPANY = {"IMAGE_CA_FILE": str(AUTHORITY)}
PUBLIC = "93.184.216.34"
"""An address of the open internet, where only the tests' proxy leads somewhere."""


async def lookup(host: str, port: int) -> list[str]:
    return [PUBLIC]


async def drawing(exchange: Exchange) -> None:
    """A service that answers with a picture, and names one elsewhere when it is asked under /elsewhere."""
    if exchange.head.startswith(b"GET"):
        await exchange.answer(picture(), content_type="image/png")
    elif exchange.path.startswith("/elsewhere"):
        await exchange.answer({"data": [{"url": "https://pictures.example/one.png"}]})
    else:
        await exchange.answer({"data": [{"b64_json": b64()}]})


async def ask(base_url: str, folder: Path, rule: Egress) -> Outcome:
    async with provider(base_url, folder, egress=rule, lookup=lookup) as made:
        return await made.call(a_call())


def kind(outcome: Outcome) -> Kind | None:
    return None if outcome.shortfall is None else classify(outcome.shortfall).kind


@pytest.mark.parametrize("variable", ["IMAGE_CA_FILE", "SSL_CERT_FILE"])
async def test_the_image_service_is_trusted_by_the_companys_authority(tmp_path: Path, variable: str) -> None:
    async with serving(drawing, ssl=server_context()) as server:
        address = f"https://localhost:{server.port}/v1"
        assert kind(await ask(address, tmp_path, read({}))) is Kind.NETWORK_TLS
        assert server.seen == []
        assert len((await ask(address, tmp_path, read({variable: str(AUTHORITY)}))).pictures) == 1


async def test_a_folder_of_certificates_is_trusted(tmp_path: Path) -> None:
    folder = tmp_path / "certs"
    folder.mkdir()
    (folder / "0bb21a7e.0").write_bytes(AUTHORITY.read_bytes())  # named by `openssl x509 -hash`
    async with serving(drawing, ssl=server_context()) as server:
        assert (await ask(f"https://localhost:{server.port}/v1", tmp_path, read({"SSL_CERT_DIR": str(folder)}))).pictures


async def test_an_authority_does_not_make_a_wrong_name_right(tmp_path: Path) -> None:
    async with serving(drawing, ssl=server_context()) as server, forward_proxy(leads={"other.example:443": server.port}) as proxy:
        rule = read({**COMPANY, "HTTPS_PROXY": proxy.address})
        assert kind(await ask("https://other.example/v1", tmp_path, rule)) is Kind.NETWORK_TLS
        assert server.seen == []


@pytest.mark.parametrize("variable", ["IMAGE_PROXY", "OUTGOING_PROXY", "HTTPS_PROXY", "https_proxy"])
async def test_the_image_service_is_reached_through_the_proxy(tmp_path: Path, variable: str) -> None:
    async with serving(drawing, ssl=server_context()) as server, forward_proxy("me:word", {"api.example:443": server.port}) as proxy:
        outcome = await ask("https://api.example/v1", tmp_path, read({**COMPANY, variable: proxy.address}))
        assert len(outcome.pictures) == 1
        assert proxy.asked == ["api.example:443"]


async def test_a_plain_service_is_reached_through_the_proxy_for_plain_addresses(tmp_path: Path) -> None:
    async with serving(drawing) as server, forward_proxy(leads={"pictures.lan:8080": server.port}) as proxy:
        outcome = await ask(
            "http://pictures.lan:8080/v1", tmp_path, read({"HTTP_PROXY": proxy.address, "HTTPS_PROXY": "http://127.0.0.1:9"})
        )
        assert len(outcome.pictures) == 1
        assert proxy.asked == ["POST pictures.lan:8080"]


async def test_no_proxy_is_obeyed(tmp_path: Path) -> None:
    async with serving(drawing, ssl=server_context()) as server, forward_proxy() as proxy:
        rule = read({**COMPANY, "HTTPS_PROXY": proxy.address, "NO_PROXY": "localhost"})
        assert (await ask(f"https://localhost:{server.port}/v1", tmp_path, rule)).pictures
        assert proxy.asked == []


async def test_a_picture_is_fetched_through_the_proxy_from_the_address_that_was_checked(tmp_path: Path) -> None:
    """The proxy is never asked for the name, so it cannot be led to another address than the checked one; the name's certificate counts."""
    async with serving(drawing, ssl=server_context()) as server:
        leads = {"api.example:443": server.port, f"{PUBLIC}:443": server.port}
        async with forward_proxy(leads=leads) as proxy:
            outcome = await ask("https://api.example/elsewhere", tmp_path, read({**COMPANY, "HTTPS_PROXY": proxy.address}))
            assert len(outcome.pictures) == 1
            assert proxy.asked == ["api.example:443", f"{PUBLIC}:443"]
        assert b"host: pictures.example\r\n" in server.seen[-1].head.lower()
        assert b"authorization" not in server.seen[-1].head.lower()


async def test_a_picture_behind_a_proxy_with_another_names_certificate_is_not_taken(tmp_path: Path) -> None:
    async def elsewhere(exchange: Exchange) -> None:
        await exchange.answer({"data": [{"url": "https://stranger.example/one.png"}]})

    async with serving(elsewhere, ssl=server_context()) as server:
        leads = {"api.example:443": server.port, f"{PUBLIC}:443": server.port}
        async with forward_proxy(leads=leads) as proxy:
            outcome = await ask("https://api.example/elsewhere", tmp_path, read({**COMPANY, "HTTPS_PROXY": proxy.address}))
            assert outcome.pictures == ()
            assert [one.path for one in server.seen] == ["/elsewhere/images/generations"]


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fd00::1"])
async def test_a_proxy_is_never_asked_for_an_address_inside(tmp_path: Path, inside: str) -> None:
    async def within(host: str, port: int) -> list[str]:
        return [inside]

    async with serving(drawing, ssl=server_context()) as server, forward_proxy(leads={"api.example:443": server.port}) as proxy:
        rule = read({**COMPANY, "HTTPS_PROXY": proxy.address})
        async with provider("https://api.example/elsewhere", tmp_path, egress=rule, lookup=within) as made:
            outcome = await made.call(a_call())
        assert outcome.pictures == ()
        assert proxy.asked == ["api.example:443"]


async def test_a_proxy_that_refuses_the_picture_is_told_as_the_proxy(tmp_path: Path) -> None:
    async def both(exchange: Exchange) -> None:
        await exchange.answer({"data": [{"b64_json": b64()}, {"url": "https://pictures.example/one.png"}]})

    async with serving(both, ssl=server_context()) as server, forward_proxy(leads={"api.example:443": server.port}) as proxy:
        async with provider(
            "https://api.example/v1", tmp_path, egress=read({**COMPANY, "HTTPS_PROXY": proxy.address}), lookup=lookup
        ) as made:
            outcome = await made.call(a_call(count=2))
        assert outcome.shortfall is not None
        assert outcome.shortfall.via_proxy


async def test_doctor_goes_the_same_way_and_says_which(tmp_path: Path) -> None:
    sandbox = await start_sandbox(host="127.0.0.1", port=0)
    port = int(sandbox.base_url.rpartition(":")[2].partition("/")[0])
    try:
        async with tls_front(port) as front, forward_proxy("me:proxy-canary-1", {"api.example:443": front}) as proxy:
            env = {"IMAGE_API_KEY": "sandbox-key-1", "IMAGE_BASE_URL": "https://api.example/v1", **COMPANY, "HTTPS_PROXY": proxy.address}
            subject = Subject(load(env), tmp_path / ".env", {}, SystemPorts())
            found = [one async for one in walk((way_out, key_and_address), subject)]
            assert [one.ok for one in found] == [True, True], found
            assert f"127.0.0.1:{proxy.port} (HTTPS_PROXY)" in found[0].sentence
            assert str(AUTHORITY) in found[0].sentence
            assert "canary" not in str(found)
            assert proxy.asked == ["api.example:443"]
            stranger = Subject(load({**env, "IMAGE_CA_FILE": ""}), tmp_path / ".env", {}, SystemPorts())
            assert [one.ok async for one in walk((way_out, key_and_address), stranger)] == [True, False]
    finally:
        await sandbox.stop()


async def test_doctor_says_beside_the_way_out_what_is_set_and_ignored(tmp_path: Path) -> None:
    env = {
        "IMAGE_API_KEY": "sandbox-key-1",
        "IMAGE_BASE_URL": "https://api.example/v1",
        "HTTPS_PROXY": "socks5://me:proxy-canary-1@127.0.0.1:9",
    }
    [found] = [one async for one in way_out(Subject(load(env), tmp_path / ".env", {}, SystemPorts()))]
    assert "HTTPS_PROXY isn't the address of an HTTP proxy" in found.sentence
    assert "canary" not in found.sentence


def port_of(address: str) -> int:
    return int(address.split(":")[2].partition("/")[0])


def only_through(proxy: Proxy, *targets: str) -> None:
    assert set(proxy.asked) == set(targets)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "OUTGOING_PROXY"])
async def test_discord_and_the_image_service_through_a_proxy_that_inspects(tmp_path: Path, variable: str) -> None:
    """discord.py's REST calls, its gateway and the answers to interactions."""
    async with AsyncExitStack() as stack, discord_process(tmp_path, run=False) as bot:
        api = await stack.enter_async_context(tls_front(port_of(bot.discord.api)))
        images = await stack.enter_async_context(tls_front(port_of(bot.service)))
        proxy = await stack.enter_async_context(forward_proxy("me:word"))
        bot.env |= {
            **COMPANY,
            variable: proxy.address,
            "DISCORD_API_BASE": f"https://localhost:{api}/api/v10",
            "DISCORD_GATEWAY_URL": f"wss://localhost:{api}/gw/",
            "IMAGE_BASE_URL": f"https://localhost:{images}/v1",
        }
        await bot.start()
        await bot.picture(await bot.imagine("a lighthouse"))
        only_through(proxy, f"localhost:{api}", f"localhost:{images}")


@pytest.mark.parametrize("no_proxy", ["", "localhost"])
async def test_slack_and_the_image_service_through_a_proxy_that_inspects(tmp_path: Path, no_proxy: str) -> None:
    """slack_sdk's Web API calls, Socket Mode, the upload of files and answers to a response_url."""
    async with AsyncExitStack() as stack, slack_process(tmp_path, run=False) as bot:
        front = await stack.enter_async_context(tls_front(port_of(bot.slack.base)))
        images = await stack.enter_async_context(tls_front(port_of(bot.service)))
        proxy = await stack.enter_async_context(forward_proxy())
        bot.slack.base = f"https://localhost:{front}"
        bot.env |= {
            **COMPANY,
            "HTTPS_PROXY": proxy.address,
            "NO_PROXY": no_proxy,
            "SLACK_API_URL": f"https://localhost:{front}/api/",
            "IMAGE_BASE_URL": f"https://localhost:{images}/v1",
        }
        await bot.start()
        await bot.imagine("a lighthouse")
        await bot.until(lambda: bot.pictures(), 30, "a picture")
        only_through(proxy, *([] if no_proxy else [f"localhost:{front}", f"localhost:{images}"]))


@pytest.mark.parametrize("env", [{}, {"SSL_CERT_FILE": "/nowhere.pem", "SSL_CERT_DIR": "/nowhere"}])
async def test_discord_does_not_trust_whom_nobody_named(tmp_path: Path, env: Mapping[str, str]) -> None:
    async with discord_process(tmp_path, run=False) as bot, tls_front(port_of(bot.discord.api)) as api:
        bot.env |= {**env, "DISCORD_API_BASE": f"https://localhost:{api}/api/v10", "DISCORD_GATEWAY_URL": f"wss://localhost:{api}/gw/"}
        await bot.start(ready=False)
        async with asyncio.timeout(30):
            while not any("discord_not_reachable" in line for line in bot.output):  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.05)
        assert bot.discord.rest.calls == []
