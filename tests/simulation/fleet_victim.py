"""One process of several on one database, to be killed, stopped and continued: as `victim.py`, with a service and a chat that all share.

`python -m tests.simulation.fleet_victim FOLDER DATABASE_URL ROLES [CONTROL]`; used by `torture.py`. A control leaves out one protection.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import bot.lifecycle
import bot.messages.sender
from bot.catalogue.load import Catalogue
from bot.compose import build
from bot.core import Duplicate
from bot.domain.failure import Evidence
from bot.domain.outcome import Billed, Outcome, Pending, Picture
from bot.domain.requests import Person, Place, Submission
from bot.domain.roles import ProcessRole, read
from bot.gate import spacing
from bot.gate.settings import GateSettings
from bot.ledger import grant_rows, participant, process_rows
from bot.ledger.server import LedgerServer
from bot.ledger.store import Tx
from bot.observe import configure
from bot.ports import SystemPorts
from bot.processes import fleet
from bot.processes.fleet import Fleet
from bot.providers.pictures import PictureStore
from bot.providers.port import Call, OnPartial
from bot.requests.rules import Rules
from tests.simulation.victim import FilePlatform, append

LIMIT = 4
"""Calls that the service takes at a time."""
CONTROLS = ("", "rescuer", "fencing", "gate-lease")


class SharedService:
    """Writes when each call begins and ends, for whoever counts. Blocks one in ten prompts, and now and then fails."""

    name = gate_key = "shared"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        append(self.folder / "calls", ["begin", call.attempt_id, call.prompt, time.time(), os.getpid()])
        await asyncio.sleep(random.uniform(0.2, 1.5))
        outcome = self._outcome(call)
        kind = "block" if outcome.status == 400 else "ok" if outcome.pictures else "fail"
        append(self.folder / "calls", [kind, call.attempt_id, call.prompt, time.time(), os.getpid()])
        return outcome

    def _outcome(self, call: Call) -> Outcome:
        if hashlib.sha256(call.prompt.encode()).digest()[0] < 26:
            error = {"type": "image_generation_user_error", "code": "moderation_blocked", "message": "Your request was rejected."}
            return Outcome(shortfall=Evidence("openai", "images.generations", 400, {}, {"error": error}), billed=Billed.NO, status=400)
        if random.random() < 0.03:
            body = {"error": {"type": "server_error", "message": "oops"}}
            return Outcome(shortfall=Evidence("quick", "images.generations", 500, {}, body), billed=Billed.UNKNOWN, status=500)
        return Outcome(pictures=(Picture(random.randbytes(32).hex(), "png", 16, 16, 100),), billed=Billed.YES, status=200)

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        raise NotImplementedError

    async def cancel(self, pending: Pending) -> bool:
        return False

    async def aclose(self) -> None:
        return None


class SharedPlatform(FilePlatform):
    """Also writes what isn't final, because an old view may arrive after the final one."""

    async def send(self, message: Any, view: Any) -> Any:
        sent = await super().send(message, view)
        event = message.place.reply.get("event", message.subject)
        append(self.folder / "shown", [event, "final" if view.final else "progress", os.getpid()])
        return sent


def weaken(control: str) -> None:
    """Leave out one protection."""
    if control == "rescuer":
        Fleet._dead = lambda self, others, now, first: ()  # type: ignore[method-assign]
    if control == "fencing":
        process_rows.holds = lambda tx, name, token: True
        grant_rows.token_of = lambda connection, name: _any_token(connection)
        Fleet.is_still_live = _always  # type: ignore[method-assign,assignment]
        heartbeat = Fleet._heartbeat

        def still_the_gate(self: Fleet, tx: Tx, now: float, first: bool) -> fleet.Heartbeat:
            found = heartbeat(self, tx, now, first)
            return dataclasses.replace(found, leader_token=found.leader_token or self.leader_token)

        Fleet._heartbeat = still_the_gate  # type: ignore[method-assign]
    if control == "gate-lease":
        acquire = process_rows.acquire

        def once(tx: Tx, name: str) -> int | None:
            token = acquire(tx, name) if name != process_rows.GATE or process_rows.token_of(tx.connection, name) == 0 else None
            return 1 if name == process_rows.GATE and process_rows.holds(tx, name, 1) else token

        process_rows.acquire = once


async def _always(self: Fleet, times: int) -> bool:
    return True


def _any_token(connection: Any) -> Any:
    from bot.ledger.tables import grants

    return grants.c.token


def hurry() -> None:
    """Seconds instead of minutes, so that a stopped process is one that is gone."""
    bot.messages.sender.PACE = 60.0  # this is not about progress: a thousand waiting messages would be rendered all the time
    bot.messages.sender.REPEAT_FINAL_AFTER = 0.2  # this platform is never late
    bot.lifecycle.SWEEP_EVERY, bot.lifecycle.RECEIVED_FOR = 2.0, 4.0
    participant.LEASE = 3.0
    fleet.BEAT, fleet.SILENT_FOR, fleet.STALE = 0.5, 1.5, 1.5
    spacing.GAP, spacing.GAP_AFTER_OUTAGE, spacing.CALM = 0.02, 0.05, 1.0


async def main(folder: Path, server: LedgerServer, roles: str, control: str = "") -> None:
    """Serves events until SIGTERM."""
    configure("warning")
    hurry()
    weaken(control)
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    platform, tasks = SharedPlatform(folder), set[asyncio.Task[None]]()
    made = await build(
        data_dir=folder / "data",
        database=server,
        ports=SystemPorts(),
        rules=Rules(model=Catalogue.load().default(), max_unfinished=None),
        gate_settings=GateSettings(max_concurrency=LIMIT),
        provider=SharedService(folder),
        pictures=PictureStore(folder / "data"),
        roles=read(roles),
    )
    if ProcessRole.CHAT in read(roles):
        made.add(platform)
    found = await made.start()
    await made.accept_received(found)
    print(f"READY {os.getpid()}", flush=True)

    async def one(event: str) -> None:
        place = Place("file", f"community-{int(event[5:]) % 7}", "imagine", reply={"event": event})
        received = await made.core.receive(event, Submission(Person(f"member-of-{event}"), place, f"a lighthouse for {event}"))
        if not isinstance(received, Duplicate):
            append(folder / "acks", [event])
            await made.core.accept(received.request_id)

    async def read_events() -> None:
        stream = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), sys.stdin)
        while line := await stream.readline():
            task = asyncio.create_task(one(line.decode().strip()))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    reading = asyncio.create_task(read_events())
    await stopping.wait()
    reading.cancel()
    await made.stop(5.0)
    print("STOPPED", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), LedgerServer(sys.argv[2]), *sys.argv[3:]))
