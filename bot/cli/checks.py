"""Doctor's local checks: settings, clock, disk, database; and the adapters' own checks."""

from __future__ import annotations

import errno
import fcntl
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.adapter import Finding, Plugin
from bot.cli import keys, layers, os_processes, plugins
from bot.cli.ladder import Subject, bad
from bot.domain.own_services import CommunityKeys
from bot.domain.roles import ALL, ProcessRole, written
from bot.ledger import files, own_rows, process_rows, read_only
from bot.ledger.server import LedgerServer
from bot.ledger.store import LedgerProblem, explain
from bot.requests.own_services import keys_in
from bot.settings import service_problems
from bot.texts import text
from bot.texts.phrases import listed
from bot.vault.cipher import Cipher, VaultProblem

RELEASED = datetime(2026, 11, 21, tzinfo=UTC).timestamp()
"""Seconds since the epoch; a correct clock can't be earlier than this code."""
LOCK_TIMEOUT = 2.0
"""Seconds to wait for the database's write lock."""
LOW_DISK, NO_DISK = 2_000_000_000, 200_000_000
"""In bytes: where doctor warns, and where it stops. A high-quality 4 MP picture has about 8 MB."""


async def settings(subject: Subject) -> AsyncIterator[Finding]:
    """Everything that `run` would reject, except for a missing platform, which is the last check."""
    what = text("doctor.settings")
    problems = service_problems(subject.settings, subject.file)
    if not problems and (shape := keys.misshapen(subject.settings)) is not None:
        problems.append(shape)
    for plugin in subject.adapters.values():
        if plugin.configured(subject.settings.env):
            shapes = getattr(plugin, "misshapen", lambda env: ())  # a third-party adapter may not check its tokens' shape
            problems += plugin.problems(subject.settings.env) or shapes(subject.settings.env)
    for problem in problems:
        yield Finding(False, what, problem, layer=layers.CONFIGURATION)
    if not problems:
        where = str(subject.file.absolute()) if subject.file.exists() else text("doctor.environment")
        yield Finding(True, what, text("doctor.settings_ok", where=where, key=subject.settings.used["IMAGE_API_KEY"]))


async def clock(subject: Subject) -> AsyncIterator[Finding]:
    """Only detects gross errors; seconds are compared with the service's clock later."""
    now = subject.ports.now()
    shown = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M UTC")
    if now < RELEASED:
        yield bad(text("doctor.clock"), "doctor.clock_wrong", layers.MACHINE, now=shown)
    else:
        yield Finding(True, text("doctor.clock"), text("doctor.clock_ok", now=shown))


async def disk(subject: Subject) -> AsyncIterator[Finding]:
    what, folder = text("doctor.disk"), subject.settings.data_dir
    existing = next(path for path in (folder, *folder.parents) if path.exists() or path.is_symlink())
    if not existing.exists():
        yield Finding(False, what, text("operator.folder_link", link=existing), layer=layers.CONFIGURATION)
        return
    if not existing.is_dir():
        yield Finding(False, what, text("operator.folder_is_file", folder=folder), layer=layers.CONFIGURATION)
        return
    free = shutil.disk_usage(existing).free
    try:
        with tempfile.TemporaryFile(dir=existing) as probe:
            probe.write(b"imagine-bot")
    except OSError as error:
        # A folder that can't be written may also report no free space, as read-only file systems do.
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            yield Finding(False, what, text("operator.folder_unwritable", folder=folder), layer=layers.MACHINE)
            return
        free = 0
    if free < NO_DISK:
        yield bad(what, "doctor.disk_full", layers.MACHINE, folder=folder, free=_gigabytes(free))
        return
    if free < LOW_DISK:
        subject.notes.append(text("doctor.disk_low", folder=folder, free=_gigabytes(free)))
    said = text("doctor.disk_ok", folder=folder, free=_gigabytes(free))
    subject.speaks_for(layers.MACHINE, said)
    yield Finding(True, what, said)


async def running(subject: Subject) -> AsyncIterator[Finding]:
    """Whether a bot is running on the data folder; then it's normal that its port and lock are taken."""
    subject.bot = _owner(subject.settings.data_dir / files.LOCK)
    if subject.bot is not None:
        yield Finding(True, text("doctor.bot"), text("doctor.running", pid=subject.bot))
        if _is_newer(subject.file, subject.settings.data_dir / files.LOCK):
            subject.notes.append(text("doctor.settings_newer", file=subject.file, pid=subject.bot))


