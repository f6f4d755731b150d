"""The service is asked to stop a task that nobody waits for anymore."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from structlog.testing import capture_logs

from bot.chat.views import ActionName
from bot.domain.outcome import Billed, Outcome, Pending
from bot.requests.unwanted_tasks import UnwantedTasks
from tests.world import Service, World, world

TASK = Pending("task-1", "https://service.example/tasks/1")


@dataclass
class Tasks(Service):
    """Answers with a task that never ends, and notes what it's asked to stop."""

    stopped: list[Pending] = field(default_factory=list)
    says: bool | Exception = True
    never: asyncio.Event | None = None

    async def collect(self, call: object, pending: Pending) -> Outcome:
        return Outcome(pending=pending, billed=Billed.UNKNOWN)

    async def cancel(self, pending: Pending) -> bool:
        self.stopped.append(pending)
        if self.never is not None:
            await self.never.wait()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def tasks(**values: object) -> Tasks:
    return Tasks([Outcome(pending=TASK, billed=Billed.UNKNOWN)], **values)  # type: ignore[arg-type]


async def collecting(w: World) -> str:
    """A request whose task is polled."""
    request = await w.imagine()
    await w.until(lambda: any("still drawing" in view.title for view in w.chat.now.values()))
    return request


async def cancelled(folder: Path, service: Tasks) -> list[str]:
    """Cancel a request with a task. Returns the log lines about stopping it."""
    async with world(folder, service) as w:
        request = await collecting(w)
        with capture_logs() as logs:
            await w.press(ActionName.CANCEL, request)
            await w.until(lambda: any(one["event"].startswith("task_") for one in logs))
        return [one["event"] + str(one.get("error", "")) for one in logs if one["event"].startswith("task_")]


async def test_a_cancelled_requests_task_is_stopped_once_and_the_log_says_whether(tmp_path: Path) -> None:
    for name, says, line in (
        ("yes", True, "task_stopped"),
        ("no", False, "task_not_stopped"),
        ("broken", OSError("gone"), "task_not_stoppedOSError"),
    ):
        service = tasks(says=says)
        assert await cancelled(tmp_path / name, service) == [line]
        assert service.stopped == [TASK]


async def test_a_call_without_a_task_has_nothing_to_stop(tmp_path: Path) -> None:
    service = Tasks()
    async with world(tmp_path, service) as w:
        service.hold = asyncio.Event()
        request = await w.imagine()
        await w.until(lambda: service.calls)
        attempt = service.calls[0].attempt_id
        stopping = UnwantedTasks(w.bot.ledger, w.bot.services)
        with capture_logs() as logs:
            stopping.wake(attempt)
            await stopping.close(5.0)
        assert (service.stopped, [one for one in logs if one["event"].startswith("task_")]) == ([], [])
        await w.press(ActionName.CANCEL, request)


async def test_a_stop_of_the_bot_waits_for_them_only_so_long(tmp_path: Path) -> None:
    service = tasks(never=asyncio.Event())
    async with world(tmp_path, service) as w:
        await collecting(w)
        stopping, attempt = UnwantedTasks(w.bot.ledger, w.bot.services), service.calls[0].attempt_id
        await stopping.close(5.0)  # nothing runs
        stopping.wake(attempt)
        await w.until(lambda: service.stopped)
        began = asyncio.get_running_loop().time()
        await stopping.close(0.05)
        await asyncio.sleep(0)
        assert asyncio.get_running_loop().time() - began < 4.0
        assert not [one for one in asyncio.all_tasks() if one.get_name() == "unwanted-task" and not one.cancelling() and not one.done()]
