"""An outcome that can't be stored, whatever the reason, still ends its request."""

import dataclasses
from pathlib import Path

from bot.domain.request_states import Answer
from tests.world import PICTURE, Service, good, world


async def test_a_request_whose_outcome_cannot_be_stored_gets_an_answer(tmp_path: Path) -> None:
    unwritable = dataclasses.replace(PICTURE, revised_prompt="a bicycle \ud83d")
    service = Service(script=[dataclasses.replace(good(), pictures=(unwritable,))])
    async with world(tmp_path, service) as w:
        request = await w.imagine()
        await w.answer(request)
        assert (await w.row(request)).answer is Answer.FAILED
        assert len(service.calls) == 1
        again = await w.imagine("a green bicycle")
        assert (await w.answer(again)).pictures
