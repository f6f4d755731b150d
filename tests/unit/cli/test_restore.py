"""A backup with its pictures, and back: verified, refused while a bot runs, never destroying what was there."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from bot.domain.outcome import Billed, Outcome, Picture
from bot.ledger.read_only import count_if_sound
from tests.unit.cli.conftest import Call
from tests.world import world

PIXELS = b"\x89PNG and so on"
SHA = hashlib.sha256(PIXELS).hexdigest()


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A data folder with two requests, one of them with a stored picture, whose bot has stopped."""
    data = tmp_path / "data"
    async with world(data) as here:
        picture = Picture(SHA, "png", 64, 64, len(PIXELS))
        here.service.script.append(Outcome(pictures=(picture,), billed=Billed.YES, status=200))
        await here.answer(await here.imagine("one"))
    file = data / "pictures" / SHA[:2] / f"{SHA}.png"
    file.parent.mkdir(parents=True)
    file.write_bytes(PIXELS)
    return data


def picture(folder: Path) -> Path:
    return folder / "pictures" / SHA[:2] / f"{SHA}.png"


def backed_up(imagine_bot: Call, tmp_path: Path) -> Path:
    made = imagine_bot("backup", "copies/", "--pictures")
    assert made.code == 0, made.err
    assert picture(tmp_path / "copies").read_bytes() == PIXELS
    return next((tmp_path / "copies").glob("*.db"))


def test_a_backup_comes_back_whole_into_an_empty_folder(folder: Path, imagine_bot: Call, tmp_path: Path) -> None:
    backup = backed_up(imagine_bot, tmp_path)
    shutil.rmtree(folder)
    done = imagine_bot("restore", str(backup))
    assert (done.code, done.err) == (0, "")
    assert "Restored 1 requests" in done.out
    assert count_if_sound(folder / "imagine-bot.db") == 1
    assert picture(folder).read_bytes() == PIXELS
    assert backup.exists()
    again = imagine_bot("backup", "copies/", "--pictures")
    assert "Copied 0 pictures (0 bytes)" in again.out


def test_a_ledger_that_is_there_is_only_replaced_when_asked_and_then_renamed(folder: Path, imagine_bot: Call, tmp_path: Path) -> None:
    backup = backed_up(imagine_bot, tmp_path)
    with sqlite3.connect(folder / "imagine-bot.db") as ledger:
        ledger.execute("DELETE FROM requests")
    refused = imagine_bot("restore", str(backup))
    assert refused.code == 2
    assert "--replace" in refused.err
    assert count_if_sound(folder / "imagine-bot.db") == 0
    assert imagine_bot("restore", str(backup), "--replace").code == 0
    assert count_if_sound(folder / "imagine-bot.db") == 1
    (former,) = folder.glob("replaced-*.db")
    assert count_if_sound(former) == 0
    assert not list(folder.glob("imagine-bot.db-*"))


async def test_a_running_bot_is_not_restored_under(folder: Path, imagine_bot: Call, tmp_path: Path) -> None:
    backup = backed_up(imagine_bot, tmp_path)
    async with world(folder):
        refused = imagine_bot("restore", str(backup), "--replace")
    assert refused.code == 1
    assert "already using" in refused.err
    assert not list(folder.glob("replaced-*"))


def test_damage_is_found_on_both_sides(folder: Path, imagine_bot: Call, tmp_path: Path) -> None:
    backup = backed_up(imagine_bot, tmp_path)
    picture(tmp_path / "copies").write_bytes(b"\x89PNG and rotten")
    picture(folder).unlink()
    done = imagine_bot("restore", str(backup), "--replace")
    assert done.code == 1
    assert "no longer match their hash" in done.err
    assert "1 pictures that the ledger knows aren't in the folder" in done.err
    assert not picture(folder).exists()
    half = tmp_path / "half.db"
    half.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    before = (folder / "imagine-bot.db").read_bytes()
    broken = imagine_bot("restore", str(half), "--replace")
    assert broken.code == 1
    assert "isn't an intact backup" in broken.err
    assert (folder / "imagine-bot.db").read_bytes() == before
    assert imagine_bot("restore", "nothing.db").code == 2


def test_a_damaged_picture_in_a_backup_is_copied_anew_and_one_in_the_source_never(folder: Path, imagine_bot: Call, tmp_path: Path) -> None:
    backed_up(imagine_bot, tmp_path)
    picture(tmp_path / "copies").write_bytes(b"half")
    assert "Copied 1 pictures" in imagine_bot("backup", "copies/", "--pictures").out
    picture(folder).write_bytes(b"rotten")
    shutil.rmtree(tmp_path / "copies" / "pictures")
    refused = imagine_bot("backup", "copies/", "--pictures")
    assert refused.code == 1
    assert SHA in refused.err
    assert not picture(tmp_path / "copies").exists()
    assert imagine_bot("backup", "--pictures").code == 2
