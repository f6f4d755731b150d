"""Registers the commands with Discord, only when they changed: unchanged ones cost nothing, and creations are limited per day."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import discord
import structlog
from discord import app_commands

from adapters.discord.commands import Tree, payload
from bot.adapter import SetupProblem
from bot.texts import text

log = structlog.get_logger()

DAILY_LIMIT = 30034


def fingerprint(tree: Tree, application: int, api_base: str) -> str:
    """Of the commands and of where they are registered."""
    content = json.dumps([payload(tree), application, api_base], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


async def sync(tree: Tree, application: int, api_base: str, known: Path) -> bool:
    """Register when the fingerprint differs from the kept one; whether it was done. Raises SetupProblem with a sentence."""
    wanted = fingerprint(tree, application, api_base)
    if _kept(known) == wanted:
        return False
    try:
        await tree.sync()
    except app_commands.CommandSyncFailure as error:
        log.error("discord_commands_refused", detail=str(error)[:300])
        raise SetupProblem(text("discord.setup.commands_refused")) from error
    except discord.Forbidden as error:
        raise SetupProblem(text("discord.setup.no_scope")) from error
    except discord.HTTPException as error:
        if error.code != DAILY_LIMIT:
            raise
        log.warning("discord_commands_not_renewed", detail=str(error.code))
        return False
    _keep(known, wanted)
    return True


def _kept(known: Path) -> str:
    return known.read_text(encoding="utf-8").strip() if known.exists() else ""


def _keep(known: Path, fingerprint: str) -> None:
    known.write_text(fingerprint + "\n", encoding="utf-8")
