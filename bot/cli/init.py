"""`imagine-bot init`: asks for what the bot needs, checks every answer at once, and writes the settings file.

Nothing is written before the end. Without a terminal, or with --yes, the answers come from options, files and the environment.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.adapter import Plugin
from bot.cli import plugins
from bot.cli.dialogue import Dialogue, Keyboard, Terminal, watched
from bot.cli.doctor import show
from bot.cli.draft import (
    ADDRESS,
    KEY,
    MODEL,
    SECOND,
    CheckedStep,
    SettingsDraft,
    default_address,
    default_model,
    platform_steps,
    same_host,
    second_step,
    service_steps,
)
from bot.cli.screen import FAILED, USAGE, Stop, hide, remark, say
from bot.settings import dotenv, env_edit
from bot.texts import has, text
from bot.texts.phrases import listed


def init(
    ctx: typer.Context,
    address: Annotated[str, typer.Option("--address", metavar="URL", help=text("cli.help.init_address"))] = "",
    key_file: Annotated[str, typer.Option("--key-file", metavar="FILE", help=text("cli.help.init_key_file"))] = "",
    model: Annotated[str, typer.Option("--model", metavar="NAME", help=text("cli.help.init_model"))] = "",
    given: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help=text("cli.help.init_set"))] = None,
    secret_files: Annotated[list[str] | None, typer.Option("--secret-file", metavar="NAME=FILE", help=text("cli.help.init_secret"))] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=text("cli.help.init_yes"))] = False,
) -> None:
    adapters, broken = plugins.load_all()
    for sentence in broken:
        remark(text("cli.warning", sentence=sentence))
    draft = SettingsDraft(ctx.obj, os.environ, adapters)
    hide(draft.settings(without=_asked(draft)).secrets())  # what else is in the file must be right
    hide([value for name in _secrets(draft) if (value := draft.present(name))])
    options = {ADDRESS: address, MODEL: model}
    options |= dict(_pair(one, "--set") for one in given or [])
    for name in options:
        _require_asked(draft, name, secret=False)
    for name, value in options.items():
        if clean := dotenv.stripped(value):
            draft.answers[name] = clean
    _read_secrets(draft, key_file, secret_files or [])
    asking = sys.stdin.isatty() and sys.stdout.isatty() and not yes
    try:
        _interview(draft, Terminal()) if asking else _unattended(draft)
        write(draft, Terminal() if asking else None, yes=yes)
    except (KeyboardInterrupt, EOFError) as stopped:
        say()
        raise Stop(text("init.stopped", file=draft.file), code=130 if isinstance(stopped, KeyboardInterrupt) else FAILED) from None


def _interview(draft: SettingsDraft, keyboard: Keyboard) -> None:
    dialogue = Dialogue(draft, keyboard)
    say(text("init.welcome", file=draft.file.absolute()))
    say()
    dialogue.service()
    there = any(draft.present(name) for name in SECOND)
    if dialogue.agrees(text("init.change_second" if there else "init.use_second"), default=False):
        dialogue.platform([second_step(draft)])
    while True:
        chosen = False
        for plugin in _settable(draft):
            there = plugin.configured(draft.settings().env)
            named = text(f"{plugin.name}.init.name") if has(f"{plugin.name}.init.name") else plugin.name
            if there:
                wanted = dialogue.agrees(text("init.change_platform", name=named), default=False)
            else:
                wanted = dialogue.agrees(text("init.use_platform", name=named), default=plugin.name == "web" and not chosen)
            chosen = chosen or there or wanted
            if wanted:
                dialogue.platform(platform_steps(plugin))
        if chosen:
            return
        say(text("init.no_platform"))


def _unattended(draft: SettingsDraft) -> None:
    """The same checks without questions. Raises Stop at the first that fails."""
    steps = _steps_without_questions(draft)
    _stop_if_lacking(draft, steps)
    for step in steps:
        _take(draft, step)
    for note in draft.notes:
        remark(text("cli.warning", sentence=note))
    if not any(plugin.configured(draft.settings().env) for plugin in draft.adapters.values()):
        raise Stop(plugins.none_configured(draft.adapters.values(), draft.file), code=USAGE)


def _steps_without_questions(draft: SettingsDraft) -> list[CheckedStep]:
    """Copy settings found only in the environment into the answers. Returns the steps of the service and of all else that's configured."""
    begun = _previous_address(draft, ADDRESS)
    for name in _asked(draft):  # what only the environment says must be there at the next start, too
        if name not in draft.answers and (value := draft.env.get(name, "").strip()):
            draft.answers[name] = draft.present(name) or value
    steps = service_steps(draft)
    if KEY not in draft.answers and draft.present(KEY) and not same_host(default_address(draft), begun):
        raise Stop(text("init.new_address_new_key"), code=USAGE)
    platforms = [plugin for plugin in _settable(draft) if plugin.configured(draft.settings(without=_service_names()).env)]
    if any(draft.present(name) for name in SECOND):
        steps.append(second_step(draft))
    for plugin in platforms:
        steps += platform_steps(plugin)
    return steps


def _stop_if_lacking(draft: SettingsDraft, steps: Sequence[CheckedStep]) -> None:
    """Raise Stop if a setting without a default is missing."""
    for question in (one for step in steps for one in step.questions):
        if question.secret and question.required and not draft.present(question.variable):
            raise Stop(text("init.lacks", name=question.variable), code=USAGE)
        if question.variable == SECOND[0] and not draft.present(question.variable):
            raise Stop(text("settings.fallback_lacks", name=question.variable), code=USAGE)