async def database(subject: Subject) -> AsyncIterator[Finding]:
    """Whether the ledger is intact and writable right now."""
    what, file = text("doctor.database"), subject.settings.ledger
    if not isinstance(file, Path):
        for finding in _server(what, file):
            yield finding
        return
    try:
        files.examine(file, LedgerProblem)
        if file.exists():
            read_only.take_write_lock(file, LOCK_TIMEOUT)
    except LedgerProblem as problem:
        yield Finding(False, what, str(problem), layer=layers.MACHINE)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            who = listed([one for one in os_processes.holders(file) if subject.bot is None or not one.startswith(f"{subject.bot} ")])
            named = text("operator.database_locked_by", holders=who) if who else ""
            yield Finding(False, what, text("operator.database_locked", file=file, holders=named), layer=layers.MACHINE)
        else:
            yield Finding(False, what, explain(error, file), layer=layers.MACHINE)
    else:
        yield Finding(True, what, text("doctor.database_ok" if file.exists() else "doctor.database_new", file=file))


def _server(what: str, server: LedgerServer) -> Iterator[Finding]:
    """Whether the ledger's server answers, and whether it keeps what it confirms."""
    from bot.ledger.postgres import look_at_server, state_of

    try:
        state = state_of(server)
        running = look_at_server(server, process_rows.live) if state.has_ledger else ()
    except LedgerProblem as problem:
        yield Finding(False, what, str(problem), layer=layers.MACHINE)
        return
    known = "server_ok" if state.has_ledger else "server_new"
    yield Finding(True, what, text(f"doctor.{known}", server=server, version=state.version))
    if here := [one.roles for one in running if one.connected]:
        yield _roles(here)
    for name in state.careless:
        yield Finding(False, what, text("doctor.server_careless", server=server, name=name), layer=layers.MACHINE)


def _roles(running: Sequence[frozenset[ProcessRole]]) -> Finding:
    """Whether the running processes together have every role."""
    what, lacking = text("doctor.processes"), ALL.difference(*running)
    if lacking:
        return bad(
            what,
            "doctor.roles_lacking",
            layers.CONFIGURATION,
            count=len(running),
            roles=listed(written(lacking).split(",")),
            option=written(lacking),
        )
    return Finding(True, what, text("doctor.roles_ok", count=len(running)))


async def own_keys(subject: Subject) -> AsyncIterator[Finding]:
    """Whether keys of communities can be stored and read; nothing if there are none and none may be set. Counts only; nobody's
    service is asked."""
    settings, what = subject.settings, text("doctor.own_keys")
    if not read_only.is_there(settings.ledger):
        return
    now = subject.ports.now()
    having, rows = read_only.look(settings.ledger, lambda c: (own_rows.everyone(c), own_rows.sealed(c, now)))
    allowed = settings.community_keys != CommunityKeys.OFF
    if not having and not allowed:
        return
    if not settings.encryption_keys:
        yield Finding(False, what, text("doctor.own_keys_closed", count=len(having)), layer=layers.CONFIGURATION)
        return
    try:
        read = keys_in(rows, Cipher(settings.encryption_keys))
    except VaultProblem as problem:
        yield Finding(False, what, str(problem), layer=layers.CONFIGURATION)
        return
    if lost := sum(one.name not in read for one in having.values()):
        yield Finding(False, what, text("doctor.own_keys_lost", lost=lost, count=len(having)), layer=layers.CONFIGURATION)
        return
    yield Finding(True, what, text("doctor.own_keys_ok" if allowed else "doctor.own_keys_off", count=len(having)))


async def bucket(subject: Subject) -> AsyncIterator[Finding]:
    """Whether the bucket for pictures answers. Nothing is written."""
    if (place := subject.settings.picture_bucket) is None:
        return
    from bot.providers import bucket_pictures

    what = text("doctor.bucket")
    try:
        await bucket_pictures.some(bucket_pictures.objects_of(place, subject.settings.egress))
        yield Finding(True, what, text("doctor.bucket_ok", bucket=place))
    except OSError as error:
        sentence = text("cli.copy_failed", bucket=place, error=error.strerror or error)
        yield Finding(False, what, sentence, layer=layers.NETWORK)


