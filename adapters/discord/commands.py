"""Slash commands and the entry of messages' menus: options, autocomplete and registration with Discord. `intake` executes them.

They're only registered when changed, because Discord limits the number of creations per day.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

import discord
import structlog
from discord import app_commands

from adapters.discord.answers import AnyInteraction, bug
from adapters.discord.attachments import MASK, MOST_IN_MESSAGE, PICTURES
from adapters.discord.callers import caller, language
from adapters.discord.intake import Intake
from bot.adapter import SetupProblem
from bot.chat.views import Choice
from bot.core import Options
from bot.domain.gallery import Shelf
from bot.prompts.parts import USES
from bot.texts import DEFAULT_LANGUAGE, LocalizedText, language_or_none, say, text
from bot.texts.direction import bare

log = structlog.get_logger()

MOST_SUGGESTIONS, CHOICE = 25, 100
_OPTION_NAME = re.compile(r"[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}")
"""Discord's rule: letters and digits of any script, with the marks of Devanagari and Thai."""
DAILY_LIMIT = 30034
EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False)
IN_SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
INSTALLS = app_commands.AppInstallationType(guild=True, user=False)


class Tree(app_commands.CommandTree[Any]):
    """The command tree. A failing command still answers its person."""

    async def interaction_check(self, interaction: AnyInteraction, /) -> bool:
        if interaction.type is discord.InteractionType.autocomplete:
            return True
        refusal = await interaction.client.welcome(interaction)
        if refusal is not None:
            await interaction.client.answers.say(interaction, refusal)
        return refusal is None

    async def _call(self, interaction: AnyInteraction) -> None:
        """The library only catches its own exceptions, and not those of a payload that it can't read, such as a menu's message."""
        try:
            await super()._call(interaction)
        except app_commands.AppCommandError:
            raise
        except Exception as error:
            if interaction.type is not discord.InteractionType.autocomplete:
                await interaction.client.answers.say(interaction, bug(error, interaction))

    async def on_error(self, interaction: AnyInteraction, error: app_commands.AppCommandError, /) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            return
        if isinstance(error, (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)):
            # A client may still show a command from an older version.
            said = text("discord.old_command")
        else:
            said = bug(getattr(error, "original", error), interaction)
        await interaction.client.answers.say(interaction, said)


def _options(interaction: AnyInteraction) -> Options:
    """What the model of the command's community accepts."""
    who = caller(interaction)
    found: Options = interaction.client.core.options(who.platform, who.community)
    return found


async def _suggest_size(interaction: AnyInteraction, typed: str) -> list[app_commands.Choice[str]]:
    options = _options(interaction)
    found = suggestions(options.sizes, typed, language(interaction))
    if options.free_sizes and typed.strip() and not found:
        found = [app_commands.Choice(name=typed.strip()[:CHOICE], value=typed.strip()[:CHOICE])]
    return found


async def _suggest_quality(interaction: AnyInteraction, typed: str) -> list[app_commands.Choice[str]]:
    return suggestions(_options(interaction).qualities, typed)


async def _suggest_template(interaction: AnyInteraction, typed: str) -> list[app_commands.Choice[str]]:
    names = await interaction.client.core.templates(caller(interaction).visitor)
    return suggestions(tuple(Choice(one, one) for one in names), typed)


async def _suggest_model(interaction: AnyInteraction, typed: str) -> list[app_commands.Choice[str]]:
    return suggestions(_options(interaction).models, typed)


def suggestions(choices: tuple[Choice, ...], typed: str, language: str = DEFAULT_LANGUAGE) -> list[app_commands.Choice[str]]:
    """Choices that contain the typed text, in the language of the person who types; × and x are equal."""
    wanted = _plain(typed)
    said = [(bare(say(one.label, language)), one.value) for one in choices]
    fitting = [(label, value) for label, value in said if wanted in _plain(label) or wanted in _plain(value)]
    return [app_commands.Choice(name=label[:CHOICE], value=value[:CHOICE]) for label, value in fitting[:MOST_SUGGESTIONS]]


