"""Background work that breaks is started again after growing pauses, and said once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from bot import supervise
from bot.adapter import SetupProblem
from bot.chat.port import ChatPort, ModeratorCheck
from bot.core import Core
from bot.domain.requests import Place
from bot.platforms import Platforms
from bot.supervise import Supervisor


@dataclass
class Clock:
    """Ports whose jitter is 1."""

    time: float = 0.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def new_id(self) -> str:
        return "id"

    def uniform(self, low: float, high: float) -> float:
        return 1.0


@dataclass
class Heard:
    began: list[tuple[str, str]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


def supervisor() -> tuple[Supervisor, Heard, Clock]:
    heard, clock = Heard(), Clock()
    return Supervisor(clock, lambda name, error: heard.began.append((name, error)), heard.ended.append), heard, clock


def test_pauses_grow_and_have_an_end() -> None:
    made, _, _ = supervisor()
    watch = made.watch("sweep")
    assert [watch.failed(ValueError()) for _ in range(9)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_thousand_failures_overflow_nothing() -> None:
    made, _, _ = supervisor()
    watch = made.watch("sweep")
    assert {watch.failed("again") for _ in range(5000)} <= {1, 2, 4, 8, 16, 32, 60}


def test_an_incident_is_reported_once_with_its_type_and_never_with_its_text() -> None:
    made, heard, _ = supervisor()
    with capture_logs() as logs:
        for _ in range(5):
            try:
                int("a secret of somebody")
            except ValueError as error:
                made.watch("discord:gateway").failed(error)
    assert heard.began == [("discord:gateway", "ValueError")]
    assert "secret" not in repr(logs)
    assert "test_supervise.py" in repr(logs)
    assert [one["log_level"] for one in logs].count("error") == 1


async def test_it_is_over_after_a_steady_time_and_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "STEADY", 0.02)
    made, heard, _ = supervisor()
    watch = made.watch("sweep")
    watch.failed("x")
    watch.works()
    assert made.health()["sweep"].failing
    await asyncio.sleep(0.05)
    watch.works()
    assert heard.ended == ["sweep"]
    assert not made.health()["sweep"].failing
    assert watch.failed("y") == 1


async def test_a_new_failure_within_the_steady_time_is_the_same_incident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "STEADY", 0.05)
    made, heard, _ = supervisor()
    watch = made.watch("sweep")
    watch.failed("x")
    watch.works()
    await asyncio.sleep(0.01)
    watch.failed("x")
    await asyncio.sleep(0.08)
    assert heard.ended == []
    assert len(heard.began) == 1


async def test_kept_work_goes_on_after_an_exception_and_after_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 0.0)
    made, heard, _ = supervisor()
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError
        if len(runs) > 2:
            await asyncio.Event().wait()

    task = made.start("sweep", work)
    async with asyncio.timeout(30):
        while len(runs) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert not task.done()
    assert heard.began == [("sweep", "RuntimeError")]
    assert made.health()["sweep"].failures == 2
    await made.stop()
    assert task.cancelled()


# ---- platforms ---------------------------------------------------------------------------------------------------------------


@dataclass
class Scripted:
    """An adapter that does one thing after another, each time it is served."""

    name: str
    script: list[Exception | None] = field(default_factory=list)
    connects: bool = True
    comes_back: bool = True
    """Whether it connects again when it is served again."""
    served: int = 0
    chat: ChatPort = None  # type: ignore[assignment]
    moderators: ModeratorCheck = None  # type: ignore[assignment]

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        self.served += 1
        if self.connects and (self.comes_back or self.served == 1):
            ready(f"{self.name} is there")
        await asyncio.sleep(0.01)
        if not self.script:
            await asyncio.Event().wait()
        step = self.script.pop(0)
        if step is not None:
            raise step

    async def acknowledged(self, place: Place) -> bool:
        return True

    def operators_place(self) -> Place | None:
        return None

    def home_moderators_place(self) -> Place | None:
        return None


async def served(*adapters: Scripted, until: Callable[[], bool]) -> list[str]:
    """Serve them until something is true; what was said."""
    said: list[str] = []
    platforms = Platforms({one.name: one for one in adapters}, None, supervisor()[0], said.append)  # type: ignore[arg-type]
    task = asyncio.create_task(platforms.run())
    try:
        async with asyncio.timeout(30):
            while not until():
                if task.done():
                    task.result()
                await asyncio.sleep(0)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return said


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 0.0)


@pytest.mark.usefixtures("_at_once")
async def test_one_platforms_exception_leaves_the_other_alone() -> None:
    broken, other = Scripted("discord", [KeyError("x"), None, ZeroDivisionError()]), Scripted("web")
    said = await served(broken, other, until=lambda: broken.served == 4)
    assert other.served == 1
    assert said == ["discord is there", "web is there"]


@pytest.mark.usefixtures("_at_once")
async def test_a_wrong_token_at_the_start_ends_all() -> None:
    with pytest.raises(SetupProblem, match="token"):
        await served(Scripted("discord", [SetupProblem("token")], connects=False), Scripted("web"), until=lambda: False)


@pytest.mark.usefixtures("_at_once")
async def test_a_token_that_is_withdrawn_later_ends_a_bot_with_one_platform() -> None:
    with pytest.raises(SetupProblem, match="token"):
        await served(Scripted("discord", [KeyError(), SetupProblem("token")]), until=lambda: False)


@pytest.mark.usefixtures("_at_once")
async def test_a_token_that_is_withdrawn_later_leaves_the_other_platform_alone() -> None:
    withdrawn, other = Scripted("discord", [SetupProblem("token")]), Scripted("web")
    with capture_logs() as logs:
        await served(withdrawn, other, until=lambda: withdrawn.served == 2)
    assert other.served == 1
    assert [one["what_to_do"] for one in logs if one["event"] == "platform_needs_the_operator"] == ["token"]


@pytest.mark.usefixtures("_at_once")
async def test_when_all_platforms_wait_for_the_operator_the_process_ends() -> None:
    adapters = [Scripted(name, [SetupProblem("token")] * 9, comes_back=False) for name in ("discord", "slack")]
    with pytest.raises(SetupProblem):
        await served(*adapters, until=lambda: False)
