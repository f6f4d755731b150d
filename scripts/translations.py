"""Translations against the English that they were made from: which English changed since, and buttons that a sentence calls something else.

`bot/texts/compared.txt` has a line for each text: its key, a hash of the English that its translations were compared with, and the
languages if it wasn't all of them. `python scripts/texts.py --compared` writes it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from bot.texts.files import catalogue, split

ROOT = Path(__file__).resolve().parent.parent
COMPARED = ROOT / "bot" / "texts" / "compared.txt"
NOTE = "python scripts/texts.py --compared"
SHORTEST = 4
"""Characters of a button's name, at least, to be found in a sentence."""

Compared = dict[str, dict[str, frozenset[str]]]
"""Key -> hash of an English text -> the languages that were compared with it; none means all."""


def english() -> dict[str, str]:
    """Key -> hash of its English."""
    found = {}
    for path in sorted((ROOT / "bot" / "texts" / "en").rglob("*.ftl")):
        for name, source in split(path.read_text(encoding="utf-8")).items():
            found[f"{path.stem}.{name.replace('-', '.')}"] = hashlib.sha256(source.strip().encode()).hexdigest()[:8]
    return found


def compared() -> Compared:
    """What the file says. Two lines for a key are what a merge of two branches leaves, and both count."""
    found: Compared = defaultdict(dict)
    for line in COMPARED.read_text(encoding="utf-8").splitlines() if COMPARED.exists() else ():
        key, known, *languages = line.split()
        before = found[key].get(known)
        found[key][known] = frozenset() if not languages or before == frozenset() else frozenset(languages) | (before or frozenset())
    return found


def stale(translated: Iterable[str]) -> dict[str, list[str]]:
    """Key -> the languages whose text was made from another English."""
    now, noted = english(), compared()
    found: dict[str, list[str]] = defaultdict(list)
    for language in sorted(translated):
        for key in catalogue(language).every():
            if key in now and key in noted and not _covers(noted[key].get(now[key]), language):
                found[key].append(language)
    return found


def _covers(languages: frozenset[str] | None, language: str) -> bool:
    return languages is not None and (not languages or language in languages)


def unknown() -> tuple[list[str], list[str]]:
    """Keys without a line, and lines without a key."""
    now, noted = english(), compared()
    return sorted(now.keys() - noted.keys()), sorted(noted.keys() - now.keys())


def note(keys: Iterable[str], language: str, translated: Iterable[str]) -> None:
    """Write down that these texts were compared, in one language or (empty) in all; also new keys, and without those that are gone."""
    now, noted, every = english(), compared(), set(translated)
    for key in (*keys, *unknown()[0]):
        if key not in now:
            raise SystemExit(f"bot/texts/en has no key {key}")
        before = noted.get(key, {}).get(now[key])
        both = frozenset() if not language or before == frozenset() else frozenset({language}) | (before or frozenset())
        having = {one for one in every if catalogue(one).has(key)}
        noted[key] = {now[key]: frozenset() if having <= both else both}
    lines = [
        " ".join((key, known, *sorted(languages))) for key in sorted(noted) if key in now for known, languages in sorted(noted[key].items())
    ]
    COMPARED.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")


def problems(translated: Iterable[str], later: Iterable[str]) -> Iterator[str]:
    """One sentence for each text whose English changed, unless it's written down for later, and for keys that the file doesn't know."""
    waiting = set(later)
    for key, languages in sorted(stale(translated).items()):
        if key not in waiting:
            yield f"bot/texts/en: {key} changed; look at it in {', '.join(languages)}, then: {NOTE} {key} (or: scripts/texts.py --later)"
    new, gone = unknown()
    if new or gone:
        yield f"{COMPARED.relative_to(ROOT)} lacks {len(new)} keys and has {len(gone)} that are gone ({(new or gone)[0]}); write it: {NOTE}"


def misnamed(translated: Iterable[str], said: Callable[[str, str], str] | None = None) -> Iterator[str]:
    """Sentences that name a button otherwise than the button's own text in that language; `said` gives the words for language and key."""
    words_of = said or _words
    buttons = _buttons()
    named = {key: found for key in catalogue("en").every("members") if (found := list(_named(_words("en", key), buttons)))}
    for language in sorted(translated):
        for key, labels in named.items():
            words = words_of(language, key)
            for label in labels if words else ():
                theirs = [words_of(language, one) for one in buttons[label]]
                if not any(one and one in words for one in theirs):
                    yield f"bot/texts/{language}: {key} should name the button {' or '.join(theirs)} ({label})"


def _buttons() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key in catalogue("en").every("members"):
        words = _words("en", key)
        if re.match(r"button\.|case\.button\.|\w+\.\w+_submit$", key) and len(words) >= SHORTEST and "{" not in words:
            found[words].append(key)
    return found


def _named(words: str, buttons: Mapping[str, list[str]]) -> Iterator[str]:
    yield from (one for one in buttons if re.search(rf"(?:[Pp]ress |[“]){re.escape(one)}\b", words) and one != words)


def _words(language: str, key: str) -> str:
    template = catalogue(language).template(key)
    return "" if template is None else " ".join(template.variants())
