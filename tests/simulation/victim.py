"""The real core in a real process, to be killed: events come on standard input, the chat platform is a file that only grows.

`python -m tests.simulation.victim FOLDER [DATABASE_URL]`; used by `killing.py`.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bot.messages.sender
from bot.catalogue.load import Catalogue
from bot.chat.port import Message, SendResult, Sent
from bot.chat.views import View
from bot.compose import build
from bot.core import Core, Duplicate
from bot.domain.failure import Evidence
from bot.domain.outcome import Billed, Outcome, Pending, Picture
from bot.domain.requests import Person, Place, Submission
from bot.gate.settings import GateSettings
from bot.ledger.server import LedgerServer
from bot.observe import configure
from bot.ports import SystemPorts
from bot.providers.pictures import PictureStore
from bot.providers.port import Call, OnPartial
from bot.requests.rules import Rules
from tests.simulation.checker import signature


def append(file: Path, value: object) -> None:
    """One line, in one write."""
    handle = os.open(file, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o644)
    os.write(handle, json.dumps(value).encode() + b"\n")
    os.close(handle)


def lines(file: Path) -> list[list[str]]:
    """What stands in a growing file; a line cut by a kill is none."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text().split("\n")[:-1]]


class QuickService:
    """Draws at once, and now and then fails."""

    name = gate_key = "quick"

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        await asyncio.sleep(random.uniform(0, 0.03))
        if random.random() < 0.2:
            body = {"error": {"type": "server_error", "message": "oops"}}
            return Outcome(shortfall=Evidence("quick", "images.generations", 500, {}, body), billed=Billed.UNKNOWN, status=500)
        return Outcome(pictures=(Picture(random.randbytes(32).hex(), "png", 16, 16, 100),), billed=Billed.YES, status=200)

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        raise NotImplementedError

    async def cancel(self, pending: Pending) -> bool:
        return False

    async def aclose(self) -> None:
        return None


@dataclass
class FilePlatform:
    """The adapter and its platform: `acks` and `chat` are what the outside world has seen."""

    folder: Path
    name: str = "file"

    @property
    def chat(self) -> FilePlatform:
        return self

    @property
    def moderators(self) -> FilePlatform:
        return self

    async def send(self, message: Message, view: View) -> SendResult:
        await asyncio.sleep(random.uniform(0, 0.01))
        if view.final:
            append(self.folder / "chat", [message.place.reply.get("event", message.subject), signature(view)])
        return Sent({"id": message.id})

    async def is_moderator(self, person: str, community: str) -> bool:
        return False

    is_administrator = is_moderator

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        await asyncio.Event().wait()

    async def acknowledged(self, place: Place) -> bool:
        return [place.reply["event"]] in lines(self.folder / "acks")

    def operators_place(self) -> Place | None:
        return None

    def home_moderators_place(self) -> Place | None:
        return None


async def main(folder: Path, server: LedgerServer | None = None) -> None:
    """Serves events until SIGTERM."""
    configure("error")
    bot.messages.sender.REPEAT_FINAL_AFTER = 0.2  # this platform is never late
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    service, platform = QuickService(), FilePlatform(folder)
    made = await build(
        data_dir=folder / "data",
        database=server,
        ports=SystemPorts(),
        rules=Rules(model=Catalogue.load().default(), max_unfinished=None, max_attempts=20),
        gate_settings=GateSettings(),
        provider=service,
        pictures=PictureStore(folder / "data"),
    )
    made.add(platform)
    found = await made.start()
    await made.accept_received(found)
    print("READY", flush=True)

    async def one(event: str) -> None:
        person = Person(f"member-of-{event}")
        place = Place("file", f"community-of-{event}", "imagine", reply={"event": event})
        received = await made.core.receive(event, Submission(person, place, f"a lighthouse for {event}"))
        if not isinstance(received, Duplicate):
            append(folder / "acks", [event])
            await made.core.accept(received.request_id)

    async def read() -> None:
        stream = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), sys.stdin)
        tasks = set()
        while line := await stream.readline():
            task = asyncio.create_task(one(line.decode().strip()))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    reading = asyncio.create_task(read())
    await stopping.wait()
    reading.cancel()
    await made.stop(5.0)
    print("STOPPED", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *map(LedgerServer, sys.argv[2:])))