def _plain(value: str) -> str:
    return "".join(value.casefold().replace("×", "x").split())


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Options of /imagine that depend on the image models."""

    models: bool = False
    pictures: int = 0
    """How many pictures can be attached to the command."""
    most: int = 0
    """How many the model takes, which may be more."""
    masks: bool = False
    captions: bool = False


def offer(options: Options) -> ModelOptions:
    pictures = min(len(PICTURES), options.max_references)
    return ModelOptions(bool(options.models), pictures, options.max_references, options.masks and pictures > 0, options.captions)


# ---- the commands and their options ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    kind: Any
    about: str
    suggest: Callable[[AnyInteraction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]] | None = None
    choices: Sequence[app_commands.Choice[str]] = ()
    required: bool = False


RunCommand = Callable[[Intake, AnyInteraction, Mapping[str, Any]], Awaitable[None]]
"""Gets the options that were used."""


def _imagine(offered: ModelOptions) -> dict[str, Option]:
    """The options of /imagine, in their order on the screen: a picture belongs next to the words, the price asks about all others."""
    pictures = [(name, Option(discord.Attachment, _about_picture(n, offered))) for n, name in enumerate(PICTURES[: offered.pictures], 1)]
    words = {name: text(f"discord.command.{name}") for name in ("prompt", "model", "size", "quality", "count", "caption", "tag", "private")}
    return {
        "prompt": Option(str, words["prompt"], required=True),
        **({"model": Option(str, words["model"], _suggest_model)} if offered.models else {}),
        **dict(pictures[:1]),
        "size": Option(str, words["size"], _suggest_size),
        "quality": Option(str, words["quality"], _suggest_quality),
        "count": Option(app_commands.Range[int, 1, 10], words["count"]),
        **({"caption": Option(str, words["caption"])} if offered.captions else {}),
        "tag": Option(app_commands.Range[str, 1, 60], words["tag"]),
        "private": Option(bool, words["private"]),
        **dict(pictures[1:]),
        **({MASK: Option(discord.Attachment, text("discord.command.mask"))} if offered.masks else {}),
        "price": Option(bool, text("discord.command.price")),
    }


def _about_picture(number: int, offered: ModelOptions) -> str:
    if number == offered.pictures and offered.most > number:
        return text("discord.command.picture_last", most=min(offered.most, MOST_IN_MESSAGE))
    return text("discord.command.picture" if number == 1 else "discord.command.picture_more")


def _guide() -> dict[str, Option]:
    uses = [app_commands.Choice(name=app_commands.locale_str(text(f"guide.use.{one}")), value=one) for one in USES]
    return {
        "template": Option(str, text("discord.command.template"), _suggest_template),
        "use": Option(str, text("discord.command.use"), choices=uses),
    }


def _show() -> dict[str, Option]:
    shelves = [app_commands.Choice(name=text(f"gallery.shelf_{one}"), value=one.value) for one in Shelf]
    further = {name: Option(str, text(f"discord.command.show_{name}")) for name in ("words", "dates", "model", "tag", "shelf")}
    further["model"] = replace(further["model"], suggest=_suggest_model)
    further["shelf"] = replace(further["shelf"], choices=shelves)
    return {"id": Option(str, text("discord.command.id")), **further}


def _batch() -> dict[str, Option]:
    kinds: dict[str, Any] = {
        "topics": discord.Attachment,
        "max_pictures": app_commands.Range[int, 1, 100_000],
        "budget": app_commands.Range[str, 1, 12],
        "template": app_commands.Range[str, 1, 500],
        "style": app_commands.Range[str, 1, 500],
        "size": app_commands.Range[str, 1, 40],
        "drafts": app_commands.Range[int, 1, 4],
        "tag": app_commands.Range[str, 1, 60],
        "batch": app_commands.Range[int, 1],
    }
    found = {name: Option(kind, text(f"discord.command.batch_{name}")) for name, kind in kinds.items()}
    return {**found, "size": replace(found["size"], suggest=_suggest_size)}


def _command(name: str, run: RunCommand, options: Mapping[str, Option]) -> app_commands.Command[Any, Any, None]:
    """A command. The library makes its options from the signature of its callback. It shortens a plain description to one that can't be
    translated."""

    async def callback(interaction: AnyInteraction, **given: Any) -> None:
        await run(interaction.client.intake, interaction, {name: value for name, value in given.items() if value is not None})

    parameters = [inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction)]
    for option, one in options.items():
        kind, default = (one.kind, inspect.Parameter.empty) if one.required else (Optional[one.kind], None)  # noqa: UP045 - made at run time
        parameters.append(inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default))
    callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    found: Any = app_commands.describe(**{option: app_commands.locale_str(one.about) for option, one in options.items()})(callback)
    found = app_commands.rename(**{option: app_commands.locale_str(text(f"discord.option.{option}")) for option in options})(found)
    found = app_commands.autocomplete(**{option: one.suggest for option, one in options.items() if one.suggest is not None})(found)
    found = app_commands.choices(**{option: list(one.choices) for option, one in options.items() if one.choices})(found)
    return app_commands.Command(name=name, description=text(f"discord.command.{name}"), callback=found)


async def _with_pictures(interaction: AnyInteraction, message: discord.Message) -> None:
    await interaction.client.intake.with_pictures(interaction)


def build(client: discord.Client, offered: ModelOptions) -> Tree:
    """All commands for one client, with the options that the models allow, and the entry of a message's menu."""
    tree = Tree(client, allowed_contexts=EVERYWHERE, allowed_installs=INSTALLS)
    everybody: list[tuple[str, RunCommand, Mapping[str, Option]]] = [
        ("imagine", Intake.imagine, _imagine(offered)),
        ("imagine-guide", Intake.guide, _guide()),
        ("imagine-batch", Intake.batch, _batch()),
        ("imagine-show", Intake.show, _show()),
        ("imagine-status", lambda intake, interaction, _: intake.view(interaction, intake.core.status), {}),
        ("imagine-help", Intake.help, {}),
        ("imagine-privacy", lambda intake, interaction, _: intake.view(interaction, intake.core.privacy), {}),
    ]
    for name, run, options in everybody:
        tree.add_command(_command(name, run, options))
    settings = _command("imagine-settings", Intake.settings, {})
    # A context on the tree would override guild_only, so the command sets its own.
    settings.allowed_contexts = IN_SERVERS
    settings.default_permissions = discord.Permissions(manage_guild=True)
    tree.add_command(settings)
    if offered.pictures:
        tree.add_command(app_commands.ContextMenu(name=text("discord.command.with_picture"), callback=_with_pictures))
    return tree


