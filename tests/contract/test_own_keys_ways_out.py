"""Where a community's address may lead: public https only, by the operator's way out, and with the certificate of the name."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.domain.own_services import OwnService
from bot.egress import Egress
from bot.pixels.errors import NotTaken
from bot.ports import SystemPorts
from bot.providers.guarded import GuardedTransport, for_communities
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.routed import RoutedTransport
from bot.providers.services.registry import api_for
from bot.requests.own_check import check
from tests.own_keys import ALPHA, PUBLIC, Door, open_door
from tests.tls.network import AUTHORITY, Proxy, forward_proxy, tls_front

NAME = "api.example"
HOST = f"https://{NAME}/v1"
OWN = OwnService("", "gateway", HOST, ("gpt-image-2",), "", "", 0.0)


@contextlib.asynccontextmanager
async def outside() -> AsyncIterator[tuple[Door, Proxy]]:
    """The door at a public address, which only the proxy reaches."""
    async with open_door() as door, tls_front(int(door.url.rpartition(":")[2])) as port, forward_proxy() as proxy:
        proxy.leads = {f"{PUBLIC}:443": port}
        yield door, proxy


async def public(host: str, port: int) -> Sequence[str]:
    return [PUBLIC]


def provider(folder: Path, egress: Egress, base: str = HOST, lookup: object = public) -> HttpProvider:
    way = for_communities(egress)
    guard = GuardedTransport(RoutedTransport(way), lookup)  # type: ignore[arg-type]
    return HttpProvider(base, ALPHA, PictureStore(folder), SystemPorts(), api=api_for(base, "gateway"), egress=way, transport=guard)


async def test_it_goes_through_the_operators_proxy_to_the_address_that_was_checked(tmp_path: Path) -> None:
    async with outside() as (door, proxy):
        found = await check(provider(tmp_path, Egress(outgoing_proxy=proxy.address, cert_file=str(AUTHORITY))), OWN)
        assert (found.problem, found.proven) == ("", True)
        assert set(proxy.asked) == {f"{PUBLIC}:443"}, "never the name, which the proxy could resolve to something inside"
        assert [key for _, key, _ in door.seen] == [ALPHA, ""]


async def test_what_was_set_for_the_operators_own_service_does_not_count(tmp_path: Path) -> None:
    async with outside() as (door, proxy):
        trusted_by_image_ca = Egress(outgoing_proxy=proxy.address, image_ca=AUTHORITY)
        assert (await check(provider(tmp_path, trusted_by_image_ca), OWN)).problem == "unreachable", "an unknown authority"
        by_image_proxy = replace(Egress(cert_file=str(AUTHORITY)), image_proxy=proxy.address)
        asked = list(proxy.asked)
        assert for_communities(by_image_proxy).proxy(HOST, image=True) is None
        assert proxy.asked == asked
        assert door.seen == []


async def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    async with outside() as (door, proxy):
        egress = Egress(outgoing_proxy=proxy.address, cert_file=str(AUTHORITY))
        base = "https://images.art.example/v1"
        found = await check(provider(tmp_path, egress, base), replace(OWN, base_url=base))
        assert found.problem == "unreachable"
        assert door.seen == []


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.1.2.3"], ["192.168.0.1"], ["169.254.169.254"], ["::1"], ["fd00::1"], ["64:ff9b::a00:1"], [PUBLIC, "10.0.0.1"], []],
)
async def test_a_name_that_leads_inside_is_never_connected_to(tmp_path: Path, addresses: list[str]) -> None:
    async def inside(host: str, port: int) -> Sequence[str]:
        return addresses

    async with outside() as (door, proxy):
        egress = Egress(outgoing_proxy=proxy.address, cert_file=str(AUTHORITY))
        assert (await check(provider(tmp_path, egress, lookup=inside), OWN)).problem == "address"
        assert (proxy.asked, door.seen) == ([], [])


async def test_a_name_is_checked_again_at_every_request(tmp_path: Path) -> None:
    """A name that was public when the key was stored may lead inside later (DNS rebinding)."""
    answers = [[PUBLIC], [PUBLIC], ["10.0.0.1"]]

    async def turning(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    async with outside() as (door, proxy):
        one = provider(tmp_path, Egress(outgoing_proxy=proxy.address, cert_file=str(AUTHORITY)), lookup=turning)
        assert (await check(one, OWN)).problem == ""
        with pytest.raises(NotTaken):
            await one.get("/models", 1000)
        assert len(door.seen) == 2


@pytest.mark.parametrize(
    "url", ["http://api.example/v1", "https://api.example:8443/v1", "https://127.0.0.1/v1", "https://[::1]/v1", "https://u:p@api.example/"]
)
async def test_other_schemes_ports_and_plain_addresses_are_never_looked_up(url: str) -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host)

    async with httpx.AsyncClient(transport=GuardedTransport(RoutedTransport(Egress()), never), trust_env=False) as client:
        with pytest.raises(NotTaken):
            await client.get(url)


async def test_an_open_list_proves_nothing_and_says_so(tmp_path: Path) -> None:
    async with outside() as (door, proxy):
        door.open_list = True
        found = await check(provider(tmp_path, Egress(outgoing_proxy=proxy.address, cert_file=str(AUTHORITY))), OWN)
        assert (found.problem, found.proven) == ("", False)
