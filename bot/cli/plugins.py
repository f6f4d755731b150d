"""Adapter discovery by entry point, loading only what is needed: `imagine-bot version` imports none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points, metadata
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.screen import USAGE, Stop
from bot.texts import text
from bot.texts.phrases import listed

if TYPE_CHECKING:
    from bot.adapter import Plugin

GROUP = "imagine_bot.adapters"


def names() -> list[str]:
    return sorted(_points())


def load(name: str) -> Plugin:
    """Load one adapter's plugin. Raises Stop if the name is unknown or one of its packages is missing."""
    point = _points().get(name)
    if point is None:
        raise Stop(text("cli.adapter_unknown", name=name, known=listed(names(), None) or "-"), code=USAGE)
    try:
        plugin: Plugin = point.load()
    except ModuleNotFoundError as error:
        raise Stop(missing(name, error)) from error
    return plugin


def missing(name: str, error: ModuleNotFoundError) -> str:
    """The sentence for a missing package, with the extra that installs it if there is one."""
    package = (error.name or "?").partition(".")[0]
    if package in ("adapters", "bot"):
        return text("cli.adapter_broken", name=name, error=f"{error.name} is missing")
    extras = metadata("imagine-bot").get_all("Provides-Extra") or []
    if name in extras:
        return text("cli.extra_missing", name=name, package=package)
    return text("cli.package_missing", name=name, package=package)


def load_all() -> tuple[dict[str, Plugin], list[str]]:
    loaded: dict[str, Plugin] = {}
    broken: list[str] = []
    for name in names():
        try:
            loaded[name] = load(name)
        except Stop as stop:
            broken += stop.sentences
        except Exception as error:  # a third-party adapter must not stop the bot from starting
            broken.append(text("cli.adapter_broken", name=name, error=type(error).__name__))
    return loaded, broken


def variables(plugins: Iterable[Plugin]) -> Mapping[str, str]:
    return {name: about for plugin in plugins for name, about in plugin.variables.items()}


def none_configured(installed: Iterable[Plugin], file: Path) -> str:
    """The sentence for a run without any platform: the tokens that would start each installed adapter."""
    tokens = [variable for plugin in installed for variable in plugin.variables if variable.endswith("_BOT_TOKEN")]
    if not tokens:
        return text("cli.no_adapter_but_web", file=file)
    return text("cli.no_adapter", tokens=f" {text('cli.or')} ".join(tokens), file=file)


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
