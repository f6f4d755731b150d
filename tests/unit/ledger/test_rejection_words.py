"""A rejection's words go with its own request alone; its reason stays, for the statistics."""

from __future__ import annotations

from pathlib import Path

from bot.chat.views import ActionName
from bot.domain.rejections import Rejected, RejectionReason
from bot.ledger import rejection_rows
from tests.unit.requests.test_candidates import results


async def test_only_the_words_of_that_request_are_forgotten(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, first):
        second = await s.result()
        for made in (first, second):
            await s.press(ActionName.NOT_RIGHT, made, reason="brand", words="our blue")
        await s.world.bot.ledger.write(lambda tx: rejection_rows.forget_words(tx, first))
        found = await s.world.bot.ledger.read(lambda c: [rejection_rows.of_request(c, one) for one in (first, second)])
        assert found == [Rejected(RejectionReason.BRAND), Rejected(RejectionReason.BRAND, "our blue")]
