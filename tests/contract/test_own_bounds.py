"""What a community's own service may do to the bot: little, whatever it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.domain.outcome import Outcome, Pending
from bot.egress import Egress
from bot.gate.gate import AdaptiveGate
from bot.gate.settings import GateSettings
from bot.ports import SystemPorts
from bot.providers.discreet import DiscreetProvider
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.port import Call
from bot.settings.services import OWN_LONGEST, own_services_of
from bot.sharing import _limits_of
from tests.own_keys import ALPHA, BASE, encryption_key, open_door, town
from tests.world import Service

CALL = Call("a1", "gpt-image-2", "a red bicycle", "1024x1024", "medium", 1, 30.0, "")


@pytest.mark.parametrize(("operators", "places"), [(None, 4), (2, 2), (9, 4)])
async def test_few_calls_at_a_time_and_never_more_than_the_operator_allows(tmp_path: Path, operators: int | None, places: int) -> None:
    async with open_door() as door, town(tmp_path, door, [encryption_key()], limits=GateSettings(operators)) as t:
        await t.set_key("alpha", ALPHA)
        await t.until(lambda: t.bot.services.own_of("test:alpha"))
        service = t.bot.services.of(t.bot.services.own_of("test:alpha"))
        assert service.provider.gate_key == service.name, "short, and nobody else's"
        assert isinstance(service.gate, AdaptiveGate)
        for gate in (service.gate, AdaptiveGate(_limits_of(service), SystemPorts().uniform, {"version": 1})):
            assert gate._places() == places


async def test_a_long_answer_is_not_read_to_its_end(tmp_path: Path) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"data":[{"b64_json":"'
        for _ in range(64):
            read.append(1)
            yield b"A" * (1 << 16)
        yield b'"}]}'

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=pieces(), headers={"content-type": "application/json"})

    read: list[int] = []
    one = HttpProvider(BASE, ALPHA, PictureStore(tmp_path), SystemPorts(), transport=httpx.MockTransport(answer), longest=2 << 20)
    found = await one.call(CALL)
    assert found.shortfall is not None
    assert len(read) < 40, "of 64"


def test_communities_services_are_connected_so(tmp_path: Path) -> None:
    from tests.contract.test_own_keys_ways_out import OWN

    made = own_services_of(Egress(), PictureStore(tmp_path), SystemPorts())(OWN, ALPHA)
    assert made._longest == OWN_LONGEST


async def test_the_key_is_not_in_a_tasks_address_that_is_stored() -> None:
    script = [Outcome(pending=Pending(f"task-{ALPHA}", f"https://art.example/tasks/1?key={ALPHA}", 3.0))]
    found = await DiscreetProvider(Service(script=script), ALPHA, "own-a").call(CALL)
    assert found.pending is not None
    assert ALPHA not in repr(found)
    assert (found.pending.poll_url or "").startswith("https://art.example/tasks/1?key=")
    assert found.pending.poll_after == 3.0
