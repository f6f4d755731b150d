"""`make check` sees import circles and class names that stand twice."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
structure = pytest.importorskip("structure")


def parsed(**sources: str) -> dict[str, ast.Module]:
    return {name.replace("__", "."): ast.parse(source) for name, source in sources.items()}


@pytest.mark.parametrize(
    "there",
    [
        "from bot import b",
        "from bot.b import thing",
        "import bot.b",
        "def lazy():\n    from bot.b import thing",
        "if TYPE_CHECKING:\n    from bot.b import Thing",
    ],
)
def test_a_circle_of_two_files_is_seen_however_they_import(there: str) -> None:
    graph = structure.imports(parsed(bot__a=there, bot__b="from bot.a import other"))
    assert structure.circles(graph) == [["bot.a", "bot.b"]]


def test_a_long_way_round_is_a_circle_too() -> None:
    graph = structure.imports(parsed(bot__a="import bot.b", bot__b="import bot.c", bot__c="import bot.a", bot__d="import bot.a"))
    assert structure.circles(graph) == [["bot.a", "bot.b", "bot.c"]]


def test_files_in_one_direction_are_no_circle() -> None:
    assert structure.circles(structure.imports(parsed(bot__a="import bot.b, bot.c", bot__b="import bot.c", bot__c="import os"))) == []


@pytest.mark.parametrize(
    ("homes", "clash"),
    [
        (("bot__a", "bot__b"), True),
        (("bot__a", "adapters__slack__a"), True),
        (("adapters__slack__a", "adapters__slack__b"), True),
        (("adapters__slack__a", "adapters__discord__a"), False),
        (("adapters__slack__a", "adapters__kit__a"), True),
        (("bot__a", "adapters__kit__a"), True),
    ],
)
def test_a_class_name_stands_once_and_adapters_may_mirror_each_other(homes: tuple[str, str], clash: bool) -> None:
    assert bool(structure.shared_names(parsed(**dict.fromkeys(homes, "class Thing: ...")))) is clash


def test_private_and_nested_classes_may_repeat() -> None:
    assert structure.shared_names(parsed(bot__a="class _Thing: ...", bot__b="class _Thing: ...\nclass A:\n    class B: ...")) == []


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("class Thing: ...", "Thing = dict[str, int]", True),
        ("Thing = tuple[int, int]", "Thing = dict[str, int]", True),
        ("Thing = tuple[int, int]", "Thing = tuple[int, int]", False),
        ("class Thing: ...", "if True:\n    class Thing: ...", True),
        ("class Thing: ...", "Thing = Annotated[str, Option()]", False),
        ("class Thing: ...", "THING = 1", False),
    ],
)
def test_a_type_has_a_name_of_its_own_too(first: str, second: str, clash: bool) -> None:
    assert bool(structure.shared_names(parsed(bot__a=first, bot__b=second))) is clash


def test_an_import_of_a_name_that_is_gone_is_seen() -> None:
    trees = parsed(
        bot__a="import os\nif os:\n    X = Y = 1\ntry:\n    from bot import b as c\nexcept ImportError:\n    pass\nclass K: ...", bot=""
    )
    fine = parsed(t="from bot.a import K, X, Y, c, os\nfrom bot import a")
    gone = parsed(t="def test():\n    from bot.a import K, old")
    assert structure.missing_names(trees, fine) == []
    assert structure.missing_names(trees, gone) == ["t imports old, which bot.a doesn't have"]
