"""A key that a service repeats, in whatever place, stays out of what is stored."""

from __future__ import annotations

import dataclasses

from bot.domain.failure import Evidence
from bot.domain.outcome import Billed, Outcome, Pending
from bot.observe.redact import REMOVED
from bot.providers.discreet import DiscreetProvider
from bot.providers.port import Call
from tests.world import Service, good

KEY = "sk-canary-0123456789abcdef"


async def test_the_key_is_taken_out_of_evidence_and_of_a_tasks_address() -> None:
    said = Evidence(
        provider="openai",
        api="images.generations",
        status=401,
        headers={KEY: f"Bearer {KEY}"},
        body={"error": [KEY, {"deep": (f"key {KEY}", 7, None)}], KEY: KEY.encode()},
    )
    task = Pending(f"task-{KEY}", f"https://art.example/tasks?key={KEY}")
    service = Service([Outcome(shortfall=said, billed=Billed.NO, status=401), Outcome(pending=task, billed=Billed.YES, status=202)])
    provider = DiscreetProvider(service, KEY, "gate")
    call = Call("id", "gpt-image-2", "a cat", "1024x1024", "low", 1, 60.0, "member")
    refused, begun = await provider.call(call), await provider.collect(call, task)
    assert refused.shortfall is not None
    assert refused.shortfall.headers == {REMOVED: f"Bearer {REMOVED}"}
    assert refused.shortfall.body == {"error": [REMOVED, {"deep": [f"key {REMOVED}", 7, None]}], REMOVED: REMOVED.encode()}
    assert begun.pending == dataclasses.replace(task, task_id=f"task-{REMOVED}", poll_url=f"https://art.example/tasks?key={REMOVED}")
    assert await provider.call(call) == good()
    assert (provider.name, provider.gate_key) == ("scripted", "gate")