def _take(draft: SettingsDraft, step: CheckedStep) -> None:
    """Fill in a step's defaults and check it. Raises Stop if that fails."""
    for question in step.questions:
        if question.required and not draft.present(question.variable):
            draft.answer(question.variable, question.default or default_model(draft))
    found = watched(step.check(draft))
    for finding in found:
        show(finding)
    if any(not finding.ok for finding in found):
        raise Stop(text("init.not_written", file=draft.file))
    if step.setup is not None and step.setup.after is not None and (said := step.setup.after(draft.settings().env)):
        say(said)


def write(draft: SettingsDraft, keyboard: Keyboard | None, *, yes: bool) -> None:
    """Put the answers into the file, after asking if there's one; then the next command."""
    before = dotenv.read(draft.file).values
    changed = {name: value for name, value in draft.answers.items() if before.get(name, "") != value}
    exists = draft.file.exists()
    if not changed and exists:
        say(text("init.nothing_new", file=draft.file.absolute()))
        if stat.S_IMODE(draft.file.stat().st_mode) & 0o077:
            remark(text("init.readable", file=draft.file))
    else:
        say(text("init.changes" if exists else "init.writes", file=draft.file.absolute()))
        for name, value in changed.items():
            say(f"  {name}: {_told(draft, name, value, name in before)}")
        if exists and not yes and (keyboard is None or not Dialogue(draft, keyboard).agrees(text("init.may_write"), default=True)):
            raise Stop(
                text("init.left_alone" if keyboard is not None else "init.needs_yes", file=draft.file), code=FAILED if keyboard else USAGE
            )
        try:
            env_edit.replace_private(draft.file, draft.content())
        except OSError as error:
            raise Stop(text("init.cannot_write", file=draft.file, error=error.strerror or type(error).__name__)) from error
        say(text("init.written", file=draft.file.absolute()))
    for name, value in draft.answers.items():
        if (other := dotenv.stripped(os.environ.get(name, ""))) and other != value:
            remark(text("cli.warning", sentence=text("settings.environment_wins", name=name, file=draft.file)))
    say()
    say(text("init.next", command=_command(draft.file, "run")))
    say(text("init.picture", command=_command(draft.file, "doctor --spend")))


def _told(draft: SettingsDraft, name: str, value: str, was: bool) -> str:
    """What happens to a setting, without a secret's value."""
    if not value:
        return text("init.removed")
    if name in _secrets(draft):
        return text("init.secret_changed" if was else "init.secret_new")
    return value


def _read_secrets(draft: SettingsDraft, key_file: str, files: Sequence[str]) -> None:
    """Keys and tokens from files, or the first line of standard input for `-`. Raises Stop."""
    pairs = [(KEY, key_file)] if key_file else []
    pairs += [_pair(one, "--secret-file") for one in files]
    for name, file in pairs:
        _require_asked(draft, name, secret=True)
        try:
            read = sys.stdin.readline() if file == "-" else Path(file).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise Stop(text("init.secret_unreadable", name=name, file=file), code=USAGE) from error
        if not (value := dotenv.stripped(read)):
            raise Stop(text("init.secret_empty", name=name, file=file), code=USAGE)
        draft.answers[name] = value


def _require_asked(draft: SettingsDraft, name: str, *, secret: bool) -> None:
    """Stop for a setting that `init` doesn't ask for, and for a secret where others could read it."""
    if name not in _asked(draft):
        raise Stop(text("init.not_asked", name=name, known=listed(tuple(_asked(draft)), None)), code=USAGE)
    if not secret and name in _secrets(draft):
        raise Stop(text("init.secret_shown", name=name), code=USAGE)


def _pair(value: str, option: str) -> tuple[str, str]:
    name, equals, rest = value.partition("=")
    if not equals or not name.strip():
        raise Stop(text("init.not_a_pair", option=option, value=name[:40]), code=USAGE)
    return name.strip().upper(), rest


def _settable(draft: SettingsDraft) -> list[Plugin]:
    """The adapters that say what to ask for."""
    return [plugin for plugin in draft.adapters.values() if hasattr(plugin, "setup")]


def _asked(draft: SettingsDraft) -> list[str]:
    return [*_service_names(), *(one.variable for step in _platform_steps(draft) for one in step.questions)]


def _secrets(draft: SettingsDraft) -> list[str]:
    return [KEY, SECOND[1], *(one.variable for step in _platform_steps(draft) for one in step.questions if one.secret)]


def _platform_steps(draft: SettingsDraft) -> list[CheckedStep]:
    return [step for plugin in _settable(draft) for step in platform_steps(plugin)]


def _service_names() -> tuple[str, ...]:
    return ADDRESS, KEY, MODEL, *SECOND


def _previous_address(draft: SettingsDraft, name: str) -> str:
    """The address that was in effect before this answer."""
    answer = draft.answers.pop(name, None)
    try:
        return default_address(draft)
    finally:
        if answer is not None:
            draft.answers[name] = answer


def _command(file: Path, rest: str) -> str:
    """This program as it was called, for copying."""
    called = sys.argv[0]
    found = shutil.which("imagine-bot")
    named = called if Path(called).name == "imagine-bot" and (found is None or not os.path.samefile(found, called)) else "imagine-bot"
    if named != "imagine-bot" and Path(named).is_relative_to(Path.cwd()):
        named = str(Path(named).relative_to(Path.cwd()))
    option = "" if file == Path(".env") else f"--env-file {file} "
    return f"{named} {option}{rest}"
