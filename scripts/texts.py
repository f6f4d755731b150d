"""Rules for the texts of all languages: syntax, missing and unknown keys, fields, the platforms' limits, keys that nothing uses, and words
for people that aren't in bot/texts."""

from __future__ import annotations

import argparse
import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import translations

from adapters.discord.commands import is_option_name
from bot.texts import DEFAULT_LANGUAGE, languages
from bot.texts.files import OPERATORS, catalogue, folder

ROOT = Path(__file__).resolve().parent.parent
LATER = ROOT / "bot" / "texts" / "to_translate.txt"
"""Keys that may be missing or outdated in other languages for now; members read English or the older words meanwhile.
`python scripts/texts.py --later` writes it."""
COMPLETE_FOR_OPERATORS = ("zh-Hans",)
LIMITS: dict[str, int] = {
    r"discord\.command\.with_picture": 32,  # the name of a command in a menu
    r"discord\.command\.": 100,
    r"discord\.option\.": 32,
    r"guide\.use\.": 100,  # a choice of a command
    r"discord\.form\.|form\.\w+_title|change\.\w+_title": 45,
    r"case\.form\.(?:rewrite|ask_rephrase|deny|block_member|comment|rephrase|report|appeal)$": 45,
    r"button\.|case\.button\.|\w+\.\w+_submit|confirm\.keep": 75,  # Slack 75, Discord 80
    r"slack\.form\.(?:yes|no|close)|slack\.form\.loading_title": 24,
    r"case\.reason\.|case\.report\.": 75,
    r"web\.placeholder": 80,
}
"""Key (from its beginning) -> the most characters that every wording of it may have, without what fills it in."""
SHOWN = {
    "View", "Fact", "Button", "Reply", "FormField", "Choice", "Form", "PictureView", "MessageLink", "label", "tooltip", "notify", "part",
    "Stop", "SetupProblem", "WrongValue", "remark", "complain", "echo", "Finding", "Misread",
}  # fmt: skip
"""Calls whose words people read."""
SAID = {"text", "money", "duration", "moment", "listed", "pictures", "number", "capitalized", "refusal_sentence"}
"""Calls that make a text; an f-string or `str.join` around one would keep it in English."""
LISTING = {"text", "bad", "good", "Wrong"}
"""Calls that put values into a text."""
SAID_IN = (
    "bot/messages",
    "bot/moderation",
    "bot/requests",
    "bot/chat",
    "bot/reports/weekly_report.py",
    "adapters/web",
    "bot/failures/explain.py",
)
"""Rooms whose texts wait for their readers' language. Renderers (Discord, Slack) and the command line know the language already."""
SPOKEN_OUTSIDE = {"adapters/web/charts.py"}
_WORDS = re.compile(r"[a-z]{2,} [a-z]{2,}")
_SCRIPT_WORDS = re.compile(r"[\"'`]([A-Z]?[a-z]{2,} [a-z]{2,}[^\"'`<>=;{}]*)[\"'`]")
_ANYTHING = "\0"


def problems() -> list[str]:
    """One sentence for each broken rule."""
    others = translated()
    return [
        *_twice(),
        *_unusable(),
        *_missing(),
        *translations.problems(others, _put_off()),
        *translations.misnamed(others),
        *_long(),
        *_misnamed(),
        *_unused(),
        *_outside(),
        *_glued(),
        *_listed_by_hand(),
        *_in_scripts(),
    ]


def translated() -> list[str]:
    """The languages that are offered besides English."""
    return sorted(languages() - {DEFAULT_LANGUAGE})


def _put_off() -> set[str]:
    return set(LATER.read_text(encoding="utf-8").split()) if LATER.exists() else set()


def _spoken() -> list[str]:
    return sorted(one.name for one in folder().iterdir() if one.is_dir() and not one.name.startswith("_"))


def _twice() -> Iterator[str]:
    for path in sorted((ROOT / "bot" / "texts").rglob("*.ftl")):
        names = Counter(re.findall(r"^([a-zA-Z][\w-]*) *=", path.read_text(encoding="utf-8"), re.MULTILINE))
        yield from (f"{path.relative_to(ROOT)} has {name} {count} times" for name, count in names.items() if count > 1)


