"""The button on operators' notices with a real maker of bundles, and what is in the file that it hands over."""

from __future__ import annotations

import io
import zipfile

from bot.evidence.bundle import BundleMaker
from bot.evidence.button import EvidenceActions
from bot.ports import SystemPorts
from bot.settings import load
from bot.settings.surroundings import surroundings_of
from tests.platforms.stage import BotStage

KEY, PROMPT = "sk-canary-0123456789", "a canary in the rain"


def with_evidence(s: BotStage) -> None:
    """Let the stage's bot collect evidence."""
    assert s.bot is not None
    about = surroundings_of(load({"IMAGE_API_KEY": KEY}))
    s.bot.core.add_room(EvidenceActions(s.bot.ledger, lambda: BundleMaker(about, s.folder / "evidence", SystemPorts())))


def checked(content: bytes) -> None:
    """It's a bundle that a person can read, without the key or the prompt."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {"evidence.html", "reproduce.py", "curl.sh"} <= set(archive.namelist())
        for name in archive.namelist():
            assert KEY.encode() not in archive.read(name)
            assert b"canary" not in archive.read(name)
