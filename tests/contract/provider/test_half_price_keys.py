"""Half-price tasks when the key is replaced in the running bot."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.batch.records import reason_sentence
from bot.domain.batches import ItemState
from bot.domain.outcome import Outcome
from bot.providers import half_price
from bot.providers.half_price import HalfPriceProvider
from bot.providers.http_provider import HttpProvider
from bot.providers.port import Call, OnPartial
from bot.requests.services import HALF_PRICE
from bot.rotation import Reloaded, rotation_of
from bot.sandbox.server import RunningSandbox
from tests.contract.provider.test_half_price_batch import bot, finished_for_half
from tests.contract.provider.test_half_price_ends import OtherKey, ends, spent, states


class Unheard(HalfPriceProvider):
    """Hands a task in, and the bot is killed before it reads the answer."""

    begun = asyncio.Event()

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        await super().call(call, on_partial)
        self.begun.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


async def test_a_task_without_a_name_is_found_with_the_key_that_the_running_bot_took_over(sandbox: RunningSandbox, tmp_path: Path) -> None:
    Unheard.begun = asyncio.Event()
    async with bot(sandbox, tmp_path, Unheard) as there:
        default = there.bot.services.default.provider
        assert isinstance(default, HttpProvider)
        rotation_of(there.bot, default, lambda: Reloaded({HALF_PRICE: "sk-another"})).rotate()
        batch, _, _ = await finished_for_half(there, ("a lighthouse",))
        await Unheard.begun.wait()
    async with bot(sandbox, tmp_path, OtherKey) as there:
        assert await ends(there, batch) == [(ItemState.FINISHED, "")]
    assert await states(sandbox) == ["completed"]


class OtherAccount(HalfPriceProvider):
    """The same service with a key of another account."""

    def __init__(self, base_url: str, key: str, *given: object, **named: object) -> None:
        super().__init__(base_url, "sk-another@beta", *given, **named)  # type: ignore[arg-type]


@pytest.mark.parametrize("while_running", [True, False])
async def test_a_task_that_another_account_does_not_know_counts_as_paid_and_is_not_handed_in_again(
    sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, while_running: bool
) -> None:
    monkeypatch.setattr(half_price, "LOOK_AGAIN", 0.01)
    Unheard.begun = asyncio.Event()
    async with bot(sandbox, tmp_path, Unheard) as there:
        batch, half, _ = await finished_for_half(there, ("a lighthouse",))
        await Unheard.begun.wait()
        before = (await spent(there, batch)).spent
        if while_running:
            default = there.bot.services.default.provider
            assert isinstance(default, HttpProvider)
            rotation = rotation_of(there.bot, default, lambda: Reloaded({HALF_PRICE: "sk-another@beta"}))
            rotation.rotate()
            await asyncio.gather(*rotation._checking)
    async with bot(sandbox, tmp_path, OtherAccount) as there:
        assert await ends(there, batch) == [(ItemState.FAILED, "task_gone")], "not: it cost nothing"
        assert (await spent(there, batch)).spent == before + half
        assert "counts as paid" in reason_sentence("task_gone")
    assert len(await states(sandbox)) == 1
