"""Slash commands: autocomplete and registration with Discord. `intake` executes them.

They're only registered when changed, because Discord limits the number of creations per day.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import discord
import structlog
from discord import app_commands

from adapters.discord.answers import Event, bug
from bot.adapter import SetupProblem
from bot.chat.views import Choice
from bot.texts import text

log = structlog.get_logger()

MOST_SUGGESTIONS, CHOICE = 25, 100
DAILY_LIMIT = 30034
EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
IN_SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
INSTALLS = app_commands.AppInstallationType(guild=True, user=False)


class Tree(app_commands.CommandTree[Any]):
    """The commands. Whatever goes wrong, the person gets an answer."""

    async def interaction_check(self, interaction: Event, /) -> bool:
        if interaction.type is discord.InteractionType.autocomplete:
            return True
        refusal = await interaction.client.welcome(interaction)
        if refusal is not None:
            await interaction.client.answers.say(interaction, refusal)
        return refusal is None

    async def on_error(self, interaction: Event, error: app_commands.AppCommandError, /) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            return
        if isinstance(error, (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)):
            # A client may still show a command from an older version.
            said = text("discord.old_command")
        else:
            said = bug(getattr(error, "original", error), interaction)
        await interaction.client.answers.say(interaction, said)


async def _suggest_size(interaction: Event, typed: str) -> list[app_commands.Choice[str]]:
    options = interaction.client.core.options()
    found = suggestions(options.sizes, typed)
    if options.free_sizes and typed.strip() and not found:
        found = [app_commands.Choice(name=typed.strip()[:CHOICE], value=typed.strip()[:CHOICE])]
    return found


async def _suggest_quality(interaction: Event, typed: str) -> list[app_commands.Choice[str]]:
    return suggestions(interaction.client.core.options().qualities, typed)


async def _suggest_model(interaction: Event, typed: str) -> list[app_commands.Choice[str]]:
    return suggestions(interaction.client.core.options().models, typed)


def suggestions(choices: tuple[Choice, ...], typed: str) -> list[app_commands.Choice[str]]:
    """Choices that contain the typed text; × and x are equal."""
    wanted = _plain(typed)
    fitting = [one for one in choices if wanted in _plain(one.label) or wanted in _plain(one.value)]
    return [app_commands.Choice(name=one.label[:CHOICE], value=one.value[:CHOICE]) for one in fitting[:MOST_SUGGESTIONS]]


def _plain(value: str) -> str:
    return "".join(value.casefold().replace("×", "x").split())


@app_commands.describe(
    prompt=text("discord.command.prompt"),
    size=text("discord.command.size"),
    quality=text("discord.command.quality"),
    count=text("discord.command.count"),
    private=text("discord.command.private"),
)
@app_commands.autocomplete(size=_suggest_size, quality=_suggest_quality)
async def _imagine(
    interaction: Event,
    prompt: str,
    size: str | None = None,
    quality: str | None = None,
    count: app_commands.Range[int, 1, 10] | None = None,
    private: bool = False,
) -> None:
    await interaction.client.intake.imagine(interaction, prompt, size, quality, count, private)


@app_commands.describe(
    prompt=text("discord.command.prompt"),
    model=text("discord.command.model"),
    size=text("discord.command.size"),
    quality=text("discord.command.quality"),
    count=text("discord.command.count"),
    private=text("discord.command.private"),
)
@app_commands.autocomplete(size=_suggest_size, quality=_suggest_quality, model=_suggest_model)
async def _imagine_with_model(
    interaction: Event,
    prompt: str,
    model: str | None = None,
    size: str | None = None,
    quality: str | None = None,
    count: app_commands.Range[int, 1, 10] | None = None,
    private: bool = False,
) -> None:
    await interaction.client.intake.imagine(interaction, prompt, size, quality, count, private, model)


@app_commands.describe(id=text("discord.command.id"))
async def _show(interaction: Event, id: str | None = None) -> None:
    await interaction.client.intake.show(interaction, id)


async def _status(interaction: Event) -> None:
    await interaction.client.intake.status(interaction)


async def _help(interaction: Event) -> None:
    await interaction.client.intake.help(interaction)


async def _privacy(interaction: Event) -> None:
    await interaction.client.intake.privacy(interaction)


async def _settings(interaction: Event) -> None:
    await interaction.client.intake.settings(interaction)


def build(client: discord.Client, *, with_models: bool = False) -> Tree:
    """All commands for one client; /imagine has the option `model` if there is more than one."""
    tree = Tree(client, allowed_contexts=EVERYWHERE, allowed_installs=INSTALLS)
    everybody: list[tuple[str, Any]] = [
        ("imagine", _imagine_with_model if with_models else _imagine),
        ("imagine-show", _show),
        ("imagine-status", _status),
        ("imagine-help", _help),
        ("imagine-privacy", _privacy),
    ]
    for name, callback in everybody:
        tree.add_command(app_commands.Command(name=name, description=text(f"discord.command.{name}"), callback=callback))
    settings: app_commands.Command[Any, Any, None] = app_commands.Command(
        name="imagine-settings", description=text("discord.command.imagine-settings"), callback=_settings
    )
    # A context on the tree would override guild_only, so the command sets its own.
    settings.allowed_contexts = IN_SERVERS
    settings.default_permissions = discord.Permissions(manage_guild=True)
    tree.add_command(settings)
    return tree


def payload(tree: Tree) -> list[dict[str, Any]]:
    """The payload to register with Discord."""
    return [command.to_dict(tree) for command in tree.get_commands()]


def fingerprint(tree: Tree, application: int, api_base: str) -> str:
    """Fingerprint of the commands and of where they're registered."""
    content = json.dumps([payload(tree), application, api_base], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


async def sync(tree: Tree, application: int, api_base: str, known: Path) -> bool:
    """Register the commands if their fingerprint differs from the stored one. Returns whether it did. Raises SetupProblem."""
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
