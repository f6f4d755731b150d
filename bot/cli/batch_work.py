"""The work behind `imagine-bot batch`: who draws, what is shown meanwhile, and what is written into the folder.

Whoever holds the data folder's lock draws. Beside a running bot, a command writes its few rows in a short transaction, the bot finds them
within two seconds, and the command watches. Where no bot is running, the command owns the ledger itself while it draws.
"""

from __future__ import annotations

import asyncio
import getpass
import hashlib
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection

from bot import observe
from bot.batch import steps
from bot.batch.folder import FolderProblem, OutputFolder, sweep_parts
from bot.batch.overview import BatchStatus, status_of
from bot.batch.records import Papers, output_files
from bot.batch.sheets import cells_of, job_values, pages
from bot.cli.running import GENEROUS
from bot.cli.screen import USAGE, Stop, remark
from bot.domain.batches import ACTIVE, Batch, BatchPlan, BatchState
from bot.domain.outcome import Picture
from bot.domain.requests import LOCAL, Person
from bot.ledger import batch_item_rows, batch_rows, beside, files, read_only
from bot.ledger.store import Ledger, LedgerProblem
from bot.ports import SystemPorts
from bot.requests.services import HALF_PRICE
from bot.settings import SettingsProblem, load, service_problems
from bot.settings.rules import rules_of
from bot.texts import text

if TYPE_CHECKING:
    from bot.ledger.store import Tx
    from bot.lifecycle import Bot
    from bot.requests.rules import Rules
    from bot.settings import Settings

T = TypeVar("T")
LOOK_EVERY = 0.5
"""Seconds between two looks at a batch that's being drawn."""
WRITE_EVERY = 2.0
"""Seconds between two rounds of writing into the folder."""
DRAIN = 60.0
"""Seconds that Ctrl-C waits for pictures that are being drawn: they're paid for."""
PARTLY, WAITS, INTERRUPTED = 3, 4, 130
"""Exit codes: some topics failed; it waits for somebody; Ctrl-C."""


