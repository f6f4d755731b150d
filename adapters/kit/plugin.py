"""Base class for plugins: settings are loaded immediately, the platform's library only when used."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import typer

from bot.adapter import Finding, SetupQuestion, SetupStep
from bot.texts import text


class SettingsModule(Protocol):
    """A platform's `settings` module; perhaps also with `misshapen`, see bot.adapter.Plugin."""

    @property
    def VARIABLES(self) -> Mapping[str, str]: ...

    def configured(self, env: Mapping[str, str]) -> bool: ...

    def problems(self, env: Mapping[str, str]) -> Sequence[str]: ...


class SettingsPlugin(ABC):
    """The part of bot.adapter.Plugin that the settings module provides. A platform adds `build`, `examine` and `setup`."""

    def __init__(self, name: str, settings: SettingsModule, cli: typer.Typer | None = None) -> None:
        self.name, self.cli = name, cli
        self.variables: Mapping[str, str] = settings.VARIABLES
        self.configured, self.problems = settings.configured, settings.problems
        self.misshapen: Callable[[Mapping[str, str]], Sequence[str]] = getattr(settings, "misshapen", lambda env: ())

    @abstractmethod
    async def examine(self, env: Mapping[str, str], *, every: bool = False) -> Sequence[Finding]:
        """Findings in order, up to the first failure unless `every`."""

    async def examine_all(self, env: Mapping[str, str]) -> Sequence[Finding]:
        return await self.examine(env, every=True)


def channel_steps(platform: str, moderators: str, operators: str) -> list[SetupStep]:
    """What `imagine-bot init` asks about both channels, by their variables."""
    asked = {moderators: text(f"{platform}.init.moderators"), operators: text(f"{platform}.init.operators")}
    return [SetupStep([SetupQuestion(name, question, required=False)]) for name, question in asked.items()]
