"""Every variable in the order an operator meets it, with default and sentence: the source of .env.example and the settings page."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.settings.model import KNOWN, NBILITY_BASE_URL, OPENAI_BASE_URL, VARIABLES, Settings
from bot.texts import text

ROOT = Path(__file__).resolve().parents[2]
TITLES = {"web": "Web chat", "discord": "Discord", "slack": "Slack"}


@dataclass(frozen=True)
class Variable:
    name: str
    about: str
    default: str
    """As it would be written; empty where there is none."""


@dataclass(frozen=True)
class Section:
    title: str
    about: str
    variables: tuple[Variable, ...]


_SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Image service",
        "Only the key is needed. Keys of other services work with their address: any service that speaks the OpenAI Images API, and"
        " Gemini, fal, Replicate and Black Forest Labs in their own.",
        (
            "IMAGE_API_KEY",
            "IMAGE_SERVICE",
            "IMAGE_BASE_URL",
            "IMAGE_MODEL",
            "IMAGE_QUALITY",
            "IMAGE_OMIT_OPTIONS",
            "IMAGE_PROXY",
            "PARTIAL_IMAGES",
        ),
    ),
    (
        "Ways out",
        "One rule for the image service, its pictures, Discord and Slack; `imagine-bot doctor` says what it comes to. See docs/network.md.",
        ("OUTGOING_PROXY", "IMAGE_CA_FILE"),
    ),
    (
        "Other names for the image service",
        "For those who have these already. IMAGE_* comes first, then NBILITY_*, then OPENAI_*; two that disagree are named at start.",
        ("NBILITY_API_KEY", "NBILITY_BASE_URL", "NBILITY_IMAGE_MODEL", "NBILITY_IMAGE_QUALITY", "OPENAI_API_KEY", "OPENAI_BASE_URL"),
    ),
    (
        "Who may use it, and for how much",
        "Budgets are counted by what the service could bill; failures are never charged to the member. Amounts are US dollars.",
        (
            "BUDGET_MEMBER_DAY_USD",
            "BUDGET_MEMBER_MONTH_USD",
            "BUDGET_COMMUNITY_DAY_USD",
            "BUDGET_COMMUNITY_MONTH_USD",
            "BUDGET_MEMBER_DAY_PICTURES",
            "BUDGET_COMMUNITY_DAY_PICTURES",
            "BUDGET_TIMEZONE",
            "ALLOWED_GUILDS",
            "ALLOWED_WORKSPACES",
        ),
    ),
    (
        "Tries and pace",
        "The bot learns the service's limits by itself; these only bound it.",
        ("MAX_ATTEMPTS", "MAX_RATE_ANSWERS", "REQUEST_DEADLINE_S", "MAX_CONCURRENCY", "MAX_IMAGES_PER_MINUTE"),
    ),
    ("Storage and logs", "One process owns one data folder.", ("DATA_DIR", "DATABASE_URL", "LOG_LEVEL", "LOG_FORMAT")),
)


def sections() -> list[Section]:
    """All of them; a setting that stands in no section is an error."""
    made = [Section(title, about, tuple(map(_core, names))) for title, about, names in _SECTIONS]
    placed = {variable.name for section in made for variable in section.variables}
    if placed != KNOWN:
        raise ValueError(f"scripts/pages/_settings.py and bot/settings disagree about {', '.join(sorted(placed ^ KNOWN))}")
    for name, variables in adapters():
        chosen = tuple(Variable(variable, sentence, "") for variable, sentence in variables.items() if variable not in placed)
        made.append(Section(TITLES.get(name, name), "Leave these empty to run without it.", chosen))
    return made


def adapters() -> Iterator[tuple[str, Mapping[str, str]]]:
    """This tree's adapters with their variables, as pyproject.toml lists them: an old installation must not write another page."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, target in project["entry-points"]["imagine_bot.adapters"].items():
        module, _, attribute = target.partition(":")
        yield name, getattr(importlib.import_module(module), attribute).variables


def _core(name: str) -> Variable:
    special = {"NBILITY_BASE_URL": NBILITY_BASE_URL, "OPENAI_BASE_URL": OPENAI_BASE_URL}
    default = special.get(name, "") if name not in VARIABLES else _written(Settings.model_fields[VARIABLES[name]].default, name)
    return Variable(name, text(f"settings.about.{name}"), default)


def _written(value: object, name: str) -> str:
    if value is None or value == frozenset():
        return ""
    return f"{int(str(value)) / 1_000_000:.2f}" if name.endswith("_USD") else str(value)