# ---- registration ---------------------------------------------------------------------------------------------------------------


def is_option_name(words: str) -> bool:
    """Whether Discord takes it as an option's name."""
    return bool(_OPTION_NAME.fullmatch(words)) and words == words.lower()


class Translated(app_commands.Translator):
    """Descriptions, and names of options, choices and menu entries, in the languages that Discord's clients speak. Commands keep their
    names: sentences in all languages and the documentation name them, and they're the same on every platform."""

    async def translate(self, string: app_commands.locale_str, locale: discord.Locale, context: Any) -> str | None:
        """The words in a language; None if there are none, so that Discord shows the default."""
        language = language_or_none(locale.value)
        if language in (None, DEFAULT_LANGUAGE) or not isinstance(string.message, LocalizedText):
            return None
        words = bare(say(string.message, language))
        # One name that Discord doesn't take would make it refuse all commands.
        unfit = context.location is app_commands.TranslationContextLocation.parameter_name and not is_option_name(words)
        return None if unfit or words == string.message else words


async def _translated(tree: Tree) -> list[dict[str, Any]]:
    translator = Translated()
    await tree.set_translator(translator)
    return [await command.get_translated_payload(tree, translator) for command in tree.get_commands()]


def payload(tree: Tree) -> list[dict[str, Any]]:
    return [command.to_dict(tree) for command in tree.get_commands()]


def fingerprint(commands: list[dict[str, Any]], application: int, api_base: str) -> str:
    """Fingerprint of the commands and of where they're registered."""
    content = json.dumps([commands, application, api_base], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


async def sync(tree: Tree, application: int, api_base: str, known: Path) -> bool:
    """Register the commands if their fingerprint differs from the stored one. Returns whether it did. Raises SetupProblem."""
    wanted = fingerprint(await _translated(tree), application, api_base)
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