def _unusable() -> Iterator[str]:
    english = catalogue(DEFAULT_LANGUAGE)
    for language in _spoken():
        found = catalogue(language)
        for key in found.every():
            template, wanted = found.template(key), english.template(key)
            if template is None:
                yield f"bot/texts/{language}: {key} isn't Fluent that bot/texts/fluent.py can read"
            elif wanted is None:
                yield f"bot/texts/{language}: {key} isn't a key of bot/texts/en"
            elif template.fields != wanted.fields:
                fields = ", ".join(sorted(template.fields ^ wanted.fields))
                yield f"bot/texts/{language}: {key} differs from English in its fields: {fields}"


def missing(language: str) -> list[str]:
    """The keys that an offered language lacks."""
    english = catalogue(DEFAULT_LANGUAGE)
    wanted = [*english.every("members"), *(english.every(OPERATORS) if language in COMPLETE_FOR_OPERATORS else ())]
    return [key for key in wanted if not catalogue(language).has(key)]


def _missing() -> Iterator[str]:
    later = _put_off()
    lacking = {language: set(missing(language)) for language in sorted(languages())}
    for language, keys in lacking.items():
        if found := sorted(keys - later):
            yield f"bot/texts/{language} lacks {', '.join(found)}; translate, or: python scripts/texts.py --later"
    if useless := sorted(later - set().union(*lacking.values()) - translations.stale(translated()).keys()):
        yield f"{LATER.relative_to(ROOT)} names {', '.join(useless)}, which no language lacks and whose English is the same"


def _long() -> Iterator[str]:
    for language in _spoken():
        for key in catalogue(language).every():
            template = catalogue(language).template(key)
            most = next((most for pattern, most in LIMITS.items() if re.match(pattern, key)), None)
            if template is not None and most is not None:
                for words in template.variants():
                    length = len(re.sub(r"\{\w+\}", "", words))
                    if length > most:
                        yield f"bot/texts/{language}: {key} has {length} characters; {most} fit: {words}"


def _misnamed() -> Iterator[str]:
    """Names of Discord's options: one lower-case word each, and no two alike in a language."""
    for language in _spoken():
        names: dict[str, str] = {}
        for key in (one for one in catalogue(language).every() if one.startswith("discord.option.")):
            template = catalogue(language).template(key)
            for words in () if template is None else template.variants():
                if not is_option_name(words):
                    yield f"bot/texts/{language}: {key} isn't one word in lower case, as Discord wants it: {words}"
                elif names.setdefault(words, key) != key:
                    yield f"bot/texts/{language}: {key} is the same word as {names[words]}: {words}"


def _unused() -> Iterator[str]:
    patterns: set[str] = set()
    for path in _sources("bot", "adapters", "scripts"):
        patterns.update(_keys_in(ast.parse(path.read_text(encoding="utf-8"))))
    patterns = {one for one in patterns if len(one.replace(_ANYTHING, "")) > 3}
    exact = {one for one in patterns if _ANYTHING not in one}
    open_ = [re.compile(".*".join(map(re.escape, one.split(_ANYTHING)))) for one in patterns if _ANYTHING in one]
    for key in catalogue(DEFAULT_LANGUAGE).every():
        stem = re.sub(r"_(?:why|fix)$", "", key) if key.startswith("doctor.") else key  # bot/cli/ladder.py looks up the two
        if not {key, stem} & exact and not any(one.fullmatch(key) for one in open_):
            yield f"bot/texts/en: nothing uses {key}"


