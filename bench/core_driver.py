"""The benchmark's jobs through the real core: receive, accept, ledger on SQLite, gate, provider, classifier; answers as the chat sees them.

`async def run(base_url, jobs) -> [{"id", "ok", "error", "t_done", ...}]`. Needs only `bot`, so that any harness can drive it. Nothing of
the core is replaced but the chat platform.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.chat.port import Message, SendResult, Sent
from bot.chat.views import Act, ActionName, View
from bot.compose import Bot, build
from bot.core import Core, Received, Visitor
from bot.domain.attachments import Attachment, ReferenceLimits
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Person, Place, Request, Submission
from bot.domain.roles import ALL, ProcessRole
from bot.gate.settings import GateSettings
from bot.ledger import request_rows
from bot.ledger.server import LedgerServer
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.requests.attachments import Upload
from bot.requests.rules import Rules
from bot.requests.services import ServicePlan
from bot.settings import Settings

MODEL = "gpt-image-2"
DEADLINE = 840.0
"""The default of REQUEST_DEADLINE_S."""
ASK_EVERY = 5.0
"""Seconds between two looks at what waiting members are told."""


@dataclass
class Chat:
    """A platform that shows everything at once and remembers when each request got its final view."""

    final: dict[str, asyncio.Event] = field(default_factory=dict)

    async def send(self, message: Message, view: View) -> SendResult:
        if view.final and message.subject.startswith("request:"):
            self.of(message.subject.partition(":")[2]).set()
        return Sent()

    def of(self, request_id: str) -> asyncio.Event:
        return self.final.setdefault(request_id, asyncio.Event())

    async def is_moderator(self, person: str, community: str) -> bool:
        return False

    async def is_administrator(self, person: str, community: str) -> bool:
        return False


@dataclass
class Platform:
    """The adapter around it."""

    chat: Chat = field(default_factory=Chat)
    name: str = "bench"
    replaces_pictures: bool = True

    @property
    def moderators(self) -> Chat:
        return self.chat

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        await asyncio.Event().wait()

    async def acknowledged(self, place: Place) -> bool:
        return True

    def operators_place(self) -> Place | None:
        return None

    def home_moderators_place(self) -> Place | None:
        return None


@dataclass
class Forecast:
    """The first estimate that a member saw."""

    seconds: float
    at: float


async def run(
    base_url: str, jobs: Sequence[Mapping[str, Any]], second_url: str | None = None, *, partials: int = 0
) -> list[dict[str, Any]]:
    """Submit each job at its time and wait for what its member sees in the end. `second_url` is a fallback's address, if there is one;
    it takes two attached pictures (a job's `pictures`), the first service more. `partials`: unfinished pictures to ask for."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    with tempfile.TemporaryDirectory() as folder:
        async with standing_clock():
            deadline = min([DEADLINE, *(job["deadline_s"] for job in jobs)])
            bot, chat = await started(base_url, Path(folder), deadline, second_url, partials)
        try:
            return await play(bot, chat, jobs, began)
        finally:
            async with standing_clock():
                await bot.stop(0.0)


async def play(bot: Bot, chat: Chat, jobs: Sequence[Mapping[str, Any]], began: float) -> list[dict[str, Any]]:
    """Submit each job at its time after the loop time `began`, and wait for what its member sees."""
    forecasts: dict[str, Forecast] = {}
    asking = asyncio.create_task(_ask(bot, forecasts, began))
    try:
        return list(await asyncio.gather(*(_one(bot, chat, job, began, forecasts) for job in jobs)))
    finally:
        asking.cancel()


@asynccontextmanager
async def standing_clock() -> AsyncIterator[None]:
    """Keeps a virtual clock still while connections open and close: aiosqlite's thread does that unseen by the harness, whose clock
    would jump to the end of the run meanwhile."""
    over = threading.Event()
    held = asyncio.get_running_loop().run_in_executor(None, over.wait)
    try:
        yield
    finally:
        over.set()
        await held


async def started(
    base_url: str,
    folder: Path,
    deadline: float,
    second_url: str | None = None,
    partials: int = 0,
    *,
    database: LedgerServer | None = None,
    roles: frozenset[ProcessRole] = ALL,
) -> tuple[Bot, Chat]:
    """A running bot, and its chat."""
    ports, platform = SystemPorts(), Platform()
    pictures, model, fallbacks = PictureStore(folder), Catalogue.load().resolve(MODEL), list[ServicePlan]()
    if second_url is not None:
        second, after = HttpProvider(second_url, "sk-second", pictures, ports), float(Settings().fallback_after_s)
        fallbacks.append(
            ServicePlan("fallback", second, GateSettings(), "second", after, {MODEL: MODEL}, {MODEL: ReferenceLimits(count=2)})
        )
    bot = await build(
        data_dir=folder,
        database=database,
        ports=ports,
        rules=Rules(
            model=model,
            limits=Limits(None, None, None, None, None, None),
            deadline=deadline,
            max_unfinished=None,
            partial_images=partials,
            equals={one.name: {MODEL: model} for one in fallbacks},
        ),
        gate_settings=GateSettings(),
        provider=HttpProvider(base_url, "sk-bench", pictures, ports),
        pictures=pictures,
        fallbacks=fallbacks,
        roles=roles,
    )
    if ProcessRole.CHAT in roles:
        bot.add(platform)
    await bot.start()
    return bot, platform.chat


async def _one(bot: Bot, chat: Chat, job: Mapping[str, Any], began: float, forecasts: Mapping[str, Forecast]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(max(0.0, began + job["submit_at"] - loop.time()))
    pictures = [await _attached(bot, job, number) for number in range(job.get("pictures", 0))]
    submission = Submission(
        Person(job["user"]), Place("bench", "home", "imagine"), job["prompt"], size=job["size"], attachments=tuple(pictures)
    )
    received = await bot.core.receive(f"bench:{job['id']}", submission)
    assert isinstance(received, Received)
    accepted = await bot.core.accept(received.request_id)
    if isinstance(accepted, Request) and accepted.state is RequestState.AWAITING_MEMBER:
        agreed = Act(f"yes:{job['id']}", job["user"], "", "bench", "home", "imagine", ActionName.SEND_ANYWAY, received.request_id)
        await bot.core.act(agreed)
    error: str | None = "refused"
    drawn_by = ""
    if isinstance(accepted, Request):
        await chat.of(received.request_id).wait()
        row = await bot.ledger.read(lambda c: request_rows.get(c, received.request_id))
        assert row is not None
        error, drawn_by = None if row.answer is Answer.PICTURES else _why(row), row.service
    found: dict[str, Any] = {"id": job["id"], "ok": error is None, "error": error, "t_done": loop.time() - began, "drawn_by": drawn_by}
    if (first := forecasts.get(received.request_id)) is not None:
        found |= {"told": first.seconds, "told_at": first.at}
    return found


async def _attached(bot: Bot, job: Mapping[str, Any], number: int) -> Attachment:
    """A picture of the member's."""
    out = io.BytesIO()
    Image.new("RGB", (64, 64), ("red", "green", "blue")[number % 3]).save(out, "PNG")
    upload = await bot.core.keep_upload(Visitor("bench", "home", "imagine", job["user"]), "a.png", out.getvalue())
    assert isinstance(upload, Upload), upload
    return Attachment("a.png", stored=upload.sha256)


def _why(row: Request) -> str:
    kind = row.failure.kind.value if row.failure is not None else ""
    return f"{row.answer} {kind}".strip()


async def _ask(bot: Bot, forecasts: dict[str, Forecast], began: float) -> None:
    """What every waiting member is told, now and then: the first number is the promise that is measured."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(ASK_EVERY)
        now = bot.ports.now()
        for row in await bot.ledger.read(lambda c, now=now: request_rows.queue(c, now)):  # type: ignore[misc]
            bot.scheduler.update_estimates()
            estimate = bot.scheduler.estimates.of(row.id)
            if row.id not in forecasts and estimate is not None and estimate.seconds is not None:
                forecasts[row.id] = Forecast(estimate.seconds, loop.time() - began)
