"""Operator notices for supervised tasks and platform connections: one while something keeps failing, resolved when it works again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.messages.background import BackgroundWrites
from bot.messages.notices import Notices
from bot.supervise import STEADY, Supervisor

CAUSE = "trouble:"
"""Prefix of the stored causes."""


@dataclass(slots=True)
class Incidents:
    """Listener for the supervisor. `platform:part` names a part of an adapter, any other name a task of the bot itself."""

    notices: Notices
    supervisor: Supervisor
    writes: BackgroundWrites
    _timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Start listening. Incidents left open by an earlier process are resolved unless they recur soon."""
        self.supervisor.on_incident, self.supervisor.on_recovery = self.began, self.ended
        if self._recovered_unseen():
            self._timer = asyncio.get_running_loop().call_later(STEADY, self._end_recovered)

    def began(self, name: str, error: str) -> None:
        """A task or connection has started to fail."""
        platform, part, _ = name.partition(":")
        kind = "trouble_platform" if part else "trouble_task"
        facts = {"platform": platform} if part else {"task": name}
        self.writes.begin(lambda tx: self.notices.report(tx, CAUSE + name, kind, {**facts, "detail": error[:60]}))

    def ended(self, name: str) -> None:
        """It works again."""
        self.writes.begin(lambda tx: self.notices.resolve(tx, CAUSE + name))

    def stop(self) -> None:
        """Stop resolving incidents by time."""
        if self._timer is not None:
            self._timer.cancel()

    def _recovered_unseen(self) -> list[str]:
        health = self.supervisor.health()
        causes = [cause for cause in self.notices.open if cause.startswith(CAUSE)]
        return [cause for cause in causes if not ((state := health.get(cause.removeprefix(CAUSE))) and state.failing)]

    def _end_recovered(self) -> None:
        for cause in self._recovered_unseen():
            self.ended(cause.removeprefix(CAUSE))
