"""Several image services: each request goes to its own, with a gate and books of its own; references are part of what is recognised."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from sqlalchemy import select

from bot.domain.requests import Person, Place, Submission
from bot.gate.gate import AdaptiveGate
from bot.gate.settings import GateSettings
from bot.ledger import request_rows
from bot.ledger.tables import spend
from bot.prompts.normalise import fingerprint
from bot.requests.services import DEFAULT, ImageService, ImageServices
from tests.unit.requests.ground import Ground
from tests.world import Service, world


async def test_a_request_goes_to_its_service_past_the_pause_of_another(tmp_path: Path) -> None:
    async with world(tmp_path, Service()) as w:
        first, other = w.bot.services.default, Service(name="other", gate_key="other.example#1")
        second = ImageService("other", other, AdaptiveGate(GateSettings(None, None), w.bot.ports.uniform))
        w.bot.services = w.bot.scheduler.services = ImageServices([first, second])
        first.gate.paused_until = w.bot.ports.monotonic() + 3600.0  # type: ignore[attr-defined]  # an AdaptiveGate
        waiting = await w.imagine("a red bicycle")
        received = await w.bot.core.receive("test:other", Submission(Person("ben"), Place("test", "home", "imagine"), "a cat"))
        await w.bot.ledger.write(lambda tx: request_rows.mark(tx, received.request_id, service="other"))
        await w.bot.core.accept(received.request_id)
        assert (await w.answer(received.request_id)).pictures
        assert [call.prompt for call in other.calls] == ["a cat"]
        assert w.service.calls == []
        books = await w.bot.ledger.read(lambda c: c.execute(select(spend).where(spend.c.scope == "everybody")).all())
        assert {row.owner: row.spent > 0 for row in books} == {"other": True}
        row = await w.row(waiting)
        assert (row.service, row.attempts) == (DEFAULT, 0)


async def test_the_same_words_about_another_picture_are_another_request(ground: Ground) -> None:
    plain, one, two = (fingerprint("A cat!", pictures) for pictures in ((), ("a" * 64,), ("b" * 64, "a" * 64)))
    assert len({plain, one, two}) == 3
    assert plain == fingerprint("a cat")
    assert two == fingerprint("a cat", ("a" * 64, "b" * 64))


async def test_references_are_stored_and_carried_on(ground: Ground) -> None:
    asked = Submission(Person("ana"), Place("test", "home", "imagine"), "a cat", references=("a" * 64,))
    known = await ground.ledger.write(
        lambda tx: request_rows.insert_received(tx, "made", "event", dataclasses.replace(asked), deadline_at=tx.now + 840)
    )
    assert known is None
    await ground.accept("made")
    row = await ground.row("made")
    assert (row.references, row.fingerprint) == (("a" * 64,), fingerprint("a cat", ("a" * 64,)))