@dataclass(slots=True)
class BatchSession:
    settings: Settings
    rules: Rules
    demo: bool
    ports: SystemPorts

    @property
    def who(self) -> Person:
        """Whoever types: the account's name."""
        try:
            name = getpass.getuser()
        except (KeyError, OSError):
            name = "operator"
        return Person(name[:64], name)

    def read(self, fn: Callable[[Connection], T]) -> T:
        """Read the ledger, whoever owns it. Raises Stop."""
        file = self.settings.ledger
        if not read_only.is_there(file):
            raise Stop(text("batch.cli.none"), code=USAGE)
        try:
            return read_only.look(file, fn)
        except LedgerProblem as problem:
            raise Stop(str(problem)) from problem

    def write(self, fn: Callable[[Tx], T]) -> T:
        """Write a few rows: as the owner if nobody else is, otherwise beside the owner. Raises Stop and BatchProblem."""
        if not files.is_owned(self.settings.data_dir):
            return asyncio.run(self._write_alone(fn))
        return beside.write(self.settings.ledger, self.ports.now(), self.ports.new_id, fn)

    async def _write_alone(self, fn: Callable[[Tx], T]) -> T:
        ledger = await Ledger.open(self.settings.data_dir, self.ports.now, self.ports.new_id, self.settings.ledger)
        try:
            return await ledger.write(fn)
        finally:
            await ledger.close()

    def batch(self, number: int) -> Batch:
        """A batch by its number. Raises Stop."""
        found = self.read(lambda c: batch_rows.by_number(c, number))
        if found is None:
            raise Stop(text("batch.no.unknown", batch=number), code=USAGE)
        return found

    def status(self, batch_id: str) -> BatchStatus:
        return self.read(lambda c: status_of(c, steps.must_exist(c, batch_id)))

    def content(self, picture: Picture) -> bytes:
        """The bytes of a stored picture, verified. Raises LookupError."""
        if self.settings.picture_bucket is not None:
            from bot.cli.copy_pictures import from_bucket

            return from_bucket(self.settings, picture.sha256)
        path = self.settings.data_dir / files.PICTURES / picture.sha256[:2] / f"{picture.sha256}.{picture.format}"
        try:
            found = path.read_bytes()
        except OSError:
            raise LookupError(picture.sha256) from None
        if hashlib.sha256(found).hexdigest() != picture.sha256:
            raise LookupError(picture.sha256)
        return found

    def folder(self, plan: BatchPlan) -> OutputFolder | None:
        """The batch's folder; None for a batch from a chat."""
        return OutputFolder(Path(plan.folder), self.content, self._caption) if plan.folder else None

    def write_files(self, batch: Batch, folder: OutputFolder) -> list[str]:
        """Write what isn't in the folder yet. Returns pictures whose stored file is gone. Raises FolderProblem."""
        known = folder.known()
        found = self.read(lambda c: list(output_files(c, batch, self._evidence, known)))
        return folder.write(found)

    def write_sheets(self, batch: Batch, folder: OutputFolder) -> list[Path]:
        """Draw the contact sheets as they are now. Raises FolderProblem."""
        from bot.pixels.jobs import do

        made = []
        for number, page in enumerate(pages(self.read(lambda c: cells_of(c, batch))), 1):
            contents = [self.content(one.picture) for one in page]
            _, sheet = do("sheet", job_values(page, [len(one) for one in contents]), contents)
            made.append(folder.put("", f"sheet-{number}", "jpg", sheet))
        return made

    def _caption(self, content: bytes, words: str) -> bytes | None:
        from bot.pixels.captions.installed import is_installed
        from bot.pixels.jobs import do

        if not is_installed():
            return None
        values = {"text": words, "place": "auto", "colour": "", "size": "auto", "font": str(self.settings.caption_font or "")}
        _, drawn = do("caption", values, [content])
        return drawn or None

    def _evidence(self, connection: Connection, request_id: str) -> Papers | None:
        from bot.evidence import collect
        from bot.settings.surroundings import surroundings_of

        found, about = collect.find(connection, request_id), surroundings_of(self.settings)
        if found is None or not found.attempts:
            return None
        facts: dict[str, Any] = collect.collect(found, about, collect.private_values(found, about, ()), self.ports.now(), "")
        facts["when"].pop("bundle_made", None)  # the same failure is written the same way every time
        return facts


Show = Callable[[BatchStatus], None]


def draw(session: BatchSession, batch_id: str, show: Show) -> tuple[BatchStatus, bool]:
    """Draw until nothing more happens by itself, or watch the bot do it. Returns how far it got, and whether Ctrl-C ended that. Raises
    Stop, FolderProblem, LedgerProblem."""
    if session.status(batch_id).quiet:
        _files(session, batch_id)
        return session.status(batch_id), False
    return asyncio.run(_draw(session, batch_id, show))


async def _draw(session: BatchSession, batch_id: str, show: Show) -> tuple[BatchStatus, bool]:
    stopping = asyncio.Event()
    with_signals(stopping)  # before the first call: the bot makes it as soon as it starts
    if files.is_owned(session.settings.data_dir):
        return await _watch(session, batch_id, show, None, stopping)

    from bot.compose import work_alone

    async def work(bot: Bot) -> tuple[BatchStatus, bool]:
        bot.batches.wake(batch_id)
        return await _watch(session, batch_id, show, bot, stopping)

    return await work_alone(session.settings, work, demo=session.demo)


async def _watch(session: BatchSession, batch_id: str, show: Show, bot: Bot | None, stopping: asyncio.Event) -> tuple[BatchStatus, bool]:
    try:
        return await _watched(session, batch_id, show, bot, stopping)
    except FolderProblem:
        await _break(session, batch_id, show, bot)  # what is being drawn is paid for: it's kept in the store
        raise