async def adapters(subject: Subject) -> AsyncIterator[Finding]:
    configured = [plugin for plugin in subject.adapters.values() if plugin.configured(subject.settings.env)]
    if not configured:
        sentence = plugins.none_configured(subject.adapters.values(), subject.file)
        yield Finding(False, text("doctor.platforms"), sentence, layer=layers.CONFIGURATION)
    for plugin in configured:
        well = True
        async for finding in platform(plugin, subject):
            well = well and finding.ok
            yield finding
        if well:
            subject.speaks_for(layers.PLATFORM, text("doctor.platform_well", name=plugin.name))
        elif not subject.every:
            return


async def platform(plugin: Plugin, subject: Subject) -> AsyncIterator[Finding]:
    examine = getattr(plugin, "examine_all", plugin.examine) if subject.every else plugin.examine
    for found in await examine(subject.settings.env):
        yield _beside(found, subject.bot)


async def health_port(subject: Subject) -> AsyncIterator[Finding]:
    host, port = subject.settings.health_host, subject.settings.health_port
    if not port:
        return
    from bot.health.listener import problem

    what = text("doctor.health")
    try:
        with socket.create_server((host.strip("[]"), port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            pass
    except (OSError, UnicodeError) as error:
        yield _beside(Finding(False, what, str(problem(error, host, port)), port, layer=layers.MACHINE), subject.bot)
    else:
        yield Finding(True, what, text("doctor.health_ok", host=host, port=port))


async def fonts(subject: Subject) -> AsyncIterator[Finding]:
    """Whether the picture library can decode and encode pictures, and in which scripts Add text can draw."""
    from PIL import Image, ImageFont, features

    what = text("doctor.pictures")
    lacking = [name for name in ("jpg", "zlib", "webp") if not features.check(name)]
    if lacking:
        yield bad(what, "doctor.pictures_lacking", layers.MACHINE, names=listed(lacking, None))
        return
    try:
        ImageFont.load_default(20)
        Image.new("RGB", (8, 8)).tobytes()
    except (ImportError, OSError):
        yield bad(what, "doctor.pictures_lacking", layers.MACHINE, names="freetype")
        return
    yield Finding(True, what, text("doctor.pictures_ok"))
    yield _captions(subject.settings.caption_font)
    yield _provenance(subject.settings.provenance_certificate)


def _provenance(certificate: Path | None) -> Finding:
    """Whether what the bot changes is signed. A certificate that can't be used is a problem of the settings, which is named before this."""
    from bot.pixels.provenance import is_installed

    key = "doctor.provenance_ok" if certificate else "doctor.provenance_unset" if is_installed() else "doctor.provenance_off"
    return Finding(True, text("doctor.provenance"), text(key, file=str(certificate or "")))


def _captions(brand: Path | None) -> Finding:
    """Missing parts of Add text. It's only a failure if something was installed for it and doesn't work."""
    from bot.pixels.captions.fonts import find_fonts, scripts_without_font
    from bot.pixels.captions.installed import is_installed
    from bot.pixels.captions.problems import CannotDraw

    what = text("doctor.captions")
    if not is_installed():
        return Finding(True, what, text("doctor.captions_off"))
    try:
        lacking = scripts_without_font(find_fonts(str(brand or "")))
    except CannotDraw as problem:
        return bad(what, f"doctor.captions_{problem.why}", layers.MACHINE, value=problem.value)
    return Finding(True, what, text("doctor.captions_lacking", scripts=listed(lacking)) if lacking else text("doctor.captions_ok"))


LOCAL = (settings, clock, disk, running, database, own_keys, bucket, health_port, fonts)


def _beside(finding: Finding, bot: str | None) -> Finding:
    """Adapt a finding to a running bot: a port held by the bot itself is fine."""
    if finding.ok or finding.busy_port is None or bot is None:
        return finding
    held = os_processes.listens(bot, finding.busy_port)
    if held is False:
        return finding
    key = "doctor.port_of_bot" if held else "doctor.port_of_bot_maybe"
    return Finding(True, finding.what, text(key, port=finding.busy_port, pid=bot))


def _is_newer(file: Path, than: Path) -> bool:
    """Whether a file was changed after another one; a bot writes its lock when it starts."""
    try:
        return file.stat().st_mtime > than.stat().st_mtime
    except OSError:
        return False


def _gigabytes(free: int) -> str:
    return f"{free / 1e9:.1f} GB"


def _owner(lock: Path) -> str | None:
    """The process that holds the data folder's lock, or None. Takes the lock only for an instant."""
    try:
        with open(lock, encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                owner = handle.read(20).strip()
                return owner if owner.isascii() and owner.isdigit() else "?"
    except OSError:
        return None
    return None
