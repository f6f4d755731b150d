"""Slash commands and the entry of messages' menus: options, autocomplete and registration with Discord. `intake` executes them.

They're only registered when changed, because Discord limits the number of creations per day.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import discord
import structlog
from discord import app_commands

from adapters.discord.answers import AnyInteraction, bug
from adapters.discord.attachments import MASK, MOST_IN_MESSAGE, PICTURES
from adapters.discord.callers import caller, language
from bot.adapter import SetupProblem
from bot.chat.views import Choice
from bot.core import Options
from bot.domain.gallery import Shelf
from bot.prompts.parts import USES
from bot.texts import DEFAULT_LANGUAGE, LocalizedText, language_or_none, say, text
from bot.texts.direction import bare

log = structlog.get_logger()

MOST_SUGGESTIONS, CHOICE = 25, 100
TYPED: dict[str, Any] = {
    "model": str,
    "size": str,
    "quality": str,
    "count": app_commands.Range[int, 1, 10],
    "caption": str,
    "tag": app_commands.Range[str, 1, 60],
    "private": bool,
    "price": bool,
}
"""Optional options of /imagine besides files -> type."""
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

    def has(self, name: str) -> bool:
        """Whether an option that isn't about pictures is offered."""
        return {"model": self.models, "caption": self.captions}.get(name, True)


def offer(options: Options) -> ModelOptions:
    """What the configured models allow."""
    pictures = min(len(PICTURES), options.max_references)
    return ModelOptions(bool(options.models), pictures, options.max_references, options.masks and pictures > 0, options.captions)


def _imagine(offered: ModelOptions) -> Any:
    """The callback of /imagine. Its signature, from which the library makes the options, depends on the models."""

    async def imagine(interaction: AnyInteraction, prompt: str, **given: Any) -> None:
        await interaction.client.intake.imagine(interaction, prompt, given)

    described = {name: (kind, text(f"discord.command.{name}")) for name, kind in TYPED.items() if offered.has(name)}
    for number, name in enumerate(PICTURES[: offered.pictures], 1):
        described[name] = (discord.Attachment, _about_picture(number, offered))
    if offered.masks:
        described[MASK] = (discord.Attachment, text("discord.command.mask"))
    first = ("model", PICTURES[0])  # the picture belongs next to the words
    names = sorted(described, key=lambda one: -1 if one in first else one == "price")  # and the price asks about all the others
    keyword = inspect.Parameter.KEYWORD_ONLY
    imagine.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction),
            inspect.Parameter("prompt", keyword, annotation=str),
            *(inspect.Parameter(name, keyword, default=None, annotation=Optional[described[name][0]]) for name in names),  # noqa: UP045 - made at run time
        ]
    )
    found = _described(imagine, prompt=text("discord.command.prompt"), **{name: told for name, (_, told) in described.items()})
    suggesting = {"size": _suggest_size, "quality": _suggest_quality, **({"model": _suggest_model} if offered.models else {})}
    return app_commands.autocomplete(**suggesting)(found)


def _described(callback: Any, **options: str) -> Any:
    """The callback with its options' descriptions, and their names in the languages that have some. The library shortens a plain string to
    one that can't be translated."""
    found = app_commands.describe(**{name: app_commands.locale_str(told) for name, told in options.items()})(callback)
    named = {name: text(f"discord.option.{name}") for name in options}
    return app_commands.rename(**{name: app_commands.locale_str(own) for name, own in named.items()})(found)


def _about_picture(number: int, offered: ModelOptions) -> str:
    if number == offered.pictures and offered.most > number:
        return text("discord.command.picture_last", most=min(offered.most, MOST_IN_MESSAGE))
    return text("discord.command.picture" if number == 1 else "discord.command.picture_more")


async def _with_pictures(interaction: AnyInteraction, message: discord.Message) -> None:
    await interaction.client.intake.with_pictures(interaction)


def _show() -> Any:
    async def show(
        interaction: AnyInteraction,
        id: str | None = None,
        words: str | None = None,
        dates: str | None = None,
        model: str | None = None,
        tag: str | None = None,
        shelf: str | None = None,
    ) -> None:
        given = {"words": words, "dates": dates, "model": model, "tag": tag, "shelf": shelf}
        await interaction.client.intake.show(interaction, id, {name: value for name, value in given.items() if value})

    found = app_commands.choices(shelf=[app_commands.Choice(name=text(f"gallery.shelf_{one}"), value=one.value) for one in Shelf])(show)
    found = app_commands.autocomplete(model=_suggest_model)(found)
    told = {name: text(f"discord.command.show_{name}") for name in ("words", "dates", "model", "tag", "shelf")}
    return _described(found, id=text("discord.command.id"), **told)


async def _suggest_template(interaction: AnyInteraction, typed: str) -> list[app_commands.Choice[str]]:
    names = await interaction.client.core.templates(caller(interaction).visitor)
    return suggestions(tuple(Choice(one, one) for one in names), typed)


def _guide() -> Any:
    async def guide(interaction: AnyInteraction, template: str | None = None, use: str | None = None) -> None:
        await interaction.client.intake.guide(interaction, template or "", use or "")

    uses = [app_commands.Choice(name=app_commands.locale_str(text(f"guide.use.{one}")), value=one) for one in USES]
    found = app_commands.autocomplete(template=_suggest_template)(app_commands.choices(use=uses)(guide))
    return _described(found, template=text("discord.command.template"), use=text("discord.command.use"))


BATCH: dict[str, Any] = {
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
"""Options of /imagine-batch -> type."""


def _batch() -> Any:
    async def batch(interaction: AnyInteraction, **given: Any) -> None:
        await interaction.client.intake.batch(interaction, given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    first = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction)
    rest = [inspect.Parameter(name, keyword, default=None, annotation=Optional[kind]) for name, kind in BATCH.items()]  # noqa: UP045 - made at run time
    batch.__signature__ = inspect.Signature([first, *rest])  # type: ignore[attr-defined]
    found = app_commands.autocomplete(size=_suggest_size)(batch)
    return _described(found, **{name: text(f"discord.command.batch_{name}") for name in BATCH})


async def _status(interaction: AnyInteraction) -> None:
    await interaction.client.intake.status(interaction)


async def _help(interaction: AnyInteraction) -> None:
    await interaction.client.intake.help(interaction)


async def _privacy(interaction: AnyInteraction) -> None:
    await interaction.client.intake.privacy(interaction)


async def _settings(interaction: AnyInteraction) -> None:
    await interaction.client.intake.settings(interaction)


def build(client: discord.Client, offered: ModelOptions) -> Tree:
    """All commands for one client, with the options that the models allow, and the entry of a message's menu."""
    tree = Tree(client, allowed_contexts=EVERYWHERE, allowed_installs=INSTALLS)
    everybody: list[tuple[str, Any]] = [
        ("imagine", _imagine(offered)),
        ("imagine-guide", _guide()),
        ("imagine-batch", _batch()),
        ("imagine-show", _show()),
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
    if offered.pictures:
        tree.add_command(app_commands.ContextMenu(name=text("discord.command.with_picture"), callback=_with_pictures))
    return tree


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
    """The payload to register with Discord."""
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