async def _watched(session: BatchSession, batch_id: str, show: Show, bot: Bot | None, stopping: asyncio.Event) -> tuple[BatchStatus, bool]:
    written = float("-inf")
    status = session.status(batch_id)
    while not status.quiet:
        show(status)
        if stopping.is_set():
            await _break(session, batch_id, show, bot)
            break
        if session.ports.monotonic() - written > WRITE_EVERY:
            await asyncio.to_thread(_files, session, batch_id)
            written = session.ports.monotonic()
        await _pause(stopping.wait(), LOOK_EVERY)
        status = await asyncio.to_thread(session.status, batch_id)
    await asyncio.to_thread(_files, session, batch_id)
    status = session.status(batch_id)
    show(status)
    return status, stopping.is_set()


async def _break(session: BatchSession, batch_id: str, show: Show, bot: Bot | None) -> None:
    """Ctrl-C, or a folder that can't be written: beside a bot, only stop watching. Otherwise ask for nothing more, and wait for what is
    being drawn, except for tasks at half the price, which may take a day."""
    if bot is None:
        return

    def body(tx: Tx) -> None:
        batch = steps.must_exist(tx.connection, batch_id)
        if batch.state in ACTIVE:
            steps.pause(tx, batch)

    await bot.ledger.write(body)
    remark(text("batch.cli.stopping_work"))  # not before it's true: a second Ctrl-C may follow at once
    until = session.ports.monotonic() + DRAIN
    while session.read(lambda c: _drawing(c, batch_id)) and session.ports.monotonic() < until:
        show(session.status(batch_id))
        await asyncio.sleep(LOOK_EVERY)


def _drawing(connection: Connection, batch_id: str) -> int:
    """How many of its pictures come within minutes."""
    return batch_item_rows.asked_for(connection, batch_id) - batch_item_rows.at_the_service(connection, batch_id, HALF_PRICE)


def with_signals(stopping: asyncio.Event) -> None:
    """The first Ctrl-C or SIGTERM sets the event; the second ends the process at once, as usual."""
    loop = asyncio.get_running_loop()

    def asked() -> None:
        stopping.set()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, asked)


async def _pause(waiting: Awaitable[object], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await waiting
    except TimeoutError:
        return


def _files(session: BatchSession, batch_id: str) -> None:
    batch = session.read(lambda c: steps.must_exist(c, batch_id))
    folder = session.folder(batch.plan)
    if folder is not None and batch.place.platform == LOCAL:
        session.write_files(batch, folder)


def exit_code(status: BatchStatus, interrupted: bool) -> int:
    """0: as far as it goes; 3: so too, but some topics failed; 4: it waits for somebody; 130: Ctrl-C."""
    if interrupted:
        return INTERRUPTED
    if status.batch.state in (BatchState.PAUSED, BatchState.FINISH_PAUSED):
        return WAITS
    return PARTLY if status.failed else 0


def session_for(env_file: Path, data_dir: Path | None, *, demo: bool) -> BatchSession:
    """Read the settings. Raises SettingsProblem."""
    settings = load(os.environ, env_file, service=not demo)
    if demo:
        folder = settings.data_dir / "demo" if data_dir is None else data_dir.expanduser().absolute()
        asked = any(name.startswith("BUDGET_") for name in settings.env)
        settings = settings.model_copy(update={"data_dir": folder, "database_url": None, **({} if asked else GENEROUS)})
    else:
        settings = settings.at(data_dir)
    return BatchSession(settings, rules_of(settings, demo=demo), demo, SystemPorts())


def must_be_ready(session: BatchSession, env_file: Path) -> None:
    """Whether this process could draw. Raises SettingsProblem."""
    quiet = "error" if "LOG_LEVEL" not in session.settings.env else session.settings.log_level
    observe.configure(quiet, session.settings.secrets(), format=session.settings.log_format)
    problems = [] if session.demo else service_problems(session.settings, env_file)
    if problems:
        raise SettingsProblem(problems)


def sweep(folder: OutputFolder) -> None:
    """Prepare a batch's folder: what a killed process left half-written goes. Raises FolderProblem."""
    folder.prepare()
    sweep_parts(folder.path)