def _keys_in(tree: ast.AST) -> Iterator[str]:
    """Whatever in the code could be a key, `\\0` where a value goes; a part after a value needs its beginning or a dot to count."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.replace("-", ".")
            if node.value.endswith((".", "_")):
                yield node.value + _ANYTHING
        elif isinstance(node, ast.JoinedStr):
            parts = [str(one.value) if isinstance(one, ast.Constant) else _ANYTHING for one in node.values]
            if re.match(r"[a-z]+\.|\0\.[a-z_]+|\0_[a-z]", "".join(parts)):
                yield "".join(parts).replace("-", ".")


def _outside() -> Iterator[str]:
    for path in _sources("bot", "adapters"):
        place = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in SHOWN and place not in SPOKEN_OUTSIDE:
                for words in (found for value in _shown(node) for found in _literals(value)):
                    if _WORDS.search(words):
                        yield f"{place}:{node.lineno} says “{words[:60]}”; words for people belong in bot/texts"


def _glued() -> Iterator[str]:
    """Texts and lists that are put together in a way that belongs to one language."""
    for path in (one for room in SAID_IN for one in ([ROOT / room] if room.endswith(".py") else _sources(room))):
        place = path.relative_to(ROOT)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and _says(one for one in node.values if isinstance(one, ast.FormattedValue)):
                yield f"{place}:{node.lineno} puts a text into an f-string, where it stays English; use text(…), joined or +"
            if isinstance(node, ast.Call) and _joins(node.func) and _says(node.args):
                yield f"{place}:{node.lineno} joins texts with str.join, where they stay English; use joined or listed"


def _listed_by_hand() -> Iterator[str]:
    """Lists in a text that are joined with a comma whatever the language."""
    for path in _sources("bot", "adapters"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in LISTING and any(map(_lists, node.keywords)):
                yield f"{path.relative_to(ROOT)}:{node.lineno} joins a list with a comma; use listed, which knows each language's rule"


def _shown(call: ast.Call) -> list[ast.expr]:
    """What of a call people read; of an HTML element only its text and some attributes are words."""
    if _name(call.func) == "part":
        return [*call.args[1:2], *(one.value for one in call.keywords if one.arg in ("aria_label", "placeholder", "alt", "title"))]
    return [*call.args, *(one.value for one in call.keywords)]


def _joins(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr == "join" and isinstance(function.value, ast.Constant)


def _says(nodes: Iterable[ast.AST]) -> bool:
    return any(isinstance(one, ast.Call) and _name(one.func) in SAID for node in nodes for one in ast.walk(node))


def _lists(keyword: ast.keyword) -> bool:
    return any(
        isinstance(one, ast.Attribute) and one.attr == "join" and isinstance(one.value, ast.Constant) and one.value.value == ", "
        for one in ast.walk(keyword)
    )


def _in_scripts() -> Iterator[str]:
    """Words for people in the pages' own scripts and styles."""
    for path in sorted((ROOT / "adapters").rglob("*.js")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if "className" in line or "use strict" in line:
                continue
            for found in _SCRIPT_WORDS.finditer(line.partition(" // ")[0]):
                yield f"{path.relative_to(ROOT)}:{number} says “{found[1]}”; words for people belong in bot/texts"
    for path in sorted((ROOT / "adapters").rglob("*.css")):
        for found in re.finditer(r"content: \"([^\"]*[A-Za-z]{2,}[^\"]*)\"", path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(ROOT)} says “{found[1]}”; words for people belong in bot/texts"


def _literals(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str() as words):
            yield words
        case ast.JoinedStr(values=parts):
            yield "".join(str(one.value) for one in parts if isinstance(one, ast.Constant))
        case ast.Tuple(elts=several) | ast.List(elts=several):
            for one in several:
                yield from _literals(one)
        case ast.IfExp(body=one, orelse=other):
            yield from _literals(one)
            yield from _literals(other)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _sources(*folders: str) -> Iterator[Path]:
    for one in folders:
        yield from sorted((ROOT / one).rglob("*.py"))


def later() -> None:
    """Write down every key that an offered language lacks, or has from another English. New keys are noted for later comparisons."""
    translations.note((), "", translated())
    lacking = sorted({*(key for language in languages() for key in missing(language)), *translations.stale(translated())})
    if lacking:
        LATER.write_text("".join(f"{key}\n" for key in lacking), encoding="utf-8")
    else:
        LATER.unlink(missing_ok=True)


def main() -> int:
    """Check, after what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--later", action="store_true", help="put off what isn't translated yet, or whose English changed")
    parser.add_argument("--compared", nargs="*", metavar="KEY", help="these texts were compared with English; without a key, the new ones")
    parser.add_argument("--language", default="", choices=["", *translated()], help="with --compared: in this language, not in all")
    asked = parser.parse_args()
    if asked.compared is not None:
        translations.note(asked.compared, asked.language, translated())
    if asked.later:
        later()
    found = problems()
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
