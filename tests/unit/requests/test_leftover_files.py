"""Picture files that no request shows any more go after an hour, whatever left them behind; no other file is ever touched."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update

from bot import lifecycle
from bot.chat.views import ActionName
from bot.domain.outcome import Billed, Outcome
from bot.events import EventStream, FilesRemoved
from bot.ledger import memory_rows
from bot.ledger.picture_rows import UNSHOWN
from bot.ledger.tables import attempts
from bot.pixels.workers import Here
from bot.providers.pictures import OldFile, PictureStore
from bot.providers.port import Call, OnPartial
from bot.requests import orphaned_files
from bot.requests.orphaned_files import OrphanedFiles
from tests.world import PICTURE, Service, World, world

HOUR = 3600.0


def drawn(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (8, 8), shade).save(out, "PNG")
    return out.getvalue()


def age(path: Path, seconds: float) -> None:
    seen = path.stat()
    os.utime(path, (seen.st_atime - seconds, seen.st_mtime - seconds))


async def pass_by(w: World, folder: Path, seconds: float) -> None:
    """Everything that was written is older by so much."""
    earlier = {name: attempts.c[name] - seconds for name in ("opened_at", "closed_at")}
    await w.bot.ledger.write(lambda tx: tx.connection.execute(update(attempts).values(earlier)))
    for path in files(folder):
        age(path, seconds)


async def left(w: World, folder: Path) -> Path:
    """The picture of a request that was cancelled while it came."""
    before = set(files(folder))
    w.service.hold = asyncio.Event()
    request = await w.imagine()
    await w.until(lambda: set(files(folder)) - before)
    await w.press(ActionName.CANCEL, request)
    await w.until(lambda: not w.bot.scheduler.is_running(request))
    assert not (await w.answer(request)).pictures
    w.service.hold = None
    (path,) = set(files(folder)) - before
    return path


class Drawing(Service):
    """Stores a real picture for every call, at the very moment when it is cancelled where it has to wait."""

    def __init__(self, store: PictureStore, hold: asyncio.Event | None = None) -> None:
        super().__init__(hold=hold)
        self.store = store

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        self.calls.append(call)
        picture = await self.store.add_bytes([drawn(len(self.calls))])
        try:
            if self.hold is not None:
                await self.hold.wait()
        except asyncio.CancelledError:
            pass
        return Outcome(pictures=(picture,), billed=Billed.YES, status=200)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[PictureStore]:
    opened = PictureStore(tmp_path, workers=Here())
    yield opened
    opened.close()


async def whole_turn(w: World, store: PictureStore) -> int:
    """Every folder once."""
    sweep = OrphanedFiles(w.bot.ledger, store)
    return sum([await sweep.round() for _ in range(256)])


def files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "pictures").rglob("*") if path.suffix in (".png", ".part"))


async def test_an_old_file_without_a_row_goes_and_what_is_shown_or_young_stays(tmp_path: Path, store: PictureStore) -> None:
    async with world(tmp_path, Drawing(store)) as w:
        gone = await left(w, tmp_path)
        await w.answer(await w.imagine())
        await pass_by(w, tmp_path, 0.3 * HOUR)
        young = await left(w, tmp_path)
        await pass_by(w, tmp_path, 0.8 * HOUR)
        assert await whole_turn(w, store) == 1
        assert not gone.exists()
        assert young.exists()
        assert len(files(tmp_path)) == 2
        await pass_by(w, tmp_path, 30 * 24 * HOUR)
        assert await whole_turn(w, store) == 1
        assert len(files(tmp_path)) == 1


async def test_a_picture_that_came_after_cancel_goes_by_the_bots_own_sweep(
    tmp_path: Path, store: PictureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "SWEEP_EVERY", 0.001)
    async with world(tmp_path, Drawing(store)) as w:
        w.bot.orphaned_files = OrphanedFiles(w.bot.ledger, store)
        late = await left(w, tmp_path)
        await pass_by(w, tmp_path, 2 * HOUR)
        await w.until(lambda: not late.exists())


async def test_a_file_goes_that_a_killed_process_stored_and_never_wrote_down(tmp_path: Path, store: PictureStore) -> None:
    async with world(tmp_path, Drawing(store, asyncio.Event())) as w:
        await w.imagine()
        await w.until(lambda: files(tmp_path))
        await w.bot.ledger.close()  # nothing is written down any more
    async with world(tmp_path) as w:
        await pass_by(w, tmp_path, 2 * HOUR)
        assert await whole_turn(w, store) == 1
    assert not files(tmp_path)


async def test_a_file_that_a_running_attempt_may_still_commit_stays_however_long_that_takes(tmp_path: Path, store: PictureStore) -> None:
    go = asyncio.Event()
    async with world(tmp_path, Drawing(store, go)) as w:
        request = await w.imagine()
        await w.until(lambda: files(tmp_path))
        await pass_by(w, tmp_path, 9 * HOUR)
        assert await whole_turn(w, store) == 0
        go.set()
        assert (await w.answer(request)).pictures
        assert await whole_turn(w, store) == 0
        assert len(files(tmp_path)) == 1


async def test_a_picture_that_is_stored_again_between_look_and_removal_stays(tmp_path: Path, store: PictureStore) -> None:
    class Meanwhile(PictureStore):
        async def discard(self, files: Sequence[OldFile]) -> int:
            await self.add_bytes([drawn(1)])
            return await super().discard(files)

    async with world(tmp_path, Drawing(store)) as w:
        path = await left(w, tmp_path)
        await pass_by(w, tmp_path, 2 * HOUR)
        again = Meanwhile(tmp_path)
        assert await whole_turn(w, again) == 0
        again.close()
        assert path.is_file()


async def test_pictures_of_another_ledger_stay(tmp_path: Path, store: PictureStore) -> None:
    """As after an older backup was put back, or with another DATABASE_URL beside the same pictures."""
    async with world(tmp_path, Drawing(store)) as w:
        path = await left(w, tmp_path)
        await pass_by(w, tmp_path, 2 * HOUR)
        age(path, 24 * HOUR)
        assert await whole_turn(w, store) == 0
        assert path.is_file()


async def test_only_names_of_our_own_form_are_ever_removed(tmp_path: Path, store: PictureStore) -> None:
    async with world(tmp_path, Drawing(store)) as w:
        await left(w, tmp_path)
        folder = tmp_path / "pictures" / "ab"
        folder.mkdir(parents=True, exist_ok=True)
        foreign = [
            folder / "notes.txt",
            folder / f"{'ab' * 32}.gif",
            folder / f"{'AB' * 32}.png",
            folder / f"{'cd' * 32}.png",  # not where this hash belongs
            folder / f"{'ab' * 32}.png.bak",
            folder / f"x{'ab' * 32}.png",
            tmp_path / "pictures" / f"{'ab' * 32}.png",
        ]
        for path in foreign:
            path.write_bytes(b"somebody's")
        link, directory = folder / f"{'ab' * 32}.jpeg", folder / f"{'ab' * 32}.webp"
        link.symlink_to(foreign[0])
        directory.mkdir()
        await pass_by(w, tmp_path, 2 * HOUR)
        for path in (foreign[0], foreign[1], foreign[4], directory):
            age(path, 2 * HOUR)
        assert await whole_turn(w, store) == 1
        assert link.is_symlink()
        assert directory.is_dir()
        assert all(path.exists() for path in foreign)


async def test_a_round_looks_at_a_bounded_number_of_files_and_all_get_their_turn(
    tmp_path: Path, store: PictureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphaned_files, "AT_ONCE", 3)
    async with world(tmp_path, Drawing(store)) as w:
        await left(w, tmp_path)
        folder = tmp_path / "pictures" / "ab"
        folder.mkdir(exist_ok=True)
        for number in range(8):
            (folder / f"ab{number:062x}.png").write_bytes(b"")
        await pass_by(w, tmp_path, 2 * HOUR)
        sweep = OrphanedFiles(w.bot.ledger, store)
        removed = [await sweep.round() for _ in range(258)]
    assert max(removed) == 3
    assert sum(removed) == 9


async def test_half_written_files_go_when_they_are_old_also_where_nothing_is_drawn(tmp_path: Path, store: PictureStore) -> None:
    async with world(tmp_path) as w:
        incoming = tmp_path / "pictures" / "incoming"
        incoming.mkdir(parents=True)
        old, young = incoming / "old.part", incoming / "young.part"
        for path in (old, young):
            path.write_bytes(b"half")
        age(old, 2 * HOUR)
        told: list[object] = []
        events = EventStream()
        events.subscribers.append(told.append)
        assert await OrphanedFiles(w.bot.ledger, store, events).round() == 1
        assert told == [FilesRemoved(0, 1)]
        assert (old.exists(), young.exists()) == (False, True)


async def test_a_full_disk_makes_nothing_old(tmp_path: Path, store: PictureStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    async with world(tmp_path, Drawing(store)) as w:
        path = await left(w, tmp_path)
        await pass_by(w, tmp_path, 2 * HOUR)
        monkeypatch.setattr(Path, "touch", full)
        assert await whole_turn(w, store) == 0
        assert path.is_file()


async def test_an_older_file_goes_while_something_newer_is_drawn(tmp_path: Path, store: PictureStore) -> None:
    async with world(tmp_path, Drawing(store)) as w:
        path = await left(w, tmp_path)
        await pass_by(w, tmp_path, 10 * HOUR)
        w.service.hold = asyncio.Event()
        await w.imagine()
        await w.until(lambda: len(files(tmp_path)) == 2)
        await pass_by(w, tmp_path, 2 * HOUR)
        assert await whole_turn(w, store) == 1
        assert not path.exists()
        assert len(files(tmp_path)) == 1


async def test_recorded_files_go_once_in_any_store_unless_they_are_shown_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.answer(await w.imagine())
        for one in ("cd" * 32, PICTURE.sha256):
            await w.bot.ledger.write(lambda tx, one=one: memory_rows.remember(tx, UNSHOWN + one, "test"))  # type: ignore[misc]
        sweep = OrphanedFiles(w.bot.ledger, w.pictures)
        assert [await sweep.round(), await sweep.round()] == [0, 0]
        assert w.pictures.forgotten == ["cd" * 32]
