"""Settings with default and description, in the order an operator meets them: the source of .env.example and docs/settings.md."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import PydanticUndefined

from bot.settings.model import KNOWN, NBILITY_BASE_URL, OPENAI_BASE_URL, VARIABLES, Settings
from bot.texts import has, text

ROOT = Path(__file__).resolve().parents[2]
TITLES = {"web": "Web chat", "discord": "Discord", "slack": "Slack"}


@dataclass(frozen=True)
class Variable:
    name: str
    about: str
    default: str
    """As written in .env; empty if there is none."""


@dataclass(frozen=True)
class Section:
    title: str
    about: str
    variables: tuple[Variable, ...]


_SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Image service",
        "You only need the key. To use another service, set its key and address: any service with the OpenAI Images API works, and"
        " Gemini, fal, Replicate and Black Forest Labs with their own APIs.",
        (
            "IMAGE_API_KEY",
            "IMAGE_SERVICE",
            "IMAGE_DIALECT_FILE",
            "IMAGE_BASE_URL",
            "IMAGE_MODEL",
            "IMAGE_MODELS",
            "IMAGE_QUALITY",
            "IMAGE_OMIT_OPTIONS",
            "IMAGE_PROXY",
            "PARTIAL_IMAGES",
            "CAPTION_FONT",
            "PROVENANCE_CERTIFICATE",
            "STATUS_PAGE",
            "ACCOUNT_PLAN",
        ),
    ),
    (
        "A second image service",
        "It draws while the first one is down or out of credit. See docs/services.md.",
        (
            "FALLBACK_SERVICE",
            "FALLBACK_BASE_URL",
            "FALLBACK_API_KEY",
            "FALLBACK_MODELS",
            "FALLBACK_AFTER_S",
            "IMAGE_INDEPENDENT_API_KEYS",
        ),
    ),
    (
        "Network",
        "These apply to the image service, its pictures, Discord and Slack. `imagine-bot doctor` shows the result. See docs/network.md.",
        ("OUTGOING_PROXY", "IMAGE_CA_FILE"),
    ),
    (
        "Other names for the image service",
        "These names work too. IMAGE_* comes first, then NBILITY_*, then OPENAI_*. The bot reports conflicts at start.",
        ("NBILITY_API_KEY", "NBILITY_BASE_URL", "NBILITY_IMAGE_MODEL", "NBILITY_IMAGE_QUALITY", "OPENAI_API_KEY", "OPENAI_BASE_URL"),
    ),
    (
        "Access and budgets",
        "Budgets count what the service could bill; members are never charged for failures. Amounts are in US dollars.",
        (
            "BUDGET_MEMBER_DAY_USD",
            "BUDGET_MEMBER_MONTH_USD",
            "BUDGET_COMMUNITY_DAY_USD",
            "BUDGET_COMMUNITY_MONTH_USD",
            "BUDGET_MEMBER_DAY_PICTURES",
            "BUDGET_COMMUNITY_DAY_PICTURES",
            "BUDGET_TIMEZONE",
            "SHOW_PRICES",
            "ALLOWED_GUILDS",
            "ALLOWED_WORKSPACES",
        ),
    ),
    (
        "Retries and rate limits",
        "The bot learns the service's limits on its own; these settings cap it.",
        ("MAX_ATTEMPTS", "MAX_RATE_ANSWERS", "REQUEST_DEADLINE_S", "MAX_MEMBER_REQUESTS", "MAX_CONCURRENCY", "MAX_IMAGES_PER_MINUTE"),
    ),
    (
        "Health checks, metrics and reports",
        "For load balancers, container platforms, Prometheus, and people. See docs/operators.md.",
        ("HEALTH_PORT", "HEALTH_HOST", "WEEKLY_REPORT"),
    ),
    (
        "Storage, secrets and logs",
        "Only one process at a time can use a data folder.",
        (
            "DATA_DIR",
            "DATABASE_URL",
            "REFERENCES_KEPT_DAYS",
            "PICTURE_STORE",
            "COMMUNITY_KEYS",
            "ENCRYPTION_KEYS",
            "SECRETS_DIR",
            "LOG_LEVEL",
            "LOG_FORMAT",
        ),
    ),
)


def sections() -> list[Section]:
    """All sections. Ends the program with a sentence if a setting is in none of them or has no description."""
    placed = {name for _, _, names in _SECTIONS for name in names}
    if placed != KNOWN:
        names = ", ".join(sorted(placed ^ KNOWN))
        raise SystemExit(f"settings in a section of scripts/pages/_settings.py or in bot/settings/model.py and not in both: {names}")
    if undescribed := sorted(name for name in placed if not has(f"settings.about.{name}")):
        lacking = ", ".join(f"about-{name}" for name in undescribed)
        raise SystemExit(f"bot/texts/en/operators/settings.ftl lacks {lacking}: say there what the setting does, in zh-Hans too")
    made = [Section(title, about, tuple(map(_core, names))) for title, about, names in _SECTIONS]
    for name, variables in adapters():
        chosen = tuple(Variable(variable, sentence, "") for variable, sentence in variables.items() if variable not in placed)
        made.append(Section(TITLES.get(name, name), "Leave these empty if you don't use it.", chosen))
    return made


def adapters() -> Iterator[tuple[str, Mapping[str, str]]]:
    """This tree's adapters with their variables, from pyproject.toml rather than the installed entry points, which may be older."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, target in project["entry-points"]["imagine_bot.adapters"].items():
        module, _, attribute = target.partition(":")
        yield name, getattr(importlib.import_module(module), attribute).variables


def _core(name: str) -> Variable:
    special = {"NBILITY_BASE_URL": NBILITY_BASE_URL, "OPENAI_BASE_URL": OPENAI_BASE_URL}
    default = special.get(name, "") if name not in VARIABLES else _written(Settings.model_fields[VARIABLES[name]].default, name)
    return Variable(name, text(f"settings.about.{name}"), default)


def _written(value: object, name: str) -> str:
    if value is None or value in (frozenset(), ()) or value is PydanticUndefined:
        return ""
    return f"{int(str(value)) / 1_000_000:.2f}" if name.endswith("_USD") else str(value)
