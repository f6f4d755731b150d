"""Loader for `models.toml`. A mistake in the file raises at start, with the name of the entry."""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from bot.catalogue.model import AUTO, Model, Price, Retired, Sizes
from bot.catalogue.sizes import accepts, edges
from bot.domain.attachments import ReferenceLimits

DEFAULT_QUALITY = "medium"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All current image models, and the handling of unknown names."""

    models: Mapping[str, Model]
    """By id, without aliases."""
    aliases: Mapping[str, str]
    generic: Model
    retired: Mapping[str, Retired]
    default_id: str

    @staticmethod
    @functools.cache
    def load() -> Catalogue:
        return _read(tomllib.loads(resources.files(__package__).joinpath("models.toml").read_text(encoding="utf-8")))

    def model(self, name: str) -> Model | None:
        """Look up a model by name, dated snapshot or `vendor/name`; None if unknown. Keeps the operator's spelling, which is what will be
        sent."""
        spelled = name.strip()
        bare = spelled.rsplit("/", 1)[-1].casefold()
        known = self.models.get(self.aliases.get(bare, bare))
        return dataclasses.replace(known, id=spelled) if known else None

    def resolve(self, name: str) -> Model:
        """Look up a model, or return a permissive one under that name: only the operator's gateway knows what it is."""
        return self.model(name) or dataclasses.replace(self.generic, id=name.strip())

    def default(self) -> Model:
        """The default model: published price, no shutdown date."""
        return self.models[self.default_id]


def _read(raw: dict[str, Any]) -> Catalogue:
    sizes = {name: _sizes(name, table) for name, table in raw["sizes"].items()}
    models = {name: _model(name, table, sizes, raw) for name, table in raw["models"].items()}
    aliases = {alias: name for name, table in raw["models"].items() for alias in table.get("aliases", ())}
    generic = dataclasses.replace(_model("generic", raw["generic"], sizes, raw), known=False)
    retired = {name: Retired(name, **table) for name, table in raw["retired"].items()}
    if raw["default"] not in models:
        raise ValueError(f"models.toml: the default {raw['default']} is no model")
    return Catalogue(models, aliases, generic, retired, raw["default"])


def _sizes(name: str, table: dict[str, Any]) -> Sizes:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    sizes = Sizes(**values)
    for size in (sizes.default, *sizes.popular):
        if not accepts(sizes, *edges(size)):
            raise ValueError(f"models.toml: sizes.{name} offers {size} and does not accept it")
    return sizes


def _model(name: str, table: dict[str, Any], sizes: dict[str, Sizes], raw: dict[str, Any]) -> Model:
    if DEFAULT_QUALITY not in table["qualities"] or AUTO not in table["qualities"]:
        raise ValueError(f"models.toml: {name} must take the qualities {DEFAULT_QUALITY} and {AUTO}")
    counting = raw["tokens"][table["tokens"]]
    low, high = table["count"]
    return Model(
        id=name,
        sizes=sizes[table["sizes"]],
        qualities=tuple(table["qualities"]),
        default_quality=DEFAULT_QUALITY,
        min_count=low,
        max_count=high,
        prompt_max_chars=table["prompt_max_chars"],
        price=Price(**table["price"]),
        factors=counting.get("factors", {}),
        multiples=counting.get("multiples", {}),
        token_table={} if "factors" in counting else counting,
        picture_prices=raw["pictures"].get(table.get("pictures"), {}),
        leave_out=frozenset(table.get("leave_out", ())),
        references=ReferenceLimits(**table.get("references", {})),
        shutdown_date=table.get("shutdown_date"),
        replacement=table.get("replacement"),
    )
