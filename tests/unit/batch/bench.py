"""A batch on a real ledger, and the engine that moves it: no scheduler, no sender."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.batch import steps
from bot.batch.engine import BatchEngine
from bot.batch.estimate import price
from bot.batch.topics import Topics
from bot.budgets import Limits
from bot.chat.views import Audience
from bot.domain.batches import Batch, BatchItem, BatchPlan, BatchState, ItemState, Topic
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place, Request
from bot.ledger import batch_item_rows, batch_rows, message_rows
from bot.ledger.store import Tx
from tests.unit.requests.ground import Ground, drew, failure

ANA, HOME = Person("ana", "Ana"), Place("test", "home", "imagine")
S, N = BatchState, ItemState
FREE = Limits(None, None, None, None, None, None)


@dataclass
class Bench:
    """A batch, and the engine that moves it."""

    ground: Ground
    changes: list[str] = field(default_factory=list)

    @property
    def engine(self) -> BatchEngine:
        return BatchEngine(self.ground.rules, self.ground.open_case, lambda tx, batch: self.changes.append(batch.state.value))

    async def write(self, body: Any) -> Any:
        return await self.ground.ledger.write(body)

    async def batch(self, topics: int | Sequence[Topic] = 3, place: Place = HOME, **plan: Any) -> str:
        """One that was started."""
        found = [Topic(f"topic {n}", n) for n in range(1, topics + 1)] if isinstance(topics, int) else list(topics)
        wanted = BatchPlan(**{"max_pictures": 1000, "budget": 10**9, **plan})

        def body(tx: Tx) -> str:
            made = steps.propose(tx, tx.new_id(), (ANA, place), "topics.csv", Topics(tuple(found)), wanted, self.ground.rules)
            return steps.start(tx, made).id

        return str(await self.write(body))

    async def step(self, batch_id: str) -> Batch:
        await self.write(lambda tx: self.engine.step(tx, batch_id))
        return await self.now(batch_id)

    async def now(self, batch_id: str) -> Batch:
        found = await self.ground.ledger.read(lambda c: batch_rows.get(c, batch_id))
        assert found is not None
        return found

    async def items(self, batch_id: str) -> Sequence[BatchItem]:
        return await self.ground.ledger.read(lambda c: batch_item_rows.of_batch(c, batch_id))

    async def asked(self, batch_id: str) -> list[Request]:
        """The requests that the batch waits for."""
        return [await self.ground.row(one.request_id) for one in await self.items(batch_id) if one.request_id]

    async def draw(self, batch_id: str, most: int = 1000) -> None:
        """Pictures for what is asked for."""
        for one in (await self.asked(batch_id))[:most]:
            if one.state is RequestState.QUEUED:
                await self.ground.end(await self.ground.called(one.id), drew(one.count))

    async def fail(self, request_id: str, kind: Kind) -> None:
        """A failure that isn't tried again."""
        await self.ground.end(await self.ground.called(request_id), Outcome(billed=Billed.NO, status=400), failure(kind))

    async def drafted(self, topics: int | Sequence[Topic] = 3, **plan: Any) -> str:
        """A batch whose drafts are there."""
        made = await self.batch(topics, **plan)
        for _ in range(10):
            if (await self.step(made)).state is S.DRAFTED:
                return made
            await self.draw(made)
        raise AssertionError(await self.now(made))

    async def finishing(self, topics: int | Sequence[Topic] = 3, *, half_price: bool = False, **plan: Any) -> str:
        """A batch with all drafts picked, which are being finished."""
        made = await self.drafted(topics, **plan)

        def body(tx: Tx) -> None:
            for one in batch_item_rows.of_batch(tx.connection, made):
                steps.pick(tx, steps.must_exist(tx.connection, made), one.number, 0, ANA)
            steps.finish(tx, steps.must_exist(tx.connection, made), self.ground.rules, half_price=half_price)

        await self.write(body)
        return made

    async def draft_price(self) -> int:
        """Highest cost of one draft."""
        one = BatchItem("i", "b", 1, N.DRAFT, Topic("topic 1"), "topic 1")
        return price(self.ground.rules, BatchPlan(max_pictures=1, budget=1), one, final=False)

    async def rescaled(self, batch_id: str, **plan: Any) -> None:
        """Other limits, as if the plan had always had them."""
        batch = await self.now(batch_id)
        await self.write(lambda tx: batch_rows.mark(tx, batch_id, plan=dataclasses.replace(batch.plan, **plan)))

    async def anew(self, batch_id: str) -> bool:
        """Whether a step has its message shown anew."""
        subject = f"batch:{batch_id}"

        async def wanted() -> int:
            [found] = await self.ground.ledger.read(lambda c: message_rows.of_subject(c, subject))
            return found.wanted

        await self.write(lambda tx: message_rows.want(tx, subject, Audience.CHANNEL, HOME))
        before = await wanted()
        await self.step(batch_id)
        return await wanted() > before
