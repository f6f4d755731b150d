"""Finds the adapters by entry point and loads only those that are asked for: `imagine-bot version` imports none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points, metadata
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.screen import USAGE, Stop
from bot.texts import text

if TYPE_CHECKING:
    from bot.adapter import Plugin

GROUP = "imagine_bot.adapters"


def names() -> list[str]:
    """Every installed adapter."""
    return sorted(_points())


def load(name: str) -> Plugin:
    """One adapter's plugin. Raises Stop when there is none of that name or a package of it is missing."""
    point = _points().get(name)
    if point is None:
        raise Stop(text("cli.adapter_unknown", name=name, known=", ".join(names()) or "-"), code=USAGE)
    try:
        plugin: Plugin = point.load()
    except ModuleNotFoundError as error:
        raise Stop(missing(name, error)) from error
    return plugin


def missing(name: str, error: ModuleNotFoundError) -> str:
    """The sentence for a package that is not installed, with the extra that brings it where there is one."""
    package = (error.name or "?").partition(".")[0]
    if package in ("adapters", "bot"):
        return text("cli.adapter_broken", name=name, error=f"{error.name} is missing")
    extras = metadata("imagine-bot").get_all("Provides-Extra") or []
    if name in extras:
        return text("cli.extra_missing", name=name, package=package)
    return text("cli.package_missing", name=name, package=package)


def load_all() -> tuple[dict[str, Plugin], list[str]]:
    """Every adapter that can be loaded, and a sentence for each that cannot."""
    loaded: dict[str, Plugin] = {}
    broken: list[str] = []
    for name in names():
        try:
            loaded[name] = load(name)
        except Stop as stop:
            broken += stop.sentences
        except Exception as error:  # somebody else's adapter must not keep ours from starting
            broken.append(text("cli.adapter_broken", name=name, error=type(error).__name__))
    return loaded, broken


def variables(plugins: Iterable[Plugin]) -> Mapping[str, str]:
    """Every variable of these adapters with its sentence."""
    return {name: about for plugin in plugins for name, about in plugin.variables.items()}


def none_configured(installed: Iterable[Plugin], file: Path) -> str:
    """The sentence for a run without any platform: which tokens of the installed adapters start one."""
    tokens = [variable for plugin in installed for variable in plugin.variables if variable.endswith("_BOT_TOKEN")]
    if not tokens:
        return text("cli.no_adapter_but_web", file=file)
    return text("cli.no_adapter", tokens=f" {text('cli.or')} ".join(tokens), file=file)


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
