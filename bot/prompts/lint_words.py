"""Brand names and intense wording with plainer replacements, and hints about what image models do badly.

A single intense word isn't worth asking about ("a knight fights a dragon"); several, or one of gore, are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.prompts.lint_lists import BRANDS, GORE, INTENSE

ENOUGH = 3
"""Number of intense words that make a prompt overly intense."""


@dataclass(frozen=True, slots=True)
class Words:
    """A pattern with its plainer replacements."""

    pattern: re.Pattern[str]
    plain: str
    stems: tuple[str, ...]
    """Literal prefixes of its alternatives, checked first because that is a hundred times faster."""

    def may_be_in(self, lowered: str) -> bool:
        """Whether the full pattern is worth trying."""
        return any(stem in lowered for stem in self.stems)


def _words(alternatives: str, pattern: str, plain: str) -> Words:
    stems = tuple(_stem(one) for one in re.split(r"\|(?![^(]*\))", alternatives))
    return Words(re.compile(pattern, re.IGNORECASE), plain, stems)


def _stem(alternative: str) -> str:
    """The letters and spaces that every match begins with; empty (found in every text) if there are none."""
    literal = re.match(r"[^\\()\[\]?*+.|]*", alternative)
    found = "" if literal is None else literal.group()
    if alternative[len(found) : len(found) + 1] in ("?", "*"):
        found = found[:-1]
    return found.lower()


_ARTICLE = r"(?:\b(?P<article>an?|the)\s{1,3})?"
_LOGO = r"(?:\s{1,3}(?:logos?|brand(?:ing|ed)?|emblem|trademark))?"
_BRAND_WORDS = [_words(names, _ARTICLE + rf"(?<![\w-])(?:{names})(?:'s|\u2019s)?{_LOGO}(?!\w)", plain) for names, plain in BRANDS.items()]
_GORE_WORDS = [_words(hard, _ARTICLE + rf"\b(?:{hard})\b", soft) for hard, soft in GORE.items()]
_INTENSE_WORDS = [_words(hard, _ARTICLE + rf"\b(?:{hard})\b", soft) for hard, soft in INTENSE.items()]


def without_brands(prompt: str) -> tuple[str, bool]:
    """The prompt with plain words instead of brands, and whether there were any."""
    text, lowered = prompt, prompt.lower()
    for words in _BRAND_WORDS:
        if words.may_be_in(lowered):
            text = words.pattern.sub(_keep_article(words.plain), text)
    return text, text != prompt


def _keep_article(plain: str) -> Callable[[re.Match[str]], str]:
    """ "a Ferrari" becomes "a sports car", "the Ferrari" "the sports car", "red Ferrari" "red sports car"."""
    noun = re.sub(r"^an? ", "", plain)

    def replaced(match: re.Match[str]) -> str:
        article = match.group("article")
        if article is None:
            return noun
        if article.lower() == "the":
            return f"{article} {noun}"
        an = "an" if noun[0] in "aeiou" else "a"
        return f"{an.capitalize() if article[0].isupper() else an} {noun}"

    return replaced


def soften(prompt: str) -> tuple[str, bool]:
    """The prompt with calmer words, and whether it was overly intense. Unchanged if it wasn't."""
    lowered = prompt.lower()
    gore = [words for words in _GORE_WORDS if words.may_be_in(lowered) and words.pattern.search(prompt)]
    intense = [words for words in _INTENSE_WORDS if words.may_be_in(lowered) and words.pattern.search(prompt)]
    if not gore and len(intense) < ENOUGH:
        return prompt, False
    text = prompt
    for words in (*gore, *intense):
        text = words.pattern.sub(_keep_article(words.plain), text)
    return text, True


def is_listed(word: str) -> bool:
    """Whether a single word is in one of the bot's own lists of brands and intense words."""
    return any(words.pattern.fullmatch(word) for words in (*_BRAND_WORDS, *_GORE_WORDS, *_INTENSE_WORDS))


HINTS: Mapping[str, re.Pattern[str]] = {
    "real_person": re.compile(
        r"\b(?i:president|prime minister|chancellor|pope|senator|celebrity|actor|actress|singer|footballer)\s+[A-Z][a-z]+"
        r"|\b(?:Donald Trump|Joe Biden|Barack Obama|Vladimir Putin|Elon Musk|Taylor Swift|Angela Merkel|Kim Kardashian|Cristiano Ronaldo"
        r"|Lionel Messi|Mark Zuckerberg|Beyonc\u00e9|Tom Cruise|Xi Jinping|Greta Thunberg)\b"
    ),
    "lettering": re.compile(r"[\"\u201c\u201e\u00ab](?:[^\s\"\u201d\u00bb]{1,40}\s{1,3}){3,40}[^\s\"\u201d\u00bb]{1,40}[\"\u201d\u00bb]"),
    "tiny_text": re.compile(
        r"\b(?:tiny|small|fine|readable|legible) (?:text|print|letters|writing|captions?)\b"
        r"|\b(?:spreadsheet|infographic|newspaper page) with (?:\w+ )?(?:text|numbers|labels)\b",
        re.IGNORECASE,
    ),
    "logo": re.compile(r"\b(?:company|our|my|your|brand) logo\b|\bQR[ -]?code\b|\bwatermark\b", re.IGNORECASE),
    "screenshot": re.compile(r"\b(?:internal|customer|client) (?:screenshot|data|dashboard|records?)\b", re.IGNORECASE),
}
_PHOTO = re.compile(r"\b(?:photo-?realistic|hyper-?realistic photo(?:graph)?|real photo(?:graph)?)\b", re.IGNORECASE)
_DRAWN = re.compile(r"\b(?:pixel art|cartoon|anime|water-?colou?r|oil painting|line art|vector art|comic|claymation)\b", re.IGNORECASE)


def hints(prompt: str) -> tuple[str, ...]:
    """Optional hints about what may come out badly, as keys under `hint.` in the texts."""
    found = [name for name, pattern in HINTS.items() if pattern.search(prompt)]
    if _PHOTO.search(prompt) and _DRAWN.search(prompt):
        found.append("styles")
    return tuple(found)
