"""Long-running commands `run`, `demo` and `sandbox`: read the settings, choose the adapters, and pass both to `bot.compose`."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot import observe
from bot.adapter import Plugin
from bot.cli import plugins
from bot.cli.screen import FAILED, USAGE, Stop, remark, say
from bot.domain.roles import ALL, ProcessRole, read, written
from bot.responsiveness import collection_postponed
from bot.rotation import Reloaded
from bot.settings import Settings, SettingsProblem, load, service_problems
from bot.settings.rules import keys_of
from bot.texts import DEFAULT_LANGUAGE, speaking, text
from bot.texts.phrases import listed

_ADDRESS = re.compile(r"https?://[^\s,;]+[^\s,;.)]")
DEMO_PORT = "8080"
_EXAMPLES = ("cli.try_picture", "cli.try_wait", "cli.try_block")

# The demo is free, so nobody should run out of budget while trying things.
GENEROUS: dict[str, object] = {
    "budget_member_day_usd": 100_000_000,
    "budget_member_month_usd": 1_000_000_000,
    "budget_community_day_usd": 1_000_000_000,
    "budget_community_month_usd": 10_000_000_000,
    "budget_member_day_pictures": 2_000,
    "budget_community_day_pictures": 10_000,
}


@collection_postponed()
def run(
    ctx: typer.Context,
    adapters: Annotated[str, typer.Option("--adapters", metavar="NAMES", help=text("cli.help.adapters"))] = "",
    data_dir: Annotated[Path | None, typer.Option(help=text("cli.help.run_data_dir"))] = None,
    roles: Annotated[str, typer.Option("--roles", metavar="NAMES", help=text("cli.help.roles"))] = "",
) -> None:
    found, broken = plugins.load_all()
    settings = load(os.environ, ctx.obj, others=plugins.variables(found.values()).keys()).at(data_dir)
    parts = _roles(roles, settings)
    chosen = _chosen(adapters, found, settings.env) if ProcessRole.CHAT in parts else []
    problems = service_problems(settings, ctx.obj)
    if not chosen and ProcessRole.CHAT in parts:
        problems.append(plugins.none_configured(found.values(), ctx.obj))
    for name in chosen:
        problems += found[name].problems(settings.env)
    announce = _announcer(settings.log_format)
    for warning in (*settings.warnings, *broken):
        announce("start_note", text("cli.warning", sentence=warning))
    if problems:
        raise SettingsProblem(problems)
    others = plugins.variables(found.values()).keys()
    reload = _reloader(settings, ctx.obj, others)
    _serve(settings, [found[name] for name in chosen], demo=False, announce=announce, reload=reload, roles=parts)


def _roles(typed: str, settings: Settings) -> frozenset[ProcessRole]:
    """What this process does; everything unless the ledger is on a server and the operator chose."""
    try:
        parts = read(typed) or ALL
    except ValueError as wrong:
        name = str(wrong).partition("'")[2].partition("'")[0]
        raise Stop(text("cli.role_unknown", name=name, known=listed([role.value for role in ProcessRole], None)), code=USAGE) from wrong
    if parts != ALL and isinstance(settings.ledger, Path):
        raise Stop(text("cli.roles_need_server", roles=written(parts)), code=USAGE)
    return parts


def _reloader(settings: Settings, file: Path, others: Collection[str]) -> Callable[[], Reloaded]:
    """Reads the settings again and adds their secrets to those that the logs redact."""
    secrets = set(settings.secrets())

    def reload() -> Reloaded:
        try:
            fresh = load(os.environ, file, others=others)
        except SettingsProblem as problem:
            return Reloaded({}, problem.problems)
        secrets.update(fresh.secrets())
        observe.configure(settings.log_level, secrets, format=settings.log_format)
        return Reloaded(keys_of(fresh))

    return reload


@collection_postponed()
def demo(
    ctx: typer.Context,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help=text("cli.help.demo_port"))] = None,
    host: Annotated[str | None, typer.Option(help=text("cli.help.demo_host"))] = None,
    data_dir: Annotated[Path | None, typer.Option(help=text("cli.help.demo_data_dir"))] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help=text("cli.help.demo_browser"))] = True,
) -> None:
    web = plugins.load("web")
    # The demo ignores the real service's settings, so a wrong value there doesn't stop it.
    settings = load(os.environ, ctx.obj, others=web.variables.keys(), service=False)
    asked = {"WEB_PORT": None if port is None else str(port), "WEB_HOST": host}
    env = {"WEB_PORT": DEMO_PORT, **settings.env, **{name: value for name, value in asked.items() if value is not None}}
    asked_budgets = {name for name in settings.env if name.startswith("BUDGET_")}
    generous = {} if asked_budgets else GENEROUS
    quiet = {} if "LOG_LEVEL" in settings.env else {"log_level": "error"}
    folder = settings.data_dir / "demo" if data_dir is None else data_dir.expanduser().absolute()
    settings = settings.model_copy(update={"env": env, "data_dir": folder, "database_url": None, **generous, **quiet})
    problems = web.problems(env)
    if problems:
        raise SettingsProblem(problems)
    for finding in asyncio.run(web.examine(env)):
        if not finding.ok:  # check the port before creating a folder
            raise Stop(finding.sentence)
    welcome = _welcome(folder, browser)
    _serve(settings, [web], demo=True, announce=lambda event, sentence: welcome(sentence) if event == "ready" else say(sentence))


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help=text("cli.help.sandbox_port"))] = 8090,
    host: Annotated[str, typer.Option(help=text("cli.help.sandbox_host"))] = "127.0.0.1",
    dialect: Annotated[str, typer.Option(help=text("cli.help.sandbox_dialect"))] = "",
) -> None:
    try:
        asyncio.run(_sandbox(host, port, dialect.strip().lower()))
    except OSError as error:
        raise Stop(_not_listening(host, port, error)) from error
    except KeyboardInterrupt:
        return


async def _sandbox(host: str, port: int, dialect: str) -> None:
    from bot.sandbox.answers import WATCHED
    from bot.sandbox.server import SPOKEN, start

    if dialect and dialect not in SPOKEN:
        raise Stop(text("cli.sandbox_unknown", name=dialect, known=listed(tuple(SPOKEN), None)), code=USAGE)
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    service = await start(host=host, port=port, pace=WATCHED)
    try:
        if dialect:
            say(text("cli.sandbox_speaks", address=service.base_url_of(dialect), service=dialect))
        else:
            say(text("cli.sandbox_ready", address=service.base_url))
        await stopping.wait()
    finally:
        await service.stop()


def _chosen(asked: str, found: Mapping[str, Plugin], env: Mapping[str, str]) -> list[str]:
    named = [name for part in asked.split(",") if (name := part.strip().lower())]
    for name in named:
        if name not in found:
            plugins.load(name)  # explains why it isn't available
            raise Stop(text("cli.adapter_unknown", name=name, known=listed(tuple(found), None)), code=USAGE)
    return list(dict.fromkeys(named)) or [name for name, plugin in found.items() if plugin.configured(env)]


def _announcer(log_format: str) -> Callable[[str, str], None]:
    """Writer for start and stop messages on standard error: a line for people, JSON for a log collector."""
    if log_format == "text" or (log_format == "auto" and sys.stderr.isatty()):
        return lambda _, sentence: remark(sentence)
    return lambda event, sentence: remark(json.dumps({"event": event, "level": "info", "sentence": sentence}))


def _serve(
    settings: Settings,
    chosen: list[Plugin],
    *,
    demo: bool,
    announce: Callable[[str, str], None],
    reload: Callable[[], Reloaded] | None = None,
    roles: frozenset[ProcessRole] = ALL,
) -> None:
    """Run until a signal or a problem. `announce` takes an event (`ready`, `stopping`) and its sentence."""
    from bot import compose, observe

    observe.configure(settings.log_level, settings.secrets(), format=settings.log_format)
    ready, stopping = partial(announce, "ready"), partial(announce, "stopping")
    try:
        with speaking(DEFAULT_LANGUAGE):  # from here on others read, each in a language of their own
            code = asyncio.run(compose.run(settings, chosen, demo=demo, on_ready=ready, on_stopping=stopping, reload=reload, roles=roles))
    except KeyboardInterrupt:
        code = 130
    except ModuleNotFoundError as error:
        named = next((plugin.name for plugin in chosen if plugin.name == "web"), chosen[0].name)
        if (error.name or "").partition(".")[0] in ("bot", "adapters"):
            raise
        raise Stop(plugins.missing(named, error), code=FAILED) from error
    if code:
        raise typer.Exit(code)


def _welcome(folder: Path, browser: bool) -> Callable[[str], None]:
    def ready(sentence: str) -> None:
        say(sentence)
        say(text("cli.demo_try"))
        for example in _EXAMPLES:
            say(f"    {text(example)}")
        say(text("cli.demo_stop", folder=folder))
        address = _ADDRESS.search(sentence)
        if browser and address is not None and _has_desktop():
            # In a thread, because some systems wait until the browser exits.
            threading.Thread(target=_open, args=(address.group(),), daemon=True).start()

    return ready


def _open(address: str) -> None:
    webbrowser.open(address)


def _has_desktop() -> bool:
    """Whether a window can be opened. Without a desktop, Python would start a text browser in this terminal."""
    if os.environ.get("CI") or not sys.stdout.isatty():
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _not_listening(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return text("cli.port_in_use", host=host, port=port, other=port + 1 if port < 65535 else 8080)
    if error.errno == errno.EACCES:
        return text("cli.port_forbidden", port=port)
    return text("cli.host_wrong", host=host)
